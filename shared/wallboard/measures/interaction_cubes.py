"""The cubes of contact centres: interactions, their legs and segments, dispositions, presence, statuses, answers to surveys.

Times are kept in whole milliseconds, so that sums do not depend on their order.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wallboard.measures.cube import Cells, Cube, Facts, Key
from wallboard.measures.durations import Durations, durations
from wallboard.measures.monoids import Counts, Sum
from wallboard.model.facts import Rows
from wallboard.model.time import HOUR, QUARTER, QUARTERS_A_DAY

_NOT_TAKEN = ("missed", "declined")

Record = Mapping[str, Any]

PLACES = ("source", "channel", "direction", "queue", "team", "agent")
"""By what interactions and legs can be grouped and filtered."""


@dataclass(slots=True)
class Contact:
    """One interaction with its legs, and what follows from both: the definitions of the contact-centre measures."""

    row: Record
    legs: list[Record] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """As the source has it; else what its times and legs say."""
        if self.row["outcome"]:
            return str(self.row["outcome"])
        if self.row["answered_at"] is not None or any(leg["accepted_at"] is not None for leg in self.legs):
            return "answered"
        if self.row["ended_at"] is None:
            return "in_progress"
        return "abandoned" if self.row["queued_at"] is not None else "unknown"

    @property
    def agent(self) -> str:
        """The first who was connected."""
        if self.row["agent"]:
            return str(self.row["agent"])
        accepted = [leg for leg in self.legs if leg["agent"] and leg["accepted_at"] is not None]
        return min(((leg["accepted_at"], leg["agent"]) for leg in accepted), default=(0, ""))[1]

    @property
    def answered_at(self) -> int | None:
        """When the first person was connected."""
        if self.row["answered_at"] is not None:
            return int(self.row["answered_at"])
        return min((leg["accepted_at"] for leg in self.legs if leg["accepted_at"] is not None), default=None)

    @property
    def agents(self) -> int:
        """How many different agents worked on it; 0 when nobody did. Who was offered it and did not take it did not."""
        named = {leg["agent"] for leg in self.legs if leg["agent"] and leg["outcome"] not in _NOT_TAKEN}
        if named or self.row["agents"] is None:
            return len(named) or int(bool(self.row["agent"]))
        return int(self.row["agents"])

    @property
    def transfers(self) -> int:
        """As reported; else one less than its agents."""
        reported = self.row["transfers"]
        return int(reported) if reported is not None else max(0, self.agents - 1)

    @property
    def is_offered(self) -> bool:
        """Inbound, and it entered a queue."""
        has_queued = self.row["queued_at"] is not None or "queue" in (self.row["durations"] or ())
        return self.row["direction"] == "inbound" and has_queued

    @property
    def queue_time(self) -> int | None:
        """From the queue to the first person, or to the end where nobody answered: as reported, else as the times have it."""
        reported = (self.row["durations"] or {}).get("queue")
        if reported is not None:
            return in_ms(reported)
        end = self.answered_at if self.outcome == "answered" else self.row["ended_at"]
        if end is None or self.row["queued_at"] is None or end < self.row["queued_at"]:
            return None
        return int(end - self.row["queued_at"])

    @property
    def disposition(self) -> tuple[str, str]:
        """The last that was typed, and whether it counts as a success: yes, no, or not known."""
        for said in (self.row, *sorted(self.legs, key=lambda leg: -(leg["ended_at"] or 0))):
            if said["disposition"]:
                return said["disposition"], {True: "yes", False: "no"}.get(said["disposition_success"], "")
        return "", ""

    def places(self) -> tuple[str, ...]:
        """Its values of PLACES."""
        return (*(self.row[name] or "" for name in PLACES[:-1]), self.agent)


def in_ms(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)


def contacts_of(rows: Rows, legs: Rows) -> list[Contact]:
    """The interactions of an hour, each with its legs."""
    contacts = [Contact(row) for row in rows.records()]
    known = {(contact.row["source"], contact.row["id"]): contact for contact in contacts}
    for leg in legs.records():
        if contact := known.get((leg["source"], leg["interaction"])):
            contact.legs.append(leg)
    return contacts


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


@dataclass(frozen=True, slots=True)
class Handling:
    """How long an agent worked on a leg, in milliseconds: `talk`, `hold` and `wrap` where they are known, and all of it."""

    talk: int | None
    hold: int | None
    wrap: int | None
    whole: int


def handling_of(leg: Record) -> Handling | None:
    """None where nobody took it, or how long it was is not known. Where a source reports only how long it was handled, that
    is the whole, with the wrap; else talk, hold and wrap together are."""
    said = leg["durations"] or {}
    if ("talk" not in said and "handle" not in said) or leg["outcome"] in _NOT_TAKEN:
        return None
    talk, hold, wrap = (in_ms(said[name]) if name in said else None for name in ("talk", "hold", "wrap"))
    whole = in_ms(said["handle"]) if talk is None else talk + (hold or 0)
    return Handling(talk, hold, wrap, whole + (wrap or 0))


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
