"""Measures: commutative monoids, so that the cells of any quarters merge into any window in any order.

A *value* is what one cell holds; a *column* is the values of many cells, laid out so that a run of them merges in one
call; `pack` turns a column into JSON and bytes, `unpack` turns these back.
"""

import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, Protocol

from wallboard.measures.sketch import Sketch

Packed = tuple[Any, bytes]


class Measure(Protocol):
    """What a cube needs of a measure."""

    def column(self, values: Sequence[Any]) -> Any: ...
    def values(self, column: Any) -> list[Any]: ...
    def merge_run(self, column: Any, start: int, end: int) -> Any: ...
    def merge(self, values: Iterable[Any]) -> Any: ...
    def figure(self, value: Any) -> int: ...
    def pack(self, column: Any) -> Packed: ...
    def unpack(self, header: Any, body: bytes) -> Any: ...


class Sum:
    """How many, or how much in whole units. Integers only: a sum of floats would depend on their order."""

    def column(self, values: Sequence[int]) -> list[int]:
        return list(values)

    def values(self, column: list[int]) -> list[int]:
        return column

    def merge_run(self, column: list[int], start: int, end: int) -> int:
        return sum(column[start:end])

    def merge(self, values: Iterable[int]) -> int:
        return sum(values)

    def figure(self, value: int) -> int:
        return value

    def pack(self, column: list[int]) -> Packed:
        return column, b""

    def unpack(self, header: list[int], body: bytes) -> list[int]:
        return header


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
        offsets = column.offsets
        sizes = [end - start for start, end in pairwise(offsets)]
        sketches = sorted(column.sketches.items())
        bodies = [zlib.compress(sketch.registers) for _, sketch in sketches]
        header = {
            "sizes": sizes,
            "sketches": [(place, len(body)) for (place, _), body in zip(sketches, bodies, strict=True)],
        }
        return header, b"".join([_little_endian(column.hashes).tobytes(), *bodies])

    def unpack(self, header: dict[str, Any], body: bytes) -> DistinctColumn:
        edge = 8 * sum(header["sizes"])
        hashes = array("Q")
        hashes.frombytes(body[:edge])
        sketches = {}
        for place, size in header["sketches"]:
            sketches[place] = Sketch(zlib.decompress(body[edge : edge + size]))
            edge += size
        return DistinctColumn(_little_endian(hashes), header["sizes"], sketches)


def _little_endian(hashes: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return hashes
    swapped = array("Q", hashes)
    swapped.byteswap()
    return swapped
