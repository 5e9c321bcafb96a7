"""A bot uses far more tokens than in the period before."""

from collections.abc import Iterable

from wallboard.alerts._rule import Evidence, Finding, Rule, growth
from wallboard.measures.tokens import is_token
from wallboard.model.words import counted


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """Tokens beside those of the period before, if there were any."""
    now = evidence.figures.total("usage.count", **evidence.filters, type=is_token)
    before = evidence.figures.before("usage.count", **evidence.filters, type=is_token)
    return rule.finding(
        growth(now, before),
        current=now,
        baseline=before,
        message=f"{counted(now, 'token')}, {{change}} than the {before:,} of the period before.",
    )


RULE = Rule(
    type="tokenSpike",
    title="Spike in tokens",
    about="bot",
    period_days=7,
    find=find,
    levels={"warning": 50, "critical": 100},
    cubes=("usage",),
)
