"""The reports of what the alert rules find right now, for the account and for a bot."""

from functools import cache
from typing import Any, Literal

import wallboard.alerts
from wallboard.alerts._rule import SEVERITIES, Evidence, Finding, Rule, Severity
from wallboard.model.results import Number, Output
from wallboard.registry import Family
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
def rules(about: Literal["account", "bot"]) -> list[Rule]:
    """The rules that look at the account, or at a bot."""
    family = Family(wallboard.alerts, attribute="RULE", member=Rule)
    return [rule for rule in map(family.load, family.names()) if rule.about == about]


def cubes(about: Literal["account", "bot"]) -> tuple[str, ...]:
    """What these rules read."""
    return tuple(sorted({cube for rule in rules(about) for cube in rule.cubes}))


def alerts(about: Literal["account", "bot"], data: Data, **filters: Any) -> AlertsOutput:
    """What the rules find, the worst first."""
    evidence = Evidence(period=data.period, figures=data.figures, gauges=data.gauges, filters=filters)
    found = [finding for rule in rules(about) for finding in rule.find(rule, evidence)]
    found.sort(key=lambda each: (SEVERITIES.index(each.severity), each.type, each.subject))
    severities = [finding.severity for finding in found]
    return AlertsOutput(
        alerts=[_alert(finding) for finding in found],
        summary=Summary(
            total_alerts=len(found),
            critical_count=severities.count("critical"),
            warning_count=severities.count("warning"),
            info_count=severities.count("info"),
        ),
        period=data.period.label,
    )


def _alert(finding: Finding) -> Alert:
    return Alert(
        type=finding.type,
        severity=finding.severity,
        title=finding.title,
        message=finding.message,
        metric=Metric(current=finding.current, baseline=finding.baseline, percentage=finding.percentage),
    )
