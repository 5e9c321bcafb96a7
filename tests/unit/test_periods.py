"""Periods: whole days of a zone, instants by their quarter-hour, the period before, and the parts that clocks cut."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.errors import InvalidRequest
from wallboard.model.periods import ALL_TIME, Period
from wallboard.model.results import LONGEST, ContactMetricInput, NoInput
from wallboard.model.time import QUARTER, QUARTERS_A_DAY, Granularity, Window, parse_instant, zone_named

NOW = "2026-11-21T10:20:00Z"
TODAY = date(2026, 11, 21)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Havana", "Asia/Beirut", "Pacific/Kiritimati")
GRANULARITIES: tuple[Granularity, ...] = ("hour", "day", "week", "month")

days = st.dates(TODAY - timedelta(days=LONGEST - 1), TODAY - timedelta(days=2))
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 21), timezones=zones.map(ZoneInfo))  # noqa: DTZ001


def period(zone: str = "UTC", now: str = NOW, **asked: Any) -> Period:
    return Period.of(ContactMetricInput.model_validate(asked), zone=zone_named(zone), now=parse_instant(now))


def quarter(text: str) -> int:
    return parse_instant(text) // QUARTER


def clock(at: int, zone: str) -> datetime:
    """What the clock of a zone shows at the beginning of a quarter."""
    return datetime.fromtimestamp(at * QUARTER / 1000, ZoneInfo(zone))


# ---- windows


@given(first=days, last=days, zone=zones)
def test_days_are_whole_days_of_the_zone_and_the_last_is_one_of_them(first: date, last: date, zone: str) -> None:
    first, last = min(first, last), max(first, last)
    window = period(zone, startDate=str(first), endDate=str(last)).window
    assert [clock(at, zone).date() for at in (window.start, window.end - 1)] == [first, last]
    assert clock(window.start - 1, zone).date() < first
    assert clock(window.end, zone).date() > last


@given(begin=moments, length=st.timedeltas(timedelta(minutes=1), timedelta(days=300)))
def test_a_time_stands_for_its_quarter_hour_whatever_its_offset(begin: datetime, length: timedelta) -> None:
    end = min(begin.astimezone(UTC) + length, datetime(2026, 11, 21, 10, 30, tzinfo=UTC))
    window = period("Asia/Kolkata", startDate=begin.isoformat(), endDate=end.isoformat()).window
    assert window.start * 900 <= begin.timestamp() < (window.start + 1) * 900
    assert (window.end - 1) * 900 < end.timestamp() <= window.end * 900


@given(begin=days, zone=zones, end=st.sampled_from([None, "2026-11-22", "2027-01-01", "2026-11-21T10:31:00Z"]))
def test_a_period_ends_with_the_quarter_of_now_at_the_latest(begin: date, zone: str, end: str | None) -> None:
    assert period(zone, startDate=str(begin), endDate=end).window.end == quarter("2026-11-21T10:30:00Z")


@pytest.mark.parametrize("asked", [{}, {"startDate": None}, {"periodDays": 30}])
def test_an_end_alone_looks_back_the_usual_days(asked: dict[str, Any]) -> None:
    window = period("Europe/Berlin", endDate="2026-11-10", **asked).window
    assert window == Window(quarter("2026-10-11T23:00:00Z"), quarter("2026-11-10T23:00:00Z"))


@given(begin=days, end=days, zone=zones)
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(begin: date, end: date, zone: str) -> None:
    begin, end = min(begin, end), max(begin, end)
    found = period(zone, startDate=str(begin), endDate=str(end))
    assert found.previous.end == found.window.start
    assert found.previous.end - found.previous.start == found.window.end - found.window.start


@given(count=st.integers(1, LONGEST), now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001
def test_rolling_days_are_compared_with_as_many_days_before(count: int, now: datetime) -> None:
    found = period(now=f"{now.isoformat()}Z", periodDays=count)
    assert found.window == Window.last_days(count, now=parse_instant(f"{now.isoformat()}Z"))
    assert found.previous == Window(found.window.start - count * QUARTERS_A_DAY, found.window.start)
    assert found.label == f"last {count} days"


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ({"startDate": "2026-11-01", "endDate": "2026-11-07"}, "2026-11-01 to 2026-11-07"),
        ({"startDate": "2026-11-01"}, "2026-11-01 to 2026-11-21T10:20:00.000Z"),
        ({"endDate": "2026-11-07", "periodDays": 7}, "2026-11-01T00:00:00.000Z to 2026-11-07"),
    ],
)
def test_the_label_says_from_when_to_when(asked: dict[str, Any], label: str) -> None:
    assert period(**asked).label == label


@pytest.mark.parametrize(
    ("zone", "asked", "expected"),
    [
        ("UTC", {"startDate": "2026-11-08", "endDate": "2026-11-14"}, ("2026-11-01", "2026-11-07")),
        ("UTC", {"periodDays": 7}, ("2026-11-07", "2026-11-14")),
        ("Pacific/Kiritimati", {"periodDays": 1}, ("2026-11-20", "2026-11-21")),  # it is past midnight there
    ],
)
def test_the_days_before_are_those_that_the_period_before_touches(
    zone: str, asked: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert tuple(map(str, period(zone, **asked).days_before())) == expected


def test_what_names_no_period_is_about_all_time_in_one_part() -> None:
    found = Period.of(NoInput(), zone=zone_named("UTC"), now=parse_instant(NOW))
    assert (found.window, found.parts()) == (ALL_TIME, [("all time", ALL_TIME)])


@pytest.mark.parametrize(("last", "zone"), [("2026-11-20", "UTC"), ("2026-10-25", "Europe/Berlin")])
def test_as_many_days_as_may_be_asked_for_and_not_one_more(last: str, zone: str) -> None:
    """Those of Berlin hold two ends of summer time, and so one hour more."""
    begin, a_day_earlier = (date.fromisoformat(last) - timedelta(days=LONGEST - each) for each in (1, 0))
    assert period(zone, startDate=str(begin), endDate=last).label == f"{begin} to {last}"
    with pytest.raises(InvalidRequest, match=f"^startDate: .*{LONGEST} days"):
        period(zone, startDate=str(a_day_earlier), endDate=last)


# ---- parts


@given(
    start=st.integers(quarter("2026-01-01T00:00:00Z"), quarter("2026-10-20T00:00:00Z")),
    length=st.integers(1, 100 * QUARTERS_A_DAY),
    zone=zones,
    granularity=st.sampled_from(GRANULARITIES),
)
def test_parts_follow_each_other_and_are_named_by_what_the_clock_shows(
    start: int, length: int, zone: str, granularity: Granularity
) -> None:
    """By its hour, its day, the Monday of its week, or the first of its month, for the first quarter and the last."""
    length = min(length, 10 * QUARTERS_A_DAY) if granularity == "hour" else length
    parts = Window(start, start + length).parts(granularity, ZoneInfo(zone))
    assert parts[0][1].start == start
    assert parts[-1][1].end == start + length
    assert all(part.end == following.start for (_, part), (_, following) in pairwise(parts))
    assert len({name for name, _ in parts}) == len(parts)
    for name, part in parts:
        assert part.start < part.end
        assert {_name(clock(at, zone), granularity) for at in (part.start, part.end - 1)} == {name}


def _name(moment: datetime, granularity: Granularity) -> str:
    day = moment.date()
    match granularity:
        case "hour":
            offset = f"{moment:%z}"
            return f"{moment:%Y-%m-%dT%H}:00{offset[:3]}:{offset[3:]}"
        case "day":
            return str(day)
        case "week":
            return next(str(each) for ago in range(7) if (each := day - timedelta(days=ago)).isoweekday() == 1)
        case "month":
            return f"{day:%Y-%m}-01"


@pytest.mark.parametrize(
    ("day", "hours", "named"),
    [
        ("2026-03-29", 23, ["01:00+01:00", "03:00+02:00"]),
        ("2026-10-25", 25, ["01:00+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00"]),
        ("2026-10-26", 24, ["01:00+01:00", "02:00+01:00", "03:00+01:00"]),
    ],
)
def test_a_day_on_which_clocks_change_has_an_hour_less_or_more(day: str, hours: int, named: list[str]) -> None:
    parts = period("Europe/Berlin", startDate=day, endDate=day, granularity="hour").parts()
    names = [name for name, _ in parts]
    assert len(set(names)) == len(names) == hours
    assert all(part.end - part.start == 4 for _, part in parts)
    assert names[1 : 1 + len(named)] == [f"{day}T{name}" for name in named]


def test_hours_of_a_zone_begin_when_its_clock_is_at_the_full_hour() -> None:
    found = period("Asia/Kathmandu", startDate="2026-11-20", endDate="2026-11-20", granularity="hour")
    (name, first), *_ = found.parts()
    assert (name, first.start) == ("2026-11-20T00:00+05:45", quarter("2026-11-19T18:15:00Z"))


@pytest.mark.parametrize(
    ("zone", "asked"),
    [
        ("UTC", {"periodDays": 31}),
        ("Europe/Berlin", {"startDate": "2026-03-01", "endDate": "2026-03-31"}),
        ("Europe/Berlin", {"startDate": "2026-10-01", "endDate": "2026-10-31"}),  # 31 days of 745 hours
        ("UTC", {"startDate": "2026-10-22"}),
    ],
)
def test_hours_of_thirty_one_days_may_be_asked_for(zone: str, asked: dict[str, Any]) -> None:
    assert len(period(zone, **asked, granularity="hour").parts()) >= 30 * 24


@pytest.mark.parametrize(
    "asked", [{"periodDays": 32}, {"startDate": "2026-10-20"}, {"endDate": "2026-11-01", "periodDays": 32}]
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_hours_of_more_days_are_refused_by_name_and_bound(zone: str, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=r"^granularity: .*31 days"):
        period(zone, **asked, granularity="hour")
    assert period(zone, **asked, granularity="day").parts()
