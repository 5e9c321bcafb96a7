"""How Gladly is asked for reports: whole minutes or whole dates, and in halves when an answer may have been cut."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from wallboard.errors import Garbled, VendorRefuses
from wallboard.model.time import QUARTER, midnight, zone_named
from wallboard.sources._read import squashed, table_of
from wallboard.sources._source import Asked, Client, Cut, Page, Reply, Row
from wallboard.sources.gladly.settings import GladlySettings, endpoint

MOST_ROWS = 100_000
"""Where Gladly cuts an answer, and does not say so."""

MINUTE = 60_000

PARTS = "parts"
"""What each row of a work session is told of all rows of its contact: [id, agent, time of acceptance] of each."""

_OF_A_PART = ("id", "agentid", "agentacceptedat")
_HANDLE = {"worksessionhandletimesec", "worksessionhandletime"}
_NEEDS = (
    *_OF_A_PART,
    "contactsessionid",
    "contactsessioncreatedat",
    "contactsessionendedat",
    "channel",
    "direction",
)


def work_sessions(asked: Asked, client: Client, *, most: int = MOST_ROWS) -> Iterator[Page]:
    """Rows of contacts that ended in these minutes, or began in them and have not ended.

    So a window that lies in the past lacks what began in it and ended after it: that is in the window in which it ended. A
    pull up to now has all. The last minute is included, so that neighbours share one, which does no harm.
    """

    def ask(first: int, last: int) -> list[Row]:
        body = {"startAtTime": _minute(first), "endAtTime": _minute(last)}
        url = endpoint(asked.settings, "reports/work-session-events")
        return _with_parts(client.ask("POST", url, _sessions, json=body, limit="reports") or [])

    def halves(first: int, last: int) -> tuple[list[int], list[int]]:
        if last - first < 2:
            raise VendorRefuses(
                f"Gladly has {most} work sessions or more in one minute, {_minute(first)}, and may be keeping some back"
            )
        middle = (first + last) // 2
        return [first, middle], [middle, last]

    start, end = asked.start // MINUTE, asked.end // MINUTE
    yield from _in_parts(asked, [start, max(end, start + 1)], ask, halves, most)


def report(metric: str, title: str, needs: Iterable[str], **more: str) -> Callable[[Asked, Client], Iterator[Page]]:
    """One of the reports that go by whole dates of a zone."""

    def pages(asked: Asked, client: Client, *, most: int = MOST_ROWS) -> Iterator[Page]:
        settings: GladlySettings = asked.settings

        def ask(first: int, last: int) -> list[Row]:
            body = {
                "metricSet": metric,
                "timezone": settings.zone,
                "startAt": _date(first),
                "endAt": _date(last),
                **more,
            }
            url = endpoint(settings, "reports")
            return list(client.ask("POST", url, _table(needs), json=body, limit="reports") or ())

        def halves(first: int, last: int) -> tuple[list[int], list[int]]:
            if first == last:
                raise VendorRefuses(
                    f"{title} of Gladly has {most} rows or more on {_date(first)}, may be keeping some back, and cannot be "
                    "asked for less than a day"
                )
            middle = (first + last) // 2
            return [first, middle], [middle + 1, last]

        yield from _in_parts(asked, list(_dates(asked.start, asked.end, settings)), ask, halves, most)

    return pages


def whole_dates(at_once: int) -> Cut:
    """So many calendar dates of the zone at once. The date that a report ends with is included: it is never asked for up to
    the next one, or every day would come twice."""

    def cut(start: int, end: int, settings: GladlySettings) -> Iterator[tuple[int, int]]:
        zone = zone_named(settings.zone)
        first, last = _dates(start, end, settings)
        for day in range(first, last + 1, at_once):
            following = min(day + at_once, last + 1)
            yield (
                midnight(date.fromordinal(day), zone) * QUARTER,
                midnight(date.fromordinal(following), zone) * QUARTER,
            )

    return cut


def _in_parts(
    asked: Asked,
    whole: list[int],
    ask: Callable[[int, int], list[Row]],
    halves: Callable[[int, int], tuple[list[int], list[int]]],
    most: int,
) -> Iterator[Page]:
    """What was asked for, or where that is too much, its halves. The place to resume at is what is still to be asked."""
    waiting: list[list[int]] = asked.resume or [whole]
    while waiting:
        (first, last), *rest = waiting
        rows = ask(first, last)
        if len(rows) >= most:
            waiting = [*halves(first, last), *rest]
            continue
        waiting = rest
        yield Page(rows, waiting or None)


def _minute(number: int) -> str:
    return datetime.fromtimestamp(number * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _date(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _dates(start: int, end: int, settings: GladlySettings) -> tuple[int, int]:
    """The first and the last date that [start, end) touches, as numbers of days."""
    zone = zone_named(settings.zone)
    first, last = (datetime.fromtimestamp(at / 1000, zone).date().toordinal() for at in (start, end - 1))
    return first, last


def _table(needs: Iterable[str]) -> Callable[[Reply], list[dict[str, str]]]:
    return lambda reply: table_of(reply, needs=tuple(needs))


def _sessions(reply: Reply) -> list[dict[str, str]]:
    rows = table_of(reply, needs=_NEEDS)
    if rows and not _HANDLE & {squashed(name) for name in rows[0]}:
        raise Garbled("the answer has no column worksessionhandletimesec")
    return rows


def _with_parts(rows: list[dict[str, str]]) -> list[Row]:
    """Each row with the parts of its contact. All rows of a contact that has ended are in one answer: they end together."""
    if not rows:
        return []
    columns = {squashed(name): name for name in rows[0]}
    parts: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        parts[row[columns["contactsessionid"]]].append([row[columns[name]] for name in _OF_A_PART])
    return [{**row, PARTS: parts[row[columns["contactsessionid"]]]} for row in rows]
