"""Figures: what a report reads. Blocks of some cubes, asked for any window, cut and filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from wallboard.measures.blocks import Block, Filter
from wallboard.measures.cubes import CUBES
from wallboard.model.time import Window


@dataclass(frozen=True, slots=True)
class Figures:
    """The blocks that a report needs, by cube, and the window that it asks about (None: all time)."""

    blocks: Mapping[str, Sequence[Block]]
    window: Window | None

    def total(self, cube: str, measure: str, **filters: Filter) -> int:
        """The measure over the whole window. A filter is a dimension's value, or a test of it; "" is unknown."""
        if self.window is None:
            return self._figures(cube, measure, [-(2**62), 2**62], filters)[0]
        return self._figures(cube, measure, [self.window.start, self.window.end], filters)[0]

    def daily(self, zone: ZoneInfo, cube: str, measure: str, **filters: Filter) -> list[tuple[date, int]]:
        """The measure of each calendar day that the window touches, 0 where nothing happened."""
        if self.window is None:
            raise ValueError("all time has no days")
        days = self.window.local_days(zone)
        cuts = [self.window.start, *(part.end for _, part in days)]
        figures = self._figures(cube, measure, cuts, filters)
        return [(day, figure) for (day, _), figure in zip(days, figures, strict=True)]

    def newest(self) -> int | None:
        """The latest anchor among the facts that were read (an instant), None without any."""
        return max(
            (at for blocks in self.blocks.values() for block in blocks for at in block.newest.values()), default=None
        )

    def _figures(self, cube: str, measure: str, cuts: Sequence[int], filters: Mapping[str, Filter]) -> list[int]:
        stretches: list[list[Any]] = [[] for _ in cuts[1:]]
        for block in self.blocks[cube]:
            for stretch, value in block.merge(measure, cuts, filters):
                stretches[stretch].append(value)
        kind = CUBES[cube].measures[measure]
        return [kind.figure(kind.merge(values)) for values in stretches]
