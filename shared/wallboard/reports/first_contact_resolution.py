"""First-Contact Resolution: who did not have to come again."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from wallboard.errors import InvalidRequest
from wallboard.measures.contacts import Contact, contacts_of
from wallboard.model.facts import Rows
from wallboard.model.results import Output
from wallboard.model.time import DAY, HOUR, QUARTER, hour_name
from wallboard.reports._centre import MOST_ROWS, NAMED, described, labels_of, named_by, shapes
from wallboard.reports._centre_input import PLACES, CentreInput
from wallboard.reports._columns import Column, number, percent
from wallboard.reports._report import Data, Place, Report, Thing


class ResolutionInput(CentreInput):
    """Reads the interactions one by one, so the period has at most 31 days."""

    longest = 31

    period_days: Annotated[int, Field(ge=1, le=31, description="How many days to look back.")] = 30
    compare: Annotated[Literal[False], Field(description="This report stands beside no other period.")] = False
    days: Annotated[int, Field(ge=1, le=31, description="N: within so many days nobody came again.")] = 7


@dataclass(frozen=True, slots=True)
class _First:
    """An answered inbound contact of the period: whether its customer came again, and whether it was a success (None: its
    disposition does not say)."""

    at: int
    places: Mapping[str, str]
    again: bool
    success: bool | None


COLUMNS = (
    Column(
        "answered", "interactions", "inbound, answered, and the customer is known", lambda cell, asked: cell("answered")
    ),
    Column(
        "resolved",
        "interactions",
        "answered with no further answered inbound of the same customer within N days, at any queue of any source",
        lambda cell, asked: cell("resolved"),
    ),
    Column("rate", "percent", "resolved / answered", lambda cell, asked: percent(cell("resolved"), cell("answered"))),
    Column(
        "succeeded",
        "interactions",
        "resolved, and the disposition counts as a success",
        lambda cell, asked: cell("succeeded"),
    ),
    Column(
        "success_rate",
        "percent",
        "succeeded / answered whose disposition says whether it was a success",
        lambda cell, asked: percent(cell("succeeded"), cell("judged")),
    ),
    Column(
        "open",
        "interactions",
        "answered less than N days ago: not final, since their customers may still come again",
        lambda cell, asked: cell("open"),
    ),
)

_NAME = "First Contact Resolution Report"
_BASIS = "start of the interaction"
_VALUES, _ROW, _OUTPUT = shapes(_NAME, COLUMNS, ())


def _hours(asked: ResolutionInput, data: Data) -> Iterable[Place]:
    """The hours of the period, and N days more."""
    window = data.period.window
    start, end = window.start * QUARTER, min(window.end * QUARTER + asked.days * DAY, data.period.now + 1)
    return [(kind, hour_name(at)) for at in range(start - start % HOUR, end, HOUR) for kind in ("interaction", "leg")]


def _answered(data: Data) -> Iterator[Contact]:
    empty = Rows(0, {})
    for (kind, hour), rows in sorted(data.rows.items()):
        if kind == "interaction":
            for contact in contacts_of(rows, data.rows.get(("leg", hour), empty)):
                row = contact.row
                if row["direction"] == "inbound" and row["contact"] and contact.outcome == "answered":
                    yield contact


def _firsts(asked: ResolutionInput, data: Data) -> list[_First]:
    contacts = list(_answered(data))
    times: dict[str, list[int]] = defaultdict(list)
    for contact in contacts:
        times[contact.row["contact"]].append(contact.row["at"])
    for each in times.values():
        each.sort()
    window, found = data.period.window, []
    for contact in contacts:
        at, later = contact.row["at"], times[contact.row["contact"]]
        following = bisect_right(later, at)
        if window.start * QUARTER <= at < window.end * QUARTER:
            again = following < len(later) and later[following] <= at + asked.days * DAY
            success = {"yes": True, "no": False}.get(contact.disposition[1])
            found.append(_First(at, dict(zip(PLACES, contact.places(), strict=True)), again, success))
    filters = asked.filters()
    return [first for first in found if all(_passes(first.places[name], wanted) for name, wanted in filters.items())]


def _passes(value: str, wanted: Any) -> bool:
    return bool(wanted(value)) if callable(wanted) else value == wanted


def _values(firsts: Sequence[_First], asked: ResolutionInput, now: int) -> Output:
    counts = {
        "answered": len(firsts),
        "resolved": sum(not first.again for first in firsts),
        "succeeded": sum(not first.again and first.success is True for first in firsts),
        "judged": sum(first.success is not None for first in firsts),
        "open": sum(not first.again and first.at + asked.days * DAY > now for first in firsts),
    }
    values: Output = _VALUES(**{each.name: number(each.value(counts.__getitem__, asked)) for each in COLUMNS})
    return values


def build(asked: ResolutionInput, data: Data) -> Output:
    firsts, now = _firsts(asked, data), data.period.now
    parts = data.period.parts()
    grouped: dict[tuple[str, ...], dict[str, list[_First]]] = defaultdict(lambda: defaultdict(list))
    for first in firsts:
        quarter = first.at // QUARTER
        part = next(name for name, window in parts if window.start <= quarter < window.end)
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
            values=_values(found[part], asked, now),
        )
        for group, found in sorted(grouped.items())
        for part, _ in parts
    ]
    about = described(COLUMNS, data, time_basis=_BASIS, newest=[first.at for first in firsts])
    about["partial"] = about["partial"] or data.period.window.end * QUARTER + asked.days * DAY > now
    sources = sorted({first.places["source"] for first in firsts})
    answer: Output = _OUTPUT(**about, sources=sources, totals=_values(firsts, asked, now), rows=rows)
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
    facts=_hours,
    names=_names,
    compares=False,
    table="rows",
)
