"""Figures of interactions that several contact-centre reports have, each defined once."""

from collections.abc import Sequence
from typing import Any

from wallboard.measures.durations import Spread
from wallboard.reports._columns import Cell, Column, longest, mean, percentage, percentile, seconds

OUTCOMES = (
    "answered",
    "abandoned",
    "abandoned_in_menu",
    "voicemail",
    "deflected",
    "missed",
    "failed",
    "scheduled",
    "in_progress",
    "unknown",
)


def interactions(cell: Cell, **filters: Any) -> Any:
    return cell("interactions.interactions", **filters)


def offered(cell: Cell, **filters: Any) -> Any:
    """Inbound interactions that entered a queue."""
    return cell("interactions.offered", **filters)


def answered(cell: Cell) -> Any:
    return offered(cell, outcome="answered")


def abandoned(cell: Cell) -> Any:
    return offered(cell, outcome="abandoned")


def waited(cell: Cell, outcome: str) -> Spread:
    """The queue times of what was offered and ended so."""
    found: Spread = cell("interactions.queue_time", outcome=outcome)
    return found


def within(cell: Cell, outcome: str, seconds_: int) -> int:
    return waited(cell, outcome).within(seconds_)


def short(cell: Cell, grace: int) -> int:
    """Abandoned within the grace time."""
    return within(cell, "abandoned", grace)


def count(name: str, unit: str, formula: str, measure: str, *, across: Sequence[str] = (), **filters: Any) -> Column:
    """A column that is a measure as it stands."""
    return Column(name, unit, formula, lambda cell, asked: cell(measure, across=across, **filters))


INTERACTIONS = count("interactions", "interactions", "all interactions", "interactions.interactions")
OFFERED = Column(
    "offered", "interactions", "inbound interactions that entered a queue", lambda cell, asked: offered(cell)
)
ANSWERED = Column("answered", "interactions", "offered and connected to a person", lambda cell, asked: answered(cell))
ABANDONED = Column(
    "abandoned", "interactions", "offered and left the queue unanswered", lambda cell, asked: abandoned(cell)
)
SHORT = Column(
    "short_abandoned", "interactions", "abandoned within {grace} s", lambda cell, asked: short(cell, asked.grace)
)
ABANDON_RATE = percentage(
    "abandon_rate", "abandoned / offered", lambda cell, asked: abandoned(cell), lambda cell, asked: offered(cell)
)
ASA = mean(
    "average_speed_of_answer",
    "queue time of answered / answered whose queue time is known",
    lambda cell: waited(cell, "answered"),
)


def spread(name: str, outcome: str, about: str) -> list[Column]:
    """Mean, percentiles and maximum of the queue time of what ended so."""

    def found(cell: Cell) -> Spread:
        return waited(cell, outcome)

    return [
        mean(f"{name}_mean", f"mean queue time of {about}", found),
        *(percentile(f"{name}_p{share}", share, f"{about} did not wait longer than", found) for share in (50, 90, 95)),
        longest(f"{name}_max", f"longest queue time of {about}", found),
    ]


# ---- what agents did


def handled(cell: Cell) -> Any:
    return cell("legs.handled")


def handle(cell: Cell) -> Any:
    """The Spread of handle times; None where nobody knows it."""
    return cell("legs.handle")


def worked(cell: Cell, asked: Any = None) -> Any:
    """Seconds of talk, hold and wrap."""
    found = handle(cell)
    return None if found is None else found.seconds


def _average(name: str, formula: str) -> Column:
    return Column(
        f"average_{name}_time",
        "seconds",
        formula,
        lambda cell, asked: seconds(cell(f"legs.{name}")),
        lambda cell, asked: cell(f"legs.{name}_known"),
    )


HANDLED = count("handled", "legs", "legs that say how long they were", "legs.handled")
AHT = mean(
    "average_handle_time",
    "(talk + hold + wrap) / handled legs; handling as reported where a source does not tell talk from hold",
    handle,
)
TALK = _average("talk", "talk without hold / legs that tell it")
HOLD = _average("hold", "hold / legs that tell it")
WRAP = _average("wrap", "after-contact work / legs that tell it")
