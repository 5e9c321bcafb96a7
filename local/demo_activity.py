"""Two months of AI-agent activity, made up from a seed: what the demo pushes, in the order in which it happened.

The same day gives the same events. Only the conversations of the last minutes depend on the time of the run, because
there has to be something new to look at even when it is run at night.
"""

import calendar
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from local.demo_words import CHANNELS, DOWN, HOURS, RESOURCES, TOOLS, TURNS, UP, WEEK, person

Event = dict[str, Any]

SEED = 20261121
DAYS = 61  # the current 30, the 30 before, and the rest of the first day
DAY = 86400
CONVERSATIONS = 56  # of a Tuesday two months ago
GROWTH = 0.35
KNOWN = 260

_SECONDS_OLD = 4 * DAY  # what is corrected or deleted has to be older, for that happens up to three days later


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot, its share of the conversations, how it pleases (share of thumbs up), and its name, once and now."""

    id: str
    share: float
    pleases: float
    name: str
    once: str = ""


BOTS = (
    Bot("bot-desk", 0.42, 0.80, "Front Desk", once="Concierge"),
    Bot("bot-orders", 0.27, 0.86, "Order Tracker"),
    Bot("bot-billing", 0.19, 0.58, "Billing Help"),
    Bot("bot-docs", 0.12, 0.91, "Docs Guide"),
)
BILLING = BOTS[2]


@dataclass(slots=True)
class Activity:
    """`events` are in the order of time. `invalid` ones must all be refused. Times are epoch seconds."""

    spike: int
    bad_day: int
    renamed: int
    events: list[Event] = field(default_factory=list)
    corrections: list[Event] = field(default_factory=list)
    deletions: list[Event] = field(default_factory=list)
    invalid: list[Event] = field(default_factory=list)


def iso(seconds: float) -> str:
    """`2026-11-21T09:30:00Z`. All times have this one form, so they compare as text."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def make(now: float) -> Activity:
    """The activity up to `now` (epoch seconds)."""
    today = int(now) // DAY * DAY
    activity = planned(now)
    maker = _Maker(random.Random(SEED), activity, int(now))
    maker.known_contacts(today - DAYS * DAY)
    for number in range(DAYS + 1):
        maker.day(today - (DAYS - number) * DAY, number)
    maker.resources(today)
    maker.last_minutes()
    activity.events = [event for _, _, event in sorted(maker.made, key=lambda entry: entry[:2])]
    _correct(activity, now)
    activity.invalid = list(_invalid(now))
    return activity


def planned(now: float) -> Activity:
    """No events yet, but on which days there is something to see. They are weekdays, so that it stands out, of the current
    month; the bad one is in the week that the alert rules about bots look at."""
    today = int(now) // DAY * DAY
    return Activity(
        spike=_latest(today - 9 * DAY, weekdays=(2,)),
        bad_day=_latest(today - 3 * DAY, weekdays=range(5)),
        renamed=today - 22 * DAY,
    )


def _latest(before: int, *, weekdays: Iterable[int]) -> int:
    """The midnight of the latest of such days (Monday is 0) that is not after `before`."""
    return before - min((time.gmtime(before).tm_wday - weekday) % 7 for weekday in weekdays) * DAY


class _Maker:
    def __init__(self, rng: random.Random, activity: Activity, now: int) -> None:
        self._rng, self._activity, self._now = rng, activity, now
        self._people: list[str] = []
        self.made: list[tuple[str, int, Event]] = []

    def day(self, midnight: int, number: int) -> None:
        rng = self._rng
        busy = WEEK[time.gmtime(midnight).tm_wday] * (1 + GROWTH * number / DAYS) * rng.uniform(0.9, 1.1)
        if midnight == self._activity.spike:
            busy *= 3
        count = round(CONVERSATIONS * busy)
        hours = rng.choices(range(24), HOURS, k=count)
        starts = sorted(midnight + hour * 3600 + rng.randrange(3600) for hour in hours)
        stamp = time.strftime("%m%d", time.gmtime(midnight))
        bad = midnight == self._activity.bad_day
        shares = [bot.share * (2.5 if bad and bot is BILLING else 1) for bot in BOTS]
        for place, start in enumerate(starts):
            bot = rng.choices(BOTS, shares)[0]
            self._conversation(f"c-{stamp}-{place:03}", start, bot, bad=bad)

    def known_contacts(self, midnight: int) -> None:
        """The customers from before: else the first month would have nothing but newcomers."""
        for place in range(KNOWN):
            self._new_contact(midnight + 7 * 3600 + place)

    def last_minutes(self) -> None:
        for minutes, bot in ((21, BOTS[0]), (9, BOTS[1]), (2, BOTS[2])):
            start = self._now - minutes * 60
            self._conversation(f"c-{iso(start)[5:16]}-live", start, bot, bad=False)

    def resources(self, today: int) -> None:
        for place, (kind, name, count, limit) in enumerate(RESOURCES):
            for week in range(0, DAYS, 7) if limit else (0,):
                at = today - (DAYS - week) * DAY + 8 * 3600 + place * 60
                values = {"count": round(count * (0.7 + 0.3 * week / DAYS)), "limit": limit} if limit else {}
                self._add("resource", f"{kind}-{place}", at, "updatedAt", type=kind, name=name, **values)
        for bot in BOTS:
            for at, name in ((today - DAYS * DAY, bot.once or bot.name), (self._activity.renamed, bot.name)):
                self._add("resource", bot.id, at, "updatedAt", type="bot", name=name)

    def _conversation(self, name: str, start: int, bot: Bot, *, bad: bool) -> None:
        rng = self._rng
        people = {"botId": bot.id, "contactId": self._contact(start)}
        within = {"conversationId": name, "conversationStartedAt": iso(start), **people}
        channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        at, turn = start, 0
        if channel == "web":
            self._message(f"{name}-hello", at, "bot", within, tokens=18)
            at += rng.randint(3, 30)
        for turn in range(rng.choices(range(1, len(TURNS) + 1), TURNS)[0]):
            self._message(f"{name}-u{turn}", at, "user", within)
            at += rng.randint(2, 5)
            if rng.random() < 0.3:
                called = {"conversationId": name, "type": "tool", "name": rng.choice(TOOLS[bot.id]), **people}
                self._add("action", f"{name}-a{turn}", at, **called)
                self._message(f"{name}-t{turn}", at, "activity", within)
                at += rng.randint(1, 4)
            self._message(f"{name}-b{turn}", at, "bot", within, tokens=rng.randint(120, 900))
            at += rng.randint(15, 80)
        ended = {"endedAt": iso(at)} if at <= self._now else {}
        label = bot.once if bot.once and start < self._activity.renamed else bot.name
        about = {"updatedAt": iso(at if ended else start), "botName": label, "channel": channel, **people, **ended}
        self._add("conversation", name, start, "startedAt", **about)
        usage = {"type": "embedding_tokens", "count": rng.randint(200, 2000), "conversationId": name, **people}
        self._add("usage", f"{name}-e", at, **usage)
        if channel == "voice":
            self._add("usage", f"{name}-v", at, **usage | {"type": "voice_seconds", "count": at - start})
        self._rating(name, at, bot, f"{name}-b{turn}", people, bad=bad and bot is BILLING)

    def _message(self, name: str, at: int, type_: str, within: Event, **more: int) -> None:
        self._add("message", name, at, type=type_, **within, **more)

    def _rating(self, conversation: str, at: int, bot: Bot, message: str, people: Event, *, bad: bool) -> None:
        rng = self._rng
        if rng.random() >= (0.9 if bad else 0.28):
            return
        up = rng.random() < (0.08 if bad else bot.pleases)
        value = 0 if rng.random() < 0.03 else 1 if up else -1
        reasons = (DOWN[-1:] if bad else DOWN) if value < 0 else UP
        reason = {"reason": rng.choice(reasons)} if value and rng.random() < 0.7 else {}
        given = {"value": value, "conversationId": conversation, "messageId": message, **people, **reason}
        self._add("rating", f"{conversation}-r", at + rng.randint(2, 40), **given)

    def _contact(self, at: int) -> str:
        """Somebody who came before, often lately, or somebody new."""
        if self._rng.random() < 0.88:
            return self._people[-1 - int(len(self._people) * self._rng.random() ** 2)]
        return self._new_contact(at)

    def _new_contact(self, at: int) -> str:
        number = len(self._people) + 1
        self._people.append(f"p-{number:04}")
        name = person(self._rng)
        email = f"{name.lower().replace(' ', '.')}.{number}@example.com"
        self._add("contact", self._people[-1], at, name=name, email=email)
        return self._people[-1]

    def _add(self, kind: str, name: str, at: int, anchor: str = "createdAt", /, **fields: Any) -> None:
        """Every event says when it was last changed: without that, an old one that is pushed today counts as changed
        today, and a correction of last week would lose against it."""
        if at <= self._now:
            event = {"kind": kind, "id": name, anchor: iso(at), "updatedAt": iso(at)} | fields
            self.made.append((event[anchor], len(self.made), event))


def _correct(activity: Activity, now: float) -> None:
    rng = random.Random(SEED + 1)
    settled = [event for event in activity.events if event["updatedAt"] < iso(now - _SECONDS_OLD)]
    kinds = {
        kind: [event for event in settled if event["kind"] == kind] for kind in ("conversation", "message", "rating")
    }
    for event in rng.sample([event for event in kinds["rating"] if event["value"]], 30):
        activity.corrections.append({**event, "value": -event["value"], "reason": "Pressed the wrong button"})
    for event in rng.sample([event for event in kinds["message"] if "tokens" in event], 60):
        activity.corrections.append({**event, "tokens": event["tokens"] // 2})
    for event in rng.sample(kinds["conversation"], 10):
        activity.corrections.append({**event, "botId": BILLING.id, "botName": BILLING.name})
    forgotten = {event["id"] for event in rng.sample(kinds["conversation"], 8)}
    for event in settled:
        if forgotten & {event["id"], event.get("conversationId")}:
            activity.deletions.append({**event, "deleted": True})
    for events, days in ((activity.corrections, 1), (activity.deletions, 3)):
        events.sort(key=lambda event: str(event["updatedAt"]))
        for event in events:
            event["updatedAt"] = _later(event["updatedAt"], days)


def _later(text: str, days: int) -> str:
    return iso(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) + days * DAY)


def _invalid(now: float) -> Iterator[Event]:
    at = iso(now - DAY)
    yield {"kind": "message", "id": "bad-1", "createdAt": at, "type": "user", "conversationStartedAt": at}
    yield {"kind": "rating", "id": "bad-2", "createdAt": at, "value": "five stars"}
    yield {"kind": "conversation", "id": "bad-3", "startedAt": at.removesuffix("Z")}
    yield {"kind": "conversation", "id": "bad-4", "startedAt": iso(now + 2 * DAY)}
    yield {"kind": "conversation", "id": "bad-5", "startedAt": iso(now - 800 * DAY)}
    yield {"kind": "usage", "id": "bad-6", "createdAt": at, "type": "embedding_tokens", "count": -40}
    yield {"kind": "chat", "id": "bad-7", "createdAt": at}
