"""Every figure of every contact-centre report equals a plain recount of the accepted events, whatever was corrected, deleted,
told late or twice; and groups, parts and filters share the whole among them."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.contract.centre import RESOLUTION, add_up
from tests.fakes.world import World
from tests.simulation.centre_activity import AGENTS, CHANNELS, DAY, QUEUES, SOURCES, TEAMS, CentreActivity, Event
from tests.simulation.centre_delivered import WAYS
from tests.simulation.centre_figures import Figures, Near, percent
from tests.simulation.centre_recount import PLACES, Contact, Thing, empty, identity, latest, things, views
from tests.simulation.delivery import NOWS, every_seed
from tests.simulation.questions import ZONES, Questions
from tests.simulation.windows import QUARTER, Period, local, period_of, written
from wallboard.errors import InvalidRequest
from wallboard.model.time import parse_instant

SHEETS = 3
"""How often every report is asked, of every seed."""

ROOT = Path(__file__).parents[2]
FILTERS = {
    "source": (*SOURCES, "east"),
    "channel": CHANNELS,
    "direction": ("inbound", "outbound", "internal"),
    "queueId": (*QUEUES, "x"),
    "teamId": TEAMS,
    "agentId": AGENTS,
}


class CentreHistory:
    """A world in which a seed decides what happens up to `end`: pushed in batches, folded now and then and repeatedly."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = Random(seed)
        self.end = parse_instant(NOWS[seed % len(NOWS)]) + 2 * chance.randrange(900_000)
        self.world = World(worth_merging=chance.choice([2, 4, 1_000]))
        self.accepted: list[tuple[Event, int]] = []
        activity, told, world = CentreActivity(chance, self.end), list[Event](), self.world
        world.at = self.end - 60 * 2_000
        for _ in range(60):
            world.at += 2_000
            batch: dict[Any, Event] = {}
            for _ in range(chance.randrange(1, 40)):
                event = activity.event()
                if told and chance.random() < 0.35:
                    event = chance.choice(told)
                    event = event if chance.random() < 0.4 else activity.revised(event)
                batch.setdefault(identity(event), event)
            told += batch.values()
            assert not world.push(*batch.values()).rejected
            self.accepted += [(event, world.at) for event in batch.values()]
            if chance.random() < 0.4:
                world.fold()
            if chance.random() < 0.1:
                world.fold([record for record in world.store.stream if record["table"] == "facts"][-50:])
        world.at = self.end
        world.fold()
        self.things = things(latest(self.accepted))


def edges_of(period: Period) -> tuple[list[str], list[int]]:
    """The parts of a period by name, and where each begins; the last edge is the end."""
    if period.granularity == "total":
        return ["total"], [period.begin, period.end]

    def name(at: int) -> str:
        return (
            local(at, period.zone).isoformat(timespec="minutes")
            if period.granularity == "15min"
            else period.part_of(at)
        )

    named = [name(at) for at in range(period.begin, period.end, QUARTER)]
    parts = list(dict.fromkeys(named))
    return parts, [period.begin + QUARTER * number for number in accumulate(map(named.count, parts), initial=0)]


def agrees(expected: Any, found: Any) -> bool:
    """Exactly, to six decimals; percentiles as nearly as they are told."""
    if isinstance(expected, Near):
        return found is not None and expected.is_told_by(found)
    return bool(found == (None if expected is None else float(round(expected, 6))))


def check(expected: Figures, found: Figures, *about: object) -> None:
    assert list(found) == list(expected), about
    wrong = {name: (value, found[name]) for name, value in expected.items() if not agrees(value, found[name])}
    assert not wrong, (wrong, *about)


def wanted_by(asked: Figures) -> dict[str, set[str]]:
    """The filters of an input."""
    given = {name.removesuffix("Id"): asked[name] for name in FILTERS if name in asked}
    return {name: {value} if isinstance(value, str) else {*value} for name, value in given.items()}


def some_question(history: CentreHistory, zone: str, id: str) -> Figures:
    chance = history.chance
    asked = Questions(chance, history.end, bots=(), contacts=()).when(zone)
    match chance.randrange(6):
        case 0 | 1 | 2:
            asked["granularity"] = "total"
        case 3:
            asked = {"periodDays": chance.choice([1, 2, 3]), "granularity": "15min"}
        case 4 if asked.get("granularity") == "hour":
            asked |= {"periodDays": 3} if "periodDays" in asked else {}
        case _:
            asked["granularity"] = chance.choice(["day", "week", "month"])
    if id == RESOLUTION:
        asked |= {"periodDays": min(31, asked["periodDays"])} if "periodDays" in asked else {}
        asked |= {"days": chance.choice([1, 7, 31])} if chance.random() < 0.5 else {}
    if chance.random() < 0.7:
        asked["groupBy"] = chance.sample(PLACES, chance.choice([1, 1, 2, 3]))
    for name, values in FILTERS.items():
        if chance.random() < 0.15:
            asked[name] = chance.choice([chance.choice(values), chance.sample(values, 2)])
    if id in ("wb-service-level", "wb-queue-performance", "wb-abandonment") and chance.random() < 0.7:
        asked["grace"] = chance.choice([0, 5, 20, 120])
        if id != "wb-abandonment":
            formulas = [
                "answered_plus_abandoned_in",
                "answered_only",
                "exclude_abandoned_in",
                "short_as_met",
                "exclude_short",
            ]
            asked |= {"threshold": chance.choice([0, 5, 20, 119, 120]), "formula": chance.choice(formulas)}
    return asked


KNOWS = {
    "wb-agent-status-time": {"source", "agent"},
    "wb-csat": {"source", "team", "agent"},
    "wb-queue-figures": {"source", "queue"},
}
"""By what those reports can be grouped and filtered that do not know every place."""


def refused(id: str, asked: Figures, parts: int) -> str | None:
    """The field that must change, where a report cannot answer at all."""
    known = KNOWS.get(id, {*PLACES})
    if not {*asked.get("groupBy", ())} <= known:
        return "groupBy"
    for name in FILTERS:
        if name in asked and name.removesuffix("Id") not in known:
            return name
    return "compare" if asked.get("compare") and parts > 1 else None


def labelled(answer: Figures, by: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Figures]]:
    """The rows of an answer by group and part."""
    words = [head + "".join(map(str.capitalize, rest)) for head, *rest in (name.split("_") for name in by)]
    for row in answer["rows"]:
        yield tuple(row[word] for word in words), row.get("part", "total"), row


def test_the_recount_knows_every_report() -> None:
    assert {report.id for report in World().parts.catalog if report.category == "centre"} == {*WAYS, RESOLUTION}


def test_the_recount_needs_nothing_but_the_standard_library() -> None:
    """-S leaves out whatever is installed, and with it the product."""
    subprocess.run([sys.executable, "-S", "-c", "import tests.simulation.centre_delivered"], cwd=ROOT, check=True)


@every_seed
def test_centre_reports_equal_a_plain_recount(seed: int) -> None:
    history = CentreHistory(seed)
    for _ in range(SHEETS):
        zone = history.chance.choice(ZONES)
        for id, way in WAYS.items():
            asked = some_question(history, zone, id) | {"compare": history.chance.random() < 0.5}
            _check_one(history, zone, id, asked, (*(asked.get("groupBy") or way.usual), *way.keys))


def _check_one(history: CentreHistory, zone: str, id: str, asked: Figures, by: tuple[str, ...]) -> None:
    way, wanted = WAYS[id], wanted_by(asked)
    period = period_of({"granularity": "total"} | asked, now=history.end, zone=zone, usual_days=30)
    parts, edges = edges_of(period)
    edges = [period.before, *edges]
    groups = views(history.things, by, wanted, edges) if by else {}
    since = 0 if asked["compare"] and len(parts) == 1 else 1
    known = {group: each for group, each in sorted(groups.items()) if any(map(way.has, each[since:]))}
    if way.keys:
        wider = views(history.things, by[: -len(way.keys)], wanted, edges)
        nothing = empty(by[: -len(way.keys)], wanted, edges, history.things)
        known = {
            group: [
                replace(view, wider=beside)
                for view, beside in zip(each, wider.get(group[: -len(way.keys)], nothing), strict=True)
            ]
            for group, each in known.items()
        }
    if not by:
        known = {(): views(history.things, (), wanted, edges).get((), empty((), wanted, edges, history.things))}
    about = (id, zone, asked)
    wrong = refused(id, asked, len(parts)) or ("groupBy" if len(known) * len(parts) > 10_000 else None)
    if wrong:
        with pytest.raises(InvalidRequest, match=f"^{wrong}: "):
            history.world.ask(id, zone=zone, **asked)
        return
    answer = history.world.ask(id, zone=zone, **asked)
    rows = list(labelled(answer, by))
    assert [(group, part) for group, part, _ in rows] == [(group, part) for group in known for part in parts], about
    for (group, part, row), place in zip(rows, [*range(1, len(parts) + 1)] * len(known), strict=True):
        check(way.figures(known[group][place], asked), row["values"], *about, group, part)
        assert ("previous" in row) is (since == 0), about
        if since == 0:
            check(way.figures(known[group][0], asked), row["previous"], *about, group, "before")
    two = [period.before, period.begin, period.end]
    whole = views(history.things, (), wanted, two)
    before, now = whole.get((), empty((), wanted, two, history.things))
    check(way.figures(now, asked), answer["totals"], *about)
    if asked["compare"]:
        check(way.figures(before, asked), answer["previousTotals"], *about)
    assert answer["window"]["from"] == written(period.begin)
    _check_sums(answer, about)


def _check_sums(answer: Figures, about: object) -> None:
    """Sums over groups and parts are the whole, wherever rows know it."""
    for name in add_up(answer):
        values = [row["values"][name] for row in answer["rows"]]
        if values and None not in values:
            assert round(sum(values), 6) == answer["totals"][name], (name, about)


@every_seed
def test_first_contact_resolution_equals_a_plain_recount(seed: int) -> None:
    history = CentreHistory(seed)
    for _ in range(2 * SHEETS):
        zone = history.chance.choice(ZONES)
        asked = some_question(history, zone, RESOLUTION)
        period = period_of({"granularity": "total"} | asked, now=history.end, zone=zone, usual_days=30)
        parts, edges = edges_of(period)
        by = tuple(asked.get("groupBy", ()))
        coming = [thing for thing in history.things["contacts"] if _is_first(thing.says["contact"])]
        groups = views(
            {"contacts": coming, "presence": [], "statuses": [], "agent_intervals": [], "answers": []},
            by,
            wanted_by(asked),
            edges,
        )
        groups = groups or ({} if by else {(): empty((), {}, edges, history.things)})
        answer = history.world.ask(RESOLUTION, zone=zone, **asked)
        days, about = asked.get("days", 7), (zone, asked)
        rows = list(labelled(answer, by))
        assert [(group, part) for group, part, _ in rows] == [
            (group, part) for group in sorted(groups) for part in parts
        ], about
        expected = [
            _resolved(view.of("contacts"), coming, days, history.end)
            for _, each in sorted(groups.items())
            for view in each
        ]
        for figures, (group, part, row) in zip(expected, rows, strict=True):
            check(figures, row["values"], *about, group, part)
        inside = [thing for each in groups.values() for view in each for thing in view.of("contacts")]
        check(_resolved(inside, coming, days, history.end), answer["totals"], *about)


def _is_first(contact: Contact) -> bool:
    return contact.row["direction"] == "inbound" and "contactId" in contact.row and contact.outcome == "answered"


def _resolved(asked_about: list[Thing], coming: list[Thing], days: int, now: int) -> Figures:
    def came_again(thing: Thing) -> bool:
        who = thing.says["contact"].row["contactId"]
        return any(
            thing.at < other.at <= thing.at + days * DAY and other.says["contact"].row["contactId"] == who
            for other in coming
        )

    resolved = [thing for thing in asked_about if not came_again(thing)]
    said = [thing.says["contact"].disposition[1] for thing in asked_about]
    succeeded = sum(thing.says["contact"].disposition[1] == "yes" for thing in resolved)
    return {
        "answered": len(asked_about),
        "resolved": len(resolved),
        "rate": percent(len(resolved), len(asked_about)),
        "succeeded": succeeded,
        "successRate": percent(succeeded, sum(word != "" for word in said)),
        "open": sum(thing.at + days * DAY > now for thing in resolved),
    }
