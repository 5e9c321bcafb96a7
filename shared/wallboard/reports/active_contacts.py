"""Active Contacts."""

from wallboard.reports._metric import metric

REPORT = metric(
    id="clr3m5n8k000408jq9i8j9k5e",
    name="Active Contacts Report",
    description="How many different contacts began a conversation in the period and on each day, and the difference from "
    "the period before. Somebody who comes on two days counts on both, so the days may add up to more than the value.",
    category="contact",
    definition="distinct contacts of conversation events",
    unit="contacts",
    time_basis="start of the conversation",
    measure="conversations.contacts",
)
