"""Numbers that tremble about a threshold: an alert fires once and stays, it does not come and go."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

import wallboard.alerts
from tests.fakes.world import World, scripted
from tests.unit.test_decide import TURN, step
from wallboard.alerts._decide import CLEAR_SHARE, OPEN, Transition
from wallboard.alerts._rule import Rule, Rules
from wallboard.alerts._settings import AlertSettings, NotifySettings
from wallboard.registry import Family

FAMILY = Family(wallboard.alerts, attribute="RULE", member=Rule)
RULES = {name: FAMILY.load(name) for name in FAMILY.names()}
EVALUATIONS = 1_000
TREMBLE = 5
"""Percent, up and down."""

Tremble = Callable[[Random, int], Fraction]


def evenly(chance: Random, turn: int) -> Fraction:
    """Anywhere between the extremes."""
    return 1 + Fraction(chance.randint(-TREMBLE * 1_000, TREMBLE * 1_000), 100_000)


def from_end_to_end(chance: Random, turn: int) -> Fraction:
    """One extreme, then the other."""
    return 1 + Fraction(TREMBLE if turn % 2 else -TREMBLE, 100)


def in_runs(chance: Random, turn: int) -> Fraction:
    """Long enough at one end to fire, and long enough at the other to resolve."""
    return 1 + Fraction(TREMBLE if turn // 5 % 2 else -TREMBLE, 100)


def flaps(transitions: list[Transition]) -> int:
    """How often an alert fired again after it had resolved."""
    lives = [each for each in transitions if each.before not in OPEN and each.after in OPEN]
    return max(0, len(lives) - 1)


LEVELS = [(name, level) for name, rule in RULES.items() for level in rule.levels.values()]


@pytest.mark.parametrize("tremble", [evenly, from_end_to_end, in_runs])
@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_about_every_level_of_every_rule_no_alert_flaps(name: str, level: int, tremble: Tremble) -> None:
    """It fires once, gets worse once at most where a lower level is near, and is open until the end. Only what needs two
    findings in a row never fires where every other reading lies below the lowest level."""
    rule, chance = RULES[name], Random(f"{name} {level}")
    transitions = _transitions(rule, (level * tremble(chance, turn) for turn in range(EVALUATIONS)))
    assert flaps(transitions) == 0
    is_lowest = abs(level) == min(map(abs, rule.levels.values()))
    told = [(each.before, each.after) for each in transitions if {each.before, each.after} & {*OPEN}]
    if tremble is from_end_to_end and rule.of > 1 and is_lowest:
        assert told == []
    else:
        assert [after for _, after in told] == ["firing"] * len(told)
        assert len(told) in ((1,) if is_lowest else (1, 2))
        assert [before for before, _ in told[1:]] == ["firing"] * (len(told) - 1)


@pytest.mark.parametrize("tremble", [evenly, from_end_to_end, in_runs])
@pytest.mark.parametrize("name", RULES)
def test_about_what_counts_as_quiet_no_alert_flaps(name: str, tremble: Tremble) -> None:
    """Once it has resolved there, what trembles there does not fire it again."""
    rule, chance = RULES[name], Random(name)
    lowest = min(rule.levels.values(), key=abs)
    quiet = (lowest * CLEAR_SHARE * tremble(chance, turn) for turn in range(EVALUATIONS))
    transitions = _transitions(rule, iter([Fraction(lowest)] * rule.of + list(quiet)))
    assert flaps(transitions) == 0
    assert sum(each.after in OPEN for each in transitions) == 1


def _transitions(rule: Rule, percentages: Iterator[Fraction]) -> list[Transition]:
    alert, found = None, []
    for turn, percentage in enumerate(percentages):
        alert, transition = step(alert, percentage, rule, turn * TURN)
        found += [transition] if transition else []
    return found


@pytest.mark.parametrize("level", [80, 100])
def test_of_a_thousand_evaluations_of_a_limit_that_trembles_one_is_told(level: int) -> None:
    """From the event that says how many files there are to the topic."""
    world, chance = World(), Random(level)
    world.parts = replace(world.parts, rules=lambda: Rules({"limit": RULES["limit"]}))
    world.parts.alerts.configure("acme", AlertSettings(notify=NotifySettings(level="info")))
    about = {"kind": "resource", "id": "all", "type": "file", "limit": 1_000}
    transitions: list[Transition] = []
    for turn in range(EVALUATIONS):
        count = int(10 * level * evenly(chance, turn))
        world.push({**about, "updatedAt": world.at, "count": count})
        transitions += world.evaluate().transitions
        world.at += TURN
    assert flaps(transitions) == 0
    assert len(world.told.letters) == len(transitions) == (1 if level == 80 else 2)


def test_rates_and_limits_that_tremble_together_are_each_told_once() -> None:
    """On the store, with the settings of a tenant whose levels lie next to each other."""
    world, chance = World(), Random(1)
    says: dict[str, dict[str, Any]] = {}
    world.use_rules(rate=scripted("rate", says, times=2, of=3), limit=scripted("limit", says))
    near = {"levels": {"info": 29, "warning": 30, "critical": 31}}
    world.parts.alerts.configure(
        "acme", AlertSettings.model_validate({"rules": {"rate": near}, "notify": {"level": "info"}})
    )
    transitions: list[Transition] = []
    for turn in range(EVALUATIONS):
        says["rate"] = {"calls": 30 * evenly(chance, turn)}
        says["limit"] = {"files": 20 * evenly(chance, turn), "seats": 20 * from_end_to_end(chance, turn)}
        transitions += world.evaluate().transitions
        world.at += TURN
    for alert in world.parts.alerts.all("acme"):
        assert flaps([each for each in transitions if each.alert == alert.id]) == 0
        assert alert.status == "firing"
    assert len(world.told.letters) <= 1 + 2 + 1 + 1, "each fires, and the rate gets worse at most twice"
