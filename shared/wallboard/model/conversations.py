"""What AI agents do, as events: conversations, messages, usage, actions, ratings, contacts."""

from hashlib import blake2b
from typing import Literal

from pydantic import Field

from wallboard.model.event import Count, Event, Id, Instant, Label, Number, Text, Word
from wallboard.model.time import HOUR


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
        """Of all that it says but its version: two that differ only in what a turn leaves out must not leave the same turn."""
        return blake2b(self.model_dump_json(exclude={"updated_at"}).encode(), digest_size=6).hexdigest()


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
