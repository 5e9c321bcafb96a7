"""Tables: whatever a table holds, a CSV reader reads it back, and a spreadsheet takes none of it for a formula."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from tests.contract.doors import BATCH, JSON, Answer, Doors, single
from tests.fakes.world import World, least, of_agents
from wallboard.errors import InvalidRequest
from wallboard.model.results import Maybe, Number, Output, absent
from wallboard.reports._report import Report
from wallboard.runtime import wiring
from wallboard.services.tabulate import as_csv
from wallboard.services.write_table import MARK, guarded

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Range(Output):
    first_day: str
    most: Number


class Row(Output):
    the_name: str
    count: Number
    reason: str | None = None
    change: Maybe[int] = absent()
    of_days: Range = Range(first_day="2026-11-01", most=0)
    details: Maybe[Range] = absent()
    tags: list[str] = Field(default_factory=list)
    rows: list[Range] = Field(default_factory=list)


class Listing(Output):
    period: str
    items: list[Row]


REPORT = replace(next(iter(World().parts.catalog)), output=Listing, table="items")
HEADER = ["theName", "count", "reason", "change", "ofDays.firstDay", "ofDays.most", "details.firstDay", "details.most"]


def table(*rows: Row, report: Report = REPORT, output: Output | None = None) -> list[list[str]]:
    return lines(as_csv(report, output or Listing(period="p", items=list(rows))))


def lines(text: str) -> list[list[str]]:
    """The cells of a table, as a spreadsheet takes them."""
    assert text.startswith(MARK)
    return list(csv.reader(StringIO(text.removeprefix(MARK), newline=""), strict=True))


def cell(text: str) -> str:
    [_, [name, *_]] = table(Row(the_name=text, count=0))
    return name


def test_a_line_of_headers_and_a_line_a_row() -> None:
    """What is nested is named with dots, also where it may be absent as a whole; lists have no column."""
    rows = [
        Row(the_name="a", count=1, reason="so", change=-2),
        Row(the_name="b", count=0.5, tags=["x"], details=Range(first_day="2026-10-31", most=-7)),
    ]
    assert table(*rows) == [
        HEADER,
        ["a", "1", "so", "-2", "2026-11-01", "0", "", ""],
        ["b", "0.5", "", "", "2026-11-01", "0", "2026-10-31", "-7"],
    ]


def test_a_table_without_rows_has_headers() -> None:
    assert table() == [HEADER]


def test_an_output_that_is_one_row_is_its_own_table() -> None:
    report = replace(REPORT, table="")
    assert table(report=report, output=Range(first_day="2026-11-01", most=2)) == [
        ["firstDay", "most"],
        ["2026-11-01", "2"],
    ]


def test_lines_end_as_the_standard_has_it() -> None:
    assert as_csv(REPORT, Listing(period="p", items=[])) == MARK + ",".join(HEADER) + "\r\n"


def test_what_is_no_table_is_refused_by_its_name() -> None:
    report = replace(REPORT, table=None, name="Such Report")
    with pytest.raises(InvalidRequest, match=r"^accept: Such Report is no table; ask for application/json$"):
        as_csv(report, Listing(period="p", items=[]))


@given(
    names=st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from([*FORMULAS, '"', ",", ";", "'", "ü", "🙂"])))
)
def test_any_text_survives_and_none_is_a_formula(names: list[str]) -> None:
    [_, *rows] = table(*(Row(the_name=name, count=0) for name in names))
    assert [row[0] for row in rows] == [guarded(name) for name in names]
    assert all(name in (row[0], row[0][1:]) for row, name in zip(rows, names, strict=True))
    assert not any(row[0].startswith(FORMULAS) and not re.fullmatch(r"-[0-9.]+", row[0]) for row in rows)


@pytest.mark.parametrize(
    "text",
    ["00123", "12345678901234567890", "1E10", "1e-10", "1.5E+3", "007.5", "=1+1", "+49", " =1", "＝1", "＠SUM(A1)"],
)
def test_what_a_spreadsheet_would_write_in_another_way_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Zoë", "40", "-5", "0.5", "2026-11-21", "2026-11-21T09:00+01:00", "a-1", "E10"])
def test_what_a_spreadsheet_shows_as_it_is_stays(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("first", FORMULAS)
def test_an_apostrophe_stands_before_what_a_spreadsheet_would_run(first: str) -> None:
    assert cell(f"{first}HYPERLINK(A1)") == f"'{first}HYPERLINK(A1)"
    assert cell(f"x{first}y") == f"x{first}y"
    assert cell(first) == f"'{first}"


@pytest.mark.parametrize("number", [-7, -0.5, -1e-9, -(2**70)])
def test_a_number_below_zero_is_a_number_and_not_a_formula(number: Any) -> None:
    [_, [_, count, *_]] = table(Row(the_name="a", count=number))
    assert not count.startswith("'")
    assert float(count) == number


@given(number=st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_as_exactly_as_in_json(number: Any) -> None:
    [_, [_, count, *_]] = table(Row(the_name="a", count=number))
    assert type(number)(count) == number


# ---- at the door


@pytest.fixture
def doors() -> Iterator[Doors]:
    """A world in which every table has a row, some with a text that is awkward."""
    world = World()
    wiring.use(world.parts)
    doors = Doors(world)
    who = {"botId": "b", "contactId": "=p", "botName": 'Bot, the "first"', "contactName": "Zoë\r\nO'Neil, 🙂"}
    rating = {"kind": "rating", "createdAt": AT, "value": -5} | who
    doors.push(
        {"kind": "conversation", "id": "c-1", "startedAt": AT} | who,
        {"kind": "message", "id": "m", "type": "user", "createdAt": AT, "conversationId": "c-1", "tokens": 3}
        | {"conversationStartedAt": AT}
        | who,
        *(rating | {"id": f"{first}r", "reason": f"{first}cmd"} for first in FORMULAS),
        {"kind": "resource", "type": "dataset", "id": "ds-1", "updatedAt": AT, "count": 9, "limit": 1},
    )
    world.fold()
    yield doors
    wiring.use(None)


AT = "2026-11-21T09:00:00Z"
REPORTS = sorted(of_agents(World().parts.catalog), key=lambda report: report.name)
TABLES = [report for report in REPORTS if report.table is not None]
each_table = pytest.mark.parametrize("report", TABLES, ids=lambda report: report.name)


def send(doors: Doors, report: Report, accept: str, **asked: Any) -> Answer:
    headers = JSON | {"accept": accept}
    return doors.send("POST", single(report.id), least(report) | asked, headers, scopes="read pii")


def csv_of(doors: Doors, report: Report, **asked: Any) -> list[dict[str, str]]:
    answer = send(doors, report, "text/csv", **asked)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    header, *rows = lines(answer.text)
    return [dict(zip(header, row, strict=True)) for row in rows]


def leaves(row: dict[str, Any], above: str = "") -> dict[str, Any]:
    """The plain values of a row by their path."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= leaves(value, f"{above}{name}.")
        elif not isinstance(value, list):
            found[above + name] = value
    return found


@each_table
def test_a_table_has_the_rows_of_the_json_and_of_each_its_plain_values(doors: Doors, report: Report) -> None:
    output = send(doors, report, "application/json").json()
    rows = [leaves(row) for row in (output[report.table] if report.table else [output])]
    found = csv_of(doors, report)
    assert rows
    assert len(found) == len(rows)
    for row, values in zip(found, rows, strict=True):
        assert values.keys() <= row.keys()
        assert row == {name: written(values.get(name)) for name in row}


def written(value: Any) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else str(value)


@each_table
def test_a_table_of_nothing_has_the_same_headers(doors: Doors, report: Report) -> None:
    headers, _, _ = send(doors, report, "text/csv").text.partition("\r\n")
    quiet = Doors(World())
    wiring.use(quiet.world.parts)
    quiet.push({"kind": "resource", "type": "bot", "id": "b", "updatedAt": AT})
    first, _, rest = send(quiet, report, "text/csv").text.partition("\r\n")
    output = send(quiet, report, "application/json").json()
    assert first == headers
    assert len(list(csv.reader(StringIO(rest, newline="")))) == (len(output[report.table]) if report.table else 1)


def test_what_was_pushed_to_be_run_by_a_spreadsheet_is_text(doors: Doors) -> None:
    [feedback] = [report for report in TABLES if report.name == "Bot Negative Feedback Report"]
    rows = csv_of(doors, feedback)
    assert {row["reason"] for row in rows} == {f"'{first}cmd" for first in FORMULAS}
    assert {row["id"] for row in rows} == {f"'{first}r" for first in FORMULAS}
    assert {row["contactId"] for row in rows} == {"'=p"}
    assert {row["contactName"] for row in rows} == {"Zoë\r\nO'Neil, 🙂"}
    assert {row["value"] for row in rows} == {"-5"}


@pytest.mark.parametrize("report", [each for each in REPORTS if each not in TABLES], ids=lambda report: report.name)
def test_a_report_that_is_no_table_says_so_and_what_it_is(doors: Doors, report: Report) -> None:
    status, code, message = send(doors, report, "text/csv").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message == f"accept: {report.name} is no table; ask for application/json"


@each_table
@pytest.mark.parametrize("accept", ["text/csv, application/json", "application/json;q=0.5, text/csv", "*/*", ""])
def test_who_also_takes_json_gets_json(doors: Doors, report: Report, accept: str) -> None:
    assert send(doors, report, accept).json() == send(doors, report, "application/json").json()


def test_a_batch_is_json_and_so_is_a_refusal(doors: Doors) -> None:
    headers = JSON | {"accept": "text/csv"}
    asked = {report.id: least(report) for report in REPORTS}
    assert doors.send("POST", BATCH, asked, headers).json() == doors.send("POST", BATCH, asked).json()
    assert send(doors, TABLES[0], "text/csv", periodDays=0).error[0] == 400
    assert doors.send("POST", single("nope"), {}, headers).error == (404, "NOT_FOUND", "Report not found")


def test_most_reports_are_tables_and_those_of_many_tables_are_not() -> None:
    several = {"Bot Performance Report", "Bot Conversation Quality Report", "Platform Overview Report"}
    assert not several & {report.name for report in TABLES}
    assert len(TABLES) > len(REPORTS) / 2
