"""What every source must be, whoever wrote it: pulled again it changes nothing, and nothing that happens on the way is lost."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.simulators import SIMULATORS
from local.simulators._simulator import Answer, Request
from local.simulators.centre import Centre
from tests.fakes.faults import Fault as StoreFault
from tests.fakes.faults import FaultyClient, Killed
from tests.fakes.pulling import TENANT, Pulling
from tests.fakes.vendors import SOURCES, Vendor
from wallboard.adapters.dynamodb.facts import DynamoFacts
from wallboard.errors import TryAgain
from wallboard.model.time import DAY
from wallboard.services.pull import ATTEMPTS, Turn
from wallboard.services.source_settings import secret_fields

VENDORS = sorted(SIMULATORS)
FROM, TO = "2026-11-19", "2026-11-21"
SMALL = Centre(seed=5, calls_a_day=12, number_of_agents=4)
Facts = list[dict[str, Any]]


def pulling(vendor: str, **how: Any) -> Pulling:
    """A tenant whose only source is this vendor, with a small centre behind it."""
    how.setdefault("simulated", {vendor: {"centre": SMALL}})
    made = Pulling(vendor, **how)
    made.parts.secrets.put(f"{TENANT}/people", {"key": "00" * 32})
    return made


def told(at: Pulling) -> Facts:
    """All that is known afterwards: facts, and what things are."""
    types = (
        "agent",
        "team",
        "queue",
        "status",
        "disposition",
        "bot",
        "dataset",
        "portal",
        "blueprint",
        "skillset",
        "file",
    )
    gauges = at.parts.gauges.read(TENANT, types)
    resources = [{"type": gauge.type, "id": gauge.id, **gauge.values} for found in gauges.values() for gauge in found]
    return [without_receipt(fact) for fact in at.facts()] + resources


def without_receipt(fact: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fact.items() if name != "received"}


@cache
def expected(vendor: str) -> tuple[str, int]:
    """What an undisturbed pull tells, as text that can be compared, and how many calls of the vendor it takes."""
    at = pulling(vendor)
    at.pull(vendor, FROM, TO)
    facts = told(at)
    assert len(facts) > 30, "too little to claim anything"
    return as_text(facts), len(at.vendors[vendor].simulator.calls)


def as_text(facts: Facts) -> str:
    return "\n".join(sorted(json.dumps(fact, sort_keys=True) for fact in facts))


def some_of(calls: int, most: int = 5) -> list[int]:
    """The first, the last, and a few calls between."""
    return sorted({1 + (calls - 1) * place // (most - 1) for place in range(most)})


def at_call(number: int, happens: Callable[[Vendor, Request], Answer | Exception | None]) -> Callable[[Vendor], Any]:
    """A fault that meets one call only."""

    def install(vendor: Vendor) -> None:
        seen = iter(range(1, 10**9))
        vendor.fault = lambda request: happens(vendor, request) if next(seen) == number else None

    return install


def answers(status: int, body: bytes = b"", **headers: str) -> Callable[[Vendor, Request], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda vendor, request: Answer(body, status, named)


def breaks(error: Exception) -> Callable[[Vendor, Request], Exception]:
    return lambda vendor, request: error


def cut_short(vendor: Vendor, request: Request) -> Answer | None:
    """Half of the answer, as if all of it had come; nothing is lost where there was nothing."""
    answer = vendor.simulator.answer(request)
    vendor.simulator.calls.pop()
    half = answer.body[: len(answer.body) * 2 // 3]
    return Answer(half, answer.status, answer.headers) if b"\n" in half or half[:1] in (b"{", b"[") else None


def expired(vendor: Vendor, request: Request) -> Answer | None:
    """A token that is over. What is refused while signing in is another matter."""
    if "/oauth/" in request.path or "/auth/" in request.path:
        return None
    return Answer(b"Jwt is expired", 401, {"content-type": "text/plain"})


HTML = b"<!DOCTYPE html><html><body>We will be back soon.</body></html>"
FAULTS: dict[str, Callable[[Vendor, Request], Answer | Exception | None]] = {
    "429": answers(429, retry_after="7"),
    "500": answers(500, b"oops"),
    "503 with a date": answers(503, retry_after="Sat, 21 Nov 2026 10:20:30 GMT"),
    "no answer": breaks(httpx.ReadTimeout("slow")),
    "reset": breaks(httpx.ReadError("reset by peer")),
    "cut short": cut_short,
    "HTML": answers(200, HTML, content_type="text/html"),
    "HTML that says CSV": answers(200, HTML, content_type="text/csv"),
    "expired": expired,
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_second_pull_writes_nothing(vendor: str) -> None:
    """Three days later, when no log-in goes on any more that went on in those days."""
    at = pulling(vendor)
    at.world.at += 3 * DAY
    at.pull(vendor, FROM, TO)
    facts, written = as_text(told(at)), dict(at.world.store.written)
    at.world.at += DAY
    at.pull(vendor, FROM, TO)
    assert as_text(told(at)) == facts
    assert at.world.store.written["facts"] == written["facts"]
    for stream in at.shown(vendor).streams:
        assert stream.jobs[-1].counts.written == 0, stream.name


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_fault_on_the_way_changes_nothing(vendor: str, fault: str) -> None:
    facts, calls = expected(vendor)
    for number in some_of(calls):
        at = pulling(vendor)
        at_call(number, FAULTS[fault])(at.vendors[vendor])
        at.pull(vendor, FROM, TO)
        assert as_text(told(at)) == facts, f"{fault} at call {number}"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_worker_killed_at_any_call_of_the_vendor_loses_nothing(vendor: str) -> None:
    facts, calls = expected(vendor)
    for number in some_of(calls, most=8):
        at = pulling(vendor)

        def kill(vendor: Vendor, request: Request) -> Answer:
            raise Killed

        at_call(number, kill)(at.vendors[vendor])
        at.sync(vendor, FROM, TO)
        _work_again_after_each_kill(at)
        assert as_text(told(at)) == facts, f"killed at call {number}"
        _all_done(at, vendor)


@pytest.mark.parametrize("fault", ["killed before", "killed after", "throttled", "lost answer"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_worker_killed_at_any_call_of_the_store_loses_nothing(vendor: str, fault: StoreFault) -> None:
    facts, _ = expected(vendor)
    counting = pulling(vendor)
    counting.sync(vendor, FROM, TO)
    before = sum(counting.world.store.calls.values())
    counting.work()
    calls = sum(counting.world.store.calls.values()) - before
    for number in some_of(calls, most=6):
        at = pulling(vendor)
        at.sync(vendor, FROM, TO)
        faulty = FaultyClient(at.world.store, at=number, fault=fault)
        at.use_client(faulty)
        _work_again_after_each_kill(at)
        assert faulty.met
        assert as_text(told(at)) == facts, f"{fault} at call {number}"
        _all_done(at, vendor)


def _work_again_after_each_kill(at: Pulling) -> None:
    """The queue delivers again what a worker that died, or whose store refused, had in hand."""
    for _ in range(10):
        in_hand: list[Turn] = []
        try:
            at.work(each=in_hand.append)
        except (Killed, TryAgain):
            at.world.pulls.messages.append((in_hand[-1].to_json(), 0))
        else:
            return
    raise AssertionError("it never came to an end")


def _all_done(at: Pulling, vendor: str) -> None:
    for stream in at.shown(vendor).streams:
        assert all(job.done == job.windows and not job.failed for job in stream.jobs), stream


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_worker_without_time_leaves_the_rest_to_the_next(vendor: str) -> None:
    facts, _ = expected(vendor)
    at = pulling(vendor)

    def slow(request: Request) -> None:
        at.world.sleep(20)

    at.vendors[vendor].fault = slow
    at.sync(vendor, FROM, TO)
    turns = at.work(lambda_=75_000)  # 30 seconds, and what is kept for the end
    windows = sum(job.windows for stream in at.shown(vendor).streams for job in stream.jobs)
    assert turns >= windows
    assert as_text(told(at)) == facts
    _all_done(at, vendor)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_that_refuses_is_named_and_green_it_is_not(vendor: str, status: int) -> None:
    at = pulling(vendor)
    at.vendors[vendor].fault = lambda request: Answer(
        b'{"message": "no"}', status, {"content-type": "application/json"}
    )
    at.sync(vendor, FROM, TO)
    at.work()
    words = SOURCES.load(vendor).words.get(status)
    for stream in at.shown(vendor).streams:
        assert stream.last_error is not None
        assert words is None or words in stream.last_error.message
        assert stream.last_success is None
        assert all(job.done == 0 and len(job.failed) == job.windows for job in stream.jobs)
    assert len(at.world.letters.parked) == sum(len(stream.jobs[0].failed) for stream in at.shown(vendor).streams)
    at.vendors[vendor].fault = None
    at.world.at += 60_000
    at.pull(vendor, FROM, TO)
    facts, _ = expected(vendor)
    assert len(told(at)) == len(facts.splitlines())


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_that_stays_silent_is_given_up_with_its_reason(vendor: str) -> None:
    at = pulling(vendor)
    at.vendors[vendor].fault = breaks_always
    at.sync(vendor, FROM, TO)
    at.work()
    for stream in at.shown(vendor).streams:
        assert stream.last_error is not None
        assert f"given up after {ATTEMPTS} tries" in stream.last_error.message
        assert stream.cursor is None or stream.cursor.startswith(FROM)


def breaks_always(request: Request) -> Exception:
    return httpx.ConnectError("nobody there")


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_empty_tenant_has_no_facts_and_no_failures(vendor: str, tmp_path: Path) -> None:
    at = pulling(vendor, simulated={vendor: {"payloads": tmp_path}})
    at.pull(vendor, FROM, TO)
    assert told(at) == []
    _all_done(at, vendor)


TIMES = re.compile(
    rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+0000)?|\d\d?[-/]\d\d[-/](20)?\d\d[T ]\d\d?:\d\d(:\d\d)?( [AP]M)?"
)


def spoil(body: bytes) -> bytes:
    """The answer with one time of one of its rows that is none."""
    found = list(TIMES.finditer(body))
    if found:
        middle = found[len(found) // 2]
        return body[: middle.start()] + b"soon" + body[middle.end() :]
    return re.sub(rb'"createdAt": ?\d+', b'"createdAt": "soon"', body, count=1)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_row_that_cannot_be_read_is_kept_aside_with_its_reason_and_the_rest_goes_on(vendor: str) -> None:
    facts, calls = expected(vendor)
    found = 0
    for number in some_of(calls, most=8):
        at = pulling(vendor)

        def spoiled(vendor: Vendor, request: Request) -> Answer:
            answer = vendor.simulator.answer(request)
            return Answer(spoil(answer.body), answer.status, answer.headers)

        at_call(number, spoiled)(at.vendors[vendor])
        at.pull(vendor, FROM, TO)
        aside = at.facts("unreadable")
        found += len(aside)
        assert sum(stream.counts.unreadable for stream in at.shown(vendor).streams) == len(aside)
        assert all(row["reason"] and row["stream"] and "soon" not in row["reason"] for row in aside)
        lost = set(facts.splitlines()) - set(as_text(told(at)).splitlines())
        assert len(lost) <= 40, number  # what the spoiled row was about, and no more
    assert found


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("vendor", [name for name in VENDORS if "zone" in SOURCES.load(name).settings.model_fields])
def test_the_days_on_which_clocks_change_are_pulled_whole(vendor: str, zone: str) -> None:
    """The same things are told as by a tenant in UTC; only figures of local days are others."""
    ids = {}
    for name in ("UTC", zone):
        told_of = {**SIMULATORS[vendor].settings, "zone": name}
        at = pulling(vendor, settings={vendor: told_of}, simulated={vendor: {"centre": SMALL, **_zone(vendor, name)}})
        at.pull(vendor, "2026-10-24", "2026-11-03")
        ids[name] = {fact["id"] for fact in at.facts("interaction", "leg", "survey", "conversation")}
        assert not at.facts("unreadable")
    assert ids["UTC"] == ids[zone]
    assert len(ids[zone]) > 50


def _zone(vendor: str, zone: str) -> dict[str, str]:
    return {"zone": zone} if hasattr(SIMULATORS[vendor], "zone") else {}


# ---- what must never be seen


@pytest.mark.parametrize("fault", [None, *FAULTS])
@pytest.mark.parametrize("vendor", VENDORS)
def test_no_secret_and_nobody_s_number_is_seen_anywhere(
    vendor: str, fault: str | None, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Not in log lines, in messages of the queue, in State, in letters, in what people are shown."""
    at = pulling(vendor)
    if fault:
        wrong = FAULTS[fault]
        at.vendors[vendor].fault = lambda request: wrong(at.vendors[vendor], request)
    messages: list[str] = []
    at.sync(vendor, FROM, TO)
    at.work(each=lambda turn: messages.append(turn.to_json()))
    seen = [capsys.readouterr().out, capsys.readouterr().err, caplog.text, *messages]
    seen += [repr(at.world.letters.parked), at.shown(vendor).model_dump_json()]
    seen += list(_states(at))
    for canary in canaries(vendor):
        assert not [text for text in seen if canary in text], canary


def _states(at: Pulling) -> Iterator[str]:
    """What State keeps of sources and limits. Names and gauges of what things are called are data of their own."""
    for partition, items in at.world.store.tables["state"].items():
        if "#source" in partition or "#stream" in partition or "#limit" in partition:
            yield repr(items)


def canaries(vendor: str) -> list[str]:
    settings = SIMULATORS[vendor].settings
    secrets = [str(settings[name]) for name in secret_fields(SOURCES.load(vendor).settings) if name in settings]
    numbers = [call.customer.removeprefix("+") for call in SMALL.between(1795046400000, 1795219200000)]
    assert secrets
    return [*secrets, *numbers, "@customer.example"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_people_are_hashed_in_all_facts_but_the_vendor_s_own_row(vendor: str) -> None:
    if not SOURCES.load(vendor).hashes_contacts:
        pytest.skip("contacts of AI agents have ids of their own")
    at = pulling(vendor)
    at.pull(vendor, FROM, TO)
    text = as_text(at.facts())
    assert not [number for number in canaries(vendor) if number in text]
    contacts = {fact["contact"] for fact in at.facts("interaction") if "contact" in fact}
    assert contacts
    assert all(re.fullmatch("person:[0-9a-f]{30}", contact) for contact in contacts)


@pytest.mark.parametrize("vendor", VENDORS)
def test_secrets_are_fetched_once_per_process(vendor: str) -> None:
    """By the adapter; here: never more often than there are turns, and kept nowhere else."""
    fields = secret_fields(SOURCES.load(vendor).settings)
    at = pulling(vendor)
    kept = at.parts.secrets.get(f"{TENANT}/source/{vendor}")
    config = at.parts.sources.find(TENANT, vendor)
    assert config is not None
    assert kept.keys() <= set(fields)
    assert not set(config.settings) & set(fields)


# ---- what a source declares


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_measure_has_one_origin(vendor: str) -> None:
    at = pulling(vendor)
    source, settings = at.parts.source_settings.of(TENANT, vendor)
    feeds = [measure for stream in source.wanted(settings) for measure in stream.feeds]
    assert sorted(feeds) == sorted(set(feeds))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_stream_brings_the_kinds_that_it_declares(vendor: str) -> None:
    at = pulling(vendor)
    for stream in at.vendors[vendor].source.wanted(at.vendors[vendor].settings):
        found = {event["kind"] for event in at.vendors[vendor].events(stream.name, f"{FROM}T00:00Z", f"{TO}T00:00Z")}
        assert found <= set(stream.kinds), stream.name
        assert found, stream.name


def test_every_vendor_has_a_source_and_a_simulator() -> None:
    assert SOURCES.names() == VENDORS


def test_the_store_of_facts_is_the_real_one() -> None:
    assert isinstance(pulling(VENDORS[0]).parts.facts, DynamoFacts)
