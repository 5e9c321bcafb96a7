"""People wait too long to be answered."""

from fractions import Fraction

from wallboard.alerts._queues import Reading, each_queue
from wallboard.alerts._rule import Evidence, Rule, to_tenths
from wallboard.measures.blocks import Filter
from wallboard.model.words import figure


def _read(rule: Rule, evidence: Evidence, filters: dict[str, Filter]) -> Reading | None:
    """The mean queue time, in seconds, of those who were answered in the last day, where there are enough."""
    waited = evidence.figures.total("interactions.queue_time", **filters, outcome="answered")
    if waited.count < rule.least:
        return None
    mean: Fraction = waited.mean
    message = f"{waited.count:,} people waited {figure(to_tenths(mean))} seconds on average to be answered."
    return mean, float(mean), min(rule.levels.values()), message


RULE = Rule(
    type="queueTime",
    title="Long waits in {subject}",
    about="account",
    find=each_queue(_read),
    levels={"warning": 60, "critical": 180},
    least=20,
    period_days=1,
    cubes=("interactions",),
    is_reported=False,
    what="queues",
)
