"""What the record reports of CCAI Platform say of ring and transfer time beside the seconds. Record reports know no source:
it is read from the row again, and a test compares it with what the source said."""

from collections.abc import Mapping, Sequence
from typing import Any

from wallboard.model.time import parse_instant
from wallboard.records._record import Fields, Row


def is_ring_derived(fact: Fields, row: Row) -> bool | None:
    """Whether `ring_time` is not connecting_at to connected_at, as of every chat, but the reported time from assignment to
    connection; None without a ring time."""
    if (fact.get("durations") or {}).get("ring") is None:
        return None
    return _between(row.get("connecting_at"), row.get("connected_at")) is None


def transfer_times(fact: Fields, row: Row) -> list[float | int | None] | None:
    """Of each transfer the seconds from its beginning until its receiver was connected, of which `transfer_time` is the sum:
    None when nobody took it. None instead of a list when there was no transfer."""
    return [_taken(one, row) for one in _objects(row, "transfers")] or None


def _taken(transfer: Row, row: Row) -> float | int | None:
    to, begun = transfer.get("to_agent"), transfer.get("created_at")
    receiver = to.get("id") if isinstance(to, Mapping) else None
    waits = [
        _between(begun, who.get("connected_at"))
        for who in _objects(row, "participants")
        if receiver is not None and who.get("type") == "agent" and str(who.get("user_id")) == str(receiver)
    ]
    took = [wait for wait in waits if wait is not None]
    return min(took) if took else _between(begun, transfer.get("connected_at"))


def _objects(row: Row, name: str) -> Sequence[Row]:
    return [one for one in row.get(name) or () if isinstance(one, Mapping)]


def _between(begin: Any, end: Any) -> float | int | None:
    """Seconds; None where one of the two is no time, or they are the wrong way round."""
    start, over = _instant(begin), _instant(end)
    if start is None or over is None or over < start:
        return None
    time = over - start
    return time / 1000 if time % 1000 else time // 1000


def _instant(value: Any) -> int | None:
    if type(value) is int:
        return value
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
