"""Platform Overview."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from wallboard.measures.blocks import Filter
from wallboard.measures.figures import Figures
from wallboard.measures.tokens import is_token
from wallboard.model.gauges import Gauge
from wallboard.model.results import DayTotal, MetricInput, Number, Output, ratio
from wallboard.model.time import QUARTER, Window, iso
from wallboard.reports._metric import breakdown
from wallboard.reports._report import Data, Report, Thing

LINKS = {
    "blueprint": ("Blueprint", "/blueprints/{}/designer"),
    "portal": ("Portal", "/portals/{}"),
    "bot": ("Bot", "/bots/{}"),
    "widget": ("Widget", "/integrations/widget/{}"),
}


class PlatformInput(MetricInput):
    period_days: Annotated[int, Field(ge=1, le=366, description="How many days to look back.")] = 7
    top_bots_limit: Annotated[int, Field(ge=1, le=20, description="How many bots to list at most.")] = 5
    recent_work_limit: Annotated[int, Field(ge=1, le=20, description="How many new resources to list at most.")] = 4


class Changed(Output):
    value: int
    change: int


class Series(Changed):
    breakdown: list[DayTotal]


class Resources(Output):
    blueprints: Changed
    portals: Changed
    bots: Changed


class TopBot(Output):
    id: str
    name: str
    tokens: int
    conversations: int
    thumbs_up: int
    thumbs_down: int
    thumbs_up_rate: Number | None
    sparkline: list[int]


class RecentWork(Output):
    id: str
    kind: Literal["Blueprint", "Portal", "Bot", "Widget"]
    name: str | None
    link: str
    created_at: str


class PlatformOutput(Output):
    period: str
    range_label: str
    resources: Resources
    tokens: Series
    conversations: Series
    messages: Series
    negative_ratings: Series
    positive_ratings: Changed
    top_bots: list[TopBot]
    recent_work: list[RecentWork]


def build(asked: PlatformInput, data: Data) -> PlatformOutput:
    figures = data.figures
    bot: dict[str, Filter] = {} if asked.bot_id is None else {"bot": asked.bot_id}
    return PlatformOutput(
        period=data.period.label,
        range_label=_range(data),
        resources=Resources(
            blueprints=_created(data, "blueprint"), portals=_created(data, "portal"), bots=_created(data, "bot")
        ),
        tokens=_series(figures, "usage.count", type=is_token, **bot),
        conversations=_series(figures, "conversations.conversations", **bot),
        messages=_series(figures, "messages.messages", **bot),
        negative_ratings=_series(figures, "ratings.down", **bot),
        positive_ratings=Changed(value=figures.total("ratings.up", **bot), change=figures.change("ratings.up", **bot)),
        top_bots=[_top_bot(name, tokens, data) for name, tokens in _busiest(asked, data)],
        recent_work=_recent(asked, data),
    )


def _series(figures: Figures, measure: str, **filters: Filter) -> Series:
    return Series(
        value=figures.total(measure, **filters),
        change=figures.change(measure, **filters),
        breakdown=breakdown(figures, measure, **filters),
    )


def _created(data: Data, type_: str) -> Changed:
    def inside(window: Window) -> int:
        made = [each.created_at for each in data.gauges[type_] if each.created_at is not None]
        return sum(window.start <= at // QUARTER < window.end for at in made)

    now = inside(data.period.window)
    return Changed(value=now, change=now - inside(data.period.previous))


def _busiest(asked: PlatformInput, data: Data) -> list[tuple[str, int]]:
    filters: dict[str, Filter] = {} if asked.bot_id is None else {"bot": asked.bot_id}
    tokens = data.figures.by("usage.count", "bot", type=is_token, **filters)
    known = [(bot, count) for (bot,), count in tokens.items() if bot]
    return sorted(known, key=lambda entry: (-entry[1], entry[0]))[: asked.top_bots_limit]


def _top_bot(name: str, tokens: int, data: Data) -> TopBot:
    figures = data.figures
    up, down = figures.total("ratings.up", bot=name), figures.total("ratings.down", bot=name)
    return TopBot(
        id=name,
        name=data.label("bot", name) or name,
        tokens=tokens,
        conversations=figures.total("conversations.conversations", bot=name),
        thumbs_up=up,
        thumbs_down=down,
        thumbs_up_rate=ratio(up, up + down) if up + down else None,
        sparkline=[total for _, total in figures.by_part("usage.count", bot=name, type=is_token)],
    )


def _recent(asked: PlatformInput, data: Data) -> list[RecentWork]:
    made: list[tuple[int, Gauge]] = [
        (gauge.created_at, gauge) for type_ in LINKS for gauge in data.gauges[type_] if gauge.created_at is not None
    ]
    newest = sorted(made, key=lambda entry: (-entry[0], entry[1].type, entry[1].id))[: asked.recent_work_limit]
    return [_work(gauge, at) for at, gauge in newest]


def _work(gauge: Gauge, at: int) -> RecentWork:
    kind, link = LINKS[gauge.type]
    return RecentWork(
        id=gauge.id,
        kind=kind,  # type: ignore[arg-type]
        name=gauge.name,
        link=link.format(gauge.id),
        created_at=iso(at),
    )


def _range(data: Data) -> str:
    """The days of the period before: `Nov 7 - Nov 14`."""
    first, last = data.period.days_before()
    return f"{first:%b} {first.day} - {last:%b} {last.day}"


def names(asked: PlatformInput, data: Data) -> Iterable[Thing]:
    return (("bot", bot) for bot, _ in _busiest(asked, data))


REPORT = Report(
    id="pov1s2k3l4m5n6o7p8q9r0sov",
    name="Platform Overview Report",
    description="What was made and used in the period: new resources, tokens, conversations, messages and ratings, the bots "
    "that used most tokens, and the newest work.",
    category="overview",
    definition="resources made in the period, not all there are; counts as the reports of these names; bots by tokens, with "
    "the share of their ratings that is up and their tokens by day; rangeLabel names the period before",
    unit="resources, tokens, conversations, messages, ratings",
    time_basis="time of making, of use, start of the conversation, time of sending and of rating",
    created="2026-11-21",
    input=PlatformInput,
    output=PlatformOutput,
    cubes=("conversations", "messages", "usage", "ratings"),
    gauges=tuple(LINKS),
    names=names,
    build=build,
)
