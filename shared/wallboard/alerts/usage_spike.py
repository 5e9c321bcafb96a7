"""Tokens, conversations or messages of today far above those of an ordinary day."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from wallboard.alerts._rule import Evidence, Finding, Rule, growth, to_tenths
from wallboard.measures.tokens import is_token
from wallboard.model.words import counted, figure

_MEASURES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("token", "usage.count", {"type": is_token}),
    ("conversation", "conversations.conversations", {}),
    ("message", "messages.messages", {}),
)


def find(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """The last day of the period beside the mean of the earlier days that have any, where at least three days have."""
    for name, measure, filters in _MEASURES:
        *earlier, today = evidence.whole_days(measure, **filters) or [0]
        known = [day for day in earlier if day]
        if len(known) + bool(today) < rule.least or not known:
            continue
        mean = Fraction(sum(known), len(known))
        said = f"{counted(today, name)} on the last day"
        yield from rule.finding(
            growth(today * len(known), sum(known)),
            current=today,
            baseline=to_tenths(mean),
            message=f"{said}, {{change}} than the {figure(to_tenths(mean))} of an ordinary day.",
            subject=f"{name}s",
        )


RULE = Rule(
    type="usageSpike",
    title="Spike in {subject}",
    about="account",
    find=find,
    levels={"info": 20, "warning": 50, "critical": 100},
    least=3,
    cubes=("usage", "conversations", "messages"),
)
