"""The builder of contact-centre reports: columns over cubes, in groups, in parts of the period, beside the period before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pydantic import Field, create_model

from wallboard.errors import InvalidRequest
from wallboard.measures.blocks import Filter
from wallboard.measures.cubes import CUBES
from wallboard.model.results import Maybe, Number, Output, absent
from wallboard.model.time import QUARTER, iso
from wallboard.reports._centre_input import PLACES, CentreInput, OneOf, Place
from wallboard.reports._columns import Cell, Column, number
from wallboard.reports._report import Data, Report, Thing

NAMED = ("queue", "team", "agent")


MOST_ROWS = 10_000
"""Of one answer: groups times parts."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """The measures of an answer, each read once for all groups and parts."""

    data: Data
    by: Sequence[str]
    filters: Mapping[str, Filter]
    _read: dict[Any, Any] = field(default_factory=dict)

    def cell(self, group: tuple[str, ...] | None, part: int) -> Cell:
        """`group` None is all of them together; `part` counts the period before, if it is there, as the first."""

        def read(measure: str, **filters: Filter) -> Any:
            by = () if group is None else tuple(self.by)
            table = self._table(measure, by, _both(self.filters, filters))
            if table is None:
                return None
            values = table.get(group or ())
            return self.data.figures.nothing(measure) if values is None else values[part]

        return read

    def _table(self, measure: str, by: tuple[str, ...], filters: dict[str, Filter]) -> dict[Any, list[Any]] | None:
        dimensions = CUBES[measure.partition(".")[0]].dimensions
        if not {*by, *filters} <= {*dimensions}:
            return None
        key = (measure, by, *sorted(filters.items()))
        if key not in self._read:
            self._read[key] = self.data.figures.table(measure, *by, **filters)
        return cast("dict[Any, list[Any]]", self._read[key])

    def groups(self, measures: Iterable[str], *, since: int) -> list[tuple[str, ...]]:
        """Every group in which one of these measures has something, in the order of their names; in the period before as
        well, where `since` is 0, else (1) in the period."""
        found: set[tuple[str, ...]] = set()
        for measure in measures:
            table = self._table(measure, tuple(self.by), dict(self.filters)) or {}
            nothing = self.data.figures.nothing(measure)
            found |= {group for group, values in table.items() if any(value != nothing for value in values[since:])}
        return sorted(found)


def _both(asked: Mapping[str, Filter], of_column: Mapping[str, Filter]) -> dict[str, Filter]:
    """What passes both: a column never counts what the input leaves out."""
    both = {**asked, **of_column}
    for name in asked.keys() & of_column.keys():
        wanted, given = of_column[name], asked[name]
        if not isinstance(wanted, str):
            raise TypeError(f"a column filters by {name} other than by one value, and so does the input")
        if not (given(wanted) if callable(given) else given == wanted):
            both[name] = OneOf()
    return both


class Definition(Output):
    """What a column says. `approximate`: within 1 %, where durations are longer than two minutes."""

    unit: str
    formula: str
    approximate: Maybe[bool] = absent()


class WindowOutput(Output):
    from_: str = Field(alias="from")
    to: str


def shapes(name: str, columns: Sequence[Column], keys: Sequence[str]) -> tuple[Any, Any, Any]:
    """The models of the figures, of a row, and of the whole answer."""
    names = [each.name for each in columns]
    if len({*names}) < len(names):
        raise ValueError(f"{name} has two columns of one name")
    create: Any = create_model  # of models that mypy cannot know
    maybe: Any = Maybe
    listed: Any = list
    shape = create(_pascal(name, "Values"), __base__=Output, **{each.name: (Number | None, ...) for each in columns})
    optional = (maybe[str], absent())
    labels = dict.fromkeys((*PLACES, *(f"{place}_name" for place in NAMED), *keys, "part"), optional)
    before = (maybe[shape], absent())
    row = create(_pascal(name, "Row"), __base__=Output, **labels, values=(shape, ...), previous=before)
    output = create(
        _pascal(name, "Output"),
        __base__=Output,
        period=(str, ...),
        window=(WindowOutput, ...),
        timezone=(str, ...),
        time_basis=(str, ...),
        definitions=(dict[str, Definition], ...),
        sources=(list[str], ...),
        data_through=optional,
        partial=(bool, ...),
        additive=optional,
        totals=(shape, ...),
        previous_totals=before,
        rows=(listed[row], ...),
    )
    return shape, row, output


def centre_report(  # noqa: PLR0913  # each is a word of the declaration
    *,
    id: str,
    name: str,
    description: str,
    definition: str,
    time_basis: str,
    columns: Sequence[Column],
    bases: Sequence[str],
    input: type[CentreInput] = CentreInput,
    keys: Sequence[str] = (),
    cubes: Sequence[str] = (),
    default_group: Sequence[Place] = (),
    additive: str = "",
) -> Report:
    """A report with these columns. Rows are there for groups in which one of `bases` (measures) has something. `keys` are
    further dimensions that always group; `default_group` groups where the input does not. `additive` says where sums over
    groups need not be the total."""
    shape, row, output = shapes(name, columns, keys)
    read = tuple(dict.fromkeys([*cubes, *(base.partition(".")[0] for base in bases)]))

    def by_of(asked: CentreInput) -> list[str]:
        return [*(asked.group_by or default_group), *keys]

    def build(asked: CentreInput, data: Data) -> Output:
        by = by_of(asked)
        _check(asked, by, data, bases)
        tables = _Tables(data, by, asked.filters())
        parts = data.figures.parts
        since = _since(asked, data)
        groups = tables.groups(bases, since=since) if by else [()]
        if len(groups) * len(parts) > MOST_ROWS:
            raise InvalidRequest(
                f"groupBy: {len(groups)} groups in {len(parts)} parts are more than the {MOST_ROWS} rows of one answer; "
                f"ask for a shorter period, a coarser granularity, fewer groups, or filter by one of {', '.join(PLACES)}"
            )

        def values(group: tuple[str, ...] | None, part: int, whole: _Tables = tables) -> Output:
            cell = whole.cell(group, part)
            return cast("Output", shape(**{each.name: number(each.value(cell, asked)) for each in columns}))

        total = _Tables(_whole(data), by, asked.filters())
        rows, labels = [], labels_of(data, names(asked, data))
        for group in groups:
            named = dict(zip(by, group, strict=True))
            for place, (part, _) in enumerate(parts, 1):
                rows.append(
                    row(
                        **named,
                        **named_by(labels, named),
                        part=part if len(parts) > 1 or asked.granularity != "total" else None,
                        values=values(group if by else None, place),
                        previous=None if since else values(group if by else None, 0),
                    )
                )
        # A batch reads the days of all its reports.
        days = {*data.period.window.utc_days(), *data.period.previous.utc_days()}
        blocks = [block for cube in read for block in data.figures.blocks[cube] if block.day in days]
        newest = [at for block in blocks for at in block.newest.values()]
        about = described(columns, data, time_basis=time_basis, newest=newest, additive=additive)
        about |= {"sources": _sources(tables, bases, since), "totals": values(None, 1, total), "rows": rows}
        about["previous_totals"] = values(None, 0, total) if asked.compare else None
        return cast("Output", output(**about))

    def names(asked: CentreInput, data: Data) -> Iterable[Thing]:
        by = by_of(asked)
        if not {*by} & {*NAMED}:
            return
        tables = _Tables(data, _with_source(by), asked.filters())
        for group in tables.groups(bases, since=_since(asked, data)):
            named = dict(zip(_with_source(by), group, strict=True))
            yield from ((place, f"{named['source']}:{named[place]}") for place in NAMED if named.get(place))

    return Report(
        id=id,
        name=name,
        description=description,
        category="centre",
        definition=definition,
        unit=", ".join(dict.fromkeys(each.unit for each in columns)),
        time_basis=time_basis,
        created="2026-11-21",
        input=input,
        output=output,
        cubes=read,
        build=build,
        names=names,
        table="rows",
    )


def described(
    columns: Sequence[Column], data: Data, *, time_basis: str, newest: Sequence[int], additive: str = ""
) -> dict[str, Any]:
    """What an answer says beside its figures: window, zone, definitions, freshness, and whether the window is over."""
    window, now = data.period.window, data.period.now
    return {
        "period": data.period.label,
        "window": WindowOutput(from_=iso(window.start * QUARTER), to=iso(min(window.end * QUARTER, now))),
        "timezone": str(data.period.zone),
        "time_basis": time_basis,
        "definitions": {
            _camel(each.name): Definition(unit=each.unit, formula=each.formula, approximate=each.approximate or None)
            for each in columns
        },
        "data_through": iso(max(newest)) if newest else None,
        "partial": window.end * QUARTER > now,
        "additive": additive or None,
    }


def _check(asked: CentreInput, by: Sequence[str], data: Data, bases: Sequence[str]) -> None:
    """Raises InvalidRequest for what the report could only answer with rows that are missing or say nothing."""
    known = {name for base in bases for name in CUBES[base.partition(".")[0]].dimensions}
    if unknown := [name for name in (*by, *asked.filters()) if name not in known]:
        allowed = ", ".join(place for place in PLACES if place in known)
        raise InvalidRequest(f"groupBy: this report knows no {unknown[0]}; it can be grouped and filtered by {allowed}")
    if asked.compare and len(data.figures.parts) > 1:
        raise InvalidRequest("compare: parts of a period stand beside nothing; ask for the granularity total")


def _whole(data: Data) -> Data:
    """The same period in one part."""
    return replace(data, figures=replace(data.figures, parts=[("total", data.period.window)], memo={}))


def _with_source(by: Sequence[str]) -> list[str]:
    return list(by) if "source" in by else ["source", *by]


def _since(asked: CentreInput, data: Data) -> int:
    """0 where rows stand beside the period before, else 1: the places of both in a table."""
    return 0 if asked.compare and len(data.figures.parts) == 1 else 1


_Labels = Mapping[tuple[str, str, str], set[str | None]]
"""What sources call a thing, by its type, its source, or "" where rows do not tell sources apart, and its id there."""


def labels_of(data: Data, things: Iterable[Thing]) -> _Labels:
    """The names of these things. Not of others: a batch reads names for all of its reports."""
    found: dict[tuple[str, str, str], set[str | None]] = defaultdict(set)
    for type_, key in things:
        source, _, name = key.partition(":")
        for each in (source, ""):
            found[type_, each, name].add(data.labels.get((type_, key)))
    return found


def named_by(labels: _Labels, named: Mapping[str, str]) -> dict[str, str | None]:
    """The names of what a row is about, where one source has them; of several sources only where the row says which."""
    found: dict[str, str | None] = {}
    for place in NAMED:
        if thing := named.get(place):
            said = labels.get((place, named.get("source", ""), thing), {None})
            found[f"{place}_name"] = next(iter(said)) if len(said) == 1 else None
    return found


def _sources(tables: _Tables, bases: Sequence[str], since: int) -> list[str]:
    everything = _Tables(tables.data, ["source"], tables.filters)
    return sorted({source for (source,) in everything.groups(bases, since=since)})


def _pascal(name: str, suffix: str) -> str:
    return "".join(word.capitalize() for word in name.removesuffix("Report").replace("-", " ").split()) + suffix


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
