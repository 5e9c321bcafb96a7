"""Average Actions per Conversation."""

from wallboard.reports._averages import actions
from wallboard.reports._metric import average

REPORT = average(
    id="clr3m5n8k000c08jq9q6r7s3m",
    name="Average Actions per Conversation Report",
    description="How many actions bots took in a conversation, on average.",
    definition="activity messages of the conversations that began in the period ÷ these conversations; 0 without any",
    unit="actions per conversation",
    value=actions,
)
