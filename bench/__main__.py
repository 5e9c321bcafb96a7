"""`python -m bench`: every measurement, the tables, and at the end what was expected and whether it holds."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from bench import folding, pushing
from bench.events import PER_CONVERSATION, Account
from bench.reading import Measured, measure
from bench.store import open_store
from bench.tables import show, verdict
from wallboard.model.time import DAY, HOUR

_PEOPLE = 2_000


def main() -> int:
    """Prints everything. A figure that falls short is said, not an error: only two sides that disagree are one."""
    options = _options()
    now = int(time.time() * 1000) // DAY * DAY - DAY + 15 * HOUR + 37 * 60_000  # yesterday: the same shape all day long
    started = time.perf_counter()
    print(
        f"# Measured on {datetime.now(UTC):%Y-%m-%d}, events up to {datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    )
    with open_store() as store:
        checks = pushing.measure(store, options.pushed, now=now)
        folding.measure(store, options.pushed // 2, now=now)
        times = 5 if options.quick else 9
        volumes = options.events or ([1_000, 100_000] if options.quick else [1_000, 100_000, 1_000_000])
        fixed = [measure(store, Account(volume, _PEOPLE, now), times=times) for volume in volumes]
        _print("the same 2,000 contacts at every volume", fixed)
        if not options.quick and not options.events:
            growing = [Account(volume, volume // PER_CONVERSATION // 4, now) for volume in volumes]
            _print("contacts growing with the volume", [measure(store, account, times=times) for account in growing])
    checks += _checks(fixed)
    print("\n### Expected\n")
    print("\n".join(checks))
    print(f"\n{time.perf_counter() - started:.0f} seconds in all.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller volumes, in under 40 seconds")
    parser.add_argument(
        "--events", type=int, action="append", help="read at this volume only (may be given several times)"
    )
    parser.add_argument("--pushed", type=int, help="events of the ingest measurement (40,000)")
    options = parser.parse_args()
    options.pushed = options.pushed or (10_000 if options.quick else 40_000)
    return options


def _print(which: str, found: Sequence[Measured]) -> None:
    show(
        f"(b) The eleven 30-day reports in one batch, {which}",
        (
            "events in 60 days",
            "contacts",
            "items",
            "read units",
            "calls",
            "CPU ms",
            "plain DuckDB ms",
            "ratio",
            "tuned DuckDB ms",
            "ratio",
        ),
        [
            [
                each.account.events,
                each.account.contacts,
                each.items,
                each.spent.read_units,
                each.spent.calls.total(),
                each.total * 1e3,
                each.plain * 1e3,
                f"{each.plain / each.total:.2f}",
                each.tuned * 1e3,
                f"{each.tuned / each.total:.2f}",
            ]
            for each in found
        ],
        "All sides gave the same numbers. CPU is that of this process, threads included, best of several: ours from the"
        " request to the answer with botocore and HTTP, DuckDB's on one thread from rows that lie in its memory already."
        " *Plain* DuckDB: timestamps and strings, one query per report. *Tuned*: times as integers, bots and types as"
        " enums, all counts of a table in one query. A ratio above 1 means that Wallboard takes less.",
    )
    show(
        "Where our CPU goes (ms)",
        ("events", "botocore and HTTP", "decode", "sum, build, answer", "total"),
        [[each.account.events, *(part * 1e3 for part in _parts(each)), each.total * 1e3] for each in found],
    )
    cubes = list(dict.fromkeys(cube for each in found for cube in each.sizes))
    show(
        "Mean bytes of an item (one cube, one day)",
        ("events", *cubes),
        [[each.account.events, *(round(each.sizes.get(cube, 0)) for cube in cubes)] for each in found],
    )
    show(
        "Loading it (not part of the above)",
        ("events", "seconds", "roll-up CPU s", "events/roll-up CPU s", "roll-up write units/event"),
        [
            [
                each.account.events,
                each.load,
                each.roll_up,
                each.account.events / each.roll_up,
                each.rolled.write_units / each.account.events,
            ]
            for each in found
        ],
        "Facts go through the ingest handler in bodies of 1,000 into memory, roll-ups through the roll-up handler, 1,000"
        " stream records at a time, onto the local server.",
    )


def _parts(each: Measured) -> tuple[float, float, float]:
    return each.total - each.ours, each.decode, each.ours - each.decode


def _checks(found: Sequence[Measured]) -> list[str]:
    first, last = found[0], found[-1]
    at, small = f"at {last.account.events:,} events", f"at {first.account.events:,}"
    growth = [
        verdict(f"(b) items {at} : {small}", got=last.items / first.items, most=1),
        verdict(f"(b) read units {at} : {small}", got=last.spent.read_units / first.spent.read_units, most=1),
    ]
    return [
        *(growth if len(found) > 1 else ()),
        verdict(f"(b) CPU {at}, plain DuckDB : ours", got=last.plain / last.total, least=1),
        verdict(f"(b) CPU {at}, tuned DuckDB : ours", got=last.tuned / last.total, least=1),
    ]


if __name__ == "__main__":
    sys.exit(main())
