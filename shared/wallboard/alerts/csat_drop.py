"""Customers are less content than in the period before."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, to_tenths
from wallboard.model.words import figure

_TOP = 2


def _content(scores: Mapping[tuple[str, str], int]) -> Fraction:
    """The share, in percent, of the two highest scores of each scale; a scale that is not known goes to five."""
    top = sum(count for (score, scale), count in scores.items() if Fraction(score) > Fraction(scale or 5) - _TOP)
    return Fraction(100 * top, sum(scores.values()))


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """By how many points the share of content answers is less than in the period before, where both have enough."""
    now, before = evidence.figures.total("answers.scores"), evidence.figures.before("answers.scores")
    if min(sum(now.values()), sum(before.values())) < rule.least:
        return ()
    content, earlier = _content(now), _content(before)
    return rule.finding(
        content - earlier,
        current=to_tenths(content),
        baseline=to_tenths(earlier),
        message=f"{figure(to_tenths(content))} % of {sum(now.values()):,} answers are content, after "
        f"{figure(to_tenths(earlier))} % in the period before.",
    )


RULE = Rule(
    type="csatDrop",
    title="Customers are less content",
    about="account",
    find=find,
    levels={"warning": -10, "critical": -20},
    least=20,
    period_days=7,
    cubes=("answers",),
    is_reported=False,
)
