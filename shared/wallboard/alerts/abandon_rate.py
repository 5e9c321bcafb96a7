"""Too many give up in the queue."""

from wallboard.alerts._queues import Reading, each_queue, offered
from wallboard.alerts._rule import Evidence, Rule, percent
from wallboard.measures.blocks import Filter


def _read(rule: Rule, evidence: Evidence, filters: dict[str, Filter]) -> Reading | None:
    """The share of those offered in the last day who left the queue unanswered, where there are enough."""
    count, abandoned = offered(evidence, filters), offered(evidence, filters, outcome="abandoned")
    if count < rule.least:
        return None
    return percent(abandoned, count), abandoned, count, f"{abandoned:,} of {count:,} gave up in the queue: {{percent}}."


RULE = Rule(
    type="abandonRate",
    title="Many give up in {subject}",
    about="account",
    find=each_queue(_read),
    levels={"warning": 8, "critical": 15},
    least=20,
    period_days=1,
    cubes=("interactions",),
    is_reported=False,
    what="queues",
)
