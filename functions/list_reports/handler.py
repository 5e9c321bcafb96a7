"""GET /api/v1/platform/report/list, the health of the installation, and the answer to paths that do not exist."""

from pydantic import ValidationError

from wallboard.errors import InvalidRequest, shown
from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json, as_json_lines
from wallboard.runtime.telemetry import log
from wallboard.services.list_reports import Page, list_reports

handler = Door()


@handler.on("GET /api/v1/platform/report/list")
def list_(request: Request) -> Response:
    catalog = wiring.parts().catalog
    try:
        page = Page.model_validate(dict(request.query))
    except ValidationError as error:
        detail = error.errors()[0]
        raise InvalidRequest(f"{detail['loc'][0]}: {detail['msg']}; it was {shown(detail['input'])}") from error
    items = list_reports(catalog, page)
    for name, broken in catalog.broken.items():
        log.error("a report cannot be loaded", report=name, reason=str(broken))
    if "application/jsonl" in request.headers.get("accept", ""):
        return as_json_lines(items)
    return as_json({"items": items} | ({"cursor": items[-1]["id"]} if items else {}))


@handler.on("GET /api/v1/health")
def health(request: Request) -> Response:
    wiring.parts().keys.tenants()  # a read of the store: raises, and so answers 503, when it cannot be reached
    return as_json({"status": "ok"})
