"""Random activity: events of all kinds, in many versions, as anybody may write them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from tests.simulation.ledger import ANCHORS

Event = dict[str, Any]
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
BOTS = ("b-1", "b-2", "b/3", "b#4")
CONVERSATIONS = tuple(f"c-{number}" for number in range(30))
RESOURCES = ("dataset", "record", "skillset", "ability", "file", "bot", "portal", "blueprint", "widget")
KINDS = {"conversation": 8, "message": 8, "usage": 3, "action": 3, "rating": 3, "contact": 2, "resource": 3}
USAGE = ("CHATBOTKIT_BASE_TOKEN", "X_TOKEN", "gpt_tokens", "Token", "IMAGE", "TOKENIZER", "betoken", "token_count")
TIMES = ("startedAt", "createdAt", "conversationStartedAt", "endedAt", "updatedAt")
WHO = ("botId", "botName", "contactId", "contactName")
OPTIONAL = {
    "conversation": (*WHO, "channel", "endedAt"),
    "message": (*WHO, "tokens"),
    "usage": (*WHO, "conversationId"),
    "action": (*WHO, "conversationId"),
    "rating": (*WHO, "conversationId", "messageId", "reason"),
    "contact": ("name", "email", "nick"),
    "resource": ("name", "createdAt", "count", "limit"),
}


class Begun(NamedTuple):
    """A conversation, which somebody may describe or not."""

    source: Event
    id: str
    at: int
    who: Event


class Activity:
    """Events up to 70 days before `now`, many of them close to each other, to midnights and to the edges of windows.

    A few conversations have most of the messages, one bot does most of it, and two kinds are most of the events. In
    a crowd there are more contacts than any list has.
    """

    def __init__(self, chance: Random, now: int, *, is_crowd: bool) -> None:
        self._chance = chance
        self._now = now
        zones = (-300, -240, 0, 60, 120, 330, 345)  # minutes east of UTC
        self._edges = [now - days * DAY for days in (7, 14, 28, 30, 60)]
        self._edges += [(now // DAY - day) * DAY - zone * MINUTE for day in range(1, 35) for zone in zones]
        self._hot = [now - chance.randrange(days * DAY) for days in (1, 1, 7, 14, 30, 60)]
        self._versions = 0
        self.contacts = [f"p-{number}" for number in range(400 if is_crowd else chance.choice([4, 12]))]
        often = ("rating", "contact") if is_crowd else chance.sample(list(KINDS), 2)
        self._weights = [weight * (6 if kind in often else 1) for kind, weight in KINDS.items()]
        self._week = chance.randrange(3)
        self._begun = [
            Begun(self._source(), chance.choice(CONVERSATIONS), self._lately(), self._who()) for _ in range(20)
        ]

    def _time(self) -> int:
        """Even, so that it never equals an `updatedAt`."""
        chance = self._chance.random()
        if chance < 0.3:
            at = self._chance.choice(self._edges) + self._chance.choice([-1, 0, 1, 15 * MINUTE, -15 * MINUTE])
        elif chance < 0.6:
            at = self._chance.choice(self._hot) + self._chance.randrange(4) * 5 * MINUTE
        elif chance < 0.65:
            at = self._now + self._chance.randrange(10 * MINUTE)
        else:
            at = self._now - self._chance.randrange(70 * DAY)
        return at - at % 2

    def _lately(self) -> int:
        """Mostly in a week of the month, the same one for all."""
        return self._chance.choice(
            [self._time(), self._now - self._week * 7 * DAY - 2 * self._chance.randrange(3 * DAY)]
        )

    def _maybe(self, often: float, **fields: Any) -> Event:
        """The fields, so often."""
        return fields if self._chance.random() < often else {}

    def event(self) -> Event:
        """A new event, times in epoch milliseconds."""
        [kind] = self._chance.choices(list(KINDS), self._weights)
        more: Event = getattr(self, f"_{kind}")()
        number = self._chance.randrange(10 ** (9 if kind == "message" else self._chance.choice([1, 9, 9, 9])))
        return {"kind": kind, "id": f"{kind[0]}-{number}", **self._source(), **self._unknown(), **more}

    def _source(self) -> Event:
        return self._chance.choice([{}, {}, {}, {"source": "crm"}, {"source": "desk"}])

    def _unknown(self) -> Event:
        return self._maybe(0.1, app={"seen": self._chance.random() < 0.5, "by": [1, "x", None]})

    def _who(self) -> Event:
        bot, contact = self._chance.choice([BOTS[0], BOTS[0], BOTS[0], *BOTS]), self._chance.choice(self.contacts)
        return {
            **self._maybe(0.8, botId=bot, **self._maybe(0.1, botName=self._name(bot))),
            **self._maybe(0.7, contactId=contact, **self._maybe(0.1, contactName=self._name(contact))),
        }

    def _name(self, of: str) -> str:
        return self._chance.choice(["", f"{of} the First", f"{of} the Second", f"Zoë {of}", of.upper()])

    def _conversation(self) -> Event:
        if self._chance.random() < 0.5:
            return {"startedAt": self._time(), **self._who()}
        begun = self._some()
        return {"id": begun.id, "startedAt": begun.at, **begun.who, **self._maybe(0.3, channel="web")} | begun.source

    def _some(self) -> Begun:
        """The first of them most often."""
        return self._begun[int(len(self._begun) * self._chance.random() ** 3)]

    def _message(self) -> Event:
        types = ["user", "user", "user", "bot", "activity", "reasoning"]
        return {"type": self._chance.choice(types), **self._said_in(self._some())}

    def _said_in(self, begun: Begun) -> Event:
        """In the hour of its conversation or in a later one. Some name an hour in which no such conversation began."""
        later = self._chance.choice([20 * MINUTE, 20 * MINUTE, 5 * HOUR, 3 * DAY])
        at = min(begun.at + 2 * self._chance.randrange(later // 2), self._now)
        return {
            "createdAt": self._chance.choice([at, at, at, at, at, at, at, self._time()]),
            "conversationId": begun.id,
            "conversationStartedAt": self._chance.choice(
                [*[begun.at] * 7, self._moved(begun.at), self._moved(begun.at), self._time()]
            ),
            **begun.source,
            **self._maybe(0.5, tokens=self._chance.choice([100, self._chance.randrange(500)])),
            **self._chance.choice([begun.who, self._who()]),
        }

    def talks(self) -> list[Event]:
        """Conversations with as many user messages as lie on either side of an edge between two depths."""
        events: list[Event] = []
        for begun in self._begun[:10]:
            described = {"id": begun.id, "startedAt": begun.at, **begun.source, **begun.who}
            events.append({"kind": "conversation", **described})
            for _ in range(self._chance.choice([0, 1, 2, 3, 4, 10, 11])):
                message = {"kind": "message", "id": f"m-{self._chance.randrange(10**9)}", "type": "user"}
                events.append(message | self._said_in(begun))
        return events

    def _usage(self) -> Event:
        count = self._chance.choice([100, self._chance.randrange(10 ** self._chance.choice([1, 2, 4, 7, 10]))])
        return {"createdAt": self._time(), "type": self._chance.choice(USAGE), "count": count} | self._about()

    def _action(self) -> Event:
        type_ = self._chance.choice(["action.call", "action.search", "note"])
        return {"createdAt": self._time(), "type": type_, "name": self._chance.choice("vwxyz")} | self._about()

    def _rating(self) -> Event:
        values = [-100, -60, -1, -1, -0.5, 0, 0.5, 1, 100]
        return {
            "createdAt": self._time(),
            "value": self._chance.choice(values),
            **self._about(),
            **self._maybe(0.3, messageId="m-1"),
            **self._maybe(0.5, reason=self._chance.choice(["too slow", "wrong", ""])),
        }

    def _about(self) -> Event:
        return self._who() | self._maybe(0.6, conversationId=self._chance.choice(CONVERSATIONS))

    def _contact(self) -> Event:
        contact = self._chance.choice(self.contacts)
        return {
            "id": contact,
            "createdAt": self._time(),
            **self._maybe(0.6, name=self._name(contact)),
            **self._maybe(0.5, email=self._chance.choice(["", f"{contact}@example.org"])),
            **self._maybe(0.5, nick=f"nick of {contact}"),
        }

    def _resource(self) -> Event:
        type_ = self._chance.choice(RESOURCES)
        name = self._chance.choice(BOTS) if type_ == "bot" else f"{type_[0]}-{self._chance.randrange(6)}"
        return {
            "id": name,
            "type": type_,
            "updatedAt": self._version(),
            **self._maybe(0.7, name=self._name(name)),
            **self._maybe(0.7, createdAt=self._time()),
            **self._maybe(0.7, count=self._chance.randrange(60)),
            **self._maybe(0.4, limit=self._chance.choice([0, 5, 50, 60, 70, 80, 90, 100])),
        }

    def _version(self) -> int:
        """Odd, and never the same twice."""
        self._versions += 1
        return self._now - self._chance.randrange(80) * DAY - 2 * self._versions - 1

    def revised(self, event: Event) -> Event:
        """A later or an earlier word about the same event: corrected, deleted, or with its time moved. Now and then it is
        about another event, because the source or the hour are part of what an event is."""
        word = {name: value for name, value in event.items() if name not in ("updatedAt", "deleted")}
        anchor = ANCHORS.get(event["kind"])
        match self._chance.randrange(20):
            case 0 | 1 | 2 | 3 | 4:
                word["deleted"] = True
                if "updatedAt" in event and self._chance.random() < 0.3 and anchor:
                    return word | {"updatedAt": event["updatedAt"]}
            case 5 | 6 | 7 | 8 if anchor:
                word[anchor] = self._moved(word[anchor])
            case 9 if anchor:
                word[anchor] += self._chance.choice([-2, -1, 1]) * HOUR
            case 10:
                word.pop("source", None)
                word |= self._source()
            case _:
                fresh: Event = getattr(self, f"_{word['kind']}")()
                kept = ("id", "source", *TIMES, *(("type",) if word["kind"] == "resource" else ()))
                word |= {name: value for name, value in fresh.items() if name not in kept} | self._unknown()
        return word | self._maybe(1 if word["kind"] == "resource" else 0.6, updatedAt=self._version())

    def _moved(self, at: int) -> int:
        """Within the hour."""
        return at - at % HOUR + 2 * self._chance.randrange(HOUR // 2)

    def wire(self, event: Event) -> Event:
        """The event as somebody may send it: fields in any order, what is not known told as null or not at all, times as
        numbers or as text in any offset."""
        told: Event = {name: None for name in OPTIONAL[event["kind"]] if self._chance.random() < 0.1}
        told |= self._maybe(0.1, source="api") | self._maybe(0.1, deleted=False) | self._maybe(0.1, updatedAt=None)
        if event["kind"] == "resource":
            told.pop("updatedAt", None)
        fields = list((told | event).items())
        self._chance.shuffle(fields)
        return {name: self._told(value) if name in TIMES and value is not None else value for name, value in fields}

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
