"""Interactions Ended."""

from wallboard.measures.interaction_cubes import LONGEST_DAYS
from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column
from wallboard.reports._interactions import count


def _of(name: str, formula: str, **filters: str) -> Column:
    return count(name, "interactions", formula, "endings.interactions", **filters)


REPORT = centre_report(
    id="wb-interactions-ended",
    name="Interactions Ended Report",
    description="How many interactions ended in a period, whenever they began, of which direction, and what became of them.",
    definition=f"count of interactions by their end; not of those that took {LONGEST_DAYS} days or longer, or whose end lies "
    "before their beginning",
    time_basis="end of the interaction",
    columns=[
        _of("ended", "all interactions that ended"),
        *(_of(name, f"direction is {name}", direction=name) for name in ("inbound", "outbound", "internal")),
        *(_of(name, f"outcome is {name}", outcome=name) for name in ("answered", "abandoned")),
    ],
    bases=("endings.interactions",),
)
