"""Bot Stats."""

from wallboard.measures.tokens import is_token
from wallboard.model.results import BotInput, Output, Sentiment, sentiment
from wallboard.reports._report import Data, Report


class BotStatsOutput(Output):
    total_conversations: int
    total_messages: int
    total_tokens: int
    total_ratings: int
    thumbs_up: int
    thumbs_down: int
    sentiment_signal: Sentiment
    period: str


def build(asked: BotInput, data: Data) -> BotStatsOutput:
    figures, bot = data.figures, asked.bot_id
    up, down = figures.total("ratings.up", bot=bot), figures.total("ratings.down", bot=bot)
    return BotStatsOutput(
        total_conversations=figures.total("conversations.conversations", bot=bot),
        total_messages=figures.total("messages.messages", bot=bot),
        total_tokens=figures.total("usage.count", bot=bot, type=is_token),
        total_ratings=figures.total("ratings.ratings", bot=bot),
        thumbs_up=up,
        thumbs_down=down,
        sentiment_signal=sentiment(up, down),
        period=data.period.label,
    )


REPORT = Report(
    id="clr3m5n8k000e08jqbs0t1u5o",
    name="Bot Stats Report",
    description="One bot at a glance: its conversations, messages, tokens, ratings, and which way the ratings lean.",
    category="performance",
    definition="counts of the bot's events; tokens are the counts of usage whose type ends in token, and those of messages; "
    "sentiment goes by whether more ratings were up or down",
    unit="conversations, messages, tokens, ratings",
    time_basis="start of the conversation; time of sending, of use and of rating",
    created="2026-11-21",
    input=BotInput,
    output=BotStatsOutput,
    cubes=("conversations", "messages", "usage", "ratings"),
    build=build,
    compares=False,
    table="",
)
