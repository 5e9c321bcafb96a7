"""User Messages."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000708jq4l1m2n8h",
    name="User Messages Report",
    description="How many messages people wrote in the period, per day, and the difference from the period before.",
    category="engagement",
    definition="count of messages of type user",
    unit="messages",
    time_basis="time of sending",
    measure="messages.messages",
    of_contact="people.user_messages",
    type="user",
)
