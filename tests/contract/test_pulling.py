"""Pulling: what is begun when, how far it has come, and what becomes of windows that fail, stop, or come twice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.doors import invoke
from tests.contract.scripted_vendor import SECRET, Script, desk, one_turn, pulling
from tests.fakes.pulling import TENANT, Pulling
from wallboard.errors import InvalidRequest, LimitReached, TryAgain, VendorRefuses, VendorUnavailable
from wallboard.model.pulls import LOST
from wallboard.model.time import DAY, HOUR, QUARTER, iso, parse_instant
from wallboard.runtime import wiring
from wallboard.services.manage_sources import JobItem, StreamItem, Sync, sync
from wallboard.services.plan_pulls import Planned, PlanPulls, is_due, next_run
from wallboard.services.ports import SourceConfig, StoredKey
from wallboard.services.pull import Turn
from wallboard.sources._source import Asked, Page, every

DUE = "2026-11-21T02:20:00Z"


def call(at: str, name: str = "c", **more: Any) -> dict[str, Any]:
    usual = {"kind": "interaction", "id": f"{name}", "channel": "voice", "direction": "inbound", "startedAt": at}
    return usual | {"endedAt": parse_instant(at) + 60_000} | more


def due(at: Pulling, name: str = "desk") -> dict[str, Planned]:
    """What the clock begins now, by stream."""
    planned = at.parts.plan_pulls.due(TENANT, now=at.world.at)
    return {each.stream: each for each in planned.get(name, ())}


def stream(at: Pulling, name: str = "calls", source: str = "desk") -> StreamItem:
    return next(each for each in at.shown(source).streams if each.name == name)


def last_job(at: Pulling, name: str = "calls") -> JobItem:
    return stream(at, name).jobs[-1]


# ---- what the clock begins


@pytest.mark.parametrize(
    ("every_hours", "hours"),
    [(24, {2}), (12, {2, 14}), (6, {2, 8, 14, 20}), (1, set(range(24))), (0, set())],
)
def test_a_source_is_due_at_a_quarter_past_two_and_every_so_many_hours_after_it(
    every_hours: int, hours: set[int]
) -> None:
    config = SourceConfig("desk", "desk", {}, True, every_hours)
    found = {hour for hour in range(24) if is_due(config, parse_instant(f"2026-11-21T{hour:02}:15:00Z"))}
    assert found == hours


@given(st.integers(0, 24), st.integers(0, 3 * DAY))
def test_the_next_run_is_the_next_hour_in_which_it_is_due(every_hours: int, after: int) -> None:
    config, now = SourceConfig("desk", "desk", {}, True, every_hours), parse_instant(DUE) + after
    run = next_run(config, now)
    if not every_hours:
        assert run is None
        return
    assert run is not None
    assert now < run <= now + every_hours * HOUR
    assert is_due(config, run)
    assert not any(is_due(config, at) for at in range(now + HOUR, run, HOUR))


def test_a_source_that_is_disabled_is_not_pulled_by_the_clock_and_still_on_request() -> None:
    at = pulling(Script(), now=DUE)
    at.parts.source_settings.set_up(TENANT, "desk", "desk", {"api_key": SECRET}, enabled=False)
    assert due(at) == {}
    assert at.shown("desk").next_run is None
    at.pull("desk", "2026-11-20", "2026-11-21")
    assert stream(at).last_success


def test_a_source_on_request_is_not_pulled_by_the_clock() -> None:
    at = pulling(Script(), now=DUE, every_hours=0)
    assert (due(at), at.world.pulls.messages) == ({}, [])


def test_the_first_pull_is_a_day_up_to_the_lag_of_the_stream() -> None:
    at = pulling(Script(), now=DUE)
    now = at.world.at
    assert due(at) == {
        "calls": Planned("calls", now - DAY, now - QUARTER, 1),
        "logs": Planned("logs", now - DAY, now, 1),
        "things": Planned("things", now - DAY, now, 1),
    }
    assert len(at.world.pulls.messages) == 3
    assert stream(at).cursor == iso(now - DAY), "nothing before it is promised"


def test_the_next_pull_begins_an_overlap_before_what_is_there() -> None:
    at = pulling(Script(), now=DUE)
    due(at)
    at.work()
    first = at.world.at
    at.world.at += DAY
    found = due(at)
    assert found["calls"].start == first - QUARTER - 2 * HOUR
    assert found["logs"].start == first - HOUR
    assert found["things"].start == first


def test_a_stream_is_settled_once_a_day() -> None:
    at = pulling(Script(), now=DUE, every_hours=6, calls={"settle": 3 * DAY})
    starts = []
    for _ in range(6):
        starts.append((at.world.at - due(at)["calls"].start) // DAY)
        at.work()
        at.world.at += 6 * HOUR
    assert starts == [3, 0, 0, 0, 3, 0]


def test_no_second_job_is_begun_while_one_waits_that_is_younger_than_twenty_hours() -> None:
    at = pulling(Script(), now=DUE, every_hours=1)
    assert len(due(at)) == 3
    began = at.world.at
    for hours in (1, 10, 19):
        at.world.at = began + hours * HOUR
        assert due(at) == {}, hours
    at.world.at = began + 20 * HOUR
    assert due(at)["calls"].start == began - DAY - 2 * HOUR, "from where the stream is"


def test_a_stream_whose_job_is_over_goes_on_while_another_waits() -> None:
    at = pulling(Script(), now=DUE, every_hours=1)
    due(at)
    assert one_turn(at).stream == "calls"
    at.world.at += HOUR
    assert set(due(at)) == {"calls"}


def test_the_clock_never_asks_for_more_than_is_kept() -> None:
    at = pulling(Script(), now=DUE)
    due(at)
    at.work()
    at.world.at += 500 * DAY
    oldest = at.world.at - 400 * DAY
    assert {each.start for each in due(at).values()} == {oldest}


def test_what_has_come_since_is_asked_for_no_further_back_than_is_kept() -> None:
    """Nobody has named a time, so that no time can be refused."""
    at = pulling(Script(), now=DUE)
    due(at)
    at.work()
    at.world.at += 500 * DAY
    begun = sync(TENANT, "desk", Sync(), plan=at.parts.plan_pulls, now=at.world.at)
    assert {each.from_ for each in begun.streams} == {iso(at.world.at - 400 * DAY)}


def test_a_source_that_cannot_be_planned_is_named_and_the_others_go_on() -> None:
    at = pulling(Script(), "broken", "fine", now=DUE)
    due(at)
    at.work()
    at.world.vault.kept.pop(f"{TENANT}/source/broken")
    at.world.at += DAY
    planned = at.parts.plan_pulls.due(TENANT, now=at.world.at)
    assert (planned["broken"], len(planned["fine"])) == ([], 3)
    assert "Secrets Manager" in (at.shown("broken").problem or "")
    states = at.parts.sources.states(TENANT, "broken")
    assert all("Secrets Manager" in state.last_error.message for state in states.values() if state.last_error)
    assert all(state.last_error for state in states.values())


def test_what_the_queue_did_not_take_is_visible_and_asked_for_again() -> None:
    class Refusing:
        def send(self, messages: Any) -> None:
            raise TryAgain("the queue refuses")

    at = pulling(Script(), now=DUE)
    refused = PlanPulls(
        sources=at.parts.sources, settings=at.parts.source_settings, queue=Refusing(), retention_days=400
    )
    with pytest.raises(TryAgain):
        refused.due(TENANT, now=at.world.at)
    assert (last_job(at).windows, last_job(at).done) == (1, 0)
    began = at.world.at
    at.world.at += DAY
    assert due(at)["calls"].start == began - DAY - 2 * HOUR


def test_a_job_whose_messages_are_lost_is_forgotten_when_the_queue_cannot_have_them_any_more() -> None:
    at = pulling(Script(), now=DUE)
    for _ in range(6):
        due(at)
        at.world.pulls.messages.clear()
        at.world.at += DAY
    due(at)
    assert len(stream(at).jobs) == 5, "the queue keeps messages for four days"
    at.world.at += LOST
    due(at)
    at.work()
    assert len(stream(at).jobs) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"from": "2025-10-01"}, "from: 2025-10-01T00:00:00.000Z is older than the retention"),
        ({"from": "2026-11-21", "streams": ["call"]}, "streams: 'call' is none of desk; it has calls, logs, things"),
        ({"from": "2026-11-21T02:10:00Z", "streams": ["calls"]}, "to: nothing of desk can be there"),
        ({"to": "2026-11-01"}, "to: nothing of desk can be there"),
    ],
)
def test_what_cannot_be_pulled_is_refused_by_name_and_nothing_is_begun(asked: Any, words: str) -> None:
    at = pulling(Script(), now=DUE)
    with pytest.raises(InvalidRequest, match=words):
        sync(TENANT, "desk", Sync.model_validate(asked), plan=at.parts.plan_pulls, now=at.world.at)
    assert (at.world.pulls.messages, at.parts.sources.states(TENANT, "desk")) == ([], {})


def test_more_windows_than_a_job_can_name_are_refused() -> None:
    at = pulling(Script(), now=DUE, calls={"cut": every(10_000)})
    with pytest.raises(InvalidRequest, match="at most 1000"):
        at.sync("desk", "2026-11-20", "2026-11-21")
    assert at.world.pulls.messages == []


# ---- how a pull goes


def test_a_backfill_goes_window_by_window_and_the_list_shows_how_far_it_is() -> None:
    script = Script()
    for day in range(1, 11):
        script.say("calls", call(f"2026-11-{day:02}T09:00:00Z", f"c{day}"))
    at = pulling(script)
    begun = at.sync("desk", "2026-11-01", "2026-11-11", streams=["calls"])
    assert [each.windows for each in begun.streams] == [10]
    for number in range(1, 11):
        one_turn(at)
        job = last_job(at)
        assert (job.windows, job.done, job.progress, job.counts.written) == (10, number, number / 10, number)
        assert stream(at).cursor == f"2026-11-{number + 1:02}T00:00:00.000Z"
    assert at.world.pulls.messages == []
    assert (stream(at).rows, stream(at).lag_seconds) == (10, (10 * DAY + 10 * HOUR + 20 * 60_000) // 1000)
    assert [window for _, *window, _ in script.asked] == [
        [parse_instant(f"2026-11-{day:02}T00:00:00Z"), parse_instant(f"2026-11-{day + 1:02}T00:00:00Z")]
        for day in range(1, 11)
    ]


def test_a_worker_without_time_leaves_the_rest_to_the_next_which_goes_on_where_it_stopped() -> None:
    script = Script(page=2)
    for number in range(10):
        script.say("calls", call("2026-11-20T09:00:00Z", f"c{number}"))
    at = pulling(script)
    script.fault = lambda stream, asked, place: at.world.sleep(20)
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["calls"])
    one_turn(at, seconds=45 + 30)
    assert len(at.facts("interaction")) == 4, "what it has read is stored"
    assert (last_job(at).done, last_job(at).counts.rows) == (0, 0)
    one_turn(at, seconds=45 + 30)
    one_turn(at, seconds=45 + 30)
    assert [resume for *_, resume in script.asked] == [None, 4, 8]
    assert (last_job(at).done, last_job(at).counts.rows, last_job(at).counts.written) == (1, 10, 10)
    assert len(at.facts("interaction")) == 10


def test_an_answer_that_fails_in_the_middle_is_gone_on_with_and_not_begun_again() -> None:
    script = Script(page=2)
    for number in range(6):
        script.say("calls", call("2026-11-20T09:00:00Z", f"c{number}"))
    faults = iter([None, VendorUnavailable("away", wait=400), LimitReached("enough", wait=50), None, None])

    def fault(stream: str, asked: Asked, place: int) -> None:
        if error := next(faults):
            raise error

    script.fault = fault
    at = pulling(script)
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["calls"])
    one_turn(at)
    [(_, delay)] = at.world.pulls.messages
    assert delay >= 400, "the vendor is left alone for as long as it asks"
    assert "away; try 1 of 8" in str(stream(at).last_error)
    one_turn(at)
    [(_, delay)] = at.world.pulls.messages
    assert 50 <= delay <= 51
    one_turn(at)
    assert [resume for *_, resume in script.asked] == [None, 2, 2]
    assert (last_job(at).counts.rows, last_job(at).counts.written) == (6, 6)


def test_a_turn_that_is_delivered_twice_does_nothing_the_second_time() -> None:
    script = Script()
    script.say("calls", call("2026-11-20T09:00:00Z"))
    at = pulling(script)
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["calls"])
    turn = one_turn(at)
    calls, before = len(script.asked), dict(at.world.store.written)
    for again in (turn, replace(turn, resume=2), replace(turn, attempt=8)):
        at.parts.pull(again, until=at.world.at + 10**6)
    assert (len(script.asked), at.world.store.written, at.world.pulls.messages) == (calls, before, [])


@pytest.mark.parametrize("other", [{"run": 1}, {"stream": "nothing"}, {"source": "gone"}, {"tenant": "umbrella"}])
def test_a_turn_that_nobody_waits_for_does_nothing(other: dict[str, Any]) -> None:
    script = Script()
    at = pulling(script)
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["calls"])
    body, _ = at.world.pulls.messages[0]
    turn = Turn.from_json(body)
    before = dict(at.world.store.written)
    at.parts.pull(replace(turn, **other), until=at.world.at + 10**6)
    assert (script.asked, at.world.store.written, at.world.letters.parked) == ([], before, [])


def test_the_windows_of_a_source_that_was_removed_are_dropped() -> None:
    script = Script()
    at = pulling(script)
    at.sync("desk", "2026-11-20", "2026-11-21")
    at.parts.sources.remove(TENANT, "desk")
    at.work()
    assert (script.asked, at.parts.sources.states(TENANT, "desk")) == ([], {})


# ---- what fails


def failing(script: Script, day: str, error: Exception) -> None:
    """From now on the window of this day fails."""

    def fault(stream: str, asked: Asked, place: int) -> None:
        if iso(asked.start).startswith(day):
            raise error

    script.fault = fault


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (VendorRefuses("Desk wants another key"), "Desk wants another key"),
        (VendorUnavailable("Desk is away"), "Desk is away; given up after 8 tries"),
    ],
)
def test_a_window_that_fails_keeps_the_cursor_and_is_pulled_again_by_the_next_due_pull(
    error: Exception, words: str
) -> None:
    script = Script()
    at = pulling(script, now=DUE)
    failing(script, "2026-11-18", error)
    at.sync("desk", "2026-11-17", "2026-11-20", streams=["calls"])
    at.work()
    job = last_job(at)
    assert (job.windows, job.done, [each.message for each in job.failed]) == (3, 2, [words])
    assert [iso(parse_instant(each.from_))[:10] for each in job.failed] == ["2026-11-18"]
    assert stream(at).cursor == "2026-11-18T00:00:00.000Z"
    [letter] = at.world.letters.parked
    assert (letter["reason"], letter["from"], letter["what"]) == (
        words,
        "2026-11-18T00:00:00.000Z",
        "pull of desk, calls",
    )
    script.fault = None
    at.world.at = parse_instant(DUE) + DAY
    assert due(at)["calls"].start == parse_instant("2026-11-17T22:00:00Z")
    at.work()
    assert stream(at).cursor == iso(parse_instant(DUE) + DAY - QUARTER)


def test_a_connector_that_fails_is_said_without_what_it_failed_on() -> None:
    script = Script()
    failing(script, "2026-11-20", KeyError("Ana's number"))
    at = pulling(script)
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["calls"])
    with pytest.raises(KeyError):
        one_turn(at)
    assert [each.message for each in last_job(at).failed] == ["the connector failed: KeyError"]
    assert "Ana" not in repr(at.world.letters.parked)


def test_a_vendor_that_sends_the_same_page_again_and_again_is_stopped() -> None:
    script = Script()
    source = desk(script)

    def round_and_round(asked: Asked, client: Any) -> Any:
        while True:
            yield Page([], "again")

    at = pulling(script, calls={"pages": round_and_round})
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["calls"])
    at.work()
    [failed] = last_job(at).failed
    assert failed.message == f"{source.title} sends the same page of The calls again and again"


# ---- the functions


def test_the_functions_begin_what_is_due_and_pull_it() -> None:
    script = Script()
    script.say("calls", call("2026-11-20T09:00:00Z"))
    at = pulling(script, now=DUE)
    at.parts.keys.put("x", StoredKey("k", TENANT, frozenset({"read"}), b"", b""))
    wiring.use(at.world.parts)
    try:
        assert invoke("PullSourcesFunction", {"source": "aws.scheduler"}) == {"windows": 3, "failed": []}
        bodies = [body for body, _ in at.world.pulls.messages]
        records = [{"messageId": f"m{place}", "body": body} for place, body in enumerate(bodies)]
        failing(script, "", KeyError("x"))
        answer = invoke("PullSourcesFunction", {"Records": records[:1]})
        assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
        script.fault = None
        assert invoke("PullSourcesFunction", {"Records": records}) == {"batchItemFailures": []}
        assert stream(at, "logs").last_success
    finally:
        wiring.use(None)


def test_the_sources_of_a_tenant_are_pulled_before_anybody_has_a_key() -> None:
    """The list says when the next run is."""
    at = pulling(Script(), now=DUE)
    wiring.use(at.parts)
    try:
        assert invoke("PullSourcesFunction", {})["windows"] == 3
    finally:
        wiring.use(None)
