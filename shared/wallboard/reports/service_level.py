"""Service Level, in all six ways of counting it, beside the vendor's own verdict."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wallboard.measures.durations import EXACT
from wallboard.reports._centre import centre_report
from wallboard.reports._centre_input import CentreInput
from wallboard.reports._columns import Cell, Column, percentage
from wallboard.reports._interactions import (
    ABANDONED,
    ANSWERED,
    OFFERED,
    SHORT,
    abandoned,
    answered,
    count,
    short,
    within,
)

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


def formulas(an: int, an_in: int, ab: int, ab_in: int, s: int) -> dict[str, tuple[int, int]]:
    """The service levels by formula, as what is met and of how many, of AN answered, of these within Y; AB abandoned, of these
    within Y; and S short abandons (ICMI's names)."""
    return {
        "answered_plus_abandoned_in": (an_in + ab_in, an + ab),
        "answered_only": (an_in, an),
        "offered": (an_in, an + ab),
        "exclude_abandoned_in": (an_in, an + ab - ab_in),
        "short_as_met": (an_in + s, an + ab),
        "exclude_short": (an_in, an + ab - s),
    }


def _all(cell: Cell, asked: ServiceLevelInput) -> dict[str, tuple[int, int]]:
    ins = [within(cell, outcome, asked.threshold) for outcome in ("answered", "abandoned")]
    return formulas(answered(cell), ins[0], abandoned(cell), ins[1], short(cell, asked.grace))


_FORMULAS = {
    "answered_plus_abandoned_in": "(answered within {threshold} s + abandoned within {threshold} s) / (answered + abandoned)",
    "answered_only": "answered within {threshold} s / answered",
    "offered": "answered within {threshold} s / (answered + abandoned)",
    "exclude_abandoned_in": "answered within {threshold} s / (answered + abandoned later than {threshold} s)",
    "short_as_met": "(answered within {threshold} s + abandoned within {grace} s) / (answered + abandoned)",
    "exclude_short": "answered within {threshold} s / (answered + abandoned - abandoned within {grace} s)",
}


def _one(name: str) -> Column:
    return percentage(
        f"by_{name}",
        _FORMULAS[name],
        lambda cell, asked: _all(cell, asked)[name][0],
        lambda cell, asked: _all(cell, asked)[name][1],
    )


def level() -> Column:
    """The service level by the formula that was asked for."""
    return percentage(
        "service_level",
        "by the formula {formula}, within {threshold} s; who left within {grace} s left at once",
        lambda cell, asked: _all(cell, asked)[asked.formula][0],
        lambda cell, asked: _all(cell, asked)[asked.formula][1],
    )


def _judged(cell: Cell, asked: ServiceLevelInput) -> Any:
    return cell("interactions.sla_met") + cell("interactions.sla_missed")


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
            "answered within {threshold} s",
            lambda cell, asked: within(cell, "answered", asked.threshold),
        ),
        ABANDONED,
        Column(
            "abandoned_within",
            "interactions",
            "abandoned within {threshold} s",
            lambda cell, asked: within(cell, "abandoned", asked.threshold),
        ),
        SHORT,
        *(_one(name) for name in _FORMULAS),
        count("vendor_met", "interactions", "met, by the source", "interactions.sla_met"),
        count("vendor_missed", "interactions", "missed, by the source", "interactions.sla_missed"),
        percentage(
            "vendor_service_level",
            "met / (met + missed), by the source",
            lambda cell, asked: cell("interactions.sla_met"),
            _judged,
        ),
    ],
    bases=("interactions.offered", "interactions.sla_met", "interactions.sla_missed"),
    input=ServiceLevelInput,
)
