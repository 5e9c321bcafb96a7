"""A source tells of interactions, and of its agents no more."""

from collections import Counter
from collections.abc import Iterable, Sequence

from wallboard.alerts._rule import Evidence, Finding, Rule, growth

LATELY = 2
"""Calendar days (UTC), today among them, that are compared with those before. A feed that has died is missed as long as the
period remembers it, and not told as resolved while it is dead."""


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """Of each source whose agents were logged in, or in some status: whether there is any of that lately, while interactions
    go on."""
    table = evidence.figures.table
    calls = table("interactions.interactions", "source")
    for source, (before, now) in sorted(_told(table("presence.spells", "source"), table("statuses.spells", "source"))):
        lately = sum(calls.get((source,), [0])[-LATELY:])
        if lately >= rule.least:
            yield from rule.finding(
                growth(now, before),
                current=now,
                baseline=before,
                message=f"{source} tells of {lately:,} interactions since yesterday, and of {now:,} spells of agents, "
                f"{{change}} than the {before:,} that are usual.",
                subject=source,
            )


def _told(*tables: dict[tuple[str, ...], list[int]]) -> Iterable[tuple[str, tuple[int, int]]]:
    """By source how many log-ins and statuses are usual in so many days, by the days on which there were any, and how many
    there were lately."""
    days: dict[str, Counter[int]] = {}
    for table in tables:
        for (source,), values in table.items():
            days.setdefault(source, Counter()).update(dict(enumerate(reversed(values[1:]))))
    for source, counts in days.items():
        told: Sequence[int] = [count for day, count in counts.items() if day >= LATELY and count]
        yield source, (round(LATELY * sum(told) / len(told)) if told else 0, sum(counts[day] for day in range(LATELY)))


RULE = Rule(
    type="silentAgents",
    title="Nothing is told of the agents of {subject}",
    about="account",
    find=find,
    levels={"critical": -90},
    least=20,
    period_days=14,
    cubes=("interactions", "presence", "statuses"),
    is_reported=False,
)
