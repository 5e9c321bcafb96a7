"""Figures: what a report reads. Every measure is cut once, into the previous period and the parts of the current one."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from wallboard.measures.blocks import Block, Filter, Run
from wallboard.measures.cube import timed
from wallboard.measures.cubes import CUBES
from wallboard.measures.monoids import Measure
from wallboard.model.time import QUARTER, QUARTERS_A_DAY, Window, day_quarter, hour_name

Part = tuple[str, Window]
"""A stretch of a window by the name under which a breakdown lists it, such as a calendar day."""

Group = tuple[str, ...]
Memo = MutableMapping[Any, dict[Group, list[Any]]]


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

    def total(self, measure: str, **filters: Filter) -> Any:
        """The measure over the whole window."""
        return _figure(measure, self._current(measure, filters))

    def before(self, measure: str, **filters: Filter) -> Any:
        """The measure over the previous window."""
        if self.previous is None:
            raise ValueError("this report does not compare periods")
        found = self._cut(measure, filters, self._stretches)
        return _figure(measure, found[()][:1] if found else ())

    def change(self, measure: str, **filters: Filter) -> int:
        """The difference from the previous window to this one."""
        difference: int = self.total(measure, **filters) - self.before(measure, **filters)
        return difference

    def by_part(self, measure: str, **filters: Filter) -> list[tuple[str, int]]:
        """The measure of every part of the window, 0 where nothing happened."""
        values = self._current(measure, filters)
        return [(name, _figure(measure, [value])) for (name, _), value in zip(self.parts, values, strict=True)]

    def by(self, measure: str, *dimensions: str, **filters: Filter) -> dict[Group, int]:
        """The measure over the whole window for each combination of values of these dimensions, where it is not 0."""
        return self._by(measure, dimensions, filters, Window(self.parts[0][1].start, self.parts[-1][1].end))

    def by_before(self, measure: str, *dimensions: str, **filters: Filter) -> dict[Group, int]:
        """The same over the previous window."""
        if self.previous is None:
            raise ValueError("this report does not compare periods")
        return self._by(measure, dimensions, filters, self.previous)

    def table(self, measure: str, *dimensions: str, **filters: Filter) -> dict[Group, list[Any]]:
        """For each combination of values of these dimensions the measure over the previous window, if there is one, and
        then over each part."""
        kind = _kind(measure)
        found = self._cut(measure, filters, self._stretches, dimensions)
        return {group: [kind.figure(value) for value in values] for group, values in found.items()}

    def nothing(self, measure: str) -> Any:
        """The measure where nothing happened."""
        return _figure(measure, ())

    def by_hour(self, measure: str, **filters: Filter) -> Iterator[tuple[str, Any]]:
        """The UTC hours of the window in which there is something, latest first, each with its merged value. An hour that
        the window cuts has what lies inside; all it has, where the cube is hourly."""
        cube, _, name = measure.partition(".")
        start, end = self.parts[0][1].start, self.parts[-1][1].end
        first = start - start % 4
        cuts = [first if CUBES[cube].is_hourly else start, *range(first + 4, end, 4), end]
        values: dict[int, list[Any]] = defaultdict(list)
        for block in self.blocks[cube]:
            for stretch, _, value in block.merge(name, cuts, filters):
                values[stretch].append(value)
        for stretch in sorted(values, reverse=True):
            if value := _kind(measure).merge(values[stretch]):
                yield hour_name((first + 4 * stretch) * QUARTER), value

    def _by(
        self, measure: str, dimensions: Sequence[str], filters: Mapping[str, Filter], window: Window
    ) -> dict[Group, int]:
        found = self._cut(measure, filters, [window], dimensions)
        totals = {group: _figure(measure, values) for group, values in found.items()}
        return {group: total for group, total in totals.items() if total}

    def _current(self, measure: str, filters: Mapping[str, Filter]) -> list[Any]:
        """The merged value of each part."""
        found = self._cut(measure, filters, self._stretches)
        return found[()][-len(self.parts) :] if found else [_kind(measure).merge(()) for _ in self.parts]

    @property
    def _stretches(self) -> list[Window]:
        """The previous window, if any, then each part."""
        return [*([self.previous] if self.previous else ()), *(window for _, window in self.parts)]

    def _cut(
        self, measure: str, filters: Mapping[str, Filter], windows: Sequence[Window], by: Sequence[str] = ()
    ) -> dict[Group, list[Any]]:
        """By group the merged value of each of the windows, which follow one another."""
        cube, _, name = measure.partition(".")
        blocks = self.blocks[cube]
        key = (measure, tuple(windows), by, *sorted(filters.items(), key=itemgetter(0)))
        if key not in self.memo:
            cuts = [windows[0].start, *(window.end for window in windows)]
            gathered: dict[Group, list[list[Any]]] = defaultdict(lambda: [[] for _ in windows])
            merged = _timed if CUBES[cube].timed_by else Block.merge
            for block in blocks:
                for stretch, group, value in merged(block, name, cuts, filters, by):
                    gathered[group][stretch].append(value)
            merge = _kind(measure).merge
            self.memo[key] = {group: [*map(merge, stretches)] for group, stretches in gathered.items()}
        return self.memo[key]


def _timed(
    block: Block, name: str, cuts: Sequence[int], filters: Mapping[str, Filter], by: Sequence[str]
) -> Iterator[tuple[int, Group, Any]]:
    """What a day adds to the stretches, where its first dimension says in which."""
    first, last = (bisect_left(block.runs, timed(cut), key=_time_of) for cut in (cuts[0], cuts[-1]))
    block = replace(block, runs=block.runs[first:last])
    always = [day_quarter(block.day), day_quarter(block.day) + QUARTERS_A_DAY]
    for _, (quarter, *group), value in block.merge(name, always, filters, (block.cube.timed_by, *by)):
        yield bisect_right(cuts, int(quarter)) - 1, tuple(group), value


def _time_of(run: Run) -> str:
    return run.dimensions[0]


def _kind(measure: str) -> Measure:
    cube, _, name = measure.partition(".")
    return CUBES[cube].measures[name]


def _figure(measure: str, values: Iterable[Any]) -> Any:
    kind = _kind(measure)
    return kind.figure(kind.merge(values))
