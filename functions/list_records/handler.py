"""GET /api/v1/record/{kind}/list: facts of a kind or the rows of a record report, as JSON, JSON lines or CSV."""

from dataclasses import replace

from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json, as_json_lines
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
