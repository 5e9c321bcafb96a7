"""Interaction Volume."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column
from wallboard.reports._interactions import OFFERED, OUTCOMES, interactions


def _of(name: str, formula: str, **filters: str) -> Column:
    def value(cell: Cell, asked: object) -> object:
        return interactions(cell, **filters)

    return Column(name, "interactions", formula, value)


REPORT = centre_report(
    id="wb-interaction-volume",
    name="Interaction Volume Report",
    description="How many interactions there were, of which direction, and what became of them.",
    definition="count of interactions; each has one direction and one outcome",
    time_basis="start of the interaction",
    columns=[
        _of("interactions", "all interactions"),
        *(_of(name, f"direction is {name}", direction=name) for name in ("inbound", "outbound", "internal")),
        OFFERED,
        *(_of(f"outcome_{name}", f"outcome is {name.replace('_', ' ')}", outcome=name) for name in OUTCOMES),
    ],
    bases=("interactions.interactions",),
)
