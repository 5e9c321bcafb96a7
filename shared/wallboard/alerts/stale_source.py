"""Nothing new has come in for long: no events at all, or nothing of a source that is pulled."""

from collections.abc import Iterable
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, to_tenths
from wallboard.model.time import HOUR, iso

EVENTS = "events"


def about(source: str) -> str:
    """The subject of what is found of a source."""
    return f"data of {source}"


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """How many hours ago the latest fact happened, and by how many hours each source is late: what it has not told yet is
    older than its rhythm. Nothing where there never was anything. What is found holds back the rules that go by such facts:
    what looks like a drop may only be late."""
    now, baseline = evidence.period.now, min(rule.levels.values())
    if evidence.newest is not None:
        hours = Fraction(max(0, now - evidence.newest), HOUR)
        message = f"The latest event is of {iso(evidence.newest)}, {float(hours):.0f} hours ago."
        yield from rule.finding(hours, current=to_tenths(hours), baseline=baseline, message=message, subject=EVENTS)
    for feed in evidence.feeds:
        hours = Fraction(max(0, now - feed.through - feed.every_hours * HOUR), HOUR)
        message = f"{feed.source} has been pulled up to {iso(feed.through)}; it is {float(hours):.0f} hours late."
        if feed.problem:
            message += f" The last error: {feed.problem}"
        yield from rule.finding(
            hours,
            current=to_tenths(hours),
            baseline=baseline,
            message=message.replace("{", "(").replace("}", ")"),
            subject=about(feed.source),
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
