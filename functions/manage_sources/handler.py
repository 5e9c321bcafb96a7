"""GET /api/v1/source/list and POST /api/v1/source/{name}/sync: how far sources are pulled, and pulling them now."""

from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json
from wallboard.services.manage_sources import Sync, list_sources, sync

handler = Door()


@handler.on("GET /api/v1/source/list")
def list_(request: Request) -> Response:
    parts = wiring.parts()
    found = list_sources(request.tenant, sources=parts.sources, settings=parts.source_settings, now=parts.now())
    return as_json(found)


@handler.on("POST /api/v1/source/{name}/sync")
def begin(request: Request) -> Response:
    parts = wiring.parts()
    asked = request.body_as(Sync)
    return as_json(sync(request.tenant, request.path["name"], asked, plan=parts.plan_pulls, now=parts.now()))
