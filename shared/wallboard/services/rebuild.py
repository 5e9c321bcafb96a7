"""Folds hours again on request: a range that somebody names, or every night the last two days."""

from collections import defaultdict
from collections.abc import Iterable

from wallboard.model.facts import KINDS, Bucket
from wallboard.model.time import DAY, HOUR, hour_name
from wallboard.services.roll_up import Changes, RollUp

LATELY = 2 * DAY


def rebuild(tenant: str, start: int, end: int, *, roll_up: RollUp, now: int) -> int:
    """Folds every hour that [start, end) (instants) touches. Answers the drift: how many blocks were not as their facts
    have it, and are now. Raises TryAgain when the store refuses; doing it again is right."""
    days: dict[str, Changes] = defaultdict(dict)
    for at in range(start - start % HOUR, end, HOUR):
        for kind in KINDS:
            bucket = Bucket(tenant, kind, hour_name(at))
            days[bucket.day][bucket] = None
    return sum(roll_up(tenant, day, changes, now=now).written for day, changes in days.items())


def rebuild_lately(tenants: Iterable[str], *, roll_up: RollUp, now: int) -> dict[str, int]:
    """The drift of the last two days, by tenant. It must be 0 once the stream is quiet."""
    return {tenant: rebuild(tenant, now - LATELY, now, roll_up=roll_up, now=now) for tenant in tenants}
