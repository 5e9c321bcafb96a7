"""The plain recount: every report again, from nothing but the accepted events. Shares no code with the product."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]
ANCHORS = {
    "conversation": "startedAt",
    "message": "createdAt",
    "usage": "createdAt",
    "action": "createdAt",
    "rating": "createdAt",
    "contact": "createdAt",
}
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


class Recount:
    """`accepted`: every accepted event, times in epoch milliseconds, with the instant at which it was received."""

    def __init__(self, accepted: list[tuple[Event, int]]) -> None:
        self.live: dict[str, list[Event]] = defaultdict(list)
        for event in _latest(accepted):
            if not event.get("deleted"):
                self.live[event["kind"]].append(event)

    def total_conversations(self, **asked: Any) -> dict[str, Any]:
        return self._metric("conversation", **asked)

    def total_messages(self, **asked: Any) -> dict[str, Any]:
        return self._metric("message", **asked)

    def messages_of(self, type_: str, **asked: Any) -> dict[str, Any]:
        return self._metric("message", lambda event: event["type"] == type_, **asked)

    def thumbs_up(self, **asked: Any) -> dict[str, Any]:
        return self._metric("rating", lambda event: event["value"] > 0, **asked)

    def thumbs_down(self, **asked: Any) -> dict[str, Any]:
        return self._metric("rating", lambda event: event["value"] < 0, **asked)

    def total_ratings(self, **asked: Any) -> dict[str, Any]:
        up, down = self.thumbs_up(**asked)["value"], self.thumbs_down(**asked)["value"]
        return self._metric("rating", **asked) | {"thumbsUp": up, "thumbsDown": down}

    def active_contacts(self, *, now: int, days: int, zone: str) -> dict[str, Any]:
        begin = _begin(now, days)
        current = self._between("conversation", begin, _end(now))
        previous = self._between("conversation", begin - days * DAY, begin)
        by_day = defaultdict(set)
        for event in current:
            by_day[_date(event, zone)].add(event.get("contactId"))
        breakdown = [{"date": day, "total": len(by_day[day] - {None})} for day in _dates(begin, now, zone)]
        value = len(_contacts(current))
        return {
            "value": value,
            "change": value - len(_contacts(previous)),
            "period": f"last {days} days",
            "breakdown": breakdown,
        }

    def total_contacts(self) -> dict[str, Any]:
        people = {event["id"] for event in self.live["contact"]} | _contacts(self.live["conversation"])
        return {"value": len(people), "period": "all time"}

    def bot_stats(self, bot: str, *, now: int, days: int) -> dict[str, Any]:
        def mine(kind: str) -> list[Event]:
            return [event for event in self._between(kind, _begin(now, days), _end(now)) if event.get("botId") == bot]

        ratings = Counter(
            "up" if event["value"] > 0 else "down" if event["value"] < 0 else "none" for event in mine("rating")
        )
        up, down = ratings["up"], ratings["down"]
        tokens = sum(event.get("tokens") or 0 for event in mine("message"))
        tokens += sum(event["count"] for event in mine("usage") if event["type"].lower().endswith("token"))
        signal = "positive" if up > down else "negative" if down > up else "neutral" if up else "unknown"
        return {
            "totalConversations": len(mine("conversation")),
            "totalMessages": len(mine("message")),
            "totalTokens": tokens,
            "totalRatings": sum(ratings.values()),
            "thumbsUp": up,
            "thumbsDown": down,
            "sentimentSignal": signal,
            "period": f"last {days} days",
        }

    def _between(self, kind: str, begin: int, end: int) -> list[Event]:
        return [event for event in self.live[kind] if begin <= event[ANCHORS[kind]] < end]

    def _metric(self, kind: str, wanted: Any = lambda event: True, *, now: int, days: int, zone: str) -> dict[str, Any]:
        begin = _begin(now, days)
        current = [event for event in self._between(kind, begin, _end(now)) if wanted(event)]
        previous = [event for event in self._between(kind, begin - days * DAY, begin) if wanted(event)]
        by_day = Counter(_date(event, zone) for event in current)
        return {
            "value": len(current),
            "change": len(current) - len(previous),
            "period": f"last {days} days",
            "breakdown": [{"date": day, "total": by_day[day]} for day in _dates(begin, now, zone)],
        }


def _latest(accepted: list[tuple[Event, int]]) -> list[Event]:
    """Of each event the last word: the highest updatedAt, or time of first receipt where it has none."""
    words: dict[Any, list[tuple[Event, int]]] = defaultdict(list)
    for event, received in accepted:
        hour = event[ANCHORS[event["kind"]]] // (60 * MINUTE)
        words[event["kind"], event.get("source", "api"), event["id"], hour].append((event, received))
    last = []
    for said in words.values():
        ranked = []
        for event, _ in said:
            first = min(received for other, received in said if other == event)
            ranked.append((event.get("updatedAt", first), event))
        last.append(max(ranked, key=lambda entry: entry[0])[1])
    return last


def _contacts(conversations: list[Event]) -> set[str]:
    return {event["contactId"] for event in conversations if event.get("contactId") is not None}


def _begin(now: int, days: int) -> int:
    begin = now - days * DAY
    return begin - begin % (15 * MINUTE)


def _end(now: int) -> int:
    """A window ends with the quarter-hour that now lies in."""
    return now - now % (15 * MINUTE) + 15 * MINUTE


def _date(event: Event, zone: str) -> str:
    return datetime.fromtimestamp(event[ANCHORS[event["kind"]]] / 1000, ZoneInfo(zone)).date().isoformat()


def _dates(begin: int, now: int, zone: str) -> list[str]:
    first = datetime.fromtimestamp(begin / 1000, ZoneInfo(zone)).date()
    last = datetime.fromtimestamp((_end(now) - 1) / 1000, ZoneInfo(zone)).date()
    return [(first + timedelta(days=ahead)).isoformat() for ahead in range((last - first).days + 1)]
