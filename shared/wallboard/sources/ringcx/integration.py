"""How the integration API is asked: at most three hours at a time, at least five minutes ago, and seldom."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wallboard.errors import Malformed, VendorRefuses
from wallboard.model.time import zone_named
from wallboard.sources._source import Asked, Client, Page, Row
from wallboard.sources._values import instant, text
from wallboard.sources.ringcx.directory import agents_by_id, listed
from wallboard.sources.ringcx.settings import RingCxSettings, integration

LONGEST = 10_800
"""Seconds that one call may ask for."""

SUSPICIOUS = 400
"""Rows: an answer of as many may have lost its oldest, by what one integrator has seen. The time is halved then."""

INTERVAL = 1_800
"""Seconds of an interval. The vendor takes seconds by one page and minutes by another; no count of minutes is this high."""

INTERVAL_START = "%m-%d-%YT%H:%M:%S"


def local(at: int, zone: ZoneInfo) -> str:
    """An instant (seconds) as requests have it."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def clear(at: int, zone: ZoneInfo, step: int = -INTERVAL) -> int:
    """The instant (seconds), or where clocks are put back and its local time stands for two, the nearest before it (or, by
    `step`, after it) whose local time does not."""
    while _stands_for_two(datetime.fromtimestamp(at, zone)):
        at += step
    return at


def _stands_for_two(moment: datetime) -> bool:
    return moment.replace(fold=0).timestamp() != moment.replace(fold=1).timestamp()


def interval_start(row: Row, zone: ZoneInfo) -> int | None:
    """Where the interval of a row begins. Of two rows with one local time the second is an hour later: see `_numbered`."""
    found = instant(row, "dateTimeFrom", zone=zone, formats=(INTERVAL_START,))
    if found is None or not row.get("is_second"):
        return found
    return round(datetime.fromtimestamp(found / 1000, zone).replace(fold=1).timestamp() * 1000)


def _numbered(rows: list[Row], zone: ZoneInfo) -> list[Row]:
    """Where clocks are put back, two intervals of one queue or agent have one local time: the second to come is told apart."""
    seen: set[tuple[Any, ...]] = set()
    found = []
    for row in rows:
        key = tuple(row.get(name) for name in ("dateTimeFrom", "queue", "agentId"))
        found.append({**row, "is_second": True} if key in seen else row)
        seen.add(key)
    return found


def _only_inside(rows: list[Row], time_of: Callable[[Row], int | None], start: int, end: int) -> list[Row]:
    """The rows of what was asked for (seconds, both ends included), and those that do not say when they were.

    Raises VendorRefuses when most are of another time: then the vendor understands the request otherwise, and every window
    would be wrong."""
    times = [(row, time_of(row)) for row in rows]
    kept = [row for row, at in times if at is None or start * 1000 <= at <= end * 1000]
    if len(kept) * 2 < len(rows):
        raise VendorRefuses(
            "RingCX answers with rows of another time than it was asked for; nothing of it was kept. If clocks changed in "
            "the zone of this source at that time, put UTC as its zone; else RingCentral has changed its API"
        )
    return kept


def interaction_metadata(asked: Asked, client: Client) -> Iterator[Page]:
    """Three hours a page, or less where there is much. `segmentEndTime` is where the time begins, whatever its name says."""
    settings: RingCxSettings = asked.settings
    zone, people = zone_named(settings.zone), agents_by_id(settings, client)
    at, length = asked.resume or (asked.start // 1000, LONGEST)
    end = -(-asked.end // 1000)
    with_agents: set[str | None] = set()
    while at < end:
        first = clear(at, zone)
        part = min(length, end - at, LONGEST - (at - first))
        body = {"segmentEndTime": local(first, zone), "timeInterval": at + part - first, "timeZone": settings.zone}
        rows = _ask(settings, client, "interaction-metadata", body)
        if len(rows) >= SUSPICIOUS:
            if part == 1:
                raise VendorRefuses(f"RingCX has {len(rows)} segments in one second, and may be keeping some back")
            length = part // 2
            continue
        rows = [row for row in _only_inside(rows, _segment_end, first, at + part) if _ends_after(row, at)]
        with_agents |= {text(row, "dialogId") for row in rows if is_of_agent(row)}
        at += part
        length = min(LONGEST, part * 2) if len(rows) * 4 < SUSPICIOUS else length
        yield Page(
            [_completed(row, people, with_agents, at) for row in rows], [at, max(length, 1)] if at < end else None
        )


def is_of_agent(row: Row) -> bool:
    return (text(row, "segmentType") or "AGENT").upper() == "AGENT"


def _completed(row: Row, people: Any, with_agents: set[str | None], end: int) -> Row:
    """The row and what it does not say itself: who its participant is, and whether other rows tell its dialog. Parts without
    an agent do so only when there is none with an agent, and none still to come."""
    found = people.get(text(row, "segmentParticipantId"), {})
    if is_of_agent(row):
        return {**row, "agent": found}
    over = _time(row, "dialogEndTimeMs")
    is_told = text(row, "dialogId") in with_agents or over is None or over > end * 1000
    return {**row, "agent": found, "is_told_elsewhere": is_told}


def _ends_after(row: Row, at: int) -> bool:
    ended = _segment_end(row)
    return ended is None or ended >= at * 1000


def _segment_end(row: Row) -> int | None:
    return _time(row, "segmentEndTimeMs")


def _time(row: Row, name: str) -> int | None:
    try:
        return instant(row, name)
    except Malformed:
        return None  # the row itself will say so


def _interval_start(row: Row, zone: ZoneInfo) -> int | None:
    try:
        return interval_start(row, zone)
    except Malformed:
        return None


def aggregates(operation: str) -> Callable[[Asked, Client], Iterator[Page]]:
    """Three hours a page, from the beginning of a whole interval to the end of one: parts of an interval cannot be added."""

    def pages(asked: Asked, client: Client) -> Iterator[Page]:
        settings: RingCxSettings = asked.settings
        zone = zone_named(settings.zone)
        at = asked.resume or clear(_whole_interval(asked.start, zone), zone)
        end = clear(_whole_interval(asked.end, zone), zone, INTERVAL)
        while at < end:
            last = clear(min(at + LONGEST, end), zone)
            body = {
                "startDate": local(at, zone),
                "endDate": local(last, zone),
                "timeInterval": INTERVAL,
                "timeZone": settings.zone,
            }
            rows = _numbered(_ask(settings, client, operation, body), zone)
            rows = _only_inside(rows, lambda row: _interval_start(row, zone), at, last)
            at = last
            yield Page(rows, at if at < end else None)

    return pages


def _whole_interval(at: int, zone: ZoneInfo) -> int:
    """The seconds at which the interval begins that an instant lies in, by the clocks of the zone."""
    shift = datetime.fromtimestamp(at / 1000, zone).utcoffset()
    ahead = int(shift.total_seconds()) if shift else 0
    return (at // 1000 + ahead) // INTERVAL * INTERVAL - ahead


def _ask(settings: RingCxSettings, client: Client, operation: str, body: dict[str, Any]) -> list[Row]:
    return client.ask("POST", integration(settings, operation), listed, json=body, limit="integration") or []
