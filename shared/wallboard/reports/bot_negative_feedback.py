"""Bot Negative Feedback."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import Field

from wallboard.model.results import BotInput, Id, Number, Output
from wallboard.model.time import QUARTER, iso
from wallboard.reports._report import Data, Place, Report, Thing


class FeedbackInput(BotInput):
    limit: Annotated[int, Field(ge=1, le=50, description="How many ratings to list at most.")] = 10
    contact_id: Annotated[Id | None, Field(description="Only ratings of one contact.")] = None


class Feedback(Output):
    """A rating. What is not known of it is null."""

    id: str
    value: Number
    reason: str | None
    conversation_id: str | None
    message_id: str | None
    contact_id: str | None
    contact_name: str | None
    created_at: str


class FeedbackOutput(Output):
    items: list[Feedback]
    total: int
    thumbs_down: int
    thumbs_up: int
    period: str


def hours(asked: FeedbackInput, data: Data) -> Iterator[Place]:
    """The last hours with as many negative ratings as are listed."""
    found = 0
    for hour, count in data.figures.by_hour(f"{_cube(asked)}.down", **_filters(asked)):
        if found >= asked.limit:
            return
        found += count
        yield "rating", hour


def contacts(asked: FeedbackInput, data: Data) -> Iterable[Thing]:
    return {("contact", rating["contact"]) for rating in _negative(asked, data) if rating["contact"]}


def build(asked: FeedbackInput, data: Data) -> FeedbackOutput:
    cube, filters = _cube(asked), _filters(asked)
    return FeedbackOutput(
        items=[_item(rating, data) for rating in _negative(asked, data)],
        total=data.figures.total(f"{cube}.ratings", **filters),
        thumbs_down=data.figures.total(f"{cube}.down", **filters),
        thumbs_up=data.figures.total(f"{cube}.up", **filters),
        period=data.period.label,
    )


def _cube(asked: FeedbackInput) -> str:
    return "ratings" if asked.contact_id is None else "people"


def _filters(asked: FeedbackInput) -> dict[str, Any]:
    return {"bot": asked.bot_id} | ({} if asked.contact_id is None else {"contact": asked.contact_id})


def _negative(asked: FeedbackInput, data: Data) -> list[dict[str, Any]]:
    """The negative ratings that are listed, newest first."""
    window = data.period.window
    found = [
        rating
        for rows in data.rows.values()
        for rating in rows.records()
        if rating["value"] < 0
        and rating["bot"] == asked.bot_id
        and asked.contact_id in (None, rating["contact"])
        and window.start <= rating["at"] // QUARTER < window.end
    ]
    return sorted(found, key=lambda rating: (-rating["at"], rating["id"]))[: asked.limit]


def _item(rating: dict[str, Any], data: Data) -> Feedback:
    value, contact = rating["value"], rating["contact"]
    return Feedback(
        id=rating["id"],
        value=int(value) if value.is_integer() else value,
        reason=rating["reason"] if data.shows_people else None,
        conversation_id=rating["conversation"],
        message_id=rating["message"],
        contact_id=contact,
        contact_name=data.label("contact", contact) if contact else None,
        created_at=iso(rating["at"]),
    )


REPORT = Report(
    id="clr3m5n8k000j08jqgw4x5y0t",
    name="Bot Negative Feedback Report",
    description="The latest negative ratings of one bot with their reasons, and how many ratings there were in the period.",
    category="quality",
    definition="ratings of the bot with a value below 0, newest first, at most as many as asked; the totals count all ratings; "
    "names and reasons need the scope pii",
    unit="ratings",
    time_basis="time of rating",
    created="2026-11-21",
    input=FeedbackInput,
    output=FeedbackOutput,
    cubes=("ratings",),
    contact_cubes=("people",),
    facts=hours,
    names=contacts,
    build=build,
    compares=False,
    table="items",
)
