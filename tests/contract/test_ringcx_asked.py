"""RingCX: how it is asked, within its windows, budgets and tokens, and what it says when it refuses."""

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from local.simulators._simulator import Request
from local.simulators.centre import Call, Centre
from tests.fakes.pulling import Pulling
from tests.fakes.vendors import Vendor
from wallboard.errors import VendorRefuses, VendorUnavailable
from wallboard.model.time import DAY, iso, parse_instant
from wallboard.sources._source import Event, Ignored

OLDER = {"profile": "legacy_reports"}


def by_id(events: list[Event]) -> dict[str, Event]:
    return {event["id"]: event for event in events}


def of_kind(kind: str, events: list[Event]) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def live(**simulated: Any) -> Vendor:
    settings = simulated.pop("settings", None)
    return Vendor.of("ringcx", settings=settings, **simulated)


def asked_for(vendor: Vendor, path: str) -> int:
    return sum(each.endswith(path) for _, each in vendor.simulator.calls)


def test_a_day_of_metadata_is_eight_calls() -> None:
    vendor = live()
    found = vendor.events("interaction_metadata", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    assert (len(of_kind("leg", found)) > 20, asked_for(vendor, "interaction-metadata")) == (True, 8)


def test_an_answer_that_may_be_cut_off_is_asked_for_in_smaller_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor keeps the newest rows only: whoever trusts a full answer loses the others."""
    start, end = "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"
    whole = by_id(live().events("interaction_metadata", start, end))
    monkeypatch.setattr("wallboard.sources.ringcx.integration.SUSPICIOUS", 4)
    vendor = live(row_cap=4)
    assert by_id(vendor.events("interaction_metadata", start, end)) == whole
    assert asked_for(vendor, "interaction-metadata") > 16


def test_more_rows_in_a_second_than_an_answer_holds_are_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallboard.sources.ringcx.integration.SUSPICIOUS", 1)
    with pytest.raises(VendorRefuses, match="one second"):
        live().events("interaction_metadata", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")


def test_a_vendor_that_understands_the_time_otherwise_is_found_out() -> None:
    with pytest.raises(VendorRefuses, match="another time"):
        live(upper_bound=True).events("interaction_metadata", "2026-11-19T09:00:00Z", "2026-11-19T12:00:00Z")


@pytest.mark.parametrize("stream", ["interaction_metadata", "agg_queue_stats"])
def test_another_worker_goes_on_where_one_has_stopped(stream: str) -> None:
    vendor = live()
    asked = vendor.asked("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    pages = list(vendor.stream(stream).pages(asked, vendor.client()))
    resumed = replace(asked, resume=json.loads(json.dumps(pages[2].next)))
    rest = [row for page in vendor.stream(stream).pages(resumed, vendor.client()) for row in page.rows]
    assert rest
    assert rest == [row for page in pages[3:] for row in page.rows]


def test_legs_go_on_with_the_outbound_report() -> None:
    vendor = live(settings=OLDER)
    asked, stream = (
        vendor.asked("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
        vendor.stream("agent_segment_metadata"),
    )
    first, second = stream.pages(asked, vendor.client())
    assert [page.rows for page in stream.pages(replace(asked, resume=first.next), vendor.client())] == [second.rows]
    assert second.rows


@pytest.mark.parametrize("zone", ["UTC", "US/Eastern", "Asia/Kathmandu"])
def test_figures_of_an_interval_are_whole_whatever_is_asked_for(zone: str) -> None:
    """A pull that begins within an interval must not bring a part of it in place of the whole."""
    whole = by_id(
        live(settings={"zone": zone}).events("agg_queue_stats", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    )
    part = by_id(
        live(settings={"zone": zone}).events("agg_queue_stats", "2026-11-19T09:07:11Z", "2026-11-19T15:52:00Z")
    )
    assert len(part) > 10
    assert all(whole[id] == each for id, each in part.items())


@pytest.mark.parametrize(
    "stream", ["interaction_metadata", "agent_segment_metadata", "agg_agent_stats", "agent_session"]
)
def test_facts_do_not_depend_on_the_zone_of_the_request(stream: str) -> None:
    profile = OLDER if stream.startswith("agent_s") else {}
    found = [
        [
            {name: value for name, value in event.items() if name not in ("zone", "row")}
            for event in live(settings={**profile, "zone": zone}).events(
                stream, "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z"
            )
        ]
        for zone in ("UTC", "US/Eastern", "Australia/Adelaide")
    ]
    assert found[0] == found[1] == found[2]
    assert found[0]


def test_a_row_says_the_same_in_whatever_window_it_comes() -> None:
    one, other = live(), live()
    whole = by_id(one.events("interaction_metadata", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"))
    for hour in range(0, 24, 5):
        last = f"2026-11-19T{min(hour + 5, 23):02}:59:59Z"
        for event in other.events("interaction_metadata", f"2026-11-19T{hour:02}:00:00Z", last):
            assert whole.get(event["id"], event) == event


def test_the_two_profiles_agree_on_a_live_day_too() -> None:
    window = "2026-11-18T05:00:00Z", "2026-11-19T05:00:00Z"
    older, current = live(settings=OLDER), live()
    legs = older.events("agent_segment_metadata", *window)
    found = of_kind("leg", current.events("interaction_metadata", *window))

    def key(leg: Event) -> tuple[Any, ...]:
        return tuple(leg[name] for name in ("interactionId", "interactionStartedAt", "agentId", "startedAt", "endedAt"))

    assert {key(leg) for leg in legs} == {key(leg) for leg in found}
    assert len(legs) > 30


def typed_late() -> Call:
    """A call of a day whose disposition comes half an hour after it."""
    centre = live().simulator.centre
    found = centre.between(parse_instant("2026-11-19T12:00:00Z"), parse_instant("2026-11-19T20:00:00Z"))
    return next(
        call
        for call in found
        if call.legs and call.disposition and call.number % 5 == 0 and call.direction == "inbound"
    )


def test_a_leg_waits_until_the_report_of_calls_tells_of_its_call() -> None:
    """Its anchor would be a guess until then. The report is late by minutes, or by half an hour where notes are."""
    vendor = live(settings=OLDER, now=iso(typed_late().ended_at + 5 * 60_000))
    window = "2026-11-19T05:00:00Z", iso(vendor.clock.at)
    rows, stream = vendor.rows("agent_segment_metadata", *window), vendor.stream("agent_segment_metadata")
    waiting = [row for row in rows if isinstance(stream.normalise(row, vendor.asked(*window)), Ignored)]
    assert 0 < len(waiting) < len(rows)
    vendor.clock.at += DAY
    assert len(vendor.events("agent_segment_metadata", *window)) == len(rows)


def test_what_changes_late_is_brought_by_the_next_pull() -> None:
    vendor = live()
    stream = vendor.stream("interaction_metadata")
    vendor.clock.at = typed_late().ended_at + stream.lag + 60_000

    def pulled() -> dict[str, Event]:
        end = vendor.clock.at - stream.lag
        return by_id(of_kind("leg", vendor.events("interaction_metadata", iso(end - stream.overlap), iso(end))))

    before = pulled()
    vendor.clock.at += 3_600_000
    after = pulled()
    assert [id for id in before if "disposition" not in before[id] and "disposition" in after.get(id, {})]


def test_what_waits_longer_than_a_token_lives_signs_in_again() -> None:
    """The tenth call of a quarter of an hour has waited: it must not fail, whatever it was signed with."""
    vendor = live(limited=True)
    asked = vendor.asked("2026-11-18T00:00:00Z", "2026-11-19T12:00:00Z")
    assert len(list(vendor.stream("agg_queue_stats").pages(asked, limited_client(vendor)))) == 12


def test_the_calls_of_the_four_operations_stay_within_their_budget() -> None:
    """The vendor counts them together, and would answer 429."""
    limits = Vendor.of("ringcx").source.limits["integration"]
    assert list(limits.rates) == [(3, 60), (9, 900)]
    vendor = live(limited=True)
    seen: list[int] = []

    def fault(request: Request) -> None:
        if "/cx/integration/" in request.path:
            seen.append(vendor.clock.at)

    vendor.fault = fault
    streams = ["interaction_metadata", "agg_queue_stats", "agg_agent_stats", "agg_agent_extended_stats"]
    with_limits = limited_client(vendor)
    for name in streams:
        asked = vendor.asked("2026-11-19T09:00:00Z", "2026-11-19T18:00:00Z")
        list(vendor.stream(name).pages(asked, with_limits))
    assert len(seen) >= 12
    assert max(sum(at <= other < at + 60_000 for other in seen) for at in seen) <= 3
    assert max(sum(at <= other < at + 900_000 for other in seen) for at in seen) <= 9


class _Rates:
    """A limiter of one process, for one worker."""

    def __init__(self) -> None:
        self._seen: dict[str, list[int]] = defaultdict(list)

    def enter(self, name: str, limit: Any, *, now: int) -> float:
        before = self._seen[name]
        waits = [before[-count] + seconds * 1000 - now for count, seconds in limit.rates if len(before) >= count]
        wait = float(max([0, *waits]) / 1000)
        if not wait:
            before.append(now)
        return wait

    def leave(self, name: str, limit: Any, *, now: int) -> None:
        pass


def limited_client(vendor: Vendor) -> Any:
    return replace(vendor.client(minutes=60), limiter=_Rates())


def test_whoever_does_not_count_is_refused_and_may_come_again() -> None:
    vendor = live(limited=True)
    with pytest.raises(VendorUnavailable, match="429"):
        vendor.events("agg_queue_stats", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")


def test_a_token_that_dies_in_the_middle_of_a_pull_is_renewed() -> None:
    vendor = live()
    asked, stream = vendor.asked("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"), vendor.stream("interaction_metadata")
    rows: list[Any] = []
    for page in stream.pages(asked, vendor.client()):
        rows += page.rows
        vendor.clock.at += 200_000
    assert asked_for(vendor, "/login/rc/accesstoken") >= 4
    assert len(rows) == len(live().rows("interaction_metadata", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"))


def test_one_token_serves_all_calls_of_a_worker() -> None:
    vendor = live()
    vendor.events("interaction_metadata", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    assert asked_for(vendor, "/login/rc/accesstoken") == 1


@pytest.mark.parametrize("stream", ["interaction_metadata", "agg_queue_stats", "reference", "global_call_type_detail"])
def test_missing_access_does_not_read_like_no_data(stream: str) -> None:
    settings = OLDER if stream == "global_call_type_detail" else {}
    with pytest.raises(VendorRefuses) as refused:
        live(wem=False, settings=settings).events(stream, "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    assert str(refused.value) == (
        "RingCentral has not switched on WEM access (or report permission) for this account: ask RingCentral for it"
    )


def test_reports_that_are_gone_name_the_profile_that_takes_their_place() -> None:
    with pytest.raises(VendorRefuses, match="integration_v1"):
        live(legacy=False, settings=OLDER).events("agent_session", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")


@pytest.mark.parametrize("wrong", ["jwt", "client_secret"])
def test_wrong_credentials_are_told_without_being_named(wrong: str) -> None:
    with pytest.raises(VendorRefuses, match="does not accept") as refused:
        live(settings={wrong: "wrong-secret"}).events("reference", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    assert "wrong-secret" not in str(refused.value)


def test_what_is_too_fresh_is_not_asked_for() -> None:
    """The vendor answers 400 for what ended less than five minutes ago."""
    vendor = live()
    for name in ("interaction_metadata", "agg_queue_stats"):
        end = vendor.clock.at - vendor.stream(name).lag
        vendor.events(name, iso(end - 4 * 3_600_000), iso(end))
    with pytest.raises(VendorRefuses):
        vendor.events("interaction_metadata", iso(vendor.clock.at - 3_600_000), iso(vendor.clock.at))


def test_no_page_of_a_profile_feeds_what_another_one_feeds() -> None:
    source = Vendor.of("ringcx").source
    for profile in ("integration_v1", "legacy_reports"):
        settings = Vendor.of("ringcx", settings={"profile": profile}).settings
        feeds = [measure for stream in source.wanted(settings) for measure in stream.feeds]
        assert len(feeds) == len(set(feeds)) > 4


def test_a_pull_within_the_limits_brings_what_one_without_them_does() -> None:
    """It takes hours, in many turns of workers, and signs in anew when a token has waited too long."""
    ids = []
    for limited in (False, True):
        pulling = Pulling("ringcx", simulated={"ringcx": {"limited": limited}}, unlimited=not limited)
        pulling.pull("ringcx", "2026-11-18T00:00:00Z", "2026-11-20T00:00:00Z")
        ids.append(sorted((fact["kind"], fact["id"]) for fact in pulling.facts()))
    assert ids[0] == ids[1]
    assert len(ids[0]) > 500


@pytest.mark.parametrize("stream", ["interaction_metadata", "agg_queue_stats"])
def test_the_night_on_which_clocks_are_put_back_is_told_whole_in_any_zone(stream: str) -> None:
    """An hour of local times stands for two: it begins no request, and two rows of one local time are two intervals."""
    told = {}
    for zone in ("UTC", "US/Eastern"):
        vendor = live(settings={"zone": zone}, centre=Centre(calls_a_day=2_000, number_of_agents=40))
        found = vendor.events(stream, "2026-10-31T12:00:00Z", "2026-11-02T00:00:00Z")
        told[zone] = {(event["kind"], event["id"]) for event in found}
    assert told["UTC"] == told["US/Eastern"]
    assert len(told["UTC"]) > 100
