"""The OpenAPI document of the HTTP API: its routes, events, reports and errors, as the code declares them."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import DEFAULT_REF_TEMPLATE, GenerateJsonSchema, models_json_schema

from wallboard import __version__, errors
from wallboard.model.events import LATEST, AnyEvent
from wallboard.reports._report import Category, Report
from wallboard.services.ingest import Receipt
from wallboard.services.list_reports import Page
from wallboard.services.read_events import LARGEST_BODY, LARGEST_EVENT, LINES

Json = dict[str, Any]

# The sign at its beginning is written nowhere but where keys are joined.
_REF = DEFAULT_REF_TEMPLATE.replace("$defs", "components/schemas")
_TEXT: Json = {"type": "string"}
_TIME: Json = {"type": "string", "format": "date-time"}
_OBJECT: Json = {"type": "object"}
_SECONDS: Json = {"type": "integer", "minimum": 0}
_SINCE_1970: Json = {"type": "integer", "minimum": 0, "maximum": LATEST}

_ABOUT = (
    "Reports over what contact centres and AI agents did, and the way in for events. A path that does not exist is answered "
    "with 404, a method that a path does not have with 405; every refusal is an Error."
)
_TAGS = {"events": "What happened.", "reports": "What can be asked.", "system": "The installation; needs no key."}
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}
_FRESH = {
    "x-data-through": {
        "schema": _TIME,
        "description": "When the latest event happened that was read, if there is one.",
    },
    "x-data-lag-seconds": {"schema": _SECONDS, "description": "How long ago that was."},
}
_REFUSALS = {
    each.status: (each.__name__, each.code, getdoc(each)) for each in vars(errors).values() if hasattr(each, "status")
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
        _add(named, _name(report), report)
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
            "schemas": _schemas(named),
            "responses": {name: _refusal(*about) for name, *about in _REFUSALS.values()},
            "securitySchemes": _KEYS,
        },
    }
    return json.dumps(document, indent=1) + "\n"


# ---- routes


def _operations(reports: Mapping[str, Report]) -> dict[str, _Operation]:
    inputs = {report.id: _ref(f"{name}Input") for name, report in reports.items()}
    outputs = {report.id: _ref(f"{name}Output") for name, report in reports.items()}
    answers = {name: {"anyOf": [output, _ref("Failure")]} for name, output in outputs.items()}
    ids = {name: {"summary": report.name, "value": report.id} for name, report in reports.items()}
    one = _parameter("reportId", "path", _TEXT, required=True, examples=ids)
    zone = _parameter("x-timezone", "header", _TEXT, description="The IANA name of the zone of days; UTC without it.")
    event = _ref("Event")
    return {
        "GET /openapi.json": _Operation("describe", "system", "This document.", _json(_OBJECT)),
        "GET /api/v1/health": _Operation(
            "checkHealth", "system", "Says whether all is well.", _json(_object(status={"const": "ok"})), (503,)
        ),
        "GET /api/v1/platform/report/list": _Operation(
            "listReports",
            "reports",
            "Lists the reports that can be asked for. As JSON lines, each line is a ReportLine.",
            _json(_ref("ReportList"), {"application/jsonl": _ref("ReportLine")}),
            (400,),
            {"description": getdoc(Page), "parameters": _query(Page)},
        ),
        "POST /api/v1/platform/report/generate": _Operation(
            "generateReports",
            "reports",
            "Generates many reports, each by its id with its input. Each fails alone.",
            _json(_OBJECT | {"properties": answers, "additionalProperties": _ref("Failure")}) | {"headers": _FRESH},
            (400,),
            _body(_OBJECT | {"properties": inputs, "additionalProperties": _OBJECT}) | {"parameters": [zone]},
        ),
        "POST /api/v1/platform/report/{reportId}/generate": _Operation(
            "generateReport",
            "reports",
            "Generates one report; as CSV where it is a table. Its input and output are named after it.",
            _json({"anyOf": [*outputs.values()]}, {"text/csv": _TEXT}) | {"headers": _FRESH},
            (400, 404, 503),
            _body({"anyOf": [*inputs.values()]}) | {"parameters": [one, zone]},
        ),
        "POST /api/v1/event/ingest": _Operation(
            "ingestEvents",
            "events",
            f"Stores events, {LARGEST_BODY >> 20} MB at most and {LARGEST_EVENT >> 10} KB each. As JSON lines, each line is an "
            "Event. The receipt names those that are not stored.",
            _json(_ref("Receipt")),
            (400, 503),
            _body(_object(events={"type": "array", "items": event}), dict.fromkeys(LINES, event), required=True),
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
            **{str(status): _ref(_REFUSALS[status][0], "responses") for status in sorted(refused)},
        },
    }


def _refusal(code: str, about: str) -> Json:
    return {"description": about, **_json(_ref("Error") | {"properties": {"code": {"const": code}}})}


def _query(model: type[BaseModel]) -> list[Json]:
    """The fields of a model as parameters of a query, in which nothing is null."""
    fields = model.model_json_schema(schema_generator=_Generator)["properties"]
    return [_parameter(name, "query", schema.get("anyOf", [schema])[0]) for name, schema in fields.items()]


def _parameter(name: str, place: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": place, "schema": schema, **more}


def _body(schema: Json, others: Mapping[str, Json] | None = None, *, required: bool = False) -> Json:
    return {"requestBody": {"required": required, **_json(schema, others)}}


def _json(schema: Json, others: Mapping[str, Json] | None = None) -> Json:
    """Content in JSON, and in other media types."""
    media = {"application/json": schema, **(others or {})}
    return {"content": {name: {"schema": each} for name, each in media.items()}}


# ---- schemas


class _Generator(GenerateJsonSchema):
    """Gives fields no titles, which would only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schemas(reports: Mapping[str, Report]) -> Json:
    event = TypeAdapter(AnyEvent).json_schema(ref_template=f"{_REF}Event", schema_generator=_Generator)
    receipt = TypeAdapter(Receipt).json_schema(mode="serialization", ref_template=_REF, schema_generator=_Generator)
    event["description"] = "What happened. A time is ISO 8601 with an offset, or whole epoch milliseconds."
    kinds = {f"{name}Event": schema for name, schema in event.pop("$defs").items()}
    found = {"Event": event, **kinds, "Receipt": receipt, **receipt.pop("$defs"), **_undeclared()}
    for name, schema in _of_reports(reports).items():
        _add(found, name, schema)
    for schema in found.values():
        schema.pop("title", None)
    return dict(sorted(found.items()))


def _of_reports(reports: Mapping[str, Report]) -> Json:
    """`<Name>Input` and `<Name>Output` of each report, and the classes that these are made of."""
    models: dict[str, Any] = {}
    words: dict[str, str] = {}
    for name, report in reports.items():
        models |= {f"{name}Input": (report.input, "validation"), f"{name}Output": (report.output, "serialization")}
        words |= {f"{name}Input": f"What {report.name} is asked.", f"{name}Output": report.description}
    refs, made = models_json_schema([*models.values()], ref_template=_REF, schema_generator=_Generator)
    classes: Json = made.get("$defs", {})
    origins = {name: refs[model]["$ref"].rpartition("/")[2] for name, model in models.items()}
    found = {name: classes[origin] | {"description": words[name]} for name, origin in origins.items()}
    text = json.dumps([found, {name: schema for name, schema in classes.items() if name not in origins.values()}])
    for name, schema in classes.items():
        if origins.get(name) != name and json.dumps(_REF.format(model=name)) in text:
            _add(found, name, schema)
    return found


def _undeclared() -> Json:
    """The schemas of what no class declares."""
    meta = dict.fromkeys(("definition", "unit", "timeBasis"), _TEXT) | dict.fromkeys(("input", "output"), _OBJECT)
    meta["category"] = {"enum": [*get_args(Category)]}
    item = dict.fromkeys(("id", "name", "description"), _TEXT) | dict.fromkeys(("createdAt", "updatedAt"), _SINCE_1970)
    item["meta"] = _object({"dataThrough": _TIME, "dataLagSeconds": _SECONDS}, **meta)
    return {
        "Error": _object(message=_TEXT, code=_TEXT),
        "Failure": _object(error=_TEXT),
        "ReportItem": _object(**item),
        "ReportLine": _object(type={"const": "item"}, data=_ref("ReportItem")),
        "ReportList": _object({"cursor": _TEXT}, items={"type": "array", "items": _ref("ReportItem")}),
    }


def _object(optional: Json | None = None, /, **required: Json) -> Json:
    return _OBJECT | {"properties": required | (optional or {}), "required": [*required]}


def _name(report: Report) -> str:
    """`TotalRatings` for Total Ratings Report."""
    words = re.findall("[A-Za-z0-9]+", report.name.removesuffix("Report"))
    return "".join(word[0].upper() + word[1:] for word in words)


def _ref(name: str, kind: str = "schemas") -> Json:
    return {"$ref": _REF.replace("schemas", kind).format(model=name)}


def _add(found: dict[str, Any], name: str, what: Any) -> None:
    if found.setdefault(name, what) != what:
        raise errors.WallboardError(f"openapi.json would call two things {name}: rename a report, or a class of one")
