"""What a tenant may change about the rules and about who is told, and that it counts: in evaluations and in reports."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.fakes.world import World, scripted
from wallboard.alerts._rule import all_rules
from wallboard.alerts._settings import AlertSettings, tuned
from wallboard.cli.commands import run
from wallboard.errors import InvalidRequest
from wallboard.runtime import wiring
from wallboard.services.evaluate_alerts import Evaluation, configure

ALERTS = "clr3m5n8k000f08jqcs1u2v6p"
BOT_ALERTS = "clr3m5n8k000i08jqfv3w4x9s"
QUARTER = 900_000
RULES = all_rules()


def settings(**given: Any) -> AlertSettings:
    """Settings as a JSON file has them."""
    return AlertSettings.model_validate_json(json.dumps(given))


def set_up(world: World, tenant: str = "acme", **given: Any) -> None:
    configure(tenant, settings(**given), rules=world.parts.rules().sound, alerts=world.parts.alerts)


# ---- what may be set


def test_without_settings_every_rule_is_as_its_file_has_it() -> None:
    assert tuned(RULES, AlertSettings()) == RULES


def test_what_is_set_takes_the_place_of_what_the_rule_has_and_nothing_else_does() -> None:
    given = {"levels": {"warning": 10}, "least": 7, "periodDays": 3, "times": 3, "of": 5}
    rules = tuned(RULES, settings(rules={"activity": given}))
    found = rules["activity"]
    assert (found.levels, found.least, found.period_days, found.times, found.of) == ({"warning": 10}, 7, 3, 3, 5)
    assert (found.type, found.find, found.cubes) == tuple(
        getattr(RULES["activity"], name) for name in ("type", "find", "cubes")
    )
    assert {name: rule for name, rule in rules.items() if name != "activity"} == {
        name: rule for name, rule in RULES.items() if name != "activity"
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"rules": {"limit": {"level": {"info": 1}}}}, "rules.limit.level"),
        ({"rules": {"limit": {"levels": {}}}}, "rules.limit.levels"),
        ({"rules": {"limit": {"levels": {"fatal": 1}}}}, "rules.limit.levels.fatal.[key]"),
        ({"rules": {"limit": {"levels": {"info": "1"}}}}, "rules.limit.levels.info"),
        ({"rules": {"limit": {"levels": {"info": 1.5}}}}, "rules.limit.levels.info"),
        ({"rules": {"limit": {"least": 0}}}, "rules.limit.least"),
        ({"rules": {"limit": {"periodDays": 0}}}, "rules.limit.periodDays"),
        ({"rules": {"limit": {"periodDays": 91}}}, "rules.limit.periodDays"),
        ({"rules": {"limit": {"times": 0}}}, "rules.limit.times"),
        ({"rules": {"limit": {"of": 11}}}, "rules.limit.of"),
        ({"rules": {"limit": {"enabled": "no"}}}, "rules.limit.enabled"),
        ({"notify": {"level": "loud"}}, "notify.level"),
        ({"notify": {"types": "limit"}}, "notify.types"),
        ({"notify": {"channel": "on call"}}, "notify.channel"),
        ({"notify": {"channel": ""}}, "notify.channel"),
        ({"tell": {}}, "tell"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**given)
    assert ".".join(map(str, refused.value.errors()[0]["loc"])) == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"levels": {"warning": 90, "critical": 80}}, "levels"),
        ({"levels": {"info": 90, "critical": 80}}, "levels"),
        ({"levels": {"info": -10, "critical": 20}}, "levels"),
        ({"levels": {"info": -20, "critical": -10}}, "levels"),
        ({"levels": {"info": 0}}, "levels"),
        ({"times": 3, "of": 2}, "times"),
    ],
)
def test_what_makes_no_sense_for_a_rule_is_refused_by_its_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"^rules\.limit\.{field}: "):
        set_up(World(), rules={"limit": given})


def test_a_type_that_no_rule_has_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"^notify\.types: 'limits' .*negativeFeedback"):
        set_up(World(), notify={"types": ["limits"]})


@pytest.mark.parametrize(
    "levels",
    [{"info": 1}, {"critical": -1}, {"info": 10, "warning": 20, "critical": 30}, {"warning": -1, "critical": -2}],
)
def test_levels_may_be_fewer_or_other_ones(levels: dict[str, int]) -> None:
    assert settings(rules={"limit": {"levels": levels}}).rules["limit"].levels == levels


def test_a_rule_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InvalidRequest, match=r"usageSpike.*activity.*usage_spike"):
        set_up(World(), rules={"usageSpike": {"enabled": False}})


@pytest.mark.parametrize(
    ("rule", "levels"),
    [("bot_conversation_drop", {"warning": 50}), ("limit", {"critical": -90}), ("usage_spike", {"info": -10})],
)
def test_levels_on_the_other_side_of_a_rule_are_refused(rule: str, levels: dict[str, int]) -> None:
    """Else a drop from 50 on fires when there is more, and says that there is less."""
    with pytest.raises((InvalidRequest, ValidationError)):
        set_up(World(), rules={rule: {"levels": levels}})


@pytest.mark.parametrize("given", [{"times": 3}, {"of": 1}, {"times": 10}])
def test_a_rule_that_a_tenant_tunes_can_still_fire(given: dict[str, int]) -> None:
    """2 of 2 with three times as many, or of one, would be 3 of 2, or 2 of 1: never. Refused would do as well."""
    world = World()
    world.use_rules(rate=scripted("rate", {"rate": {"calls": 200}}, times=2, of=2))
    try:
        set_up(world, rules={"rate": given})
    except (InvalidRequest, ValidationError):
        return
    for _ in range(20):
        world.evaluate()
        world.at += QUARTER
    assert [alert.status for alert in world.parts.alerts.all("acme")] == ["firing"]


@pytest.mark.parametrize("least", [1])
def test_of_nothing_no_rule_fails_however_little_a_tenant_wants(least: int) -> None:
    """A bot that nobody has rated, and which had no conversation in the last week."""
    world = World()
    world.push({"kind": "conversation", "id": "c", "startedAt": "2026-11-10T09:20:00Z", "botId": "b"})
    world.push({"kind": "resource", "id": "b", "type": "bot", "updatedAt": "2026-11-21T09:20:00Z"})
    world.push({"kind": "usage", "id": "u", "createdAt": "2026-11-21T09:20:00Z", "type": "x", "count": 1, "botId": "b"})
    world.fold()
    set_up(world, rules={name: {"least": least} for name in RULES.keys() - {"stale_source"}})
    assert world.evaluate().broken == {}
    assert world.ask(ALERTS)["summary"]["totalAlerts"] == 0
    world.ask(BOT_ALERTS, botId="b")


# ---- the command line


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    wiring.use(world.parts)
    yield world
    wiring.use(None)


def test_the_command_line_sets_and_shows_what_a_tenant_has_changed(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = {"rules": {"limit": {"enabled": False}}, "notify": {"level": "warning"}}
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps(wanted))
    assert run(["alerts", "--tenant", "acme", "--settings", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == wanted
    assert run(["alerts", "--tenant", "acme"]) == 0
    assert json.loads(capsys.readouterr().out) == wanted
    assert run(["alerts", "--tenant", "umbrella"]) == 0
    assert json.loads(capsys.readouterr().out) == {}


@pytest.mark.parametrize(
    ("content", "word"), [("{", "alerts.json"), ('{"tell": {}}', "tell"), ('{"rules": {"limits": {}}}', "limits")]
)
def test_the_command_line_refuses_what_makes_no_sense_and_keeps_what_was_set(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, word: str
) -> None:
    set_up(world, notify={"channel": "pager"})
    file = tmp_path / "alerts.json"
    file.write_text(content)
    assert run(["alerts", "--tenant", "acme", "--settings", str(file)]) == 1
    assert word in capsys.readouterr().err
    assert world.parts.alerts.settings("acme") == settings(notify={"channel": "pager"})


# ---- that it counts


def gauge(count: int, limit: int = 100) -> dict[str, Any]:
    return {"kind": "resource", "id": "all", "type": "file", "updatedAt": 1, "count": count, "limit": limit}


def conversations(count: int, day: str, bot: str = "b") -> list[dict[str, Any]]:
    return [
        {"kind": "conversation", "id": f"{day}-{bot}-{n}", "startedAt": f"2026-11-{day}T09:20:{n:02}Z", "botId": bot}
        for n in range(count)
    ]


def ratings(count: int, day: str, value: int = -1, bot: str = "b") -> list[dict[str, Any]]:
    at = f"2026-11-{day}T09:20:00Z"
    return [
        {"kind": "rating", "id": f"{day}-{bot}-{n}", "createdAt": at, "value": value, "botId": bot}
        for n in range(count)
    ]


def two_evaluations(world: World, tenant: str = "acme") -> list[Evaluation]:
    found = []
    for _ in range(2):
        found.append(world.evaluate(tenant))
        world.at += QUARTER
    return found


def found_by(world: World, rule: str, tenant: str = "acme") -> list[tuple[str, str]]:
    """The open alerts of a rule after two evaluations: their subject or bot, and how bad they are."""
    two_evaluations(world, tenant)
    return [
        (alert.subject or alert.bot, alert.severity)
        for alert in world.parts.alerts.all(tenant)
        if alert.rule == rule and alert.status == "firing"
    ]


def reported(world: World, rule: str, tenant: str = "acme") -> list[str]:
    """How bad what a rule finds is in the report."""
    if RULES[rule].about == "bot":
        answer = world.ask(BOT_ALERTS, tenant=tenant, botId="b")
    else:
        answer = world.ask(ALERTS, tenant=tenant, periodDays=7)
    return [alert["severity"] for alert in answer["alerts"] if alert["type"] == RULES[rule].type]


FRESH = {"kind": "usage", "id": "u", "createdAt": "2026-11-21T10:00:00Z", "type": "images", "count": 1}


def pushed(*events: dict[str, Any]) -> World:
    """A world in which all this has happened, and something of just now."""
    world = World()
    assert world.push(*events, FRESH).rejected == []
    world.fold()
    return world


def test_levels_count_in_evaluations_and_in_reports() -> None:
    for levels, expected in (
        (None, ["warning"]),
        ({"info": 60, "warning": 96}, ["info"]),
        ({"critical": 95}, ["critical"]),
        ({"critical": 96}, []),
    ):
        world = pushed(gauge(95))
        set_up(world, rules={"limit": {"levels": levels} if levels else {}})
        assert [severity for _, severity in found_by(world, "limit")] == expected
        assert reported(world, "limit") == expected


def test_levels_below_nothing_count_in_evaluations_and_in_reports() -> None:
    for levels, expected in ((None, ["warning"]), ({"info": -40}, ["info"]), ({"critical": -61}, [])):
        world = pushed(*conversations(10, "10"), *conversations(4, "20"))
        set_up(world, rules={"bot_conversation_drop": {"levels": levels} if levels else {}})
        assert [severity for _, severity in found_by(world, "bot_conversation_drop")] == expected
        assert reported(world, "bot_conversation_drop") == expected


def test_the_least_counts_in_evaluations_and_in_reports() -> None:
    for least, expected in ((None, []), (6, ["critical"]), (7, [])):
        world = pushed(*ratings(6, "20"), *conversations(1, "20"))
        set_up(world, rules={"negative_feedback": {"least": least} if least else {}})
        assert [severity for _, severity in found_by(world, "negative_feedback")] == expected
        assert reported(world, "negative_feedback") == expected


def test_a_rule_that_is_switched_off_is_in_neither() -> None:
    world = pushed(gauge(95), *ratings(12, "20"))
    set_up(world, rules={"limit": {"enabled": False}})
    assert found_by(world, "limit") == []
    assert reported(world, "limit") == []
    assert found_by(world, "negative_feedback") == [("", "critical")]
    assert reported(world, "negative_feedback") == ["critical"]


def test_so_many_times_of_so_many_evaluations_count() -> None:
    says: dict[str, dict[str, Any]] = {}
    world = World()
    world.use_rules(rate=scripted("rate", says, times=2, of=2))
    set_up(world, rules={"rate": {"times": 3, "of": 4}})
    statuses = []
    for percentage in (100, 0, 100, 0, 100, 100, 0, 0, 100):
        says["rate"] = {"calls": percentage}
        world.evaluate()
        world.at += QUARTER
        statuses += [alert.status for alert in world.parts.alerts.all("acme")]
    assert statuses == ["pending"] * 5 + ["firing"] * 2 + ["resolved", "pending"]


def test_the_period_of_a_rule_counts() -> None:
    """Three days ago ten, and none before: within three days and before is nothing to compare with."""
    for days, expected in ((None, []), (2, [("b", "critical")])):
        world = pushed(*conversations(10, "18"), *conversations(1, "20"))
        set_up(world, rules={"bot_conversation_drop": {"periodDays": days} if days else {}})
        assert found_by(world, "bot_conversation_drop") == expected


def test_a_period_is_compared_with_the_whole_one_before_it_and_nothing_else() -> None:
    """Thirty days, and those from the 22nd of September on."""
    times = {"2026-09-22T09:20:00Z": 1, "2026-09-22T12:20:00Z": 1, "2026-10-22T09:20:00Z": 1, "2026-10-22T12:20:00Z": 6}
    events = [
        {"kind": "conversation", "id": f"{at}-{n}", "startedAt": at}
        for at, count in times.items()
        for n in range(count)
    ]
    world = pushed(*events)
    assert found_by(world, "activity") == [("", "info")]
    [alert] = world.parts.alerts.all("acme")
    assert (alert.current, alert.baseline, alert.percentage) == (6, 2, 200)


def test_the_periods_of_rules_do_not_meet() -> None:
    """Each reads its own window, whatever the others read."""
    world = pushed(*conversations(10, "18"), *conversations(1, "20"), *ratings(12, "05"))
    set_up(
        world,
        rules={
            "bot_conversation_drop": {"periodDays": 2},
            "negative_feedback": {"periodDays": 90},
            "bot_negative_feedback": {"periodDays": 7},
        },
    )
    two_evaluations(world)
    assert {(alert.rule, alert.current) for alert in world.parts.alerts.all("acme")} == {
        ("bot_conversation_drop", 1),
        ("negative_feedback", 12),
    }


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        ({}, {"seats"}),
        ({"level": "warning"}, {"files", "seats"}),
        ({"level": "info"}, {"files", "seats", "calls"}),
        ({"level": "info", "types": ["limit"]}, {"files", "seats"}),
        ({"level": "info", "types": []}, set()),
    ],
)
def test_who_is_told_of_what_counts(notify: dict[str, Any], told: set[str]) -> None:
    world = World()
    says = {"limit": {"files": 60, "seats": 100}, "rate": {"calls": 20}}
    world.use_rules(limit=scripted("limit", says), rate=scripted("rate", says))
    set_up(world, notify={"channel": "pager", **notify})
    assert len(world.evaluate().transitions) == 3, "what happens to alerts does not depend on who is told"
    assert {json.loads(body.rpartition("\n")[2])["subject"] for _, body, _ in world.told.letters} == told
    assert {attributes["channel"] for *_, attributes in world.told.letters} <= {"pager"}


# ---- switching off and on


@pytest.mark.parametrize("turns", [1, 2], ids=["pending", "firing"])
def test_what_a_rule_has_open_resolves_when_it_is_switched_off(turns: int) -> None:
    world = World()
    world.use_rules(rate=scripted("rate", {"rate": {"calls": 200}}, times=2, of=2))
    for _ in range(turns):
        world.evaluate()
    set_up(world, rules={"rate": {"enabled": False}})
    [transition] = world.evaluate().transitions
    before = "firing" if turns == 2 else "pending"
    assert (transition.before, transition.after) == (before, "resolved")
    assert transition.reason == "the rule is switched off"
    assert [attributes["state"] for *_, attributes in world.told.letters] == ["firing", "resolved"][: 2 * (turns == 2)]
    assert world.evaluate().transitions == []


def test_a_rule_that_is_gone_leaves_nothing_open() -> None:
    world = World()
    world.use_rules(rate=scripted("rate", {"rate": {"calls": 200}}))
    world.evaluate()
    world.use_rules(limit=scripted("limit", {}))
    assert [each.after for each in world.evaluate().transitions] == ["resolved"]


def test_a_rule_that_is_switched_on_again_starts_anew() -> None:
    """What was found before it was off does not count towards what is found after."""
    world = World()
    world.use_rules(rate=scripted("rate", {"rate": {"calls": 200}}, times=2, of=2))
    world.evaluate()
    set_up(world, rules={"rate": {"enabled": False}})
    world.evaluate()
    set_up(world)
    assert [(each.before, each.after) for each in world.evaluate().transitions] == [("resolved", "pending")]
    assert [(each.before, each.after) for each in world.evaluate().transitions] == [("pending", "firing")]


def test_of_an_alert_whose_rule_is_switched_off_nothing_of_its_silence_stays() -> None:
    world = World()
    world.use_rules(rate=scripted("rate", {"rate": {"calls": 200}}))
    world.evaluate()
    [alert] = world.parts.alerts.all("acme")
    silenced = replace(alert, status="silenced", silenced_until=world.at + QUARTER, by="Ann")
    world.parts.alerts.save("acme", silenced, None, None)
    set_up(world, rules={"rate": {"enabled": False}})
    world.evaluate()
    [alert] = world.parts.alerts.all("acme")
    assert (alert.status, alert.silenced_until, alert.by) == ("resolved", None, None)


@pytest.mark.parametrize("off", [["bot_conversation_drop"], sorted(RULES.keys() - {"stale_source", "limit"})])
def test_a_source_that_is_silent_is_found_whichever_other_rules_are_off(off: list[str]) -> None:
    world = World()
    world.push(*conversations(3, "18"))
    world.fold()
    set_up(world, rules={name: {"enabled": False} for name in off})
    assert found_by(world, "stale_source") == [("events", "critical")]


# ---- tenants


def test_the_settings_of_one_tenant_are_nothing_to_another() -> None:
    world = World()
    for tenant in ("acme", "umbrella"):
        world.push(gauge(95), tenant=tenant)
    world.fold()
    set_up(world, "acme", rules={"limit": {"levels": {"critical": 90}}}, notify={"channel": "pager"})
    assert found_by(world, "limit", "acme") == [("files", "critical")]
    assert found_by(world, "limit", "umbrella") == [("files", "warning")]
    assert reported(world, "limit", "acme") == ["critical"]
    assert reported(world, "limit", "umbrella") == ["warning"]
    assert [attributes["tenant"] for *_, attributes in world.told.letters] == ["acme"]


def test_one_tenant_neither_sees_nor_touches_the_alerts_of_another() -> None:
    """The same alert of two tenants: evaluating, switching off and resolving those of one leaves the other's as they are."""
    world = World()
    says = {"limit": {"files": 100}}
    world.use_rules(limit=scripted("limit", says))
    for tenant in ("acme", "acme-2", "umbrella"):
        world.evaluate(tenant)
    stored = _state_of(world, "umbrella") | _state_of(world, "acme-2")
    assert len({alert.id for tenant in ("acme", "acme-2", "umbrella") for alert in world.parts.alerts.all(tenant)}) == 3
    says["limit"] = {}
    world.evaluate("acme")
    world.evaluate("acme")
    set_up(world, "acme", rules={"limit": {"enabled": False}})
    world.evaluate("acme")
    assert [alert.status for alert in world.parts.alerts.all("acme")] == ["resolved"]
    assert _state_of(world, "umbrella") | _state_of(world, "acme-2") == stored


def _state_of(world: World, tenant: str) -> dict[str, Any]:
    partitions = world.store.tables["state"].items()
    return {name: dict(items) for name, items in partitions if name.partition("#")[0] == tenant}
