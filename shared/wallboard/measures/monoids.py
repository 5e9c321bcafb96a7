"""Measures: commutative monoids, so that the cells of any quarters merge into any window in any order.

A *value* is what one cell holds; a *column* is the values of many cells, laid out so that a run of them merges in one
call; `pack` turns a column into JSON and bytes, `unpack` turns these back.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, Protocol

from pydantic_core import from_json, to_json

from wallboard.measures.sketch import Sketch

Packed = tuple[Any, bytes]


class Measure(Protocol):
    """What a cube needs of a measure."""

    def column(self, values: Sequence[Any]) -> Any: ...
    def values(self, column: Any) -> list[Any]: ...
    def merge_run(self, column: Any, start: int, end: int) -> Any: ...
    def merge(self, values: Iterable[Any]) -> Any: ...
    def figure(self, value: Any) -> Any: ...
    def pack(self, column: Any) -> Packed: ...
    def unpack(self, header: Any, body: bytes) -> Any: ...


class Gathering(Measure, Protocol):
    """A measure to which facts add one by one."""

    def gather(self, values: Iterable[Any]) -> Any:
        """The value of what these facts add, each of it or None."""
        ...


class Sum:
    """How many, or how much in whole units, not below 0. No floats: a sum of them would depend on their order."""

    def gather(self, values: Iterable[int | None]) -> int:
        return sum(filter(None, values))

    def column(self, values: Sequence[int]) -> Sequence[int]:
        return values

    def values(self, column: Sequence[int]) -> list[int]:
        return list(column)

    def merge_run(self, column: Sequence[int], start: int, end: int) -> int:
        return sum(column[start:end])

    def merge(self, values: Iterable[int]) -> int:
        return sum(values)

    def figure(self, value: int) -> int:
        return value

    def pack(self, column: Sequence[int]) -> Packed:
        """Each number in as few bytes as the largest needs; as they are where that is more than a machine word."""
        largest = max(column, default=0)
        for code in "BHIQ":
            if largest < 1 << 8 * array(code).itemsize:
                return code, _portable(array(code, column)).tobytes()
        return list(column), b""

    def unpack(self, header: str | list[int], body: bytes) -> Sequence[int]:
        return header if isinstance(header, list) else _read(header, body)


DistinctValue = set[int] | Sketch


class DistinctColumn:
    """Sets of 64-bit hashes: all exact ones in one array with the offset of each cell, and the few sketches by cell."""

    __slots__ = ("hashes", "offsets", "sketches")

    def __init__(self, hashes: "array[int]", sizes: Iterable[int], sketches: dict[int, Sketch]) -> None:
        self.hashes = hashes
        self.offsets = [0, *accumulate(sizes)]
        self.sketches = sketches


class Distinct:
    """How many different ones. Exact 64-bit hashes up to `limit` in one cell, then a sketch.

    A collision among a million hashes has a chance of 3 in 10⁸ (birthday bound n² / 2⁶⁵), so a set counts as exact.
    """

    limit = 8192

    def gather(self, values: Iterable[int | None]) -> DistinctValue:
        """Of hashes."""
        return {value for value in values if value is not None}

    def column(self, values: Sequence[DistinctValue]) -> DistinctColumn:
        hashes = array("Q")
        sizes: list[int] = []
        sketches: dict[int, Sketch] = {}
        for place, value in enumerate(values):
            if isinstance(value, set) and len(value) <= self.limit:
                hashes.extend(sorted(value))
                sizes.append(len(value))
            else:
                sketches[place] = Sketch.of(value) if isinstance(value, set) else value
                sizes.append(0)
        return DistinctColumn(hashes, sizes, sketches)

    def values(self, column: DistinctColumn) -> list[DistinctValue]:
        cells = range(len(column.offsets) - 1)
        return [self.merge_run(column, place, place + 1) for place in cells]

    def merge_run(self, column: DistinctColumn, start: int, end: int) -> DistinctValue:
        exact = set(column.hashes[column.offsets[start] : column.offsets[end]])
        if not column.sketches:
            return exact
        return self.merge([exact, *(sketch for place, sketch in column.sketches.items() if start <= place < end)])

    def merge(self, values: Iterable[DistinctValue]) -> DistinctValue:
        """A set as long as every part is one, however large; a sketch as soon as any part is one."""
        parts = list(values)
        exact: set[int] = set().union(*(part for part in parts if isinstance(part, set)))
        sketches = [part for part in parts if isinstance(part, Sketch)]
        return Sketch.union([*sketches, Sketch.of(exact)]) if sketches else exact

    def figure(self, value: DistinctValue) -> int:
        return len(value) if isinstance(value, set) else value.estimate()

    def pack(self, column: DistinctColumn) -> Packed:
        sizes = array("H", [end - start for start, end in pairwise(column.offsets)])
        places = sorted(column.sketches)
        sketches = [column.sketches[place].registers for place in places]
        parts = [_portable(sizes).tobytes(), _portable(column.hashes).tobytes(), *sketches]
        return {"cells": len(sizes), "sketches": places}, b"".join(parts)

    def unpack(self, header: dict[str, Any], body: bytes) -> DistinctColumn:
        edge = 2 * header["cells"]
        sizes = _read("H", body[:edge])
        edge, first = edge + 8 * sum(sizes), edge
        hashes = _read("Q", body[first:edge])
        sketches = {
            place: Sketch(body[edge + nth * Sketch.size : edge + (nth + 1) * Sketch.size])
            for nth, place in enumerate(header["sketches"])
        }
        return DistinctColumn(hashes, sizes, sketches)


NewestValue = list[tuple[int, str]]


class Newest:
    """The `most` things that came last: (instant, id), newest first, then in the order of ids. One that came twice is listed
    with its last time."""

    most = 100

    def column(self, values: Sequence[NewestValue]) -> Sequence[NewestValue]:
        return values

    def values(self, column: Sequence[NewestValue]) -> list[NewestValue]:
        return list(column)

    def merge_run(self, column: Sequence[NewestValue], start: int, end: int) -> NewestValue:
        return self.merge(column[start:end])

    def merge(self, values: Iterable[NewestValue]) -> NewestValue:
        last: dict[str, int] = {}
        for at, name in chain.from_iterable(values):
            last[name] = max(last.get(name, at), at)
        newest = sorted((-at, name) for name, at in last.items())[: self.most]
        return [(-before, name) for before, name in newest]

    def figure(self, value: NewestValue) -> NewestValue:
        return value

    def pack(self, column: Sequence[NewestValue]) -> Packed:
        return None, to_json(column)

    def unpack(self, header: None, body: bytes) -> Sequence[NewestValue]:
        return [[(at, name) for at, name in value] for value in from_json(body)]


Tally = dict[tuple[str, str], int]


class Counts:
    """How many of each of a few kinds: (word, word) → count."""

    def gather(self, values: Iterable[tuple[str, str] | None]) -> Tally:
        return dict(Counter(value for value in values if value is not None))

    def column(self, values: Sequence[Tally]) -> Sequence[Tally]:
        return values

    def values(self, column: Sequence[Tally]) -> list[Tally]:
        return list(column)

    def merge_run(self, column: Sequence[Tally], start: int, end: int) -> Tally:
        return self.merge(column[start:end])

    def merge(self, values: Iterable[Tally]) -> Tally:
        merged: Tally = {}
        for value in values:
            for kind, count in value.items():
                merged[kind] = merged.get(kind, 0) + count
        return merged

    def figure(self, value: Tally) -> Tally:
        return value

    def pack(self, column: Sequence[Tally]) -> Packed:
        return None, to_json([sorted((*kind, count) for kind, count in value.items()) for value in column])

    def unpack(self, header: None, body: bytes) -> Sequence[Tally]:
        return [{(first, second): count for first, second, count in value} for value in from_json(body)]


def _read(code: str, data: bytes) -> "array[int]":
    numbers = array(code)
    numbers.frombytes(data)
    return _portable(numbers)


def _portable(numbers: "array[int]") -> "array[int]":
    """The same numbers with the lowest byte first, or back again."""
    if sys.byteorder == "little":
        return numbers
    swapped = array(numbers.typecode, numbers)
    swapped.byteswap()
    return swapped
