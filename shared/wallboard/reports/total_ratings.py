"""Total Ratings."""

from wallboard.measures.figures import Figures
from wallboard.model.results import MetricOutput, PeriodInput, last_days
from wallboard.reports._metric import daily
from wallboard.reports._report import Report


class TotalRatingsOutput(MetricOutput):
    thumbs_up: int
    thumbs_down: int


def build(asked: PeriodInput, figures: Figures) -> TotalRatingsOutput:
    return TotalRatingsOutput(
        value=figures.total("ratings.ratings"),
        change=figures.change("ratings.ratings"),
        period=last_days(asked.period_days),
        breakdown=daily(figures, "ratings.ratings"),
        thumbs_up=figures.total("ratings.up"),
        thumbs_down=figures.total("ratings.down"),
    )


REPORT = Report(
    id="clr3m5n8k000008jq7h9e5b1a",
    name="Total Ratings Report",
    description="How many ratings were given in the period, how many of them up and down, per day, and the difference "
    "from the period before.",
    category="quality",
    definition="count of ratings; above 0 is up, below 0 is down, 0 is neither",
    unit="ratings",
    time_basis="time of rating",
    created="2026-11-21",
    input=PeriodInput,
    output=TotalRatingsOutput,
    cubes=("ratings",),
    days=lambda asked: asked.period_days,
    build=build,
)
