"""Answers of vendors: what can be read is read whole, and what cannot be what was asked for is Garbled, without its words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.errors import Garbled
from wallboard.sources._read import by_key, json_of, squashed, table_of
from wallboard.sources._source import Reply

CSV = 'Call Id,Agent Name,Hold Time (sec)\r\nc-1,"Ünal, Ana",12\r\nc-2,Ben,\r\n'
ROWS = [
    {"Call Id": "c-1", "Agent Name": "Ünal, Ana", "Hold Time (sec)": "12"},
    {"Call Id": "c-2", "Agent Name": "Ben", "Hold Time (sec)": ""},
]
HTML = "<!DOCTYPE html><html><body>Secret-Ana</body></html>"


def reply(body: str | bytes, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, named, body.encode() if isinstance(body, str) else body)


# ---- tables


@pytest.mark.parametrize(
    "body",
    [
        CSV,
        "\ufeff" + CSV,
        CSV.replace("\r\n", "\n"),
        CSV.rstrip(),
        "\r\n\r\n" + CSV.replace("\r\n", "\r\n\r\n") + " \r\n,,\r\n",
        CSV.replace("Call Id,Agent Name", " Call Id , Agent Name "),
    ],
    ids=["plain", "mark", "line feeds", "no last line break", "blank lines", "blanks around names"],
)
def test_a_table_is_read_by_the_names_of_its_columns(body: str) -> None:
    assert table_of(reply(body), needs=["callid", "holdtimesec"]) == ROWS


def test_a_line_break_in_quotes_is_part_of_the_cell() -> None:
    body = 'id,note\r\n1,"two\r\nlines, and ""quotes"""\r\n2,one\r\n'
    assert [row["note"] for row in table_of(reply(body), needs=["id"])] == ['two\r\nlines, and "quotes"', "one"]


def test_the_charset_of_the_header_is_not_believed() -> None:
    answer = reply(CSV, content_type="text/csv; charset=iso-8859-1")
    assert table_of(answer, needs=[])[0]["Agent Name"] == "Ünal, Ana"


def test_another_delimiter_is_followed() -> None:
    assert table_of(reply("id;n\n1;1,5\n"), needs=["id"], delimiter=";") == [{"id": "1", "n": "1,5"}]


@pytest.mark.parametrize("body", ["", "\ufeff", "\r\n\r\n", " , \n"])
def test_an_empty_answer_is_a_table_without_rows(body: str) -> None:
    assert table_of(reply(body), needs=["callid"]) == []


def test_a_header_alone_is_a_table_without_rows() -> None:
    assert table_of(reply("Call Id,Agent Name\n"), needs=["callid"]) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Agent Name,Calls\nSecret-Ana,1\n", "no column callid"),
        ("Call Id,Name\n1,Secret-Ana\n2\n", "another number of cells"),
        ("Call Id,Name\n1,Secret-Ana,more\n", "another number of cells"),
        ('Call Id,Name\n1,"Secret-An', "cut off"),
        ('Call Id,Name\n1,"Secret"-Ana\n', "no"),
        (HTML, "a page of HTML or XML"),
        ("\n  <html>Secret-Ana</html>", "a page of HTML or XML"),
        ('{"error": "Secret-Ana"}', "JSON"),
        ("Secret-Ana is not here", "no column callid"),
        ("Call Id,Name\n1,Jörg Secret-Ana\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_what_cannot_be_the_table_is_garbled_and_says_nothing_of_what_it_holds(body: str | bytes, words: str) -> None:
    with pytest.raises(Garbled, match=words) as raised:
        table_of(reply(body), needs=["callid"])
    assert "Ana" not in str(raised.value)


@given(st.integers(0, len(CSV.encode()) - 1))
def test_a_table_that_is_cut_anywhere_gives_whole_rows_or_is_garbled(length: int) -> None:
    """A cut in the last cell cannot be seen: the last row may lack the end of that cell, and nothing else."""
    try:
        rows = table_of(reply(CSV.encode()[:length]), needs=["callid", "agentname", "holdtimesec"])
    except Garbled:
        return
    assert [{**row, "Hold Time (sec)": ""} for row in rows] == [
        {**row, "Hold Time (sec)": ""} for row in ROWS[: len(rows)]
    ]


def test_columns_are_matched_by_letters_and_digits_only() -> None:
    assert squashed("Hold Time Total (sec)") == squashed("HOLD_TIME-TOTAL sec") == "holdtimetotalsec"
    assert by_key(ROWS[0]) == {"callid": "c-1", "agentname": "Ünal, Ana", "holdtimesec": "12"}


# ---- JSON


def test_json_is_read_whatever_the_type_says() -> None:
    assert json_of(reply(' {"a": [1, "ü"]} ', content_type="text/html")) == {"a": [1, "ü"]}


def test_a_mark_at_the_beginning_of_json_is_passed_over() -> None:
    assert json_of(reply('\ufeff{"a": 1}')) == {"a": 1}


def test_a_character_that_the_vendor_has_cut_in_two_does_not_spoil_the_answer() -> None:
    """As whoever cuts texts to so many UTF-16 units does to an emoji."""
    assert json_of(reply('[{"id": 1, "text": "well \\ud83d"}, {"id": 2}]'))[1] == {"id": 2}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "an empty answer"),
        ("  \n", "an empty answer"),
        (HTML, "a page of HTML or XML"),
        ("<?xml version='1.0'?><Secret-Ana/>", "a page of HTML or XML"),
        ('{"name": "Secret-Ana", "calls": [', "JSON that is cut off"),
        ('[{"name": "Secret-Ana"}, {"na', "JSON that is cut off"),
        ("Secret-Ana", "something else of the type text/plain"),
        (b"\xff\xfeS\x00e\x00", "something else"),
    ],
)
def test_what_is_no_json_is_garbled_and_says_only_what_it_looks_like(body: str | bytes, words: str) -> None:
    with pytest.raises(Garbled, match=f"the answer is not JSON but {words}") as raised:
        json_of(reply(body, content_type="text/plain"))
    assert "Ana" not in str(raised.value)


def test_json_that_is_cut_anywhere_is_garbled() -> None:
    whole = json.dumps([{"id": 1, "names": ["Ana"]}, {"id": 2, "names": []}])
    for length in range(len(whole)):
        with pytest.raises(Garbled):
            json_of(reply(whole[:length]))
