"""GET /api/v1/record/{kind}/list: facts of a kind or the rows of a record report, as JSON, JSON lines or CSV.
POST /api/v1/platform/report/{reportId}/explain: which of them the figures of a report count."""

from dataclasses import replace

from wallboard.errors import InvalidRequest
from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json, as_json_lines, freshness
from wallboard.runtime.telemetry import log
from wallboard.services.list_records import RecordQuery
from wallboard.services.write_table import as_table

handler = Door()


@handler.on("GET /api/v1/record/{kind}/list")
def list_(request: Request) -> Response:
    list_records = wiring.parts().list_records
    page = list_records(
        request.tenant,
        request.path["kind"],
        request.query_as(RecordQuery),
        zone=request.zone(),
        shows_people="pii" in request.scopes,
    )
    for name, broken in list_records.catalog.broken.items():
        log.error("record reports cannot be loaded", vendor=name, reason=str(broken))
    headers = {"x-cursor": page.cursor} if page.cursor else {}
    if "application/jsonl" in request.headers.get("accept", ""):
        return replace(as_json_lines([dict(item) for item in page.items]), headers=headers)
    if request.accepts("text/csv"):
        table = as_table(page.columns, page.items)
        return Response(table, content_type="text/csv; charset=utf-8", headers=headers)
    return as_json({"items": page.items} | ({"cursor": page.cursor} if page.cursor else {}), headers=headers)


@handler.on("POST /api/v1/platform/report/{reportId}/explain")
def explain(request: Request) -> Response:
    asked = request.json()
    if not isinstance(asked, dict):
        raise InvalidRequest(f"the body must be an object, the input of the report, not {type(asked).__name__}")
    explained = wiring.parts().explain_report(request.path["reportId"], asked, request.tenant, request.zone())
    return as_json(explained.result, headers=freshness(explained.newest, explained.now))
