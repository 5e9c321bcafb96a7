"""First-Contact Resolution: who did not have to come again."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from wallboard.errors import InvalidRequest
from wallboard.measures.blocks import Filter, OneOf
from wallboard.measures.contacts import Contact, contacts_of
from wallboard.model.facts import Rows
from wallboard.model.results import Output
from wallboard.model.time import DAY, HOUR, QUARTER, Window, hour_name
from wallboard.reports._cells import both, passes
from wallboard.reports._centre import MOST_ROWS, NAMED, described, labels_of, named_by, shapes
from wallboard.reports._centre_input import PLACES, CentreInput
from wallboard.reports._columns import Cell, Column, Count, number, percentage
from wallboard.reports._report import Counted, Data, FactsOf, Place, Plan, Report, Sought, Thing


class ResolutionInput(CentreInput):
    """Reads the interactions one by one, so the period has at most 31 days."""

    longest = 31

    period_days: Annotated[int, Field(ge=1, le=31, description="How many days to look back.")] = 30
    compare: Annotated[Literal[False], Field(description="This report stands beside no other period.")] = False
    days: Annotated[int, Field(ge=1, le=31, description="N: within so many days nobody came again.")] = 7


@dataclass(frozen=True, slots=True)
class First:
    """An answered inbound contact of the period: whether its customer came again, or still may."""

    contact: Contact
    places: Mapping[str, str]
    again: bool
    is_open: bool

    @property
    def at(self) -> int:
        return int(self.contact.row["at"])

    @property
    def success(self) -> str:
        """yes, no, or "" where its disposition does not say."""
        return self.contact.disposition[1]


@dataclass(frozen=True, slots=True)
class Together:
    """The Cell of some of them: they are counted one by one."""

    firsts: Sequence[First]

    def __call__(self, measure: str, *, across: Sequence[str] = (), **filters: Filter) -> int:
        return sum(map(_COUNTS[measure], self.firsts))

    def tellers(self, measure: str) -> OneOf:
        return OneOf(first.places["source"] for first in self.firsts)


_COUNTS: Mapping[str, Callable[[First], bool]] = {
    "answered": lambda first: True,
    "resolved": lambda first: not first.again,
    "succeeded": lambda first: not first.again and first.success == "yes",
    "judged": lambda first: first.success != "",
    "open": lambda first: first.is_open,
}


COLUMNS = (
    Column(
        "answered", "interactions", "inbound, answered, and the customer is known", lambda cell, asked: cell("answered")
    ),
    Column(
        "resolved",
        "interactions",
        "answered with no further answered inbound of the same customer within {days} days, at any queue of any source",
        lambda cell, asked: cell("resolved"),
    ),
    percentage(
        "rate",
        "resolved / answered",
        lambda cell, asked: cell("resolved"),
        lambda cell, asked: cell("answered"),
    ),
    Column(
        "succeeded",
        "interactions",
        "resolved, and the disposition counts as a success",
        lambda cell, asked: cell("succeeded"),
    ),
    percentage(
        "success_rate",
        "succeeded / answered whose disposition says whether it was a success",
        lambda cell, asked: cell("succeeded"),
        lambda cell, asked: cell("judged"),
    ),
    Column(
        "open",
        "interactions",
        "answered less than {days} days ago: not final, since their customers may still come again",
        lambda cell, asked: cell("open"),
    ),
)

_NAME = "First Contact Resolution Report"
_BASIS = "start of the interaction"
MOST_INTERACTIONS = 200_000
"""What can be read and matched in the time that an answer has."""

_KINDS = ("interaction", "leg", "interaction_detail")
_VALUES, _ROW, _OUTPUT = shapes(_NAME, COLUMNS, ())


def _hours(asked: ResolutionInput, data: Data) -> Iterable[Place]:
    """The hours of the period, and N days more. Raises InvalidRequest where too many interactions lie in the period."""
    window = data.period.window
    if (count := data.figures.total("interactions.interactions")) > MOST_INTERACTIONS:
        raise InvalidRequest(
            f"startDate: {count:,} interactions are more than the {MOST_INTERACTIONS:,} that one answer reads one by one; ask "
            "for a shorter period"
        )
    start, end = window.start * QUARTER, min(window.end * QUARTER + asked.days * DAY, data.period.now + 1)
    return [(kind, hour_name(at)) for at in range(start - start % HOUR, end, HOUR) for kind in _KINDS]


def _answered(rows: Mapping[Place, Rows], now: int) -> Iterator[Contact]:
    nothing = Rows(0, {})
    for hour in sorted({hour for _, hour in rows}):
        for contact in contacts_of({kind: rows.get((kind, hour), nothing) for kind in _KINDS}):
            row = contact.row
            is_known = row["contact"] and row["at"] <= now
            if row["direction"] == "inbound" and is_known and contact.outcome == "answered":
                yield contact


def firsts_of(
    asked: ResolutionInput, filters: Mapping[str, Filter], rows: Mapping[Place, Rows], window: Window, now: int
) -> list[First]:
    """The answered inbound contacts of a window that pass the filters. `rows` are those of the window and N days more."""
    contacts = list(_answered(rows, now))
    times: dict[str, list[int]] = defaultdict(list)
    for contact in contacts:
        times[contact.row["contact"]].append(contact.row["at"])
    for each in times.values():
        each.sort()
    found = []
    for contact in contacts:
        at, later = contact.row["at"], times[contact.row["contact"]]
        following = bisect_right(later, at)
        if window.start * QUARTER <= at < window.end * QUARTER:
            again = following < len(later) and later[following] <= at + asked.days * DAY
            is_open = not again and at + asked.days * DAY > now
            found.append(First(contact, dict(zip(PLACES, contact.places(), strict=True)), again, is_open))
    return passing(found, filters)


def passing(firsts: Sequence[First], filters: Mapping[str, Filter]) -> list[First]:
    return [first for first in firsts if all(passes(first.places[name], wanted) for name, wanted in filters.items())]


def _values(firsts: Sequence[First], asked: ResolutionInput) -> Output:
    cell = Together(firsts)
    values: Output = _VALUES(**{each.name: number(each.value(cell, asked)) for each in COLUMNS})
    return values


@dataclass(frozen=True, slots=True)
class _Drill:
    columns: Sequence[Column] = COLUMNS

    def labels(self, asked: ResolutionInput) -> Sequence[str]:
        return asked.group_by

    def cell(self, asked: ResolutionInput, data: Data, row: Mapping[str, str], window: Window) -> Cell:
        inside = [each for each in _all(asked, data) if window.start <= each.at // QUARTER < window.end]
        return Together(passing(inside, both(asked.filters(), row)))

    def plan(self, count: Count, asked: ResolutionInput, window: Window) -> Plan:
        return Plan(["interaction"], _KINDS, ["interactions"], window, ahead=asked.days * DAY // HOUR)

    def told(self, count: Count, asked: ResolutionInput, cell: Cell) -> Mapping[str, Sequence[str]]:
        return {}

    def counted(self, sought: Sought, hours: Sequence[int], facts: FactsOf) -> Iterator[Counted]:
        asked, window, now = sought.asked, sought.window, sought.now
        begin, end = hours[0], hours[-1] + 1
        ahead = self.plan(sought.count, asked, window).ahead
        known = range(begin, max(end, min(end + ahead, now // HOUR + 1)))
        rows = {(kind, hour_name(hour * HOUR)): facts(kind, hour) for hour in known for kind in _KINDS}
        quarters = HOUR // QUARTER
        inside = Window(max(window.start, begin * quarters), min(window.end, end * quarters))
        for first in firsts_of(asked, both(asked.filters(), sought.row), rows, inside, now):
            amount = sought.count(Together([first]), asked)
            yield Counted("interaction", first.at // HOUR, first.contact.row, amount)


def _all(asked: ResolutionInput, data: Data) -> list[First]:
    """Found once for the names, the answer and its explanation."""
    key, memo = (_NAME, asked.days), data.figures.memo
    if key not in memo:
        memo[key] = {(): firsts_of(asked, {}, data.rows, data.period.window, data.period.now)}
    return memo[key][()]


def _firsts(asked: ResolutionInput, data: Data) -> list[First]:
    return passing(_all(asked, data), asked.filters())


def build(asked: ResolutionInput, data: Data) -> Output:
    firsts, now = _firsts(asked, data), data.period.now
    parts = data.period.parts()
    starts = [window.start for _, window in parts]
    grouped: dict[tuple[str, ...], dict[str, list[First]]] = defaultdict(lambda: defaultdict(list))
    for first in firsts:
        quarter = first.at // QUARTER
        part = parts[bisect_right(starts, quarter) - 1][0]
        grouped[tuple(first.places[name] for name in asked.group_by)][part].append(first)
    if not asked.group_by:
        grouped.setdefault((), defaultdict(list))
    if len(grouped) * len(parts) > MOST_ROWS:
        raise InvalidRequest(
            f"groupBy: {len(grouped)} groups in {len(parts)} parts are more than the {MOST_ROWS} rows of one answer; ask for a "
            f"shorter period, a coarser granularity, fewer groups, or filter by one of {', '.join(PLACES)}"
        )
    labels = labels_of(data, _names(asked, data))
    rows = [
        _ROW(
            **(named := dict[str, str](zip(asked.group_by, group, strict=True))),
            **named_by(labels, named),
            part=None if asked.granularity == "total" else part,
            values=_values(found[part], asked),
        )
        for group, found in sorted(grouped.items())
        for part, _ in parts
    ]
    about = described(COLUMNS, asked, data, time_basis=_BASIS, newest=[first.at for first in firsts])
    about["partial"] = about["partial"] or data.period.window.end * QUARTER + asked.days * DAY > now
    sources = sorted({first.places["source"] for first in firsts})
    answer: Output = _OUTPUT(**about, sources=sources, totals=_values(firsts, asked), rows=rows)
    return answer


def _names(asked: ResolutionInput, data: Data) -> Iterable[Thing]:
    """The queues, teams and agents of the rows."""
    for first in _firsts(asked, data):
        for place in NAMED:
            if place in asked.group_by and first.places[place]:
                yield place, f"{first.places['source']}:{first.places[place]}"


REPORT = Report(
    id="wb-first-contact-resolution",
    name=_NAME,
    description="The share of answered customers who did not come again within some days; partial until these have passed.",
    category="centre",
    definition="answered inbound with no further answered inbound of the same customer within N days; success: and its "
    "disposition counts as a success",
    unit="interactions, percent",
    time_basis=_BASIS,
    created="2026-11-21",
    input=ResolutionInput,
    output=_OUTPUT,
    build=build,
    cubes=("interactions",),
    facts=_hours,
    names=_names,
    compares=False,
    table="rows",
    drill=_Drill(),
)
