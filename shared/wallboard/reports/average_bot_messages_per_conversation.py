"""Average Bot Messages per Conversation."""

from wallboard.reports._averages import bot_messages
from wallboard.reports._metric import average

REPORT = average(
    id="clr3m5n8k000b08jq8p5q6r2l",
    name="Average Bot Messages per Conversation Report",
    description="How many answers bots gave in a conversation, on average.",
    definition="bot messages of the conversations that began in the period ÷ these conversations; 0 without any",
    unit="messages per conversation",
    value=bot_messages,
)
