"""Service Level, in all six ways of counting it, beside the vendor's own verdict."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wallboard.measures.durations import EXACT
from wallboard.reports._centre import centre_report
from wallboard.reports._centre_input import CentreInput
from wallboard.reports._columns import Cell, Column, percent
from wallboard.reports._interactions import ABANDONED, ANSWERED, OFFERED, SHORT, abandoned, answered, short, within

Formula = Literal[
    "answered_plus_abandoned_in",
    "answered_only",
    "offered",
    "exclude_abandoned_in",
    "short_as_met",
    "exclude_short",
]


class ServiceLevelInput(CentreInput):
    threshold: Annotated[int, Field(ge=0, le=EXACT, description="Y: the seconds in which one should be answered.")] = 20
    grace: Annotated[int, Field(ge=0, le=EXACT, description="Whoever leaves within so many seconds left at once.")] = 5
    formula: Annotated[Formula, Field(description="Which of the six is called serviceLevel.")] = "offered"


def formulas(an: int, an_in: int, ab: int, ab_in: int, s: int) -> dict[str, Any]:
    """The service levels in percent, by formula, of AN answered, of these within Y; AB abandoned, of these within Y; and S
    short abandons (ICMI's names)."""
    return {
        "answered_plus_abandoned_in": percent(an_in + ab_in, an + ab),
        "answered_only": percent(an_in, an),
        "offered": percent(an_in, an + ab),
        "exclude_abandoned_in": percent(an_in, an + ab - ab_in),
        "short_as_met": percent(an_in + s, an + ab),
        "exclude_short": percent(an_in, an + ab - s),
    }


def _all(cell: Cell, asked: ServiceLevelInput) -> dict[str, Any]:
    ins = [within(cell, outcome, asked.threshold) for outcome in ("answered", "abandoned")]
    return formulas(answered(cell), ins[0], abandoned(cell), ins[1], short(cell, asked.grace))


_FORMULAS = {
    "answered_plus_abandoned_in": "(answered within Y + abandoned within Y) / (answered + abandoned)",
    "answered_only": "answered within Y / answered",
    "offered": "answered within Y / (answered + abandoned)",
    "exclude_abandoned_in": "answered within Y / (answered + abandoned later than Y)",
    "short_as_met": "(answered within Y + short abandoned) / (answered + abandoned)",
    "exclude_short": "answered within Y / (answered + abandoned - short abandoned)",
}


def _one(name: str) -> Column:
    return Column(f"by_{name}", "percent", _FORMULAS[name], lambda cell, asked: _all(cell, asked)[name])


def level() -> Column:
    """The service level by the formula that was asked for."""
    return Column(
        "service_level",
        "percent",
        "by the formula that was asked for",
        lambda cell, asked: _all(cell, asked)[asked.formula],
    )


REPORT = centre_report(
    id="wb-service-level",
    name="Service Level Report",
    description="The share answered in time, by the formula that is asked for and by all others; and what the vendor says.",
    definition="service level X/Y: share answered within Y seconds of entering the queue; Y, the grace time of short abandons "
    "and the formula are inputs",
    time_basis="start of the interaction",
    columns=[
        level(),
        OFFERED,
        ANSWERED,
        Column(
            "answered_within",
            "interactions",
            "answered within Y",
            lambda cell, asked: within(cell, "answered", asked.threshold),
        ),
        ABANDONED,
        Column(
            "abandoned_within",
            "interactions",
            "abandoned within Y",
            lambda cell, asked: within(cell, "abandoned", asked.threshold),
        ),
        SHORT,
        *(_one(name) for name in _FORMULAS),
        Column("vendor_met", "interactions", "met, by the source", lambda cell, asked: cell("interactions.sla_met")),
        Column(
            "vendor_missed",
            "interactions",
            "missed, by the source",
            lambda cell, asked: cell("interactions.sla_missed"),
        ),
        Column(
            "vendor_service_level",
            "percent",
            "met / (met + missed), by the source",
            lambda cell, asked: percent(
                cell("interactions.sla_met"), cell("interactions.sla_met") + cell("interactions.sla_missed")
            ),
        ),
    ],
    bases=("interactions.offered", "interactions.sla_met", "interactions.sla_missed"),
    input=ServiceLevelInput,
)
