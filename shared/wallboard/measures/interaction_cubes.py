"""The cubes of contact centres: interactions, their legs and segments, dispositions, presence, statuses, answers to surveys.

Times are kept in whole milliseconds, so that sums do not depend on their order.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from wallboard.measures.contacts import PLACES, Record, contacts_of, handling_of, in_ms
from wallboard.measures.cube import Cells, Cube, Facts, Key
from wallboard.measures.durations import Durations, durations
from wallboard.measures.monoids import Counts, Sum
from wallboard.model.time import HOUR, QUARTER, QUARTERS_A_DAY


def _quarter(at: int) -> int:
    return at // QUARTER % QUARTERS_A_DAY


def _interactions(facts: Facts) -> Cells:
    cells: dict[Key, list[Any]] = defaultdict(lambda: [0, 0, [], 0, 0, 0, 0, 0, 0, 0, 0])
    for contact in contacts_of(facts["interaction"], facts["leg"]):
        cell = cells[*contact.places(), contact.outcome, _quarter(contact.row["at"])]
        agents, queue_time = contact.agents, contact.queue_time
        cell[0] += 1
        cell[1] += contact.is_offered
        if contact.is_offered and queue_time is not None:
            cell[2].append(queue_time)
        cell[3] += agents
        cell[4 + min(agents, 2)] += 1
        cell[7] += contact.transfers
        cell[8] += contact.transfers > 0 or agents > 1
        cell[9] += contact.row["sla_met"] is True
        cell[10] += contact.row["sla_met"] is False
    return {key: (*cell[:2], durations(cell[2]), *cell[3:]) for key, cell in cells.items()}


def _legs(facts: Facts) -> Cells:
    """What a leg does not say of itself is that of its interaction; but the agent, who is its own."""
    about = {(row["source"], row["id"]): row for row in facts["interaction"].records()}
    cells: dict[Key, dict[str, Any]] = defaultdict(
        lambda: {name: [] if name in _SPREADS else 0 for name in _LEG_MEASURES}
    )
    for leg in facts["leg"].records():
        whole: Record = about.get((leg["source"], leg["interaction"]), defaultdict(lambda: None))
        places = tuple(leg[name] or (whole[name] if name != "agent" else None) or "" for name in PLACES)
        cell = cells[*places, leg["outcome"] or "", _quarter(leg["at"])]
        cell["legs"] += 1
        if handling := handling_of(leg):
            cell["handled"] += 1
            cell["handle"].append(handling.whole)
            for name in ("talk", "hold", "wrap"):
                time = getattr(handling, name)
                if time is not None:
                    cell[name] += time
                    cell[f"{name}_known"] += 1
            cell["held"] += bool(handling.hold)
        ring = (leg["durations"] or {}).get("ring")
        if ring is not None:
            cell["ring"].append(in_ms(ring))
    return {
        key: tuple(durations(cell[name]) if name in _SPREADS else cell[name] for name in _LEG_MEASURES)
        for key, cell in cells.items()
    }


_SPREADS = ("handle", "ring")
_LEG_MEASURES = (
    "legs",
    "handled",
    "handle",
    "talk",
    "talk_known",
    "hold",
    "hold_known",
    "wrap",
    "wrap_known",
    "held",
    "ring",
)


def _segments(facts: Facts) -> Cells:
    """The durations that a source gives of an interaction as a whole, by their names."""
    found: dict[Key, list[int]] = defaultdict(list)
    for contact in contacts_of(facts["interaction"], facts["leg"]):
        for name, seconds in (contact.row["durations"] or {}).items():
            found[*contact.places(), name, _quarter(contact.row["at"])].append(in_ms(seconds))
    return {key: (durations(values),) for key, values in found.items()}


def _dispositions(facts: Facts) -> Cells:
    cells: dict[Key, int] = defaultdict(int)
    for contact in contacts_of(facts["interaction"], facts["leg"]):
        if contact.outcome == "answered":
            cells[*contact.places(), *contact.disposition, _quarter(contact.row["at"])] += 1
    return {key: (count,) for key, count in cells.items()}


def _spells(kind: str, word: str) -> Any:
    def fold(facts: Facts) -> Cells:
        """The time of each spell, in the quarters in which it lies; and how many there were of each."""
        cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        for spell in facts[kind].records():
            key = (spell["source"], spell["agent"], spell[word])
            cells[*key, _quarter(spell["at"])][1] += spell["at"] % HOUR != 0 or not _goes_on(spell)
            for quarter, time in _in_quarters(spell["at"], spell["ended_at"]):
                cells[*key, quarter][0] += time
        return {key: tuple(cell) for key, cell in cells.items()}

    return fold


def _goes_on(spell: Record) -> bool:
    """Whether it is a piece that continues what began in an earlier hour: such pieces carry no row of the vendor's."""
    return "@" in spell["id"] and spell["at"] % HOUR == 0


def _in_quarters(start: int, end: int | None) -> Iterator[tuple[int, int]]:
    """(quarter of the day, milliseconds in it) of what lies between two times of one hour."""
    while end is not None and start < end:
        edge = min(end, start - start % QUARTER + QUARTER)
        yield _quarter(start), edge - start
        start = edge


def _answers(facts: Facts) -> Cells:
    cells: dict[Key, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for answer in facts["survey"].records():
        key = tuple(str(answer[name] or "") for name in ("source", "team", "agent", "question_number", "question"))
        cells[*key, _quarter(answer["at"])][_written(answer["score"]), _written(answer["scale"])] += 1
    return {key: (sum(scores.values()), dict(scores)) for key, scores in cells.items()}


def _written(number: float | None) -> str:
    return "" if number is None else f"{number:.15g}"


def _sums(*names: str) -> dict[str, Sum]:
    return dict.fromkeys(names, Sum())


_INTERACTIONS = ("interaction", "leg")

INTERACTION_CUBES: Sequence[Cube] = (
    Cube(
        "interactions",
        _INTERACTIONS,
        (*PLACES, "outcome"),
        {
            **_sums("interactions", "offered"),
            "queue_time": Durations(),
            **_sums("agents", "by_nobody", "by_one", "by_several", "transfers", "transferred", "sla_met", "sla_missed"),
        },
        _interactions,
    ),
    Cube(
        "legs",
        _INTERACTIONS,
        (*PLACES, "outcome"),
        {name: Durations() if name in _SPREADS else Sum() for name in _LEG_MEASURES},
        _legs,
    ),
    Cube("segments", _INTERACTIONS, (*PLACES, "segment"), {"time": Durations()}, _segments),
    Cube("dispositions", _INTERACTIONS, (*PLACES, "disposition", "success"), _sums("interactions"), _dispositions),
    Cube(
        "presence",
        ("session",),
        ("source", "agent", "activity"),
        _sums("time", "spells"),
        _spells("session", "activity"),
    ),
    Cube("statuses", ("status",), ("source", "agent", "status"), _sums("time", "spells"), _spells("status", "status")),
    Cube(
        "answers",
        ("survey",),
        ("source", "team", "agent", "question_number", "question"),
        {"answers": Sum(), "scores": Counts()},
        _answers,
    ),
)
