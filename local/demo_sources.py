"""The part of the demo that pulls: three days of five vendors, and the same again, which must write nothing."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from local.demo_client import Client
from local.demo_tables import new_table

_DAYS = 3
_SETTLED = 2  # days after which no log-in of theirs goes on any more
_PATIENCE = 240.0

Item = dict[str, Any]


def days_to_pull() -> tuple[str, str]:
    """The first day, and the one behind the last, of which all is told."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = (f"{today - timedelta(days=back):%Y-%m-%d}" for back in (_SETTLED + _DAYS, _SETTLED))
    return first, last


def pull_all(client: Client, console: Console, start: str, end: str) -> list[str]:
    """Pulls [start, end) of every source twice and shows what came. What is not as it should be: a line each."""
    sources = client.sources()
    console.print(f"\nWhat {len(sources)} vendors say of {start} and the {_DAYS - 1} days after it", style="bold")
    began = time.perf_counter()
    _pull(client, sources, start, end)
    _show(console, client.sources())
    seconds = time.perf_counter() - began
    first = _counts(client.sources())
    _pull(client, sources, start, end)
    again = _counts(client.sources())
    wrong = [
        f"{name}: the pull failed: {stream['lastError']['message']}"
        for name, stream in _streams(client.sources())
        if any(job["failed"] for job in stream["jobs"])
    ]
    wrong += [f"{name} brought nothing" for name, (rows, _) in first.items() if not rows]
    more = sum(written for _, written in again.values()) - sum(written for _, written in first.values())
    if more:
        wrong.append(f"the second pull of the same days wrote {more} facts")
    else:
        console.print(f"Pulled in {seconds:.1f} s; pulled again, nothing was written.", style="dim")
    console.print()
    return wrong


def _pull(client: Client, sources: list[Item], start: str, end: str) -> None:
    for source in sources:
        client.sync(source["name"], start, end)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        jobs = [job for _, stream in _streams(client.sources()) for job in stream["jobs"]]
        if all(job["done"] + len(job["failed"]) == job["windows"] for job in jobs):
            return
        time.sleep(0.3)
    raise RuntimeError(f"the sources were not pulled in {_PATIENCE:.0f} s")


def _streams(sources: list[Item]) -> list[tuple[str, Item]]:
    return [(source["name"], stream) for source in sources for stream in source["streams"]]


def _counts(sources: list[Item]) -> dict[str, tuple[int, int]]:
    """Rows and facts written of each source."""
    return {
        source["name"]: (
            sum(stream["counts"]["rows"] for stream in source["streams"]),
            sum(stream["counts"]["written"] for stream in source["streams"]),
        )
        for source in sources
    }


def _show(console: Console, sources: list[Item]) -> None:
    table = new_table("source", "stream", "rows", "facts", "not counted", "unreadable", words=2)
    for name, stream in _streams(sources):
        counts = stream["counts"]
        figures = (counts["rows"], counts["written"], counts["ignored"], counts["unreadable"])
        table.add_row(name, stream["title"], *(f"{figure:,}" for figure in figures))
    console.print(table)
