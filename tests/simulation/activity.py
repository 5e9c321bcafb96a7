"""Random activity: events of all kinds, in many versions, delivered in every way that a network allows."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Event = dict[str, Any]
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
BOTS = ["b-1", "b-2", "b/3", "b#4", None]
TIMES = ("startedAt", "createdAt", "conversationStartedAt", "updatedAt")


class Activity:
    """Events up to 70 days before `now`, many of them close to each other, to midnights and to the edges of windows."""

    def __init__(self, chance: Random, now: int) -> None:
        self._chance = chance
        self._now = now
        zones = (0, 60, 120, 330, 345)  # minutes east of UTC
        self._edges = [now - days * DAY for days in (7, 14, 28, 30, 60)]
        self._edges += [(now // DAY - day) * DAY - zone * MINUTE for day in range(1, 35) for zone in zones]
        self._hot = [now - chance.randrange(60 * DAY) for _ in range(6)]
        self._versions = 0

    def _time(self) -> int:
        """Even, so that it never equals an `updatedAt`."""
        chance = self._chance.random()
        if chance < 0.3:
            at = self._chance.choice(self._edges) + self._chance.choice([-1, 0, 1, 15 * MINUTE, -15 * MINUTE])
        elif chance < 0.6:
            at = self._chance.choice(self._hot) + self._chance.randrange(20 * MINUTE)
        elif chance < 0.65:
            at = self._now + self._chance.randrange(10 * MINUTE)
        else:
            at = self._now - self._chance.randrange(70 * DAY)
        return at - at % 2

    def event(self) -> Event:
        """A new event, times in epoch milliseconds."""
        kind = self._chance.choice(["conversation", "message", "message", "usage", "action", "rating", "contact"])
        event: Event = {"kind": kind, "id": f"{kind[0]}-{self._chance.randrange(10**9)}"}
        if self._chance.random() < 0.2:
            event["source"] = self._chance.choice(["crm", "api"])
        more: Event = getattr(self, f"_{kind}")()
        return event | more

    def _who(self) -> Event:
        found: Event = {}
        if bot := self._chance.choice(BOTS):
            found["botId"] = bot
            if self._chance.random() < 0.3:
                found["botName"] = f"Bot {bot}"
        if self._chance.random() < 0.7:
            found["contactId"] = f"p-{self._chance.randrange(12)}"
        return found

    def _conversation(self) -> Event:
        return {"startedAt": self._time(), **self._who()}

    def _message(self) -> Event:
        at = self._time()
        event = {
            "createdAt": at,
            "type": self._chance.choice(["user", "bot", "activity", "reasoning"]),
            "conversationId": f"c-{self._chance.randrange(40)}",
            "conversationStartedAt": at - 2 * self._chance.randrange(30 * MINUTE),
            **self._who(),
        }
        return event | ({"tokens": self._chance.randrange(500)} if self._chance.random() < 0.5 else {})

    def _usage(self) -> Event:
        type_ = self._chance.choice(["CHATBOTKIT_BASE_TOKEN", "token", "CHATBOTKIT_MESSAGE"])
        return {"createdAt": self._time(), "type": type_, "count": self._chance.randrange(1000), **self._who()}

    def _action(self) -> Event:
        return {"createdAt": self._time(), "type": "action.call", "name": self._chance.choice("xyz"), **self._who()}

    def _rating(self) -> Event:
        return {"createdAt": self._time(), "value": self._chance.choice([-100, -1, 0, 1, 0.5, 100]), **self._who()}

    def _contact(self) -> Event:
        return {"createdAt": self._time(), "id": f"p-{self._chance.randrange(16)}", "name": "Ann"}

    def revised(self, event: Event) -> Event:
        """The same event as a later or an earlier word about it: corrected, deleted, or with its time moved."""
        word = {name: value for name, value in event.items() if name not in ("updatedAt", "deleted")}
        match self._chance.randrange(4):
            case 0:
                word["deleted"] = True
            case 1 if word["kind"] == "conversation":
                word["startedAt"] = self._moved(word["startedAt"])
            case 1:
                word["createdAt"] = self._moved(word["createdAt"])
            case _:
                word |= getattr(self, f"_{word['kind']}")() | {
                    name: value for name, value in word.items() if name in (*TIMES, "id")
                }
        if self._chance.random() < 0.6:
            self._versions += 1
            word["updatedAt"] = self._now - self._chance.randrange(80) * DAY - 2 * self._versions - 1
        return word

    def _moved(self, at: int) -> int:
        """Within the hour: the hour is part of what an event is."""
        hour = 60 * MINUTE
        return at - at % hour + 2 * self._chance.randrange(hour // 2)

    def wire(self, event: Event) -> Event:
        """The event as somebody may send it: any order of fields, times as numbers or as text in any offset."""
        fields = list(event.items())
        self._chance.shuffle(fields)
        return {name: self._told(value) if name in TIMES else value for name, value in fields}

    def _told(self, at: int) -> int | str:
        if self._chance.random() < 0.5:
            return at
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
        if self._chance.random() < 0.5:
            return moment.isoformat().replace("+00:00", "Z")
        hours = self._chance.choice([-8, 1, 5.75])
        return (moment + timedelta(hours=hours)).replace(tzinfo=None).isoformat() + _offset(hours)


def _offset(hours: float) -> str:
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
