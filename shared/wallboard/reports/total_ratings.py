"""Total Ratings."""

from wallboard.model.results import ContactMetricInput, MetricOutput
from wallboard.reports._metric import about, breakdown
from wallboard.reports._report import Data, Report


class TotalRatingsOutput(MetricOutput):
    thumbs_up: int
    thumbs_down: int


def build(asked: ContactMetricInput, data: Data) -> TotalRatingsOutput:
    figures = data.figures
    ratings, filters = about(asked, "ratings.ratings", "people.ratings")
    cube = ratings.partition(".")[0]
    return TotalRatingsOutput(
        value=figures.total(ratings, **filters),
        change=figures.change(ratings, **filters),
        period=data.period.label,
        breakdown=breakdown(figures, ratings, **filters),
        thumbs_up=figures.total(f"{cube}.up", **filters),
        thumbs_down=figures.total(f"{cube}.down", **filters),
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
    input=ContactMetricInput,
    output=TotalRatingsOutput,
    cubes=("ratings",),
    contact_cubes=("people",),
    build=build,
    table="breakdown",
)
