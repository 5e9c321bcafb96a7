"""A block: the cells of one cube on one UTC day, column by column, sorted by dimensions and then by quarter.

Cells of the same dimensions form a *run*, so that any stretch of time in it is one slice of each column.
"""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import Any

from pydantic_core import from_json, to_json

from wallboard.errors import CorruptData
from wallboard.measures.cube import Cells, Cube
from wallboard.measures.monoids import Packed
from wallboard.model.time import QUARTERS_A_DAY, day_quarter

Filter = str | Callable[[str], bool]


class OneOf(frozenset[str]):
    """A filter: any of these values. Equal where its values are, so that what was read with it is found again."""

    def __call__(self, value: str) -> bool:
        return value in self


@dataclass(frozen=True, slots=True)
class Run:
    """The cells `start` to `end` (exclusive) of a block share these dimensions."""

    dimensions: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoldedHour:
    """What the fold of one hour of a day gave: its cells, what it was folded from, and the latest anchor of its facts."""

    hour: int
    cells: Cells
    digest: bytes
    newest: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """`hours`: of each hour of the day that was folded, the digest of what it was folded from (see `hour_digest`).
    `newest`: of each such hour with facts, the latest anchor among them (an instant). `quarters`: of the day, one per cell."""

    cube: Cube
    day: str
    runs: Sequence[Run] = ()
    quarters: Sequence[int] = ()
    _columns: MutableMapping[str, Any] = field(default_factory=dict)
    hours: Mapping[int, bytes] = field(default_factory=dict)
    newest: Mapping[int, int] = field(default_factory=dict)
    _stored: Mapping[str, Packed] = field(default_factory=dict)

    @classmethod
    def of(
        cls, cube: Cube, day: str, cells: Cells, *, hours: Mapping[int, bytes], newest: Mapping[int, int]
    ) -> "Block":
        """The block of these cells; the key of each ends with its quarter."""
        ordered = sorted(cells.items(), key=itemgetter(0))
        runs: list[Run] = []
        edges = [
            place
            for place in range(len(ordered) + 1)
            if place in (0, len(ordered)) or ordered[place][0][:-1] != ordered[place - 1][0][:-1]
        ]
        runs = [Run(ordered[start][0][:-1], start, end) for start, end in pairwise(edges)]
        columns = {
            name: measure.column([values[place] for _, values in ordered])
            for place, (name, measure) in enumerate(cube.measures.items())
        }
        return cls(cube, day, runs, [key[-1] for key, _ in ordered], columns, hours, newest)

    def cells(self) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """The cells again, key and values."""
        keys = [(*run.dimensions, quarter) for run in self.runs for quarter in self.quarters[run.start : run.end]]
        values = [measure.values(self.column(name)) for name, measure in self.cube.measures.items()]
        return zip(keys, zip(*values, strict=True), strict=True)

    def with_hours(self, folded: Sequence[FoldedHour]) -> "Block":
        """This block with the cells of these hours in place of the old ones."""
        replaced = {each.hour for each in folded}
        cells = {key: values for key, values in self.cells() if key[-1] // 4 not in replaced} if self.quarters else {}
        hours, newest = dict(self.hours), dict(self.newest)
        for each in folded:
            cells |= each.cells
            hours[each.hour] = each.digest
            newest.pop(each.hour, None)
            if each.newest is not None:
                newest[each.hour] = each.newest
        return Block.of(self.cube, self.day, cells, hours=hours, newest=newest)

    def merge(
        self, measure: str, cuts: Sequence[int], filters: Mapping[str, Filter], by: Sequence[str] = ()
    ) -> Iterator[tuple[int, tuple[str, ...], Any]]:
        """(i, group, value) for what this day adds to the stretch from cuts[i] to cuts[i + 1] (ascending absolute
        quarters); `group` are the values of the dimensions `by`."""
        base = day_quarter(self.day)
        if cuts[-1] <= base or base + QUARTERS_A_DAY <= cuts[0] or not self.runs:
            return
        column, kind = self.column(measure), self.cube.measures[measure]
        first = max(bisect_right(cuts, base) - 1, 0)
        inside = bisect_left(cuts, base + QUARTERS_A_DAY, first)
        edges = [cut - base for cut in cuts[first : inside + 1]]
        whole = edges[0] <= 0 and len(edges) == 2 and edges[1] >= QUARTERS_A_DAY
        if whole and not filters and not by:
            yield first, (), kind.merge_run(column, 0, len(self.quarters))
            return
        places = [(self.cube.dimensions.index(name), wanted) for name, wanted in filters.items()]
        groups = [self.cube.dimensions.index(name) for name in by]
        for run in self._runs(filters):
            if not all(_passes(run.dimensions[place], wanted) for place, wanted in places):
                continue
            group = tuple([run.dimensions[place] for place in groups])
            if whole:
                yield first, group, kind.merge_run(column, run.start, run.end)
                continue
            start = bisect_left(self.quarters, edges[0], run.start, run.end)
            for stretch, edge in enumerate(edges[1:], first):
                end = bisect_left(self.quarters, edge, start, run.end)
                if end > start:
                    yield stretch, group, kind.merge_run(column, start, end)
                start = end

    def _runs(self, filters: Mapping[str, Filter]) -> Sequence[Run]:
        """The runs that may pass: where the first dimension must have one value, just those that have it."""
        wanted = filters.get(self.cube.dimensions[0]) if self.cube.dimensions else None
        if not isinstance(wanted, str):
            return self.runs
        start = bisect_left(self.runs, wanted, key=_first)
        return self.runs[start : bisect_right(self.runs, wanted, start, key=_first)]

    def pack(self) -> bytes:
        """Bytes that `unpack` reads: a header as JSON, the quarters, and the body of each measure; compressed together."""
        packed = {name: measure.pack(self.column(name)) for name, measure in self.cube.measures.items()}
        header = to_json(
            {
                "runs": [(run.dimensions, run.end) for run in self.runs],
                "cells": len(self.quarters),
                "measures": {name: (head, len(body)) for name, (head, body) in packed.items()},
                "hours": {hour: digest.hex() for hour, digest in sorted(self.hours.items())},
                "newest": dict(sorted(self.newest.items())),
            }
        )
        bodies = (body for _, body in packed.values())
        return zlib.compress(b"".join([len(header).to_bytes(4, "big"), header, bytes(self.quarters), *bodies]), 6)

    @classmethod
    def unpack(cls, cube: Cube, day: str, data: bytes) -> "Block":
        """A measure younger than the bytes is empty until the day is rebuilt. Raises CorruptData for other bytes."""
        try:
            content = zlib.decompress(data)
            edge = 4 + int.from_bytes(content[:4], "big")
            header = from_json(content[4:edge])
            runs, start = [], 0
            for dimensions, end in header["runs"]:
                runs.append(Run(tuple(dimensions), start, end))
                start = end
            quarters = content[edge : edge + header["cells"]]
            edge += header["cells"]
            stored = {}
            for name, (head, size) in header["measures"].items():
                stored[name] = (head, content[edge : edge + size])
                edge += size
            hours = {int(hour): bytes.fromhex(digest) for hour, digest in header["hours"].items()}
            newest = {int(hour): at for hour, at in header["newest"].items()}
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            raise CorruptData(f"the {cube.name} roll-up of {day} cannot be read: {error!r}") from error
        return cls(cube, day, runs, quarters, {}, hours, newest, stored)

    def column(self, measure: str) -> Any:
        """The values of a measure, one per cell, unpacked when they are first asked for."""
        if measure not in self._columns:
            kind = self.cube.measures[measure]
            self._columns[measure] = (
                kind.unpack(*self._stored[measure])
                if measure in self._stored
                else kind.column([kind.merge(()) for _ in self.quarters])
            )
        return self._columns[measure]


def _first(run: Run) -> str:
    return run.dimensions[0]


def _passes(value: str, wanted: Filter) -> bool:
    return value == wanted if isinstance(wanted, str) else wanted(value)
