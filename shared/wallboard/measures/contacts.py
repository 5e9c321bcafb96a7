"""An interaction with its legs, and what follows from both: the definitions of the contact-centre measures.

Times are in whole milliseconds, so that sums do not depend on their order.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from wallboard.measures.cube import Facts, Record
from wallboard.model.time import MOST_SECONDS

_NOT_TAKEN = ("missed", "declined")

_TOLD_LATER = ("hold", "wrap")
"""Durations that a second report of a source may tell of an interaction, or of one of its legs."""

PLACES = ("source", "channel", "direction", "queue", "team", "agent")
"""By what interactions and legs can be grouped and filtered."""


@dataclass(slots=True)
class Contact:
    """One interaction with its legs. `told_later` are durations (seconds) that another report tells of all of it."""

    row: Record
    legs: list["Part"] = field(default_factory=list)
    told_later: Mapping[str, float] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """As the source has it; else what its times and legs say."""
        if self.row["outcome"]:
            return str(self.row["outcome"])
        if self.answered_at is not None:
            return "answered"
        if self.row["ended_at"] is None:
            return "in_progress"
        return "abandoned" if self.row["queued_at"] is not None else "unknown"

    @property
    def agent(self) -> str:
        """The first who was connected."""
        if self.row["agent"]:
            return str(self.row["agent"])
        accepted = [leg.row for leg in self.legs if leg.row["agent"] and leg.row["accepted_at"] is not None]
        return min(((leg["accepted_at"], leg["agent"]) for leg in accepted), default=(0, ""))[1]

    @property
    def answered_at(self) -> int | None:
        """When the first person was connected."""
        if self.row["answered_at"] is not None:
            return int(self.row["answered_at"])
        return min((leg.row["accepted_at"] for leg in self.legs if leg.row["accepted_at"] is not None), default=None)

    @property
    def agents(self) -> int:
        """How many different agents worked on it; 0 when nobody did. Who was offered it and did not take it did not."""
        named = {leg.row["agent"] for leg in self.legs if leg.row["agent"] and leg.is_taken}
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
    def segments(self) -> Mapping[str, float]:
        """The durations (seconds) that are told of it as a whole, by their names."""
        return {**self.told_later, **(self.row["durations"] or {})}

    @property
    def disposition(self) -> tuple[str, str]:
        """The last that was typed, and whether it counts as a success: yes, no, or not known."""
        legs = sorted(self.legs, key=lambda leg: (-(leg.row["ended_at"] or 0), leg.row["id"]))
        for said in (self.row, *(leg.row for leg in legs)):
            if said["disposition"]:
                return said["disposition"], {True: "yes", False: "no"}.get(said["disposition_success"], "")
        return "", ""

    def places(self) -> tuple[str, ...]:
        """Its values of PLACES."""
        return (*(self.row[name] or "" for name in PLACES[:-1]), self.agent)


@dataclass(frozen=True, slots=True)
class Handling:
    """How long an agent worked on a leg, in milliseconds: `talk`, `hold` and `wrap` where they are known, and all of it."""

    talk: int | None
    hold: int | None
    wrap: int | None
    whole: int


@dataclass(slots=True)
class Part:
    """A leg. `told_later` are durations (seconds) that another report tells of it."""

    row: Record
    told_later: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_taken(self) -> bool:
        return self.row["outcome"] not in _NOT_TAKEN

    @property
    def durations(self) -> Mapping[str, float]:
        """In seconds, by their names."""
        return {**self.told_later, **(self.row["durations"] or {})}

    @property
    def handling(self) -> Handling | None:
        """None where nobody took it, or how long it was is not known. Where a source reports only how long it was handled,
        hold lies within that, the rest is talk, and the wrap comes behind it; else talk, hold and wrap together are it."""
        said = self.durations
        if ("talk" not in said and "handle" not in said) or not self.is_taken:
            return None
        talk, hold, wrap = (in_ms(said[name]) if name in said else None for name in ("talk", "hold", "wrap"))
        whole = in_ms(said["handle"]) if talk is None else talk + (hold or 0)
        if talk is None and hold is not None and hold <= whole:
            talk = whole - hold
        return Handling(talk, hold, wrap, whole + (wrap or 0))


def is_time(seconds: float) -> bool:
    """Whether a figure can be a time: not below 0, and not beyond what the duration of an event may be."""
    return 0 <= seconds <= MOST_SECONDS


def in_ms(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)


def contacts_of(facts: Facts) -> list[Contact]:
    """The interactions of an hour, each with its legs."""
    contacts = [Contact(row) for row in facts["interaction"].records()]
    known = {(contact.row["source"], contact.row["id"]): contact for contact in contacts}
    for part in parts_of(facts):
        if contact := known.get((part.row["source"], part.row["interaction"])):
            contact.legs.append(part)
    for place, said in _told_later(facts, "interaction").items():
        if place in known:
            known[place].told_later = said
    return contacts


def parts_of(facts: Facts) -> list[Part]:
    """The legs of an hour. What is told later of a leg by its id goes before what is told of its interaction. That is told of
    the only leg that was taken; which of several it is of, nothing says."""
    parts = [Part(row) for row in facts["leg"].records()]
    taken: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts:
        if part.is_taken:
            taken[part.row["source"], part.row["interaction"]].append(part)
    for place, said in _told_later(facts, "interaction").items():
        if len(taken[place]) == 1:
            taken[place][0].told_later = said
    by_id = {(part.row["source"], part.row["id"]): part for part in parts}
    for place, said in _told_later(facts, "leg").items():
        if place in by_id:
            by_id[place].told_later = {**by_id[place].told_later, **said}
    return parts


def _told_later(facts: Facts, of: str) -> dict[tuple[str, str], Mapping[str, float]]:
    """By source and interaction, or leg, what details tell of it: of a leg where they name one, else of the interaction. Any
    number may be among the figures of a detail."""
    found: dict[tuple[str, str], Mapping[str, float]] = defaultdict(dict)
    if not facts["interaction_detail"].count:
        return found
    for detail in sorted(facts["interaction_detail"].records(), key=lambda each: each["id"]):
        if detail[of] is not None and (of == "leg" or detail["leg"] is None):
            figures = (detail["figures"] or {}).items()
            if said := {name: value for name, value in figures if name in _TOLD_LATER and is_time(value)}:
                place = (detail["source"], detail[of])
                found[place] = {**found[place], **said}
    return found
