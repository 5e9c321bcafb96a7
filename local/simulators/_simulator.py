"""What all simulators are: WSGI applications that answer as a vendor does, by a clock that somebody else moves."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.client import responses
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from local.simulators.centre import Centre


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower-case; `query` and `form` keep every pair in order."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def is_signed_by(self, user: str, password: str) -> bool:
        """Whether it carries these HTTP Basic credentials."""
        return self.headers.get("authorization") == f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status, {"content-type": "application/json", **named})


@dataclass(kw_only=True)
class Simulator:
    """One vendor's API. `payloads` is a folder of files in place of the generated centre; then nothing is limited, late or
    hidden: the files are what there is. `settings` are those with which a source reaches it. Subclasses route by `routes`:
    pairs of a method and a pattern of the path → the name of the method of the class that answers."""

    vendor: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    settings: ClassVar[Mapping[str, Any]]
    routes: ClassVar[Mapping[tuple[str, str], str]]

    now: Callable[[], int]
    centre: Centre = field(default_factory=Centre)
    payloads: Path | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)
    """(method, path) of every request, in order."""

    def answer(self, request: Request) -> Answer:
        """What the vendor answers."""
        self.calls.append((request.method, request.path))
        for (method, pattern), name in self.routes.items():
            if method == request.method and (found := re.fullmatch(pattern, request.path)):
                answer: Answer = getattr(self, name)(request, **found.groupdict())
                return answer
        return as_json({"message": "Not found"}, 404)

    def told(self) -> Mapping[str, Any]:
        """The settings that a source needs to reach what this one has."""
        return self.settings

    def payload(self, name: str) -> bytes | None:
        """A file of `payloads`; None where it is not there."""
        path = self.payloads / name if self.payloads else None
        return path.read_bytes() if path and path.is_file() else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = {
            key[5:].lower().replace("_", "-"): value for key, value in environ.items() if key.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        request = Request(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
            headers,
            environ["wsgi.input"].read(length) if length else b"",
        )
        answer = self.answer(request)
        told = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
        start_response(f"{answer.status} {responses.get(answer.status, 'Unknown')}", told)
        return [answer.body]
