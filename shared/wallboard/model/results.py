"""What reports answer: the shapes that several of them share."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

LONGEST = 366
"""The longest period that a report may be asked for, in days."""

Sentiment: TypeAlias = Literal["positive", "negative", "neutral", "unknown"]


class Input(BaseModel):
    """What a report is asked. Unknown fields are ignored, as the contract has it."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel, extra="ignore", frozen=True)


class PeriodInput(Input):
    period_days: Annotated[int, Field(ge=1, le=LONGEST, description="How many days to look back.")] = 30


class BotInput(PeriodInput):
    bot_id: Annotated[str, Field(min_length=1, max_length=256, description="The bot that the report is about.")]


class NoInput(Input):
    """A report that needs to be told nothing."""


class Output(BaseModel):
    """What a report answers. Optional means absent, never null."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True, extra="forbid", allow_inf_nan=False
    )


class DayTotal(Output):
    date: str
    total: int


class MetricOutput(Output):
    """A figure, its difference from the period before (never a percentage), and its days."""

    value: int
    change: int
    period: str
    breakdown: list[DayTotal]


def last_days(count: int) -> str:
    """`last 30 days`; also `last 1 days`, as clients of the contract know it."""
    return f"last {count} days"


def sentiment(up: int, down: int) -> Sentiment:
    """More up, more down, as many, none at all."""
    if up == down:
        return "neutral" if up else "unknown"
    return "positive" if up > down else "negative"
