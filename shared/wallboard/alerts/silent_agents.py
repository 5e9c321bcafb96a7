"""A source tells of interactions, and of its agents no more."""

from collections.abc import Callable, Iterable, Mapping

from wallboard.alerts._rule import Evidence, Finding, Rule, growth


def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
    """Of each source whose agents were logged in, or in some status, in the period before: whether there is any of that now,
    while interactions go on."""
    for source, before in sorted(_told(evidence.figures.by_before).items()):
        now = _told(evidence.figures.by).get(source, 0)
        calls = evidence.figures.total("interactions.interactions", source=source)
        if calls >= rule.least:
            yield from rule.finding(
                growth(now, before),
                current=now,
                baseline=before,
                message=f"{source} tells of {calls:,} interactions, and of {now:,} spells of agents, {{change}} than the "
                f"{before:,} of the period before.",
                subject=source,
            )


def _told(by: Callable[..., Mapping[tuple[str, ...], int]]) -> dict[str, int]:
    """By source how many log-ins and statuses of agents there were."""
    found: dict[str, int] = {}
    for measure in ("presence.spells", "statuses.spells"):
        for (source,), count in by(measure, "source").items():
            found[source] = found.get(source, 0) + count
    return found


RULE = Rule(
    type="silentAgents",
    title="Nothing is told of the agents of {subject}",
    about="account",
    find=find,
    levels={"critical": -90},
    least=20,
    period_days=2,
    cubes=("interactions", "presence", "statuses"),
    is_reported=False,
)
