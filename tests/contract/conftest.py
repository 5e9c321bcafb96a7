"""Worlds behind the real Lambda handlers."""

from collections.abc import Iterator

import pytest

from tests.contract.doors import Doors
from tests.fakes.world import World
from wallboard.runtime import wiring


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    wiring.use(world.parts)
    yield world
    wiring.use(None)


@pytest.fixture
def doors(world: World) -> Doors:
    return Doors(world)
