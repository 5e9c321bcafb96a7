"""Windows, quarters and local days: they say what a clock on the wall of the zone would say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.errors import InvalidRequest
from wallboard.model.time import (
    DAY,
    QUARTER,
    QUARTERS_A_DAY,
    Window,
    day_quarter,
    hour_name,
    hour_start,
    instant_of,
    iso,
    parse_instant,
    quarter_day,
    zone_named,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Beirut",  # from here on: clocks that jump at midnight
    "America/Havana",
    "Africa/Cairo",
    "America/Santiago",
    "America/Nuuk",
    "Asia/Tehran",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
FROM, TO = (instant_of(datetime(year, 1, 1, tzinfo=UTC)) for year in (2009, 2031))
instants = st.integers(FROM, TO)
zones = st.sampled_from(ZONES).map(ZoneInfo)
quarters = st.integers(FROM // QUARTER, TO // QUARTER)
windows = st.builds(lambda start, length: Window(start, start + length), quarters, st.integers(1, 5 * QUARTERS_A_DAY))


def quarter(text: str) -> int:
    return parse_instant(text) // QUARTER


def by_the_wall_clock(window: Window, zone: ZoneInfo) -> dict[date, list[int]]:
    """The quarters of each local date, by looking at the clock at the start of every single quarter."""
    found: dict[date, list[int]] = {}
    for each in range(window.start, window.end):
        found.setdefault(datetime.fromtimestamp(each * 900, zone).date(), []).append(each)
    return found


def around_jumps(name: str) -> Iterator[Window]:
    """Three days about every change of a zone's clocks between 2009 and 2031."""
    zone = ZoneInfo(name)
    offsets = [(at, datetime.fromtimestamp(at / 1000, zone).utcoffset()) for at in range(FROM, TO, DAY)]
    for (at, before), (_, after) in pairwise(offsets):
        if before != after:
            yield Window(at // QUARTER - QUARTERS_A_DAY, at // QUARTER + 2 * QUARTERS_A_DAY)


# ---- windows


@given(now=instants, days=st.integers(1, 366))
def test_a_window_begins_with_the_quarter_of_so_many_days_ago_and_ends_with_that_of_now(now: int, days: int) -> None:
    window = Window.last_days(days, now=now)
    assert window.start * QUARTER <= now - days * DAY < (window.start + 1) * QUARTER
    assert (window.end - 1) * QUARTER <= now < window.end * QUARTER


@pytest.mark.parametrize("minute", [0, 14, 15, 59])
def test_a_window_starts_at_the_quarter_before(minute: int) -> None:
    window = Window.last_days(1, now=parse_instant(f"2026-11-21T10:{minute:02}:59.999Z"))
    assert iso(window.start * QUARTER) == f"2026-11-20T10:{minute // 15 * 15:02}:00.000Z"


@given(now=instants, days=st.integers(1, 366))
def test_the_window_before_has_so_many_days_and_ends_where_this_one_begins(now: int, days: int) -> None:
    window = Window.last_days(days, now=now)
    before = window.before(days)
    assert before.end == window.start
    assert (before.end - before.start) * QUARTER == days * DAY


@given(window=windows)
def test_utc_days_are_all_days_that_a_window_touches(window: Window) -> None:
    touched = by_the_wall_clock(window, ZoneInfo("UTC"))
    assert window.utc_days() == [day.isoformat() for day in touched]


def test_a_window_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    day = day_quarter("2026-11-21")
    assert Window(day, day + QUARTERS_A_DAY).utc_days() == ["2026-11-21"]
    assert Window(day - 1, day).utc_days() == ["2026-11-20"]


# ---- local days


@given(window=windows, zone=zones)
def test_local_days_cut_the_window_without_gap_or_overlap(window: Window, zone: ZoneInfo) -> None:
    parts = [part for _, part in window.local_days(zone)]
    assert parts[0].start == window.start
    assert parts[-1].end == window.end
    assert all(part.start < part.end for part in parts)
    assert all(part.end == following.start for part, following in pairwise(parts))


@given(window=windows, zone=zones)
def test_every_quarter_is_in_the_local_day_that_the_clock_shows(window: Window, zone: ZoneInfo) -> None:
    cut = {day: list(range(part.start, part.end)) for day, part in window.local_days(zone)}
    assert cut == by_the_wall_clock(window, zone)


@pytest.mark.parametrize("name", ZONES)
def test_local_days_are_those_of_the_clock_about_every_jump(name: str) -> None:
    for window in around_jumps(name):
        days = window.local_days(ZoneInfo(name))
        cut = {day: list(range(part.start, part.end)) for day, part in days}
        assert cut == by_the_wall_clock(window, ZoneInfo(name)), window
        assert [day for day, _ in days] == sorted(cut)


def test_days_of_every_zone_of_today_begin_and_end_on_their_date() -> None:
    """This is what makes the quarter fine enough: no zone in use is offset by less."""
    window = Window.last_days(730, now=parse_instant("2028-01-01T00:00:00Z"))
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for day, part in window.local_days(zone):
            edges = [datetime.fromtimestamp(each * 900, zone) for each in (part.start, part.end - 1)]
            assert [edge.date() for edge in edges] == [day, day], name
            offset = edges[0].utcoffset()
            assert offset is not None
            assert offset % timedelta(minutes=15) == timedelta(0), name


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("Europe/Berlin", "2026-10-24", [24, 25, 24]),
        ("Europe/Berlin", "2027-03-27", [24, 23, 24]),
        ("Asia/Kolkata", "2026-10-24", [24, 24, 24]),
        ("Asia/Kathmandu", "2026-10-24", [24, 24, 24]),
        ("Australia/Lord_Howe", "2026-04-04", [24, 24.5, 24]),
        ("America/Havana", "2026-03-07", [24, 23, 24]),  # 00:00 is 01:00
        ("America/Havana", "2026-10-31", [24, 25, 24]),  # 01:00 is 00:00 again
        ("Asia/Beirut", "2026-03-28", [24, 23, 24]),  # 00:00 is 01:00
        ("Asia/Beirut", "2026-10-24", [25, 24, 24]),  # midnight is 23:00 again
        ("Africa/Cairo", "2026-04-23", [24, 23, 24]),
        ("Africa/Cairo", "2026-10-29", [25, 24, 24]),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(zone: str, first: str, hours: list[float]) -> None:
    start = date.fromisoformat(first)
    noon = day_quarter(first) + 48
    days = Window(noon - 3 * QUARTERS_A_DAY, noon + 6 * QUARTERS_A_DAY).local_days(zone_named(zone))
    lengths = {day: (part.end - part.start) / 4 for day, part in days}
    assert [lengths[start + timedelta(days=after)] for after in range(len(hours))] == hours


def test_a_day_in_kathmandu_begins_a_quarter_past_six_in_the_evening_of_utc() -> None:
    window = Window(quarter("2026-11-20T12:00Z"), quarter("2026-11-21T12:00Z"))
    midnight = quarter("2026-11-20T18:15Z")
    assert window.local_days(zone_named("Asia/Kathmandu")) == [
        (date(2026, 11, 20), Window(window.start, midnight)),
        (date(2026, 11, 21), Window(midnight, window.end)),
    ]


def test_a_date_that_a_zone_skipped_has_no_day() -> None:
    """Samoa went from 29 December 2011 straight to the 31st, at 10:00 UTC on the 30th."""
    window = Window(quarter("2011-12-29T12:00Z"), quarter("2011-12-31T12:00Z"))
    jump, midnight = quarter("2011-12-30T10:00Z"), quarter("2011-12-31T10:00Z")
    assert window.local_days(zone_named("Pacific/Apia")) == [
        (date(2011, 12, 29), Window(window.start, jump)),
        (date(2011, 12, 31), Window(jump, midnight)),
        (date(2012, 1, 1), Window(midnight, window.end)),
    ]


def test_a_window_that_starts_at_the_jump_over_a_date_starts_with_the_date_after() -> None:
    jump = quarter("2011-12-30T10:00Z")
    assert Window(jump, jump + 1).local_days(zone_named("Pacific/Apia")) == [
        (date(2011, 12, 31), Window(jump, jump + 1))
    ]


# ---- instants and names


@given(instant=st.integers(0, 253_402_300_799_999))
def test_an_instant_survives_being_written(instant: int) -> None:
    assert parse_instant(iso(instant)) == instant


@given(instant=instants)
def test_an_instant_lies_in_the_hour_of_its_name(instant: int) -> None:
    start = hour_start(hour_name(instant))
    assert start <= instant < start + 3_600_000
    assert iso(start).startswith(hour_name(instant) + ":00:00.000")


@given(day=st.dates(date(1970, 1, 1), date(2100, 1, 1)), ahead=st.integers(0, QUARTERS_A_DAY - 1))
def test_every_quarter_of_a_day_is_in_it(day: date, ahead: int) -> None:
    assert quarter_day(day_quarter(day.isoformat()) + ahead) == day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T09:30:00Z",
        "2026-11-21T09:30:00.000+00:00",
        "2026-11-21T15:15:00+05:45",
        "2026-11-21T00:30-09:00",
        "2026-11-21T09:30:00.000999Z",  # what is finer than a millisecond is cut off
    ],
)
def test_a_time_is_the_same_instant_in_every_offset(text: str) -> None:
    expected = datetime(2026, 11, 21, 9, 30, tzinfo=UTC).timestamp() * 1000
    assert parse_instant(text) == expected


@pytest.mark.parametrize("text", ["2026-11-21T09:30:00", "2026-11-21"])
def test_a_time_without_offset_is_refused_by_that_name(text: str) -> None:
    with pytest.raises(ValueError, match="no offset from UTC"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00:00Z", "21.11.2026 09:30", "2026-11-21T25:00:00Z", "١"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="not an ISO 8601 time such as"):
        parse_instant(text)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "UTC\0",
        "x" * 10_000,
        "\ud800",
        ".",
        "zone.tab",
    ],
)
def test_an_unknown_zone_is_the_callers_mistake_and_named(name: str) -> None:
    with pytest.raises(InvalidRequest, match="is not a time zone; use an IANA name such as") as caught:
        zone_named(name)
    assert repr(name[:80]) in str(caught.value)
