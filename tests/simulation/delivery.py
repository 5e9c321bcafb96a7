"""Deliveries: what happened is pushed in any batches and folded now and then, repeatedly, late and at once."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.turns import Turns
from tests.fakes.world import World
from tests.simulation.activity import MINUTE, Activity, Event
from tests.simulation.ledger import identity
from wallboard.model.time import parse_instant

Record = dict[str, Any]
SEEDS = int(os.environ.get("SEEDS", "12"))
every_seed = pytest.mark.parametrize("seed", range(SEEDS))

# The windows of the first hold the end, those of the second the beginning of summer time in Europe and in Cuba.
NOWS = ("2026-11-10T10:20:00Z", "2027-04-12T22:50:00Z")


class Streaks(Random):
    """Chooses the same one for a while before it chooses another: so somebody is left standing between two calls while others
    do all they have to do."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._changes = Random.choice(self, [0.02, 0.1, 1])
        self._last: Any = None

    def choice(self, options: Any) -> Any:
        if self._last not in options or self.random() < self._changes:
            self._last = super().choice(options)
        return self._last


class History:
    """A world in which a seed decides what happens up to `end`, and how it is delivered.

    `accepted`: what was accepted, times in epoch milliseconds, with the instant at which it was received.
    """

    def __init__(self, seed: int) -> None:
        self.chance = chance = Random(seed)
        self.end = parse_instant(NOWS[seed % len(NOWS)]) + 2 * chance.randrange(30 * MINUTE)
        self.store = FakeDynamoDB(page=chance.choice([500, 5_000, 1_000_000]))
        self._turns = Turns(self.store, Streaks(seed))
        self.world = World(store=self.store, client=self._turns, worth_merging=chance.choice([2, 4, 1_000]))
        self._is_crowd = seed % 5 == 4
        self.activity = Activity(chance, self.end, is_crowd=self._is_crowd)
        self.accepted: list[tuple[Event, int]] = []
        self._told: list[Event] = []
        self._records: list[Record] = []

    def deliver(self, *, minutes: int) -> None:
        """Pushes random activity in the last minutes before the end. Meanwhile what was pushed before is folded: late, some of
        it again, and all of it at least once."""
        chance, world = self.chance, self.world
        waiting: list[Record] = []
        most = 100 if self._is_crowd else chance.choice([25, 25, 80])
        world.at = self.end - minutes * MINUTE
        self._at_once(self.activity.talks(), [])
        while (later := world.at + 2 * chance.randrange(1, 20 * MINUTE)) < self.end:
            world.at = later
            waiting += self._new_records()
            due = chance.sample(self._records, min(len(self._records), 30)) if chance.random() < 0.3 else []
            if chance.random() < 0.7:
                due, waiting = due + waiting, []
            self._at_once(self._events(chance.randrange(1, most)), due)
        world.at = self.end
        self._at_once([], waiting + self._new_records())
        world.fold()

    def _new_records(self) -> list[Record]:
        new = self.world.new_records()
        self._records += new
        return new

    def _events(self, size: int) -> Iterator[Event]:
        for _ in range(size):
            if self._told and self.chance.random() < 0.4:
                event = self.chance.choice(self._told)
                yield event if self.chance.random() < 0.5 else self.activity.revised(event)
            else:
                yield self.activity.event()

    def _at_once(self, events: Iterable[Event], due: list[Record]) -> None:
        """Pushes events while up to three workers fold what is due, cut into batches in any order. Sometimes what is pushed is
        folded before they are done."""
        batch: list[Event] = []
        for event in events:
            if not any(_unclear(event, other) for other in batch):
                batch.append(event)
        self._told += batch
        sent, folds = [*map(self.activity.wire, batch)], self.chance.random() < 0.5
        self.chance.shuffle(due)
        workers = self.chance.randrange(1, 4)
        shares = [due[start::workers] for start in range(workers)]
        self._turns.run(
            [partial(self._push, batch, sent, folds=folds), *(partial(self.world.fold, share) for share in shares)]
        )

    def _push(self, batch: list[Event], sent: list[Event], *, folds: bool) -> None:
        receipt = self.world.push(*sent)
        assert {rejection.code for rejection in receipt.rejected} <= {"FUTURE"}
        refused = {rejection.index for rejection in receipt.rejected}
        assert receipt.accepted == len(batch) - len(refused)
        self.accepted += [(event, self.world.at) for index, event in enumerate(batch) if index not in refused]
        if folds:
            self.world.fold(self._new_records())


def _unclear(one: Event, other: Event) -> bool:
    """Two words about one event in one call, neither with a version: the contract leaves open which is the last, unless
    one of them says that it is deleted."""
    if "deleted" in one or "deleted" in other:
        return False
    return identity(one) == identity(other) and one != other and not ("updatedAt" in one or "updatedAt" in other)
