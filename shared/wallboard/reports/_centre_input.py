"""What contact-centre reports are asked: a period, in parts, in groups, and what is left out."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Strict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from wallboard.measures.blocks import Filter, OneOf
from wallboard.model.results import Id, Input, PeriodInput
from wallboard.model.time import Grain

Place = Literal["source", "channel", "direction", "queue", "team", "agent"]
PLACES: Sequence[Place] = ("source", "channel", "direction", "queue", "team", "agent")
Direction = Literal["inbound", "outbound", "internal"]

FIELDS: Mapping[str, str] = {place: f"{place}Id" if place in ("queue", "team", "agent") else place for place in PLACES}
"""By place the field that filters by it."""


def _a_list(names: Any) -> Any:
    if not isinstance(names, list | tuple):
        raise PydanticCustomError("list", "must be a list of {places}", {"places": ", ".join(PLACES)})
    return names


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("twice", "names something twice")
    return names


def _or_else(message: str) -> WrapValidator:
    """One message for what is neither a value nor a list of values, where pydantic has one for each."""

    def tried(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(given)
        except ValidationError:
            raise PydanticCustomError("filter", message) from None

    return WrapValidator(tried)


Ids = Annotated[
    Id | Annotated[list[Id], Field(min_length=1, max_length=100)] | None,
    _or_else("must be a text of 1 to 256 characters, or a list of 1 to 100 of them"),
]
Directions = Annotated[
    Direction | Annotated[list[Direction], Field(min_length=1, max_length=3)] | None,
    _or_else(f"must be one of {', '.join(get_args(Direction))}, or a list of 1 to 3 of them"),
]


class CentreInput(PeriodInput):
    """What every contact-centre report is asked: a period, in parts, in groups, and what is left out. A filter is a value or
    a list of values, any of which will do."""

    options: ClassVar[Mapping[str, str]] = {
        **Input.options,
        **{place: f"knows no such field, use {field}" for place, field in FIELDS.items() if field != place},
    }

    granularity: Annotated[Grain, Field(description="What the rows are cut into; 15min of at most 7 days.")] = "total"
    group_by: Annotated[
        tuple[Place, ...],
        Strict(False),
        BeforeValidator(_a_list),
        AfterValidator(_distinct),
        Field(description="A row for each combination of these."),
    ] = ()
    source: Annotated[Ids, Field(description="Only what these sources brought.")] = None
    channel: Annotated[Ids, Field(description="Only these channels.")] = None
    direction: Annotated[Directions, Field(description="Only what went this way.")] = None
    queue_id: Annotated[Ids, Field(description="Only these queues.")] = None
    team_id: Annotated[Ids, Field(description="Only these teams.")] = None
    agent_id: Annotated[Ids, Field(description="Only these agents.")] = None
    compare: Annotated[bool, Field(description="Beside each row the same of the period before.")] = False

    def filters(self) -> dict[str, Filter]:
        """By dimension what must hold."""
        asked = {
            "source": self.source,
            "channel": self.channel,
            "direction": self.direction,
            "queue": self.queue_id,
            "team": self.team_id,
            "agent": self.agent_id,
        }
        return {name: OneOf(given) if isinstance(given, list) else given for name, given in asked.items() if given}
