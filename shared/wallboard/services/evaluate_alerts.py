"""Evaluates the alert rules of one tenant: readings, decisions, and the state that is kept before anybody is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from wallboard.alerts._decide import OPEN, Alert, Transition, cleared, decide, fingerprint, move
from wallboard.alerts._rule import SEVERITIES, Evidence, Finding, Rule, Rules
from wallboard.alerts._settings import AlertSettings, NotifySettings, check, tuned
from wallboard.alerts.stale_source import EVENTS, about
from wallboard.errors import Conflict
from wallboard.measures.blocks import Block
from wallboard.measures.cubes import CUBES
from wallboard.measures.figures import Figures
from wallboard.model.gauges import Gauge
from wallboard.model.periods import Period
from wallboard.model.pulls import Feed
from wallboard.model.results import PeriodInput
from wallboard.services.ports import Alerts, Directory, Gauges, Rollups
from wallboard.services.read_feeds import Feeds
from wallboard.services.write_letter import letter_of

UTC = ZoneInfo("UTC")
STALE = "stale_source"
"""The rule that says whether the others can be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What an evaluation came to. `held` are rules that were left alone because the facts they go by are stale, `broken`
    those that failed, each with its reason."""

    transitions: list[Transition]
    held: list[str]
    broken: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateAlerts:
    rules: Rules
    rollups: Rollups
    gauges: Gauges
    directory: Directory
    alerts: Alerts
    feeds: Feeds

    def __call__(self, tenant: str, *, now: int) -> Evaluation:
        """Raises TryAgain when the store refuses; what was decided until then is kept, and doing it again is right."""
        settings = self.alerts.settings(tenant)
        rules = tuned(self.rules.sound, settings)
        known = {alert.id: alert for alert in self.alerts.all(tenant)}
        feeds = self.feeds(tenant) if STALE in rules else []
        readings, broken = self._readings(tenant, rules, feeds, now)
        late = {reading.subject for _, reading in readings.get(STALE, ()) if reading.severity}
        held = [name for name, rule in rules.items() if rule.cubes and (STALE in broken or _is_late(rule, late, feeds))]
        transitions = []
        for name in sorted({*readings, *(alert.rule for alert in known.values())} - {*held, *broken}):
            mine = [alert for alert in known.values() if alert.rule == name]
            for decided, transition in self._decide(tenant, name, rules.get(name), mine, readings.get(name, ()), now):
                if self._keep(tenant, decided, transition, settings.notify) and transition:
                    transitions.append(transition)
        return Evaluation(transitions=transitions, held=held, broken=broken)

    def _decide(
        self,
        tenant: str,
        name: str,
        rule: Rule | None,
        alerts: Iterable[Alert],
        readings: Iterable[tuple[str, Finding]],
        now: int,
    ) -> Iterable[tuple[Alert, Transition | None]]:
        """Every alert of a rule that is not as it was. `readings` come with the bot that they are about."""
        seen = {alert.id: alert for alert in (_seen(tenant, name, bot, reading, now) for bot, reading in readings)}
        read = {fingerprint(tenant, name, bot, reading.subject): reading for bot, reading in readings}
        known = {alert.id: alert for alert in alerts}
        for alert_id in sorted(seen.keys() | known.keys()):
            alert = known.get(alert_id)
            if rule is None:
                if alert and alert.status in (*OPEN, "pending"):
                    yield move(cleared(alert), "resolved", "the rule is switched off", now=now, before=alert.status)
                continue
            after, transition = decide(alert, seen.get(alert_id), read.get(alert_id), rule, now=now)
            if after is not None and after != alert:
                yield after, transition

    def _keep(self, tenant: str, alert: Alert, transition: Transition | None, notify: NotifySettings) -> bool:
        letter = letter_of(tenant, alert, transition, notify, self.directory) if transition else None
        try:
            self.alerts.save(tenant, alert, transition, letter)
        except Conflict:
            return False  # somebody else has decided at the same time
        return True

    def _readings(
        self, tenant: str, rules: Mapping[str, Rule], feeds: Sequence[Feed], now: int
    ) -> tuple[dict[str, list[tuple[str, Finding]]], dict[str, str]]:
        """What each rule reads, with the bot that it is about ("" for the account), and the rules that fail."""
        evidence = self._evidence(tenant, rules, feeds, now)
        readings: dict[str, list[tuple[str, Finding]]] = {}
        broken = {name: str(error) for name, error in self.rules.broken.items()}
        for name, rule in rules.items():
            try:
                mine = evidence(rule)
                bots = _bots(mine.figures) if rule.about == "bot" else [""]
                readings[name] = [
                    (bot, _sound(reading)) for bot in bots for reading in rule.find(rule, mine.of(bot) if bot else mine)
                ]
            except Exception as error:  # one broken rule must not hold up the others
                broken[name] = f"{type(error).__name__}: {error}"
        return readings, broken

    def _evidence(
        self, tenant: str, rules: Mapping[str, Rule], feeds: Sequence[Feed], now: int
    ) -> Callable[[Rule], Evidence]:
        """Reads what all rules need, once, and cuts it for each."""
        periods = {
            rule.period_days: Period.of(PeriodInput(periodDays=rule.period_days), zone=UTC, now=now)
            for rule in rules.values()
        }
        days: dict[str, set[str]] = {}
        for rule in rules.values():
            period = periods[rule.period_days]
            for cube in {*rule.cubes, *(("conversations",) if rule.about == "bot" else ())}:
                days.setdefault(cube, set()).update(period.window.utc_days(), period.previous.utc_days())
        blocks: dict[str, list[Block]] = self.rollups.read(
            tenant, {cube: sorted(found) for cube, found in days.items()}
        )
        types = sorted({type_ for rule in rules.values() for type_ in rule.gauges})
        gauges: dict[str, list[Gauge]] = self.gauges.read(tenant, types)
        # What comes by the clock only is as old as its last pull: that is said of the source.
        fed = {kind for feed in feeds for kind in feed.kinds}
        pushed = sorted(name for name, cube in CUBES.items() if not fed & {*cube.kinds})
        anchors = self.rollups.newest(tenant, pushed) if STALE in rules else {}
        newest = max(anchors.values(), default=None)
        memos: dict[int, Any] = {each: {} for each in periods}

        def of(rule: Rule) -> Evidence:
            period = periods[rule.period_days]
            figures = Figures(blocks, period.parts(), period.previous, memos[rule.period_days])
            return Evidence(period=period, figures=figures, gauges=gauges, newest=newest, feeds=feeds)

        return of


def _is_late(rule: Rule, late: set[str], feeds: Iterable[Feed]) -> bool:
    """Whether what a rule goes by is late: all events, or a source that brings such facts."""
    kinds = {kind for cube in rule.cubes for kind in CUBES[cube].kinds}
    return EVENTS in late or any(about(feed.source) in late and feed.kinds & kinds for feed in feeds)


def _bots(figures: Figures) -> list[str]:
    """The bots that had a conversation in the period or in the one before."""
    now = figures.by("conversations.conversations", "bot")
    before = figures.by_before("conversations.conversations", "bot")
    return sorted({bot for (bot,) in {*now, *before} if bot})


def _sound(reading: Finding) -> Finding:
    """The reading. Raises ValueError for one that could not be kept: no severity, or no number."""
    numbers = (reading.current, reading.baseline, reading.percentage)
    if reading.severity not in (None, *SEVERITIES) or not all(map(isfinite, numbers)):
        raise ValueError(f"{reading.severity!r} and {numbers} are not a severity and numbers")
    return reading


def _seen(tenant: str, name: str, bot: str, reading: Finding, now: int) -> Alert:
    return Alert(
        id=fingerprint(tenant, name, bot, reading.subject),
        rule=name,
        type=reading.type,
        bot=bot,
        subject=reading.subject,
        status="pending",
        severity=reading.severity or "info",
        title=reading.title,
        message=reading.message,
        current=reading.current,
        baseline=reading.baseline,
        percentage=reading.percentage,
        since=now,
    )


def configure(tenant: str, settings: AlertSettings, *, rules: Mapping[str, Rule], alerts: Alerts) -> None:
    """Keeps the settings of a tenant. Raises InvalidRequest for what makes no sense."""
    check(settings, rules)
    alerts.configure(tenant, settings)
