"""The schemas of the OpenAPI document: events, reports, alerts, and what no class declares."""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import DEFAULT_REF_TEMPLATE, GenerateJsonSchema, models_json_schema

from wallboard import errors
from wallboard.model.event import LATEST
from wallboard.model.events import AnyEvent
from wallboard.reports._report import Category, Report
from wallboard.services.explain_report import Explanation
from wallboard.services.ingest import Receipt
from wallboard.services.manage_alerts import AlertHistory, AlertItem, AlertList, Evaluated, Note, Silence
from wallboard.services.manage_sources import SourceList, Sync, SyncStarted

Json = dict[str, Any]

# The sign at its beginning is written nowhere but where keys are joined.
_REF = DEFAULT_REF_TEMPLATE.replace("$defs", "components/schemas")
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
OBJECT: Json = {"type": "object"}
SECONDS: Json = {"type": "integer", "minimum": 0}
SINCE_1970: Json = {"type": "integer", "minimum": 0, "maximum": LATEST}


class Generator(GenerateJsonSchema):
    """Gives fields no titles, which would only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas(reports: Mapping[str, Report]) -> Json:
    """Every component by its name. `reports` are by their names. Raises WallboardError for two of one name."""
    event = TypeAdapter(AnyEvent).json_schema(ref_template=f"{_REF}Event", schema_generator=Generator)
    receipt = TypeAdapter(Receipt).json_schema(mode="serialization", ref_template=_REF, schema_generator=Generator)
    event["description"] = "What happened. A time is ISO 8601 with an offset, or whole epoch milliseconds."
    kinds = {f"{name}Event": schema for name, schema in event.pop("$defs").items()}
    found = {"Event": event, **kinds, **_of_routes(), "Receipt": receipt, **receipt.pop("$defs"), **_undeclared()}
    for name, schema in _of_reports(reports).items():
        add(found, name, schema)
    for schema in found.values():
        schema.pop("title", None)
    return dict(sorted(found.items()))


def _of_routes() -> Json:
    """What the routes of alerts and sources take and give, and the classes that these are made of."""
    models: list[tuple[Any, Any]] = [(model, "validation") for model in (Note, Silence, Sync)]
    answers = (AlertItem, AlertList, AlertHistory, Evaluated, SourceList, SyncStarted, Explanation)
    models += [(model, "serialization") for model in answers]
    made = models_json_schema(models, ref_template=_REF, schema_generator=Generator)[1]
    classes: Json = made.get("$defs", {})
    return classes


def _of_reports(reports: Mapping[str, Report]) -> Json:
    """`<Name>Input` and `<Name>Output` of each report, and the classes that these are made of."""
    models: dict[str, Any] = {}
    words: dict[str, str] = {}
    for name, report in reports.items():
        models |= {f"{name}Input": (report.input, "validation"), f"{name}Output": (report.output, "serialization")}
        words |= {f"{name}Input": f"What {report.name} is asked.", f"{name}Output": report.description}
    refs, made = models_json_schema([*models.values()], ref_template=_REF, schema_generator=Generator)
    classes: Json = made.get("$defs", {})
    origins = {name: refs[model]["$ref"].rpartition("/")[2] for name, model in models.items()}
    found = {name: classes[origin] | {"description": words[name]} for name, origin in origins.items()}
    text = json.dumps([found, {name: schema for name, schema in classes.items() if name not in origins.values()}])
    for name, schema in classes.items():
        if origins.get(name) != name and json.dumps(_REF.format(model=name)) in text:
            add(found, name, schema)
    return found


def _undeclared() -> Json:
    """The schemas of what no class declares."""
    meta = dict.fromkeys(("definition", "unit", "timeBasis"), TEXT) | dict.fromkeys(("input", "output"), OBJECT)
    meta["category"] = {"enum": [*get_args(Category)]}
    sources = {"type": "array", "items": object_of(name=TEXT, through=TIME)}
    item = dict.fromkeys(("id", "name", "description"), TEXT) | dict.fromkeys(("createdAt", "updatedAt"), SINCE_1970)
    item["meta"] = object_of({"dataThrough": TIME, "dataLagSeconds": SECONDS, "sources": sources}, **meta)
    return {
        "Explain": object_of({"figure": TEXT, "row": OBJECT})
        | {
            "description": "`figure`: the one to explain, else all. `row`: a row of the answer, or its labels; else the totals."
        },
        "Error": object_of(message=TEXT, code=TEXT),
        "Failure": object_of(error=TEXT),
        "RecordLine": object_of(type={"const": "item"}, data=ref("RecordItem")),
        "RecordItem": OBJECT
        | {"description": "A fact, in the words of the push API, with the vendor's row; or that row as delivered."},
        "RecordList": object_of({"cursor": TEXT}, items={"type": "array", "items": ref("RecordItem")}),
        "ReportItem": object_of(**item),
        "ReportLine": object_of(type={"const": "item"}, data=ref("ReportItem")),
        "ReportList": object_of({"cursor": TEXT}, items={"type": "array", "items": ref("ReportItem")}),
    }


def object_of(optional: Json | None = None, /, **required: Json) -> Json:
    """The schema of an object with these properties."""
    return OBJECT | {"properties": required | (optional or {}), "required": [*required]}


def name_of(report: Report) -> str:
    """`TotalRatings` for Total Ratings Report."""
    words = re.findall("[A-Za-z0-9]+", report.name.removesuffix("Report"))
    return "".join(word[0].upper() + word[1:] for word in words)


def ref(name: str, kind: str = "schemas") -> Json:
    """A reference to a component."""
    return {"$ref": _REF.replace("schemas", kind).format(model=name)}


def add(found: dict[str, Any], name: str, what: Any) -> None:
    """Puts a thing under its name. Raises WallboardError where another has it."""
    if found.setdefault(name, what) != what:
        raise errors.WallboardError(f"openapi.json would call two things {name}: rename a report, or a class of one")
