"""Abandonment, with those who left at once told apart."""

from typing import Annotated

from pydantic import Field

from wallboard.measures.durations import EXACT
from wallboard.reports._centre import centre_report
from wallboard.reports._centre_input import CentreInput
from wallboard.reports._columns import Cell, percentage
from wallboard.reports._interactions import (
    ABANDON_RATE,
    ABANDONED,
    OFFERED,
    SHORT,
    abandoned,
    count,
    offered,
    short,
    spread,
)


class AbandonmentInput(CentreInput):
    grace: Annotated[int, Field(ge=0, le=EXACT, description="Whoever leaves within so many seconds left at once.")] = 5


def _abandoned(cell: Cell, asked: AbandonmentInput) -> object:
    return abandoned(cell) - short(cell, asked.grace)


def _offered(cell: Cell, asked: AbandonmentInput) -> object:
    return offered(cell) - short(cell, asked.grace)


REPORT = centre_report(
    id="wb-abandonment",
    name="Abandonment Report",
    description="How many gave up in the queue, how many of these at once, and how long they had waited.",
    definition="abandoned / offered; strict: short abandons removed from both",
    time_basis="start of the interaction",
    columns=[
        OFFERED,
        ABANDONED,
        SHORT,
        ABANDON_RATE,
        percentage(
            "strict_abandon_rate",
            "(abandoned - short abandoned) / (offered - short abandoned)",
            _abandoned,
            _offered,
        ),
        count(
            "abandoned_in_menu",
            "interactions",
            "left before they entered a queue",
            "interactions.interactions",
            outcome="abandoned_in_menu",
        ),
        *spread("wait_to_abandon", "abandoned", "the abandoned"),
    ],
    bases=("interactions.interactions",),
    input=AbandonmentInput,
)
