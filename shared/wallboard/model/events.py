"""What may be pushed: one pydantic model per kind of event, as the HTTP contract writes them.

A field is named as the column that keeps it, its alias is the name on the wire. Unknown fields are kept beside the row.
Times become instants. Numbers that are counted are integers, because sums of them must not depend on their order.
"""

from hashlib import blake2b
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from wallboard.model.time import HOUR, parse_instant

LATEST = 253_402_300_799_999  # the last millisecond of the year 9999
LARGEST = 2**53 - 1  # beyond it JSON numbers stop being exact
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
Source: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Count: TypeAlias = Annotated[int, Field(ge=0, le=LARGEST)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Seconds: TypeAlias = Annotated[float, Field(allow_inf_nan=False, ge=0)]
Durations: TypeAlias = Annotated[dict[Word, Seconds | None], AfterValidator(lambda given: dict(sorted(given.items())))]


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


class Conversation(Event):
    anchor = "started_at"
    kind: Literal["conversation"]
    started_at: Instant
    bot: Id | None = Field(None, alias="botId")
    bot_name: Label | None = None
    contact: Id | None = Field(None, alias="contactId")
    contact_name: Label | None = None
    channel: Word | None = None
    ended_at: Instant | None = None


class Message(Event):
    anchor = "created_at"
    kind: Literal["message"]
    created_at: Instant
    type: Word
    conversation: Id = Field(alias="conversationId")
    conversation_started_at: Instant
    bot: Id | None = Field(None, alias="botId")
    bot_name: Label | None = None
    contact: Id | None = Field(None, alias="contactId")
    contact_name: Label | None = None
    tokens: Count | None = None

    @property
    def turn(self) -> str:
        """The id of its turn: like the message, one that is sent in another hour is another."""
        return f"{self.id}@{self.created_at // HOUR}"

    @property
    def digest(self) -> str:
        """Of all that it says: two that differ only in what a turn leaves out must not leave the same turn."""
        return blake2b(self.model_dump_json().encode(), digest_size=6).hexdigest()


class Usage(Event):
    anchor = "created_at"
    kind: Literal["usage"]
    created_at: Instant
    type: Word
    count: Count
    bot: Id | None = Field(None, alias="botId")
    bot_name: Label | None = None
    contact: Id | None = Field(None, alias="contactId")
    contact_name: Label | None = None
    conversation: Id | None = Field(None, alias="conversationId")


class Action(Event):
    anchor = "created_at"
    kind: Literal["action"]
    created_at: Instant
    type: Word
    name: Label
    bot: Id | None = Field(None, alias="botId")
    bot_name: Label | None = None
    contact: Id | None = Field(None, alias="contactId")
    contact_name: Label | None = None
    conversation: Id | None = Field(None, alias="conversationId")


class Rating(Event):
    anchor = "created_at"
    kind: Literal["rating"]
    created_at: Instant
    value: Number
    bot: Id | None = Field(None, alias="botId")
    bot_name: Label | None = None
    agent: Id | None = Field(None, alias="agentId")
    agent_name: Label | None = None
    conversation: Id | None = Field(None, alias="conversationId")
    message: Id | None = Field(None, alias="messageId")
    contact: Id | None = Field(None, alias="contactId")
    contact_name: Label | None = None
    reason: Text | None = None


class Contact(Event):
    anchor = "created_at"
    kind: Literal["contact"]
    created_at: Instant
    name: Label | None = None
    email: Label | None = None
    nick: Label | None = None


class Resource(Event):
    """The latest value of a thing that is counted, not of something that happened: it goes to State, not to Facts."""

    anchor = "updated_at"
    kind: Literal["resource"]
    updated_at: Instant
    type: Literal["dataset", "record", "skillset", "ability", "file", "bot", "portal", "blueprint", "widget"]
    name: Label | None = None
    created_at: Instant | None = None
    count: Count | None = None
    limit: Count | None = None


class Interaction(Event):
    anchor = "started_at"
    kind: Literal["interaction"]
    started_at: Instant
    channel: Word
    direction: Literal["inbound", "outbound", "internal"]
    status: Word | None = None
    queued_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    queue: Id | None = Field(None, alias="queueId")
    queue_name: Label | None = None
    team: Id | None = Field(None, alias="teamId")
    team_name: Label | None = None
    agent: Id | None = Field(None, alias="agentId")
    agent_name: Label | None = None
    contact: Id | None = Field(None, alias="contactId")
    contact_name: Label | None = None
    durations: Durations | None = None
    disposition: Label | None = None
    tags: list[Label] | None = None


class Leg(Event):
    anchor = "interaction_started_at"
    kind: Literal["leg"]
    interaction: Id = Field(alias="interactionId")
    interaction_started_at: Instant
    agent: Id = Field(alias="agentId")
    agent_name: Label | None = None
    accepted_at: Instant | None = None
    ended_at: Instant | None = None
    durations: Durations | None = None


class Session(Event):
    anchor = "started_at"
    kind: Literal["session"]
    agent: Id = Field(alias="agentId")
    agent_name: Label | None = None
    started_at: Instant
    ended_at: Instant | None = None
    activity: Word


class Status(Event):
    anchor = "started_at"
    kind: Literal["status"]
    agent: Id = Field(alias="agentId")
    agent_name: Label | None = None
    started_at: Instant
    ended_at: Instant | None = None
    status: Word


class Survey(Event):
    anchor = "answered_at"
    kind: Literal["survey"]
    answered_at: Instant
    interaction: Id | None = Field(None, alias="interactionId")
    agent: Id | None = Field(None, alias="agentId")
    agent_name: Label | None = None
    team: Id | None = Field(None, alias="teamId")
    team_name: Label | None = None
    question: Label | None = None
    score: Number
    scale: Number | None = None


AnyEvent: TypeAlias = Annotated[
    Conversation
    | Message
    | Usage
    | Action
    | Rating
    | Contact
    | Resource
    | Interaction
    | Leg
    | Session
    | Status
    | Survey,
    Discriminator("kind"),
]
