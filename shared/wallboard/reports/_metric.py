"""The builder of reports that are one figure with its change and its days."""

from wallboard.model.results import DayTotal, MetricOutput, PeriodInput, last_days
from wallboard.reports._report import Category, Data, Report


def daily(data: Data, cube: str, measure: str, **filters: str) -> list[DayTotal]:
    """The breakdown by calendar days of the asked zone, zero-filled."""
    return [DayTotal(date=day, total=total) for day, total in data.current.daily(data.zone, cube, measure, **filters)]


def metric(
    *,
    id: str,
    name: str,
    description: str,
    category: Category,
    definition: str,
    unit: str,
    time_basis: str,
    cube: str,
    measure: str,
    **filters: str,
) -> Report:
    """A report of one measure of one cube."""

    def build(asked: PeriodInput, data: Data) -> MetricOutput:
        return MetricOutput(
            value=data.current.total(cube, measure, **filters),
            change=data.change(cube, measure, **filters),
            period=last_days(asked.period_days),
            breakdown=daily(data, cube, measure, **filters),
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
        cubes=(cube,),
        days=lambda asked: asked.period_days,
        build=build,
    )
