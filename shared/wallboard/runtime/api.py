"""Every route of the HTTP API, and the scope that a key needs for it (None: no key). docs: the HTTP contract."""

from collections.abc import Mapping

ROUTES: Mapping[str, str | None] = {
    "GET /api/v1/health": None,
    "GET /api/v1/platform/report/list": "read",
    "POST /api/v1/platform/report/generate": "read",
    "POST /api/v1/platform/report/{reportId}/generate": "read",
    "POST /api/v1/platform/report/{reportId}/explain": "read",
    "POST /api/v1/event/ingest": "ingest",
    "GET /api/v1/record/{kind}/list": "read",
    "GET /api/v1/alert/list": "read",
    "GET /api/v1/alert/{alertId}": "read",
    "POST /api/v1/alert/evaluate": "admin",
    "POST /api/v1/alert/{alertId}/acknowledge": "admin",
    "POST /api/v1/alert/{alertId}/silence": "admin",
    "POST /api/v1/alert/{alertId}/resolve": "admin",
    "GET /api/v1/source/list": "read",
    "POST /api/v1/source/{name}/sync": "admin",
    "GET /openapi.json": None,
}

FALLBACK = "$default"
"""What API Gateway calls a request that no route takes."""


def methods_of(path: str) -> list[str]:
    """The methods that a concrete path has; none when there is no such path."""
    found = []
    for route in ROUTES:
        method, template = route.split(" ", 1)
        if _matches(template.split("/"), path.split("/")):
            found.append(method)
    return found


def _matches(template: list[str], path: list[str]) -> bool:
    return len(template) == len(path) and all(
        (part.startswith("{") and given) or part == given for part, given in zip(template, path, strict=True)
    )
