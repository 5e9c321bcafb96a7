"""Handle Time with its parts."""

from typing import Any

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, longest, mean, percentile
from wallboard.reports._interactions import AHT, HANDLED, HOLD, TALK, WRAP, count, handle, worked


def _held(cell: Cell, asked: Any) -> Any:
    return cell("legs.held") if cell("legs.hold_known") else None


REPORT = centre_report(
    id="wb-handle-time",
    name="Handle Time Report",
    description="How long agents worked on interactions: talking, on hold, and afterwards.",
    definition="talk + hold + wrap of each agent's part (leg); a leg counts when its source says how long it was",
    time_basis="start of the interaction",
    columns=[
        count("legs", "legs", "parts of agents", "legs.legs"),
        HANDLED,
        AHT,
        TALK,
        HOLD,
        WRAP,
        Column("handle_time", "seconds", "talk + hold + wrap", worked),
        percentile("handle_time_p90", 90, "the legs did not take longer than", handle),
        longest("handle_time_max", "the longest", handle),
        Column("held", "legs", "legs with some time on hold; null where none tells it", _held),
        mean("average_ring_time", "mean ring time where it is known", lambda cell: cell("legs.ring")),
    ],
    bases=("legs.legs",),
)
