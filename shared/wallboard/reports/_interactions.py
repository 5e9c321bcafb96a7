"""Figures of interactions that several contact-centre reports have, each defined once."""

from typing import Any

from wallboard.reports._columns import Cell, Column, percent, seconds, share

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


def waited(cell: Cell, outcome: str) -> Any:
    """The queue times of what was offered and ended so."""
    return cell("interactions.queue_time", outcome=outcome)


def within(cell: Cell, outcome: str, seconds_: int) -> int:
    return int(waited(cell, outcome).within(seconds_))


def short(cell: Cell, grace: int) -> int:
    """Abandoned within the grace time."""
    return within(cell, "abandoned", grace)


OFFERED = Column(
    "offered", "interactions", "inbound interactions that entered a queue", lambda cell, asked: offered(cell)
)
ANSWERED = Column("answered", "interactions", "offered and connected to a person", lambda cell, asked: answered(cell))
ABANDONED = Column(
    "abandoned", "interactions", "offered and left the queue unanswered", lambda cell, asked: abandoned(cell)
)
SHORT = Column(
    "short_abandoned", "interactions", "abandoned within the grace time", lambda cell, asked: short(cell, asked.grace)
)
ABANDON_RATE = Column(
    "abandon_rate", "percent", "abandoned / offered", lambda cell, asked: percent(abandoned(cell), offered(cell))
)
ASA = Column(
    "average_speed_of_answer",
    "seconds",
    "queue time of answered / answered whose queue time is known",
    lambda cell, asked: waited(cell, "answered").mean,
)


def spread(name: str, outcome: str, about: str) -> list[Column]:
    """Mean, percentiles and maximum of the queue time of what ended so."""

    def percentile(share: int) -> Column:
        return Column(
            f"{name}_p{share}",
            "seconds",
            f"what {share} % of {about} did not wait longer than (nearest rank)",
            lambda cell, asked: waited(cell, outcome).percentile(share),
            approximate=True,
        )

    return [
        Column(
            f"{name}_mean", "seconds", f"mean queue time of {about}", lambda cell, asked: waited(cell, outcome).mean
        ),
        percentile(50),
        percentile(90),
        percentile(95),
        Column(
            f"{name}_max", "seconds", f"longest queue time of {about}", lambda cell, asked: waited(cell, outcome).max
        ),
    ]


# ---- what agents did


def handled(cell: Cell) -> Any:
    return cell("legs.handled")


def handle(cell: Cell) -> Any:
    return cell("legs.handle")


def _mean(name: str) -> Any:
    def value(cell: Cell, asked: Any) -> Any:
        return share(seconds(cell(f"legs.{name}")), cell(f"legs.{name}_known"))

    return value


HANDLED = Column("handled", "legs", "legs that say how long they were", lambda cell, asked: handled(cell))
AHT = Column(
    "average_handle_time",
    "seconds",
    "(talk + hold + wrap) / handled legs; handling as reported where a source does not tell talk from hold",
    lambda cell, asked: None if handle(cell) is None else handle(cell).mean,
)
TALK = Column("average_talk_time", "seconds", "talk without hold / legs that tell it", _mean("talk"))
HOLD = Column("average_hold_time", "seconds", "hold / legs that tell it", _mean("hold"))
WRAP = Column("average_wrap_time", "seconds", "after-contact work / legs that tell it", _mean("wrap"))
