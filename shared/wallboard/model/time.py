"""Instants, quarter-hours, hours, days, zones and windows.

An instant is an int of epoch milliseconds, UTC. A *quarter* is the number of quarter-hours since the epoch: the grain of
every roll-up. Every zone in use today is offset from UTC by a whole number of quarters, so any local day is a range of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from wallboard.errors import InvalidRequest

MOST_SECONDS = 10**9
"""More than thirty years: no duration is longer."""

QUARTER = 900_000
HOUR = 4 * QUARTER
DAY = 24 * HOUR
QUARTERS_A_DAY = 96

Granularity: TypeAlias = Literal["hour", "day", "week", "month"]
Grain: TypeAlias = Literal["total", "15min", "hour", "day", "week", "month"]
"""Into what a window may be cut; `total` leaves it whole."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_instant(text: str) -> int:
    """Epoch milliseconds of an ISO 8601 time with an offset. Raises ValueError that says what is missing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is not an ISO 8601 time such as 2026-11-21T09:30:00Z") from error
    if moment.tzinfo is None:
        raise ValueError("has no offset from UTC; add Z or one such as +01:00")
    return instant_of(moment)


def instant_of(moment: datetime) -> int:
    """Epoch milliseconds of an aware datetime, without the rounding of floats."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def iso(instant: int) -> str:
    """`2026-11-21T09:30:00.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=instant)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hour_name(instant: int) -> str:
    """The UTC hour that an instant lies in: `2026-11-21T09`."""
    return iso(instant)[:13]


def hour_start(name: str) -> int:
    """The first instant of the hour `2026-11-21T09`."""
    return parse_instant(f"{name}:00Z")


def day_quarter(day: str) -> int:
    """The first quarter of the UTC day `2026-11-21`."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * QUARTERS_A_DAY


def quarter_day(quarter: int) -> str:
    """The UTC day `2026-11-21` that a quarter lies in."""
    return (date(1970, 1, 1) + timedelta(days=quarter // QUARTERS_A_DAY)).isoformat()


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The zone with an IANA name. Raises InvalidRequest when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown; a path or NUL; a folder of zones
        raise InvalidRequest(
            f"timezone: {name[:80]!r} is not a time zone; use an IANA name such as Europe/Berlin"
        ) from error


def midnight(day: date, zone: ZoneInfo) -> int:
    """The quarter in which a local date begins. Where clocks skip midnight, the instant of the jump."""
    return instant_of(datetime(day.year, day.month, day.day, tzinfo=zone)) // QUARTER


@dataclass(frozen=True, slots=True)
class Window:
    """The quarters from `start` up to, not including, `end`."""

    start: int
    end: int

    @classmethod
    def last_days(cls, count: int, *, now: int) -> "Window":
        """The rolling window `[floor15(now - count days), now]`: it ends with the quarter that `now` lies in."""
        return cls((now - count * DAY) // QUARTER, now // QUARTER + 1)

    def before(self, days: int | None = None) -> "Window":
        """So many days, or as long as this window is, that end where this window starts."""
        length = self.end - self.start if days is None else days * QUARTERS_A_DAY
        return Window(self.start - length, self.start)

    def since(self, days: int) -> "Window":
        """The same, and so many days before it."""
        return Window(self.start - days * QUARTERS_A_DAY, self.end)

    def utc_days(self) -> list[str]:
        """Every UTC day that the window touches, in order."""
        first, last = self.start // QUARTERS_A_DAY, (self.end - 1) // QUARTERS_A_DAY
        return [quarter_day(day * QUARTERS_A_DAY) for day in range(first, last + 1)]

    def local_days(self, zone: ZoneInfo) -> list[tuple[date, "Window"]]:
        """Every calendar date of `zone` that the window touches, with the part of the window that lies in it."""
        return list(self._cut(zone))

    def parts(self, granularity: Grain, zone: ZoneInfo) -> list[tuple[str, "Window"]]:
        """The window cut at the quarters, hours, days, weeks (from Monday) or months of `zone`. A part is named by the first
        day of what it is a part of, or by the beginning of its hour or quarter with the offset from UTC."""
        if granularity == "total":
            return [("total", self)]
        if granularity in ("hour", "15min"):
            local = _local_hour if granularity == "hour" else _local_quarter
            named = ((local(quarter, zone), Window(quarter, quarter + 1)) for quarter in range(self.start, self.end))
        else:
            named = ((_FIRST_DAY[granularity](day).isoformat(), part) for day, part in self.local_days(zone))
        parts: list[tuple[str, Window]] = []
        for name, part in named:
            if parts and parts[-1][0] == name:
                parts[-1] = (name, Window(parts[-1][1].start, part.end))
            else:
                parts.append((name, part))
        return parts

    def _cut(self, zone: ZoneInfo) -> Iterator[tuple[date, "Window"]]:
        day = datetime.fromtimestamp(self.start * QUARTER / 1000, zone).date()
        start = self.start
        while start < self.end:
            following = day + timedelta(days=1)
            end = min(midnight(following, zone), self.end)
            if end > start:  # a date that a zone skipped altogether has no quarters
                yield day, Window(start, end)
                start = end
            day = following


def _local_quarter(quarter: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(quarter * QUARTER // 1000, zone).isoformat(timespec="minutes")


def _local_hour(quarter: int, zone: ZoneInfo) -> str:
    moment = datetime.fromtimestamp(quarter * QUARTER // 1000, zone)
    return moment.replace(minute=0).isoformat(timespec="minutes")


_FIRST_DAY: Mapping[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}
