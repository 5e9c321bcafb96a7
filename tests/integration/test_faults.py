"""A store that refuses, or a process that dies, at any one call: nothing acknowledged is lost, nothing is counted twice."""

import contextlib
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.faults import Fault, FaultyClient, Killed
from tests.fakes.world import World
from wallboard.errors import TryAgain

NOW = "2026-11-21T10:20:00Z"
CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"
MESSAGES = "clr3m5n8k000608jq3k0l1m7g"
CONTACTS = "clr3m5n8k000308jq1h7i8j4d"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"

EVENTS: list[dict[str, Any]] = [
    {
        "kind": "conversation",
        "id": "c",
        "startedAt": "2026-11-21T09:01:00Z",
        "botId": "b",
        "botName": "Bee",
        "contactId": "p",
    },
    *(
        {
            "kind": "message",
            "id": f"m-{hour}",
            "createdAt": f"2026-11-{day:02}T{hour:02}:05:00Z",
            "type": "user",
            "conversationId": "c",
            "conversationStartedAt": "2026-11-21T09:01:00Z",
            "botId": "b",
            "tokens": 5,
        }
        for day, hour in ((20, 22), (20, 23), (21, 9))
    ),
    {"kind": "rating", "id": "r", "createdAt": "2026-11-21T09:30:00Z", "value": 100, "botId": "b"},
    {"kind": "contact", "id": "q", "createdAt": "2026-11-21T09:30:00Z", "name": "Ann"},
    {"kind": "resource", "id": "b", "updatedAt": "2026-11-21T09:30:00Z", "type": "bot", "name": "Bee"},
]


def check(world: World) -> None:
    assert world.ask(CONVERSATIONS)["value"] == 1
    assert world.ask(MESSAGES)["value"] == 3
    assert world.ask(CONTACTS)["value"] == 2
    stats = world.ask(BOT_STATS, botId="b")
    assert (stats["totalTokens"], stats["thumbsUp"]) == (15, 1)
    assert world.parts.directory.names("acme", [("bot", "b")]) == {("bot", "b"): "Bee"}


def every_call() -> Iterator[int]:
    yield from range(1, 200)


@pytest.mark.parametrize("fault", get_args(Fault))
def test_an_ingest_that_fails_anywhere_is_made_good_by_sending_again(fault: Fault) -> None:
    for at in every_call():
        store = FakeDynamoDB()
        client = FaultyClient(store, at=at, fault=fault)
        acknowledged = 0
        with contextlib.suppress(Killed, TryAgain):
            acknowledged = World(now=NOW, store=store, client=client).push(*EVENTS).accepted
        world = World(now=NOW, store=store)
        if not acknowledged:
            assert world.push(*EVENTS).accepted == len(EVENTS)
        world.fold()
        check(world)
        if not client.met:
            assert at > 8, "the fault met too few calls to show anything"
            return
    pytest.fail("ingest never ended")


@pytest.mark.parametrize("fault", get_args(Fault))
def test_a_roll_up_that_fails_anywhere_is_made_good_by_delivering_again(fault: Fault) -> None:
    for at in every_call():
        store = FakeDynamoDB()
        World(now=NOW, store=store).push(*EVENTS)
        client = FaultyClient(store, at=at, fault=fault)
        broken = World(now=NOW, store=store, client=client)
        records = broken.new_records()
        with contextlib.suppress(Killed, TryAgain):
            broken.fold(records)
        world = World(now=NOW, store=store)
        world.fold(records)
        check(world)
        if not client.met:
            assert at > 20, "the fault met too few calls to show anything"
            return
    pytest.fail("the roll-up never ended")


@pytest.mark.parametrize("fault", get_args(Fault))
def test_a_compaction_that_fails_anywhere_loses_no_row(fault: Fault) -> None:
    for at in every_call():
        store = FakeDynamoDB()
        early = World(now="2026-11-21T09:45:00Z", store=store)
        for event in EVENTS:
            early.push(event)
        early.push({**EVENTS[3], "tokens": 7, "id": "m-more"})
        early.push({**EVENTS[3], "tokens": 7, "id": "m-more", "deleted": True, "updatedAt": "2026-11-21T09:50:00Z"})
        client = FaultyClient(store, at=at, fault=fault)
        broken = World(now=NOW, store=store, client=client, worth_merging=2)
        records = broken.new_records()
        try:
            broken.fold(records)
            broken.fold()
        except (Killed, TryAgain):
            pass
        World(now=NOW, store=store).fold(records)
        world = World(now=NOW, store=store)
        world.fold()
        check(world)
        if not client.met:
            assert store.calls["transact_write_items"] > 0, "nothing was compacted"
            return
    pytest.fail("the roll-up never ended")


def test_an_identical_delivery_writes_nothing_and_folds_nothing() -> None:
    world = World(now=NOW)
    world.push(*EVENTS)
    world.fold()
    written = dict(world.store.written)
    world.at += 60_000
    assert world.push(*EVENTS).accepted == len(EVENTS)
    assert world.new_records() == []
    assert world.store.written == written


def test_the_same_events_in_other_batches_change_no_figure() -> None:
    world = World(now=NOW)
    world.push(*EVENTS)
    world.fold()
    before = world.ask_all({MESSAGES: {}, CONVERSATIONS: {}})
    world.at += 60_000
    for event in reversed(EVENTS):
        world.push(event)
    world.fold()
    assert world.ask_all({MESSAGES: {}, CONVERSATIONS: {}}) == before
    check(world)


def test_sending_an_event_again_after_its_correction_does_not_bring_it_back() -> None:
    world = World(now=NOW)
    message = EVENTS[1]
    world.push(message)
    world.at += 1_000
    world.push({**message, "type": "bot"})
    world.at += 1_000
    world.push(message, EVENTS[2])
    world.fold()
    assert world.ask("clr3m5n8k000808jq5m2n3o9i")["value"] == 1, "the correction stands"
    assert world.ask("clr3m5n8k000708jq4l1m2n8h")["value"] == 1, "only the other message is a user's"


def test_a_fold_of_an_older_view_cannot_overwrite_a_newer_one() -> None:
    """An event comes and goes: the cells end as they began, and yet a slow fold that saw the event must not win."""
    store = FakeDynamoDB()
    world = World(now=NOW, store=store)
    world.push(EVENTS[0])
    world.fold()
    world.push({**EVENTS[0], "id": "d"})
    slow = World(now=NOW, store=store, client=_Pausing(store, lambda: _delete_and_fold(world)))
    slow.fold(world.new_records())
    assert world.ask(CONVERSATIONS)["value"] == 1


def _delete_and_fold(world: World) -> None:
    world.at += 1_000
    world.push({**EVENTS[0], "id": "d", "deleted": True})
    world.fold()


class _Pausing:
    """Lets something else happen just before the first write to the roll-ups."""

    def __init__(self, client: Any, meanwhile: Any) -> None:
        self._client, self._meanwhile = client, meanwhile

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)

        def call(**request: Any) -> Any:
            if name == "put_item" and request["TableName"] == "rollups" and self._meanwhile:
                meanwhile, self._meanwhile = self._meanwhile, None
                meanwhile()
            return real(**request)

        return call


def test_what_cannot_be_folded_is_parked_by_name_and_the_rest_goes_on() -> None:
    world = World(now=NOW)
    world.push(*EVENTS)
    [(partition, items)] = [
        (partition, items)
        for partition, items in world.store.tables["facts"].items()
        if "#message#2026-11-21" in partition
    ]
    for item in items.values():
        item["d"] = {"B": b"rubbish"}
    world.fold()
    assert {(letter["what"], letter["hour"]) for letter in world.letters.parked} == {("message", "2026-11-21T09")}
    assert "cannot be read" in world.letters.parked[0]["reason"]
    assert world.ask(MESSAGES)["value"] == 2, "the messages of the other hours"
    assert world.ask(CONVERSATIONS)["value"] == 0, "their depth is that of their messages"
    assert world.ask(BOT_STATS, botId="b")["thumbsUp"] == 1
    assert partition.startswith("acme#")


def test_hours_beyond_the_retention_are_sealed_and_their_totals_stay() -> None:
    world = World(now=NOW)
    world.push(*EVENTS)
    records = world.new_records()
    world.fold(records)
    world.store.tables["facts"].clear()  # as the time to live does in the end
    world.store.sorts.clear()
    world.at += 403 * 24 * 3_600_000
    written = world.store.written["rollups"]
    world.fold(records)
    assert world.store.written["rollups"] == written
    rejected = world.push(EVENTS[1]).rejected
    assert [(each.code, each.field) for each in rejected] == [("TOO_OLD", "createdAt")]
