"""Lists records page by page: facts of a kind, or a vendor's rows, in the order of their anchor, then source, then id."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from wallboard.errors import InvalidRequest, NotFound
from wallboard.model.event import LATEST
from wallboard.model.time import DAY, HOUR, QUARTER, midnight, parse_instant
from wallboard.records._record import Part
from wallboard.registry import Family
from wallboard.services.catalog import Catalog
from wallboard.services.counted import MARK, read, sign
from wallboard.services.find_records import Origins, RecordCatalog
from wallboard.services.list_counted import counted_lines
from wallboard.services.ports import Facts, Gauges, Rollups, Sources
from wallboard.services.read_records import Found, Hours, read_hours, whole_spells
from wallboard.services.record_shapes import FILTERS, LISTED, FactShape, RowShape, Shape, column_of
from wallboard.services.sign_cursors import CursorKeys, Cursors, Place
from wallboard.sources._source import Source

MOST_DAYS = 92
MOST = 1_000
LARGEST_ANSWER = 4_500_000
"""Bytes of the items of one answer, as JSON within JSON, which is what Lambda hands on: 6 MB at most."""

_DAYLIGHT = 2 * HOUR
_Word = Annotated[str, Field(min_length=1, max_length=256)]


class RecordQuery(BaseModel):
    """Which records: those whose anchor lies in [from, to), at most 92 days. A time may be a date: its midnight in the zone of
    `x-timezone`. An answer may have fewer items than `take`, even none, and a cursor: then there is more to be read. It is in
    the header x-cursor too. A list without a cursor is at its end."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    from_: _Word | None = Field(None, alias="from")
    to: _Word | None = None
    source: _Word | None = None
    channel: _Word | None = None
    direction: _Word | None = None
    queue_id: _Word | None = None
    team_id: _Word | None = None
    agent_id: _Word | None = None
    contact_id: _Word | None = None
    interaction_id: _Word | None = None
    outcome: _Word | None = None
    status: _Word | None = None
    cursor: Annotated[str, Field(min_length=1, max_length=8_192)] | None = None
    take: Annotated[int, Field(ge=1, le=MOST)] = 100

    def filters(self) -> dict[str, str]:
        """The filters that are given, by their names on the wire."""
        said = self.model_dump(by_alias=True)
        return {name: said[name] for name in FILTERS if said[name] is not None}


@dataclass(frozen=True, slots=True)
class RecordPage:
    """`columns` are those that every item has, in order. Without a cursor the list is at its end."""

    columns: Sequence[str]
    items: Sequence[Mapping[str, Any]]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that was chosen for the page."""

    found: Found
    part: Part

    @property
    def place(self) -> Place:
        return *self.found.order, self.part[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecords:
    facts: Facts
    rollups: Rollups
    gauges: Gauges
    sources: Sources
    vendors: Family[Source]
    catalog: RecordCatalog
    reports: Catalog
    cursor_keys: CursorKeys

    def __call__(self, tenant: str, name: str, query: RecordQuery, *, zone: ZoneInfo, shows_people: bool) -> RecordPage:
        """Raises NotFound for a name that is neither a kind nor a record report, InvalidRequest that names what must change,
        and TryAgain when the store refuses for now."""
        shape = self._shape(tenant, name)
        if query.cursor and query.cursor.startswith(MARK):
            return self._counted(tenant, shape, query, shows_people=shows_people)
        filters = _filters(shape, query)
        span = _span(shape, query, zone)
        cursors = Cursors(self.cursor_keys, tenant, [name, *span, filters])
        after = cursors.read(query.cursor) if query.cursor else None
        if shape.kinds:
            lines, reached, hours = self._from_facts(tenant, shape, filters, span, after, query.take)
            found = whole_spells(hours, [line.found for line in lines])
        else:
            lines, reached = self._from_gauges(tenant, shape, filters, after, query.take), None
            found = [line.found for line in lines]
        if len(lines) > query.take:
            reached = lines[query.take - 1].place
        items = _fitting(
            shape.item(each, line.part, shows_people=shows_people)
            for line, each in zip(lines[: query.take], found, strict=False)
        )
        if len(items) < min(len(lines), query.take):
            reached = lines[len(items) - 1].place
        return RecordPage(shape.columns, items, cursors.sign(reached) if reached else None)

    def _counted(self, tenant: str, shape: Shape, query: RecordQuery, *, shows_people: bool) -> RecordPage:
        """The facts that a figure of a report counts, each with what it adds, as `counted`."""
        if also := [name for name in query.model_fields_set if name not in ("cursor", "take")]:
            name = to_camel(also[0]).rstrip("_")
            raise InvalidRequest(f"{name}: this cursor says what is listed; send nothing but take beside it")
        place, question = read(self.cursor_keys, tenant, shape.name, str(query.cursor))
        lines, reached = counted_lines(
            question,
            shape.name,
            place,
            query.take,
            catalog=self.reports,
            hours=Hours(self.facts, tenant),
            rollups=self.rollups,
            tenant=tenant,
        )
        if len(lines) > query.take:
            reached = lines[query.take - 1].place
        items = _fitting(
            shape.item(line.found, ("", {}), shows_people=shows_people) | {"counted": line.amount}
            for line in lines[: query.take]
        )
        if len(items) < min(len(lines), query.take):
            reached = lines[len(items) - 1].place
        cursor = sign(self.cursor_keys, tenant, shape.name, question, reached) if reached else None
        return RecordPage([*shape.columns, "counted"], items, cursor)

    def _shape(self, tenant: str, name: str) -> Shape:
        origins = Origins(tenant, self.sources, self.vendors)
        if name in LISTED:
            return FactShape(name, origins)
        if found := self.catalog.find(name):
            return RowShape(*found, origins)
        if name in self.catalog.broken:
            raise self.catalog.broken[name]
        known = (*LISTED, *(record.name for _, record in self.catalog))
        raise NotFound(f"There are no records {name[:80]!r}; ask for one of {', '.join(known)}")

    def _from_facts(
        self,
        tenant: str,
        shape: Shape,
        filters: Mapping[str, str],
        span: tuple[int, int],
        after: Place | None,
        take: int,
    ) -> tuple[list[_Line], Place | None, Hours]:
        """The next lines, one more than are wanted if there is one; where reading ended before the span did; and the hours."""
        hours, lines = Hours(self.facts, tenant), list[_Line]()
        start, end = max(span[0], after[0]) if after else span[0], span[1]
        read = None
        for hour, found in read_hours(hours, shape.kinds, start, end):
            read = hour
            lines += _lines(shape, filters, found, after)
            if len(lines) > take:
                return lines[: take + 1], None, hours
        unread = (read + 1) * HOUR if read is not None else end
        return lines, (unread, "", "", "", "") if unread < end else None, hours

    def _from_gauges(
        self, tenant: str, shape: Shape, filters: Mapping[str, str], after: Place | None, take: int
    ) -> list[_Line]:
        found = [
            Found(
                "resource",
                {"at": 0, "id": gauge.id, "source": gauge.values.get("source") or "api"},
                gauge.values.get("unknown") or {},
            )
            for gauges in self.gauges.read(tenant, shape.resources).values()
            for gauge in gauges
        ]
        return _lines(shape, filters, found, after)[: take + 1]


def _fitting(items: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many as fit into an answer, one at least."""
    found, size = list[dict[str, Any]](), 0
    for item in items:
        size += len(json.dumps(json.dumps(item)))
        if found and size > LARGEST_ANSWER:
            break
        found.append(item)
    return found


def _lines(shape: Shape, filters: Mapping[str, str], found: Sequence[Found], after: Place | None) -> list[_Line]:
    """The lines behind `after` that pass the filters, in order."""
    chosen = [
        _Line(each, part)
        for each in found
        if all(_passes(each, name, value) for name, value in filters.items())
        for part in shape.parts(each)
    ]
    ordered = sorted(chosen, key=lambda line: line.place)
    return [line for line in ordered if line.place > after] if after else ordered


def _passes(found: Found, name: str, value: str) -> bool:
    column = "source" if name == "source" else column_of(found.kind, name)
    return column is not None and found.fields.get(column) == value


def _filters(shape: Shape, query: RecordQuery) -> dict[str, str]:
    filters = query.filters()
    for name in filters:
        if not _has(shape, name):
            allowed = [each for each in FILTERS if _has(shape, each)]
            raise InvalidRequest(f"{name}: {shape.name} cannot be narrowed by it; use {', '.join(allowed)}")
    return filters


def _has(shape: Shape, name: str) -> bool:
    """Whether each of its kinds has a column for a filter; a resource has its source only."""
    return name == "source" or (bool(shape.kinds) and all(column_of(kind, name) for kind in shape.kinds))


def _span(shape: Shape, query: RecordQuery, zone: ZoneInfo) -> tuple[int, int]:
    if not shape.kinds:
        for name, given in (("from", query.from_), ("to", query.to)):
            if given is not None:
                raise InvalidRequest(f"{name}: {shape.name} is about what there is now, and takes no time")
        return 0, 0
    start, end = (_moment(name, given, zone) for name, given in (("from", query.from_), ("to", query.to)))
    if end <= start:
        raise InvalidRequest("to: must be later than from; it is not part of what is listed")
    if end - start > MOST_DAYS * DAY + _DAYLIGHT:
        raise InvalidRequest(
            f"from: at most {MOST_DAYS} days can be listed at once; ask for the next ones from their end"
        )
    return start, end


def _moment(name: str, given: str | None, zone: ZoneInfo) -> int:
    if given is None:
        raise InvalidRequest(f"{name}: must be given, a date or a time such as 2026-11-21 or 2026-11-21T09:30:00Z")
    try:
        is_date = len(given) == len("2026-11-21")
        at = midnight(date.fromisoformat(given), zone) * QUARTER if is_date else parse_instant(given)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"{name}: {given[:80]!r} is neither a date such as 2026-11-21 nor a time such as 2026-11-21T09:30:00Z; "
            "in a query, + is written %2B"
        ) from error
    if not 0 <= at <= LATEST:
        raise InvalidRequest(f"{name}: lies outside the years 1970 to 9999")
    return at
