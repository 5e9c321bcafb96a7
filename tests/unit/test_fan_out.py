"""Turns: every tenant has one in each quarter of an hour, they do not all come at once, and each fails alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.doors import Doors, invoke
from tests.fakes.world import World, scripted
from wallboard.adapters.queue import SqsQueue
from wallboard.alerts._settings import AlertSettings
from wallboard.errors import TryAgain
from wallboard.runtime import wiring
from wallboard.services.fan_out import turns

TENANTS = [f"tenant-{number}" for number in range(5_000)]
LONGEST_OF_SQS = 900


@given(st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True), unique=True, max_size=50))
def test_every_tenant_has_one_turn_within_ten_minutes_and_always_the_same(tenants: list[str]) -> None:
    found = turns(tenants)
    assert [tenant for tenant, _ in found] == tenants
    assert all(0 <= wait < 600 < LONGEST_OF_SQS for _, wait in found)
    alone = [turn for tenant in reversed(tenants) for turn in turns([tenant])]
    assert sorted(alone) == sorted(found)


def test_a_turn_is_the_same_on_every_machine() -> None:
    assert turns(["acme", "umbrella"]) == [("acme", 173), ("umbrella", 14)]


def test_the_turns_of_many_tenants_are_evenly_spread() -> None:
    """Of 5,000 in 600 seconds: no second has three times its share, no minute is a fifth off its own."""
    waits = [wait for _, wait in turns(TENANTS)]
    seconds, minutes = Counter(waits), Counter(wait // 60 for wait in waits)
    assert max(seconds.values()) < 25
    assert len(seconds) > 590
    assert sorted(minutes) == list(range(10))
    assert all(400 < count < 600 for count in minutes.values())


# ---- over the queue


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    wiring.use(world.parts)
    yield world
    wiring.use(None)


def test_the_schedule_sends_every_tenant_with_a_key_its_turn(world: World) -> None:
    doors = Doors(world)
    for tenant in ("umbrella", "acme", "acme"):
        doors.key(tenant)
    assert invoke("EvaluateAlertsFunction", {"task": "evaluate"}) == {"tenants": 2}
    assert sorted(world.waiting.messages) == [("acme", 173), ("umbrella", 14)]
    assert world.told.letters == []


def test_where_there_is_no_tenant_nothing_is_sent(world: World) -> None:
    assert invoke("EvaluateAlertsFunction", {"task": "evaluate"}) == {"tenants": 0}
    assert world.waiting.messages == []


def message(tenant: str, number: int = 1) -> dict[str, Any]:
    return {"messageId": f"m-{number}", "body": tenant, "eventSource": "aws:sqs"}


def test_a_turn_evaluates_its_tenant_and_no_other(world: World) -> None:
    world.use_rules(limit=scripted("limit", {"limit": {"files": 100}}))
    wiring.use(world.parts)
    assert invoke("EvaluateAlertsFunction", {"Records": [message("acme")]}) == {"batchItemFailures": []}
    assert [attributes["tenant"] for *_, attributes in world.told.letters] == ["acme"]
    assert world.parts.alerts.all("umbrella") == []


def test_a_tenant_that_fails_is_delivered_again_alone(world: World) -> None:
    world.use_rules(limit=scripted("limit", {"limit": {"files": 100}}))
    broken = _SettingsOf(world.parts.alerts, broken="globex")
    wiring.use(replace(world.parts, alerts=broken))
    records = [message(tenant, number) for number, tenant in enumerate(["acme", "globex", "umbrella"])]
    answer = invoke("EvaluateAlertsFunction", {"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert [attributes["tenant"] for *_, attributes in world.told.letters] == ["acme", "umbrella"]


def test_a_letter_that_cannot_be_sent_has_its_tenant_delivered_again(world: World) -> None:
    world.use_rules(limit=scripted("limit", {"limit": {"files": 100}}))
    wiring.use(world.parts)
    world.told.deaf = 1
    answer = invoke("EvaluateAlertsFunction", {"Records": [message("acme")]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    world.at += 720_000  # the queue's
    assert invoke("EvaluateAlertsFunction", {"Records": [message("acme")]}) == {"batchItemFailures": []}
    assert len(world.told.letters) == 1


class _SettingsOf:
    """Alerts of which one tenant's settings cannot be read."""

    def __init__(self, alerts: Any, *, broken: str) -> None:
        self._alerts, self._broken = alerts, broken

    def settings(self, tenant: str) -> AlertSettings:
        if tenant == self._broken:
            raise ValueError("these bytes are no settings")
        settings: AlertSettings = self._alerts.settings(tenant)
        return settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._alerts, name)


class _Sqs:
    """A queue that takes ten messages a call, and refuses some of them."""

    def __init__(self, *refused: str) -> None:
        self.taken: list[tuple[str, int]] = []
        self._refused = refused

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        assert request == {"QueueUrl": "https://queue", "Entries": entries}
        assert 1 <= len(entries) <= 10
        assert len({entry["Id"] for entry in entries}) == len(entries)
        fine = [entry for entry in entries if entry["MessageBody"] not in self._refused]
        self.taken += [(entry["MessageBody"], entry["DelaySeconds"]) for entry in fine]
        failed = [{"Id": entry["Id"], "Code": "InternalError"} for entry in entries if entry not in fine]
        return {"Successful": [{"Id": entry["Id"]} for entry in fine]} | ({"Failed": failed} if failed else {})


@pytest.mark.parametrize("count", [0, 1, 10, 11, 37])
def test_the_queue_takes_ten_messages_a_call_each_with_its_delay(count: int) -> None:
    sqs, messages = _Sqs(), turns(TENANTS[:count])
    SqsQueue(sqs, "https://queue").send(messages)
    assert sqs.taken == messages


def test_a_message_that_the_queue_refuses_is_not_lost_in_silence() -> None:
    with pytest.raises(TryAgain, match="refused 1 "):
        SqsQueue(_Sqs("tenant-3"), "https://queue").send(turns(TENANTS[:12]))


def test_a_message_that_the_queue_refuses_does_not_hold_up_the_tenants_after_it() -> None:
    sqs = _Sqs("tenant-3")
    with pytest.raises(TryAgain):
        SqsQueue(sqs, "https://queue").send(turns(TENANTS[:25]))
    assert [tenant for tenant, _ in sqs.taken] == [tenant for tenant in TENANTS[:25] if tenant != "tenant-3"]
