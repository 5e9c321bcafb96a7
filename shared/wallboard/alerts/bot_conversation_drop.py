"""A bot has far fewer conversations than in the period before."""

from collections.abc import Iterable

from wallboard.alerts._rule import Evidence, Finding, Rule, growth
from wallboard.model.words import counted


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """Conversations beside those of the period before, if there were enough then."""
    now = evidence.figures.total("conversations.conversations", **evidence.filters)
    before = evidence.figures.before("conversations.conversations", **evidence.filters)
    if before < rule.least:
        return ()
    return rule.finding(
        growth(now, before),
        current=now,
        baseline=before,
        message=f"{counted(now, 'conversation')}, {{change}} than the {before:,} of the period before.",
    )


RULE = Rule(
    type="conversationDrop",
    title="Drop in conversations",
    about="bot",
    period_days=7,
    find=find,
    levels={"warning": -50, "critical": -75},
    least=5,
    cubes=("conversations",),
)
