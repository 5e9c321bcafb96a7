"""Total Messages."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000608jq3k0l1m7g",
    name="Total Messages Report",
    description="How many messages of every type were sent in the period, per day, and the difference from the period before.",
    category="engagement",
    definition="count of messages of every type",
    unit="messages",
    time_basis="time of sending",
    measure="messages.messages",
    of_contact="people.messages",
)
