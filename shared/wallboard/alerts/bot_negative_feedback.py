"""Many of a bot's ratings are negative."""

from wallboard.alerts._negative_feedback import find
from wallboard.alerts._rule import Rule

RULE = Rule(
    type="negativeFeedback",
    title="Negative feedback",
    about="bot",
    period_days=7,
    find=find,
    levels={"warning": 30, "critical": 50},
    least=3,
    cubes=("ratings",),
)
