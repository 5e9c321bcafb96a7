"""Records as CSV for spreadsheets: nothing in it is executed, and nothing is read as something else."""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

MARK = "\ufeff"
"""At the beginning, it tells a spreadsheet that accents are UTF-8."""

_EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
_MANGLED = re.compile(r"0[0-9]+|[0-9]{16,}|[0-9]+(?:\.[0-9]+)?[eE][0-9]+")
"""Digits of which a spreadsheet would drop the zeros in front, or all behind the fifteenth, or that it takes for a power."""


def as_table(columns: Sequence[str], items: Iterable[Mapping[str, Any]]) -> str:
    """A line of headers and a line for each item (RFC 4180), marked as UTF-8. Null is empty; lists and objects are JSON.
    Columns that only some items have stand behind the others."""
    items = list(items)
    header = list(dict.fromkeys([*columns, *(name for item in items for name in item)]))
    written = StringIO()
    table = csv.writer(written)
    table.writerow(map(guarded, header))
    table.writerows([guarded(_text(item.get(name))) for name in header] for item in items)
    return MARK + written.getvalue()


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def guarded(text: str) -> str:
    """An apostrophe in front of what a spreadsheet would take for a formula (OWASP, CSV injection), or for a number that it
    then writes in another way: leading zeros, a leading plus, more than fifteen digits. Plain numbers stay as they are."""
    if _NUMBER.fullmatch(text):
        return text
    is_risky = text.startswith(_EXECUTED) or text.lstrip().startswith(_EXECUTED) or _MANGLED.fullmatch(text.strip())
    return f"'{text}" if is_risky else text
