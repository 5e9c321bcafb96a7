"""What people do with alerts: look at them, acknowledge, silence and resolve them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from wallboard.alerts._decide import OPEN, Alert, Status, Transition, cleared, move
from wallboard.alerts._rule import Severity
from wallboard.errors import Conflict, InvalidRequest, NotFound, TryAgain
from wallboard.model.event import Instant
from wallboard.model.results import Maybe, Number, Output, absent
from wallboard.model.time import DAY, iso
from wallboard.services.evaluate_alerts import Evaluation
from wallboard.services.ports import Alerts, Directory, Letter
from wallboard.services.write_letter import letter_of

MOST = 100
LONGEST_SILENCE = 90 * DAY
_TRIES = 4


class AlertPage(BaseModel):
    """Which alerts are asked for: `take` after the one with the id `cursor`, of those that fit."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    status: Literal["open", "pending", "firing", "acknowledged", "silenced", "resolved"] | None = None
    severity: Severity | None = None
    type: str | None = None
    bot_id: str | None = None
    cursor: str | None = None
    take: Annotated[int, Field(ge=1, le=MOST)] = MOST


class Note(BaseModel):
    """Who does something to an alert, and why."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)

    by: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    note: Annotated[str, Field(max_length=2_000)] | None = None


class Silence(Note):
    until: Instant


class MetricItem(Output):
    """What was measured, what it was compared with, and the difference or share in percent (or points, or hours)."""

    current: Number
    baseline: Number
    percentage: Number


class AlertItem(Output):
    """An alert. `by` and `note` are of who acknowledged or silenced it."""

    id: str
    type: str
    rule: str
    bot_id: Maybe[str] = absent()
    subject: Maybe[str] = absent()
    status: Status
    severity: Severity
    title: str
    message: str
    metric: MetricItem
    since: str
    silenced_until: Maybe[str] = absent()
    by: Maybe[str] = absent()
    note: Maybe[str] = absent()


class TransitionItem(Output):
    """A change of an alert, with its reason and the figures at that moment."""

    alert: str
    number: int
    at: str
    from_: Maybe[Status] = Field(default_factory=lambda: None, alias="from", exclude_if=lambda value: value is None)
    to: Status
    severity: Severity
    reason: str
    metric: MetricItem
    by: Maybe[str] = absent()
    note: Maybe[str] = absent()


class AlertList(Output):
    """The alerts of a page; `cursor` is the id of the last one."""

    items: list[AlertItem]
    cursor: Maybe[str] = absent()


class AlertHistory(Output):
    """An alert, and all its transitions in order."""

    alert: AlertItem
    history: list[TransitionItem]


class Evaluated(Output):
    """The transitions of an evaluation. `held` are the rules that were left alone because facts are stale, `broken` those
    that failed."""

    transitions: list[TransitionItem]
    held: list[str]
    broken: list[str]


def list_alerts(page: AlertPage, *, tenant: str, alerts: Alerts) -> AlertList:
    """The alerts of a page in the order of their ids."""
    fitting = [alert for alert in alerts.all(tenant) if _fits(alert, page)]
    following = [alert for alert in fitting if page.cursor is None or alert.id > page.cursor]
    items = [show_alert(alert) for alert in following[: page.take]]
    return AlertList(items=items, cursor=items[-1].id if items else None)


def history_of(alert_id: str, *, tenant: str, alerts: Alerts) -> AlertHistory:
    """The alert, and its transitions in order. Raises NotFound."""
    alert = _find(alert_id, tenant, alerts)
    return AlertHistory(
        alert=show_alert(alert), history=[show_transition(each) for each in alerts.history(tenant, alert_id)]
    )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts on the alerts of a tenant, and when. `by` is what is noted where the request names nobody."""

    tenant: str
    by: str
    now: int
    alerts: Alerts
    directory: Directory

    def acknowledge(self, alert_id: str, note: Note) -> AlertItem:
        """Somebody takes care of it. Raises NotFound, and InvalidRequest for one that is not open."""

        def change(alert: Alert) -> Alert:
            return replace(alert, silenced_until=None)

        return self._change(alert_id, "acknowledged", note, change, "acknowledged")

    def silence(self, alert_id: str, note: Silence) -> AlertItem:
        """Nobody is told of it until then. Raises NotFound, and InvalidRequest for one that is not open, or a time that
        has passed or is too far away."""
        if not self.now < note.until <= self.now + LONGEST_SILENCE:
            raise InvalidRequest(
                f"until: {iso(note.until)} is not within the next {LONGEST_SILENCE // DAY} days; it is {iso(self.now)} now"
            )

        def change(alert: Alert) -> Alert:
            return replace(alert, silenced_until=note.until)

        return self._change(alert_id, "silenced", note, change, f"silenced until {iso(note.until)}")

    def resolve(self, alert_id: str, note: Note) -> AlertItem:
        """It is over. It fires anew if it is found again. Raises NotFound, and InvalidRequest for one that is not open."""
        return self._change(alert_id, "resolved", note, cleared, "resolved by hand")

    def _change(
        self, alert_id: str, status: Status, note: Note, change: Callable[[Alert], Alert], reason: str
    ) -> AlertItem:
        for _ in range(_TRIES):
            alert = _find(alert_id, self.tenant, self.alerts)
            if alert.status not in OPEN:
                raise InvalidRequest(f"alert: {alert_id} is {alert.status}; only open ones can be {status}")
            by = note.by or self.by
            changed, transition = move(
                change(alert), status, reason, now=self.now, before=alert.status, by=by, note=note.note
            )
            if status != "resolved":
                changed = replace(changed, by=by, note=note.note)
            try:
                self.alerts.save(self.tenant, changed, transition, self._letter(changed, transition))
            except Conflict:
                continue  # an evaluation came in between: look again
            return show_alert(changed)
        raise TryAgain(f"alert {alert_id} kept changing; try again")

    def _letter(self, alert: Alert, transition: Transition) -> Letter | None:
        notify = self.alerts.settings(self.tenant).notify
        return letter_of(self.tenant, alert, transition, notify, self.directory)


def show_alert(alert: Alert) -> AlertItem:
    """An alert as the API gives it."""
    return AlertItem(
        id=alert.id,
        type=alert.type,
        rule=alert.rule,
        bot_id=alert.bot or None,
        subject=alert.subject or None,
        status=alert.status,
        severity=alert.severity,
        title=alert.title,
        message=alert.message,
        metric=_metric(alert),
        since=iso(alert.since),
        silenced_until=None if alert.silenced_until is None else iso(alert.silenced_until),
        by=alert.by,
        note=alert.note,
    )


def show_transition(transition: Transition) -> TransitionItem:
    """A transition as the API gives it."""
    return TransitionItem(
        alert=transition.alert,
        number=transition.number,
        at=iso(transition.at),
        from_=transition.before,
        to=transition.after,
        severity=transition.severity,
        reason=transition.reason,
        metric=_metric(transition),
        by=transition.by,
        note=transition.note,
    )


def show_evaluation(done: Evaluation) -> Evaluated:
    """What an evaluation came to, as the API gives it."""
    return Evaluated(
        transitions=[show_transition(each) for each in done.transitions], held=done.held, broken=sorted(done.broken)
    )


def _metric(of: Alert | Transition) -> MetricItem:
    return MetricItem(current=of.current, baseline=of.baseline, percentage=of.percentage)


def _fits(alert: Alert, page: AlertPage) -> bool:
    return (
        (page.status is None or alert.status == page.status or (page.status == "open" and alert.status in OPEN))
        and page.severity in (None, alert.severity)
        and page.type in (None, alert.type)
        and page.bot_id in (None, alert.bot)
    )


def _find(alert_id: str, tenant: str, alerts: Alerts) -> Alert:
    alert = alerts.find(tenant, alert_id)
    if alert is None:
        raise NotFound("Alert not found")
    return alert
