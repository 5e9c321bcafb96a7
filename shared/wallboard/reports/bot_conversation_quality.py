"""Bot Conversation Quality."""

from wallboard.measures.tokens import is_token
from wallboard.model.results import BotInput, Number, Output, tenths
from wallboard.reports import _averages
from wallboard.reports._report import Data, Report

MOST_ACTIONS = 10


class MessagesPerConversation(Output):
    user: Number
    bot: Number
    activity: Number


class Depth(Output):
    single_turn: int
    short: int
    medium: int
    long: int


class ActionCount(Output):
    type: str
    name: str
    count: int


class QualityOutput(Output):
    avg_messages_per_conversation: MessagesPerConversation
    conversation_depth: Depth
    total_conversations: int
    abandonment_rate: Number
    avg_tokens_per_conversation: Number
    avg_tokens_per_message: Number
    top_actions: list[ActionCount]
    period: str


def build(asked: BotInput, data: Data) -> QualityOutput:
    figures, bot = data.figures, asked.bot_id
    conversations = figures.total("conversations.conversations", bot=bot)
    single_turn = figures.total("conversations.single_turn", bot=bot)
    tokens = figures.total("usage.count", bot=bot, type=is_token)
    actions = figures.by("actions.actions", "type", "name", bot=bot)
    most_frequent = sorted(actions.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_ACTIONS]
    return QualityOutput(
        avg_messages_per_conversation=MessagesPerConversation(
            user=_averages.user_messages(figures, bot=bot),
            bot=_averages.bot_messages(figures, bot=bot),
            activity=_averages.actions(figures, bot=bot),
        ),
        conversation_depth=Depth(
            single_turn=single_turn,
            short=figures.total("conversations.short", bot=bot),
            medium=figures.total("conversations.medium", bot=bot),
            long=figures.total("conversations.long", bot=bot),
        ),
        total_conversations=conversations,
        abandonment_rate=tenths(100 * single_turn, conversations),
        avg_tokens_per_conversation=tenths(tokens, conversations),
        avg_tokens_per_message=tenths(tokens, figures.total("messages.messages", bot=bot)),
        top_actions=[ActionCount(type=type_, name=name, count=count) for (type_, name), count in most_frequent],
        period=data.period.label,
    )


REPORT = Report(
    id="clr3m5n8k000h08jqeu2v3w8r",
    name="Bot Conversation Quality Report",
    description="How deep the conversations of one bot went, how many ended at once, what they cost in tokens, and the ten "
    "actions that the bot took most often.",
    category="quality",
    definition="depth by user messages of the conversations that began in the period: at most 1 is a single turn, 2 to 3 "
    "short, 4 to 10 medium, more long; abandonment rate = single turns ÷ conversations in percent; averages per conversation "
    "over the messages of these conversations; tokens of the period ÷ conversations and ÷ messages; one decimal",
    unit="messages, conversations, percent, tokens, actions",
    time_basis="start of the conversation; time of use, of sending and of the action",
    created="2026-11-21",
    input=BotInput,
    output=QualityOutput,
    cubes=("conversations", "messages", "usage", "actions"),
    build=build,
    compares=False,
)
