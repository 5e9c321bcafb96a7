"""Activity Messages."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000908jq6n3o4p0j",
    name="Activity Messages Report",
    description="How many activities (tool calls and other actions) bots reported as messages in the period, per day, "
    "and the difference from the period before.",
    category="performance",
    definition="count of messages of type activity",
    unit="messages",
    time_basis="time of sending",
    measure="messages.messages",
    of_contact="people.activity_messages",
    type="activity",
)
