"""The decision: what a reading and the alert that is there already come to. Pure; the reason comes with it."""

from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import blake2b
from typing import Literal

from wallboard.alerts._rule import SEVERITIES, Finding, Rule, Severity

Status = Literal["pending", "firing", "acknowledged", "silenced", "resolved"]
OPEN: tuple[Status, ...] = ("firing", "acknowledged", "silenced")

CLEAR_SHARE = Fraction(80, 100)
"""An alert is quiet below this share of the level from which it fires; in between it neither fires nor clears."""

QUIET_EVALUATIONS = 2
"""So many quiet evaluations in a row resolve an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: what it is about, its state, and what was seen last. Times are instants. `hits` tells which of the last
    evaluations found something, `number` counts its transitions, `version` is the store's (0: not stored yet)."""

    id: str
    rule: str
    type: str
    bot: str
    subject: str
    status: Status
    severity: Severity
    title: str
    message: str
    current: int | float
    baseline: int | float
    percentage: int | float
    since: int
    hits: tuple[bool, ...] = ()
    quiet: int = 0
    silenced_until: int | None = None
    by: str | None = None
    note: str | None = None
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of an alert, with its reason and the figures at that moment. `before` is None for a new alert. `by` is who
    did it, None for the evaluation."""

    alert: str
    number: int
    at: int
    before: Status | None
    after: Status
    severity: Severity
    reason: str
    current: int | float
    baseline: int | float
    percentage: int | float
    by: str | None = None
    note: str | None = None


Decision = tuple[Alert | None, Transition | None]


def fingerprint(tenant: str, rule: str, bot: str, subject: str) -> str:
    """The id of an alert: the same for the same rule and subject of a tenant, whenever it is seen."""
    return blake2b(f"{tenant}\0{rule}\0{bot}\0{subject}".encode(), digest_size=12).hexdigest()


def decide(alert: Alert | None, seen: Alert | None, reading: Finding | None, rule: Rule, *, now: int) -> Decision:
    """The alert after an evaluation, and its transition if it has one.

    `reading` is None when the rule has nothing to say of the subject; `seen` is the alert that the reading would make.
    """
    if alert is None or alert.status not in OPEN:
        return _of_idle(alert, seen, reading, rule, now)
    if seen is not None:
        alert = replace(alert, **{name: getattr(seen, name) for name in _SEEN})
    if reading is None or reading.severity is None:
        return _of_quiet(alert, reading, rule, now)
    before, silent = alert.status, is_silent(alert, now)
    alert = replace(alert, quiet=0, silenced_until=alert.silenced_until if silent else None)
    if SEVERITIES.index(reading.severity) < SEVERITIES.index(alert.severity):
        worse = replace(alert, severity=reading.severity)
        reason = f"went from {alert.severity} to {reading.severity}"
        return move(worse, "silenced" if silent else "firing", reason, now=now, before=before)
    if before == "silenced" and not silent:
        return move(alert, "firing", "the silence has ended, and it goes on", now=now, before=before)
    return alert, None


_SEEN = ("title", "message", "current", "baseline", "percentage")


def _of_idle(alert: Alert | None, seen: Alert | None, reading: Finding | None, rule: Rule, now: int) -> Decision:
    """Nothing is open: what was found counts towards firing."""
    found = reading is not None and reading.severity is not None
    hits = (*(alert.hits if alert else ()), found)[-rule.of :]
    before = alert.status if alert else None
    if not found or seen is None:
        if alert is None or alert.status == "resolved":
            return alert, None
        if any(hits):
            return replace(alert, hits=hits), None
        return move(replace(alert, hits=()), "resolved", "went away before it fired", now=now, before=before)
    new = replace(seen, hits=hits)
    if alert is not None:
        new = replace(
            new,
            number=alert.number,
            version=alert.version,
            since=alert.since,
            silenced_until=alert.silenced_until if is_silent(alert, now) else None,
        )
    if sum(hits) >= rule.times:
        reason = "found" if rule.of == 1 else f"found in {rule.times} of {rule.of} evaluations"
        return move(
            replace(new, hits=()), "silenced" if is_silent(new, now) else "firing", reason, now=now, before=before
        )
    if before == "pending":
        return replace(new, status="pending"), None
    return move(new, "pending", "found for the first time", now=now, before=before)


def _of_quiet(alert: Alert, reading: Finding | None, rule: Rule, now: int) -> Decision:
    """Open, and the rule finds nothing now."""
    quiet = alert.quiet + 1 if _is_clear(reading, rule) else 0
    if quiet < QUIET_EVALUATIONS:
        return replace(alert, quiet=quiet), None
    silence = alert.silenced_until if is_silent(alert, now) else None  # it may come back within it
    over = replace(cleared(alert), silenced_until=silence)
    return move(over, "resolved", f"quiet in {QUIET_EVALUATIONS} evaluations", now=now, before=alert.status)


def is_silent(alert: Alert, now: int) -> bool:
    """Whether nobody is to be told of it now."""
    return alert.silenced_until is not None and now < alert.silenced_until


def cleared(alert: Alert) -> Alert:
    """The alert without what was noted while it was open."""
    return replace(alert, quiet=0, hits=(), silenced_until=None, by=None, note=None)


def _is_clear(reading: Finding | None, rule: Rule) -> bool:
    """Whether a reading lies below CLEAR_SHARE of the level from which the rule fires; none at all is clear."""
    if reading is None:
        return True
    level = min(rule.levels.values(), key=abs) * CLEAR_SHARE
    return reading.exact < level if level > 0 else reading.exact > level


def move(
    alert: Alert,
    status: Status,
    reason: str,
    *,
    now: int,
    before: Status | None,
    by: str | None = None,
    note: str | None = None,
) -> tuple[Alert, Transition]:
    """The alert in another state, and the transition that says so."""
    moved = replace(alert, status=status, since=now, number=alert.number + 1)
    return moved, Transition(
        alert=alert.id,
        number=moved.number,
        at=now,
        before=before,
        after=status,
        severity=moved.severity,
        reason=reason,
        current=moved.current,
        baseline=moved.baseline,
        percentage=moved.percentage,
        by=by,
        note=note,
    )
