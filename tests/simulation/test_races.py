"""Whoever pushes or folds the same hour at the same time, in whatever order their calls come: nothing is lost."""

from functools import partial

from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.turns import Turns
from tests.fakes.world import World
from tests.simulation.delivery import Streaks, every_seed

TOTAL_MESSAGES = "clr3m5n8k000608jq3k0l1m7g"
RACES = 25
"""How many there are of every seed."""

AT = "2026-11-21T09:10:00Z"


def push(world: World, number: int) -> None:
    message = {"kind": "message", "type": "user", "conversationId": "c", "conversationStartedAt": AT}
    assert world.push(message | {"id": f"m-{number}", "createdAt": AT}).accepted == 1


def push_and_fold(world: World, number: int) -> None:
    push(world, number)
    world.fold(world.new_records())


@every_seed
def test_an_hour_that_is_pushed_to_while_it_is_folded_has_everything(seed: int) -> None:
    for race in range(RACES):
        store = FakeDynamoDB()
        turns = Turns(store, Streaks(RACES * seed + race))
        world = World(client=turns, store=store, worth_merging=2)
        push(world, 0)
        first = world.new_records()
        turns.run([partial(world.fold, first), partial(push_and_fold, world, 1), partial(push_and_fold, world, 2)])
        assert world.ask(TOTAL_MESSAGES)["value"] == 3, race
