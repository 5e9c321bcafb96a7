"""Every report equals a plain recount of the accepted events, whatever the order, repetition, batching, zone and race."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.world import World, of_agents
from tests.simulation.activity import BOTS
from tests.simulation.delivery import History, every_seed
from tests.simulation.questions import ZONES, Asked, Questions
from tests.simulation.recount import ANSWERS, Recount
from wallboard.errors import NotFound
from wallboard.reports._report import Report

SHEETS = 15
"""How often every report is asked, of every seed."""

ROOT = Path(__file__).parents[2]
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"
CATALOG = of_agents(World().parts.catalog)


def options_of(report: Report) -> tuple[list[str], list[str]]:
    """The options that a report takes, and those that it must be given."""
    schema = report.input.model_json_schema()
    return list(schema["properties"]), schema.get("required", [])


def sheets(history: History, recount: Recount) -> Iterator[tuple[str, dict[str, Asked]]]:
    """A zone and a question to every report: all about the same period, or each about its own."""
    chance = history.chance
    questions = Questions(chance, history.end, bots=recount.ledger.bots, contacts=history.activity.contacts)
    for _ in range(SHEETS):
        zone = chance.choice(ZONES)
        same = questions.when(zone) if chance.random() < 0.5 else None
        yield (
            zone,
            {
                report.id: questions.about(*options_of(report), when=questions.when(zone) if same is None else same)
                for report in CATALOG
            },
        )


def without_prose(answer: Any) -> Any:
    """The answer without titles and messages of alerts and descriptions of entries, none of which may be empty."""
    if isinstance(answer, list):
        return [without_prose(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    prose = ("title", "message") if "severity" in answer else ("description",) if "title" in answer else ()
    assert all(answer[name] for name in prose)
    return {name: without_prose(value) for name, value in answer.items() if name not in prose}


def test_the_recount_knows_every_report() -> None:
    assert {report.id for report in CATALOG} == set(ANSWERS)


def test_the_recount_needs_nothing_but_the_standard_library() -> None:
    """-S leaves out whatever is installed, and with it the product."""
    subprocess.run([sys.executable, "-S", "-c", "import tests.simulation.recount"], cwd=ROOT, check=True)


@every_seed
def test_reports_equal_a_plain_recount(seed: int) -> None:
    history = History(seed)
    history.deliver(minutes=history.chance.randrange(200, 800))
    world, recount = history.world, Recount(history.accepted, now=history.end)
    for zone, asked in sheets(history, recount):
        if history.chance.random() < 0.5:
            answers = world.ask_all(asked, zone=zone)
        else:
            answers = {name: world.ask(name, zone=zone, **each) for name, each in asked.items()}
        for report in CATALOG:
            expected = recount.answer(report.id, asked[report.id], zone=zone)
            assert without_prose(answers[report.id]) == expected, (report.name, zone, asked[report.id])
    for bot in {*BOTS, "b-unknown"} - recount.ledger.bots:
        with pytest.raises(NotFound):
            world.ask(BOT_STATS, botId=bot)


@every_seed
def test_folding_everything_again_finds_no_drift(seed: int) -> None:
    history = History(seed)
    history.deliver(minutes=40)
    world, store = history.world, history.store
    written = store.written["rollups"]
    world.fold([record for record in store.stream if record["table"] == "facts"])
    assert store.written["rollups"] == written
    assert world.letters.parked == []
