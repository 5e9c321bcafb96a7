"""Bot Messages."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000808jq5m2n3o9i",
    name="Bot Messages Report",
    description="How many answers bots gave in the period, per day, and the difference from the period before.",
    category="performance",
    definition="count of messages of type bot",
    unit="messages",
    time_basis="time of sending",
    measure="messages.messages",
    of_contact="people.bot_messages",
    type="bot",
)
