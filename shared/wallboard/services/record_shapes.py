"""What a line of a list looks like: facts of a kind in the words of the push API, or a vendor's rows as delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from wallboard.model.event import Event
from wallboard.model.events import AnyEvent, Resource
from wallboard.model.facts import KINDS
from wallboard.model.time import iso
from wallboard.records._record import Part, Record
from wallboard.services.find_records import Origins
from wallboard.services.mask_people import fact_without_people, masked, row_without_people
from wallboard.services.read_records import Found

FILTERS = (
    "source",
    "channel",
    "direction",
    "queueId",
    "teamId",
    "agentId",
    "contactId",
    "interactionId",
    "outcome",
    "status",
)
"""What a list can be narrowed by, in the words of the push API."""

LISTED = tuple(kind for kind in KINDS if kind != "turn")
"""The kinds of facts that can be listed: a turn is a message again."""

_MODELS: Mapping[str, type[Event]] = {
    model.model_fields["kind"].annotation.__args__[0]: model
    for model in AnyEvent.__args__[0].__args__
    if model is not Resource
}
_VERSION, _KIND = "version", "kind"


@lru_cache(maxsize=64)
def _columns(kind: str) -> Mapping[str, str]:
    """Of a kind of fact: name on the wire → column."""
    if kind == "unreadable":
        return {"id": "id", "source": "source", "windowStartedAt": "at", "reason": "reason"}
    model = _MODELS[kind]
    own = {
        str(field.alias): "at" if name == model.anchor else name
        for name, field in model.model_fields.items()
        if name not in ("kind", "updated_at", "deleted")
    }
    return {"kind": _KIND, **own, "updatedAt": _VERSION}


def column_of(kind: str, name: str) -> str | None:
    """The column of a kind that a filter goes by; None where it has none."""
    return _columns(kind).get(name)


@dataclass(frozen=True, slots=True)
class FactShape:
    """Every field of a kind, null where it is not known; `unknown` holds what was pushed beside them; `row` is the vendor's,
    and `stream` says which of its rows."""

    name: str
    origins: Origins

    @property
    def kinds(self) -> Sequence[str]:
        return (self.name,)

    @property
    def resources(self) -> Sequence[str]:
        return ()

    @property
    def columns(self) -> Sequence[str]:
        return (*_columns(self.name), "unknown", "stream", "row")

    def parts(self, found: Found) -> Sequence[Part]:
        return [("", {})]

    def item(self, found: Found, part: Part, *, shows_people: bool) -> dict[str, Any]:
        fields = dict(found.fields) if shows_people else fact_without_people(found.kind, found.fields)
        fields |= {_KIND: found.kind, _VERSION: found.version}
        source = str(found.fields["source"])
        unknown = {name: value for name, value in found.raw.items() if name not in ("row", "stream")}
        row, stream = found.raw.get("row"), found.raw.get("stream") or found.fields.get("stream")
        if not shows_people:
            if self.origins.vendor(source) is None:
                unknown = {name: masked(value) for name, value in unknown.items()}
                stream = masked(stream) if "stream" in found.raw else stream
            personal = None if found.kind == "unreadable" else self.origins.personal(source, stream)
            row = row_without_people(row, personal)
        said = {name: _written(name, fields.get(column)) for name, column in _columns(self.name).items()}
        return {**said, "unknown": unknown or None, "stream": stream, "row": row}


def _written(name: str, value: Any) -> Any:
    return iso(value) if name.endswith("At") and isinstance(value, int) else value


@dataclass(frozen=True, slots=True)
class RowShape:
    """The vendor's columns in its order, then ours, then what the vendor has added since."""

    vendor: str
    record: Record
    origins: Origins

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def kinds(self) -> Sequence[str]:
        return self.record.kinds

    @property
    def resources(self) -> Sequence[str]:
        return self.record.resources

    @property
    def columns(self) -> Sequence[str]:
        return (*self.record.columns, *self.record.ours)

    def parts(self, found: Found) -> Sequence[Part]:
        row = found.raw.get("row")
        if found.raw.get("stream") not in self.record.streams or not isinstance(row, Mapping):
            return ()
        if self.origins.vendor(str(found.fields["source"])) not in (self.vendor, None):
            return ()
        return self.record.parts(row)

    def item(self, found: Found, part: Part, *, shows_people: bool) -> dict[str, Any]:
        row = dict(part[1])
        if not shows_people:
            personal = self.origins.personal(str(found.fields["source"]), str(found.raw["stream"]))
            row = (
                {name: masked(value) for name, value in row.items()}
                if personal is None
                else row_without_people(row, personal)
            )
        said = {name: row.pop(name, None) for name in self.record.columns}
        ours = {name: made(found.fields, found.raw["row"]) for name, made in self.record.ours.items()}
        return said | ours | {name: value for name, value in row.items() if name not in ours}


Shape: TypeAlias = FactShape | RowShape
"""What is listed, and how. `kinds` are those of the facts that are read; without any, resources of these types are. `parts`
are the lines that a fact makes: none where it is no matter of this list."""
