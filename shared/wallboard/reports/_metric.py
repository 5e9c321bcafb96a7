"""The builders of reports that are one figure: with its change and its days, or by itself."""

from collections.abc import Callable
from typing import Any

from wallboard.measures.blocks import Filter
from wallboard.measures.figures import Figures
from wallboard.model.results import (
    ContactMetricInput,
    DayTotal,
    FilteredInput,
    MetricInput,
    MetricOutput,
    Number,
    ValueOutput,
)
from wallboard.reports._report import Category, Data, Report


def breakdown(figures: Figures, measure: str, **filters: Filter) -> list[DayTotal]:
    """The parts of the period, zero-filled."""
    return [DayTotal(date=day, total=total) for day, total in figures.by_part(measure, **filters)]


def about(asked: MetricInput, measure: str, of_contact: str | None) -> tuple[str, dict[str, Filter]]:
    """The measure that answers for what is asked, and its filters: the account, a bot, or a contact."""
    filters: dict[str, Filter] = {} if asked.bot_id is None else {"bot": asked.bot_id}
    if isinstance(asked, ContactMetricInput) and asked.contact_id is not None and of_contact:
        return of_contact, filters | {"contact": asked.contact_id}
    return measure, filters


def metric(
    *,
    id: str,
    name: str,
    description: str,
    category: Category,
    definition: str,
    unit: str,
    time_basis: str,
    measure: str,
    of_contact: str | None = None,
    created: str = "2026-11-21",
    **filters: str,
) -> Report:
    """A report of one measure, given as `cube.measure`. `of_contact` is the measure that answers for one contact."""

    def build(asked: MetricInput, data: Data) -> MetricOutput:
        chosen, narrowed = about(asked, measure, of_contact)
        if chosen == measure:
            narrowed |= filters
        return MetricOutput(
            value=data.figures.total(chosen, **narrowed),
            change=data.figures.change(chosen, **narrowed),
            period=data.period.label,
            breakdown=breakdown(data.figures, chosen, **narrowed),
        )

    return Report(
        id=id,
        name=name,
        description=description,
        category=category,
        definition=definition,
        unit=unit,
        time_basis=time_basis,
        created=created,
        input=ContactMetricInput if of_contact else MetricInput,
        output=MetricOutput,
        cubes=(_cube(measure),),
        contact_cubes=(_cube(of_contact),) if of_contact else (),
        build=build,
        table="breakdown",
    )


def average(
    *,
    id: str,
    name: str,
    description: str,
    definition: str,
    unit: str,
    value: Callable[..., Number],
) -> Report:
    """A report of one average over the conversations that began in the period."""

    def build(asked: FilteredInput, data: Data) -> ValueOutput:
        filters: dict[str, Any] = {} if asked.bot_id is None else {"bot": asked.bot_id}
        return ValueOutput(value=value(data.figures, **filters), period=data.period.label)

    return Report(
        id=id,
        name=name,
        description=description,
        category="performance",
        definition=definition,
        unit=unit,
        time_basis="start of the conversation",
        created="2026-11-21",
        input=FilteredInput,
        output=ValueOutput,
        cubes=("conversations",),
        build=build,
        compares=False,
        table="",
    )


def _cube(measure: str) -> str:
    return measure.partition(".")[0]
