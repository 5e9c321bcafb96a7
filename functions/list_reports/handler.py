"""GET /api/v1/platform/report/list, the description of the API, the health of the installation, and the answer to paths
that do not exist."""

from functools import cache, partial
from importlib.resources import files

from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json, as_json_lines
from wallboard.runtime.telemetry import log
from wallboard.services.list_reports import Page, list_reports

handler = Door()


@handler.on("GET /api/v1/platform/report/list")
def list_(request: Request) -> Response:
    parts = wiring.parts()
    newest, feeds = partial(parts.rollups.newest, request.tenant), partial(parts.feeds, request.tenant)
    items = list_reports(parts.catalog, request.query_as(Page), newest=newest, feeds=feeds, now=parts.now())
    for name, broken in parts.catalog.broken.items():
        log.error("a report cannot be loaded", report=name, reason=str(broken))
    if "application/jsonl" in request.headers.get("accept", ""):
        return as_json_lines(items)
    return as_json({"items": items} | ({"cursor": items[-1]["id"]} if items else {}))


@handler.on("GET /api/v1/health")
def health(request: Request) -> Response:
    wiring.parts().keys.tenants()  # a read of the store: raises, and so answers 503, when it cannot be reached
    return as_json({"status": "ok"})


@handler.on("GET /openapi.json")
def describe(request: Request) -> Response:
    return Response(_description())


@cache
def _description() -> str:
    """What `wallboard docs` wrote beside the routes."""
    return files("wallboard.runtime").joinpath("openapi.json").read_text("utf-8")
