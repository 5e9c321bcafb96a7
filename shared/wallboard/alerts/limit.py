"""A plan's limit that is nearly or wholly used."""

from collections.abc import Iterator
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, percent
from wallboard.model.gauges import COUNTED, limit, stock
from wallboard.model.words import counted, plural


def find(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """What there is of a limited type beside its limit; a type without a limit is left out."""
    for type_ in COUNTED:
        allowed, used = limit(evidence.gauges, type_), stock(evidence.gauges, type_)
        if allowed is None or not used:
            continue
        name = plural(type_)
        yield from rule.finding(
            percent(used, allowed) if allowed else Fraction(100),
            current=used,
            baseline=allowed,
            message=f"{used:,} of {counted(allowed, type_)} in use: {{percent}}.",
            subject=name,
        )


RULE = Rule(
    type="limit",
    title="Limit of {subject}",
    about="account",
    times=1,
    of=1,
    find=find,
    levels={"warning": 80, "critical": 100},
    gauges=COUNTED,
)
