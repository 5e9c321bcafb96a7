"""Follows the figures of contact-centre reports to the facts that they count: what is counted in a cell adds up, so that each
fact alone adds what it has in a cell of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wallboard.measures.blocks import OneOf
from wallboard.measures.cube import Cube, Item, hash64
from wallboard.model.time import QUARTERS_A_DAY, Window
from wallboard.reports._cells import Alone, Tables, both, cubes_of, tellers_of
from wallboard.reports._columns import Cell, Column, Count
from wallboard.reports._report import Counted, Data, FactsOf, Plan, Sought

_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class CubeDrill:
    """The drill of columns over cubes. `labels_of` an input are the dimensions of its rows."""

    columns: Sequence[Column]
    labels_of: Callable[[Any], Sequence[str]]

    def labels(self, asked: Any) -> Sequence[str]:
        return self.labels_of(asked)

    def cell(self, asked: Any, data: Data, row: Mapping[str, str], window: Window) -> Cell:
        filters = both(asked.filters(), row)
        narrow = replace(data.figures, parts=[("part", window)], previous=None, memo={})
        return _InPart(
            Tables(narrow, (), filters).cell(None, 0),
            Tables(data.figures, (), filters).cell(None, 0),
        )

    def plan(self, count: Count, asked: Any, window: Window) -> Plan:
        cubes = cubes_of(count, asked)
        return Plan(
            kinds=list(dict.fromkeys(kind for cube in cubes for kind in cube.lists)),
            reads=list(dict.fromkeys(kind for cube in cubes for kind in cube.kinds)),
            cubes=[cube.name for cube in cubes],
            span=window.since(max(cube.look_back for cube in cubes)),
        )

    def told(self, count: Count, asked: Any, cell: Cell) -> Mapping[str, Sequence[str]]:
        return tellers_of(count, asked, cell)

    def counted(self, sought: Sought, hours: Sequence[int], facts: FactsOf) -> Iterator[Counted]:
        count, asked, window = sought.count, sought.asked, sought.window
        filters = both(asked.filters(), sought.row)
        for cube in cubes_of(count, asked):
            for hour in hours:
                assert cube.items is not None, f"{cube.name} is not made of single facts"
                for item in cube.items({kind: facts(kind, hour) for kind in cube.kinds}):
                    if window.start <= _quarter(cube, item, hour) < window.end:
                        amount = count(Alone(cube, item, filters, sought.told), asked)
                        nth = f"{hash64(repr((cube.name, item.key))):016x}"
                        yield Counted(item.kind, hour, item.fact, amount, nth)


def _quarter(cube: Cube, item: Item, hour: int) -> int:
    """The absolute quarter to which an item of an hour adds."""
    if cube.timed_by:
        return int(item.key[cube.dimensions.index(cube.timed_by)])
    return hour // _HOURS_A_DAY * QUARTERS_A_DAY + int(item.key[-1])


@dataclass(frozen=True, slots=True)
class _InPart:
    """A cell of a part; what sources tell of, they tell of the whole period."""

    part: Cell
    whole: Cell

    def __call__(self, measure: str, **asked: Any) -> Any:
        return self.part(measure, **asked)

    def tellers(self, measure: str) -> OneOf:
        return self.whole.tellers(measure)
