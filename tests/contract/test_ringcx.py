"""RingCX: the figures that its sample files must give under both profiles, and what is particular about it."""

import json
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest

from tests.contract.golden_sources import FOLDER
from tests.fakes.vendors import Vendor
from wallboard.model.time import iso, parse_instant
from wallboard.sources._source import Event, Ignored

PAYLOADS = FOLDER / "ringcx" / "payloads"
FROM, TO, NOW = "2026-03-17T04:00:00Z", "2026-03-19T04:00:00Z", "2026-03-19T12:00:00Z"
DAY_ONE = parse_instant("2026-03-18T04:00:00Z")
OLDER = {"profile": "legacy_reports"}
LEGS = (
    "interactionId",
    "interactionStartedAt",
    "agentId",
    "agentName",
    "startedAt",
    "endedAt",
    "disposition",
    "direction",
)


def sampled(stream: str, **settings: Any) -> list[Event]:
    return Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=settings).events(stream, FROM, TO)


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
    return float(sum(event["durations"].get(name, 0) for event in events))


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
        assert all(one["endedAt"] <= other["startedAt"] for one, other in pairwise(parts))


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
    assert lasted == pytest.approx(
        sum(intervals[each["id"]]["figures"]["Login Time (min)"] for each in closed), abs=1e-6
    )
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
    events = [*calls.values(), *cloud.values(), *legs, *dialogs]
    numbers = {event["contactId"].removeprefix("tel:+1") for event in events if "contactId" in event}
    assert len(numbers) > 100
    for event in events:
        assert "https://" not in json.dumps(event)
        told = {name: value for name, value in event.items() if name not in ("row", "contactId")}
        assert not numbers & {str(value) for value in told.values()}


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


def test_queues_and_dispositions_come_with_what_they_are_measured_by() -> None:
    found = sampled("reference")
    targets = {each["id"]: each["row"]["slaTime"] for each in found if each["type"] == "queue"}
    assert targets == {"50101": 30, "50102": 20, "50103": 20}
    successes = {each["name"] for each in found if each["type"] == "disposition" and each["row"]["isSuccess"]}
    assert successes == {"Resolved"}
    assert all(each["parentId"] in targets for each in found if each["type"] == "disposition")
