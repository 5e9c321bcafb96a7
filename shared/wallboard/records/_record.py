"""What a record report declares: of which stream its rows are, where they lie, and their columns in the vendor's order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
Fields: TypeAlias = Mapping[str, Any]
"""The columns of a fact, by the names under which it is stored."""

Part: TypeAlias = tuple[str, Row]
"""One line of a report: what tells it from the others of the same row, and what it says."""


def whole(row: Row) -> Sequence[Part]:
    """The row itself."""
    return [("", row)]


def inside(name: str) -> Callable[[Row], Sequence[Part]]:
    """The objects of a list that the row holds. They are told apart by their ids, or where they have none by their place, and
    come in that order."""

    def parts(row: Row) -> Sequence[Part]:
        found: dict[str, Row] = {}
        for one in row.get(name) or ():
            if isinstance(one, Mapping):
                place = str(one.get("id", "")).zfill(20)
                found[f"{place}.{sum(known.startswith(f'{place}.') for known in found):06}"] = one
        return sorted(found.items())

    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record report. Its rows are those of `streams`, and lie with facts of `kinds`, or with resources of these types: then
    it is about what is now, and takes no time. `parts` makes lines of a row. `ours` are columns that the vendor does not
    deliver, behind its own: name → what it is, from the fact and the whole row. `columns` lists also what is not kept, such
    as links that open without a key: these are null."""

    name: str
    title: str
    streams: Sequence[str]
    columns: Sequence[str]
    kinds: Sequence[str] = ()
    resources: Sequence[str] = ()
    parts: Callable[[Row], Sequence[Part]] = whole
    ours: Mapping[str, Callable[[Fields, Row], Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Records:
    """The record reports of a vendor."""

    vendor: str
    records: Sequence[Record]


def names(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(name.strip() for name in text.replace("\n", " ").split(",") if name.strip())
