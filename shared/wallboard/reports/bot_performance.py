"""Bot Performance."""

from wallboard.measures.blocks import Filter
from wallboard.measures.figures import Figures
from wallboard.measures.tokens import is_token
from wallboard.model.results import BotPartsInput, DayTotal, Output, Sentiment, sentiment
from wallboard.reports._metric import breakdown
from wallboard.reports._report import Data, Report


class Compared(Output):
    current: int
    previous: int
    change: int
    breakdown: list[DayTotal]


class DayRatings(Output):
    date: str
    total: int
    thumbs_up: int
    thumbs_down: int


class Ratings(Output):
    thumbs_up: int
    thumbs_down: int
    total: int
    change: int
    sentiment_signal: Sentiment
    breakdown: list[DayRatings]


class BotPerformanceOutput(Output):
    conversations: Compared
    messages: Compared
    tokens: Compared
    ratings: Ratings
    period: str


def build(asked: BotPartsInput, data: Data) -> BotPerformanceOutput:
    figures, bot = data.figures, asked.bot_id
    return BotPerformanceOutput(
        conversations=_compared(figures, "conversations.conversations", bot=bot),
        messages=_compared(figures, "messages.messages", bot=bot),
        tokens=_compared(figures, "usage.count", bot=bot, type=is_token),
        ratings=_ratings(figures, bot),
        period=data.period.label,
    )


def _compared(figures: Figures, measure: str, **filters: Filter) -> Compared:
    return Compared(
        current=figures.total(measure, **filters),
        previous=figures.before(measure, **filters),
        change=figures.change(measure, **filters),
        breakdown=breakdown(figures, measure, **filters),
    )


def _ratings(figures: Figures, bot: str) -> Ratings:
    up, down = figures.total("ratings.up", bot=bot), figures.total("ratings.down", bot=bot)
    return Ratings(
        thumbs_up=up,
        thumbs_down=down,
        total=figures.total("ratings.ratings", bot=bot),
        change=figures.change("ratings.ratings", bot=bot),
        sentiment_signal=sentiment(up, down),
        breakdown=days_of_ratings(figures, bot=bot),
    )


def days_of_ratings(figures: Figures, **filters: Filter) -> list[DayRatings]:
    """The parts of the period with all ratings, those up and those down."""
    measures = ("ratings.ratings", "ratings.up", "ratings.down")
    parts = zip(*(figures.by_part(measure, **filters) for measure in measures), strict=True)
    return [
        DayRatings(date=day, total=total, thumbs_up=up, thumbs_down=down) for (day, total), (_, up), (_, down) in parts
    ]


REPORT = Report(
    id="clr3m5n8k000g08jqdt1u2v7q",
    name="Bot Performance Report",
    description="What one bot did in the period and in the one before: conversations, messages, tokens and ratings, by day.",
    category="performance",
    definition="counts of the bot's events; tokens are the counts of usage whose type ends in token, and those of messages; "
    "sentiment goes by whether more ratings were up or down",
    unit="conversations, messages, tokens, ratings",
    time_basis="start of the conversation; time of sending, of use and of rating",
    created="2026-11-21",
    input=BotPartsInput,
    output=BotPerformanceOutput,
    cubes=("conversations", "messages", "usage", "ratings"),
    build=build,
)
