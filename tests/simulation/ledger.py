"""What remains of all that was accepted: the last word about each event and each resource, and the latest names.

Shares no code with the product, like everything that the recount is made of.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests.simulation.windows import HOUR

Event = dict[str, Any]
Thing = tuple[str, str]
"""A type of thing and its id."""

ANCHORS = {
    "conversation": "startedAt",
    "message": "createdAt",
    "usage": "createdAt",
    "action": "createdAt",
    "rating": "createdAt",
    "contact": "createdAt",
}


class Deed(NamedTuple):
    """When somebody did so much of something."""

    at: int
    bot: str | None
    contact: str | None
    amount: int


class Ledger:
    """`accepted`: every accepted event, times in epoch milliseconds, with the instant at which it was received.

    `live`: the events that count, by kind. `resources`: those that exist, by type. `names`: the latest name of each thing
    that has one. `bots`: those ever heard of. `said`: how many messages of a type name a conversation, by (source, id,
    hour in which the conversation began, type). `deeds`: whatever is added up, by name.
    """

    def __init__(self, accepted: list[tuple[Event, int]]) -> None:
        words = list(_versions(accepted))
        self.live: dict[str, list[Event]] = defaultdict(list)
        self.resources: dict[str, list[Event]] = defaultdict(list)
        for event in _latest(words):
            if event["kind"] == "resource":
                self.resources[event["type"]].append(event)
            else:
                self.live[event["kind"]].append(event)
        told = [(version, event) for version, event in words if not event.get("deleted")]
        self.names = _latest_names(told)
        self.bots = {id_ for _, event in told for (type_, id_), _ in _named(event) if type_ == "bot"}
        self.said = Counter(
            (source(message), message["conversationId"], message["conversationStartedAt"] // HOUR, message["type"])
            for message in self.live["message"]
        )
        self.deeds = {name: list(deeds) for name, deeds in self._deeds()}

    def messages_of(self, conversation: Event, type_: str) -> int:
        """How many messages of a type name this conversation."""
        return self.said[source(conversation), conversation["id"], conversation["startedAt"] // HOUR, type_]

    def people(self) -> set[str]:
        """Every contact ever seen, as a contact or in a conversation."""
        began = {conversation.get("contactId") for conversation in self.live["conversation"]}
        return {contact["id"] for contact in self.live["contact"]} | {contact for contact in began if contact}

    def _deeds(self) -> Iterator[tuple[str, Iterable[Deed]]]:
        messages, ratings = self.live["message"], self.live["rating"]
        yield "conversations", map(_deed, self.live["conversation"])
        yield "messages", map(_deed, messages)
        for type_ in ("user", "bot", "activity"):
            yield f"{type_} messages", (_deed(message) for message in messages if message["type"] == type_)
        yield "ratings", map(_deed, ratings)
        yield "up", (_deed(rating) for rating in ratings if rating["value"] > 0)
        yield "down", (_deed(rating) for rating in ratings if rating["value"] < 0)
        of_usage = [_deed(usage, usage["count"]) for usage in self.live["usage"] if is_token(usage["type"])]
        yield "tokens", [*of_usage, *(_deed(message, message.get("tokens", 0)) for message in messages)]


def source(event: Event) -> str:
    """Who sent it."""
    name: str = event.get("source", "api")
    return name


def time_of(event: Event) -> int:
    """When it happened."""
    at: int = event[ANCHORS[event["kind"]]]
    return at


def identity(event: Event) -> tuple[Any, ...]:
    """What two words about the same event, or about the same resource, have in common."""
    if event["kind"] == "resource":
        return "resource", event["type"], event["id"]
    return event["kind"], source(event), event["id"], time_of(event) // HOUR


def is_token(type_: str) -> bool:
    """Whether the last word of a type of usage is token or tokens."""
    return re.split("[^a-z]", type_.lower())[-1] in ("token", "tokens")


def _deed(event: Event, amount: int = 1) -> Deed:
    return Deed(time_of(event), event.get("botId"), event.get("contactId"), amount)


def _versions(accepted: list[tuple[Event, int]]) -> Iterator[tuple[int, Event]]:
    """Every word with its version: its updatedAt, or where it has none, the first time that just this was received."""
    first: dict[str, int] = {}
    for event, received in accepted:
        first[_text(event)] = min(received, first.get(_text(event), received))
    for event, _ in accepted:
        yield event.get("updatedAt", first[_text(event)]), event


def _text(event: Event) -> str:
    return json.dumps(event, sort_keys=True)


def _latest(words: list[tuple[int, Event]]) -> list[Event]:
    """The last word about each thing, unless it says that the thing is gone. Of equal versions the one that says so."""
    last: dict[Any, tuple[tuple[int, bool], Event]] = {}
    for version, event in words:
        rank = version, event.get("deleted", False)
        known, word = last.setdefault(identity(event), (rank, event))
        assert rank != known or word == event or rank[1], "nothing says which of two words is the last"
        if rank > known:
            last[identity(event)] = (rank, event)
    return [event for _, event in last.values() if not event.get("deleted")]


def _latest_names(told: list[tuple[int, Event]]) -> dict[Thing, str]:
    """The name of the highest version; of names in the same call, the greater."""
    names: dict[Thing, tuple[int, str]] = {}
    for version, event in told:
        for thing, name in _named(event):
            if name:
                names[thing] = max((version, name), names.get(thing, (version, name)))
    return {thing: name for thing, (_, name) in names.items()}


def _named(event: Event) -> list[tuple[Thing, str | None]]:
    """The things that an event is about, and what it calls them."""
    if event["kind"] == "contact":
        return [(("contact", event["id"]), event.get("name") or event.get("email") or event.get("nick"))]
    if event["kind"] == "resource":
        return [(("bot", event["id"]), event.get("name"))] if event["type"] == "bot" else []
    things = ("bot", "contact")
    return [((thing, event[f"{thing}Id"]), event.get(f"{thing}Name")) for thing in things if f"{thing}Id" in event]
