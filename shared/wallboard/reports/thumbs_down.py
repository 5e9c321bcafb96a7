"""Thumbs Down."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000208jq8e5f6g3c",
    name="Thumbs Down Report",
    description="How many ratings were negative in the period, per day, and the difference from the period before.",
    category="quality",
    definition="count of ratings with a value below 0",
    unit="ratings",
    time_basis="time of rating",
    measure="ratings.down",
    of_contact="people.down",
)
