"""Kinds of facts, and the rows of one kind and hour laid out column by column."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Column = Sequence[Any]

COMMON = ("id", "source", "at", "version", "deleted")
"""Columns of every row: its id (unique per tenant, kind and source), the source's name, the anchor (an instant), the
source's own update time (an instant, or None where the time of receipt decides), and whether the row removes itself."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact. `labels` says which columns name things: type of thing → (its id column, its name columns by rank)."""

    name: str
    labels: Mapping[str, tuple[str, tuple[str, ...]]]


def _named(*things: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {thing: (thing, (f"{thing}_name",)) for thing in things}


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("conversation", _named("bot", "contact")),
        Kind("message", _named("bot", "contact")),
        Kind("turn", {}),
        Kind("usage", _named("bot", "contact")),
        Kind("action", _named("bot", "contact")),
        Kind("rating", _named("bot", "contact", "agent")),
        Kind("contact", {"contact": ("id", ("name", "email", "nick"))}),
        Kind("interaction", _named("queue", "team", "agent", "contact")),
        Kind("leg", _named("queue", "team", "agent")),
        Kind("interaction_detail", {}),
        Kind("session", _named("agent")),
        Kind("status", _named("agent")),
        Kind("agent_interval", _named("agent", "queue")),
        Kind("queue_interval", _named("queue")),
        Kind("survey", _named("agent", "team")),
        Kind("change", _named("agent")),
        Kind("unreadable", {}),
    )
}


NAMED = ("bot", "agent", "queue", "team")
"""Types of resources that give a name to what facts mention by its id."""

_OF_ONE_SOURCE = ("agent", "queue", "team", "status", "disposition")


def local_id(type_: str, source: str, name: str) -> str:
    """The id under which State keeps a thing: agents, queues and teams of two sources may have the same ids."""
    return f"{source}:{name}" if type_ in _OF_ONE_SOURCE else name


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind: equally long columns by name. A column that no row fills is absent."""

    count: int
    columns: Mapping[str, Column]

    def column(self, name: str) -> Column:
        """The values of a column, one per row; all None where the column is absent."""
        return self.columns.get(name) or (None,) * self.count

    def pick(self, places: Sequence[int]) -> "Rows":
        """The rows at these places, in this order."""
        return Rows(len(places), {name: [column[at] for at in places] for name, column in self.columns.items()})

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows one by one; a column that no row fills is None."""
        for values in zip(*self.columns.values(), strict=True):
            yield defaultdict(lambda: None, zip(self.columns, values, strict=True))

    @classmethod
    def of(cls, records: Sequence[Mapping[str, Any]]) -> "Rows":
        """Rows of plain records; None and missing are the same."""
        names = dict.fromkeys(name for record in records for name, value in record.items() if value is not None)
        return cls(len(records), {name: [record.get(name) for record in records] for name in names})

    @classmethod
    def concat(cls, parts: Iterable["Rows"]) -> "Rows":
        """All rows of all parts, one after the other."""
        parts = list(parts)
        if len(parts) == 1:
            return parts[0]
        names = dict.fromkeys(name for part in parts for name in part.columns)
        joined: dict[str, Column] = {}
        for name in names:
            column: list[Any] = []
            for part in parts:
                column.extend(part.column(name))
            joined[name] = column
        return cls(sum(part.count for part in parts), joined)


@dataclass(frozen=True, slots=True)
class Segment:
    """One stored group of rows of one kind and hour. `digest` is that of its content and its key; `received` is the
    instant it was first accepted. A merged segment has a `received` column instead, as its rows came at several times.
    `raw` holds the fields that Wallboard does not know by name, one mapping or None per row."""

    digest: str
    received: int
    rows: Rows
    raw: Sequence[Mapping[str, Any] | None] = ()

    def receipts(self) -> Column:
        """The instant at which each row was first accepted."""
        return self.rows.columns.get("received") or (self.received,) * self.rows.count


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """The place of facts: one tenant, kind and UTC hour (`2026-11-21T09`)."""

    tenant: str
    kind: str
    hour: str

    @property
    def day(self) -> str:
        return self.hour[:10]
