"""Cells: what the columns of contact-centre reports look at. A cell of roll-ups, and a single item in place of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from wallboard.measures.blocks import Filter, OneOf
from wallboard.measures.cube import Cube, Item
from wallboard.measures.cubes import CUBES
from wallboard.measures.figures import Figures
from wallboard.reports._columns import Cell, Count

_SOME = "some source"


@dataclass(frozen=True, slots=True)
class Tables:
    """The measures of an answer, each read once for all groups and parts."""

    figures: Figures
    by: Sequence[str]
    filters: Mapping[str, Filter]
    _read: dict[Any, Any] = field(default_factory=dict)

    def cell(self, group: tuple[str, ...] | None, part: int) -> Cell:
        """`group` None is all of them together; `part` counts the period before, if it is there, as the first."""
        return _Cell(self, None if group is None else dict(zip(self.by, group, strict=True)), part)

    def values(
        self, measure: str, group: Mapping[str, str] | None, across: Sequence[str], filters: Mapping[str, Filter]
    ) -> list[Any] | None:
        """The figure of a group over the period before, if there is one, and each part. None where its cube does not know
        what is grouped or filtered by; empty where nothing happened."""
        by = () if group is None else tuple(name for name in self.by if name not in across)
        asked = {name: wanted for name, wanted in self.filters.items() if name not in across}
        table = self.table(measure, by, both(asked, filters))
        return None if table is None else table.get(tuple((group or {})[name] for name in by), [])

    def table(self, measure: str, by: tuple[str, ...], filters: Mapping[str, Filter]) -> dict[Any, list[Any]] | None:
        if not knows(measure, (*by, *filters)):
            return None
        key = (measure, by, *sorted(filters.items()))
        if key not in self._read:
            self._read[key] = self.figures.table(measure, *by, **filters)
        return cast("dict[Any, list[Any]]", self._read[key])

    def groups(self, measures: Iterable[str], *, since: int) -> list[tuple[str, ...]]:
        """Every group in which one of these measures has something, in the order of their names; in the period before as
        well, where `since` is 0, else (1) in the period."""
        found: set[tuple[str, ...]] = set()
        for measure in measures:
            table = self.table(measure, tuple(self.by), self.filters) or {}
            nothing = self.figures.nothing(measure)
            found |= {group for group, values in table.items() if any(value != nothing for value in values[since:])}
        return sorted(found)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Columns ask for the same again and again: what was found is kept."""

    tables: Tables
    group: Mapping[str, str] | None
    part: int
    _found: dict[Any, Any] = field(default_factory=dict)

    def __call__(self, measure: str, *, across: Sequence[str] = (), **filters: Filter) -> Any:
        key = (measure, *across, *filters.items())
        if key not in self._found:
            values = self.tables.values(measure, self.group, across, filters)
            nothing = self.tables.figures.nothing
            self._found[key] = None if values is None else values[self.part] if values else nothing(measure)
        return self._found[key]

    def tellers(self, measure: str) -> OneOf:
        asked = {name: wanted for name, wanted in self.tables.filters.items() if name == "source"}
        group = {name: value for name, value in (self.group or {}).items() if name == "source"}
        table = self.tables.table(measure, ("source",), both(asked, group)) or {}
        return OneOf(source for (source,), values in table.items() if any(values))


@dataclass(frozen=True, slots=True)
class Alone:
    """What one item of a cube has alone, where a cell is expected. `filters` are all that is asked; `told` are the sources that
    tell of a measure, which nobody knows of a single item."""

    cube: Cube
    item: Item
    filters: Mapping[str, Filter]
    told: Mapping[str, Sequence[str]]

    def __call__(self, measure: str, *, across: Sequence[str] = (), **filters: Filter) -> Any:
        asked = both({name: wanted for name, wanted in self.filters.items() if name not in across}, filters)
        if not knows(measure, asked):
            return None
        cube, _, name = measure.partition(".")
        kind: Any = CUBES[cube].measures[name]
        said = dict(zip(self.cube.dimensions, self.item.key, strict=False))
        counts = cube == self.cube.name and all(passes(said[place], wanted) for place, wanted in asked.items())
        return kind.figure(kind.gather([self.item.adds.get(name)] if counts else ()))

    def tellers(self, measure: str) -> OneOf:
        return OneOf(self.told[measure])


@dataclass(frozen=True, slots=True)
class _Noting:
    """A cell in which nothing happened, and that notes which cubes it is asked for, and of what which sources tell."""

    cubes: dict[str, Cube]
    told: list[str]

    def __call__(self, measure: str, *, across: Sequence[str] = (), **filters: Filter) -> Any:
        cube, _, name = measure.partition(".")
        self.cubes[cube] = CUBES[cube]
        kind = CUBES[cube].measures[name]
        return kind.figure(kind.merge(()))

    def tellers(self, measure: str) -> OneOf:
        self.told.append(measure)
        return OneOf([_SOME])


def cubes_of(count: Count, asked: Any) -> list[Cube]:
    """The cubes that a column looks at."""
    noting = _Noting({}, [])
    count(noting, asked)
    return list(noting.cubes.values())


def tellers_of(count: Count, asked: Any, cell: Cell) -> dict[str, list[str]]:
    """By measure the sources of a cell that tell of it, as far as a column goes by that."""
    noting = _Noting({}, [])
    count(noting, asked)
    return {measure: sorted(cell.tellers(measure)) for measure in noting.told}


def knows(measure: str, names: Iterable[str]) -> bool:
    """Whether the cube of a measure has all of these dimensions."""
    return {*names} <= {*CUBES[measure.partition(".")[0]].dimensions}


def passes(value: str, wanted: Filter) -> bool:
    return wanted(value) if callable(wanted) else value == wanted


def both(asked: Mapping[str, Filter], of_column: Mapping[str, Filter]) -> dict[str, Filter]:
    """What passes both: a column never counts what the input leaves out."""
    found = {**asked, **of_column}
    for name in asked.keys() & of_column.keys():
        one, other = (
            OneOf([wanted]) if isinstance(wanted, str) else wanted for wanted in (asked[name], of_column[name])
        )
        if not (isinstance(one, OneOf) and isinstance(other, OneOf)):
            raise TypeError(f"{name} is filtered twice, and not by values")
        found[name] = OneOf(one & other)
    return found
