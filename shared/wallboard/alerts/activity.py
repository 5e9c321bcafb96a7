"""Far more conversations than in the period before."""

from collections.abc import Iterable

from wallboard.alerts._rule import Evidence, Finding, Rule, growth
from wallboard.model.words import counted


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """Conversations beside those of the period before, if there were any."""
    now = evidence.figures.total("conversations.conversations", **evidence.filters)
    before = evidence.figures.before("conversations.conversations", **evidence.filters)
    return rule.finding(
        growth(now, before),
        current=now,
        baseline=before,
        message=f"{counted(now, 'conversation')}, {{change}} than the {before:,} of the period before.",
    )


RULE = Rule(
    type="activity",
    title="Unusual activity",
    about="account",
    find=find,
    levels={"info": 200},
    cubes=("conversations",),
)
