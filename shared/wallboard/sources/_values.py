"""The cells of vendors' rows as values: times, numbers, durations, flags, telephone numbers. An empty cell is None.

Each function takes the row and the name of a cell, so that what it cannot read is named in the Malformed that it raises.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from math import isfinite
from typing import Any

from wallboard.errors import Malformed
from wallboard.model.time import instant_of
from wallboard.sources._source import Row

_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")
_NO_NUMBER = re.compile(r"[,%\s]")
_EMPTY = (None, "")


def text(row: Row, name: str) -> str | None:
    """The cell without blanks around it; numbers as they are written."""
    value = row.get(name)
    if isinstance(value, bool | dict | list):
        raise Malformed(name, "is not a text", value)
    return (str(value).strip() or None) if value is not None else None


def required(row: Row, name: str) -> str:
    """The cell as text. Raises Malformed when it is empty."""
    if (found := text(row, name)) is None:
        raise Malformed(name, "is empty")
    return found


def instant(row: Row, name: str, *, zone: tzinfo | None = None, formats: Sequence[str] = ()) -> int | None:
    """Epoch milliseconds of a time: ISO 8601, epoch milliseconds as a number, or one of `formats` (as strptime has them).

    A time without an offset is one of `zone`; where clocks are put back, the earlier of the two. Without a zone it is
    Malformed.
    """
    value = row.get(name)
    if type(value) is int:
        return value
    written = text(row, name)
    if written is None:
        return None
    moment = _moment(written, formats)
    if moment is None:
        raise Malformed(name, "is not a time", value)
    if moment.tzinfo is None:
        if zone is None:
            raise Malformed(name, "is a time without an offset from UTC", value)
        moment = moment.replace(tzinfo=zone)
    try:
        return instant_of(moment.astimezone(UTC))
    except OverflowError as error:  # `0001-01-01T00:00:00`, with which some vendors say never
        raise Malformed(name, "is not a time", value) from error


def _moment(written: str, formats: Sequence[str]) -> datetime | None:
    for pattern in formats:
        try:
            return datetime.strptime(written, pattern)  # noqa: DTZ007  # the caller knows the zone
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", written) if "T" in written else written)
    except ValueError:
        return None


def started(row: Row, name: str, *, zone: tzinfo | None = None, formats: Sequence[str] = ()) -> int:
    """A time that every row must have."""
    found = instant(row, name, zone=zone, formats=formats)
    if found is None:
        raise Malformed(name, "is empty")
    return found


def number(row: Row, name: str) -> float | int | None:
    """A number, also one written `1,043.20`, `.22` or `18.57%`."""
    value = row.get(name)
    if value in _EMPTY:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        if isinstance(value, float) and not isfinite(value):
            raise Malformed(name, "is not a number", value)
        return value
    written = _NO_NUMBER.sub("", str(value))
    if not written:
        return None
    try:
        found = float(written)
    except ValueError as error:
        raise Malformed(name, "is not a number", value) from error
    if not isfinite(found):
        raise Malformed(name, "is not a number", value)
    return int(found) if found.is_integer() else found


def count(row: Row, name: str) -> int | None:
    """A whole number of at least 0."""
    found = number(row, name)
    if found is None:
        return None
    if found < 0 or found != int(found):
        raise Malformed(name, "is not a count", row.get(name))
    return int(found)


def seconds(row: Row, name: str, *, per: int = 1) -> float | int | None:
    """A duration in seconds, of a number in units of which `per` make a second (1000: milliseconds), or of `HH:MM:SS`."""
    written = row.get(name)
    if isinstance(written, str) and ":" in written:
        parts = written.strip().split(":")
        if len(parts) != 3 or not all(part.isdecimal() for part in parts):
            raise Malformed(name, "is not a duration of the form HH:MM:SS", written)
        hours, minutes, rest = map(int, parts)
        return hours * 3600 + minutes * 60 + rest
    found = number(row, name)
    if found is None:
        return None
    if found < 0:
        raise Malformed(name, "is a duration below 0", written)
    return found if per == 1 else found / per


_FLAGS = {"true": True, "yes": True, "1": True, "y": True, "false": False, "no": False, "0": False, "n": False}


def flag(row: Row, name: str) -> bool | None:
    """True or False, in whatever way the vendor writes it."""
    value = row.get(name)
    if isinstance(value, bool):
        return value
    written = text(row, name)
    if written is None:
        return None
    if written.lower() not in _FLAGS:
        raise Malformed(name, "is neither true nor false", value)
    return _FLAGS[written.lower()]


def telephone(value: Any, *, country: str | None = None) -> str | None:
    """A number as `tel:+12025550101`; ten digits are one of `country` (its calling code). None for what is no number that
    could be called from abroad: an extension, a name, a number that was withheld."""
    written = str(value or "").strip()
    written = "+" + written[2:] if written.startswith("00") else written
    digits = "".join(each for each in written if each.isdigit())
    if any(each.isalpha() for each in written) or not 10 <= len(digits) <= 15:
        return None
    if len(digits) == 10 and not written.startswith("+"):
        return f"tel:+{country}{digits}" if country else None
    return f"tel:+{digits}"


def known(**values: Any) -> dict[str, Any]:
    """The values that are known: those that are not None."""
    return {name: value for name, value in values.items() if value is not None}
