"""The share of negative ratings has grown."""

from collections.abc import Iterable
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, to_tenths
from wallboard.model.words import figure


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """The share of negative ratings beside that of the period before, in points, where both have enough ratings."""
    figures, filters = evidence.figures, evidence.filters
    ratings, before = figures.total("ratings.ratings", **filters), figures.before("ratings.ratings", **filters)
    if min(ratings, before) < rule.least:
        return ()
    share = Fraction(100 * figures.total("ratings.down", **filters), ratings)
    share_before = Fraction(100 * figures.before("ratings.down", **filters), before)
    current, baseline = to_tenths(share), to_tenths(share_before)
    return rule.finding(
        share - share_before,
        current=current,
        baseline=baseline,
        message=f"{figure(current)} % of {ratings:,} ratings are negative, "
        f"after {figure(baseline)} % of {before:,} in the period before.",
    )


RULE = Rule(
    type="sentiment",
    title="Sentiment got worse",
    about="account",
    find=find,
    levels={"warning": 20, "critical": 30},
    least=10,
    cubes=("ratings",),
)
