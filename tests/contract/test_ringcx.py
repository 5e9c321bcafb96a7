"""RingCX: the figures that its sample files must give under both profiles, and what is particular about it."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.simulators._simulator import Answer, Request
from tests.contract.golden_sources import FOLDER
from tests.fakes.vendors import Vendor
from wallboard.errors import Malformed, VendorRefuses
from wallboard.model.time import DAY, iso, parse_instant
from wallboard.sources._source import Event, Ignored, Reply

PAYLOADS = FOLDER / "ringcx" / "payloads"
FROM, TO, NOW = "2026-03-17T04:00:00Z", "2026-03-19T04:00:00Z", "2026-03-19T12:00:00Z"
DAY_ONE = parse_instant("2026-03-18T04:00:00Z")
OLDER = {"profile": "legacy_reports"}
LEGS = ("interactionId", "interactionStartedAt", "agentId", "agentName", "startedAt", "endedAt", "disposition", "direction")


def sampled(stream: str, payloads: Path = PAYLOADS, **settings: Any) -> list[Event]:
    return Vendor.of("ringcx", now=NOW, payloads=payloads, settings=settings).events(stream, FROM, TO)


def by_id(events: list[Event]) -> dict[str, Event]:
    return {event["id"]: event for event in events}


@pytest.fixture(scope="module")
def legs() -> list[Event]:
    return sampled("agent_segment_metadata", **OLDER)


@pytest.fixture(scope="module")
def calls() -> dict[str, Event]:
    return by_id(sampled("global_call_type_detail", **OLDER))


@pytest.fixture(scope="module")
def cloud() -> dict[str, Event]:
    return by_id(sampled("cloud_call_detail", **OLDER))


@pytest.fixture(scope="module")
def sessions() -> list[Event]:
    return sampled("agent_session", **OLDER)


@pytest.fixture(scope="module")
def dialogs() -> list[Event]:
    return sampled("interaction_metadata")


def of_kind(kind: str, events: list[Event]) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def seconds(events: list[Event], name: str) -> float:
    return sum(event["durations"].get(name, 0) for event in events)


# ---- the sample days, by the older reports


def test_there_are_as_many_facts_as_the_days_had(
    calls: dict[str, Event], cloud: dict[str, Event], legs: list[Event], sessions: list[Event]
) -> None:
    assert (len(calls), len(cloud), len(by_id(legs)), len(by_id(of_kind("session", sessions)))) == (320, 40, 300, 34)


def test_outcomes_are_those_of_the_calls(calls: dict[str, Event]) -> None:
    found = Counter((call["direction"], call["outcome"]) for call in calls.values())
    assert found == {
        ("inbound", "answered"): 242,
        ("inbound", "abandoned"): 14,
        ("inbound", "deflected"): 4,
        ("outbound", "answered"): 36,
        ("outbound", "abandoned"): 12,
        ("outbound", "failed"): 12,
    }


def test_calls_with_legs_are_the_answered_ones(calls: dict[str, Event], legs: list[Event]) -> None:
    answered = {id for id, call in calls.items() if call["outcome"] == "answered"}
    assert {leg["interactionId"] for leg in legs} == answered
    assert len(answered) == 278


def test_a_leg_is_anchored_where_its_call_began(calls: dict[str, Event], legs: list[Event]) -> None:
    assert all(leg["interactionStartedAt"] == calls[leg["interactionId"]]["startedAt"] for leg in legs)
    assert all(leg["interactionStartedAt"] < leg["startedAt"] for leg in legs)


def test_the_first_leg_is_the_connection_that_the_call_tells_of(calls: dict[str, Event], legs: list[Event]) -> None:
    firsts: dict[str, Event] = {}
    for leg in sorted(legs, key=lambda leg: leg["startedAt"]):
        firsts.setdefault(leg["interactionId"], leg)
    for id, leg in firsts.items():
        call = calls[id]
        assert (leg["agentId"], leg["agentName"]) == (call["agentId"], call["agentName"])
        assert leg["durations"]["handle"] == call["row"]["connectedDuration"]
        assert leg["durations"].get("queue") == call["durations"].get("queue")
        assert leg["acceptedAt"] == call["answeredAt"]


def test_talk_and_hold_add_up_to_the_time_with_the_agent(legs: list[Event]) -> None:
    assert seconds(legs, "talk") + seconds(legs, "hold") == seconds(legs, "handle")
    for leg in legs:
        assert leg["endedAt"] - leg["startedAt"] == leg["durations"]["handle"] * 1000
    assert seconds(legs, "hold") > 0 < seconds(legs, "wrap")


def test_no_agent_has_two_parts_at_once(legs: list[Event]) -> None:
    own: dict[str, list[Event]] = defaultdict(list)
    for leg in sorted(legs, key=lambda leg: leg["startedAt"]):
        own[leg["agentId"]].append(leg)
    assert len(own) == 8
    for parts in own.values():
        assert all(one["endedAt"] <= other["startedAt"] for one, other in zip(parts, parts[1:], strict=False))


def test_an_outbound_leg_has_waited_in_no_queue(legs: list[Event]) -> None:
    """Its queue time is written as 00:00:00, which is not measured."""
    assert [("queue" in leg["durations"]) for leg in legs] == [leg["direction"] == "inbound" for leg in legs]


def test_transferred_and_dropped_parts_can_be_counted(legs: list[Event]) -> None:
    parts = Counter(leg["interactionId"] for leg in legs)
    assert Counter(parts.values()) == {1: 256, 2: 22}
    assert sum(leg["endReason"] == "DROP" for leg in legs) == 6


def test_figures_of_a_session_are_the_sums_of_its_legs(legs: list[Event], sessions: list[Event]) -> None:
    own: dict[str, list[Event]] = defaultdict(list)
    for leg in legs:
        own[f"session:{leg['row']['Agent Login ID']}"].append(leg)
    intervals = by_id(of_kind("agent_interval", sessions))
    assert own.keys() <= intervals.keys()
    for id, interval in intervals.items():
        figures, parts = interval["figures"], own[id]
        assert figures["Accepted"] == len(parts)
        for column, name in (
            ("Talk Time (min)", "handle"),
            ("Pending Disp Time (min)", "wrap"),
            ("Time On Hold (min)", "hold"),
        ):
            assert figures[column] == pytest.approx(seconds(parts, name) / 60, abs=0.006)


def test_base_states_add_up_to_the_log_in(sessions: list[Event]) -> None:
    states = ("Available", "Ring", "RNA", "Break", "Away", "Lunch", "Training")
    for interval in of_kind("agent_interval", sessions):
        figures = interval["figures"]
        spent = figures["EngagedTime (min)"] + sum(figures[f"{state} Time (min)"] for state in states)
        assert spent == pytest.approx(figures["Login Time (min)"], abs=0.05)


def test_a_log_in_lasts_as_long_as_its_column_says(sessions: list[Event]) -> None:
    """Not as long as two times without seconds are apart: over all of them that is another figure."""
    intervals = by_id(of_kind("agent_interval", sessions))
    closed = [session for session in of_kind("session", sessions) if "endedAt" in session]
    lasted = sum(session["endedAt"] - session["startedAt"] for session in closed) / 60_000
    assert lasted == pytest.approx(sum(intervals[each["id"]]["figures"]["Login Time (min)"] for each in closed), abs=1e-6)
    assert max(each["endedAt"] - each["startedAt"] for each in closed) == round(1043.20 * 60_000)
    for each in closed:
        assert len(each["row"]["Logout DTS"]) > 10


def test_a_log_in_without_its_end_is_open(sessions: list[Event]) -> None:
    [session] = [session for session in of_kind("session", sessions) if "endedAt" not in session]
    assert (session["id"], iso(session["startedAt"])) == ("session:613813117", "2026-03-18T21:45:00.000Z")


def test_durations_of_cloud_calls_add_up(cloud: dict[str, Event]) -> None:
    outcomes = Counter(call["outcome"] for call in cloud.values())
    assert outcomes == {"answered": 34, "abandoned": 6}
    for call in cloud.values():
        assert call["durations"]["billing"] == call["durations"]["queue"] + call["durations"].get("handle", 0)
        assert "agentId" not in call


def test_a_cloud_call_is_told_once(calls: dict[str, Event], cloud: dict[str, Event]) -> None:
    assert not calls.keys() & cloud.keys()


def test_a_cloud_call_is_told_once_though_the_vendor_sends_it_unasked(cloud: dict[str, Event]) -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    stream, asked = vendor.stream("global_call_type_detail"), vendor.asked(FROM, TO)
    rows = json.loads((PAYLOADS / "ringcx_global_call_type_detail.json").read_text())
    found = [stream.normalise(row, asked) for row in rows]
    assert sum(isinstance(each, Ignored) for each in found) == len(cloud)


def test_without_the_cloud_report_the_report_of_calls_tells_of_cloud_calls(cloud: dict[str, Event]) -> None:
    found = by_id(sampled("global_call_type_detail", **OLDER, report_user_id=None))
    assert len(found) == 360
    for id, call in cloud.items():
        same = ("outcome", "durations", "queueId", "contactId", "entryPoint")
        assert {name: found[id].get(name) for name in same} == {name: call.get(name) for name in same}
        assert "agentId" not in found[id]
        assert found[id]["startedAt"] // 60_000 == call["startedAt"] // 60_000


def test_people_and_links_stand_nowhere_but_where_they_may(
    calls: dict[str, Event], cloud: dict[str, Event], legs: list[Event], dialogs: list[Event]
) -> None:
    for event in [*calls.values(), *cloud.values(), *legs, *dialogs]:
        assert "https://" not in json.dumps(event)
        number = event.get("contactId", "tel:+1-")[6:]
        told = {name: value for name, value in event.items() if name not in ("row", "contactId")}
        assert number not in json.dumps(told)


# ---- the same days by the integration API


def test_both_profiles_tell_of_the_same_calls(calls: dict[str, Event], dialogs: list[Event]) -> None:
    """Of those that had an agent: the integration API has no others."""
    found = by_id(of_kind("interaction", dialogs))
    answered = {id: call for id, call in calls.items() if call["outcome"] == "answered"}
    assert found.keys() == answered.keys()
    for id, call in found.items():
        for name in ("startedAt", "endedAt", "direction", "channel", "contactId", "entryPoint", "outcome"):
            assert call.get(name) == answered[id].get(name), name
        assert call["durations"]["billing"] == answered[id]["durations"]["billing"]


def test_both_profiles_tell_of_the_same_legs(legs: list[Event], dialogs: list[Event]) -> None:
    def told(events: list[Event]) -> list[Any]:
        return sorted([*(str(leg.get(name)) for name in LEGS), leg["durations"]["handle"]] for leg in events)

    assert told(of_kind("leg", dialogs)) == told(legs)


def test_every_part_of_a_dialog_says_the_same_about_it(dialogs: list[Event]) -> None:
    said: dict[str, list[Event]] = defaultdict(list)
    for interaction in of_kind("interaction", dialogs):
        said[interaction["id"]].append(interaction)
    assert Counter(map(len, said.values())) == {1: 256, 2: 22}
    assert all(all(one == each[0] for one in each) for each in said.values())


def test_aggregates_are_the_sums_of_the_legs_of_the_day(legs: list[Event]) -> None:
    first = [leg for leg in legs if leg["startedAt"] < DAY_ONE]
    inbound = [leg for leg in first if leg["direction"] == "inbound"]
    queues = [each["figures"] for each in sampled("agg_queue_stats")]
    agents = [each["figures"] for each in sampled("agg_agent_stats")]
    extended = [each["figures"] for each in sampled("agg_agent_extended_stats")]

    def total(figures: list[dict[str, float]], name: str) -> float:
        return sum(each[name] for each in figures)

    for figures in (queues, extended):
        assert total(figures, "talkingIxnDur") == seconds(inbound, "handle") == 32_087
        assert total(figures, "wrapUpDur") == seconds(inbound, "wrap") == 2_887
        assert total(figures, "answIxnCnt") == len(inbound) == 133
    assert total(queues, "segmentHoldTime") == seconds(inbound, "hold") * 1000
    outbound = [leg for leg in first if leg["direction"] == "outbound"]
    assert total(agents, "directOutIxnCnt") == len(outbound)
    assert total(agents, "directOutIxnDur") == seconds(outbound, "handle")
    for each in agents:
        assert each["availDur"] == each["totWorkDur"]


def test_figures_of_queues_have_their_own_time_per_row() -> None:
    found = sampled("agg_queue_stats")
    assert (len(by_id(found)), iso(min(each["startedAt"] for each in found))) == (28, "2026-03-17T12:00:00.000Z")
    assert {each["endedAt"] - each["startedAt"] for each in found} == {3_600_000}


def test_the_figures_of_agents_and_of_agents_by_queue_do_not_overwrite_each_other() -> None:
    plain, extended = by_id(sampled("agg_agent_stats")), by_id(sampled("agg_agent_extended_stats"))
    assert (len(plain), len(extended), len(plain.keys() & extended.keys())) == (46, 72, 0)


def test_the_other_spelling_of_offered_is_the_same_figure() -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS)
    stream, asked = vendor.stream("agg_queue_stats"), vendor.asked(FROM, TO)
    row = json.loads((PAYLOADS / "ringcx_agg_queue_stats.json").read_text())[0]
    other = {("offDirectIxnCnt" if name == "offdDirectIxnCnt" else name): value for name, value in row.items()}

    def figures(row: dict[str, Any]) -> Any:
        found = stream.normalise(row, asked)
        assert not isinstance(found, Ignored)
        return found[0]["figures"]

    assert figures(other) == figures(row)


def test_queues_and_dispositions_come_with_what_they_are_measured_by() -> None:
    found = sampled("reference")
    targets = {each["id"]: each["row"]["slaTime"] for each in found if each["type"] == "queue"}
    assert targets == {"50101": 30, "50102": 20, "50103": 20}
    successes = {each["name"] for each in found if each["type"] == "disposition" and each["row"]["isSuccess"]}
    assert successes == {"Resolved"}
    assert all(each["parentId"] in targets for each in found if each["type"] == "disposition")


# ---- cells


def report_of_calls(form: str) -> list[Event]:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER, gctd_format=form)
    return [{**event, "row": None} for event in vendor.events("global_call_type_detail", FROM, TO)]


@pytest.mark.parametrize("form", ["csv", "pipe"])
def test_a_report_of_calls_reads_the_same_as_json_and_delimited(form: str) -> None:
    assert report_of_calls(form) == report_of_calls("json")


@pytest.mark.parametrize(
    ("cell", "written", "figure"), [("Talk Time (min)", ".22", 0.22), ("Login Time (min)", "1,043.20", 1043.2)]
)
def test_numbers_are_read_however_they_are_written(cell: str, written: str, figure: float) -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    row, stream = vendor.rows("agent_session", FROM, TO)[0], vendor.stream("agent_session")
    found = stream.normalise({**row, cell: written}, vendor.asked(FROM, TO))
    assert not isinstance(found, Ignored)
    assert found[1]["figures"][cell] == figure


def test_durations_of_legs_may_be_plain_seconds() -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    row, stream = vendor.rows("agent_segment_metadata", FROM, TO)[0], vendor.stream("agent_segment_metadata")
    asked = vendor.asked(FROM, TO)
    [one], [other] = (
        stream.normalise(each, asked) for each in (row, {**row, "Duration": "249", "Wrap Time": "24", "Hold Duration": "0"})
    )
    assert one["durations"] == other["durations"]  # type: ignore[index]


def test_a_row_without_its_call_is_malformed_and_named() -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    with pytest.raises(Malformed, match="uii"):
        vendor.stream("global_call_type_detail").normalise({"callResult": "CONNECTED"}, vendor.asked(FROM, TO))


def segment(**fields: Any) -> dict[str, Any]:
    row = json.loads((PAYLOADS / "ringcx_interaction_metadata.json").read_text())[0]
    return {**row, **fields}


def told(row: dict[str, Any], **settings: Any) -> list[Event]:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=settings)
    found = vendor.stream("interaction_metadata").normalise(row, vendor.asked(FROM, TO))
    return [] if isinstance(found, Ignored) else list(found)


@pytest.mark.parametrize(
    ("company", "channel", "contact", "expected"),
    [
        ("2125550110", "4155550117", "2125550110", "tel:+14155550117"),
        ("2125550110", "+12125550110", "4155550117", "tel:+14155550117"),
        ("2125550110", "4155550117", "4155550118", None),
        ("2125550110", "2125550110", "Anonymous", None),
    ],
)
def test_the_customer_is_who_is_not_the_company(company: str, channel: str, contact: str, expected: str | None) -> None:
    row = segment(channelId=company, channelEndpointAddress=channel, contactEndpointAddress=contact)
    assert told(row)[0].get("contactId") == expected


def test_a_digital_dialog_is_known_by_its_own_id_and_its_address() -> None:
    row = segment(
        channelClass="DIGITAL",
        channelType="EMAIL",
        dialogId="d-1",
        channelId="help@example.com",
        channelEndpointAddress="help@example.com",
        contactEndpointAddress="Ann@Example.com",
    )
    call, leg = told(row)
    assert (call["id"], call["channel"], call["contactId"]) == ("contact:d-1", "email", "mailto:ann@example.com")
    assert leg["interactionId"] == call["id"]


def test_a_dialog_that_goes_on_has_no_end_and_no_duration() -> None:
    call, leg = told(segment(dialogEndTimeMs=None, dialogDurationMs=5000))
    assert "endedAt" not in call and call["durations"] == {}
    assert leg["durations"] == {"handle": 249}


def answered_with(rows: list[dict[str, Any]]) -> Vendor:
    """A vendor whose metadata are these rows, whatever it is asked for."""

    def fault(request: Request) -> Answer | None:
        return Answer(json.dumps(rows).encode()) if request.path.endswith("interaction-metadata") else None

    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS)
    vendor.fault = fault
    return vendor


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([segment(segmentType="IVR", systemDisposition="ABANDON")], ["abandoned_in_menu"]),
        ([segment(segmentType="IVR", systemDisposition=None)], ["unknown"]),
        ([segment(segmentType="BOT"), segment()], ["answered"]),
        ([segment(segmentType="IVR", dialogEndTimeMs=None)], []),
        ([segment(segmentType="IVR", dialogEndTimeMs="2026-03-17T15:31:50.000Z")], []),
    ],
)
def test_a_part_without_an_agent_tells_of_the_call_when_no_other_does(
    rows: list[dict[str, Any]], expected: list[str]
) -> None:
    found = answered_with(rows).events("interaction_metadata", "2026-03-17T12:00:00Z", "2026-03-17T15:00:00Z")
    assert [call["outcome"] for call in of_kind("interaction", found)] == expected


# ---- how the vendor is asked


def live(**simulated: Any) -> Vendor:
    settings = simulated.pop("settings", None)
    return Vendor.of("ringcx", settings=settings, **simulated)


def asked_for(vendor: Vendor, path: str) -> int:
    return sum(each.endswith(path) for _, each in vendor.simulator.calls)


def test_a_day_of_metadata_is_eight_calls() -> None:
    vendor = live()
    assert vendor.events("interaction_metadata", "2026-11-19", "2026-11-20T00:00:00Z") if False else True
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
    assert rest and rest == [row for page in pages[3:] for row in page.rows]


def test_legs_go_on_with_the_outbound_report() -> None:
    vendor = live(settings=OLDER)
    asked, stream = vendor.asked("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"), vendor.stream("agent_segment_metadata")
    first, second = stream.pages(asked, vendor.client())
    assert [page.rows for page in stream.pages(replace(asked, resume=first.next), vendor.client())] == [second.rows]
    assert second.rows


@pytest.mark.parametrize("zone", ["UTC", "US/Eastern", "Asia/Kathmandu"])
def test_figures_of_an_interval_are_whole_whatever_is_asked_for(zone: str) -> None:
    """A pull that begins within an interval must not bring a part of it in place of the whole."""
    whole = by_id(live(settings={"zone": zone}).events("agg_queue_stats", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"))
    part = by_id(live(settings={"zone": zone}).events("agg_queue_stats", "2026-11-19T09:07:11Z", "2026-11-19T15:52:00Z"))
    assert len(part) > 10
    assert all(whole[id] == each for id, each in part.items())


@pytest.mark.parametrize("stream", ["interaction_metadata", "agent_segment_metadata", "agg_agent_stats", "agent_session"])
def test_facts_do_not_depend_on_the_zone_of_the_request(stream: str) -> None:
    profile = OLDER if stream.startswith("agent_s") else {}
    found = [
        [
            {name: value for name, value in event.items() if name not in ("zone", "row")}
            for event in live(settings={**profile, "zone": zone}).events(stream, "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z")
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


def test_a_leg_waits_until_the_report_of_calls_tells_of_its_call() -> None:
    """Its anchor would be a guess until then. The report is late by minutes, or by half an hour where notes are."""
    vendor = live(settings=OLDER, now="2026-11-19T18:00:00Z")
    window = "2026-11-19T05:00:00Z", "2026-11-19T17:59:00Z"
    rows, stream = vendor.rows("agent_segment_metadata", *window), vendor.stream("agent_segment_metadata")
    waiting = [row for row in rows if isinstance(stream.normalise(row, vendor.asked(*window)), Ignored)]
    assert 0 < len(waiting) < len(rows)
    vendor.clock.at += DAY
    assert len(vendor.events("agent_segment_metadata", *window)) == len(rows)


def test_what_changes_late_is_brought_by_the_next_pull() -> None:
    vendor = live(now="2026-11-19T18:00:00Z")
    stream = vendor.stream("interaction_metadata")

    def pulled() -> dict[str, Event]:
        end = vendor.clock.at - stream.lag
        return by_id(of_kind("leg", vendor.events("interaction_metadata", iso(end - stream.overlap), iso(end))))

    before = pulled()
    vendor.clock.at += 3_600_000
    after = pulled()
    changed = [id for id in before.keys() & after.keys() if before[id] != after[id]]
    assert changed
    assert all(
        before[id].get("disposition") != after[id].get("disposition") or "recording" not in before[id] for id in changed
    )


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
    assert len(seen) == 12
    assert max(sum(at <= other < at + 900_000 for other in seen) for at in seen) <= 9


class _Rates:
    """A limiter of one process, for one worker."""

    def __init__(self) -> None:
        self._seen: dict[str, list[int]] = defaultdict(list)

    def enter(self, name: str, limit: Any, *, now: int) -> float:
        before = self._seen[name]
        waits = [before[-count] + seconds * 1000 - now for count, seconds in limit.rates if len(before) >= count]
        wait = max([0, *waits]) / 1000
        if not wait:
            before.append(now)
        return wait

    def leave(self, name: str, limit: Any, *, now: int) -> None:
        pass


def limited_client(vendor: Vendor) -> Any:
    return replace(vendor.client(minutes=60), limiter=_Rates())


def test_without_limits_the_simulated_vendor_refuses() -> None:
    vendor = live(limited=True)
    asked = vendor.asked("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    list(vendor.stream("agg_queue_stats").pages(asked, vendor.client(minutes=60)))
    assert vendor.clock.slept, "a 429 must be waited out"


def test_a_token_that_dies_in_the_middle_of_a_pull_is_renewed() -> None:
    vendor = live()
    asked, stream = vendor.asked("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"), vendor.stream("interaction_metadata")
    rows = []
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
        stream, end = vendor.stream(name), vendor.clock.at - vendor.stream(name).lag
        assert stream.lag >= 5 * 60_000
        vendor.events(name, iso(end - 4 * 3_600_000), iso(end))
    with pytest.raises(VendorRefuses):
        vendor.events("interaction_metadata", iso(end - 3_600_000), iso(vendor.clock.at))


def test_no_page_of_a_profile_feeds_what_another_one_feeds() -> None:
    source = Vendor.of("ringcx").source
    for profile in ("integration_v1", "legacy_reports"):
        settings = Vendor.of("ringcx", settings={"profile": profile}).settings
        feeds = [measure for stream in source.wanted(settings) for measure in stream.feeds]
        assert len(feeds) == len(set(feeds)) > 4


def test_an_error_that_comes_as_a_success_is_no_row() -> None:
    from wallboard.errors import Garbled
    from wallboard.sources.ringcx.legacy import _call_rows

    with pytest.raises(Garbled):
        _call_rows(Reply(200, {}, b'{"generalMessage": "The supplied data is not valid"}'))
    assert _call_rows(Reply(200, {}, b"[]")) == []
