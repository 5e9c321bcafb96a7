"""What every event has, and what its fields may be; one pydantic model per kind of event, as the HTTP contract writes it.

A field is named as the column that keeps it, its alias is the name on the wire. Unknown fields are kept beside the row.
Times become instants. Numbers that are counted are integers, because sums of them must not depend on their order.
"""

import re
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from wallboard.model.time import MOST_SECONDS, parse_instant

LATEST = 253_402_300_799_999  # the last millisecond of the year 9999
LARGEST = 2**53 - 1  # beyond it JSON numbers stop being exact
HIGHEST_SCORE = 10**9
DEEPEST = 100  # levels of lists and objects in an event


def _instant(value: object) -> int:
    if isinstance(value, str):
        try:
            value = parse_instant(value)
        except ValueError as error:
            raise PydanticCustomError("time", str(error)) from error
    if type(value) is not int:
        raise PydanticCustomError("time", "is not a time; send ISO 8601 with an offset, or whole epoch milliseconds")
    if not 0 <= value <= LATEST:
        raise PydanticCustomError("time", "lies outside the years 1970 to 9999; epoch times are in milliseconds")
    return value


_WRITTEN = Annotated[str, Field(json_schema_extra={"format": "date-time"})] | Annotated[int, Field(ge=0, le=LATEST)]
Instant: TypeAlias = Annotated[int, BeforeValidator(_instant, json_schema_input_type=_WRITTEN)]
Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Label: TypeAlias = Annotated[str, StringConstraints(max_length=256)]
Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=10_000)]
SOURCE_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
Source: TypeAlias = Annotated[str, StringConstraints(pattern=SOURCE_NAME.pattern)]
Count: TypeAlias = Annotated[int, Field(ge=0, le=LARGEST)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Score: TypeAlias = Annotated[float, Field(allow_inf_nan=False, ge=-HIGHEST_SCORE, le=HIGHEST_SCORE)]
Seconds: TypeAlias = Annotated[float, Field(allow_inf_nan=False, ge=0, le=MOST_SECONDS)]


def _in_order(given: dict[str, Any]) -> dict[str, Any]:
    """Without what is null, which says no more than what is left out; the order says nothing either."""
    return {name: given[name] for name in sorted(given) if given[name] is not None}


Durations: TypeAlias = Annotated[dict[Word, Seconds | None], AfterValidator(_in_order)]
Figures: TypeAlias = Annotated[dict[Word, Number | None], AfterValidator(_in_order)]
Labels: TypeAlias = Annotated[dict[Word, Text | None], AfterValidator(_in_order)]
Outcome: TypeAlias = Literal[
    "answered",
    "abandoned",
    "abandoned_in_menu",
    "voicemail",
    "deflected",
    "missed",
    "failed",
    "scheduled",
    "in_progress",
    "unknown",
]


class Event(BaseModel):
    """What every event has. `anchor` names the field that decides its hour."""

    model_config = ConfigDict(extra="allow", strict=True, alias_generator=to_camel, validate_by_name=False)
    anchor: ClassVar[str]

    id: Id
    source: Source = "api"
    updated_at: Instant | None = None
    deleted: bool = False

    @model_validator(mode="after")
    def _unknown_fields_are_plain(self) -> "Event":
        if self.__pydantic_extra__:
            self.__pydantic_extra__ = _plain(self.__pydantic_extra__, "", DEEPEST)
        return self


def _plain(value: Any, path: str, levels: int) -> Any:
    """The same JSON, its objects in alphabetical order: the order of fields says nothing, and must change no digest.

    Refuses a number that no reader can hold, such as 1e400, and what nests more deeply than stored facts can be read.
    """
    if isinstance(value, float) and not isfinite(value):
        raise PydanticCustomError("finite", "is not a finite number", {"field": path})
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise PydanticCustomError("depth", "nests more than {most} levels deep", {"field": path, "most": DEEPEST})
    if isinstance(value, list):
        return [_plain(inner, path, levels - 1) for inner in value]
    return {key: _plain(value[key], f"{path}.{key}" if path else key, levels - 1) for key in sorted(value)}
