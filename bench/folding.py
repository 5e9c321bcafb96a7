"""Roll-ups of the same burst: followed batch by batch on the local server, and the steps of a fold by themselves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bench.duck import best_cpu
from bench.events import DAYS, Account, bodies, burst
from bench.meter import Call, Meter, Spent
from bench.pushing import BODY
from bench.store import INGEST, MemoryFacts, Store, wired
from bench.tables import show
from wallboard.adapters.dynamodb.segments import decode, encode
from wallboard.measures.cube import Cube
from wallboard.measures.cubes import CUBES
from wallboard.measures.fold import fold, live_rows
from wallboard.model.facts import Rows
from wallboard.runtime.stream import changes

_TIMES = 3
_AN_HOUR = 10_000


@dataclass(frozen=True, slots=True)
class Followed:
    """What following a push cost, and how many rows were folded for it (a row counts each time that it is)."""

    cpu: float
    rows: int
    spent: Spent


def measure(store: Store, count: int, *, now: int) -> None:
    events = bodies(burst(count, now=now), BODY)
    rows: list[list[object]] = []
    for together in sorted({1, min(10, len(events)), len(events)}):
        found = _follow(store, events, together, now)
        rows.append(
            [
                f"every {together * BODY:,} events",
                found.rows / count,
                found.rows / found.cpu,
                count / found.cpu,
                found.spent.write_units / count,
                found.spent.read_units / count,
                found.spent.calls.total(),
            ]
        )
    show(
        f"Roll-up of {count:,} messages, pushed in bodies of {BODY}, on the local server",
        (
            "roll-up follows",
            "rows folded/event",
            "rows/CPU s",
            "events/CPU s",
            "write units/event",
            "read units/event",
            "calls",
        ),
        rows,
        "An hour that changes is read and folded whole, so an hour that is followed often is folded often. A message is two"
        " rows where its conversation began in another hour.",
    )
    _steps(store, now)


def _follow(store: Store, events: Sequence[bytes], together: int, now: int) -> Followed:
    tenant = f"follow-{together}"
    cpu, calls = 0.0, list[Call]()
    for start in range(0, len(events), together):
        puts, reads = Meter(store.client), Meter(store.client)
        with wired(store.parts(puts, now=now)):
            push = store.door(INGEST, tenant)
            for body in events[start : start + together]:
                push(body)
        records = [_record(call.request["Item"]) for call in puts.calls if call.operation == "put_item"]
        with wired(store.parts(reads, now=now)):
            before = time.process_time()
            store.follow(records)
            cpu += time.process_time() - before
        calls += reads.calls
    total = Meter(None)
    total.calls = calls
    facts = store.tables["FactsTable"]
    read = [call.answer["Items"] for call in calls if call.operation == "query" and call.request["TableName"] == facts]
    return Followed(cpu, sum(int(item["n"]["N"]) for items in read for item in items), total.spent())


def _record(item: dict[str, Any]) -> dict[str, Any]:
    return {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": item["pk"], "sk": item["sk"]}}}


def _steps(store: Store, now: int) -> None:
    """The steps of a roll-up for an hour of all kinds, without the store."""
    facts = MemoryFacts()
    account = Account(events=24 * DAYS * _AN_HOUR, contacts=2_000, now=now)
    events = (f"{line}\n" for line in account.lines())
    parts = store.parts(store.client, now=now, facts=facts)
    with wired(parts):
        push = store.door(INGEST, "steps", content_type="application/jsonl")
        for _ in range(2 * _AN_HOUR // BODY):
            push("".join(islice(events, BODY)).encode())
        read = parts.facts.read({bucket for change in changes(facts.records).values() for bucket in change.buckets})
    busiest = max(read, key=lambda bucket: sum(each.rows.count for each in read[bucket])).hour
    segments = {bucket.kind: found for bucket, found in read.items() if bucket.hour == busiest}
    packed = [each.data for found in segments.values() for segment in found for each in encode(segment.rows, ())]

    def live() -> dict[str, Rows]:
        return {kind: live_rows(found) for kind, found in segments.items()}

    def decoded() -> list[Rows]:
        return [decode(data) for data in packed]

    def folded(*cubes: Cube) -> Callable[[], object]:
        return lambda: [fold(cube, rows) for cube in cubes]

    rows = live()
    total = sum(found.count for found in rows.values())
    of = {name: sum(rows[kind].count for kind in cube.kinds if kind in rows) for name, cube in CUBES.items()}
    used = [CUBES[name] for name, count in of.items() if count]
    steps: list[tuple[str, int, Callable[[], object]]] = [
        ("decode the segments", total, decoded),
        ("drop what is superseded (live_rows)", total, live),
        *((f"fold: {cube.name}", of[cube.name], folded(cube)) for cube in used),
        ("all of these", total, lambda: (decoded(), live(), folded(*used)())),
    ]
    show(
        f"The steps of a fold: an hour of all kinds in {len(packed)} segments",
        ("step", "rows", "rows/CPU s"),
        [[what, count, count / best_cpu(work, times=_TIMES)] for what, count, work in steps],
    )
