"""Every report answers its examples, whose figures were worked out by hand (tests/examples/reports), in every field and in
the order of the fields."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

import wallboard.reports
from tests.contract.doors import BATCH, Doors, single
from tests.fakes.world import World
from wallboard.registry import Family
from wallboard.reports._report import Report
from wallboard.runtime import wiring

EXAMPLES = Path(__file__).parents[1] / "examples/reports"
NOW = "2026-11-21T10:20:00Z"
REPORTS = Family(wallboard.reports, attribute="REPORT", member=Report)
SEES_PEOPLE = "ingest read pii"
ALERTS = {
    "alerts": {"usageSpike", "limit", "sentiment", "activity", "negativeFeedback"},
    "bot_alerts": {"negativeFeedback", "tokenSpike", "conversationDrop", "abandonmentSpike"},
}


@dataclass(frozen=True, slots=True)
class Case:
    """What one report, by its module, answers to an input. `events` happened beside those of all cases."""

    report: str
    name: str
    input: dict[str, Any]
    output: dict[str, Any]
    scopes: str = SEES_PEOPLE
    events: list[dict[str, Any]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.report}: {self.name}"

    @property
    def id(self) -> str:
        return REPORTS.load(self.report).id


CASES = [
    Case(path.stem, **case)
    for path in sorted(EXAMPLES.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())["cases"]
]


@cache
def _world(events: str) -> World:
    world = World(now=NOW)
    wiring.use(world.parts)
    common = [json.loads((EXAMPLES / name).read_text())["events"] for name in ("events.json", "centre.json")]
    told = [*chain.from_iterable(common), *json.loads(events)]
    assert Doors(world).push(*told) == {"accepted": len(told), "rejected": []}
    world.fold()
    return world


@pytest.fixture(autouse=True)
def _no_world_is_left_open() -> Iterator[None]:
    yield
    wiring.use(None)


def doors_after(events: list[dict[str, Any]]) -> Doors:
    """The doors of a world in which the common events and these happened; tests only read in it."""
    world = _world(json.dumps(events))
    wiring.use(world.parts)
    return Doors(world)


def differences(expected: Any, found: Any, at: str = "") -> Iterator[str]:
    """Where two answers differ: in fields, their order, numbers or texts. 2 and 2.0 are the same number in JSON."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if list(expected) != list(found):
            yield f"{at}: fields {list(found)}, not {list(expected)}"
        for name in expected.keys() & found.keys():
            yield from differences(expected[name], found[name], f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{at}: {len(found)} entries, not {len(expected)}: {found}"
        for place, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from differences(one, other, f"{at}[{place}]")
    elif expected != found or isinstance(expected, bool) is not isinstance(found, bool):
        yield f"{at}: {found!r}, not {expected!r}"


@pytest.mark.parametrize("report", REPORTS.names())
def test_every_report_has_examples(report: str) -> None:
    assert (EXAMPLES / f"{report}.yaml").is_file()


def test_every_example_is_of_a_report() -> None:
    assert {case.report for case in CASES} <= set(REPORTS.names())


@pytest.mark.parametrize("report", sorted(ALERTS))
def test_every_type_of_alert_has_an_example(report: str) -> None:
    shown = {alert["type"] for case in CASES if case.report == report for alert in case.output["alerts"]}
    assert shown == ALERTS[report]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_report_answers_its_example(case: Case) -> None:
    answer = doors_after(case.events).send("POST", single(case.id), case.input, scopes=case.scopes)
    assert answer.status == 200, answer
    told = answer.json()
    if REPORTS.load(case.report).category == "centre":
        assert told.pop("definitions")  # long, and tested in test_centre_reports
    found = [*differences(case.output, told)]
    assert not found, "\n".join(found)


def test_a_batch_answers_the_same_as_each_report_alone() -> None:
    """One batch of the first case of every report, one of the second of those that have one, and so on."""
    batches: dict[Any, dict[str, Case]] = {}
    for _, cases in groupby(CASES, key=lambda case: case.report):
        for turn, case in enumerate(cases):
            batches.setdefault((turn, case.scopes, json.dumps(case.events)), {})[case.id] = case
    assert len(max(batches.values(), key=len)) == len(REPORTS.names())
    for batch in batches.values():
        first = next(iter(batch.values()))
        doors = doors_after(first.events)
        asked = {id: case.input for id, case in batch.items()}
        together = doors.send("POST", BATCH, asked, scopes=first.scopes).json()
        assert list(together) == list(asked)
        for id, answer in together.items():
            alone = doors.send("POST", single(id), asked[id], scopes=first.scopes).json()
            assert [*differences(alone, answer)] == [], batch[id]
