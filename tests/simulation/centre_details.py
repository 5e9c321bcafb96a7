"""The plain recount of what one report of a source tells of a leg, and another adds later. Standard library only."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

Event = dict[str, Any]
HOUR = 3_600_000
NOT_TAKEN = ("missed", "declined")


def ms(seconds: float) -> int:
    return round(Fraction(str(seconds)) * 1000)


def durations(event: Event) -> dict[str, int]:
    return {name: ms(value) for name, value in (event.get("durations") or {}).items() if value is not None}


class Details:
    """What details say of interactions and of legs in their hours; of two about the same the one with the later id goes
    first. No time is shorter than nothing: one that says so says nothing."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._said: dict[tuple[Any, ...], dict[str, int]] = {}
        for event in sorted(
            (each for each in events if each["kind"] == "interaction_detail"), key=lambda each: each["id"]
        ):
            about = ("leg", event["legId"]) if "legId" in event else ("interaction", event["interactionId"])
            said = self._said.setdefault((event["source"], event["anchoredAt"] // HOUR, *about), {})
            for name in ("hold", "wrap"):
                value = (event.get("figures") or {}).get(name)
                if value is not None and value >= 0:
                    said[name] = ms(value)

    def of_interaction(self, source: str, at: int, id: str) -> dict[str, int]:
        return self._said.get((source, at // HOUR, "interaction", id), {})

    def of_leg(self, leg: Event, is_alone: bool) -> dict[str, int]:
        """What is told of it; beside that, what is told of its interaction, where nobody else took that."""
        at = leg["interactionStartedAt"]
        own = self._said.get((leg["source"], at // HOUR, "leg", leg["id"]), {})
        return (self.of_interaction(leg["source"], at, leg["interactionId"]) if is_alone else {}) | own


def handled(leg: Event, told: dict[str, int]) -> dict[str, int]:
    """The times of a leg, its own before what is told of it; and all of it as `whole`, where its source says how long it
    was."""
    said = told | durations(leg)
    if leg.get("outcome") in NOT_TAKEN:
        return {name: said[name] for name in ("ring",) if name in said}
    if "talk" in said:
        said["whole"] = said["talk"] + said.get("hold", 0) + said.get("wrap", 0)
    elif "handle" in said:
        said["whole"] = said["handle"] + said.get("wrap", 0)
        if said.get("hold", said["handle"] + 1) <= said["handle"]:
            said["talk"] = said["handle"] - said["hold"]
    return said


def figures_of(interval: Event) -> dict[str, Fraction]:
    """What an interval tells. No count and no time is below 0, nor beyond all measure."""
    figures = {name: Fraction(str(value)) for name, value in interval["figures"].items() if value is not None}
    return {name: value for name, value in figures.items() if 0 <= value <= 2**53}
