"""Segments as bytes: rows column by column as JSON, compressed. The digest of what is written names the segment."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import Any

from pydantic_core import from_json, to_json

from wallboard.errors import CorruptData
from wallboard.model.facts import Column, Rows

LARGEST = 300_000
"""Compressed bytes of one segment; an item may have 400 KB in all."""

Raw = Sequence[Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Encoded:
    """`data` holds the known columns, `raw` the unknown fields (empty without any), both compressed."""

    digest: str
    count: int
    data: bytes
    raw: bytes


def encode(rows: Rows, raw: Raw) -> Iterator[Encoded]:
    """One or more segments that hold all rows: halves, and halves of these, until each is small enough."""
    columns = {name: _written(name, column) for name, column in rows.columns.items()}
    content = to_json({"count": rows.count, "columns": columns})
    unknown = to_json(raw) if any(raw) else b""
    data, rest = zlib.compress(content, 6), zlib.compress(unknown, 6) if unknown else b""
    if len(data) + len(rest) <= LARGEST or rows.count == 1:
        digest = blake2b(content, digest_size=16)
        digest.update(unknown)
        yield Encoded(digest.hexdigest(), rows.count, data, rest)
        return
    half = rows.count // 2
    for part in (range(half), range(half, rows.count)):
        yield from encode(rows.pick(part), [raw[place] for place in part] if raw else ())


def decode(data: bytes) -> Rows:
    """The rows again. Raises CorruptData when the bytes are not those of a segment."""
    try:
        content = from_json(zlib.decompress(data))
        count = content["count"]
        return Rows(count, {name: _read(name, written, count) for name, written in content["columns"].items()})
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise CorruptData(f"a segment cannot be read: {error!r}") from error


class LazyRaw(Sequence[Mapping[str, Any] | None]):
    """Unknown fields, decoded when somebody looks at them: folding never does, unless rows compete."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._rows: list[Any] | None = None

    def _decoded(self) -> list[Any]:
        if self._rows is None:
            try:
                self._rows = from_json(zlib.decompress(self._data))
            except (zlib.error, ValueError) as error:
                raise CorruptData(f"the unknown fields of a segment cannot be read: {error!r}") from error
        return self._rows

    def __getitem__(self, place: Any) -> Any:
        return self._decoded()[place]

    def __len__(self) -> int:
        return len(self._decoded())


def _written(name: str, column: Column) -> Any:
    """Times as differences, because these are small; a column of one value as that value in an object."""
    if name == "at":
        return [now - before for now, before in zip(column, (0, *column), strict=False)]
    first = column[0]
    if all(value == first for value in column) and not isinstance(first, dict | list):
        return {"each": first}
    return column


def _read(name: str, written: Any, count: int) -> Column:
    if isinstance(written, dict):
        return [written["each"]] * count
    return list(accumulate(written)) if name == "at" else written
