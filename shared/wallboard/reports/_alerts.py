"""The reports of what the alert rules find right now, for the account and for a bot."""

from functools import cache
from typing import Any, Literal

from wallboard.alerts._rule import SEVERITIES, Evidence, Finding, Rule, Severity, all_rules
from wallboard.alerts._settings import tuned
from wallboard.model.results import Number, Output
from wallboard.reports._report import Data


class Metric(Output):
    current: Number
    baseline: Number
    percentage: Number


class Alert(Output):
    type: str
    severity: Severity
    title: str
    message: str
    metric: Metric


class Summary(Output):
    total_alerts: int
    critical_count: int
    warning_count: int
    info_count: int


class AlertsOutput(Output):
    alerts: list[Alert]
    summary: Summary
    period: str


@cache
def rules(about: Literal["account", "bot"]) -> dict[str, Rule]:
    """The rules that look at the account, or at a bot, as far as reports show them, by the name of their file."""
    return {name: rule for name, rule in all_rules().items() if rule.about == about and rule.is_reported}


def cubes(about: Literal["account", "bot"]) -> tuple[str, ...]:
    """What these rules read."""
    return tuple(sorted({cube for rule in rules(about).values() for cube in rule.cubes}))


def alerts(about: Literal["account", "bot"], data: Data, **filters: Any) -> AlertsOutput:
    """What the rules find, as the tenant has them, the worst first."""
    evidence = Evidence(period=data.period, figures=data.figures, gauges=data.gauges, filters=filters)
    mine = tuned(rules(about), data.alert_settings).values()
    readings = [reading for rule in mine for reading in rule.find(rule, evidence)]
    found = [(reading.severity, reading) for reading in readings if reading.severity]
    found.sort(key=lambda each: (SEVERITIES.index(each[0]), each[1].type, each[1].subject))
    severities = [severity for severity, _ in found]
    return AlertsOutput(
        alerts=[_alert(severity, reading) for severity, reading in found],
        summary=Summary(
            total_alerts=len(found),
            critical_count=severities.count("critical"),
            warning_count=severities.count("warning"),
            info_count=severities.count("info"),
        ),
        period=data.period.label,
    )


def _alert(severity: Severity, finding: Finding) -> Alert:
    return Alert(
        type=finding.type,
        severity=severity,
        title=finding.title,
        message=finding.message,
        metric=Metric(current=finding.current, baseline=finding.baseline, percentage=finding.percentage),
    )
