"""Conversation Usage."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from wallboard.measures.cube import hash64
from wallboard.measures.sketch import Sketch
from wallboard.measures.tokens import is_token
from wallboard.model.facts import Rows
from wallboard.model.results import Id, Output, PeriodInput
from wallboard.model.time import QUARTER
from wallboard.reports._report import Data, Place, Report

KINDS = ("conversation", "message", "usage")


class ConversationUsageInput(PeriodInput):
    longest = 90

    conversation_ids: Annotated[
        list[Id],
        Field(min_length=1, max_length=100, description="The conversations to look at; unknown ones are left out."),
    ]
    period_days: Annotated[int, Field(ge=1, le=longest, description="How many days to look back.")] = 90


class ConversationUsage(Output):
    conversation_id: str
    tokens: int
    conversations: int
    messages: int


class ConversationUsageOutput(Output):
    total_tokens: int
    total_conversations: int
    total_messages: int
    period: str
    items: list[ConversationUsage]


def hours(asked: ConversationUsageInput, data: Data) -> Iterator[Place]:
    """The hours that mention one of the conversations."""
    wanted = {hash64(name) for name in asked.conversation_ids}
    for hour, mentioned in data.figures.by_hour("mentions.conversations"):
        if isinstance(mentioned, Sketch) or not wanted.isdisjoint(mentioned):
            yield from ((kind, hour) for kind in KINDS)


def build(asked: ConversationUsageInput, data: Data) -> ConversationUsageOutput:
    described: set[str] = set()
    messages, tokens = dict.fromkeys(asked.conversation_ids, 0), dict.fromkeys(asked.conversation_ids, 0)
    for (kind, _), rows in data.rows.items():
        for row in _inside(rows, data):
            name = row["id"] if kind == "conversation" else row["conversation"]
            if name not in messages:
                continue
            if kind == "conversation":
                described.add(name)
            elif kind == "message":
                messages[name] += 1
                tokens[name] += row["tokens"] or 0
            elif is_token(row["type"]):
                tokens[name] += row["count"]
    items = [
        ConversationUsage(conversation_id=name, tokens=tokens[name], conversations=1, messages=messages[name])
        for name in messages
        if name in described
    ]
    return ConversationUsageOutput(
        total_tokens=sum(item.tokens for item in items),
        total_conversations=len(items),
        total_messages=sum(item.messages for item in items),
        period=data.period.label,
        items=items,
    )


def _inside(rows: Rows, data: Data) -> Iterator[dict[str, Any]]:
    window = data.period.window
    return (row for row in rows.records() if window.start <= row["at"] // QUARTER < window.end)


REPORT = Report(
    id="cru3m5n8k001008jq7h9e5b2c",
    name="Conversation Usage Report",
    description="What each of these conversations took: its messages and tokens in the period.",
    category="performance",
    definition="messages and tokens of conversations that began in the period; tokens are the counts of usage whose type ends "
    "in token and names the conversation, and those of its messages; each conversation once, in the order asked",
    unit="conversations, messages, tokens",
    time_basis="start of the conversation; time of sending and of use",
    created="2026-11-21",
    input=ConversationUsageInput,
    output=ConversationUsageOutput,
    cubes=("mentions",),
    facts=hours,
    build=build,
    compares=False,
    table="items",
)
