"""Answers of vendors, read: JSON, and CSV as it is met in the wild. What cannot be what was asked for is Garbled."""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

from wallboard.errors import Garbled
from wallboard.sources._source import Reply

_HALF = re.compile(
    rb"(?<!\\)\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})(?<!\\)\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""One half of a character beyond 16 bits, without the other: what is left where a vendor cuts texts."""

_NO_KEY = re.compile(r"[^a-z0-9]")


def json_of(reply: Reply) -> Any:
    """The body as JSON, with or without a mark at its beginning. Raises Garbled for anything else, such as a page of HTML
    or half an answer."""
    body = reply.body.removeprefix(BOM_UTF8)
    try:
        return from_json(_HALF.sub(rb"\\ufffd", body) if rb"\u" in body else body)
    except ValueError as error:
        raise Garbled(f"the answer is not JSON but {_looks_like(reply)}") from error


def squashed(header: str) -> str:
    """A column's name as it is matched: small letters and digits only. `Hold Time Total (sec)` → `holdtimetotalsec`."""
    return _NO_KEY.sub("", header.lower())


def table_of(reply: Reply, *, needs: Sequence[str], delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV answer by the names of its columns, as the vendor writes them; [] for an empty answer.

    Takes UTF-8 with or without a mark at its beginning, whatever the charset says; blank lines; line breaks in quotes.
    Raises Garbled when a column in `needs` (squashed) is missing, or a row has fewer or more cells than the header.
    """
    try:
        body = reply.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Garbled("the answer is not UTF-8") from error
    try:
        lines = [line for line in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True) if line]
    except csv.Error as error:
        raise Garbled(f"the answer is not CSV, or is cut off: {error}") from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        return []
    header = [name.strip() for name in lines[0]]
    missing = set(needs) - {squashed(name) for name in header}
    if missing:
        raise Garbled(f"the answer has no column {min(missing)}, but begins like {_looks_like(reply)}")
    if any(len(line) != len(header) for line in lines[1:]):
        raise Garbled("a line of the answer has another number of cells than the header: it is cut off, or no CSV")
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def by_key(row: dict[str, str]) -> dict[str, str]:
    """The same row by the squashed names of its columns."""
    return {squashed(name): value for name, value in row.items()}


def _looks_like(reply: Reply) -> str:
    """What an answer is, without a word of what it says: that may be anything."""
    start = reply.body.lstrip()[:15].lower()
    if not start:
        return "an empty answer"
    if start.startswith((b"<!doctype", b"<html", b"<")):
        return "a page of HTML or XML"
    if start.startswith((b"{", b"[")):
        return "JSON that is cut off" if reply.body.rstrip()[-1:] not in (b"}", b"]") else "JSON"
    return f"something else of the type {reply.headers.get('content-type', 'unknown')[:60]}"
