"""API Gateway's part: which route a request takes, what the authorizer says of it, what becomes of the answer."""

import re
import traceback
from collections.abc import Callable
from typing import Any

from local.events import Request, Response, from_answer, message, to_event
from local.template import Route, Template

Invoke = Callable[[str, Any], Any]


class Router:
    """Picks the most specific route: literal before `{parameter}` before `{proxy+}` before `$default`, then the method
    before ANY."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._default = next((route for route in routes if route.path == "$default"), None)
        known = sorted((route for route in routes if route.path != "$default"), key=_specificity)
        self._patterns = [(route, re.compile(_pattern(route.path))) for route in known]

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its path parameters, still percent-encoded; None when there is none."""
        for route, pattern in self._patterns:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        return (self._default, {}) if self._default else None


def _specificity(route: Route) -> tuple[list[int], bool]:
    ranks = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.path.split("/")]
    return ranks, route.method == "ANY"


def _pattern(path: str) -> str:
    parameter = r"\\{(\w+)(\\\+)?\\}"  # as re.escape leaves them
    return re.sub(parameter, lambda found: f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})", re.escape(path))


class Gateway:
    """Answers requests by the template's functions. Failures go to stderr and become API Gateway's own answers."""

    def __init__(self, template: Template, invoke: Invoke) -> None:
        self._router = Router(template.routes)
        self._authorizer = template.authorizer
        self._invoke = invoke

    def handle(self, request: Request) -> Response:
        """The answer to one request; never raises."""
        try:
            return self._handle(request)
        except Exception:
            traceback.print_exc()
            return message(500, "Internal Server Error")

    def _handle(self, request: Request) -> Response:
        match = self._router.match(request.method, request.path)
        if match is None:
            return message(404, "Not Found")
        route, parameters = match
        event = to_event(request, route.key, parameters)
        if route.authorized and self._authorizer:
            question = {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}
            verdict = self._invoke(self._authorizer, question | {"type": "REQUEST"})
            if not verdict["isAuthorized"]:
                return message(403, "Forbidden")
            event["requestContext"]["authorizer"] = {"lambda": verdict["context"]}
        return from_answer(self._invoke(route.function, event))
