"""Abandonment, with those who left at once told apart."""

from typing import Annotated

from pydantic import Field

from wallboard.measures.durations import EXACT
from wallboard.reports._centre import centre_report
from wallboard.reports._centre_input import CentreInput
from wallboard.reports._columns import Cell, Column, percent
from wallboard.reports._interactions import (
    ABANDON_RATE,
    ABANDONED,
    OFFERED,
    SHORT,
    abandoned,
    interactions,
    offered,
    short,
    spread,
)


class AbandonmentInput(CentreInput):
    grace: Annotated[int, Field(ge=0, le=EXACT, description="Whoever leaves within so many seconds left at once.")] = 5


def _strict(cell: Cell, asked: AbandonmentInput) -> object:
    left_at_once = short(cell, asked.grace)
    return percent(abandoned(cell) - left_at_once, offered(cell) - left_at_once)


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
        Column(
            "strict_abandon_rate", "percent", "(abandoned - short abandoned) / (offered - short abandoned)", _strict
        ),
        Column(
            "abandoned_in_menu",
            "interactions",
            "left before they entered a queue",
            lambda cell, asked: interactions(cell, outcome="abandoned_in_menu"),
        ),
        *spread("wait_to_abandon", "abandoned", "the abandoned"),
    ],
    bases=("interactions.interactions",),
    input=AbandonmentInput,
)
