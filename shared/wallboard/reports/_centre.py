"""The builder of contact-centre reports: columns over cubes, in groups, in parts of the period, beside the period before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import Field, create_model
from pydantic.alias_generators import to_camel

from wallboard.errors import InvalidRequest
from wallboard.measures.cubes import CUBES
from wallboard.measures.figures import Figures
from wallboard.model.results import Maybe, Number, Output, absent
from wallboard.model.time import QUARTER, Window, iso
from wallboard.reports._cells import Tables
from wallboard.reports._centre_input import FIELDS, PLACES, CentreInput, Place
from wallboard.reports._columns import Column, number
from wallboard.reports._drill import CubeDrill
from wallboard.reports._report import Data, Report, Thing

NAMED = ("queue", "team", "agent")


MOST_ROWS = 10_000
"""Of one answer: groups times parts."""


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
        tables = Tables(data.figures, by, asked.filters())
        parts = data.figures.parts
        since = _since(asked, data)
        groups = tables.groups(bases, since=since) if by else [()]
        if len(groups) * len(parts) > MOST_ROWS:
            raise InvalidRequest(
                f"groupBy: {len(groups)} groups in {len(parts)} parts are more than the {MOST_ROWS} rows of one answer; "
                f"ask for a shorter period, a coarser granularity, fewer groups, or filter by one of {', '.join(PLACES)}"
            )

        def values(group: tuple[str, ...] | None, part: int, whole: Tables = tables) -> Output:
            cell = whole.cell(group, part)
            return cast("Output", shape(**{each.name: number(each.value(cell, asked)) for each in columns}))

        total = Tables(whole_of(data.figures, data.period.window), by, asked.filters())
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
        windows = (data.period.window, data.period.previous)
        days = {
            cube: {day for each in windows for day in each.since(CUBES[cube].look_back).utc_days()} for cube in read
        }
        blocks = [block for cube in read for block in data.figures.blocks[cube] if block.day in days[cube]]
        newest = [at for block in blocks for at in block.newest.values()]
        about = described(columns, asked, data, time_basis=time_basis, newest=newest, additive=additive)
        about |= {"sources": _sources(tables, bases, since), "totals": values(None, 1, total), "rows": rows}
        about["previous_totals"] = values(None, 0, total) if asked.compare else None
        return cast("Output", output(**about))

    def names(asked: CentreInput, data: Data) -> Iterable[Thing]:
        by = by_of(asked)
        if not {*by} & {*NAMED}:
            return
        tables = Tables(data.figures, _with_source(by), asked.filters())
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
        drill=CubeDrill(tuple(columns), by_of),
    )


def described(
    columns: Sequence[Column],
    asked: CentreInput,
    data: Data,
    *,
    time_basis: str,
    newest: Sequence[int],
    additive: str = "",
) -> dict[str, Any]:
    """What an answer says beside its figures: window, zone, definitions, freshness, and whether the window is over."""
    window, now = data.period.window, data.period.now
    return {
        "period": data.period.label,
        "window": WindowOutput(from_=iso(window.start * QUARTER), to=iso(min(window.end * QUARTER, now))),
        "timezone": str(data.period.zone),
        "time_basis": time_basis,
        "definitions": {
            to_camel(each.name): Definition(
                unit=each.unit, formula=each.formula_for(asked), approximate=each.approximate or None
            )
            for each in columns
        },
        "data_through": iso(max(newest)) if newest else None,
        "partial": window.end * QUARTER > now,
        "additive": additive or None,
    }


def _check(asked: CentreInput, by: Sequence[str], data: Data, bases: Sequence[str]) -> None:
    """Raises InvalidRequest for what the report could only answer with rows that are missing or say nothing."""
    known = {name for base in bases for name in CUBES[base.partition(".")[0]].dimensions}
    sent = [*(("groupBy", name) for name in by), *((FIELDS[name], name) for name in asked.filters())]
    if unknown := [(field, name) for field, name in sent if name not in known]:
        field, name = unknown[0]
        allowed = ", ".join(place for place in PLACES if place in known)
        raise InvalidRequest(f"{field}: this report knows no {name}; it can be grouped and filtered by {allowed}")
    if asked.compare and len(data.figures.parts) > 1:
        raise InvalidRequest("compare: parts of a period stand beside nothing; ask for the granularity total")


def whole_of(figures: Figures, window: Window) -> Figures:
    """The same figures over one window, in one part."""
    return replace(figures, parts=[("total", window)], memo={})


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


def _sources(tables: Tables, bases: Sequence[str], since: int) -> list[str]:
    everything = Tables(tables.figures, ["source"], tables.filters)
    return sorted({source for (source,) in everything.groups(bases, since=since)})


def _pascal(name: str, suffix: str) -> str:
    return "".join(word.capitalize() for word in name.removesuffix("Report").replace("-", " ").split()) + suffix
