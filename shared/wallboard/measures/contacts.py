"""An interaction with its legs, and what follows from both: the definitions of the contact-centre measures.

Times are in whole milliseconds, so that sums do not depend on their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wallboard.model.facts import Rows

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
