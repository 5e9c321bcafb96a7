"""Thumbs Up."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000108jq3c4d7f2b",
    name="Thumbs Up Report",
    description="How many ratings were positive in the period, per day, and the difference from the period before.",
    category="quality",
    definition="count of ratings with a value above 0",
    unit="ratings",
    time_basis="time of rating",
    measure="ratings.up",
    of_contact="people.up",
)
