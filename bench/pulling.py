"""`python -m bench.pulling`: 90 days of a busy centre are backfilled from simulated vendors, through the whole local stack.

The vendors run in a process of their own; workers, the folding of what they bring and the HTTP front run in this one, beside a
local server. For comparison, as many events of the same kinds go in by the push API.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, Self

import httpx

from bench.tables import show
from local import product
from local.simulators import SIMULATORS
from local.simulators.centre import Centre
from local.simulators.serving import Vendors
from local.stack import Stack

_KEY, _TENANT = "wb_key_of_the_bench", "bench"
_PATIENCE = 3_600.0
_BATCH = 500


class _Elsewhere(Vendors):
    """Vendors that another process serves."""

    def __init__(self, addresses: dict[str, str]) -> None:
        super().__init__()
        self.addresses = addresses

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def set_up(self, tenant: str) -> None:
        for simulator in self.simulators:
            product.set_up_source(tenant, simulator.vendor, simulator.settings, every_hours=0)


def _serve(pipe: Connection, centre: Centre) -> None:
    with Vendors(centre=centre) as vendors:
        pipe.send(vendors.addresses)
        pipe.recv()


@contextmanager
def _vendors(centre: Centre) -> Iterator[dict[str, str]]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, centre), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join(30)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pulling", description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--calls", type=int, default=100_000, help="in all these days together (%(default)s)")
    parser.add_argument("--vendor", action="append", choices=sorted(SIMULATORS), help="samespace, if none is named")
    options = parser.parse_args()
    centre = Centre(seed=1, calls_a_day=max(1, options.calls // options.days), number_of_agents=60)
    rows = []
    with _vendors(centre) as addresses, Stack(0, vendors=_Elsewhere(addresses)) as stack:
        stack.open_tenant(_TENANT, _KEY)
        with httpx.Client(base_url=stack.url, headers={"x-api-key": _KEY}, timeout=60, trust_env=False) as http:
            for vendor in options.vendor or ("samespace",):
                tenth = max(1, options.days // 10)
                rows.append(_pull(http, stack, vendor, tenth, f"{vendor}, the last {tenth} days"))
                rows.append(_pull(http, stack, vendor, options.days, f"{vendor}, {options.days} days"))
                rows.append(_pull(http, stack, vendor, options.days, f"{vendor}, the same again"))
            rows.append(_push(http, stack, int(rows[-2][2])))
    show(
        f"Backfill of {options.days} days with {options.calls:,} calls",
        ("", "rows", "facts written", "seconds", "rows/s", "facts/s", "peak memory MB"),
        rows,
        "The peak is that of the process with workers, roll-up and HTTP front, since its start.",
    )
    return 0


def _pull(http: httpx.Client, stack: Stack, vendor: str, days: int, name: str) -> list[Any]:
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    before = _counts(http, vendor)
    began = time.perf_counter()
    asked = {"from": f"{end - timedelta(days=days):%Y-%m-%d}", "to": f"{end:%Y-%m-%d}"}
    http.post(f"/api/v1/source/{vendor}/sync", json=asked).raise_for_status()
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        jobs = [job for stream in _source(http, vendor)["streams"] for job in stream["jobs"]]
        if failed := [failure for job in jobs for failure in job["failed"]]:
            sys.exit(f"{vendor} failed: {json.dumps(failed[0])}")
        if all(job["done"] == job["windows"] for job in jobs):
            break
        time.sleep(0.25)
    stack.drain(_PATIENCE)
    seconds = time.perf_counter() - began
    read, written = (after - first for after, first in zip(_counts(http, vendor), before, strict=True))
    return [name, read, written, round(seconds, 1), round(read / seconds), round(written / seconds), _peak()]


def _source(http: httpx.Client, vendor: str) -> dict[str, Any]:
    items = http.get("/api/v1/source/list").raise_for_status().json()["items"]
    return next(item for item in items if item["name"] == vendor)


def _counts(http: httpx.Client, vendor: str) -> tuple[int, int]:
    counts = [stream["counts"] for stream in _source(http, vendor)["streams"]]
    return sum(each["rows"] for each in counts), sum(each["written"] for each in counts)


def _push(http: httpx.Client, stack: Stack, events: int) -> list[Any]:
    """As many interactions and legs by the push API, in the order of time, as connectors of one's own would send them."""
    start = int((datetime.now(UTC) - timedelta(days=60)).timestamp() * 1000)
    began = time.perf_counter()
    for first in range(0, events, _BATCH):
        batch = [_event(number, start + number * 20_000) for number in range(first, min(first + _BATCH, events))]
        http.post("/api/v1/event/ingest", json={"events": batch}).raise_for_status()
    stack.drain(_PATIENCE)
    seconds = time.perf_counter() - began
    return [
        "pushed by HTTP, 500 a body",
        events,
        events,
        round(seconds, 1),
        round(events / seconds),
        round(events / seconds),
        _peak(),
    ]


def _event(number: int, at: int) -> dict[str, Any]:
    shared = {"agentId": f"a-{number % 60}", "queueId": "q-1", "durations": {"talk": 240, "hold": 12, "wrap": 30}}
    if number % 2:
        ids = {
            "kind": "leg",
            "id": f"l-{number}",
            "interactionId": f"i-{number - 1}",
            "interactionStartedAt": at - 20_000,
        }
        return {**ids, **shared, "row": {"number": number, "note": "as the vendor has it"}}
    ids = {"kind": "interaction", "id": f"i-{number}", "startedAt": at, "endedAt": at + 252_000}
    return {**ids, "channel": "voice", "direction": "inbound", **shared}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
