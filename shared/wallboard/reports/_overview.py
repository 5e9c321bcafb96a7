"""The entries that Comprehensive Overview and Comprehensive Analytics are made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from wallboard.measures.blocks import Filter
from wallboard.measures.tokens import is_token
from wallboard.model.results import Maybe, MetricInput, Number, Output, absent
from wallboard.model.time import iso
from wallboard.model.words import counted
from wallboard.reports import _averages
from wallboard.reports._report import Data, Thing

CUBES = ("conversations", "messages", "usage", "actions", "ratings", "people")
MOST, MOST_VOTERS = 100, 20


class Figure(Output):
    title: str
    description: str
    value: Number
    change: Maybe[Number] = absent()
    period: str


class Point(Output):
    date: str
    total: int
    thumbs_up: Maybe[int] = absent()
    thumbs_down: Maybe[int] = absent()


class Chart(Output):
    type: Literal["line"] = "line"
    data: list[Point]


class Tag(Output):
    name: str
    value: int | str


class Listed(Output):
    id: str
    name: str
    description: str
    created_at: Maybe[str] = absent()
    tags: list[Tag]


class Details(Output):
    metric: Figure
    chart: Maybe[Chart] = absent()
    list_: Maybe[list[Listed]] = Field(
        default_factory=lambda: None, alias="list", exclude_if=lambda value: value is None
    )


class Entry(Figure):
    details: Maybe[Details] = absent()


class EntriesOutput(Output):
    data: list[Entry]


def entries(asked: MetricInput, data: Data, *, tokens: bool) -> EntriesOutput:
    """The thirteen entries of the overview, and the tokens, in the order of the contract."""
    return EntriesOutput(data=[*_entries(asked, data), *([_tokens(asked, data)] if tokens else ())])


def names(asked: MetricInput, data: Data, *, tokens: bool) -> Iterator[Thing]:
    """Everybody and everything that the lists show."""
    for measure in ("ratings", "up", "down", "conversations", "messages", *(("tokens",) if tokens else ())):
        most = MOST_VOTERS if measure in ("up", "down") else MOST
        yield from (("contact", contact) for contact, _ in _ranked(data, "contact", f"people.{measure}", most, asked))
    yield from (("contact", contact) for _, contact in data.ever.total("contacts.newest"))
    if tokens:
        yield from (("bot", bot) for bot, _ in _ranked(data, "bot", "usage.count", MOST, asked, type=is_token))


def _entries(asked: MetricInput, data: Data) -> Iterator[Entry]:
    of = _Maker(asked, data)
    yield of.entry(
        "Total Ratings",
        "Ratings that were given",
        "ratings.ratings",
        of.days_of_ratings(),
        of.contacts("ratings", "rating"),
    )
    yield of.entry("Thumbs Up", "Ratings above 0", "ratings.up", None, of.contacts("up", "upvote", MOST_VOTERS))
    yield of.entry("Thumbs Down", "Ratings below 0", "ratings.down", None, of.contacts("down", "downvote", MOST_VOTERS))
    yield of.all_users()
    yield of.metric(
        "Active Users", "Different people who began a conversation", "conversations.contacts", "conversations"
    )
    yield of.metric("Total Conversations", "Conversations that began", "conversations.conversations", "conversations")
    yield of.metric("Total Messages", "Messages of every type", "messages.messages", "messages")
    yield of.metric("Total User Requests", "Messages that people wrote", "messages.messages", type="user")
    yield of.metric("Total Agent Responses", "Answers of bots", "messages.messages", type="bot")
    yield of.actions()
    yield of.average("User Requests", "Messages that people wrote", _averages.user_messages)
    yield of.average("Agent Responses", "Answers of bots", _averages.bot_messages)
    yield of.average("Actions", "Actions of bots", _averages.actions)


def _tokens(asked: MetricInput, data: Data) -> Entry:
    of = _Maker(asked, data)
    bots = _ranked(data, "bot", "usage.count", MOST, asked, type=is_token)
    contacts = _ranked(data, "contact", "people.tokens", MOST, asked)
    listed = [
        *of.listed("bot", bots, "token", "bot-token", _compact),
        *of.listed("contact", contacts, "token", "contact-token", _compact),
    ]
    return of.entry(
        "Total Tokens",
        "Tokens that were used",
        "usage.count",
        of.days("usage.count", type=is_token),
        listed,
        type=is_token,
    )


class _Maker:
    """Makes entries of one question."""

    def __init__(self, asked: MetricInput, data: Data) -> None:
        self._asked = asked
        self._data = data
        self._filters: dict[str, Filter] = _bot(asked)

    def metric(self, title: str, about: str, measure: str, by: str | None = None, **filters: Filter) -> Entry:
        """A figure with its days, and the contacts with most of it."""
        listed = self.contacts(by, by.removesuffix("s")) if by else None
        return self.entry(title, about, measure, self.days(measure, **filters), listed, **filters)

    def entry(
        self,
        title: str,
        about: str,
        measure: str,
        chart: list[Point] | None,
        listed: list[Listed] | None,
        **filters: Filter,
    ) -> Entry:
        figures, filters = self._data.figures, self._filters | filters
        return self._of(
            Figure(
                title=title,
                description=f"{about} in the {self._data.period.label}.",
                value=figures.total(measure, **filters),
                change=figures.change(measure, **filters),
                period=self._data.period.label,
            ),
            chart,
            listed,
        )

    def all_users(self) -> Entry:
        figure = Figure(
            title="Total Users",
            description="Different people who were ever seen.",
            value=self._data.ever.total("contacts.contacts"),
            period="all time",
        )
        newest = [
            Listed(
                id=name,
                name=self._name("contact", name),
                description=f"contact since {iso(at)[:10]}",
                created_at=iso(at),
                tags=[],
            )
            for at, name in self._data.ever.total("contacts.newest")
        ]
        return self._of(figure, None, newest)

    def actions(self) -> Entry:
        ranked = _ranked(self._data, "type", "actions.actions", MOST, self._asked)
        listed = [
            Listed(id=type_, name=type_, description=counted(count, "action"), tags=[Tag(name="action", value=count)])
            for type_, count in ranked
        ]
        days = self.days("messages.messages", type="activity")
        return self.entry(
            "Total Agent Actions", "Activities of bots", "messages.messages", days, listed, type="activity"
        )

    def average(self, what: str, about: str, value: Callable[..., Number]) -> Entry:
        return Entry(
            title=f"Average Number of {what} per Conversation",
            description=f"{about} in a conversation that began in the {self._data.period.label}, on average.",
            value=value(self._data.figures, **self._filters),
            period=self._data.period.label,
        )

    def days(self, measure: str, **filters: Filter) -> list[Point]:
        parts = self._data.figures.by_part(measure, **self._filters, **filters)
        return [Point(date=day, total=total) for day, total in parts]

    def days_of_ratings(self) -> list[Point]:
        measures = ("ratings.ratings", "ratings.up", "ratings.down")
        parts = zip(*(self._data.figures.by_part(measure, **self._filters) for measure in measures), strict=True)
        return [
            Point(date=day, total=total, thumbs_up=up, thumbs_down=down) for (day, total), (_, up), (_, down) in parts
        ]

    def contacts(self, measure: str, tag: str, most: int = MOST) -> list[Listed]:
        ranked = _ranked(self._data, "contact", f"people.{measure}", most, self._asked)
        return self.listed("contact", ranked, tag, tag, lambda count: count)

    def listed(
        self, type_: str, ranked: Iterable[tuple[str, int]], what: str, tag: str, written: Callable[[int], int | str]
    ) -> list[Listed]:
        return [
            Listed(
                id=name,
                name=self._name(type_, name),
                description=counted(count, what),
                tags=[Tag(name=tag, value=written(count))],
            )
            for name, count in ranked
        ]

    def _name(self, type_: str, name: str) -> str:
        return self._data.label(type_, name) or name

    @staticmethod
    def _of(figure: Figure, chart: list[Point] | None, listed: list[Listed] | None) -> Entry:
        details = Details(metric=figure, chart=Chart(data=chart) if chart is not None else None, list_=listed)
        return Entry(**dict(figure), details=details)


def _bot(asked: MetricInput) -> dict[str, Filter]:
    return {} if asked.bot_id is None else {"bot": asked.bot_id}


def _ranked(
    data: Data, dimension: str, measure: str, most: int, asked: MetricInput, **filters: Filter
) -> list[tuple[str, int]]:
    """The values of a dimension with most of a measure, most first, and in the order of their ids where they have as
    many. What belongs to nobody in particular is left out."""
    found: Mapping[Any, int] = data.figures.by(measure, dimension, **_bot(asked), **filters)
    known = [(name, count) for (name,), count in found.items() if name]
    return sorted(known, key=lambda entry: (-entry[1], entry[0]))[:most]


def _compact(count: int) -> str:
    """`950`, `1.2K`, `3.4M`."""
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if count >= size:
            return f"{count * 10 // size / 10:g}{letter}"
    return str(count)
