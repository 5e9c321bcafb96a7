"""HTTP to vendors, against a server on this machine: what is sent, what comes back, and what is said when nothing does."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from gzip import compress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from wallboard.adapters.http import LARGEST, HttpTransport
from wallboard.errors import VendorUnavailable
from wallboard.sources._source import Reply

SECRETS = ("s3cret", "127.0.0.1", "calls", "12025550101")
"""Parts of the addresses that are asked for here."""


@dataclass
class Seen:
    """A request as the server has got it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Vendor:
    """A server that answers what the test has written."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: send(handler, b"ok")


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"content_length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # as http.server calls it
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            named = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qsl(parts.query, keep_blank_values=True)
            vendor.seen.append(Seen(self.command, parts.path, query, named, body))
            vendor.answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        vendor.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield vendor
        vendor.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """As the real one, but that it waits for a tenth of a second only."""
    with httpx.Client(timeout=0.1, follow_redirects=False) as client:
        yield client


@pytest.fixture
def ask(vendor: Vendor, client: httpx.Client) -> Callable[..., Reply]:
    def send(method: str = "GET", path: str = "/v1/calls", **request: Any) -> Reply:
        usual: dict[str, Any] = {"query": None, "json": None, "form": None, "headers": {}}
        url = path if "://" in path else vendor.url + path
        return HttpTransport(client=client).send(method, url, **usual | request)

    return send


Ask = Callable[..., Reply]


# ---- what is sent


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (None, []),
        (
            {"from": "2026-11-21T09:30:00+01:00", "q": "a b&c=ü"},
            [("from", "2026-11-21T09:30:00+01:00"), ("q", "a b&c=ü")],
        ),
        ([("id", "1"), ("id", "2"), ("id", "")], [("id", "1"), ("id", "2"), ("id", "")]),
        ({}, []),
    ],
)
def test_a_query_arrives_as_it_was_given(vendor: Vendor, ask: Ask, query: Any, expected: list[tuple[str, str]]) -> None:
    ask(query=query)
    assert [(seen.method, seen.path, seen.query) for seen in vendor.seen] == [("GET", "/v1/calls", expected)]


def test_the_query_of_an_address_is_kept(vendor: Vendor, ask: Ask) -> None:
    """As vendors give the address of the next page."""
    ask(path="/v1/calls%2Fa?after=x%3D%3D&n=2")
    assert vendor.seen[0].query == [("after", "x=="), ("n", "2")]


def test_a_form_arrives_as_a_form(vendor: Vendor, ask: Ask) -> None:
    ask("POST", form={"grant_type": "jwt", "assertion": "a+b/c=="})
    [seen] = vendor.seen
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(seen.body.decode()) == [("grant_type", "jwt"), ("assertion", "a+b/c==")]


@pytest.mark.parametrize("content", [{"from": 1, "names": ["Ünal"]}, [], {}, [1, None]])
def test_json_arrives_as_json(vendor: Vendor, ask: Ask, content: Any) -> None:
    ask("POST", json=content)
    [seen] = vendor.seen
    assert (seen.method, seen.headers["content-type"], json.loads(seen.body)) == ("POST", "application/json", content)


def test_headers_arrive_and_no_body_comes_with_a_question(vendor: Vendor, ask: Ask) -> None:
    ask(headers={"Authorization": "Bearer s3cret", "accept": "text/csv"})
    [seen] = vendor.seen
    assert (seen.headers["authorization"], seen.headers["accept"], seen.body) == ("Bearer s3cret", "text/csv", b"")


# ---- what comes back


@pytest.mark.parametrize("status", [200, 204, 404, 429, 500, 503])
def test_every_status_is_an_answer_and_nothing_is_tried_again(vendor: Vendor, ask: Ask, status: int) -> None:
    vendor.answer = lambda handler: send(handler, b"" if status == 204 else b"why", status, Retry_After="7")
    answer = ask()
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (
        status,
        b"" if status == 204 else b"why",
        "7",
    )
    assert len(vendor.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(vendor: Vendor, ask: Ask, status: int) -> None:
    vendor.answer = lambda handler: send(handler, b"", status, Location=f"{vendor.url}/elsewhere")
    assert ask("POST", form={"password": "s3cret"}).status == status
    assert [seen.path for seen in vendor.seen] == ["/v1/calls"]


@pytest.fixture
def production() -> Iterator[HttpTransport]:
    """With the client that it makes for itself."""
    transport = HttpTransport()
    yield transport
    transport._client.close()


def test_the_client_that_production_has_follows_no_redirect(vendor: Vendor, production: HttpTransport) -> None:
    vendor.answer = lambda handler: send(handler, b"", 302, Location=f"{vendor.url}/elsewhere")
    answer = production.send("GET", f"{vendor.url}/", query=None, json=None, form=None, headers={})
    assert (answer.status, len(vendor.seen)) == (302, 1)


def test_a_cookie_that_one_tenant_is_given_does_not_come_with_another_s_request(
    vendor: Vendor, production: HttpTransport
) -> None:
    vendor.answer = lambda handler: send(handler, b"ok", Set_Cookie="session=s3cret; Path=/")
    for _ in range(2):
        production.send("GET", f"{vendor.url}/", query=None, json=None, form=None, headers={})
    assert [seen.headers.get("cookie") for seen in vendor.seen] == [None, None]


def test_an_answer_that_is_packed_is_unpacked(vendor: Vendor, ask: Ask) -> None:
    vendor.answer = lambda handler: send(handler, compress("Ünal".encode()), Content_Encoding="gzip")
    assert ask().body.decode() == "Ünal"


def test_an_answer_as_large_as_may_be_is_read_and_a_larger_one_is_not(vendor: Vendor) -> None:
    """Packed, it is small: what counts is what it becomes."""
    with httpx.Client(timeout=30) as patient:
        transport = HttpTransport(client=patient)

        def answered(size: int) -> Reply:
            packed = compress(bytes(size), compresslevel=1)
            vendor.answer = lambda handler: send(handler, packed, Content_Encoding="gzip")
            return transport.send("GET", f"{vendor.url}/v1/calls", query=None, json=None, form=None, headers={})

        assert len(answered(LARGEST).body) == LARGEST
        with pytest.raises(VendorUnavailable, match=f"larger than {LARGEST} bytes"):
            answered(LARGEST + 1)


# ---- when nothing comes back


def silent(vendor: Vendor) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: wait(vendor, handler)


def wait(vendor: Vendor, handler: BaseHTTPRequestHandler) -> None:
    vendor.over.wait(5)
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(SHUT_RDWR)


def stop_in_the_middle(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b"half of it", content_length="1000")
    hang_up(handler)


def talk_nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"calls s3cret 127.0.0.1\r\n\r\n")
    handler.close_connection = True


def pack_nonsense(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b"calls s3cret", Content_Encoding="gzip")


def say_nothing_about(words: str) -> None:
    assert not [part for part in SECRETS if part in words], words


def test_whoever_does_not_answer_in_time_is_unavailable(vendor: Vendor, ask: Ask) -> None:
    vendor.answer = silent(vendor)
    with pytest.raises(VendorUnavailable, match=r"^the vendor did not answer in time$"):
        ask(query={"key": "s3cret"})


@pytest.mark.parametrize("breaks", [hang_up, stop_in_the_middle, talk_nonsense, pack_nonsense])
def test_whoever_breaks_off_is_unavailable_and_the_words_hold_no_part_of_the_address(
    vendor: Vendor, ask: Ask, breaks: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    vendor.answer = breaks
    with pytest.raises(VendorUnavailable, match=r"^the connection to the vendor broke: [A-Za-z]+$") as raised:
        ask(path="/v1/calls/12025550101", query={"key": "s3cret"})
    say_nothing_about(str(raised.value))


def test_whoever_is_not_there_is_unavailable(ask: Ask) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as nobody:
        port = nobody.server_port
    with pytest.raises(VendorUnavailable, match="ConnectError") as raised:
        ask(path=f"http://127.0.0.1:{port}/v1/calls?key=s3cret")
    say_nothing_about(str(raised.value))


def test_the_next_request_is_answered_after_one_that_broke(vendor: Vendor, ask: Ask) -> None:
    usual = vendor.answer
    for broken in (hang_up, stop_in_the_middle, silent(vendor)):
        vendor.answer = broken
        with pytest.raises(VendorUnavailable):
            ask()
        vendor.answer = usual
        assert ask().body == b"ok"


# ---- elsewhere


def test_a_host_may_be_elsewhere_and_then_nothing_else_of_the_address_changes(
    vendor: Vendor, client: httpx.Client
) -> None:
    transport = HttpTransport({"api.vendor.example": vendor.url}, client)
    pairs: dict[str, Any] = {"query": None, "json": None, "form": None, "headers": {}}
    transport.send("GET", "https://api.vendor.example/v1/calls%2F1?after=x%3D", **pairs)
    transport.send("GET", "https://api.vendor.example/v1/calls", **pairs | {"query": {"a": "b"}})
    assert [(seen.path, seen.query) for seen in vendor.seen] == [
        ("/v1/calls%2F1", [("after", "x=")]),
        ("/v1/calls", [("a", "b")]),
    ]


def test_only_hosts_that_are_named_are_elsewhere(vendor: Vendor) -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        transport = HttpTransport({"api.vendor.example": vendor.url}, client)
        for url in ("https://vendor.example/x", "https://api.vendor.example.evil.example/x"):
            transport.send("GET", url, query=None, json=None, form=None, headers={})
    assert [url.host for url in asked] == ["vendor.example", "api.vendor.example.evil.example"]
    assert vendor.seen == []
