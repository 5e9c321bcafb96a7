"""Random events of a contact centre, in many versions: corrected, deleted, late, told twice, and with much left out."""

from collections.abc import Sequence
from random import Random
from typing import Any

Event = dict[str, Any]
HOUR, DAY = 3_600_000, 86_400_000
ANCHORS = {
    "interaction": "startedAt",
    "leg": "interactionStartedAt",
    "session": "startedAt",
    "status": "startedAt",
    "survey": "answeredAt",
    "interaction_detail": "anchoredAt",
    "agent_interval": "startedAt",
    "queue_interval": "startedAt",
}
MOVED = ("interaction", "leg", "survey", "interaction_detail", "agent_interval", "queue_interval")
OF_AGENTS = ("log_in", "away", "session_duration", "away_time", "acd", "acw", "asa", "avg_hold_time", "avg_ring_duration",
             "inbound_conversations", "outbound_conversations", "presented")  # fmt: skip
OF_QUEUES = ("offered", "answered", "abandoned", "short_abandoned", "answered_within", "abandoned_within", "completed",
             "queue_time_answered", "queue_time_abandoned", "talk", "hold", "wrap", "waitDur")  # fmt: skip
OUTCOMES = ("answered", "answered", "answered", "abandoned", "abandoned", "abandoned_in_menu", "voicemail", "deflected",
            "missed", "failed", "scheduled", "in_progress", "unknown")  # fmt: skip
CHANNELS, QUEUES, TEAMS, AGENTS = ("voice", "chat", "email"), ("q", "q:2"), ("t", "u"), ("1", "2", "3")
SOURCES = ("north", "south")
ACTIVITIES = ("login", "login", "away", "lunch", "acw")
STATUSES = ("available", "busy", "break", "training", "offline")
QUESTIONS: tuple[Event, ...] = (
    {},
    {"questionNumber": 1, "question": "How was it?"},
    {"questionNumber": 2, "question": "Solved?"},
    {"questionNumber": 1},
)


class CentreActivity:
    """Events up to 40 days before `now`, many of them close to midnights, full hours and each other."""

    def __init__(self, chance: Random, now: int) -> None:
        self._chance, self._now, self._versions = chance, now, 0
        self._hot = [now - chance.randrange(days * DAY) for days in (1, 2, 8, 30)]
        self._calls: list[Event] = []
        self._legs: list[Event] = []

    def _time(self) -> int:
        """Even: it never equals an `updatedAt`."""
        chance = self._chance
        edge = self._now - self._now % DAY - chance.randrange(35) * DAY - chance.choice([0, 1, 2, 5.75]) * HOUR
        at = chance.choice(
            [
                int(edge) + chance.choice([-2, 0, 2]),
                chance.choice(self._hot) + chance.randrange(4) * 900_000,
                self._now - chance.randrange(40 * DAY),
            ]
        )
        return min(at, self._now) // 2 * 2

    def _maybe(self, often: float, **fields: Any) -> Event:
        return fields if self._chance.random() < often else {}

    def _seconds(self) -> float:
        """0, a whole threshold, a millisecond beside it, or anything."""
        chance = self._chance
        whole = chance.choice([0, 5, 20, 120, chance.randrange(120), chance.randrange(5_000)])
        return max(0, whole * 1000 + chance.choice([0, 0, 1, -1, chance.randrange(1000)])) / 1000

    def _durations(self, *names: str) -> Event:
        found = {
            name: self._chance.choice([self._seconds(), self._seconds(), None])
            for name in names
            if self._chance.random() < 0.6
        }
        return self._maybe(0.8, durations=found)

    def _places(self, often: float) -> Event:
        chance = self._chance
        return {
            **self._maybe(often, queueId=chance.choice(QUEUES)),
            **self._maybe(often, teamId=chance.choice(TEAMS)),
            **self._maybe(often, agentId=chance.choice(AGENTS)),
        }

    def event(self) -> Event:
        """A new one, times in epoch milliseconds."""
        rare = [
            "session",
            "status",
            "survey",
            "interaction_detail",
            "interaction_detail",
            "agent_interval",
            "queue_interval",
        ]
        kind = self._chance.choice(["interaction"] * 4 + ["leg"] * 5 + rare)
        made: Event = {
            "kind": kind,
            "id": f"{kind[0]}{self._chance.randrange(10**9)}",
            "source": self._chance.choice(SOURCES),
        }
        fresh: Event = getattr(self, f"_{kind}")()
        made |= fresh
        if kind in ("interaction", "leg"):
            {"interaction": self._calls, "leg": self._legs}[kind].append(made)
        return made

    def _interaction(self) -> Event:
        chance, at = self._chance, self._time()
        return {
            "startedAt": at,
            "channel": chance.choice(CHANNELS),
            "direction": chance.choice(["inbound", "inbound", "inbound", "outbound", "internal"]),
            **self._places(0.6),
            **self._maybe(0.6, outcome=chance.choice(OUTCOMES)),
            **self._maybe(0.6, queuedAt=at + 2 * chance.randrange(30_000)),
            **self._maybe(0.6, answeredAt=at + 2 * chance.randrange(90_000)),
            **self._maybe(0.8, endedAt=self._over(at)),
            **self._maybe(0.7, contactId=f"c{chance.randrange(30)}"),
            **self._maybe(0.4, conversationId=f"v{chance.randrange(30)}"),
            **self._maybe(0.3, transfers=chance.randrange(3)),
            **self._maybe(0.3, agents=chance.randrange(4)),
            **self._maybe(0.5, slaMet=chance.choice([True, False])),
            **self._disposed(),
            **self._durations("queue", "ivr", "billing"),
        }

    def _over(self, at: int) -> int:
        """Within minutes; now and then on another day, or, as clocks differ, before it began."""
        lasted = self._chance.choice([500_000] * 8 + [30 * DAY // 2, -30_000])
        return at + 2 * self._chance.randrange(abs(lasted)) * (1 if lasted > 0 else -1)

    def _disposed(self) -> Event:
        said = {"disposition": self._chance.choice(["Done", "Later", ""])}
        return self._maybe(0.4, **said, **self._maybe(0.7, dispositionSuccess=self._chance.choice([True, False])))

    def _leg(self) -> Event:
        """Of a call that is known; now and then of another hour than its own, or of none at all. One that says what came of
        it has ended: which of two legs without an end is the last, nothing says."""
        chance = self._chance
        call: Event = (
            chance.choice(self._calls)
            if self._calls and chance.random() < 0.95
            else {"id": "i0", "startedAt": self._time()}
        )
        at = call["startedAt"]
        about = chance.choice([at, at, at, at - at % HOUR + 2 * chance.randrange(HOUR // 2), at - HOUR])
        begun = at + 2 * chance.randrange(90_000)
        return {
            "interactionId": call["id"],
            "interactionStartedAt": min(about, self._now),
            **({"source": call["source"]} if "source" in call and chance.random() < 0.95 else {}),
            **self._maybe(0.8, agentId=chance.choice(AGENTS)),
            **self._maybe(0.3, queueId=chance.choice(QUEUES), teamId=chance.choice(TEAMS)),
            **self._maybe(0.3, channel=chance.choice(CHANNELS), direction=chance.choice(["inbound", "outbound"])),
            **self._maybe(0.6, acceptedAt=begun),
            **(ended := self._maybe(0.6, endedAt=begun + 2 * chance.randrange(300_000))),
            **self._maybe(
                0.7, outcome=chance.choice(["accepted", "accepted", "declined", "missed", "transferred", "unknown"])
            ),
            **(self._disposed() if ended else {}),
            **self._durations("talk", "hold", "wrap", "handle", "ring"),
        }

    def _interaction_detail(self) -> Event:
        """Of one of the last legs, or of its interaction, in their hour mostly: so some are told of more than once."""
        chance = self._chance
        leg: Event = (
            chance.choice(self._legs[-4:])
            if self._legs
            else {"interactionId": "i0", "interactionStartedAt": self._time()}
        )
        at = leg["interactionStartedAt"]
        about = chance.choice([at, at, at, at - at % HOUR + 2 * chance.randrange(HOUR // 2), at - HOUR])
        told: Event = {"hold": [self._seconds(), self._seconds(), None, -2], "wrap": [self._seconds()], "turns": [3]}
        figures = {name: chance.choice(values) for name, values in told.items() if chance.random() < 0.6}
        return {
            "interactionId": leg["interactionId"],
            "anchoredAt": min(about, self._now),
            **({"source": leg["source"]} if "source" in leg else {}),
            **(self._maybe(0.4, legId=leg["id"]) if "id" in leg else {}),
            **self._maybe(0.9, figures=figures),
        }

    def _spell(self) -> Event:
        """Of minutes or of up to 30 hours, now and then up to a full hour; sometimes it is still open."""
        chance, at = self._chance, self._time()
        return {"startedAt": at, "agentId": chance.choice(AGENTS), **self._maybe(0.95, endedAt=self._end(at))}

    def _end(self, at: int) -> int:
        end = at + 2 * self._chance.randrange(self._chance.choice([HOUR, 3 * HOUR, 30 * HOUR]) // 2)
        return end if self._chance.random() < 0.8 else end - end % HOUR + HOUR

    def _session(self) -> Event:
        return {**self._spell(), "activity": self._chance.choice(ACTIVITIES)}

    def _status(self) -> Event:
        return {**self._spell(), "status": self._chance.choice(STATUSES)}

    def _survey(self) -> Event:
        chance = self._chance
        who = {name: value for name, value in self._places(0.7).items() if name != "queueId"}
        score = chance.choice([1, 2, 3, 4, 4, 5, 5, 3.5, 9, 10, 0, -1])
        scale = self._maybe(0.7, scale=chance.choice([5, 5, 10]))
        about = [call["id"] for call in self._calls[-5:]] or ["i0"]
        of = self._maybe(0.6, interactionId=chance.choice(about))
        return {"answeredAt": self._time(), "score": score, **scale, **who, **of, **chance.choice(QUESTIONS)}

    def _interval(self, names: Sequence[str]) -> Event:
        """Some tell hardly anything; now and then a figure is beyond all measure."""
        chance, at, often = self._chance, self._time(), self._chance.choice([0.1, 0.9])
        figures: Event = {}
        for name in names:
            odd = chance.choice([None, -1, 1e18, 1e-6])
            value = chance.choice([self._seconds(), self._seconds(), chance.randrange(9), odd])
            figures |= self._maybe(often, **{name: value})
        return {"startedAt": at, "endedAt": at + chance.choice([HOUR // 2, HOUR, DAY]), "figures": figures}

    def _agent_interval(self) -> Event:
        about = {"agentId": self._chance.choice(AGENTS), **self._maybe(0.2, queueId=self._chance.choice(QUEUES))}
        return {**self._interval(OF_AGENTS), **about}

    def _queue_interval(self) -> Event:
        return {**self._interval(OF_QUEUES), "queueId": self._chance.choice(QUEUES)}

    def revised(self, event: Event) -> Event:
        """A later or an earlier word about the same: corrected, deleted, moved within its hour, or about another hour, which is
        another event."""
        chance, anchor = self._chance, ANCHORS[event["kind"]]
        word = {name: value for name, value in event.items() if name not in ("updatedAt", "deleted")}
        match chance.randrange(8):
            case 0 | 1:
                word["deleted"] = True
            case 2 if event["kind"] in MOVED:
                word[anchor] += chance.choice([-1, 1]) * HOUR
                word[anchor] = min(word[anchor], self._now)
            case 3 if event["kind"] in MOVED:
                word[anchor] = min(word[anchor] - word[anchor] % HOUR + 2 * chance.randrange(HOUR // 2), self._now)
            case _:
                fresh: Event = getattr(self, f"_{word['kind']}")()
                times = ("startedAt", "interactionStartedAt", "interactionId", "answeredAt", "anchoredAt", "source")
                kept = times if word["kind"] != "interaction" else ("startedAt",)
                same = {name: value for name, value in word.items() if name in ("kind", "id", "source", *kept)}
                word = {name: value for name, value in fresh.items() if name not in kept} | same
                if word["kind"] in ("session", "status") and "endedAt" in word:
                    word["endedAt"] = self._end(word["startedAt"])
        return word | self._maybe(0.6, updatedAt=self._version())

    def _version(self) -> int:
        """Odd, and never the same twice."""
        self._versions += 1
        return self._now - self._chance.randrange(40) * DAY - 2 * self._versions - 1
