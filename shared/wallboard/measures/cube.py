"""What a cube is, and what the folds of all of them use."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from wallboard.measures.monoids import Measure
from wallboard.model.facts import Rows
from wallboard.model.time import QUARTER, QUARTERS_A_DAY

Key = tuple[Any, ...]
Cells = dict[Key, tuple[Any, ...]]
Facts = Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Cube:
    """A family of cells. `fold` takes the live rows of one hour by kind and yields values in the order of `measures`. The
    cells of an hourly one stand in the first quarter of their hour."""

    name: str
    kinds: tuple[str, ...]
    dimensions: tuple[str, ...]
    measures: Mapping[str, Measure]
    fold: Callable[[Facts], Cells]
    edition: int = 1
    is_hourly: bool = False


def quarters(rows: Rows) -> list[int]:
    return [at // QUARTER % QUARTERS_A_DAY for at in rows.column("at")]


def names(rows: Rows, dimension: str) -> list[str]:
    return [value or "" for value in rows.column(dimension)]


def counted(*columns: Iterable[Any]) -> Cells:
    return {key: (count,) for key, count in Counter(zip(*columns, strict=True)).items()}


def hash64(text: str) -> int:
    """A 64-bit hash that is the same on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
