"""Made-up AI agents and what they did on any day, the same for a seed, for the simulator of ChatBotKit to tell.

Times are instants (epoch milliseconds) at whole seconds. A day's conversations, with all that comes of them later, depend
on the seed and the date only. What there is of bots, files and the like grows on Mondays.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from local.simulators.centre import DAY, HOUR, SECOND

BOTS = ("bot-shop", "bot-help", "bot-night")
_FIRST = ("Ava", "Ben", "Chloé", "Dario", "Elif", "Finn", "İpek", "Noé")
_ACTIONS = (("action.call", "Look up order"), ("action.call", "Book a visit"), ("action.search", "Search the handbook"))
_FIRST_MONDAY = datetime(2025, 1, 6, 6, tzinfo=UTC)
_HISTORY = 45  # days: nothing is older


@dataclass(frozen=True, slots=True)
class Contact:
    """`named_at` is when its name became known."""

    id: str
    created_at: int
    name: str
    email: str
    named_at: int


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    at: int
    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Rating:
    id: str
    at: int
    value: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    id: str
    at: int
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Of the event log."""

    id: str
    at: int
    type: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """`known_at` is when its contact became known, `gone_at` when somebody deletes it."""

    id: str
    created_at: int
    bot: str | None
    contact: Contact | None
    known_at: int
    gone_at: int | None
    messages: tuple[Message, ...]
    ratings: tuple[Rating, ...]
    usage: tuple[Usage, ...]
    log: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A bot, dataset, portal, blueprint, skillset or file. `records` are those of a dataset."""

    id: str
    name: str
    created_at: int
    updated_at: int
    records: int = 0


@dataclass(frozen=True)
class Agents:
    """The whole world. `conversations_a_day` says how busy it is."""

    seed: int = 0
    conversations_a_day: int = 20

    def conversations(self, now: int) -> list[Conversation]:
        """Those that have begun, also those that are deleted meanwhile."""
        return [each for day in _days(now) for each in _day(self, day) if each.created_at <= now]

    def contacts(self, now: int) -> list[Contact]:
        """Those that were made, also those who never said anything."""
        places = range(self.conversations_a_day)
        found = [_contact(self, day, place) for day in _days(now) for place in places]
        return [each for each in found if each.created_at <= now]

    def things(self, kind: str, now: int) -> list[Thing]:
        """What there is of a kind."""
        first = int(_FIRST_MONDAY.timestamp()) * 1000
        weeks = max(0, (now - first) // (7 * DAY) + 1)
        latest = first + (weeks - 1) * 7 * DAY
        if kind == "dataset":
            counts = (("Handbook", 120 + weeks), ("Prices", 7), ("Empty", 0))
            return [Thing(_id("dataset", name), name, first, latest, records) for name, records in counts]
        every = {"bot": 16, "portal": 8, "blueprint": 4, "skillset": 32, "file": 8}[kind]
        made = [first + week * 7 * DAY for week in range(weeks) if week % every == 1]
        found = [Thing(_id(kind, at), f"{kind.title()} of week {at // (7 * DAY)}", at, at) for at in made]
        if kind == "bot":
            found += [Thing(name, name.removeprefix("bot-").title(), first, first) for name in BOTS]
        return found or [Thing(_id(kind, "first"), f"First {kind}", first, first)]


def _days(now: int) -> Iterator[date]:
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    return (today - timedelta(days=back) for back in range(_HISTORY, -1, -1))


def _id(*parts: object) -> str:
    return "c" + hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=12).hexdigest()


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


@lru_cache(maxsize=100_000)
def _contact(world: Agents, day: date, place: int) -> Contact:
    """Whoever comes for the first time on a day. Names are known on the next morning, when lists are matched."""
    chance = random.Random(f"{world.seed}:{day}:{place}:contact")
    at = _midnight(day) + chance.randint(0, 86_399) * SECOND
    name = chance.choice(_FIRST)
    number = day.toordinal() % 10_000 * 100 + place
    return Contact(
        _id("contact", world.seed, day, place),
        at,
        f"{name} {number}",
        f"visitor{number}@example.com",
        _midnight(day) + DAY + 5 * HOUR,
    )


@lru_cache(maxsize=1_000)
def _day(world: Agents, day: date) -> tuple[Conversation, ...]:
    return tuple(_conversation(world, day, place) for place in range(world.conversations_a_day))


def _conversation(world: Agents, day: date, place: int) -> Conversation:
    chance = random.Random(f"{world.seed}:{day}:{place}:conversation")
    key = (world.seed, day, place)
    contact: Contact | None = _contact(world, day, place)
    begun = contact.created_at if contact else 0
    if chance.random() < 0.4:  # somebody who has been there before
        contact = _contact(
            world, day - timedelta(days=chance.randint(1, 20)), chance.randrange(world.conversations_a_day)
        )
    if chance.random() < 0.1:
        contact = None
    messages = tuple(_messages(begun, key, chance))
    spoken = [each for each in messages if each.type == "bot"]
    actions = [each for each in messages if each.type == "activity"]
    return Conversation(
        id=_id("conversation", *key),
        created_at=begun,
        bot=chance.choice(BOTS) if chance.random() > 0.05 else None,
        contact=contact,
        known_at=begun + (5 * HOUR if chance.random() < 0.1 else 0),
        gone_at=_midnight(day) + 2 * DAY + 3 * HOUR if chance.random() < 0.06 else None,
        messages=messages,
        ratings=tuple(_ratings(messages[-1].at, key, chance)) if contact else (),
        usage=tuple(_usage(begun, spoken, key, chance)),
        log=(
            Entry(_id("log", *key), begun, "conversation.create", None),
            *(Entry(_id("log", each.id), each.at, *chance.choice(_ACTIONS)) for each in actions),
        ),
    )


def _messages(begun: int, key: tuple[object, ...], chance: random.Random) -> Iterator[Message]:
    """Some are silent, some very long; some go on days later."""
    number, at = 0, begun

    def said(type_: str) -> Message:
        nonlocal number
        number += 1
        return Message(_id("message", *key, number), at, type_, f"This is what {type_} said, number {number}.")

    yield said("context")
    turns = chance.choice((0, 1, 1, 2, 3, 4, 6, 12))
    for _ in range(turns + 2 if chance.random() < 0.2 else turns):
        if number > 1 and chance.random() < 0.06:
            at += chance.randint(8, 60) * HOUR
        at += chance.randint(5, 90) * SECOND
        yield said("user")
        if chance.random() < 0.3:
            at += 2 * SECOND
            yield said("activity")
        at += chance.randint(1, 9) * SECOND
        yield said("bot")


def _ratings(at: int, key: tuple[object, ...], chance: random.Random) -> Iterator[Rating]:
    if chance.random() < 0.45:
        value = chance.choice((100, 100, 60, -100, -40))
        late = chance.randint(1, 72) * HOUR if chance.random() < 0.3 else 0
        reason = "It did not know the prices" if value < 0 else None
        yield Rating(_id("rating", *key), at + chance.randint(10, 300) * SECOND + late, value, reason)


def _usage(begun: int, spoken: list[Message], key: tuple[object, ...], chance: random.Random) -> Iterator[Usage]:
    yield Usage(_id("usage", *key), begun, "CHATBOTKIT_CONVERSATION", 1)
    for each in spoken:
        yield Usage(_id("usage", each.id, "message"), each.at, "CHATBOTKIT_MESSAGE", 1)
        yield Usage(_id("usage", each.id, "base"), each.at, "CHATBOTKIT_BASE_TOKEN", chance.randint(40, 900))
        if chance.random() < 0.3:
            yield Usage(_id("usage", each.id, "custom"), each.at, "CHATBOTKIT_CUSTOM_TOKEN", chance.randint(10, 90))
