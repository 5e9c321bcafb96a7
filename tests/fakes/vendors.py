"""Vendors in this process: a simulator behind the real HTTP client, a clock that waits by being moved, and faults."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

import wallboard.sources
from local.simulators import SIMULATORS
from local.simulators._simulator import Answer, Request, Simulator
from wallboard.adapters.http import HttpTransport
from wallboard.model.time import parse_instant
from wallboard.registry import Family
from wallboard.runtime.wiring import Unlimited
from wallboard.services.call_vendor import VendorClient
from wallboard.sources._source import Asked, Event, Ignored, Page, Row, Source, Stream

SOURCES = Family(wallboard.sources, attribute="SOURCE", member=Source)

Fault = Callable[[Request], Answer | Exception | None]
"""What happens to a request instead of being answered; None: it is answered."""


@dataclass
class Clock:
    """Whoever sleeps moves it."""

    at: int
    slept: list[float] = field(default_factory=list)

    def now(self) -> int:
        """What time it is."""
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += round(seconds * 1000)


class _Wire(httpx.BaseTransport):
    """Hands requests to the simulator, or to the fault. Only the vendor's own hosts exist."""

    def __init__(self, vendor: "Vendor") -> None:
        self._vendor = vendor

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        simulator = self._vendor.simulator
        assert request.url.host in simulator.hosts, f"{request.url.host} is no host of {simulator.vendor}"
        seen = Request(
            request.method,
            request.url.path,
            list(request.url.params.multi_items()),
            {name.lower(): value for name, value in request.headers.items()},
            request.read(),
        )
        fault = self._vendor.fault(seen) if self._vendor.fault else None
        if isinstance(fault, Exception):
            raise fault
        answer = fault or simulator.answer(seen)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


@dataclass
class Vendor:
    """One vendor and a client of it. `settings` go over those of the simulator."""

    source: Source
    simulator: Simulator
    clock: Clock
    settings: Any
    fault: Fault | None = None

    @classmethod
    def of(
        cls,
        vendor: str,
        *,
        now: str = "2026-11-21T10:20:00Z",
        payloads: Path | None = None,
        settings: dict[str, Any] | None = None,
        **simulated: Any,
    ) -> "Vendor":
        source, clock = SOURCES.load(vendor), Clock(parse_instant(now))
        simulator = SIMULATORS[vendor](now=clock.now, payloads=payloads, **simulated)
        told = source.settings.model_validate({**simulator.settings, **(settings or {})})
        return cls(source, simulator, clock, told)

    @property
    def transport(self) -> HttpTransport:
        return HttpTransport(client=httpx.Client(transport=_Wire(self)))

    def client(self, *, minutes: float = 14) -> VendorClient:
        """A client that gives up after so many minutes."""
        return VendorClient(
            source=self.source,
            settings=self.settings,
            transport=self.transport,
            limiter=Unlimited(),
            now=self.clock.now,
            sleep=self.clock.sleep,
            until=self.clock.at + round(minutes * 60_000),
            chance=random.Random(0),
        )

    def stream(self, name: str) -> Stream:
        return next(stream for stream in self.source.streams if stream.name == name)

    def asked(self, start: str, end: str) -> Asked:
        return Asked(self.settings, parse_instant(start), parse_instant(end), self.clock.at)

    def pages(self, name: str, start: str, end: str) -> Iterator[tuple[Asked, Page]]:
        """The pages of a stream, window by window, as the service asks for them."""
        stream, asked, client = self.stream(name), self.asked(start, end), self.client()
        for first, last in stream.cut(asked.start, asked.end, self.settings):
            part = replace(asked, start=first, end=last)
            for page in stream.pages(part, client):
                yield part, page

    def rows(self, name: str, start: str, end: str) -> list[Row]:
        return [row for _, page in self.pages(name, start, end) for row in page.rows]

    def events(self, name: str, start: str, end: str) -> list[Event]:
        """What the rows of a stream become. Raises Malformed for a row that cannot be read."""
        events: list[Event] = []
        for asked, page in self.pages(name, start, end):
            for row in page.rows:
                found = self.stream(name).normalise(row, asked)
                events += [] if isinstance(found, Ignored) else found
        return events
