"""Every report equals a plain recount of the accepted events, whatever the order, repetition, batching, zone and race."""

import os
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.turns import Turns
from tests.fakes.world import World
from tests.simulation.activity import BOTS, Activity
from tests.simulation.recount import Recount
from wallboard.model.time import parse_instant

SEEDS = int(os.environ.get("SEEDS", "12"))
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu")
# The windows of the first hold the end, those of the second the start of summer time in Europe.
NOWS = ("2026-11-10T10:20:00Z", "2027-04-12T22:50:00Z")
MINUTE = 60_000

METRICS: dict[str, Callable[..., dict[str, Any]]] = {
    "clr3m5n8k000508jq2j9k0l6f": lambda recount, **asked: recount.total_conversations(**asked),
    "clr3m5n8k000608jq3k0l1m7g": lambda recount, **asked: recount.total_messages(**asked),
    "clr3m5n8k000708jq4l1m2n8h": lambda recount, **asked: recount.messages_of("user", **asked),
    "clr3m5n8k000808jq5m2n3o9i": lambda recount, **asked: recount.messages_of("bot", **asked),
    "clr3m5n8k000908jq6n3o4p0j": lambda recount, **asked: recount.messages_of("activity", **asked),
    "clr3m5n8k000008jq7h9e5b1a": lambda recount, **asked: recount.total_ratings(**asked),
    "clr3m5n8k000108jq3c4d7f2b": lambda recount, **asked: recount.thumbs_up(**asked),
    "clr3m5n8k000208jq8e5f6g3c": lambda recount, **asked: recount.thumbs_down(**asked),
    "clr3m5n8k000408jq9i8j9k5e": lambda recount, **asked: recount.active_contacts(**asked),
}
TOTAL_CONTACTS = "clr3m5n8k000308jq1h7i8j4d"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"


def deliver(world: World, turns: Turns, chance: Random, end: int) -> list[tuple[dict[str, Any], int]]:
    """Pushes random activity up to `end`, folding now and then, and answers what was accepted, and when."""
    activity = Activity(chance, end)
    accepted: list[tuple[dict[str, Any], int]] = []
    told: list[dict[str, Any]] = []
    history: list[dict[str, Any]] = []
    while world.at < end:
        batch: list[dict[str, Any]] = []
        for _ in range(chance.randrange(1, 25)):
            if told and chance.random() < 0.4:
                event = chance.choice(told)
                event = event if chance.random() < 0.5 else activity.revised(event)
            else:
                event = activity.event()
            # Two words about one event in one call, neither with a version: the contract leaves open which is the last.
            if not any((event["kind"], event["id"]) == (other["kind"], other["id"]) for other in batch):
                batch.append(event)
        told += batch
        receipt = world.push(*(activity.wire(event) for event in batch))
        assert {rejection.code for rejection in receipt.rejected} <= {"FUTURE"}
        refused = {rejection.index for rejection in receipt.rejected}
        assert receipt.accepted == len(batch) - len(refused)
        accepted += [(event, world.at) for index, event in enumerate(batch) if index not in refused]
        records = world.new_records()
        history += records
        if chance.random() < 0.7:
            again = chance.sample(history, min(len(history), 30)) if chance.random() < 0.5 else []
            fold_at_once(world, turns, chance, [*records, *again])
            history += world.new_records()
        world.at += 2 * chance.randrange(1, 20 * MINUTE)
    world.at = end
    world.fold(history)
    world.fold()
    return accepted


def fold_at_once(world: World, turns: Turns, chance: Random, records: list[dict[str, Any]]) -> None:
    """Cuts records into batches, in any order, and folds up to three of them at the same time."""
    chance.shuffle(records)
    workers = chance.randrange(1, 4)
    shares = [records[start::workers] for start in range(workers)]
    turns.run([partial(world.fold, share) for share in shares])


@pytest.mark.parametrize("seed", range(SEEDS))
def test_reports_equal_a_plain_recount(seed: int) -> None:
    chance = Random(seed)
    end = parse_instant(NOWS[seed % len(NOWS)])
    store = FakeDynamoDB(page=chance.choice([500, 5_000, 1_000_000]))
    turns = Turns(store, chance)
    world = World(store=store, client=turns, worth_merging=chance.choice([2, 4, 1_000]))
    world.at = end - chance.randrange(10, 40) * 2 * 10 * MINUTE
    recount = Recount(deliver(world, turns, chance, end))

    for zone in ZONES:
        for days in (7, 14, 30):
            for report_id, plainly in METRICS.items():
                expected = plainly(recount, now=end, days=days, zone=zone)
                assert world.ask(report_id, zone=zone, periodDays=days) == expected, (report_id, zone, days)
    assert world.ask(TOTAL_CONTACTS) == recount.total_contacts()
    for bot in filter(None, BOTS):
        assert world.ask(BOT_STATS, botId=bot) == recount.bot_stats(bot, now=end, days=30)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_folding_everything_again_finds_no_drift(seed: int) -> None:
    chance = Random(seed)
    end = parse_instant(NOWS[0])
    store = FakeDynamoDB()
    turns = Turns(store, chance)
    world = World(store=store, client=turns, worth_merging=3)
    world.at = end - 40 * MINUTE
    deliver(world, turns, chance, end)
    written = store.written["rollups"]
    world.fold([record for record in store.stream if record["table"] == "facts"])
    assert store.written["rollups"] == written
    assert world.letters.parked == []
