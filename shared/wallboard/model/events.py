"""What may be pushed: every kind of event, and the resource, which did not happen but is."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field

from wallboard.model.conversations import Action, Contact, Conversation, Message, Rating, Usage
from wallboard.model.event import Count, Event, Id, Instant, Label
from wallboard.model.interactions import (
    AgentInterval,
    Change,
    Interaction,
    InteractionDetail,
    Leg,
    QueueInterval,
    Session,
    Status,
    Survey,
)


class Resource(Event):
    """The latest value of a thing that is counted or named, not of something that happened: it goes to State, not to Facts."""

    anchor = "updated_at"
    kind: Literal["resource"]
    updated_at: Instant
    type: Literal[
        "dataset",
        "record",
        "skillset",
        "ability",
        "file",
        "bot",
        "portal",
        "blueprint",
        "widget",
        "agent",
        "team",
        "queue",
        "status",
        "disposition",
    ]
    name: Label | None = None
    created_at: Instant | None = None
    count: Count | None = None
    limit: Count | None = None
    parent: Id | None = Field(None, alias="parentId")


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
    | InteractionDetail
    | Session
    | Status
    | AgentInterval
    | QueueInterval
    | Survey
    | Change,
    Discriminator("kind"),
]
