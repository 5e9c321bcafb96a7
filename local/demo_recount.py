"""Counts the demo's own events again, one by one and without anything of the product: what the reports must say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from local.demo_activity import DAY, Event, iso

DAYS = 30
QUARTER = 900

Seen = list[tuple[str, str]]
"""When, and who or what: each is counted once, however often it is there."""


class Recount:
    """What every report should say at `now` (epoch seconds) after all of `pushed` was taken in, in whatever order."""

    def __init__(self, pushed: Iterable[Event], now: float) -> None:
        latest: dict[tuple[str, str], Event] = {}
        for event in pushed:
            before = latest.setdefault((event["kind"], event["id"]), event)
            if event["updatedAt"] > before["updatedAt"]:
                latest[event["kind"], event["id"]] = event
        self._live: dict[str, list[Event]] = defaultdict(list)
        for (kind, _), event in latest.items():
            if not event.get("deleted"):
                self._live[kind].append(event)
        start = (now - DAYS * DAY) // QUARTER * QUARTER
        self._start, self._before = iso(start), iso(start - DAYS * DAY)
        self._metrics = self._seen()
        self.figures = 0

    def _seen(self) -> dict[str, Seen]:
        started = self._live["conversation"]
        messages, ratings = self._live["message"], self._live["rating"]
        return {
            "Total Conversations Report": _each(started, "startedAt"),
            "Active Contacts Report": [(event["startedAt"], event["contactId"]) for event in started],
            "Total Messages Report": _each(messages),
            "User Messages Report": _each(event for event in messages if event["type"] == "user"),
            "Bot Messages Report": _each(event for event in messages if event["type"] == "bot"),
            "Activity Messages Report": _each(event for event in messages if event["type"] == "activity"),
            "Total Ratings Report": _each(ratings),
            "Thumbs Up Report": _each(event for event in ratings if event["value"] > 0),
            "Thumbs Down Report": _each(event for event in ratings if event["value"] < 0),
        }

    def disagreements(self, reports: Mapping[str, Any], bots: Mapping[str, Any]) -> list[str]:
        """A line for every figure that is not as counted here. `reports` are answers by name, `bots` Bot Stats by id."""
        wrong: list[str] = []
        for name, seen in self._metrics.items():
            answer, current = reports.get(name, {}), self._current(seen)
            was = _count((at, what) for at, what in seen if self._before <= at < self._start)
            self._compare(wrong, f"{name}, value", answer.get("value"), _count(current))
            self._compare(wrong, f"{name}, change", answer.get("change"), _count(current) - was)
            for day in answer.get("breakdown", ()):
                of_day = _count((at, what) for at, what in current if at[:10] == day["date"])
                self._compare(wrong, f"{name}, {day['date']}", day["total"], of_day)
        people = {event["contactId"] for event in self._live["conversation"]}
        people |= {event["id"] for event in self._live["contact"]}
        answer = reports.get("Total Contacts Report", {})
        self._compare(wrong, "Total Contacts Report, value", answer.get("value"), len(people))
        for bot, answer in bots.items():
            for field, count in self._bot(bot).items():
                self._compare(wrong, f"Bot Stats Report of {bot}, {field}", answer.get(field), count)
        return wrong

    def _compare(self, wrong: list[str], what: str, answered: object, counted: int) -> None:
        self.figures += 1
        if answered != counted:
            wrong.append(f"{what}: {answered} was answered, {counted} was counted")

    def _bot(self, bot: str) -> dict[str, int]:
        mine = {kind: [event for event in events if event.get("botId") == bot] for kind, events in self._live.items()}
        messages, ratings = self._lately(mine["message"]), self._lately(mine["rating"])
        used = [event["count"] for event in self._lately(mine["usage"]) if event["type"] == "embedding_tokens"]
        return {
            "totalConversations": len(self._lately(mine["conversation"], "startedAt")),
            "totalMessages": len(messages),
            "totalTokens": sum(event.get("tokens", 0) for event in messages) + sum(used),
            "totalRatings": len(ratings),
            "thumbsUp": sum(event["value"] > 0 for event in ratings),
            "thumbsDown": sum(event["value"] < 0 for event in ratings),
        }

    def _lately(self, events: list[Event], anchor: str = "createdAt") -> list[Event]:
        return [event for event in events if event[anchor] >= self._start]

    def _current(self, seen: Seen) -> Seen:
        return [entry for entry in seen if entry[0] >= self._start]


def _each(events: Iterable[Event], anchor: str = "createdAt") -> Seen:
    return [(event[anchor], event["id"]) for event in events]


def _count(seen: Iterable[tuple[str, str]]) -> int:
    return len({what for _, what in seen})
