"""HTTP requests as API Gateway's HTTP API hands them to Lambda (payload format 2.0), and Lambda's answers as HTTP."""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.template import ACCOUNT


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `target` is the path and query exactly as the client sent them, header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


def message(status: int, text: str) -> Response:
    """API Gateway's own answer, as for `{"message": "Internal Server Error"}`."""
    return Response(status, {"content-type": "application/json"}, json.dumps({"message": text}).encode())


def to_event(request: Request, route_key: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The event of payload format 2.0. `parameters` are the path parameters, still percent-encoded."""
    path = unquote(request.path)  # HTTP APIs hand on the decoded path, unlike function URLs
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": dict(request.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": request.headers.get("host", ""),
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route_key,
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if query := _query(request.query):
        event["queryStringParameters"] = query
    if parameters:
        event["pathParameters"] = {name: unquote(value) for name, value in parameters.items()}
    if request.body:
        event |= _body(request.body, request.headers.get("content-type", ""))
    return event


def from_answer(answer: Mapping[str, Any]) -> Response:
    """The HTTP answer that API Gateway makes of what a function returned."""
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return Response(int(answer["statusCode"]), {k.lower(): str(v) for k, v in answer["headers"].items()}, content)


def _query(raw: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True, errors="replace"):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    """As text where the type says that it is text, else (JSON lines too) in base64."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind == "application/json":
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
