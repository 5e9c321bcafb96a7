"""The builder of reports that are one figure with its change and its days."""

from wallboard.measures.figures import Figures
from wallboard.model.results import DayTotal, MetricOutput, PeriodInput, last_days
from wallboard.reports._report import Category, Report


def daily(figures: Figures, measure: str, **filters: str) -> list[DayTotal]:
    """The breakdown by calendar days of the asked zone, zero-filled."""
    return [DayTotal(date=day, total=total) for day, total in figures.by_part(measure, **filters)]


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
    **filters: str,
) -> Report:
    """A report of one measure, given as `cube.measure`."""

    def build(asked: PeriodInput, figures: Figures) -> MetricOutput:
        return MetricOutput(
            value=figures.total(measure, **filters),
            change=figures.change(measure, **filters),
            period=last_days(asked.period_days),
            breakdown=daily(figures, measure, **filters),
        )

    return Report(
        id=id,
        name=name,
        description=description,
        category=category,
        definition=definition,
        unit=unit,
        time_basis=time_basis,
        created="2026-11-21",
        input=PeriodInput,
        output=MetricOutput,
        cubes=(measure.partition(".")[0],),
        days=lambda asked: asked.period_days,
        build=build,
    )
