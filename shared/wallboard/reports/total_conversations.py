"""Total Conversations."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000508jq2j9k0l6f",
    name="Total Conversations Report",
    description="How many conversations began in the period, per day, and the difference from the period before.",
    category="engagement",
    definition="count of conversation events; messages of a conversation that nobody described do not make one",
    unit="conversations",
    time_basis="start of the conversation",
    measure="conversations.conversations",
    of_contact="people.conversations",
)
