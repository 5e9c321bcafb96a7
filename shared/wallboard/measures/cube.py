"""What a cube is, and what the folds of all of them use."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from wallboard.measures.monoids import Gathering, Measure
from wallboard.model.facts import Rows
from wallboard.model.time import QUARTER, QUARTERS_A_DAY

Key = tuple[Any, ...]
Cells = dict[Key, tuple[Any, ...]]
Facts = Mapping[str, Rows]


Record = Mapping[str, Any]
"""One fact, by its columns; None where it says nothing."""


class Item(NamedTuple):
    """What one fact of a kind adds to a cell, by measure; what is left out adds nothing."""

    kind: str
    fact: Record
    key: Key
    adds: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cube:
    """A family of cells. `fold` takes the live rows of one hour by kind and yields values in the order of `measures`. The
    cells of an hourly one stand in the first quarter of their hour.

    Where single facts can be told for what a figure counts, `items` are what they add, and `lists` are the kinds of facts
    that they are. Where not the quarter of a cell places it in a window but a later one, `timed_by` is the dimension that has
    it (the first one), and `look_back` how many days later it is at most.
    """

    name: str
    kinds: tuple[str, ...]
    dimensions: tuple[str, ...]
    measures: Mapping[str, Measure]
    fold: Callable[[Facts], Cells]
    edition: int = 1
    is_hourly: bool = False
    items: Callable[[Facts], Iterable[Item]] | None = None
    lists: tuple[str, ...] = ()
    timed_by: str = ""
    look_back: int = 0


def cube_of(
    name: str,
    kinds: tuple[str, ...],
    dimensions: tuple[str, ...],
    measures: Mapping[str, Gathering],
    items: Callable[[Facts], Iterable[Item]],
    **more: Any,
) -> Cube:
    """A cube whose cells are what the items of an hour add up to: facts of the first of `kinds`, unless told."""

    def fold(facts: Facts) -> Cells:
        found: dict[Key, list[Mapping[str, Any]]] = defaultdict(list)
        for item in items(facts):
            found[item.key].append(item.adds)
        return {
            key: tuple(measure.gather(each.get(name) for each in adds) for name, measure in measures.items())
            for key, adds in found.items()
        }

    return Cube(name, kinds, dimensions, measures, fold, items=items, **{"lists": kinds[:1]} | more)


def quarters(rows: Rows) -> list[int]:
    return [quarter_of(at) for at in rows.column("at")]


def timed(quarter: int) -> str:
    """A quarter since 1970 as a dimension: in the order of the alphabet as in that of time."""
    return f"{quarter:08}"


def quarter_of(at: int) -> int:
    """The quarter of the UTC day in which an instant lies."""
    return at // QUARTER % QUARTERS_A_DAY


def names(rows: Rows, dimension: str) -> list[str]:
    return [value or "" for value in rows.column(dimension)]


def counted(*columns: Iterable[Any]) -> Cells:
    return {key: (count,) for key, count in Counter(zip(*columns, strict=True)).items()}


def hash64(text: str) -> int:
    """A 64-bit hash that is the same on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
