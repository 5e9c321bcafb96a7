"""Periods: what a report is about, from its input."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from wallboard.errors import InvalidRequest
from wallboard.model.results import Input, PeriodInput
from wallboard.model.time import (
    QUARTER,
    QUARTERS_A_DAY,
    Grain,
    Window,
    iso,
    midnight,
    parse_instant,
    zone_named,
)

ALL_TIME = Window(-(2**62), 2**62)
_DAYLIGHT = 8  # quarters by which clocks may make so many days longer
MOST_HOURS = 31 * QUARTERS_A_DAY + _DAYLIGHT
MOST_QUARTERS = 7 * QUARTERS_A_DAY + _DAYLIGHT


@dataclass(frozen=True, slots=True)
class Period:
    """A window, the one before it that it is compared with, its parts in `zone`, and its label. `now` is an instant."""

    window: Window
    previous: Window
    label: str
    zone: ZoneInfo
    granularity: Grain
    now: int

    def parts(self) -> list[tuple[str, Window]]:
        """The window in parts, one after the other."""
        if self.window == ALL_TIME:
            return [(self.label, self.window)]
        return self.window.parts(self.granularity, self.zone)

    def days_before(self) -> tuple[date, date]:
        """The first and the last day that the previous window touches."""
        first, *_, last = self.previous.local_days(self.zone) * 2
        return first[0], last[0]

    @classmethod
    def of(cls, asked: Input, *, zone: ZoneInfo, now: int) -> "Period":
        """The period that an input is about: all time, where it names none. Raises InvalidRequest."""
        if not isinstance(asked, PeriodInput):
            return cls(ALL_TIME, ALL_TIME, "all time", zone, "day", now)
        zone = zone_named(asked.timezone) if asked.timezone else zone
        granularity: Grain = getattr(asked, "granularity", "day")
        if asked.start_date is None and asked.end_date is None:
            window = Window.last_days(asked.period_days, now=now)
            period = cls(
                window, window.before(asked.period_days), f"last {asked.period_days} days", zone, granularity, now
            )
        else:
            window = _between(asked, zone, now)
            label = f"{asked.start_date or iso(window.start * QUARTER)} to {asked.end_date or iso(now)}"
            period = cls(window, window.before(), label, zone, granularity, now)
        if granularity == "hour" and window.end - window.start > MOST_HOURS:
            raise InvalidRequest("granularity: hour is for periods of at most 31 days; use day, week or month")
        if granularity == "15min" and window.end - window.start > MOST_QUARTERS:
            raise InvalidRequest("granularity: 15min is for periods of at most 7 days; use hour, day, week or month")
        return period


def _between(asked: PeriodInput, zone: ZoneInfo, now: int) -> Window:
    latest = now // QUARTER + 1
    end = latest if asked.end_date is None else min(_quarter(asked.end_date, zone, after=True), latest)
    if asked.start_date is None:
        start = end - asked.period_days * QUARTERS_A_DAY
    else:
        start = _quarter(asked.start_date, zone, after=False)
    if start >= latest:
        raise InvalidRequest(f"startDate: {asked.start_date} lies in the future; it is {iso(now)} now")
    if start >= end:
        raise InvalidRequest(f"endDate: {asked.end_date} lies before the beginning of the period")
    if end - start > asked.longest * QUARTERS_A_DAY + _DAYLIGHT:
        raise InvalidRequest(
            f"startDate: the period is longer than {asked.longest} days, the most that this report takes"
        )
    return Window(start, end)


def _quarter(text: str, zone: ZoneInfo, *, after: bool) -> int:
    """The quarter in which a day or an instant begins; or the first one after it."""
    if len(text) == len("2026-11-21"):
        return midnight(date.fromisoformat(text) + timedelta(days=after), zone)
    instant = parse_instant(text)
    return -(-instant // QUARTER) if after else instant // QUARTER
