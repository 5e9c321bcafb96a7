"""Made-up activity, the same for the same seed: a burst of messages, and sixty days of an account."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from wallboard.model.time import DAY, HOUR, iso

BOTS = tuple(f"b{number}" for number in range(1, 5))
TYPES = ("user", "bot", "activity")
USAGE_TYPES = ("CHATBOTKIT_BASE_TOKEN", "input_tokens", "FETCH_REQUEST")
PER_CONVERSATION = 10
DAYS = 60

_BUSY_HOURS = 4
_LATENESS = HOUR  # a conversation ends well before now


def _uuid(random: Random) -> str:
    return f"{random.getrandbits(128):032x}"


def burst(count: int, *, now: int, seed: int = 1) -> list[dict[str, Any]]:
    """Messages of conversations of about eight, over the last few hours, in the order in which they were sent."""
    random = Random(seed)
    first = now - _LATENESS - _BUSY_HOURS * HOUR
    contacts = [f"c{number}" for number in range(2_000)]
    messages: list[tuple[int, dict[str, Any]]] = []
    while len(messages) < count:
        started = at = first + 1000 * random.randrange(_BUSY_HOURS * HOUR // 1000)
        conversation, bot, contact = _uuid(random), random.choice(BOTS), random.choice(contacts)
        for turn in range(random.randint(4, 12)):
            at += random.randrange(2_000, 60_000)
            message = {
                "kind": "message",
                "id": _uuid(random),
                "createdAt": iso(at),
                "type": random.choices(TYPES, (5, 5, 1))[0] if turn else "user",
                "conversationId": conversation,
                "conversationStartedAt": iso(started)[:19] + "Z",
                "botId": bot,
                "contactId": contact,
            }
            messages.append((at, message))
    messages.sort(key=lambda entry: entry[0])
    return [message for _, message in messages[:count]]


def bodies(events: list[dict[str, Any]], size: int) -> list[bytes]:
    """JSON bodies of so many events each, as clients write them."""
    return [
        json.dumps({"events": events[start : start + size]}, separators=(",", ":")).encode()
        for start in range(0, len(events), size)
    ]


@dataclass(frozen=True, slots=True)
class Account:
    """Sixty days of activity, evenly around the clock: as many events, ten per conversation, and a number of contacts."""

    events: int
    contacts: int
    now: int
    seed: int = 2

    def lines(self) -> Iterator[str]:
        """The events as JSON lines, in the order of the conversations' starts; times are epoch milliseconds."""
        random = Random(self.seed)
        people = [_uuid(random) for _ in range(self.contacts)]
        conversations = self.events // PER_CONVERSATION
        span = DAYS * DAY - 2 * _LATENESS
        first = self.now - DAYS * DAY + _LATENESS
        for number in range(conversations):
            started = first + int((number + random.random()) * span / conversations)
            yield from _conversation(random, started, random.choice(people))


def _conversation(random: Random, started: int, contact: str) -> Iterator[str]:
    bot = BOTS[int(4 * random.random() ** 1.5)]
    head = f'"botId":"{bot}","contactId":"{contact}"'
    conversation = _uuid(random)
    yield f'{{"kind":"conversation","id":"{conversation}","startedAt":{started},{head}}}'
    of = f'"conversationId":"{conversation}",{head}'
    at = started
    for turn in range(7):
        at += int(2_000 + 58_000 * random.random())
        kind = TYPES[min(int(2.2 * random.random()), 2)] if turn else "user"
        tokens = f',"tokens":{int(900 * random.random())}' if kind == "bot" else ""
        yield (
            f'{{"kind":"message","id":"{_uuid(random)}","createdAt":{at},"type":"{kind}",'
            f'"conversationStartedAt":{started},{of}{tokens}}}'
        )
    kind, amount = random.choice(USAGE_TYPES), int(2_000 * random.random())
    yield f'{{"kind":"usage","id":"{_uuid(random)}","createdAt":{at},"type":"{kind}","count":{amount},{of}}}'
    if random.random() < 0.1:
        yield f'{{"kind":"contact","id":"{contact}","createdAt":{started},"updatedAt":{started}}}'
    else:
        value = random.choices((1, 0, -1), (6, 1, 3))[0]
        yield f'{{"kind":"rating","id":"{_uuid(random)}","createdAt":{at},"value":{value},{of}}}'
