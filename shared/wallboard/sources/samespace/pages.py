"""How Samespace is asked: windows, pages, and the envelopes that its answers may come in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wallboard.errors import Garbled, VendorUnavailable
from wallboard.model.time import HOUR, QUARTER, midnight, zone_named
from wallboard.sources._read import json_of
from wallboard.sources._source import Asked, Client, Page, Reply, Row
from wallboard.sources.samespace.settings import SamespaceSettings, endpoint

AT_ONCE = 200
"""Rows of one page: the vendor's own bound is not documented."""


def _data(reply: Reply) -> tuple[list[Row], int | None]:
    """The rows, and how many there are in all where the vendor says so."""
    content = json_of(reply)
    total = None
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        total, content = content.get("total"), content["data"]
    if isinstance(content, dict):
        content = [content] if content else []
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise Garbled("the answer is JSON, but not rows")
    return content, total if isinstance(total, int) else None


def _all(name: str, filters: dict[str, Any], asked: Asked, client: Client, skip: int = 0) -> Iterator[Page]:
    """Page after page, until all that the vendor counts are there, or where it does not count, until a page is short."""
    while True:
        body = {"filters": filters, "limit": AT_ONCE, "skip": skip}
        rows, total = client.ask("POST", endpoint(asked.settings, name), _data, json=body) or ([], 0)
        skip += len(rows)
        if not rows and total is not None and skip < total:
            raise VendorUnavailable(f"the vendor counts {total} rows but delivers {skip}")
        done = not rows or (len(rows) < AT_ONCE if total is None else skip >= total)
        yield Page(rows, None if done else skip)
        if done:
            return


def paged(name: str, filters: Callable[[Asked], dict[str, Any]]) -> Callable[[Asked, Client], Iterator[Page]]:
    return lambda asked, client: _all(name, filters(asked), asked, client, asked.resume or 0)


_LONGEST_CALL = 4 * HOUR


def _calls(asked: Asked, client: Client) -> list[Row]:
    """The legs of the window, and what began up to four hours before."""
    filters = {"start_time": _iso(asked.start - _LONGEST_CALL), "end_time": _iso(asked.end)}
    return [row for page in _all("sessions", filters, asked, client) for row in page.rows]


def sessions(asked: Asked, client: Client) -> Iterator[Page]:
    """A day in one page: a transferred leg does not say when its call began, the originating leg does. What began before
    the window is looked up only."""
    rows = _calls(asked, client)
    begins = {row.get("uuid"): row.get("start_time") for row in rows}
    first = _iso(asked.start)
    inside = [row for row in rows if str(row.get("start_time") or first) >= first]
    yield Page([{**row, "origin_start_time": begins.get(row.get("x_origin_id"))} for row in inside])


_OF_CALL = ("user_system_id", "user_display_name", "team_system_id", "team_name")


def csat(asked: Asked, client: Client) -> Iterator[Page]:
    """Its rows name agent and team without their ids: the call, which knows them, is put into each as `own_call`. Calls are
    looked up once, where there are answers at all; those of up to four hours before as well, because it is not documented
    whether the window is of calls or of answers."""
    calls: dict[str, Row] | None = None
    for page in paged("csat", naive)(asked, client):
        if calls is None and any(row.get("csat") for row in page.rows):
            calls = {str(row.get("uuid")): {name: row.get(name) for name in _OF_CALL} for row in _calls(asked, client)}
        yield Page([{**row, "own_call": (calls or {}).get(str(row.get("_id")))} for row in page.rows], page.next)


def instants(asked: Asked) -> dict[str, Any]:
    return {"start_time": _iso(asked.start), "end_time": _iso(asked.end)}


def naive(asked: Asked) -> dict[str, Any]:
    zone = zone_named(asked.settings.zone)
    return {"start_time": _local(asked.start, zone), "end_time": _local(asked.end, zone)}


def naive_unfiltered(asked: Asked) -> dict[str, Any]:
    return naive(asked) | {"direction": [], "team_name": [], "channel": [], "user_display_name": []}


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _local(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at // 1000, zone).strftime("%Y-%m-%d %H:%M:%S")


def local_days(start: int, end: int, settings: SamespaceSettings) -> Iterator[tuple[int, int]]:
    """Whole calendar days of the zone, because the figures of an interval cannot be added up."""
    zone = zone_named(settings.zone)
    day = datetime.fromtimestamp(start / 1000, zone).date()
    while (first := midnight(day, zone) * QUARTER) < end:
        day += timedelta(days=1)
        yield first, midnight(day, zone) * QUARTER


def productivity(asked: Asked, client: Client) -> Iterator[Page]:
    """Its rows do not say which interval they are of: the request does."""
    for page in paged("productivity/v2", naive_unfiltered)(asked, client):
        yield Page([{**row, "interval": [asked.start, asked.end]} for row in page.rows], page.next)
