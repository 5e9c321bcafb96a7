"""Average User Messages per Conversation."""

from wallboard.reports._averages import user_messages
from wallboard.reports._metric import average

REPORT = average(
    id="clr3m5n8k000a08jq7o4p5q1k",
    name="Average User Messages per Conversation Report",
    description="How many messages people wrote in a conversation, on average.",
    definition="user messages of the conversations that began in the period ÷ these conversations; 0 without any",
    unit="messages per conversation",
    value=user_messages,
)
