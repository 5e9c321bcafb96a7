"""When: the window that a question is about, the one before it, and the parts that the window is cut into."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = 60_000
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` up to, not including, `end`; the period that it is compared with is [before, begin)."""

    begin: int
    end: int
    before: int
    label: str
    zone: str
    granularity: str

    def part_of(self, at: int) -> str:
        """The name of the part that an instant lies in."""
        return _part(at - at % QUARTER, self.zone, self.granularity)

    def parts(self) -> list[str]:
        """The names of all parts, whether or not anything happened in them."""
        return _parts(self.begin, self.end, self.zone, self.granularity)


def period_of(asked: dict[str, Any], *, now: int, zone: str, usual_days: int) -> Period:
    """The period that a question names."""
    zone = asked.get("timezone", zone)
    granularity = asked.get("granularity", "day")
    days = asked.get("periodDays", usual_days)
    first, last = asked.get("startDate"), asked.get("endDate")
    latest = now - now % QUARTER + QUARTER
    if first is None and last is None:
        begin = (now - days * DAY) // QUARTER * QUARTER
        return Period(begin, latest, begin - days * DAY, f"last {days} days", zone, granularity)
    end = latest if last is None else min(latest, _end(last, zone))
    begin = end - days * DAY if first is None else _begin(first, zone)
    label = f"{first or written(begin)} to {last or written(now)}"
    return Period(begin, end, begin - (end - begin), label, zone, granularity)


def written(at: int) -> str:
    """An instant as answers write it: `2026-11-21T09:30:00.000Z`."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03}Z"


def local(at: int, zone: str) -> datetime:
    """What clocks in a zone show."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))


@lru_cache(maxsize=10_000)
def midnight(day: date, zone: str) -> int:
    """The first quarter-hour in which clocks show this day, or a later one."""
    at = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000 - DAY
    while local(at, zone).date() < day:
        at += QUARTER
    return at


@lru_cache(maxsize=1_000)
def _parts(begin: int, end: int, zone: str, granularity: str) -> list[str]:
    return list(dict.fromkeys(_part(at, zone, granularity) for at in range(begin, end, QUARTER)))


@lru_cache(maxsize=100_000)
def _part(at: int, zone: str, granularity: str) -> str:
    moment = local(at, zone)
    day = moment.date()
    match granularity:
        case "hour":
            return moment.replace(minute=0).isoformat(timespec="minutes")
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month":
            return day.replace(day=1).isoformat()
        case _:
            return day.isoformat()


def _begin(text: str, zone: str) -> int:
    """A day begins at its midnight, an instant with its quarter-hour."""
    if _is_day(text):
        return midnight(date.fromisoformat(text), zone)
    return _instant(text) // QUARTER * QUARTER


def _end(text: str, zone: str) -> int:
    """A day ends at the next midnight, an instant with its quarter-hour."""
    if _is_day(text):
        return midnight(date.fromisoformat(text) + timedelta(days=1), zone)
    return -(-_instant(text) // QUARTER) * QUARTER


def _is_day(text: str) -> bool:
    return "T" not in text


def _instant(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
