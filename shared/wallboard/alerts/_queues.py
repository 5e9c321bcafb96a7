"""Rules about queues: the same figures for all of them together, and where a tenant asks for it, for each queue or team."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from wallboard.alerts._rule import Evidence, Finding, Rule, to_tenths
from wallboard.measures.blocks import Filter

Reading = tuple[Fraction | None, float, float, str]
"""What a rule reads of a group: how bad it is, what was measured, what it is compared with, and how that is told."""

Read = Callable[[Rule, Evidence, dict[str, Filter]], Reading | None]


def each_queue(read: Read) -> Callable[[Rule, Evidence], Iterable[Finding]]:
    """Reads all queues together, or each queue or team by itself, as the rule's `per` has it."""

    def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
        for subject, filters in _groups(rule, evidence):
            reading = read(rule, evidence, filters)
            if reading is not None:
                bad, current, baseline, message = reading
                yield from rule.finding(
                    bad, current=to_tenths(Fraction(current)), baseline=baseline, message=message, subject=subject
                )

    return find


def _groups(rule: Rule, evidence: Evidence) -> Iterable[tuple[str, dict[str, Filter]]]:
    if rule.per is None:
        yield f"all {rule.what}", {}
        return
    found = evidence.figures.by("interactions.interactions", "source", rule.per)
    for source, name in sorted(found):
        if name:
            yield f"{rule.per} {name} of {source}", {"source": source, rule.per: name}


def offered(evidence: Evidence, filters: dict[str, Filter], **more: Filter) -> int:
    total: int = evidence.figures.total("interactions.offered", **filters, **more)
    return total
