"""Records as CSV: read back they are the JSON; a spreadsheet executes nothing of them, and mangles nothing."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.doors import Doors
from tests.contract.records import DAY, doors_of, listed, page
from tests.fakes.pulling import Pulling
from wallboard.runtime import wiring
from wallboard.services.write_table import MARK, as_table, guarded

CSV = {"accept": "text/csv"}
SPAN: dict[str, Any] = {"from_": "2026-11-18T08:00:00Z", "to": "2026-11-18T20:00:00Z"}


def read(text: str) -> list[list[str]]:
    """The cells of a table, as a spreadsheet takes them."""
    assert text.startswith(MARK)
    return list(csv.reader(StringIO(text.removeprefix(MARK), newline=""), strict=True))


def cell(value: Any) -> str:
    [_, [found]] = read(as_table(["x"], [{"x": value}]))
    return found


def value_of(found: str) -> str:
    """Without the apostrophe that guards it."""
    return found[1:] if found.startswith("'") and guarded(found[1:]) != found[1:] else found


# ---- cells


@pytest.mark.parametrize(
    "text",
    [
        *(
            "=1+1",
            "+49 30 901820",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1+1",
            "=cmd|' /C calc'!A0",
            "＝1",
            "-a",
            "--1",
        ),
        *(
            "007",
            "0049301234567",
            "+12025550101",
            "1234567890123456",
            "12e5",
            "5E10",
            "5E+10",
            "1.5e-3",
            "007.5",
            "+5",
            "00",
            "-007",
        ),
        "202603170827270132070000030002",
    ],
)
def test_what_would_be_executed_or_mangled_is_guarded(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "5",
        "-5",
        "0.5",
        "-0.25",
        "20.40",
        "123456789012345",
        "a=b",
        "Zoë, “ñ” 日本",
        "'quoted'",
        "2026-11-21",
        "•••",
        "x\ny",
        'a"b',
    ],
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (2.5, "2.5"),
        (1e22, "1e+22"),
        (12345678901234567, "'12345678901234567"),
        ({"a": ["é", None]}, '{"a":["é",null]}'),
        ([], "[]"),
    ],
)
def test_values_are_written_as_json_writes_them(value: Any, text: str) -> None:
    assert cell(value) == text


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    columns = [f"c{place}" for place in range(len(texts))]
    item = dict(zip(columns, texts, strict=True))
    header, row = read(as_table(columns, [item]))
    assert header == columns
    for found, text in zip(row, texts, strict=True):
        assert text in (found, found[1:])
        assert not found.lstrip().startswith(("=", "@", "+", "\t"))


def test_the_form_is_that_of_spreadsheets() -> None:
    text = as_table(["a", "=b"], [{"a": "x", "=b": 1}, {"a": None, "more": "é"}])
    assert text == "\ufeffa,'=b,more\r\nx,1,\r\n,,é\r\n"


# ---- lists


@pytest.fixture(scope="module")
def centre() -> Iterator[Pulling]:
    pulling = Pulling("samespace", "ccaip")
    for vendor in ("samespace", "ccaip"):
        pulling.pull(vendor, "2026-11-18", "2026-11-19")
    yield pulling
    wiring.use(None)


@pytest.mark.parametrize(
    "kind",
    [
        "interaction",
        "leg",
        "session",
        "status",
        "calls",
        "call_participants",
        "samespace_sessions",
        "agents",
        "team_tree",
    ],
)
def test_a_table_read_back_is_the_json(centre: Pulling, kind: str) -> None:
    doors = doors_of(centre)
    span: dict[str, Any] = {} if kind in ("agents", "team_tree") else SPAN
    items = listed(doors, kind, **span)
    answer = page(doors, kind, headers=CSV, take=1_000, **span)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = read(answer.text)
    assert items
    assert all(tuple(name for name in header if name in item) == tuple(item) for item in items)
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        for name, found in zip(header, row, strict=True):
            value = item.get(name)
            if isinstance(value, str):
                assert value_of(found) == value
            else:
                assert (json.loads(value_of(found)) if found else None) == value


def test_a_table_is_paged_by_the_cursor_in_the_header(centre: Pulling) -> None:
    doors, rows = doors_of(centre), list[list[str]]()
    cursor: str | None = None
    while cursor is not None or not rows:
        answer = page(doors, "leg", headers=CSV, take=25, cursor=cursor, **SPAN)
        header, *found = read(answer.text)
        rows += found
        cursor = answer.headers.get("x-cursor")
        assert header[:3] == ["kind", "id", "source"]
    assert len(rows) == len(listed(doors, "leg", **SPAN)) > 25


def test_a_table_without_rows_has_its_headers(doors: Doors) -> None:
    [header] = read(page(doors, "call_details", headers=CSV, from_=DAY["from"], to=DAY["to"]).text)
    assert header[:4] == ["uii", "sourceType", "sourceGroupId", "sourceGroupName"]
    [header] = read(page(doors, "survey", headers=CSV, from_=DAY["from"], to=DAY["to"]).text)
    assert header[-3:] == ["unknown", "stream", "row"]


def test_what_people_write_about_themselves_is_not_executed(doors: Doors) -> None:
    at = "2026-11-21T09:00:00Z"
    formula = '=HYPERLINK("http://x.example","Zoë")'
    doors.push({"kind": "contact", "id": "007", "createdAt": at, "name": formula, "nick": "+49", "email": "é@x.org"})
    [header, row] = read(page(doors, "contact", headers=CSV, from_=DAY["from"], to=DAY["to"]).text)
    said = dict(zip(header, row, strict=True))
    assert [said[name] for name in ("id", "name", "nick", "email")] == ["'007", f"'{formula}", "'+49", "é@x.org"]
