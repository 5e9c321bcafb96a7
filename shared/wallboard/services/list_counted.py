"""Lists the facts that a figure of a report counts, page by page, each with what it adds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from wallboard.measures.blocks import Block
from wallboard.measures.durations import Spread
from wallboard.model.facts import Rows
from wallboard.model.time import HOUR, QUARTER, day_quarter
from wallboard.reports._columns import number
from wallboard.reports._report import Counted, Sought
from wallboard.services.catalog import Catalog
from wallboard.services.counted import CountedQuestion
from wallboard.services.ports import Rollups
from wallboard.services.read_records import MANY, MOST_ROWS, Found, Hours, spell_id
from wallboard.services.sign_cursors import Place

_WORTH = 30
"""Reading an hour of a kind takes as long as so many facts."""

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
    question: CountedQuestion,
    kind: str,
    after: Place | None,
    take: int,
    *,
    catalog: Catalog,
    hours: Hours,
    rollups: Rollups,
    tenant: str,
) -> tuple[list[CountedLine], Place | None]:
    """The next lines, one more than are wanted if there is one; and where reading ended before everything was read. Raises
    InvalidRequest for a question that no report has."""
    _, drill, asked, count = question.find(catalog)
    plan = drill.plan(count, asked, question.window)
    sought = Sought(count, asked, question.row, question.window, question.told, question.now)
    since = max(plan.span.start * QUARTER, after[0] if after else 0) // HOUR
    until = (min(plan.span.end * QUARTER, question.now + HOUR) - 1) // HOUR + 1
    busy = _busy(rollups.read(tenant, dict.fromkeys(plan.cubes, plan.span.utc_days())), since, until)
    most = _AHEAD_AT_ONCE if plan.ahead else _AT_ONCE
    lines: list[CountedLine] = []
    place, read, at_once = 0, 0, most if plan.ahead else 2
    while place < len(busy):
        chunk = busy[place : place + at_once]
        ahead = min(chunk[-1] + plan.ahead, question.now // HOUR)
        loaded = hours.load(plan.reads, range(chunk[0], ahead + 1) if plan.ahead else chunk)
        counted = drill.counted(sought, chunk, lambda kind, hour: _rows(hours.live(kind, hour)))
        found = sorted(_lines(kind, counted, hours), key=lambda line: line.place)
        lines += [line for line in found if after is None or line.place > after]
        place, read = place + len(chunk), read + loaded + len(chunk) * len(plan.reads) * _WORTH
        at_once = min(most, 2 * at_once) if loaded < MANY else max(1, at_once // 2)
        if len(lines) > take:
            return lines[: take + 1], None
        if read >= MOST_ROWS:
            break
        hours.forget(chunk[-1] + 1)
    return lines, (busy[place] * HOUR, "", "", "", "") if place < len(busy) else None


def _busy(blocks: Mapping[str, Sequence[Block]], since: int, until: int) -> list[int]:
    """The hours of [since, until) that were ever folded into the roll-ups from which the figure was made."""
    found = {
        day_quarter(block.day) // (HOUR // QUARTER) + hour
        for each in blocks.values()
        for block in each
        for hour in block.hours
    }
    return sorted(hour for hour in found if since <= hour < until)


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
