"""What reports are asked and what they answer: the shapes that several of them share."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError

from wallboard.errors import InvalidRequest
from wallboard.model.time import Granularity, zone_named

LONGEST = 366
"""The longest period that a report may be asked for, in days."""

Sentiment: TypeAlias = Literal["positive", "negative", "neutral", "unknown"]
Id: TypeAlias = Annotated[str, Field(min_length=1, max_length=256)]
Number: TypeAlias = int | float


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+-]\d\d:\d\d)?")


def _day(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text) if _DAY.fullmatch(text) or _TIME.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise PydanticCustomError("day", "is not a day such as 2026-11-21, or a time with an offset")
    if not _DAY.fullmatch(text) and moment.tzinfo is None:
        raise PydanticCustomError("day", "has no offset from UTC; add Z or one such as +01:00, or leave the time out")
    if not 1971 <= moment.year <= 9998:
        raise PydanticCustomError("day", "lies outside the years 1971 to 9998")
    return text


def _zone(name: str) -> str:
    try:
        zone_named(name)
    except InvalidRequest:
        raise PydanticCustomError("zone", "is not a time zone; use an IANA name such as Europe/Berlin") from None
    return name


Day: TypeAlias = Annotated[str, Field(max_length=40), AfterValidator(_day)]
Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]


class Input(BaseModel):
    """What a report is asked. Unknown fields are ignored, as the contract has it; but one of `options`, which other
    reports take, would be missed by who sent it, and is refused by its name."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel, extra="ignore", frozen=True)

    options: ClassVar[Mapping[str, str]] = {
        "startDate": "is about no period",
        "endDate": "is about no period",
        "timezone": "is about no days",
        "granularity": "has no breakdown",
        "botId": "cannot be had for one bot",
        "contactId": "cannot be had for one contact",
    }

    @model_validator(mode="before")
    @classmethod
    def _refuse_what_makes_no_sense(cls, given: Any) -> Any:
        if isinstance(given, dict):
            taken = {field.alias for field in cls.model_fields.values()}
            for name, why in cls.options.items():
                if name in given and name not in taken:
                    allowed = ", ".join(sorted(filter(None, taken))) or "nothing"
                    raise PydanticCustomError(
                        "option",
                        "{name}: this report {why}; it takes {allowed}",
                        {"name": name, "why": why, "allowed": allowed},
                    )
        return given


class PeriodInput(Input):
    """About a period of at most `longest` days."""

    longest: ClassVar[int] = LONGEST

    period_days: Annotated[int, Field(ge=1, le=LONGEST, description="How many days to look back.")] = 30
    start_date: Annotated[
        Day | None,
        Field(description="Instead of periodDays: the first day, or the time of the beginning (its quarter-hour)."),
    ] = None
    end_date: Annotated[
        Day | None, Field(description="The last day, or the time of the end (its quarter-hour); now without it.")
    ] = None
    timezone: Annotated[Zone | None, Field(description="The zone of days; goes before the header x-timezone.")] = None

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> "PeriodInput":
        if self.start_date is not None and "period_days" in self.model_fields_set:
            raise PydanticCustomError("period", "startDate: give either periodDays or startDate, not both")
        return self


class FilteredInput(PeriodInput):
    """About the account, or one of its bots."""

    bot_id: Annotated[Id | None, Field(description="Only what one bot did.")] = None


class MetricInput(FilteredInput):
    """About the account, or one of its bots, in parts."""

    granularity: Annotated[
        Granularity, Field(description="What the breakdown is cut into; hours of at most 31 days.")
    ] = "day"


class ContactMetricInput(MetricInput):
    """About the account, one of its bots, or one contact, in parts."""

    contact_id: Annotated[Id | None, Field(description="Only what one contact did.")] = None


class BotInput(PeriodInput):
    bot_id: Annotated[Id, Field(description="The bot that the report is about.")]


class BotPartsInput(BotInput):
    granularity: Annotated[
        Granularity, Field(description="What the breakdown is cut into; hours of at most 31 days.")
    ] = "day"


class NoInput(Input):
    """A report that needs to be told nothing."""


class Output(BaseModel):
    """What a report answers. Optional means absent, never null."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        extra="forbid",
        allow_inf_nan=False,
    )


class _NoNull:
    """Takes null out of a schema: what is None is left out of the answer."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler(schema)
        options = [option for option in found.pop("anyOf", []) if option != {"type": "null"}]
        return found | (options[0] if len(options) == 1 else {"anyOf": options} if options else {})


T = TypeVar("T")
Maybe = Annotated[T | None, _NoNull()]
"""What may be absent. Give it `absent()` as its default."""


def absent() -> Any:
    """The default of a field that is left out where it is None."""
    return Field(default_factory=lambda: None, exclude_if=lambda value: value is None)


class DayTotal(Output):
    """A part of a breakdown: its day (that of its beginning, for weeks and months; for hours their beginning)."""

    date: str
    total: int


class MetricOutput(Output):
    """A figure, its difference from the period before (never a percentage), and its days."""

    value: int
    change: int
    period: str
    breakdown: list[DayTotal]


class ValueOutput(Output):
    """A figure that is not compared."""

    value: Number
    period: str


def sentiment(up: int, down: int) -> Sentiment:
    """More up, more down, as many, none at all."""
    if up == down:
        return "neutral" if up else "unknown"
    return "positive" if up > down else "negative"


def ratio(part: int, whole: int) -> Number:
    """part / whole, 0 where there is no whole, as these contracts have it."""
    return part / whole if whole else 0


def tenths(part: int, whole: int) -> Number:
    """part / whole to one decimal, halves upwards; 0 where there is no whole."""
    return (20 * part + whole) // (2 * whole) / 10 if whole else 0
