"""Cells of vendors' rows: every way in which they are written is read, and what cannot be read is named without its value."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.errors import Malformed
from wallboard.model.time import iso, parse_instant
from wallboard.sources import _values as values

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
AMERICAN = "%m/%d/%Y %I:%M:%S %p"


def told(written: Any, **how: Any) -> str | None:
    """The time that a cell says, as UTC."""
    at = values.instant({"at": written}, "at", **how)
    return None if at is None else iso(at)


# ---- times


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21T09:30:00Z",
        "2026-11-21T09:30:00.000Z",
        "2026-11-21T09:30:00+00:00",
        "2026-11-21T09:30:00+0000",
        "2026-11-21T10:30:00+01:00",
        "2026-11-21T10:30:00.000+0100",
        "2026-11-21T04:30:00-0500",
        "2026-11-21 09:30:00Z",
        "2026-11-21 15:00:00+05:30",
        "  2026-11-21T09:30Z ",
        1795253400000,
    ],
)
def test_a_time_with_an_offset_is_read_however_it_is_written(written: Any) -> None:
    assert told(written) == "2026-11-21T09:30:00.000Z"
    assert told(written, zone=NEW_YORK) == "2026-11-21T09:30:00.000Z", "its own offset counts"


def test_milliseconds_are_kept_and_what_is_finer_is_cut() -> None:
    assert told("2026-11-21T09:30:00.123999Z") == "2026-11-21T09:30:00.123Z"
    assert told("1969-12-31T23:59:59.9995Z") == "1969-12-31T23:59:59.999Z"


@pytest.mark.parametrize("empty", [{}, {"at": None}, {"at": ""}, {"at": "  "}])
def test_an_empty_time_is_none_unless_every_row_must_have_it(empty: dict[str, Any]) -> None:
    assert values.instant(empty, "at", zone=UTC) is None
    with pytest.raises(Malformed, match=r"^at: is empty$"):
        values.started(empty, "at", zone=UTC)


@pytest.mark.parametrize(
    ("written", "formats", "expected"),
    [
        ("11/21/2026 04:30:00 AM", [AMERICAN], "2026-11-21T09:30:00.000Z"),
        ("11/21/2026 12:00:00 AM", [AMERICAN], "2026-11-21T05:00:00.000Z"),
        ("21.11.2026 04:30", [AMERICAN, "%d.%m.%Y %H:%M"], "2026-11-21T09:30:00.000Z"),
        ("2026-11-21", [], "2026-11-21T05:00:00.000Z"),
        ("2026-11-21 04:30:00.5", [AMERICAN], "2026-11-21T09:30:00.500Z"),
        ("21 Nov 2026 09:30 +0000", ["%d %b %Y %H:%M %z"], "2026-11-21T09:30:00.000Z"),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_zone(written: str, formats: list[str], expected: str) -> None:
    assert told(written, zone=NEW_YORK, formats=formats) == expected
    assert values.started({"at": written}, "at", zone=NEW_YORK, formats=formats) == parse_instant(expected)


@pytest.mark.parametrize(
    ("zone", "written", "expected"),
    [
        (BERLIN, "2026-03-29T01:59:59", "2026-03-29T00:59:59.000Z"),
        (BERLIN, "2026-03-29T03:00:00", "2026-03-29T01:00:00.000Z"),
        (BERLIN, "2026-10-25T01:59:59", "2026-10-24T23:59:59.000Z"),
        (BERLIN, "2026-10-25T03:00:00", "2026-10-25T02:00:00.000Z"),
        (NEW_YORK, "2026-03-08T03:00:00", "2026-03-08T07:00:00.000Z"),
        (NEW_YORK, "2026-11-01T02:00:00", "2026-11-01T07:00:00.000Z"),
        (LORD_HOWE, "2026-04-05T02:00:00", "2026-04-04T15:30:00.000Z"),
    ],
)
def test_the_offset_is_that_of_the_very_time_on_days_when_clocks_change(
    zone: ZoneInfo, written: str, expected: str
) -> None:
    assert told(written, zone=zone) == expected


@pytest.mark.parametrize(
    ("zone", "written", "expected"),
    [
        (BERLIN, "2026-10-25T02:30:00", "2026-10-25T00:30:00.000Z"),
        (NEW_YORK, "2026-11-01T01:30:00", "2026-11-01T05:30:00.000Z"),
        (LORD_HOWE, "2026-04-05T01:45:00", "2026-04-04T14:45:00.000Z"),
    ],
)
def test_of_a_time_that_comes_twice_the_earlier_is_meant(zone: ZoneInfo, written: str, expected: str) -> None:
    assert told(written, zone=zone) == expected


FIRST, LAST = map(datetime.fromisoformat, ("1970-01-02", "2037-12-31"))


@given(st.datetimes(FIRST, LAST), st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE]))
def test_any_local_time_that_there_is_reads_the_same_on_the_clocks_of_its_zone(
    moment: datetime, zone: ZoneInfo
) -> None:
    """A time that clocks skip is no time of theirs: it reads as much later as they were put forward."""
    at = values.instant({"at": moment.isoformat()}, "at", zone=zone)
    assert at is not None
    back = datetime.fromtimestamp(at // 1000, zone).replace(tzinfo=None)
    later = back - moment.replace(microsecond=0)
    assert later in (timedelta(0), timedelta(minutes=30), timedelta(hours=1))
    assert later == timedelta(0) or zone.utcoffset(moment) != zone.utcoffset(moment - timedelta(hours=2))


@pytest.mark.parametrize(
    "written",
    [
        "soon",
        "0000-00-00 00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-02-30",
        "1795253400000",
        1.5,
        "21/11/2026",
        "T",
        True,
        [],
    ],
)
def test_what_is_no_time_is_malformed(written: Any) -> None:
    with pytest.raises(Malformed, match=r"^at: is not a "):
        values.instant({"at": written}, "at", zone=BERLIN)


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-05:00"])
def test_the_ends_of_the_calendar_by_which_vendors_say_never_are_malformed(written: str) -> None:
    with pytest.raises(Malformed, match=r"^at: is not a time$"):
        values.instant({"at": written}, "at", zone=BERLIN)


def test_a_time_without_an_offset_or_a_zone_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"^at: is a time without an offset from UTC$"):
        told("2026-11-21T09:30:00")


# ---- numbers, counts, durations


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (3, 3),
        (-2.5, -2.5),
        ("0", 0),
        ("1,043.20", 1043.2),
        (".22", 0.22),
        ("-.5", -0.5),
        ("18.57%", 18.57),
        ("1,000,000", 1_000_000),
        (" 12 ", 12),
        ("1 043", 1043),
        ("1\u00a0043", 1043),
        ("3.0", 3),
        ("1e3", 1000),
        ("", None),
        ("  ", None),
        ("%", None),
        (None, None),
    ],
)
def test_a_number_is_read_however_it_is_written(written: Any, expected: float | None) -> None:
    found = values.number({"n": written}, "n")
    assert (found, type(found)) == (expected, type(expected))
    assert values.number({}, "n") is None


NO_NUMBERS = ["twelve", "-", "N/A", "1.2.3", "inf", "NaN", "00:12", True, [1], {"a": 1}, float("nan"), float("inf")]


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_no_number_is_malformed(written: Any) -> None:
    with pytest.raises(Malformed, match=r"^n: is not a number$"):
        values.number({"n": written}, "n")
    with pytest.raises(Malformed, match=r"^n: is not a number$"):
        values.count({"n": written}, "n")


@pytest.mark.parametrize(("written", "expected"), [("4", 4), ("4.0", 4), (0, 0), (2.0, 2), ("1,200", 1200), ("", None)])
def test_a_count_is_whole(written: Any, expected: int | None) -> None:
    found = values.count({"n": written}, "n")
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("written", [-1, "-1", 1.5, "0.5"])
def test_what_cannot_be_counted_is_malformed(written: Any) -> None:
    with pytest.raises(Malformed, match=r"^n: is not a count$"):
        values.count({"n": written}, "n")


@pytest.mark.parametrize(
    ("written", "per", "expected"),
    [
        ("00:00:00", 1, 0),
        ("01:02:03", 1, 3723),
        ("100:00:01", 1, 360_001),
        ("00:00:05", 1000, 5),
        (" 00:00:05 ", 1, 5),
        ("12.5", 1, 12.5),
        (1500, 1000, 1.5),
        ("1,500", 1000, 1.5),
        (0, 1, 0),
        ("", 1, None),
        (None, 1000, None),
    ],
)
def test_a_duration_is_in_seconds(written: Any, per: int, expected: float | None) -> None:
    assert values.seconds({"d": written}, "d", per=per) == expected


@pytest.mark.parametrize("written", ["12:30", "1:2:3:4", "-00:00:05", "aa:bb:cc", "00:00:05.5", "::", -1, "-3", "long"])
def test_what_is_no_duration_is_malformed(written: Any) -> None:
    with pytest.raises(Malformed, match=r"^d: is "):
        values.seconds({"d": written}, "d")


# ---- texts, flags, telephones


def test_a_text_has_no_blanks_around_it_and_an_empty_one_is_none() -> None:
    row = {"a": "  Ana Ünal ", "b": " ", "c": None, "d": 12, "e": 0}
    assert [values.text(row, name) for name in "abcdef"] == ["Ana Ünal", None, None, "12", "0", None]
    assert values.required(row, "a") == "Ana Ünal"
    for name in "bcf":
        with pytest.raises(Malformed, match=f"^{name}: is empty$"):
            values.required(row, name)


@pytest.mark.parametrize("written", [True, {}, []])
def test_what_is_no_text_is_malformed(written: Any) -> None:
    with pytest.raises(Malformed, match=r"^t: is not a text$"):
        values.text({"t": written}, "t")


YES, NO = [True, "true", "TRUE", "Yes", "y", "1", 1, " yes "], [False, "false", "No", "N", "0", 0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [*((each, True) for each in YES), *((each, False) for each in NO), *((each, None) for each in ("", " ", None))],
)
def test_a_flag_is_read_however_it_is_written(written: Any, expected: bool | None) -> None:
    assert values.flag({"f": written}, "f") is expected


def test_what_is_no_flag_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"^f: is neither true nor false$"):
        values.flag({"f": "maybe"}, "f")


@pytest.mark.parametrize(
    "written", ["+12025550101", "12025550101", "+1 (202) 555-0101", "1-202-555-0101", 12025550101, "202.555.0101"]
)
def test_a_telephone_is_the_same_however_it_is_written(written: Any) -> None:
    assert values.telephone(written, country="1") == "tel:+12025550101"


def test_ten_digits_are_a_number_of_the_country_and_without_one_of_none() -> None:
    assert values.telephone("2025550101") is None
    assert values.telephone("2079460958", country="44") == "tel:+442079460958"
    assert values.telephone("+4930123456", country="1") == "tel:+4930123456", "a plus says that the country is there"


@pytest.mark.parametrize("written", ["101", "anonymous", "", None, 0, "sip:12025550101@pbx", "1" * 16])
def test_what_cannot_be_called_from_abroad_is_no_telephone(written: Any) -> None:
    assert values.telephone(written, country="1") is None


# ---- all of them

READERS: list[Callable[..., Any]] = [
    values.text,
    values.instant,
    values.started,
    values.number,
    values.count,
    values.seconds,
    values.flag,
]


@given(st.sampled_from(READERS), st.text(alphabet="Zürich0123456789:-T ", min_size=4) | st.lists(st.just("Zürich")))
def test_the_message_never_holds_the_value(read: Callable[..., Any], written: Any) -> None:
    """It may be somebody's name, and goes to the log; the value itself is kept apart."""
    error = refusal(read, written)
    if error is None:
        return
    left = str(error).removeprefix("cell: ").replace("HH:MM:SS", "").replace("below 0", "")
    assert left != str(error)
    assert not any(letter.isdigit() or letter == "ü" for letter in left)
    assert error.value == written or left == "is empty"


def refusal(read: Callable[..., Any], written: Any) -> Malformed | None:
    """What is said of a cell that cannot be read."""
    try:
        read({"cell": written}, "cell")
    except Malformed as error:
        return error
    return None


def test_only_what_is_known_is_said() -> None:
    assert values.known(a=0, b=None, c="", d=False) == {"a": 0, "c": "", "d": False}
