"""Handle Time with its parts."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column
from wallboard.reports._interactions import AHT, HANDLED, HOLD, TALK, WRAP, handle

REPORT = centre_report(
    id="wb-handle-time",
    name="Handle Time Report",
    description="How long agents worked on interactions: talking, on hold, and afterwards.",
    definition="talk + hold + wrap of each agent's part (leg); a leg counts when its source says how long it was",
    time_basis="start of the interaction",
    columns=[
        Column("legs", "legs", "parts of agents", lambda cell, asked: cell("legs.legs")),
        HANDLED,
        AHT,
        TALK,
        HOLD,
        WRAP,
        Column("handle_time", "seconds", "talk + hold + wrap", lambda cell, asked: handle(cell).seconds),
        Column(
            "handle_time_p90",
            "seconds",
            "what 90 % of the legs did not take longer than (nearest rank)",
            lambda cell, asked: handle(cell).percentile(90),
            approximate=True,
        ),
        Column("handle_time_max", "seconds", "the longest", lambda cell, asked: handle(cell).max),
        Column("held", "legs", "legs with some time on hold", lambda cell, asked: cell("legs.held")),
        Column(
            "average_ring_time",
            "seconds",
            "mean ring time where it is known",
            lambda cell, asked: cell("legs.ring").mean,
        ),
    ],
    bases=("legs.legs",),
)
