"""The OpenAPI document of the HTTP API: its routes, events, reports and errors, as the code declares them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any

from pydantic import BaseModel

import wallboard.records
from wallboard import __version__, errors
from wallboard.cli.schemas import OBJECT, SECONDS, TEXT, TIME, Generator, Json, add, name_of, object_of, ref, schemas
from wallboard.reports._report import Report
from wallboard.services.find_records import RecordCatalog
from wallboard.services.list_records import RecordQuery
from wallboard.services.list_reports import Page
from wallboard.services.manage_alerts import AlertPage, Note, Silence
from wallboard.services.read_events import LARGEST_BODY, LARGEST_EVENT, LINES
from wallboard.services.record_shapes import LISTED

_ABOUT = (
    "Reports over what contact centres and AI agents did, and the way in for events. A path that does not exist is answered "
    "with 404, a method that a path does not have with 405; every refusal is an Error."
)
_TAGS = {
    "events": "What happened.",
    "reports": "What can be asked.",
    "records": "What happened, row by row.",
    "alerts": "What is not as it should be.",
    "sources": "Where it is fetched from.",
    "system": "The installation; needs no key.",
}
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}
_FRESH = {
    "x-data-through": {
        "schema": TIME,
        "description": "When the latest event happened that was read, if there is one.",
    },
    "x-data-lag-seconds": {"schema": SECONDS, "description": "How long ago that was."},
}
_REFUSALS = {
    each.status: (each.__name__, each.code, getdoc(each))
    for each in vars(errors).values()
    if "status" in getattr(each, "__dict__", ())
} | {500: ("InternalError", "INTERNAL_SERVER_ERROR", "Something is wrong on our side.")}


@dataclass(frozen=True, slots=True)
class _Operation:
    """What is said of a route: `answer` is its 200, `refuses` are the statuses that not every route has."""

    id: str
    tag: str
    summary: str
    answer: Json
    refuses: tuple[int, ...] = ()
    takes: Json = field(default_factory=dict)


def openapi_page(reports: Iterable[Report], routes: Mapping[str, str | None]) -> str:
    """The document as JSON in ASCII. `routes` are those of `runtime.api`, each with its scope.

    Raises WallboardError for a route that is not described here, or is gone, and for two schemas of one name.
    """
    named: dict[str, Report] = {}
    for report in sorted(reports, key=lambda report: report.name):
        add(named, name_of(report), report)
    operations = _operations(named)
    if astray := sorted(routes.keys() ^ operations.keys()):
        raise errors.WallboardError(f"{__name__} must describe every route and no others: {', '.join(astray)}")
    paths: Json = {}
    for route, scope in routes.items():
        method, path = route.split(" ", 1)
        paths.setdefault(path, {})[method.lower()] = _described(operations[route], scope)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Wallboard", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(named),
            "responses": {name: _refusal(*about) for name, *about in _REFUSALS.values()},
            "securitySchemes": _KEYS,
        },
    }
    return json.dumps(document, indent=1) + "\n"


# ---- routes


def _operations(reports: Mapping[str, Report]) -> dict[str, _Operation]:
    inputs = {report.id: ref(f"{name}Input") for name, report in reports.items()}
    outputs = {report.id: ref(f"{name}Output") for name, report in reports.items()}
    answers = {name: {"anyOf": [output, ref("Failure")]} for name, output in outputs.items()}
    ids = {name: {"summary": report.name, "value": report.id} for name, report in reports.items()}
    one = _parameter("reportId", "path", TEXT, required=True, examples=ids)
    drilled = [inputs[report.id] for report in reports.values() if report.drill]
    followed_ids = {name: ids[name] for name, report in reports.items() if report.drill}
    followed = _parameter("reportId", "path", TEXT, required=True, examples=followed_ids)
    zone = _parameter("x-timezone", "header", TEXT, description="The IANA name of the zone of days; UTC without it.")
    event = ref("Event")
    return {
        "GET /openapi.json": _Operation("describe", "system", "This document.", _json(OBJECT)),
        "GET /api/v1/health": _Operation(
            "checkHealth", "system", "Says whether all is well.", _json(object_of(status={"const": "ok"})), (503,)
        ),
        "GET /api/v1/platform/report/list": _Operation(
            "listReports",
            "reports",
            "Lists the reports that can be asked for. As JSON lines, each line is a ReportLine.",
            _json(ref("ReportList"), {"application/jsonl": ref("ReportLine")}),
            (400,),
            {"description": getdoc(Page), "parameters": _query(Page)},
        ),
        "POST /api/v1/platform/report/generate": _Operation(
            "generateReports",
            "reports",
            "Generates many reports, each by its id with its input. Each fails alone.",
            _json(OBJECT | {"properties": answers, "additionalProperties": ref("Failure")}) | {"headers": _FRESH},
            (400,),
            _body(OBJECT | {"properties": inputs, "additionalProperties": OBJECT}) | {"parameters": [zone]},
        ),
        "POST /api/v1/platform/report/{reportId}/generate": _Operation(
            "generateReport",
            "reports",
            "Generates one report; as CSV where it is a table. Its input and output are named after it.",
            _json({"anyOf": [*outputs.values()]}, {"text/csv": TEXT}) | {"headers": _FRESH},
            (400, 404, 503),
            _body({"anyOf": [*inputs.values()]}) | {"parameters": [one, zone]},
        ),
        "POST /api/v1/platform/report/{reportId}/explain": _Operation(
            "explainReport",
            "reports",
            "Explains the figures of a report's totals, or of one row: numerator, denominator, and cursors into the records "
            "that are counted. Takes the input of the report.",
            _json(ref("Explanation")) | {"headers": _FRESH},
            (400, 404, 503),
            _body({"allOf": [{"anyOf": drilled}, ref("Explain")]}) | {"parameters": [followed, zone]},
        ),
        "POST /api/v1/event/ingest": _Operation(
            "ingestEvents",
            "events",
            f"Stores events, {LARGEST_BODY >> 20} MB at most and {LARGEST_EVENT >> 10} KB each. As JSON lines, each line is an "
            "Event. The receipt names those that are not stored.",
            _json(ref("Receipt")),
            (400, 503),
            _body(object_of(events={"type": "array", "items": event}), dict.fromkeys(LINES, event), required=True),
        ),
        "GET /api/v1/record/{kind}/list": _record_operation(),
        **_alert_operations(),
        "GET /api/v1/source/list": _Operation(
            "listSources",
            "sources",
            "Lists the sources, and how far each of their streams has been pulled.",
            _json(ref("SourceList")),
            (503,),
        ),
        "POST /api/v1/source/{name}/sync": _Operation(
            "syncSource",
            "sources",
            "Begins a pull; the list of sources shows how far it has come.",
            _json(ref("SyncStarted")),
            (400, 404, 503),
            _body(ref("Sync")) | {"parameters": [_parameter("name", "path", TEXT, required=True)]},
        ),
    }


def _record_operation() -> _Operation:
    titles = {record.name: f"{record.title} ({vendor})" for vendor, record in RecordCatalog(wallboard.records)}
    kinds = {
        name: {"summary": titles.get(name, f"facts of the kind {name}"), "value": name} for name in (*LISTED, *titles)
    }
    content = _json(ref("RecordList"), {"application/jsonl": ref("RecordLine"), "text/csv": TEXT})
    cursor = {"schema": TEXT, "description": "From where the list goes on; without it, it is at its end."}
    return _Operation(
        "listRecords",
        "records",
        "Lists facts of a kind, or the rows of a vendor as delivered, in the order of their time. Without the scope pii, what "
        "is of customers is masked. As JSON lines, each line is a RecordLine.",
        content | {"headers": {"x-cursor": cursor}},
        (400, 404, 503),
        {
            "description": getdoc(RecordQuery),
            "parameters": [
                _parameter("kind", "path", TEXT, required=True, examples=kinds),
                _parameter(
                    "x-timezone", "header", TEXT, description="The IANA name of the zone of dates; UTC without it."
                ),
                *_query(RecordQuery),
            ],
        },
    )


def _alert_operations() -> dict[str, _Operation]:
    one = _parameter("alertId", "path", TEXT, required=True)

    def act(verb: str, summary: str, note: type[Note]) -> _Operation:
        takes = _body(ref(note.__name__), required=note is not Note) | {"parameters": [one]}
        return _Operation(verb, "alerts", summary, _json(ref("AlertItem")), (400, 404, 503), takes)

    return {
        "GET /api/v1/alert/list": _Operation(
            "listAlerts",
            "alerts",
            "Lists alerts. The status open means firing, acknowledged or silenced.",
            _json(ref("AlertList")),
            (400, 503),
            {"parameters": _query(AlertPage)},
        ),
        "GET /api/v1/alert/{alertId}": _Operation(
            "showAlert",
            "alerts",
            "Shows an alert and all its transitions.",
            _json(ref("AlertHistory")),
            (404, 503),
            {"parameters": [one]},
        ),
        "POST /api/v1/alert/evaluate": _Operation(
            "evaluateAlerts", "alerts", "Evaluates the alert rules now.", _json(ref("Evaluated")), (503,)
        ),
        "POST /api/v1/alert/{alertId}/acknowledge": act(
            "acknowledge", "Notes that somebody takes care of an alert.", Note
        ),
        "POST /api/v1/alert/{alertId}/silence": act("silence", "Tells nobody of an alert for a while.", Silence),
        "POST /api/v1/alert/{alertId}/resolve": act(
            "resolve", "Ends an alert; it fires anew if it is found again.", Note
        ),
    }


def _described(operation: _Operation, scope: str | None) -> Json:
    refused = {*operation.refuses, *((401, 403) if scope else ()), 405, 500}
    return {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": [{name: [scope]} for name in _KEYS] if scope else [],
        **operation.takes,
        "responses": {
            "200": {"description": "Done."} | operation.answer,
            **{str(status): ref(_REFUSALS[status][0], "responses") for status in sorted(refused)},
        },
    }


def _refusal(code: str, about: str) -> Json:
    return {"description": about, **_json(ref("Error") | {"properties": {"code": {"const": code}}})}


def _query(model: type[BaseModel]) -> list[Json]:
    """The fields of a model as parameters of a query, in which nothing is null."""
    fields = model.model_json_schema(schema_generator=Generator)["properties"]
    return [_parameter(name, "query", schema.get("anyOf", [schema])[0]) for name, schema in fields.items()]


def _parameter(name: str, place: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": place, "schema": schema, **more}


def _body(schema: Json, others: Mapping[str, Json] | None = None, *, required: bool = False) -> Json:
    return {"requestBody": {"required": required, **_json(schema, others)}}


def _json(schema: Json, others: Mapping[str, Json] | None = None) -> Json:
    """Content in JSON, and in other media types."""
    media = {"application/json": schema, **(others or {})}
    return {"content": {name: {"schema": each} for name, each in media.items()}}
