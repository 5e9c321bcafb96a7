"""The plain recount of contact-centre reports: from the accepted events alone, as metrics.md defines the figures. Standard
library only."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.simulation.centre_activity import ANCHORS, HOUR, Event
from tests.simulation.centre_details import NOT_TAKEN, Details, durations, figures_of, handled

PLACES = ("source", "channel", "direction", "queue", "team", "agent")
KNOWN = {
    "contacts": PLACES,
    "endings": PLACES,
    "legs": PLACES,
    "segments": (*PLACES, "segment"),
    "dispositions": (*PLACES, "disposition", "success"),
    "presence": ("source", "agent"),
    "statuses": ("source", "agent", "status"),
    "answers": ("source", "team", "agent", "question_number", "question"),
    "agent_intervals": ("source", "agent"),
    "queue_intervals": ("source", "queue"),
}
"""By what each kind of figures can be grouped and filtered."""


def latest(accepted: Iterable[tuple[Event, int]]) -> list[Event]:
    """The last word about each event, unless it says that the event is gone. Without an updatedAt, the time at which just this
    was first received decides."""
    words = [({name: value for name, value in event.items() if value is not None}, at) for event, at in accepted]
    first: dict[str, int] = {}
    for event, at in words:
        first[_text(event)] = min(at, first.get(_text(event), at))
    last: dict[Any, tuple[tuple[int, bool], Event]] = {}
    for event, _ in words:
        rank = event.get("updatedAt", first[_text(event)]), event.get("deleted", False)
        known = last.get(identity(event))
        assert known is None or known[0] != rank or known[1] == event, "nothing says which of two words is the last"
        if known is None or rank > known[0]:
            last[identity(event)] = rank, event
    return [event for _, event in last.values() if not event.get("deleted")]


def identity(event: Event) -> Any:
    return event["kind"], event["source"], event["id"], event[ANCHORS[event["kind"]]] // HOUR


def _text(event: Event) -> str:
    return json.dumps(event, sort_keys=True)


@dataclass(frozen=True)
class Thing:
    """Something that is counted: when it began, what it can be grouped by, and what it says."""

    at: int
    places: dict[str, str]
    says: dict[str, Any]
    ends: int = 0


@dataclass
class Contact:
    """An interaction with the legs that name it, in its hour, and what was `told` of it later."""

    row: Event
    told: dict[str, int]
    legs: list[Event] = field(default_factory=list)

    @property
    def durations(self) -> dict[str, int]:
        return self.told | durations(self.row)

    @property
    def taken(self) -> list[Event]:
        legs = [leg for leg in self.legs if "acceptedAt" in leg]
        return sorted(legs, key=lambda leg: (leg["acceptedAt"], leg.get("agentId", "")))

    @property
    def outcome(self) -> str:
        if "outcome" in self.row:
            return str(self.row["outcome"])
        if "answeredAt" in self.row or self.taken:
            return "answered"
        if "endedAt" not in self.row:
            return "in_progress"
        return "abandoned" if "queuedAt" in self.row else "unknown"

    @property
    def agent(self) -> str:
        """Who was connected first."""
        return str(self.row.get("agentId") or next((leg["agentId"] for leg in self.taken if "agentId" in leg), ""))

    @property
    def agents(self) -> int:
        """As its legs have it; else as reported; else the one that is named."""
        seen = {leg["agentId"] for leg in self.legs if "agentId" in leg and leg.get("outcome") not in NOT_TAKEN}
        return len(seen) or int(self.row.get("agents", "agentId" in self.row))

    @property
    def transfers(self) -> int:
        return int(self.row.get("transfers", max(0, self.agents - 1)))

    @property
    def is_transferred(self) -> bool:
        return self.transfers > 0 or self.agents > 1

    @property
    def is_offered(self) -> bool:
        return self.row["direction"] == "inbound" and ("queuedAt" in self.row or "queue" in self.durations)

    @property
    def wait(self) -> int | None:
        """From the queue to the first person, or to the end where nobody answered."""
        if "queue" in self.durations:
            return self.durations["queue"]
        end = self.row.get("endedAt")
        if self.outcome == "answered":
            end = self.row.get("answeredAt")
            if end is None and self.taken:
                end = self.taken[0]["acceptedAt"]
        queued = self.row.get("queuedAt")
        return None if end is None or queued is None or end < queued else end - queued

    @property
    def disposition(self) -> tuple[str, str]:
        """The interaction's own; else that of the leg that ended last."""
        for said in (self.row, *sorted(self.legs, key=lambda leg: -leg.get("endedAt", 0))):
            if said.get("disposition"):
                return said["disposition"], {"True": "yes", "False": "no"}.get(str(said.get("dispositionSuccess")), "")
        return "", ""

    def places(self) -> dict[str, str]:
        row = self.row
        own = [
            row["source"],
            row["channel"],
            row["direction"],
            row.get("queueId", ""),
            row.get("teamId", ""),
            self.agent,
        ]
        return dict(zip(PLACES, own, strict=True))


def things(events: list[Event]) -> dict[str, list[Thing]]:
    """Everything that is counted, by its kind."""
    details = Details(events)
    calls = {
        (row["source"], row["id"], row["startedAt"] // HOUR): Contact(
            row, details.of_interaction(row["source"], row["startedAt"], row["id"])
        )
        for row in events
        if row["kind"] == "interaction"
    }
    taken = Counter(
        map(_whole, (each for each in events if each["kind"] == "leg" and each.get("outcome") not in NOT_TAKEN))
    )
    found: dict[str, list[Thing]] = {kind: [] for kind in KNOWN}
    for leg in sorted((event for event in events if event["kind"] == "leg"), key=lambda leg: leg["id"]):
        call = calls.get(_whole(leg))
        if call:
            call.legs.append(leg)
        row = call.row if call else {}
        own = {name: leg.get(key) or row.get(key) or "" for name, key in _KEYS.items()} | {
            "agent": leg.get("agentId", "")
        }
        is_alone = taken[_whole(leg)] == 1 and leg.get("outcome") not in NOT_TAKEN
        times = handled(leg, details.of_leg(leg, is_alone))
        found["legs"].append(Thing(leg["interactionStartedAt"], own, leg | {"handled": times}))
    for call in calls.values():
        at, places, says = call.row["startedAt"], call.places(), {"contact": call}
        found["contacts"].append(Thing(at, places, says))
        if at <= call.row.get("endedAt", -1) < at + 92 * 24 * HOUR:
            found["endings"].append(Thing(call.row["endedAt"], places, says))
        for name, time in call.durations.items():
            found["segments"].append(Thing(at, places | {"segment": name}, {"time": time}))
        if call.outcome == "answered":
            words = dict(zip(("disposition", "success"), call.disposition, strict=True))
            found["dispositions"].append(Thing(at, places | words, says))
    for event in events:
        who = {"source": event["source"], "agent": event.get("agentId", "")}
        if event["kind"] in ("session", "status"):
            kind, word = {"session": ("presence", "activity"), "status": ("statuses", "status")}[event["kind"]]
            end = event["endedAt"] if "endedAt" in event else event["startedAt"]  # without an end it takes no time yet
            found[kind].append(Thing(event["startedAt"], who | {word: event[word]}, {}, end))
        if event["kind"] == "survey":
            asked = {"question_number": str(event.get("questionNumber") or ""), "question": event.get("question", "")}
            places = who | asked | {"team": event.get("teamId", "")}
            found["answers"].append(Thing(event["answeredAt"], places, event))
        if event["kind"] in ("agent_interval", "queue_interval"):
            places = {"source": event["source"], "agent": event.get("agentId", ""), "queue": event.get("queueId", "")}
            found[f"{event['kind']}s"].append(Thing(event["startedAt"], places, event))
    return found


_KEYS = {"source": "source", "channel": "channel", "direction": "direction", "queue": "queueId", "team": "teamId"}


def _whole(leg: Event) -> tuple[str, str, int]:
    """The interaction of which it is a leg."""
    return leg["source"], leg["interactionId"], leg["interactionStartedAt"] // HOUR


@dataclass(frozen=True)
class View:
    """What lies in one stretch of time and one group; a kind that does not know what is grouped or filtered by has None."""

    things: dict[str, list[Thing] | None]
    start: int
    end: int
    surveyors: AbstractSet[str] = frozenset()
    """The sources of the group that tell of surveys, in the whole period or the one before."""
    tellers: AbstractSet[str] = frozenset()
    """The sources of the group that tell of agents at work or away at all, in the whole period or the one before."""
    wider: "View | None" = None
    """The same without the keys of the report, such as the question of a survey."""

    def of(self, kind: str) -> list[Thing]:
        return self.things[kind] or []

    def across(self, kind: str) -> list[Thing]:
        """Also what does not know the keys of the report."""
        return (self.wider or self).of(kind)

    def contacts(self, keep: Callable[[Contact], bool] = lambda contact: True) -> list[Contact]:
        return [found for thing in self.of("contacts") if keep(found := thing.says["contact"])]

    def time(self, kind: str, keep: Callable[[str], bool] = lambda word: True) -> int | None:
        """Milliseconds of spells inside, where there may be any."""
        if self.things[kind] is None:
            return None
        word = {"presence": "activity", "statuses": "status"}[kind]
        inside = (
            (max(each.at, self.start), min(each.ends, self.end)) for each in self.of(kind) if keep(each.places[word])
        )
        return sum(max(0, end - start) for start, end in inside)

    def covered(self, keep: Callable[[Thing], bool]) -> int | None:
        """Milliseconds inside in which at least one of these spells goes on, agent by agent."""
        if self.things["presence"] is None or self.things["statuses"] is None:
            return None
        by_agent: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for each in filter(keep, (*self.of("presence"), *self.of("statuses"))):
            inside = max(each.at, self.start), min(each.ends, self.end)
            by_agent.setdefault((each.places["source"], each.places["agent"]), []).append(inside)
        whole = 0
        for spells in by_agent.values():
            reached = 0
            for start, end in sorted(spells):
                whole += max(0, end - max(start, reached))
                reached = max(reached, end)
        return whole

    def attended(self, keep: Callable[[Thing], bool], figure: str) -> int | None:
        """Milliseconds of such spells, and of what is told added up."""
        covered = self.covered(keep)
        if covered is None:
            return None
        added = [figures_of(each.says).get(figure, Fraction(0)) for each in self.of("agent_intervals")]
        return covered + sum(round(1000 * time) for time in added)

    def began(self) -> int | None:
        """How many spells in a status began inside."""
        spells = self.things["statuses"]
        return None if spells is None else sum(self.start <= each.at < self.end for each in spells)


def views(
    all_: dict[str, list[Thing]], by: tuple[str, ...], wanted: dict[str, set[str]], edges: list[int]
) -> dict[tuple[str, ...], list[View]]:
    """By group a view of each stretch between two edges."""
    found: dict[tuple[str, ...], list[View]] = {}
    for kind, each in all_.items():
        if not {*by, *wanted} <= {*KNOWN[kind]}:
            continue
        for thing in each:
            if all(thing.places[name] in values for name, values in wanted.items()):
                for place in _stretches(thing, edges):
                    group = tuple(thing.places[name] for name in by)
                    if group not in found:
                        found[group] = empty(by, wanted, edges, all_, dict(zip(by, group, strict=True)).get("source"))
                    inside = found[group][place].things[kind]
                    assert inside is not None
                    inside.append(thing)
    return found


def is_at_work(spell: Thing) -> bool:
    return spell.places.get("activity") == "login" or spell.places.get("status", "offline") != "offline"


def is_away(spell: Thing) -> bool:
    away = ("away", "break", "meal", "lunch", "training", "meeting")
    return spell.places.get("activity", spell.places.get("status")) in away


def empty(
    by: tuple[str, ...],
    wanted: dict[str, set[str]],
    edges: list[int],
    all_: dict[str, list[Thing]],
    source: str | None = None,
) -> list[View]:
    wanted_sources = {source} if source is not None else wanted.get("source")
    spells = (*all_["presence"], *all_["statuses"])
    tellers = {
        each.places["source"]
        for each in all_["agent_intervals"]
        if {"log_in", "away"} & figures_of(each.says).keys() and edges[0] <= each.at < edges[-1]
    } | {
        each.places["source"]
        for each in spells
        if (is_at_work(each) or is_away(each)) and max(each.at, edges[0]) < min(each.ends, edges[-1])
    }
    surveyors = {each.places["source"] for each in all_["answers"] if edges[0] <= each.at < edges[-1]}
    if wanted_sources is not None:
        tellers &= wanted_sources
        surveyors &= wanted_sources

    def nothing() -> dict[str, list[Thing] | None]:
        return {kind: [] if {*by, *wanted} <= {*known} else None for kind, known in KNOWN.items()}

    return [View(nothing(), start, end, surveyors, tellers) for start, end in pairwise(edges)]


def _stretches(thing: Thing, edges: list[int]) -> Iterator[int]:
    """The stretches that it touches: one, if it is not a spell."""
    for place, (start, end) in enumerate(pairwise(edges)):
        if start <= thing.at < end or thing.at < start < thing.ends:
            yield place
