"""CSV for spreadsheets: nothing in it is executed, and nothing is read as something else."""

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
_MANGLED = re.compile(r"0[0-9]+(?:\.[0-9]+)?|[0-9]{16,}|[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")
"""Digits of which a spreadsheet would drop the zeros in front, or all behind the fifteenth, or that it takes for a power."""


def as_table(columns: Sequence[str], items: Iterable[Mapping[str, Any]]) -> str:
    """Records as CSV: a line of headers and a line for each. Null is empty; lists and objects are JSON. Columns that only
    some items have stand behind the others."""
    items = list(items)
    header = list(dict.fromkeys([*columns, *(name for item in items for name in item)]))
    return as_csv([header, *([_cell(item.get(name)) for name in header] for item in items)])


def as_csv(lines: Iterable[Iterable[str | float | None]]) -> str:
    """Lines of cells (RFC 4180), marked as UTF-8. Texts are guarded, numbers are numbers, None is empty."""
    written = StringIO()
    csv.writer(written).writerows([guarded(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return MARK + written.getvalue()


def _cell(value: Any) -> str | float | None:
    if value is None or isinstance(value, str | float):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def guarded(text: str) -> str:
    """An apostrophe in front of what a spreadsheet would take for a formula (OWASP, CSV injection), or for a number that it
    then writes in another way: leading zeros, a leading plus, more than fifteen digits, powers of ten. Plain numbers stay as
    they are."""
    if _NUMBER.fullmatch(text):
        return text
    is_risky = text.startswith(_EXECUTED) or text.lstrip().startswith(_EXECUTED) or _MANGLED.fullmatch(text.strip())
    return f"'{text}" if is_risky else text
