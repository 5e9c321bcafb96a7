"""Interaction Volume."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column
from wallboard.reports._interactions import INTERACTIONS, OFFERED, OUTCOMES, count


def _of(name: str, formula: str, **filters: str) -> Column:
    return count(name, "interactions", formula, "interactions.interactions", **filters)


REPORT = centre_report(
    id="wb-interaction-volume",
    name="Interaction Volume Report",
    description="How many interactions there were, of which direction, and what became of them.",
    definition="count of interactions; each has one direction and one outcome",
    time_basis="start of the interaction",
    columns=[
        INTERACTIONS,
        *(_of(name, f"direction is {name}", direction=name) for name in ("inbound", "outbound", "internal")),
        OFFERED,
        *(_of(f"outcome_{name}", f"outcome is {name.replace('_', ' ')}", outcome=name) for name in OUTCOMES),
        count("in_conversation", "interactions", "part of a conversation", "interactions.in_conversation"),
    ],
    bases=("interactions.interactions",),
)
