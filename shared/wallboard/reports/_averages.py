"""Averages per conversation: one definition for the single reports, the overviews and the quality of a bot."""

from wallboard.measures.blocks import Filter
from wallboard.measures.figures import Figures
from wallboard.model.results import Number, ratio


def user_messages(figures: Figures, **filters: Filter) -> Number:
    """User messages of the conversations that began in the period, by all of these conversations."""
    return _per_conversation(figures, "conversations.user_messages", filters)


def bot_messages(figures: Figures, **filters: Filter) -> Number:
    """The same for the messages of bots."""
    return _per_conversation(figures, "conversations.bot_messages", filters)


def actions(figures: Figures, **filters: Filter) -> Number:
    """The same for activities."""
    return _per_conversation(figures, "conversations.activity_messages", filters)


def _per_conversation(figures: Figures, measure: str, filters: dict[str, Filter]) -> Number:
    return ratio(figures.total(measure, **filters), figures.total("conversations.conversations", **filters))
