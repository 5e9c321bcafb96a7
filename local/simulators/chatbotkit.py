"""ChatBotKit: its lists, over made-up agents or over files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from local.simulators._agents import Agents, Contact, Conversation, Thing
from local.simulators._simulator import Answer, Request, Simulator, as_json
from local.simulators.centre import SECOND

_KEY = "sk-Nr@5#S!secret-chatbotkit"
_CHILD = "user-child-7"
_CALLS, _SPAN = 10, SECOND
_FILES = {
    "bot": "bots",
    "conversation": "conversations",
    "contact": "contacts",
    "dataset": "datasets",
    "portal": "portals",
    "blueprint": "blueprints",
    "skillset": "skillsets",
    "file": "files",
    "usage": "usage",
    "event/log": "event_log",
    "message": "messages",
    "rating": "ratings",
    "record": "records",
}
_PARENTS = {"message": "conversation", "rating": "contact", "record": "dataset"}
Item = dict[str, Any]


@dataclass(kw_only=True)
class ChatBotKit(Simulator):
    """`limited`: more than ten lists a second are refused, and `refused` says how many were. `largest_page` is what the plan
    allows: asked for more, the vendor gives less in silence. `gone` are ids of conversations and contacts that somebody has
    deleted. A message changes nothing of its conversation, whose `updatedAt` is when its contact became known."""

    vendor: ClassVar[str] = "chatbotkit"
    hosts: ClassVar[tuple[str, ...]] = ("api.chatbotkit.com",)
    settings: ClassVar[Mapping[str, Any]] = {"secret": _KEY, "reread_days": 7}
    routes: ClassVar[Mapping[tuple[str, str], str]] = {
        ("GET", f"/v1/(?P<what>{'|'.join(name for name in _FILES if name not in _PARENTS)})/list"): "listed",
        ("GET", "/v1/conversation/(?P<parent>[^/]+)/(?P<what>message)/list"): "listed",
        ("GET", "/v1/contact/(?P<parent>[^/]+)/(?P<what>rating)/list"): "listed",
        ("GET", "/v1/dataset/(?P<parent>[^/]+)/(?P<what>record)/list"): "listed",
    }

    limited: bool = False
    refused: int = 0
    largest_page: int = 100
    gone: set[str] = field(default_factory=set)
    _asked_at: list[int] = field(default_factory=list)
    _kept: tuple[tuple[int, int], dict[tuple[str, str | None], list[Item]]] = ((0, 0), {})

    @property
    def world(self) -> Agents:
        return Agents(self.centre.seed, max(3, self.centre.calls_a_day // 3))

    def listed(self, request: Request, what: str, parent: str | None = None) -> Answer:
        if not self._is_signed(request):
            return as_json({"message": "Not authenticated", "code": "NOT_AUTHENTICATED"}, 401)
        if self._is_too_much():
            return as_json({"message": "Limits reached", "code": "LIMITS_REACHED"}, 429)
        if parent is not None and all(each["id"] != parent for each in self._items(_PARENTS[what])):
            return as_json({"message": "Not found", "code": "NOT_FOUND"}, 404)
        query = dict(request.query)
        items = self._items(what, parent)
        if query.get("order", "asc" if what == "message" else "desc") == "desc":
            items = items[::-1]
        cursor = query.get("cursor", "")
        begins = 0
        if cursor:  # one that is nobody's finds nothing
            begins = next((place + 1 for place, item in enumerate(items) if item["id"] == cursor), len(items))
        page = items[begins : begins + self._taken(query.get("take", ""))]
        return as_json({"items": page, "cursor": page[-1]["id"] if page else cursor})

    def _is_signed(self, request: Request) -> bool:
        words = request.headers.get("authorization", "").split()
        child = request.headers.get("x-runas-user-id", _CHILD)
        return len(words) == 2 and words[1] == _KEY and child == _CHILD

    def _is_too_much(self) -> bool:
        now = self.now()
        self._asked_at = [at for at in self._asked_at if at > now - _SPAN]
        if not self.limited or len(self._asked_at) < _CALLS:
            self._asked_at.append(now)
            return False
        self.refused += 1
        return True

    def _taken(self, asked: str) -> int:
        """What is no number, or 0, is as many as may be."""
        wanted = int(asked) if asked.lstrip("-").isdigit() else 0
        return min(max(1, wanted or self.largest_page), self.largest_page)

    def _items(self, what: str, parent: str | None = None) -> list[Item]:
        """What there is at this moment, in the order of making."""
        moment, kept = (self.now(), len(self.gone)), self._kept
        if kept[0] != moment:
            self._kept = kept = moment, {}
        if (what, parent) not in kept[1]:
            found = self._of_payloads(what, parent) if self.payloads else self._of_world(what, parent)
            there = [item for item in found if item["id"] not in self.gone]
            kept[1][what, parent] = sorted(there, key=lambda item: (item["createdAt"], item["id"]))
        return kept[1][what, parent]

    def _of_payloads(self, what: str, parent: str | None) -> Iterator[Item]:
        content = json.loads(self.payload(f"chatbotkit_{_FILES[what]}.json") or b'{"items": []}')
        for item in content["items"]:
            if parent is None:
                yield item
            elif item[name := f"{_PARENTS[what]}Id"] == parent:
                yield item if what == "rating" else {key: value for key, value in item.items() if key != name}

    def _of_world(self, what: str, parent: str | None) -> Iterable[Item]:
        now = self.now()
        if what == "contact":
            return (_contact(each, now) for each in self.world.contacts(now))
        if what == "record":
            return _records(next(each for each in self.world.things("dataset", now) if each.id == parent))
        if what not in ("conversation", "message", "rating", "usage", "event/log"):
            return (_thing(each, what) for each in self.world.things(what, now))
        found = self.world.conversations(now)
        if what in ("conversation", "message"):
            found = [each for each in found if each.gone_at is None or each.gone_at > now]
        if what == "conversation":
            return (_conversation(each, now) for each in found)
        if what == "message":
            return (
                {"id": each.id, **_times(each.at), "type": each.type, "text": each.text}
                for conversation in found
                if conversation.id == parent
                for each in conversation.messages
                if each.at <= now
            )
        makers = {"rating": _ratings, "usage": _usage, "event/log": _log}
        rows = (row for each in found for row in makers[what](each) if row["createdAt"] <= now)
        return rows if parent is None else (row for row in rows if row["contactId"] == parent)


def _times(created: int, updated: int | None = None) -> Item:
    return {"createdAt": created, "updatedAt": created if updated is None else updated}


def _contact(each: Contact, now: int) -> Item:
    is_named = each.named_at <= now
    known = {"name": each.name, "email": each.email} if is_named else {}
    times = _times(each.created_at, each.named_at if is_named else None)
    return {"id": each.id, **times, "fingerprint": f"fp-{each.id}", "meta": {"app": "widget"}, **known}


def _about(each: Conversation, at: int) -> Item:
    """The bot and the contact, as far as they were known."""
    contact = each.contact.id if each.contact and each.known_at <= at else None
    return {name: value for name, value in (("botId", each.bot), ("contactId", contact)) if value}


def _conversation(each: Conversation, now: int) -> Item:
    configured = {} if each.bot else {"model": "made-up-4", "backstory": "You are helpful."}
    times = _times(each.created_at, each.known_at if each.known_at <= now else None)
    return {"id": each.id, **times, "name": "Conversation", **_about(each, now), **configured}


def _ratings(each: Conversation) -> Iterator[Item]:
    for rating in each.ratings:
        about = {**_about(each, rating.at), "conversationId": each.id, "messageId": each.messages[-1].id}
        reason = {"reason": rating.reason} if rating.reason else {}
        yield {
            "id": rating.id,
            **_times(rating.at),
            "value": rating.value,
            **about,
            **reason,
            "contactId": _named(each),
        }


def _named(each: Conversation) -> str | None:
    return each.contact.id if each.contact else None


def _usage(each: Conversation) -> Iterator[Item]:
    for used in each.usage:
        about = {**_about(each, used.at), "conversationId": each.id}
        yield {"id": used.id, **_times(used.at), "type": used.type, "count": used.count, **about}


def _log(each: Conversation) -> Iterator[Item]:
    for entry in each.log:
        about = {**_about(each, entry.at), "conversationId": each.id}
        named = {"name": entry.name} if entry.name else {}
        yield {"id": entry.id, **_times(entry.at), "type": entry.type, **named, **about}


def _thing(each: Thing, what: str) -> Item:
    own = {"bot": {"model": "made-up-4", "backstory": "You are helpful."}, "dataset": {"store": "lake"}}
    times = _times(each.created_at, each.updated_at)
    return {"id": each.id, **times, "name": each.name, "visibility": "private", **own.get(what, {})}


def _records(dataset: Thing) -> Iterator[Item]:
    for number in range(dataset.records):
        at = dataset.created_at + number * SECOND
        yield {"id": f"{dataset.id}-{number:05}", **_times(at), "text": f"Fact {number}.", "source": "handbook.pdf"}
