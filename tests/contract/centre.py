"""What the tests of contact-centre reports share: events in few words, random days, and which figures add up."""

from collections.abc import Mapping
from random import Random
from typing import Any, TypeAlias

from tests.fakes.world import World
from wallboard.model.time import HOUR, parse_instant
from wallboard.reports._report import Report

Event: TypeAlias = dict[str, Any]
NOW = "2026-11-21T10:20:00Z"
CENTRE: Mapping[str, Report] = {
    report.id: report
    for report in sorted(World().parts.catalog, key=lambda each: each.id)
    if report.category == "centre"
}
RESOLUTION = "wb-first-contact-resolution"
BUILT = {id: report for id, report in CENTRE.items() if id != RESOLUTION}
"""Those that are columns over cubes. The other reads interactions one by one, and stands beside no other period."""

SHARED = {"surveyed", "answeredInbound"}
"""Counts of interactions in rows of questions: one interaction answers several."""

_OF_LOG_INS = {"logInTime", "awayTime", "sessionDuration"}
_TIMES_THAT_ADD_UP = {"time", "workTime", "handleTime", "vendorSessionDuration", "vendorAwayTime", *_OF_LOG_INS}


def add_up(answer: Mapping[str, Any]) -> list[str]:
    """The figures of an answer whose parts are the whole: counts, and sums of times."""
    return [
        name
        for name, about in answer["definitions"].items()
        if (about["unit"] not in ("percent", "score", "agents", "seconds") or name in _TIMES_THAT_ADD_UP)
        and name not in SHARED
    ]


def is_delivered(id: str, name: str) -> bool:
    """Whether a figure of a report is null, and not 0, where no source tells it."""
    return name in _OF_LOG_INS or id == "wb-queue-figures" or (id == "wb-productivity" and name.startswith("vendor"))


def interaction(id: str, at: str | int = "2026-11-20T09:00:00Z", **more: Any) -> Event:
    """A call that came in, unless told otherwise."""
    return {"kind": "interaction", "id": id, "startedAt": at, "channel": "voice", "direction": "inbound", **more}


def leg(id: str, of: str, at: str | int = "2026-11-20T09:00:00Z", **more: Any) -> Event:
    return {"kind": "leg", "id": id, "interactionId": of, "interactionStartedAt": at, **more}


def waited(
    id: str, seconds: float, at: str | int = "2026-11-20T09:00:00Z", *, outcome: str = "answered", **more: Any
) -> Event:
    """A call that waited so long in the queue."""
    return interaction(id, at, outcome=outcome, durations={"queue": seconds}, **more)


def spell(kind: str, id: str, agent: str, word: str, began: str | int, ended: str | int, **more: Any) -> Event:
    """A session or a status."""
    said = {"activity" if kind == "session" else "status": word}
    return {"kind": kind, "id": id, "agentId": agent, "startedAt": began, "endedAt": ended, **said, **more}


def world_of(*events: Event, now: str = NOW) -> World:
    """A world in which just this happened, folded."""
    world = World(now=now)
    receipt = world.push(*events)
    assert not receipt.rejected, receipt.rejected
    world.fold()
    return world


def delivered(seed: int, id: str, at: int, source: str) -> list[Event]:
    """What a source has added up, of an agent and of a queue."""
    chance = Random(f"{seed}:{id}")
    of_agents = [
        "session_duration",
        "away_time",
        "acd",
        "acw",
        "asa",
        "inbound_conversations",
        "outbound_conversations",
    ]
    of_queues = ["offered", "answered", "abandoned", "short_abandoned", "answered_within", "abandoned_within", "completed",
                 "queue_time_answered", "talk", "hold"]  # fmt: skip
    about = {"source": source, "startedAt": at, "endedAt": at + HOUR}
    agent = {"agentId": chance.choice(["1", "2", "3"]), "figures": {name: chance.randrange(90) for name in of_agents}}
    queue = {"queueId": chance.choice(["p", "q"]), "figures": {name: chance.randrange(90) / 8 for name in of_queues}}
    return [
        {"kind": "agent_interval", "id": f"of-agent-{id}", **about, **agent},
        {"kind": "queue_interval", "id": f"of-queue-{id}", **about, **queue},
    ]


def day_by_day(seed: int, first: str, last: str, *, count: int = 250) -> list[Event]:
    """Random events of all kinds that the reports are about, between two instants."""
    chance, start, end = Random(seed), parse_instant(first), parse_instant(last)
    events: list[Event] = []
    for number in range(count):
        at = chance.randrange(start, end)
        who = {
            "source": chance.choice(["north", "south"]),
            "agentId": chance.choice(["1", "2", "3"]),
            "teamId": chance.choice(["t", "u"]),
        }
        queue = {"queueId": chance.choice(["p", "q"])}
        call = interaction(
            f"i-{number}",
            at,
            **who | queue,
            channel=chance.choice(["voice", "chat"]),
            direction=chance.choice(["inbound", "inbound", "outbound"]),
            outcome=chance.choice(["answered", "answered", "abandoned", "abandoned_in_menu"]),
            queuedAt=at,
            endedAt=at + number * 60_000,
            contactId=f"c-{chance.randrange(40)}",
            slaMet=chance.choice([True, False, None]),
            disposition=chance.choice(["Done", "Later", None]),
            durations={"queue": chance.randrange(300_000) / 1000, "ivr": chance.randrange(9_000) / 1000},
        )
        events.append(call)
        for nth in range(chance.randrange(3)):
            times = {
                name: chance.randrange(400_000) / 1000 for name in ("talk", "hold", "wrap") if chance.random() < 0.8
            }
            mine = who | {"agentId": chance.choice(["1", "2", "3"])}
            events.append(leg(f"l-{number}.{nth}", f"i-{number}", at, **mine, acceptedAt=at, durations=times))
        events.append({"kind": "survey", "id": f"v-{number}", "answeredAt": at, "score": chance.randrange(1, 6), **who})
        until = chance.randrange(at, at - at % HOUR + HOUR)
        words = {"session": ["login", "away"], "status": ["busy", "available"]}
        at_work = {"source": who["source"]}
        events += delivered(seed, str(number), at, who["source"])
        for kind, some in words.items():
            events.append(spell(kind, f"{kind}-{number}", who["agentId"], chance.choice(some), at, until, **at_work))
    return events
