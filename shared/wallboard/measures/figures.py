"""Figures: what a report reads. Every measure is cut once, into the previous period and the parts of the current one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from wallboard.measures.blocks import Block, Filter
from wallboard.measures.cubes import CUBES
from wallboard.measures.monoids import Measure
from wallboard.model.time import Window

Part = tuple[str, Window]
"""A stretch of a window by the name under which a breakdown lists it, such as a calendar day."""

Memo = MutableMapping[Any, dict[str, list[Any]]]

ALL_TIME = Window(-(2**62), 2**62)


@dataclass(frozen=True, slots=True)
class Figures:
    """The blocks that a report needs, by cube, and the `parts` of the window that it asks about, one after the other.
    `previous` ends where the first part starts. What was read once is kept in `memo`, which figures of the same parts
    and previous window may share.

    `measure` is given as `cube.measure`. A filter is a dimension's value, or a test of it; "" is unknown.
    """

    blocks: Mapping[str, Sequence[Block]]
    parts: Sequence[Part]
    previous: Window | None = None
    memo: Memo = field(default_factory=dict)

    def total(self, measure: str, **filters: Filter) -> int:
        """The measure over the whole window."""
        return _figure(measure, self._current(measure, filters))

    def before(self, measure: str, **filters: Filter) -> int:
        """The measure over the previous window."""
        if self.previous is None:
            raise ValueError("this report does not compare periods")
        found = self._cut(measure, None, filters)
        return _figure(measure, found[""][:1] if found else ())

    def change(self, measure: str, **filters: Filter) -> int:
        """The difference from the previous window to this one."""
        return self.total(measure, **filters) - self.before(measure, **filters)

    def by_part(self, measure: str, **filters: Filter) -> list[tuple[str, int]]:
        """The measure of every part of the window, 0 where nothing happened."""
        values = self._current(measure, filters)
        return [(name, _figure(measure, [value])) for (name, _), value in zip(self.parts, values, strict=True)]

    def by(self, dimension: str, measure: str, **filters: Filter) -> dict[str, int]:
        """The measure over the whole window for each value of a dimension that occurs in it."""
        found = self._cut(measure, dimension, filters)
        totals = {name: _figure(measure, values[self._first :]) for name, values in found.items()}
        return {name: total for name, total in totals.items() if total}

    def _current(self, measure: str, filters: Mapping[str, Filter]) -> list[Any]:
        """The merged value of each part."""
        found = self._cut(measure, None, filters)
        return found[""][self._first :] if found else [_kind(measure).merge(()) for _ in self.parts]

    @property
    def _first(self) -> int:
        """The place of the first part among the stretches."""
        return 0 if self.previous is None else 1

    def _cut(self, measure: str, by: str | None, filters: Mapping[str, Filter]) -> dict[str, list[Any]]:
        """The merged value of each stretch (the previous window, if any, then each part) by value of the dimension."""
        cube, _, name = measure.partition(".")
        blocks = self.blocks[cube]
        key = (measure, by, *sorted(filters.items(), key=itemgetter(0)))
        if key not in self.memo:
            windows = [*([self.previous] if self.previous else ()), *(window for _, window in self.parts)]
            cuts = [windows[0].start, *(window.end for window in windows)]
            gathered: dict[str, list[list[Any]]] = defaultdict(lambda: [[] for _ in windows])
            for block in blocks:
                for stretch, group, value in block.merge(name, cuts, filters, by):
                    gathered[group][stretch].append(value)
            merge = _kind(measure).merge
            self.memo[key] = {group: [*map(merge, stretches)] for group, stretches in gathered.items()}
        return self.memo[key]


def _kind(measure: str) -> Measure:
    cube, _, name = measure.partition(".")
    return CUBES[cube].measures[name]


def _figure(measure: str, values: Iterable[Any]) -> int:
    kind = _kind(measure)
    return kind.figure(kind.merge(values))
