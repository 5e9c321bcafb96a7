"""(a) Events pushed through the ingest handler, beside the same events written one item each."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from bench.events import bodies, burst
from bench.meter import Meter, Spent
from bench.store import INGEST, Store, wired
from bench.tables import show, verdict
from wallboard.adapters.aws import CONNECTIONS

BODY = 500
_BATCH = 25
_PAUSE = 0.02
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Pushed:
    """One side: wall and CPU seconds, and what it cost."""

    seconds: float
    cpu: float
    spent: Spent


def measure(store: Store, count: int, *, now: int) -> list[str]:
    """Prints the table; returns what was expected and whether it holds."""
    events = burst(count, now=now)
    chunks = [events[start : start + BODY] for start in range(0, count, BODY)]
    sent = bodies(events, BODY)
    _segments(store, sent[:4], now, "warm")
    _items(store, chunks[:4], "warm")
    rounds = [
        (_segments(store, sent, now, name), _items(store, chunks, name), _segments(store, sent, now, name))
        for name in (f"burst-{number}" for number in range(_ROUNDS))
    ]
    segments, items, again = (min(side, key=attrgetter("seconds")) for side in zip(*rounds, strict=True))
    size = sum(map(len, sent)) / count
    rows: list[list[object]] = [
        _row("segments, through the ingest handler", segments, count),
        _row("one item per event, batch_write_item", items, count),
        [
            "ratio",
            f"× {items.seconds / segments.seconds:.1f}",
            f"× {items.cpu / segments.cpu:.1f}",
            "",
            f"1/{items.spent.write_units / segments.spent.write_units:.1f}",
        ],
        _row("the same bodies a second time, handler", again, count),
    ]
    show(
        f"(a) Ingest: {count:,} message events of {size:.0f} bytes, bodies of {BODY}",
        ("", "events/s", "CPU µs/event", "store calls", "write units/event"),
        rows,
        "The handler reads, validates and groups each JSON body and puts its segments; the other side is given the events"
        f" already parsed and builds attribute dicts by hand, {_BATCH} to a call. Both take one body after the other and"
        f" have up to {CONNECTIONS} calls at once within it, on tables of the same declaration;"
        f" the fastest of {_ROUNDS} rounds, in turns, of each."
        " A repeated segment is refused by its condition: nothing is stored, but DynamoDB charges the refusal as a write.",
    )
    return [
        verdict("(a) events/s, segments : items", got=items.seconds / segments.seconds, least=10),
        verdict("(a) write units, segments : items", got=_units(segments) / _units(items), most=1 / 20),
    ]


def _row(name: str, side: Pushed, count: int) -> list[object]:
    calls = side.spent.calls.total()
    return [name, count / side.seconds, side.cpu / count * 1e6, calls, f"{_units(side) / count:.4f}"]


def _units(side: Pushed) -> int:
    return side.spent.write_units


def _segments(store: Store, sent: Sequence[bytes], now: int, tenant: str) -> Pushed:
    meter = Meter(store.client)
    with wired(store.parts(meter, now=now)):
        push = store.door(INGEST, tenant)
        return _timed(meter, lambda: [push(body) for body in sent])


def _timed(meter: Meter, work: Callable[[], object]) -> Pushed:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Pushed(time.perf_counter() - wall, time.process_time() - cpu, meter.spent())


def _items(store: Store, chunks: Sequence[Sequence[dict[str, Any]]], tenant: str) -> Pushed:
    meter = Meter(store.client)

    def write(requests: list[dict[str, Any]]) -> None:
        while requests:
            answer = meter.batch_write_item(RequestItems={store.plain: requests})
            requests = answer.get("UnprocessedItems", {}).get(store.plain, [])
            if requests:
                time.sleep(_PAUSE)

    with ThreadPoolExecutor(CONNECTIONS) as pool:

        def push() -> None:
            for chunk in chunks:
                puts = [{"PutRequest": {"Item": _item(event, tenant)}} for event in chunk]
                list(pool.map(write, [puts[start : start + _BATCH] for start in range(0, len(puts), _BATCH)]))

        return _timed(meter, push)


def _item(event: dict[str, Any], tenant: str) -> dict[str, dict[str, str]]:
    at = event["createdAt"]
    return {
        "pk": {"S": f"{tenant}#message#{at[:13]}"},
        "sk": {"S": f"{at}#{event['id']}"},
        "type": {"S": event["type"]},
        "conversation": {"S": event["conversationId"]},
        "conversation_started_at": {"S": event["conversationStartedAt"]},
        "bot": {"S": event["botId"]},
        "contact": {"S": event["contactId"]},
    }
