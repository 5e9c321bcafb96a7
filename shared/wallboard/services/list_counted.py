"""Lists the facts that a figure of a report counts, page by page, each with what it adds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from wallboard.measures.durations import Spread
from wallboard.model.facts import Rows
from wallboard.model.time import HOUR, QUARTER
from wallboard.reports._columns import number
from wallboard.reports._report import Counted
from wallboard.services.catalog import Catalog
from wallboard.services.counted import CountedQuestion
from wallboard.services.read_records import MANY, MOST_BUCKETS, MOST_ROWS, Found, Hours, spell_id
from wallboard.services.sign_cursors import Place

_MOST_BUCKETS = 4 * MOST_BUCKETS
"""So many hours of a kind are read for one page at most: what is counted may lie far apart."""

_AT_ONCE, _AHEAD_AT_ONCE = 96, 24

Key: TypeAlias = tuple[str, int, str, str, str]


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A fact that is counted: how much it adds (seconds, where that is a time), and what tells it from the same fact counted
    again."""

    found: Found
    amount: Any
    nth: str

    @property
    def place(self) -> Place:
        return *self.found.order, self.nth


def counted_lines(
    question: CountedQuestion, kind: str, after: Place | None, take: int, *, catalog: Catalog, hours: Hours
) -> tuple[list[CountedLine], Place | None]:
    """The next lines, one more than are wanted if there is one; and where reading ended before everything was read. Raises
    InvalidRequest for a question that no report has."""
    _, drill, asked, count = question.find(catalog)
    span = drill.span(count, asked, question.window)
    first = max(span.start * QUARTER, after[0] if after else 0) // HOUR
    last = (min(span.end * QUARTER, question.now + HOUR) - 1) // HOUR
    reads, ahead = drill.reads(count, asked), drill.ahead(asked)
    lines: list[CountedLine] = []
    most = _AHEAD_AT_ONCE if ahead else _AT_ONCE
    hour, read, at_once = first, 0, _AHEAD_AT_ONCE if ahead else 2
    while hour <= last:
        chunk = range(hour, min(hour + at_once, last + 1))
        loaded = hours.load(reads, range(chunk.start, chunk.stop + ahead))
        counted = drill.counted(
            count,
            asked,
            question.row,
            question.window,
            hours=chunk,
            facts=lambda kind, hour: _rows(hours.live(kind, hour)),
            told=question.told,
            now=question.now,
        )
        found = sorted(_lines(kind, counted, hours), key=lambda line: line.place)
        lines += [line for line in found if after is None or line.place > after]
        hour, read = chunk.stop, read + loaded
        at_once = min(most, 2 * at_once) if loaded < MANY else max(1, at_once // 2)
        if len(lines) > take:
            return lines[: take + 1], None
        if read >= MOST_ROWS or (hour - first) * len(reads) >= _MOST_BUCKETS:
            break
        hours.forget(hour)
    return lines, (hour * HOUR, "", "", "", "") if hour <= last else None


def _rows(live: Mapping[Any, Found]) -> Rows:
    return Rows.of([found.fields for found in live.values()])


def _lines(kind: str, counted: Iterator[Counted], hours: Hours) -> Iterator[CountedLine]:
    """A line for each fact of the kind, with all that it adds; for each single duration, where these are not added up."""
    amounts: dict[Key, Any] = {}
    for each in counted:
        if each.kind != kind:
            continue
        is_spread = isinstance(each.amount, Spread)
        adds = (each.amount.seconds if each.amount.count else None) if is_spread else each.amount or None
        if adds is not None:
            fact = each.fact
            key = (each.kind, each.hour, fact["source"], fact["id"], each.nth if is_spread else "")
            amounts[key] = amounts.get(key, 0) + adds
    for (_, hour, source, id, nth), amount in amounts.items():
        if amount or nth:
            found = hours.live(kind, hour)[source, id]
            own = spell_id(found, hour) or id
            yield CountedLine(replace(found, fields={**found.fields, "id": own}), number(amount), nth)
