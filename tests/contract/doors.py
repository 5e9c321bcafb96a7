"""The HTTP API over a world in memory: API Gateway's part is played from the template, the functions are the real ones."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote

from local.template import Route, Template
from tests.fakes.world import World
from wallboard.services.keys import new_key, register

TEMPLATE = Template()
AUTHORIZER = "AuthorizeFunction"
JSON = {"content-type": "application/json"}
JSON_LINES = {"content-type": "application/jsonl"}
INGEST = "/api/v1/event/ingest"
LIST = "/api/v1/platform/report/list"
BATCH = "/api/v1/platform/report/generate"


def single(report_id: str) -> str:
    return f"/api/v1/platform/report/{report_id}/generate"


CONTEXT = SimpleNamespace(aws_request_id="r-1", get_remaining_time_in_millis=lambda: 900_000)


def invoke(function: str, event: Mapping[str, Any]) -> Any:
    """What the handler of a function of the template answers."""
    folder = TEMPLATE.functions[function].code.name
    return import_module(f"functions.{folder}.handler").handler(event, CONTEXT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client gets."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """The body, which must be strict JSON and say so, as clients of the contract need it."""
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.text, parse_constant=_no_number)

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, code and message of a refusal, which has just these two fields."""
        body = self.json()
        assert body.keys() == {"message", "code"}, body
        return self.status, body["code"], body["message"]


def _no_number(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")


class Doors:
    """`send` is for requests whose key is not the point: it takes the authorizer to have found the tenant and the scopes.
    `knock` asks the real authorizer."""

    def __init__(self, world: World) -> None:
        self.world = world

    def key(self, tenant: str = "acme", *scopes: str) -> str:
        """A new key of this tenant, with the scopes ingest and read unless others are named."""
        key = new_key()
        register(key, tenant=tenant, scopes=frozenset(scopes or ("ingest", "read")), keys=self.world.parts.keys)
        return key

    def knock(self, method: str, target: str, body: Any = b"", headers: Mapping[str, str] = JSON) -> Answer:
        event, function, authorized = request(method, target, body, headers)
        if authorized:
            question = {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}
            found = invoke(AUTHORIZER, {**question, "type": "REQUEST"})
            assert found["isAuthorized"] is True
            event["requestContext"]["authorizer"] = {"lambda": found["context"]}
        return _answer(invoke(function, event))

    def send(
        self,
        method: str,
        target: str,
        body: Any = b"",
        headers: Mapping[str, str] = JSON,
        *,
        tenant: str = "acme",
        scopes: str = "ingest read",
    ) -> Answer:
        event, function, authorized = request(method, target, body, headers)
        if authorized:
            event["requestContext"]["authorizer"] = {"lambda": {"tenant": tenant, "scopes": scopes, "keyId": "k"}}
        return _answer(invoke(function, event))

    def push(self, *events: Any, tenant: str = "acme") -> Any:
        """The answer to a push of these events as one JSON body."""
        answer = self.send("POST", INGEST, {"events": events}, tenant=tenant)
        assert answer.status == 200, answer
        return answer.json()

    def ask(self, report_id: str, tenant: str = "acme", headers: Mapping[str, str] = JSON, **asked: Any) -> Any:
        """The output of one report."""
        answer = self.send("POST", single(report_id), asked, headers, tenant=tenant)
        assert answer.status == 200, answer
        return answer.json()

    def stored(self, *tables: str) -> list[tuple[str, str, str]]:
        """Every table and key that holds something, but for API keys."""
        return [
            (table, partition, sort)
            for table in tables or ("facts", "rollups", "state")
            for partition, items in self.world.store.tables[table].items()
            for sort in items
            if not partition.startswith("-#")
        ]


def request(method: str, target: str, body: Any, headers: Mapping[str, str]) -> tuple[dict[str, Any], str, bool]:
    """The event that an HTTP API makes of a request (payload format 2.0), the function it is for, and whether the
    authorizer is asked first."""
    path, _, query = target.partition("?")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    route, parameters = _route(method, path)
    lower = {name.lower(): value for name, value in headers.items()}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": lower,
        "requestContext": {
            "http": {"method": method, "path": unquote(path), "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "r-1=",
            "routeKey": route.key,
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = dict(parse_qsl(query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = parameters
    if content:
        event["isBase64Encoded"] = lower.get("content-type") != "application/json" or not _is_text(content)
        event["body"] = b64encode(content).decode() if event["isBase64Encoded"] else content.decode()
    return event, route.function, route.authorized


def _route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of the template that API Gateway picks: words before {parameters}, $default where nothing fits."""
    given = path.split("/")
    for route in sorted(TEMPLATE.routes, key=lambda route: route.path.count("{")):
        wanted = route.path.split("/")
        if route.method == method and len(wanted) == len(given):
            pairs = list(zip(wanted, given, strict=True))
            if all(part == name or (name.startswith("{") and part) for name, part in pairs):
                return route, {name.strip("{}"): unquote(part) for name, part in pairs if name.startswith("{")}
    return next(route for route in TEMPLATE.routes if route.key == "$default"), {}


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _answer(answer: Any) -> Answer:
    assert answer.keys() == {"statusCode", "headers", "body"}
    return Answer(answer["statusCode"], answer["headers"], answer["body"])
