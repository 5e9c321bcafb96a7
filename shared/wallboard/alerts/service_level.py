"""Too few are answered in time."""

from wallboard.alerts._queues import Reading, each_queue, offered
from wallboard.alerts._rule import Evidence, Rule, percent
from wallboard.measures.blocks import Filter

SECONDS = 20


def _read(rule: Rule, evidence: Evidence, filters: dict[str, Filter]) -> Reading | None:
    """The share of those offered in the last day who were not answered within 20 seconds, where there are enough: 20 % is a
    service level of 80/20. What is still waiting is not counted."""
    answered, abandoned = (offered(evidence, filters, outcome=outcome) for outcome in ("answered", "abandoned"))
    if answered + abandoned < rule.least:
        return None
    in_time = evidence.figures.total("interactions.queue_time", **filters, outcome="answered").within(SECONDS)
    late = answered + abandoned - in_time
    message = f"{late:,} of {answered + abandoned:,} were not answered within {SECONDS} seconds: {{percent}}."
    return percent(late, answered + abandoned), late, answered + abandoned, message


RULE = Rule(
    type="serviceLevel",
    title="Low service level of {subject}",
    about="account",
    find=each_queue(_read),
    levels={"warning": 20, "critical": 40},
    least=20,
    period_days=1,
    cubes=("interactions",),
    is_reported=False,
    what="queues",
)
