"""The door of an HTTP function: who is asking, what for, and every answer and error in the words of the contract."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from wallboard.errors import (
    InvalidRequest,
    MethodNotAllowed,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    RequestError,
    TryAgain,
    shown,
)
from wallboard.model.time import iso, zone_named
from wallboard.runtime.api import FALLBACK, ROUTES, methods_of
from wallboard.runtime.telemetry import log
from wallboard.services.keys import Principal

Event = Mapping[str, Any]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP API event (payload format 2.0), read. `tenant` is "" where a route needs no key. Header names are lower-case."""

    tenant: str
    scopes: frozenset[str]
    key_id: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    path: Mapping[str, str]
    body: bytes

    def zone(self) -> ZoneInfo:
        """The zone of days that `x-timezone` asks for; UTC without it."""
        return zone_named(self.headers.get("x-timezone") or "UTC")

    def accepts(self, content_type: str) -> bool:
        """Whether a content type is asked for, and JSON is not."""
        accept = self.headers.get("accept", "")
        return content_type in accept and "application/json" not in accept

    def query_as(self, model: type[M]) -> M:
        """The query, read. Raises InvalidRequest that names the first field that is wrong."""
        return _read(model, dict(self.query))

    def body_as(self, model: type[M]) -> M:
        """The body, a JSON object, read. Raises InvalidRequest that names the first field that is wrong."""
        given = self.json()
        if not isinstance(given, dict):
            raise InvalidRequest(f"the body must be an object, not {shown(given)}")
        return _read(model, given)

    def json(self) -> Any:
        """The body as JSON, {} when there is none. Raises InvalidRequest."""
        if not self.body.strip():
            return {}
        try:
            return from_json(self.body, allow_inf_nan=False)
        except ValueError as error:
            raise InvalidRequest(f"the body is not JSON: {error}") from error


def _read(model: type[M], given: dict[str, Any]) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        detail = error.errors()[0]
        name = ".".join(map(str, detail["loc"]))
        told = f"{detail['msg']}; it was {shown(detail['input'])}"
        said = f"{name}: {told}" if name else told
        raise InvalidRequest(said) from error


@dataclass(frozen=True, slots=True)
class Response:
    body: str
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer of models, dataclasses and plain values."""
    return Response(to_json(value, by_alias=True).decode(), status, headers=headers or {})


def as_json_lines(items: list[dict[str, Any]]) -> Response:
    """One `item` a line, in ASCII: clients decode chunk by chunk, and a blank or closing line would break them."""
    lines = [json.dumps({"type": "item", "data": item}) + "\n" for item in items]
    return Response("".join(lines), content_type="application/jsonl")


def freshness(newest: int | None, now: int) -> dict[str, str]:
    """Up to when facts have been folded, as headers: the bodies are the contract's. Empty when there are no facts."""
    if newest is None:
        return {}
    return {"x-data-through": iso(newest), "x-data-lag-seconds": str(max(0, now - newest) // 1000)}


class Door:
    """A Lambda handler. Each route is answered by one function; the key's scope is checked before it is called."""

    def __init__(self) -> None:
        self._routes: dict[str, Callable[[Request], Response]] = {}

    def on(self, route: str) -> Callable[[Callable[[Request], Response]], Callable[[Request], Response]]:
        """Answers a route of `runtime.api`, written like `GET /api/v1/health`."""

        def register(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
            self._routes[route] = answer
            return answer

        return register

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        try:
            response = self._answer(event)
        except (RequestError, TryAgain) as error:
            response = as_json({"message": str(error), "code": error.code}, status=error.status)
        except Exception:  # the last guard: the caller learns nothing of our insides
            log.exception("a request failed", route=event.get("routeKey"), request=context.aws_request_id)
            response = as_json({"message": "Internal server error", "code": "INTERNAL_SERVER_ERROR"}, status=500)
        headers = {"content-type": response.content_type, "cache-control": "no-store", **response.headers}
        return {"statusCode": response.status, "headers": headers, "body": response.body}

    def _answer(self, event: Event) -> Response:
        route = event["routeKey"]
        if route == FALLBACK:
            raise _no_such_route(event)
        scope = ROUTES[route]
        principal = _principal(event, scope) if scope else Principal("", frozenset(), "")
        return self._routes[route](_request(event, principal))


def _principal(event: Event, scope: str) -> Principal:
    """Whose key the authorizer found, and what it may do. The authorizer lets everybody pass, so that this door can answer
    in the contract's words."""
    found = (event["requestContext"].get("authorizer") or {}).get("lambda") or {}
    tenant = found.get("tenant")
    if not tenant:
        raise NotAuthenticated("Send a known API key as 'Authorization: Bearer <key>' or 'x-api-key: <key>'")
    scopes = frozenset(found.get("scopes", "").split(" "))
    if scope not in scopes:
        raise NotAuthorized(f"This key lacks the scope {scope!r}")
    return Principal(str(tenant), scopes, str(found.get("keyId", "")))


def _request(event: Event, principal: Principal) -> Request:
    body = event.get("body") or ""
    return Request(
        tenant=principal.tenant,
        scopes=principal.scopes,
        key_id=principal.key_id,
        headers=event.get("headers") or {},
        query=event.get("queryStringParameters") or {},
        path=event.get("pathParameters") or {},
        body=b64decode(body) if event.get("isBase64Encoded") else body.encode(),
    )


def _no_such_route(event: Event) -> RequestError:
    method, path = event["requestContext"]["http"]["method"], event["rawPath"]
    if methods := methods_of(path):
        return MethodNotAllowed(f"{path[:200]} has no method {method}; use {' or '.join(methods)}")
    return NotFound(f"There is no path {path[:200]}")
