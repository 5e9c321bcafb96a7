"""Alerts."""

from wallboard.model.gauges import COUNTED
from wallboard.model.results import PeriodInput
from wallboard.reports._alerts import AlertsOutput, alerts, cubes
from wallboard.reports._report import Data, Report


def build(asked: PeriodInput, data: Data) -> AlertsOutput:
    return alerts("account", data)


REPORT = Report(
    id="clr3m5n8k000f08jqcs1u2v6p",
    name="Alerts Report",
    description="What is not as it should be in the account: spikes of usage, limits, feedback and activity.",
    category="alert",
    definition="usageSpike: today beside the mean of the whole days before that have any, from 20, 50, 100 %; limit: from 80, "
    "100 %; negativeFeedback: of at least 10 ratings, from 30, 50 %; sentiment: that share grew by 20, 30 points; activity: "
    "conversations are 200 % more than in the period before",
    unit="alerts",
    time_basis="start of the conversation; time of sending, of use and of rating; limits now",
    created="2026-11-21",
    input=PeriodInput,
    output=AlertsOutput,
    cubes=cubes("account"),
    gauges=COUNTED,
    shows_alerts=True,
    build=build,
    table="alerts",
)
