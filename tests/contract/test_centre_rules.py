"""The rules about contact centres: what they fire at, what they leave alone, and about which queue."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.world import World
from wallboard.alerts._rule import all_rules
from wallboard.alerts._settings import AlertSettings
from wallboard.errors import InvalidRequest
from wallboard.model.time import DAY, HOUR, iso
from wallboard.services.evaluate_alerts import configure

TENANT = "acme"
Fired = dict[tuple[str, str], tuple[str, float]]


def calls(
    world: World, count: int, *, wait: float = 5, outcome: str = "answered", **more: Any
) -> Iterator[dict[str, Any]]:
    """So many inbound calls of an hour ago, each with this queue time."""
    at = world.at - HOUR
    for number in range(count):
        name = f"{outcome}-{wait}-{number}-{sorted(more.items())}"
        yield {
            "kind": "interaction",
            "id": name,
            "startedAt": iso(at),
            "queuedAt": iso(at),
            "channel": "voice",
            "direction": "inbound",
            "outcome": outcome,
            "durations": {"queue": wait},
            **more,
        }


def fired(world: World, *events: dict[str, Any]) -> Fired:
    """What fires of these, with its severity and its measure, by type and subject."""
    world.push(*events)
    world.fold()
    for _ in range(2):
        world.evaluate()
    open_ = [alert for alert in world.parts.alerts.all(TENANT) if alert.status == "firing"]
    return {(alert.type, alert.subject): (alert.severity, alert.percentage) for alert in open_}


@pytest.mark.parametrize(
    ("late", "severity"), [(19, None), (20, "warning"), (39, "warning"), (40, "critical"), (100, "critical")]
)
def test_a_service_level_fires_from_its_level_on(late: int, severity: str | None) -> None:
    world = World()
    found = fired(world, *calls(world, 100 - late, wait=20), *calls(world, late, wait=20.5))
    assert found.get(("serviceLevel", "all queues"), (None, 0))[0] == severity


def test_who_gives_up_was_not_answered_in_time_and_who_still_waits_is_not_counted() -> None:
    world = World()
    found = fired(
        world,
        *calls(world, 70),
        *calls(world, 30, outcome="abandoned", wait=3),
        *calls(world, 500, outcome="in_progress"),
    )
    assert found["serviceLevel", "all queues"] == ("warning", 30.0)
    assert ("abandonRate", "all queues") not in found  # 30 of the 600 that were offered


@pytest.mark.parametrize(("gone", "severity"), [(7, None), (8, "warning"), (14, "warning"), (15, "critical")])
def test_an_abandon_rate_fires_from_its_level_on(gone: int, severity: str | None) -> None:
    world = World()
    found = fired(world, *calls(world, 100 - gone), *calls(world, gone, outcome="abandoned"))
    assert found.get(("abandonRate", "all queues"), (None, 0))[0] == severity


@pytest.mark.parametrize(("wait", "severity"), [(59.9, None), (60, "warning"), (179, "warning"), (180, "critical")])
def test_a_mean_queue_time_fires_from_its_level_on(wait: float, severity: str | None) -> None:
    world = World()
    found = fired(world, *calls(world, 20, wait=wait - 10), *calls(world, 20, wait=wait + 10))
    assert found.get(("queueTime", "all queues"), (None, 0))[0] == severity


def test_of_fewer_than_twenty_nothing_is_said() -> None:
    world = World()
    assert fired(world, *calls(world, 19, wait=500, outcome="abandoned")) == {}


def test_what_happened_before_the_last_day_is_not_looked_at() -> None:
    world = World()
    late = [*calls(world, 50, wait=500)]
    world.push(*late)
    world.fold()
    world.at += 2 * DAY
    assert not {kind for kind, _ in fired(world, *calls(world, 30))} & {"serviceLevel", "queueTime"}


def test_where_it_is_asked_for_each_queue_is_looked_at_by_itself() -> None:
    """Together they are well enough: 30 of 330 are late. One of them is not."""
    world = World()
    rules = {"service_level": {"per": "queue"}, "abandon_rate": {"enabled": False}, "queue_time": {"per": "team"}}
    configure(TENANT, AlertSettings.model_validate({"rules": rules}), rules=all_rules(), alerts=world.parts.alerts)
    found = fired(
        world,
        *calls(world, 300, queueId="sales", teamId="north"),
        *calls(world, 30, wait=90, queueId="billing", teamId="south"),
    )
    assert found == {
        ("serviceLevel", "queue billing of api"): ("critical", 100),
        ("queueTime", "team south of api"): ("warning", 90),
    }


@pytest.mark.parametrize("rule", ["csat_drop", "negative_feedback", "silent_agents"])
def test_a_rule_that_is_not_about_queues_cannot_be_asked_for_each(rule: str) -> None:
    settings = AlertSettings.model_validate({"rules": {rule: {"per": "queue"}}})
    with pytest.raises(InvalidRequest, match=f"rules.{rule}.per"):
        configure(TENANT, settings, rules=all_rules(), alerts=World().parts.alerts)


def answers(world: World, ago: int, high: int, low: int) -> Iterator[dict[str, Any]]:
    for number in range(high + low):
        at = iso(world.at - ago * DAY)
        score = 5 if number < high else 1
        yield {"kind": "survey", "id": f"{ago}-{number}", "answeredAt": at, "score": score, "scale": 5}


@pytest.mark.parametrize(("high", "severity"), [(82, None), (80, "warning"), (71, "warning"), (70, "critical")])
def test_content_answers_that_become_fewer_fire_from_their_level_on(high: int, severity: str | None) -> None:
    world = World()
    found = fired(world, *answers(world, 9, 90, 10), *answers(world, 2, high, 100 - high), *calls(world, 1))
    assert found.get(("csatDrop", ""), (None, 0))[0] == severity


def log_ins(world: World, count: int, ago: int) -> list[dict[str, Any]]:
    """So many log-ins of an hour, milliseconds apart, which began so many milliseconds ago."""
    began = world.at - ago
    shift = {"kind": "session", "agentId": "a", "activity": "login", "endedAt": iso(began + HOUR)}
    return [{**shift, "id": f"s-{ago}-{n}", "startedAt": iso(began + n)} for n in range(count)]


def test_agents_of_whom_nothing_is_told_while_calls_go_on_are_missed() -> None:
    world = World()
    assert fired(world, *log_ins(world, 12, 3 * DAY), *calls(world, 20))["silentAgents", "api"] == ("critical", -100)
    assert ("silentAgents", "api") in fired(world, *log_ins(world, 1, HOUR))
    assert ("silentAgents", "api") not in fired(world, *log_ins(world, 10, HOUR))


def test_agents_are_missed_as_long_as_the_period_remembers_them() -> None:
    """Their feed died ten days ago, and calls go on: that is not over because it has lasted."""
    world = World()
    assert fired(world, *log_ins(world, 12, 10 * DAY), *calls(world, 20))["silentAgents", "api"] == ("critical", -100)
