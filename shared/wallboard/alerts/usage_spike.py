"""Tokens, conversations or messages of today far above those of an ordinary day."""

from collections.abc import Iterator
from typing import Any

from wallboard.alerts._rule import Evidence, Finding, Rule, growth
from wallboard.measures.tokens import is_token

_MEASURES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tokens", "usage.count", {"type": is_token}),
    ("conversations", "conversations.conversations", {}),
    ("messages", "messages.messages", {}),
)


def find(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """The last day of the period beside the mean of the earlier days that have any, where at least three days have."""
    for name, measure, filters in _MEASURES:
        *earlier, today = evidence.whole_days(measure, **filters)
        known = [day for day in earlier if day]
        if len(known) + bool(today) < rule.least or not known:
            continue
        mean = sum(known) / len(known)
        yield from rule.finding(
            growth(today * len(known), sum(known)),
            current=today,
            baseline=round(mean, 1),
            message=f"{today:,} {name} today, {{percent}} more than the {mean:,.0f} of an ordinary day.",
            subject=name,
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
