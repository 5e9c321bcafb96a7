"""The client of a vendor: what is tried again and when, how it signs in, what it never does."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.fakes.vendors import Clock
from wallboard.errors import Garbled, LimitReached, TryAgain, VendorRefuses, VendorUnavailable
from wallboard.model.time import parse_instant
from wallboard.services.call_vendor import ACTIONS, ATTEMPTS, LONGEST_PAUSE, VendorClient
from wallboard.sources._source import Client, Limit, Login, Reply, Settings, Source

NOW = parse_instant("2026-11-21T10:20:00Z")
HOST = "api.vendor.example"
URL = f"https://{HOST}/v1/calls"
MINUTES = 14
RETRIED = sorted(status for status, action in ACTIONS.items() if action == "retry")
REFUSED = [300, 302, 304, 400, 402, 403, 404, 405, 409, 410, 422, 451, 501, 505]


class Told(Settings):
    region: str = "eu"
    token: SecretStr = SecretStr("s3cret")


def reply(status: int, body: bytes = b"ok", **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def text(answer: Reply) -> str:
    return answer.body.decode()


@dataclass
class Wire:
    """Answers what is written; the last for ever. A second passes with every call."""

    clock: Clock
    answers: list[Reply | Exception]
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list, repr=False)

    def send(self, method: str, url: str, **request: Any) -> Reply:
        self.sent.append((method, url, request))
        self.clock.at += 1000
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def signatures(self) -> list[str | None]:
        return [request["headers"].get("authorization") for _, _, request in self.sent]


@dataclass
class Gate:
    """A limiter that says these waits, one after the other, and then lets everybody pass."""

    waits: list[float] = field(default_factory=list)
    seen: list[tuple[str, str, Limit]] = field(default_factory=list)

    def enter(self, name: str, limit: Limit, *, now: int) -> float:
        wait = self.waits.pop(0) if self.waits else 0.0
        if not wait:
            self.seen.append(("enter", name, limit))
        return wait

    def leave(self, name: str, limit: Limit, *, now: int) -> None:
        self.seen.append(("leave", name, limit))

    @property
    def names(self) -> list[str]:
        return [f"{what} {name}" for what, name, _ in self.seen]


def token(settings: Told, client: Client) -> Login:
    return Login({"authorization": f"Bearer {settings.token.get_secret_value()}"})


def source(login: Callable[[Any, Client], Login] = token, **how: Any) -> Source:
    usual: dict[str, Any] = {
        "hosts": lambda settings: [HOST],
        "organisation": lambda settings: settings.region,
        "limits": {"": Limit([(10, 60)]), "reports": Limit([(1, 5)], parallel=1)},
        "words": {403: "Vendor wants another permission"},
    }
    return Source(vendor="vendor", title="Vendor", settings=Told, streams=[], login=login, **usual | how)


def client(
    *answers: Reply | Exception, minutes: float = MINUTES, gate: Gate | None = None, seed: int = 0, **how: Any
) -> tuple[VendorClient, Wire, Clock]:
    clock = Clock(NOW)
    wire = Wire(clock, list(answers))
    made = VendorClient(
        source=source(**how),
        settings=Told(),
        transport=wire,
        limiter=gate or Gate(),
        now=clock.now,
        sleep=clock.sleep,
        until=NOW + round(minutes * 60_000),
        chance=random.Random(seed),
    )
    return made, wire, clock


# ---- what is tried again


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_success_is_read_at_once(status: int) -> None:
    made, wire, clock = client(reply(status, b"rows"))
    assert made.ask("GET", URL, text) == "rows"
    assert (made.calls, len(wire.sent), clock.slept) == (1, 1, [])


@pytest.mark.parametrize("status", RETRIED)
def test_what_may_pass_is_tried_again_until_it_has_passed(status: int) -> None:
    made, wire, clock = client(reply(status), reply(status), reply(200, b"rows"))
    assert made.ask("GET", URL, text) == "rows"
    assert (len(wire.sent), len(clock.slept)) == (3, 2)


@pytest.mark.parametrize("status", RETRIED)
def test_what_does_not_pass_is_left_after_so_many_attempts_with_the_status_in_words(status: int) -> None:
    made, wire, clock = client(reply(status))
    with pytest.raises(VendorUnavailable, match=f"Vendor answered with the status {status}; tried {ATTEMPTS} times"):
        made.ask("GET", URL, text)
    assert (len(wire.sent), len(clock.slept)) == (ATTEMPTS, ATTEMPTS - 1)


def test_the_table_says_retry_for_what_passes_and_renew_for_a_login_and_nothing_else() -> None:
    assert RETRIED == [408, 425, 429, 500, 502, 503, 504]
    assert {status for status, action in ACTIONS.items() if action == "renew"} == {401}


@pytest.mark.parametrize("status", REFUSED)
def test_any_other_status_is_refused_at_once(status: int) -> None:
    made, wire, clock = client(reply(status, b"Ana", location="https://elsewhere.example/"))
    with pytest.raises(VendorRefuses) as raised:
        made.ask("GET", URL, text)
    assert (len(wire.sent), clock.slept) == (1, [])
    words = str(raised.value)
    assert words == "Vendor wants another permission" if status == 403 else f"(status {status})" in words
    assert "Ana" not in words


@pytest.mark.parametrize("error", [VendorUnavailable("the line broke"), Garbled("half a page")])
def test_a_broken_line_and_a_garbled_answer_are_tried_again(error: Exception) -> None:
    made, wire, _ = client(error, error, reply(200, b"rows"))
    assert made.ask("GET", URL, text) == "rows"
    assert len(wire.sent) == 3
    made, wire, _ = client(error)
    with pytest.raises(VendorUnavailable, match=f"^{error}; tried {ATTEMPTS} times$"):
        made.ask("GET", URL, text)


def test_what_cannot_be_read_is_asked_for_again() -> None:
    def strict(answer: Reply) -> str:
        if answer.body != b"rows":
            raise Garbled("this is no table")
        return "rows"

    made, wire, _ = client(reply(200, b"<html>"), reply(200, b"rows"))
    assert made.ask("GET", URL, strict) == "rows"
    assert len(wire.sent) == 2


@pytest.mark.parametrize("error", [TryAgain("our own store"), KeyError("a mistake")])
def test_what_is_no_fault_of_the_vendor_is_not_tried_again(error: Exception) -> None:
    made, wire, _ = client(error)
    with pytest.raises(type(error)):
        made.ask("GET", URL, text)
    assert len(wire.sent) == 1


def test_a_status_that_the_source_skips_is_no_answer() -> None:
    made, wire, _ = client(reply(404))
    assert made.ask("GET", URL, text, skip=[404, 410]) is None
    assert len(wire.sent) == 1


# ---- how long it waits


def pauses(*answers: Reply | Exception, seed: int = 0, minutes: float = MINUTES) -> list[float]:
    """The pauses between the attempts until it is given up."""
    made, _, clock = client(*answers, seed=seed, minutes=minutes)
    with pytest.raises(VendorUnavailable):
        made.ask("GET", URL, text)
    return clock.slept


@given(st.integers(0, 10**6))
def test_pauses_double_and_a_part_of_each_is_chance(seed: int) -> None:
    waited = pauses(reply(500), seed=seed)
    for place, seconds in enumerate(waited):
        longest = min(LONGEST_PAUSE, 2**place)
        assert longest / 2 <= seconds <= longest


def test_two_workers_do_not_wait_equally_long() -> None:
    assert pauses(reply(500), seed=1) != pauses(reply(500), seed=2)
    assert len(set(pauses(reply(500), seed=1))) == ATTEMPTS - 1


DATE = format_datetime(datetime.fromtimestamp(NOW / 1000 + 41, UTC), usegmt=True)


@pytest.mark.parametrize("asked", ["40", " 40 ", DATE])
@pytest.mark.parametrize("status", [429, 503])
def test_the_vendor_is_left_alone_for_as_long_as_it_asks(status: int, asked: str) -> None:
    """As a number of seconds, or as a date; the call itself has taken one second."""
    made, _, clock = client(reply(status, retry_after=asked), reply(200))
    made.ask("GET", URL, text)
    assert clock.slept == [40]


@pytest.mark.parametrize("asked", ["0", "soon", "", "-5", "1.5", "Sat, 21 Nov 2026 09:00:00 GMT", "Sat, 99 Nov 2026"])
def test_a_wish_that_is_over_or_cannot_be_read_changes_nothing(asked: str) -> None:
    made, _, clock = client(reply(429, retry_after=asked), reply(200))
    made.ask("GET", URL, text)
    [seconds] = clock.slept
    assert 0.5 <= seconds <= 1


def test_it_does_not_wait_beyond_its_time_and_says_how_long_the_vendor_asked_for() -> None:
    made, wire, clock = client(reply(429, retry_after="300"), minutes=4)
    with pytest.raises(VendorUnavailable, match="status 429") as raised:
        made.ask("GET", URL, text)
    assert (len(wire.sent), clock.slept, raised.value.wait) == (1, [], 300)


def test_the_last_attempt_says_how_long_the_vendor_asked_for() -> None:
    made, _, _ = client(reply(429, retry_after="3"))
    with pytest.raises(VendorUnavailable) as raised:
        made.ask("GET", URL, text)
    assert raised.value.wait == 3


@given(st.integers(0, 20), st.sampled_from(["", "2", "6"]))
def test_no_pause_ends_after_its_time(seconds: int, asked: str) -> None:
    made, _, clock = client(reply(503, retry_after=asked), minutes=seconds / 60)
    with pytest.raises(VendorUnavailable):
        made.ask("GET", URL, text)
    assert clock.at <= NOW + max(1, seconds + 1) * 1000


# ---- signing in


@dataclass
class Counter:
    """Signs in with a new number every time, for so many seconds."""

    seconds: int | None
    made: int = 0

    def __call__(self, settings: Any, client: Client) -> Login:
        self.made += 1
        return Login({"authorization": f"Bearer {self.made}"}, self.seconds)


def test_a_login_is_made_once_and_signs_every_request_over_other_headers() -> None:
    counter = Counter(None)
    made, wire, clock = client(reply(200), login=counter)
    for _ in range(3):
        made.ask("GET", URL, text, headers={"authorization": "mine", "accept": "text/csv"})
        clock.at += 10**10
    assert counter.made == 1
    assert wire.signatures() == ["Bearer 1"] * 3
    assert wire.sent[0][2]["headers"]["accept"] == "text/csv"


def test_without_signed_nobody_signs_in() -> None:
    counter = Counter(None)
    made, wire, _ = client(reply(200), login=counter)
    made.ask("POST", URL, text, form={"grant": "x"}, headers={"authorization": "Basic abc"}, signed=False)
    assert (counter.made, wire.signatures()) == (0, ["Basic abc"])


def test_a_login_may_call_the_vendor_itself() -> None:
    def login(settings: Any, client: Client) -> Login:
        return Login({"authorization": client.ask("POST", f"https://{HOST}/token", text, signed=False) or ""}, 60)

    made, wire, _ = client(reply(200, b"T"), login=login)
    made.ask("GET", URL, text)
    assert [(method, url) for method, url, _ in wire.sent] == [("POST", f"https://{HOST}/token"), ("GET", URL)]
    assert wire.signatures() == [None, "T"]


def test_a_login_is_renewed_before_it_ends() -> None:
    counter = Counter(60)
    made, wire, clock = client(reply(200), login=counter)
    made.ask("GET", URL, text)
    clock.at = NOW + 39_000
    made.ask("GET", URL, text)
    clock.at = NOW + 41_000
    made.ask("GET", URL, text)
    assert wire.signatures() == ["Bearer 1", "Bearer 1", "Bearer 2"]


def test_a_login_that_ends_during_the_pauses_is_renewed_for_the_next_attempt() -> None:
    made, wire, _ = client(reply(503, retry_after="50"), reply(200), login=Counter(60))
    made.ask("GET", URL, text)
    assert wire.signatures() == ["Bearer 1", "Bearer 2"]


def test_a_refused_login_is_renewed_once_and_at_once() -> None:
    made, wire, clock = client(reply(401), reply(200, b"rows"), login=Counter(3600))
    assert made.ask("GET", URL, text) == "rows"
    assert (wire.signatures(), clock.slept) == (["Bearer 1", "Bearer 2"], [])


@pytest.mark.parametrize("words", [{}, {401: "make a new key in Settings"}])
def test_credentials_that_are_refused_twice_are_refused_in_words(words: Mapping[int, str]) -> None:
    made, wire, _ = client(reply(401), login=Counter(3600), words=words)
    expected = words.get(401, r"Vendor does not accept the credentials: put new ones in \(status 401\)")
    with pytest.raises(VendorRefuses, match=expected):
        made.ask("GET", URL, text)
    assert len(wire.sent) == 2


def test_each_question_may_renew_the_login() -> None:
    made, wire, _ = client(reply(401), reply(200), reply(401), reply(200), login=Counter(3600))
    made.ask("GET", URL, text)
    made.ask("GET", URL, text)
    assert wire.signatures() == ["Bearer 1", "Bearer 2", "Bearer 2", "Bearer 3"]


def test_an_unsigned_request_that_is_refused_has_nothing_to_renew() -> None:
    made, wire, _ = client(reply(401))
    with pytest.raises(VendorRefuses, match="credentials"):
        made.ask("POST", URL, text, signed=False)
    assert len(wire.sent) == 1


def test_a_login_is_not_shown() -> None:
    made, _, _ = client(reply(200))
    made.ask("GET", URL, text)
    assert "s3cret" not in repr(made)


# ---- where it goes


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/v1",
        f"http://{HOST}/v1",
        f"https://{HOST}:8443/v1",
        f"https://{HOST}.elsewhere.example/",
        f"https://elsewhere.example/{HOST}",
        f"https://ana@{HOST}/",
        f"https://{HOST}@elsewhere.example/",
        f"https://{HOST}\\@elsewhere.example/",
        f"//{HOST}/v1",
        "/v1/calls",
        f"ftp://{HOST}/",
        "",
    ],
)
def test_nobody_but_the_hosts_of_the_source_is_ever_called(url: str) -> None:
    counter = Counter(None)
    made, wire, _ = client(reply(200), login=counter)
    with pytest.raises(VendorRefuses, match="would have left its hosts; it was not sent"):
        made.ask("GET", url, text)
    assert (wire.sent, counter.made) == ([], 0)


def test_a_request_is_sent_as_it_was_asked_for() -> None:
    made, wire, _ = client(reply(200))
    pairs: Sequence[tuple[str, str]] = [("id", "1"), ("id", "2")]
    made.ask("POST", URL, text, query=pairs, json={"a": [1]}, form=None)
    assert wire.sent == [
        (
            "POST",
            URL,
            {"query": pairs, "json": {"a": [1]}, "form": None, "headers": {"authorization": "Bearer s3cret"}},
        )
    ]


# ---- limits


def test_a_limit_is_waited_for_and_belongs_to_the_organisation() -> None:
    gate = Gate([2.5, 0.5])
    made, wire, clock = client(reply(200), gate=gate)
    made.ask("GET", URL, text, limit="reports")
    assert (clock.slept, len(wire.sent)) == ([2.5, 0.5], 1)
    assert gate.names == ["enter vendor:eu:reports", "leave vendor:eu:reports"]
    assert gate.seen[0][2] == Limit([(1, 5)], parallel=1)


def test_every_attempt_enters_and_leaves_also_after_a_failure() -> None:
    gate = Gate()
    made, _, _ = client(VendorUnavailable("broke"), reply(500), Garbled("half"), KeyError("a mistake"), gate=gate)
    with pytest.raises(KeyError):
        made.ask("GET", URL, text)
    assert gate.names == ["enter vendor:eu:", "leave vendor:eu:"] * 4


def test_a_limit_that_lasts_too_long_is_said_and_nothing_is_called() -> None:
    gate = Gate([100.0])
    made, wire, clock = client(reply(200), gate=gate, minutes=1)
    with pytest.raises(LimitReached, match="Vendor allows no more calls for now") as raised:
        made.ask("GET", URL, text)
    assert (wire.sent, clock.slept, gate.seen, raised.value.wait) == ([], [], [], 100)


def test_calls_are_counted_and_waits_are_not() -> None:
    made, _, _ = client(reply(500), reply(200), gate=Gate([1.0, 1.0]))
    made.ask("GET", URL, text)
    assert made.calls == 2


def test_nobody_signs_in_while_a_place_is_held_that_signing_in_may_need() -> None:
    """With one place in parallel it would wait for itself."""

    def login(settings: Any, client: Client) -> Login:
        client.ask("POST", f"https://{HOST}/token", text, signed=False)
        return Login({}, 60)

    gate = Gate([0.0, 50.0])  # by then the login has ended
    made, _, _ = client(reply(200), login=login, gate=gate)
    made.ask("GET", URL, text)
    whats = [what for what, _, _ in gate.seen]
    assert whats == ["enter", "leave"] * (len(whats) // 2)
