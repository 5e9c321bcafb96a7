"""Bot Alerts."""

from typing import Annotated

from pydantic import Field

from wallboard.model.results import LONGEST, BotInput
from wallboard.reports._alerts import AlertsOutput, alerts, cubes
from wallboard.reports._report import Data, Report


class BotAlertsInput(BotInput):
    period_days: Annotated[int, Field(ge=1, le=LONGEST, description="How many days to look back.")] = 7


def build(asked: BotAlertsInput, data: Data) -> AlertsOutput:
    return alerts("bot", data, bot=asked.bot_id)


REPORT = Report(
    id="clr3m5n8k000i08jqfv3w4x9s",
    name="Bot Alerts Report",
    description="What is not as it should be with one bot: feedback, tokens, conversations that are missing or abandoned.",
    category="alert",
    definition="negativeFeedback: of at least 3 ratings, from 30, 50 %; beside the period before, tokenSpike: from 50, 100 % "
    "more; conversationDrop: 50, 75 % fewer than 5 or more; abandonmentSpike: 20, 30 points more single turns of 5 or more",
    unit="alerts",
    time_basis="start of the conversation; time of use and of rating",
    created="2026-11-21",
    input=BotAlertsInput,
    output=AlertsOutput,
    cubes=cubes("bot"),
    shows_alerts=True,
    build=build,
    table="alerts",
)
