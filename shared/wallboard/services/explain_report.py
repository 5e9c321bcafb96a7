"""Explains the figures of a report: formula, numerator, denominator, window, and cursors into the facts that were counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_camel

from wallboard.errors import InvalidRequest, shown
from wallboard.model.results import Maybe, Number, Output, absent
from wallboard.model.time import QUARTER, Window, iso
from wallboard.reports._centre import WindowOutput
from wallboard.reports._columns import Cell, Column, number
from wallboard.reports._report import Data, Drill, Report
from wallboard.services.catalog import Catalog
from wallboard.services.counted import CountedQuestion, Side, sides_of, sign
from wallboard.services.generate_reports import Stores, generate_reports
from wallboard.services.sign_cursors import CursorKeys

_WHEN = ("periodDays", "startDate", "endDate", "granularity", "timezone", "compare", "groupBy")
"""Fields of an input that say nothing more once the row and its window are known."""


class CountedFacts(Output):
    """The facts of a kind that were counted: listed by GET /api/v1/record/{kind}/list with this cursor, each with what it
    adds as `counted`."""

    kind: str
    cursor: str


class SideOutput(Output):
    """What was counted or added up: the sum of `counted` over the records; or where `distinct` names a field, how many of these
    there are among them, in how many sources, a record without it being one of its own."""

    value: Number | None
    distinct: Maybe[str] = absent()
    records: list[CountedFacts]


class FigureOutput(Output):
    """value = numerator / denominator, times 100 where the unit is percent; the numerator alone where there is no denominator;
    or a statistic of the values that are counted."""

    unit: str
    formula: str
    value: Number | None
    numerator: Maybe[SideOutput] = absent()
    denominator: Maybe[SideOutput] = absent()
    values: Maybe[SideOutput] = absent()


class Explanation(Output):
    """The figures of one row of a report, or of its totals. `row` are the labels by which it is told."""

    report: str
    definition: str
    row: dict[str, str]
    window: WindowOutput
    timezone: str
    time_basis: str
    sources: list[str]
    data_through: Maybe[str] = absent()
    partial: bool
    figures: dict[str, FigureOutput]


@dataclass(frozen=True, slots=True)
class Explained:
    """An Explanation, as of `now`. `newest` is the latest anchor among the facts read."""

    result: Output
    newest: int | None
    now: int


@dataclass(frozen=True, slots=True)
class _Explain:
    """Builds the explanation in place of the report's output."""

    figure: Any
    row: Any
    given: Mapping[str, Any]
    tenant: str
    keys: CursorKeys
    now: int

    def __call__(self, report: Report, asked: Any, data: Data) -> Output:
        drill = report.drill
        if drill is None:
            raise InvalidRequest(f"{report.id}: its figures cannot be followed to records")
        answer: Any = report.build(asked, data)
        row, window = self._place(drill, asked, data)
        cell = drill.cell(asked, data, row, window)
        return Explanation(
            report=report.id,
            definition=report.definition,
            row=self._labels(row),
            window=WindowOutput(from_=iso(window.start * QUARTER), to=iso(min(window.end * QUARTER, self.now))),
            timezone=answer.timezone,
            time_basis=answer.time_basis,
            sources=answer.sources,
            data_through=answer.data_through,
            partial=answer.partial,
            figures={
                to_camel(column.name): self._figure(report, drill, column, asked, cell, row, window)
                for column in self._columns(drill)
            },
        )

    def _labels(self, row: Mapping[str, str]) -> dict[str, str]:
        part = {"part": self.row["part"]} if "part" in (self.row or {}) else {}
        return {to_camel(name): value for name, value in row.items()} | part

    def _columns(self, drill: Drill) -> Iterator[Column]:
        known = {to_camel(column.name): column for column in drill.columns}
        if self.figure is None:
            yield from known.values()
        elif isinstance(self.figure, str) and self.figure in known:
            yield known[self.figure]
        else:
            raise InvalidRequest(f"figure: {shown(self.figure)} is none of {', '.join(known)}")

    def _place(self, drill: Drill, asked: Any, data: Data) -> tuple[dict[str, str], Window]:
        """The labels of the row that is asked for, by dimension, and the window of its part."""
        row = {} if self.row is None else self.row
        if not isinstance(row, dict):
            raise InvalidRequest(f"row: must be an object of labels as a row of the report has them, not {shown(row)}")
        named = {to_camel(name): name for name in drill.labels(asked)}
        parts = dict(data.period.parts()) if asked.granularity != "total" else {}
        found, window = {}, data.period.window
        for name, value in row.items():
            if name in named or (name == "part" and parts):
                if not isinstance(value, str):
                    raise InvalidRequest(
                        f"row.{name}: must be a text as a row of the report has it, not {shown(value)}"
                    )
                if name in named:
                    found[named[name]] = value
                elif value in parts:
                    window = parts[value]
                else:
                    raise InvalidRequest(f"row.part: {shown(value)} is none of {', '.join(parts)}"[:1_000])
            elif name not in ("values", "previous") and not name.endswith("Name"):
                allowed = ", ".join([*named, *(["part"] if parts else [])]) or "nothing, as there is but one"
                raise InvalidRequest(f"row.{name}: rows of this input are told apart by {allowed}")
        return found, window

    def _figure(
        self,
        report: Report,
        drill: Drill,
        column: Column,
        asked: Any,
        cell: Cell,
        row: Mapping[str, str],
        window: Window,
    ) -> FigureOutput:
        taken = {field.alias for field in report.input.model_fields.values()}
        given = {name: value for name, value in self.given.items() if name in taken}

        def side(name: Side) -> SideOutput:
            count = sides_of(column)[name]
            found = count(cell, asked)
            told = drill.told(count, asked, cell)
            question = CountedQuestion(
                report.id, given, row, window.start, window.end, to_camel(column.name), name, told, self.now
            )
            kinds = [] if found is None else drill.plan(count, asked, window).kinds
            return SideOutput(
                value=found.count if column.statistic and found is not None else number(found),
                distinct=column.distinct if name == "numerator" and column.distinct else None,
                records=[
                    CountedFacts(kind=kind, cursor=sign(self.keys, self.tenant, kind, question)) for kind in kinds
                ],
            )

        return FigureOutput(
            unit=column.unit,
            formula=column.formula_for(asked),
            value=number(column.value(cell, asked)),
            **{name: side(name) for name in sides_of(column)},
        )


def explain_report(
    name: str,
    given: Mapping[str, Any],
    *,
    tenant: str,
    now: int,
    zone: ZoneInfo,
    catalog: Catalog,
    stores: Stores,
    keys: CursorKeys,
) -> Explained:
    """The explanation of a report. `given` is its input as parsed JSON, and beside it `figure`: which one to explain (all of
    them), and `row`: the labels of the row to explain (the totals). Raises what the report would fail with, and
    InvalidRequest for a figure or a row that it does not have."""
    asked = {key: value for key, value in given.items() if key not in ("figure", "row")}
    kept = {key: value for key, value in asked.items() if key not in _WHEN}
    build = _Explain(given.get("figure"), given.get("row"), kept, tenant, keys, now)
    answers = generate_reports(
        {name: asked}, tenant=tenant, now=now, zone=zone, catalog=catalog, stores=stores, build=build
    )
    result = answers.results[name]
    if isinstance(result, Exception):
        raise result
    return Explained(result, answers.newest, now)
