"""More of a bot's conversations than before end at once."""

from collections.abc import Iterable
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, to_tenths
from wallboard.model.words import figure


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """The share of single turns beside that of the period before, in points, where both have enough conversations."""
    figures, filters = evidence.figures, evidence.filters
    now = figures.total("conversations.conversations", **filters)
    before = figures.before("conversations.conversations", **filters)
    if min(now, before) < rule.least:
        return ()
    rate = Fraction(100 * figures.total("conversations.single_turn", **filters), now)
    rate_before = Fraction(100 * figures.before("conversations.single_turn", **filters), before)
    current, baseline = to_tenths(rate), to_tenths(rate_before)
    return rule.finding(
        rate - rate_before,
        current=current,
        baseline=baseline,
        message=f"{figure(current)} % of {now:,} conversations ended after at most one message, "
        f"{figure(baseline)} % in the period before.",
    )


RULE = Rule(
    type="abandonmentSpike",
    title="Spike in abandoned conversations",
    about="bot",
    period_days=7,
    find=find,
    levels={"warning": 20, "critical": 30},
    least=5,
    cubes=("conversations",),
)
