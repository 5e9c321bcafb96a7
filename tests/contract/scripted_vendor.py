"""A vendor that says what a test has written, behind the real services on a store in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pydantic import SecretStr

from tests.fakes.pulling import TENANT, Pulling
from tests.fakes.world import World
from wallboard.errors import BrokenMember, Malformed
from wallboard.model.time import DAY, HOUR, QUARTER, parse_instant
from wallboard.registry import Family
from wallboard.runtime.wiring import Parts
from wallboard.services.evaluate_alerts import EvaluateAlerts
from wallboard.services.pull import Turn
from wallboard.services.read_feeds import ReadFeeds
from wallboard.services.source_settings import SourceSettings
from wallboard.sources._source import (
    Asked,
    Client,
    Event,
    Ignored,
    Limit,
    Login,
    Page,
    Row,
    Settings,
    Source,
    Stream,
    every,
    whole,
)

SECRET = "s3cret-of-the-desk"
Fault = Callable[[str, Asked, int], None]
"""(stream, what is asked for, place of the page): raises what is to go wrong, or does what is to happen meanwhile."""


class DeskSettings(Settings):
    api_key: SecretStr
    organisation: str = "org-1"
    with_things: bool = True


@dataclass
class Script:
    """What the vendor has. A row happened `at`, and holds `events`; or it is `bad`, or `ignored`."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    page: int = 3
    fault: Fault | None = None
    asked: list[tuple[str, int, int, Any]] = field(default_factory=list)
    """(stream, start, end, resume) of every window that was begun or gone on with."""

    def say(self, stream: str, *events: Event, at: str | int | None = None) -> None:
        """A row with these events; it happened when the first of them began."""
        time = at if at is not None else events[0].get("startedAt", 0)
        self.rows.setdefault(stream, []).append({"at": _instant(time), "events": list(events)})

    def pages(self, stream: str) -> Callable[[Asked, Client], Iterator[Page]]:
        def pages(asked: Asked, client: Client) -> Iterator[Page]:
            self.asked.append((stream, asked.start, asked.end, asked.resume))
            rows = [row for row in self.rows.get(stream, ()) if asked.start <= row["at"] < asked.end]
            for place in range(asked.resume or 0, max(1, len(rows)), self.page):
                if self.fault:
                    self.fault(stream, asked, place)
                rest = place + self.page
                yield Page(rows[place:rest], rest if rest < len(rows) else None)

        return pages


def _instant(time: str | int) -> int:
    return parse_instant(time) if isinstance(time, str) else time


def _normalise(row: Row, asked: Asked) -> list[Event] | Ignored:
    if "bad" in row:
        raise Malformed("startedAt", "is not a time", row["bad"])
    return Ignored("says nothing") if "ignored" in row else [dict(event) for event in row["events"]]


def desk(script: Script, **streams: Mapping[str, Any]) -> Source:
    """A source with the streams `calls`, `logs` and `things`. `streams` say what is other about one of them."""
    usual: dict[str, dict[str, Any]] = {
        "calls": {"kinds": ("interaction", "leg"), "lag": QUARTER},
        "logs": {"kinds": ("session", "status"), "cut": every(7 * DAY), "overlap": HOUR},
        "things": {
            "kinds": ("resource",),
            "cut": whole,
            "overlap": 0,
            "wanted": lambda settings: settings.with_things,
        },
    }
    return Source(
        vendor="desk",
        title="Desk",
        settings=DeskSettings,
        streams=[
            Stream(
                **{
                    "name": name,
                    "title": f"The {name}",
                    "cursor": "start",
                    "pages": script.pages(name),
                    "normalise": _normalise,
                    **how,
                    **streams.get(name, {}),
                }
            )
            for name, how in usual.items()
        ],
        hosts=lambda settings: ["api.desk.example"],
        organisation=lambda settings: settings.organisation,
        login=lambda settings, client: Login({}),
        limits={"": Limit([(1, 1)])},
    )


class Vendors(Family[Source]):
    """A family of just these."""

    def __init__(self, **sources: Source) -> None:
        self._sources = sources

    def names(self) -> list[str]:
        return sorted(self._sources)

    def load(self, name: str) -> Source:
        if name not in self._sources:
            raise BrokenMember(f"there is no {name}")
        return self._sources[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsOf(Parts):
    """The parts of a world whose vendors are these."""

    vendors: Vendors

    @property
    def source_settings(self) -> SourceSettings:
        return SourceSettings(self.vendors, self.sources, self.secrets)

    @property
    def evaluate_alerts(self) -> EvaluateAlerts:
        return EvaluateAlerts(
            rules=self.rules(),
            rollups=self.rollups,
            gauges=self.gauges,
            directory=self.directory,
            alerts=self.alerts,
            feeds=ReadFeeds(self.vendors, self.sources),
        )


def with_vendors(world: World, **sources: Source) -> World:
    """The world, in which there are these vendors and no others."""
    known = {each.name: getattr(world.parts, each.name) for each in fields(world.parts) if each.name != "vendors"}
    world.parts = PartsOf(vendors=Vendors(**sources), **known)
    return world


def pulling(
    script: Script, *names: str, now: str = "2026-11-21T10:20:00Z", every_hours: int = 24, **streams: Mapping[str, Any]
) -> Pulling:
    """A tenant whose sources of these names (`desk`) are all of this vendor."""
    at = Pulling(world=with_vendors(World(now=now), desk=desk(script, **streams)))
    for name in names or ("desk",):
        at.parts.source_settings.set_up(TENANT, name, "desk", {"api_key": SECRET}, every_hours=every_hours)
    return at


def one_turn(at: Pulling, *, seconds: int = 900) -> Turn:
    """Works off the first message of the queue, as a worker that has so many seconds."""
    body, _ = at.world.pulls.messages.pop(0)
    turn = Turn.from_json(body)
    at.parts.pull(turn, until=at.world.at + seconds * 1000)
    return turn
