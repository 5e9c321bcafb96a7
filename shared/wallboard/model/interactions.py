"""What a contact centre does, as events: interactions and their legs, sessions, statuses, intervals, surveys."""

from typing import Literal, Self

from pydantic import Field, PrivateAttr

from wallboard.model.event import (
    Count,
    Durations,
    Event,
    Figures,
    Id,
    Instant,
    Label,
    Labels,
    Outcome,
    Score,
    Seconds,
    Text,
    Word,
)
from wallboard.model.time import HOUR


class Interaction(Event):
    """One call, chat, e-mail… `status` is the vendor's own word for the `outcome`. A duration that is not known, or does not
    apply, is left out or null, which is not 0. `transfers`, `agents` and `holds` are counts that the vendor reports."""

    anchor = "started_at"
    kind: Literal["interaction"]
    started_at: Instant
    channel: Word
    direction: Literal["inbound", "outbound", "internal"]
    outcome: Outcome | None = None
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
    conversation: Id | None = Field(None, alias="conversationId")
    parent: Id | None = Field(None, alias="parentId")
    menu_path: Label | None = None
    entry_point: Label | None = None
    durations: Durations | None = None
    transfers: Count | None = None
    agents: Count | None = None
    holds: Count | None = None
    sla_met: bool | None = None
    sla_target: Seconds | None = None
    disposition: Label | None = None
    disposition_success: bool | None = None
    tags: list[Label] | None = None
    ended_by: Word | None = None
    end_reason: Word | None = None
    recording: Text | None = None


class Leg(Event):
    """One agent's part of an interaction; without an agent, a part that nobody was named for."""

    anchor = "interaction_started_at"
    kind: Literal["leg"]
    interaction: Id = Field(alias="interactionId")
    interaction_started_at: Instant
    agent: Id | None = Field(None, alias="agentId")
    agent_name: Label | None = None
    queue: Id | None = Field(None, alias="queueId")
    queue_name: Label | None = None
    team: Id | None = Field(None, alias="teamId")
    team_name: Label | None = None
    channel: Word | None = None
    direction: Literal["inbound", "outbound", "internal"] | None = None
    offered_at: Instant | None = None
    accepted_at: Instant | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    outcome: Literal["accepted", "declined", "missed", "transferred", "unknown"] | None = None
    durations: Durations | None = None
    disposition: Label | None = None
    disposition_success: bool | None = None
    ended_by: Word | None = None
    end_reason: Word | None = None
    recording: Text | None = None


class InteractionDetail(Event):
    """What only a second report of the same source says about an interaction, or one leg of it: `figures` (name → number;
    `hold` and `wrap` are seconds), `labels` (name → text)."""

    anchor = "anchored_at"
    kind: Literal["interaction_detail"]
    interaction: Id = Field(alias="interactionId")
    leg: Id | None = Field(None, alias="legId")
    anchored_at: Instant
    figures: Figures | None = None
    labels: Labels | None = None


class Lasting(Event):
    """A spell, or the piece of one that lies in an hour. `_goes_on`: whether it began in an earlier hour. `_through`: where the
    whole of it ends, if this is the first piece of a pushed one; its beginning while it is still open."""

    _through: int | None = PrivateAttr(None)
    _goes_on: bool | None = PrivateAttr(None)

    def piece(self, hour: int, start: int, end: int) -> Self:
        """What lies in an hour of a spell from `start` to `end`, under its id with that hour. What is not known by name stands
        on the first one."""
        cut = {"started_at": max(start, hour * HOUR), "ended_at": min(end, (hour + 1) * HOUR)}
        piece = self.model_copy(update={"id": f"{self.id}@{hour}", **cut})
        if hour > start // HOUR:
            piece._goes_on = True  # noqa: SLF001
            piece.__pydantic_extra__ = {}
        return piece

    def first_piece(self, start: int, end: int | None) -> Self:
        """What of it lies in the hour in which it begins, under its id with that hour."""
        edge = (start // HOUR + 1) * HOUR
        cut = {"id": f"{self.id}@{start // HOUR}", "ended_at": None if end is None else min(end, edge)}
        piece = self.model_copy(update=cut)
        piece._through = start if end is None else end  # noqa: SLF001
        return piece


class Session(Lasting):
    anchor = "started_at"
    kind: Literal["session"]
    agent: Id = Field(alias="agentId")
    agent_name: Label | None = None
    started_at: Instant
    ended_at: Instant | None = None
    activity: Word
    end_reason: Word | None = None


class Status(Lasting):
    """A spell of an agent in a status; `word` is what the source calls it."""

    anchor = "started_at"
    kind: Literal["status"]
    agent: Id = Field(alias="agentId")
    agent_name: Label | None = None
    started_at: Instant
    ended_at: Instant | None = None
    status: Word
    word: Word | None = None
    interaction: Id | None = Field(None, alias="interactionId")


class AgentInterval(Event):
    """Figures about an agent that a source delivers already added up, for an interval of its own; `zone` is the one in which
    the interval was cut. Reports read `log_in` and `away` (seconds of which no session and no status tells as well), and
    without a queue `session_duration`, `away_time`, `acd`, `acw`, `asa`, `avg_hold_time`, `avg_ring_duration` (seconds),
    `inbound_conversations` and `outbound_conversations`."""

    anchor = "started_at"
    kind: Literal["agent_interval"]
    agent: Id = Field(alias="agentId")
    agent_name: Label | None = None
    queue: Id | None = Field(None, alias="queueId")
    queue_name: Label | None = None
    team_name: Label | None = None
    started_at: Instant
    ended_at: Instant
    zone: Word | None = None
    figures: Figures


class QueueInterval(Event):
    """The same about a queue. Reports read `offered`, `answered`, `abandoned`, `short_abandoned`, `answered_within` and
    `abandoned_within` (the source's service level), `completed`, and the sums of seconds `queue_time_answered`,
    `queue_time_abandoned`, `talk`, `hold` and `wrap`."""

    anchor = "started_at"
    kind: Literal["queue_interval"]
    queue: Id = Field(alias="queueId")
    queue_name: Label | None = None
    started_at: Instant
    ended_at: Instant
    zone: Word | None = None
    figures: Figures


class Survey(Event):
    """One answer to one question. `question_number` tells the questions of a survey apart."""

    anchor = "answered_at"
    kind: Literal["survey"]
    answered_at: Instant
    interaction: Id | None = Field(None, alias="interactionId")
    agent: Id | None = Field(None, alias="agentId")
    agent_name: Label | None = None
    team: Id | None = Field(None, alias="teamId")
    team_name: Label | None = None
    question: Label | None = None
    question_number: Count | None = None
    score: Score
    scale: Score | None = None


class Change(Event):
    """A field of something was changed from `before` to `after` by somebody."""

    anchor = "changed_at"
    kind: Literal["change"]
    changed_at: Instant
    type: Word
    subject: Id = Field(alias="subjectId")
    field: Word
    before: Text | None = None
    after: Text | None = None
    agent: Id | None = Field(None, alias="agentId")
    agent_name: Label | None = None
