"""(b) The eleven 30-day reports at several volumes, from roll-ups on the local server, beside DuckDB on the raw rows."""

import gc
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import wallboard.reports
from bench.duck import Answer, Duck, best_cpu
from bench.events import BOTS, Account
from bench.meter import Call, Meter, Spent
from bench.store import GENERATE, INGEST, MemoryFacts, Store, wired
from wallboard.measures.cubes import CUBES
from wallboard.runtime.wiring import Parts
from wallboard.services.catalog import Catalog
from wallboard.services.ports import Rollups

PERIOD = 30
_BODY = 1_000
_RECORDS = 1_000  # what template.yaml hands to one roll-up
_NAMES = {
    "total_conversations": "conversations",
    "total_messages": "messages",
    "user_messages": "user",
    "bot_messages": "bot",
    "activity_messages": "activity",
    "total_ratings": "ratings",
    "thumbs_up": "up",
    "thumbs_down": "down",
    "active_contacts": "active",
    "total_contacts": "contacts",
    "bot_stats": "bot_stats",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One volume. CPU in seconds; `sizes` is the mean packed bytes of an item by cube."""

    account: Account
    load: float
    roll_up: float
    rolled: Spent
    spent: Spent
    sizes: Mapping[str, float]
    total: float
    ours: float
    decode: float
    plain: float
    tuned: float

    @property
    def items(self) -> int:
        return self.spent.items.total()


class Differs(Exception):
    """The two sides do not answer the same, so there is nothing to compare."""


def measure(store: Store, account: Account, *, times: int) -> Measured:
    """Loads the account, asks both sides the same, and raises Differs unless they answer the same."""
    tenant = f"account-{account.events}-{account.contacts}"
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "events.jsonl"
        with lines.open("w") as file:
            file.writelines(f"{line}\n" for line in account.lines())
        load, roll_up, rolled = _load(store, account, tenant, lines)
        plain, tuned = (Duck(lines, now=account.now, days=PERIOD, tuned=tuned) for tuned in (False, True))
    try:
        asked = {report.id: asked_of(report) for report in measured_reports()}
        meter = Meter(store.client)
        gc.collect()
        with wired(store.parts(meter, now=account.now)):
            answers = json.loads(store.door(GENERATE, tenant)(json.dumps(asked).encode()))
        for duck in (plain, tuned):
            _compare(answers, duck.answers(BOTS[0]))
        total, ours, decode = _split(store, account, tenant, asked, meter.calls, times)
        return Measured(
            account=account,
            load=load,
            roll_up=roll_up,
            rolled=rolled,
            spent=meter.spent(),
            sizes=dict(_sizes(meter.calls)),
            total=total,
            ours=ours,
            decode=decode,
            plain=best_cpu(lambda: plain.answers(BOTS[0]), times=times),
            tuned=best_cpu(lambda: tuned.answers(BOTS[0]), times=times),
        )
    finally:
        plain.close()
        tuned.close()


def measured_reports() -> list[Any]:
    return [report for report in Catalog(wallboard.reports) if _module(report) in _NAMES]


def _module(report: Any) -> str:
    return str(report.name).removesuffix(" Report").lower().replace(" ", "_")


def asked_of(report: Any) -> dict[str, Any]:
    """What is asked: the period, where there is one, and the bot, where the report must be told one."""
    required = report.input.model_json_schema().get("required", ())
    asked = {"periodDays": PERIOD} if "period_days" in report.input.model_fields else {}
    return asked | ({"botId": BOTS[0]} if "botId" in required else {})


def _load(store: Store, account: Account, tenant: str, lines: Path) -> tuple[float, float, Spent]:
    """Facts go through the ingest handler into memory; their roll-ups through the roll-up handler onto the real server.
    Returns the seconds of both, the CPU seconds of the roll-ups, and what these cost."""
    started = time.perf_counter()
    facts, meter = MemoryFacts(), Meter(store.client)
    with wired(store.parts(meter, now=account.now, facts=facts)):
        push = store.door(INGEST, tenant, content_type="application/jsonl")
        with lines.open("rb") as file:
            while body := b"".join(islice(file, _BODY)):
                answer = json.loads(push(body))
                assert not answer["rejected"], answer["rejected"][:3]
        cpu = time.process_time()
        for start in range(0, len(facts.records), _RECORDS):
            store.follow(facts.records[start : start + _RECORDS])
        cpu = time.process_time() - cpu
    return time.perf_counter() - started, cpu, meter.spent()


def _compare(answers: Mapping[str, Answer], theirs: Mapping[str, Answer]) -> None:
    reports = {report.id: _NAMES[_module(report)] for report in measured_reports()}
    assert sorted(reports.values()) == sorted(_NAMES.values()), f"reports are missing: {sorted(reports.values())}"
    for name, ours in answers.items():
        what = reports[name]
        expected = theirs["stats" if what == "bot_stats" else what]
        differing = {key: (ours.get(key), theirs) for key, theirs in expected.items() if ours.get(key) != theirs}
        if differing:
            raise Differs(f"{what}, as Wallboard and as DuckDB has it: {differing}")


class _Replay:
    """A client that answers from memory what the server answered before: what is left is our own work."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._answers = {(call.operation, repr(call.request)): call.answer for call in calls}

    def query(self, **request: Any) -> Any:
        return self._answers["query", repr(request)]

    def batch_get_item(self, **request: Any) -> Any:
        return self._answers["batch_get_item", repr(request)]


@dataclass(slots=True)
class _Listening:
    """Passes reads on, and remembers what was wanted."""

    rollups: Rollups
    wanted: Mapping[str, Sequence[str] | None] = field(default_factory=dict)

    def read(self, tenant: str, wanted: Mapping[str, Sequence[str] | None]) -> Any:
        self.wanted = wanted
        return self.rollups.read(tenant, wanted)


def _split(
    store: Store, account: Account, tenant: str, asked: Mapping[str, Any], calls: Sequence[Call], times: int
) -> tuple[float, float, float]:
    """CPU seconds of the whole batch, of the same without botocore and HTTP, and of decoding blocks alone."""
    body = json.dumps(asked).encode()

    def batch(parts: Parts) -> float:
        with wired(parts):
            ask = store.door(GENERATE, tenant)
            return best_cpu(lambda: ask(body), times=times)

    total = batch(store.parts(store.client, now=account.now))
    replayed = store.parts(_Replay(calls), now=account.now)
    listening: Any = _Listening(replayed.rollups)
    with wired(replace(replayed, rollups=listening)):
        store.door(GENERATE, tenant)(body)
    decode = best_cpu(lambda: replayed.rollups.read(tenant, listening.wanted), times=times)
    return total, batch(replayed), decode


def _sizes(calls: Iterable[Call]) -> Iterator[tuple[str, float]]:
    """Of each cube the mean bytes of what its items hold."""
    found: dict[str, list[int]] = {}
    for call in calls:
        for item in call.answer.get("Items", ()):
            cube = item["pk"]["S"].split("#")[1]
            if "b" in item and cube in CUBES:
                found.setdefault(cube, []).append(len(item["b"]["B"]))
    for cube, sizes in sorted(found.items()):
        yield cube, sum(sizes) / len(sizes)
