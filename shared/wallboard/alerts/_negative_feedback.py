"""The share of negative ratings, for the account and for a bot."""

from collections.abc import Iterable

from wallboard.alerts._rule import Evidence, Finding, Rule, percent
from wallboard.model.words import counted


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """The share of negative ratings, where there are enough."""
    ratings = evidence.figures.total("ratings.ratings", **evidence.filters)
    down = evidence.figures.total("ratings.down", **evidence.filters)
    if ratings < rule.least:
        return ()
    return rule.finding(
        percent(down, ratings),
        current=down,
        baseline=ratings,
        message=f"{down:,} of {counted(ratings, 'rating')} are negative: {{percent}}.",
    )
