"""Nothing new has come in for long."""

from collections.abc import Iterable
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, to_tenths
from wallboard.model.time import HOUR, iso


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """How many hours ago the latest fact happened; nothing where there never was one. While this is found, the rules that
    go by facts are held back: what looks like a drop may only be late."""
    if evidence.newest is None:
        return ()
    hours = Fraction(max(0, evidence.period.now - evidence.newest), HOUR)
    return rule.finding(
        hours,
        current=to_tenths(hours),
        baseline=min(rule.levels.values()),
        message=f"The latest event is of {iso(evidence.newest)}, {float(hours):.0f} hours ago.",
        subject="events",
    )


RULE = Rule(
    type="staleSource",
    title="No new {subject}",
    about="account",
    find=find,
    levels={"warning": 24, "critical": 72},
    times=1,
    of=1,
    period_days=1,
    is_reported=False,
)
