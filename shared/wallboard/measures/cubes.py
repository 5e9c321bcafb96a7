"""The cubes: which kinds each is folded from, its dimensions, its measures, and the fold of one hour.

A cell's key is its dimensions, in their order, and then its quarter of the UTC day. An unknown dimension is "".
Change what a fold yields, and raise the cube's edition: `wallboard rebuild` then knows every hour as out of date.
"""

from collections.abc import Mapping

from wallboard.measures.agent_cubes import AGENT_CUBES
from wallboard.measures.conversation_cubes import CONVERSATION_CUBES
from wallboard.measures.cube import Cube
from wallboard.measures.delivered_cubes import DELIVERED_CUBES
from wallboard.measures.interaction_cubes import INTERACTION_CUBES

CUBES: Mapping[str, Cube] = {
    cube.name: cube for cube in (*CONVERSATION_CUBES, *INTERACTION_CUBES, *AGENT_CUBES, *DELIVERED_CUBES)
}


def cubes_of(kind: str) -> list[Cube]:
    """The cubes that are folded from a kind; none for kinds that are only kept."""
    return [cube for cube in CUBES.values() if kind in cube.kinds]
