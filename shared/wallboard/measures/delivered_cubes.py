"""The cubes of figures that sources deliver already added up: of agents and of queues, for intervals of their own.

Values are kept in whole millionths, so that sums do not depend on their order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from wallboard.measures.cube import Cube, Facts, Item, Record, cube_of, quarter_of
from wallboard.measures.monoids import Gathering, Sum

MILLIONTHS = 1_000_000

MOST = 2**53
"""What is more is no figure of a contact centre, and beyond it not every whole number is told exactly."""

OF_AGENTS = (
    "session_duration",
    "away_time",
    "acd",
    "acw",
    "asa",
    "avg_hold_time",
    "avg_ring_duration",
    "inbound_conversations",
    "outbound_conversations",
)
"""Those that Samespace defines. Times and averages are in seconds."""

OF_QUEUES = (
    "offered",
    "answered",
    "abandoned",
    "short_abandoned",
    "answered_within",
    "abandoned_within",
    "completed",
)
"""Counts of interactions."""

MEANS_OF_QUEUES: Mapping[str, tuple[str, ...]] = {
    "service_level": ("answered_within", "answered", "abandoned"),
    "speed_of_answer": ("queue_time_answered", "answered"),
    "wait_to_abandon": ("queue_time_abandoned", "abandoned"),
    "talk_time": ("talk", "answered"),
    "hold_time": ("hold", "answered"),
    "wrap_time": ("wrap", "answered"),
}
"""The first is divided by the sum of the rest, of intervals that tell all of them: the measure of the name by that of the name
with `_per`."""


def _figures(row: Record, names: Iterable[str]) -> dict[str, int]:
    """In millionths; without what is below 0, which no count and no time is."""
    said = row["figures"] or {}
    return {name: round(said[name] * MILLIONTHS) for name in names if name in said and 0 <= said[name] <= MOST}


def _of_agents(facts: Facts) -> Iterator[Item]:
    """Not those of an agent in one queue: others tell of the same time without it."""
    for row in facts["agent_interval"].records():
        if row["queue"] is None and (found := _figures(row, OF_AGENTS)):
            key = (row["source"], row["agent"], quarter_of(row["at"]))
            yield Item("agent_interval", row, key, {**found, **_told(found)})


def _of_queues(facts: Facts) -> Iterator[Item]:
    for row in facts["queue_interval"].records():
        if found := _figures(row, _READ_OF_QUEUES):
            adds = {name: found[name] for name in OF_QUEUES if name in found}
            adds |= _told(adds)
            for name, (part, *whole) in MEANS_OF_QUEUES.items():
                if {part, *whole} <= found.keys():
                    adds |= {name: found[part], f"{name}_per": sum(found[each] for each in whole)}
            yield Item("queue_interval", row, (row["source"], row["queue"], quarter_of(row["at"])), adds)


def _told(found: Iterable[str]) -> dict[str, int]:
    return {"intervals": 1, **{f"{name}_told": 1 for name in found}}


_READ_OF_QUEUES = dict.fromkeys([*OF_QUEUES, *chain.from_iterable(MEANS_OF_QUEUES.values())])


def _sums(figures: Iterable[str], means: Iterable[str] = ()) -> dict[str, Gathering]:
    """`…_told` counts the intervals that tell a figure, `intervals` those that tell any."""
    names = [*figures, *(f"{name}_told" for name in figures), *means, *(f"{name}_per" for name in means), "intervals"]
    return dict.fromkeys(names, Sum())


DELIVERED_CUBES: Sequence[Cube] = (
    cube_of("agent_figures", ("agent_interval",), ("source", "agent"), _sums(OF_AGENTS), _of_agents),
    cube_of("queue_figures", ("queue_interval",), ("source", "queue"), _sums(OF_QUEUES, MEANS_OF_QUEUES), _of_queues),
)
