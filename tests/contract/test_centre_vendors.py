"""The reports over the sample files of each vendor give the figures of its reference page, and those of a plain recount of the
files, which shares nothing with the connectors."""

import csv
import json
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import Pulling
from tests.fakes.world import World

Rows = list[dict[str, Any]]


def payloads(vendor: str) -> Path:
    return FOLDER / vendor / "payloads"


def pulled(vendor: str, start: str, end: str, now: str, **settings: Any) -> World:
    told = {vendor: {"payloads": payloads(vendor)}}
    pulling = Pulling(vendor, now=now, simulated=told, settings={vendor: settings})
    pulling.pull(vendor, start, end)
    pulling.world.fold()
    return pulling.world


def totals(world: World, report: str, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = world.ask(f"wb-{report}", **{"periodDays": 60} | asked)["totals"]
    return found


def some(found: dict[str, Any], *names: str) -> list[Any]:
    return [found[name] for name in names]


def table(vendor: str, name: str) -> Rows:
    with (payloads(vendor) / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def listed(vendor: str, name: str) -> Rows:
    content = json.loads((payloads(vendor) / name).read_text("utf-8"))
    rows: Rows = content["data"] if isinstance(content, dict) else content
    return rows


def seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


# ---- Gladly: reference §10, column "full"


@pytest.fixture(scope="module")
def gladly() -> World:
    return pulled("gladly", "2024-03-12T04:00:00Z", "2024-03-13T14:00:00Z", "2024-03-13T14:00:00Z")


def gladly_contacts() -> dict[str, Rows]:
    contacts: dict[str, Rows] = defaultdict(list)
    for row in table("gladly", "gladly_work_sessions.csv"):
        contacts[row["contact_session_id"]].append(row)
    return contacts


def test_gladly_counts_what_its_reference_says(gladly: World) -> None:
    volume, transfers = totals(gladly, "interaction-volume"), totals(gladly, "transfers")
    assert some(volume, "interactions", "outbound", "outcomeAbandoned", "outcomeInProgress") == [42, 6, 5, 0]
    assert some(transfers, "byNobody", "byOne", "bySeveral") == [7, 30, 5]
    phone, all_ = totals(gladly, "queue-time", channel="voice"), totals(gladly, "queue-time")
    assert (round(phone["speedOfAnswerMean"], 3), phone["answered"]) == (23.143, 14)
    assert some(all_, "speedOfAnswerMean", "answered") == [2703.5, 30]
    level, handle = totals(gladly, "service-level"), totals(gladly, "handle-time")
    assert some(level, "vendorMet", "vendorMissed") == [25, 11]
    assert handle["handleTime"] == round(23549.936 + 1111.484, 3)
    assert round(handle["averageWrapTime"] * handle["handled"], 3) == 1111.484
    # Hold is known to the Contact Export alone: of contacts, and so of the part of an agent where there is one.
    rows = gladly.ask("wb-call-segments", periodDays=60, channel="voice")["rows"]
    [hold] = [row["values"] for row in rows if row["segment"] == "hold"]
    assert (hold["time"], hold["interactions"], round(hold["mean"], 3)) == (846.25, 23, 36.793)


def test_gladly_is_what_its_rows_add_up_to(gladly: World) -> None:
    contacts = gladly_contacts()
    firsts = [rows[0] for rows in contacts.values()]
    agents = [len({row["agent_id"] for row in rows} - {""}) for rows in contacts.values()]
    waits = []
    for rows in contacts.values():
        accepted = sorted(row["agent_accepted_at"] for row in rows if row["agent_accepted_at"])
        if rows[0]["direction"] == "INBOUND" and accepted:
            waits.append(seconds(rows[0]["contact_session_created_at"], accepted[0]))
    names = ("work_session_handle_time_sec", "work_session_after_contact_time_sec")
    worked = [row for rows in contacts.values() for row in rows if row["work_session_handle_time_sec"]]
    whole = sum(float(row[name] or 0) for row in worked for name in names)

    inbound = sum(row["direction"] == "INBOUND" for row in firsts)
    assert some(totals(gladly, "interaction-volume"), "interactions", "inbound") == [len(contacts), inbound]
    found = totals(gladly, "transfers")
    assert found["agentsPerContact"] == round(mean(agents), 6)
    assert found["transferred"] == sum(number > 1 for number in agents)
    found = totals(gladly, "queue-time")
    assert some(found, "answered", "speedOfAnswerMean") == [len(waits), mean(waits)]
    assert found["abandoned"] == sum(row["status"] == "ABANDONED" for row in firsts)
    found = totals(gladly, "handle-time")
    assert some(found, "legs", "handleTime") == [len(worked), round(whole, 3)]


# ---- Samespace: reference §7


@pytest.fixture(scope="module")
def samespace() -> World:
    return pulled("samespace", "2024-03-05", "2024-03-06", "2024-03-06T12:00:00Z")


def test_samespace_counts_what_its_reference_says(samespace: World) -> None:
    volume = totals(samespace, "interaction-volume")
    assert some(volume, "interactions", "inbound", "outbound") == [23, 16, 7]
    assert some(volume, "outcomeAbandoned", "outcomeFailed", "outcomeMissed") == [3, 3, 1]
    handle = totals(samespace, "handle-time")
    assert some(handle, "legs", "handled", "held") == [24, 17, 4]
    assert round(handle["averageHoldTime"] * 17) == 287
    gone = totals(samespace, "abandonment")
    assert some(gone, "abandoned", "shortAbandoned") == [3, 1]
    first, *_ = samespace.ask("wb-csat", periodDays=3)["rows"]
    assert (round(first["values"]["mean"], 3), round(first["values"]["topTwo"], 3)) == (3.667, round(600 / 9, 3))
    assert some(totals(samespace, "csat"), "answers", "mean") == [24, 3.75]


def test_samespace_answers_of_agents_and_teams_add_up_to_all(samespace: World) -> None:
    """An answer is of the agent and the team of its call: the team by its id, as of the call itself."""
    names: dict[str, dict[str, int]] = {}
    for what in ("agent", "team"):
        rows = samespace.ask("wb-csat", periodDays=3, groupBy=[what])["rows"]
        names[what] = Counter()
        for row in rows:
            names[what][row[f"{what}Name"]] += row["values"]["answers"]
    said = listed("samespace", "samespace_csat.json")
    for what, name in (("agent", "user_display_name"), ("team", "team_name")):
        own: Counter[str] = Counter()
        for call in said:
            own[call[name]] += sum(bool(answer.get("answer")) for answer in call["csat"])
        assert names[what] == +own
        assert sum(own.values()) == 24
    assert totals(samespace, "csat", agentId="bde714d76c06ca7b857d02d5")["answers"] == 9


def test_samespace_is_what_its_rows_add_up_to(samespace: World) -> None:
    """The reference has the mean over all 13 inbound legs (12.846 s); the speed of answer is that of the 12 contacts."""
    legs = listed("samespace", "samespace_sessions.json")
    firsts = [leg for leg in legs if leg["uuid"] == leg["x_origin_id"]]
    inbound = [leg for leg in firsts if leg["direction"] == "in"]
    waits = [seconds(leg["start_time"], leg["answer_time"]) for leg in inbound if leg["answer_time"]]
    found = totals(samespace, "queue-time")
    assert some(found, "offered", "answered") == [len(inbound), len(waits)] == [16, 12]
    assert found["speedOfAnswerMean"] == round(mean(waits), 6)
    assert totals(samespace, "service-level")["answeredWithin"] == sum(wait <= 20 for wait in waits)
    assert found["abandoned"] == sum(leg["status"] == "abandoned" for leg in inbound)
    answered = [leg for leg in legs if leg["answer_time"]]
    handle = totals(samespace, "handle-time")
    wraps = {row["_id"]: row["acw_duration"] for row in listed("samespace", "samespace_csat.json")}
    assert handle["averageHandleTime"] == round(
        mean(leg["duration"] + wraps.get(leg["uuid"], 0) for leg in answered), 6
    )
    told = [wraps[leg["uuid"]] for leg in answered if leg["uuid"] in wraps]
    assert handle["averageWrapTime"] == round(mean(told), 6)
    assert handle["averageHoldTime"] == round(mean(leg["hold_duration"] for leg in answered), 6)
    agents: dict[str, set[str]] = defaultdict(set)
    for leg in legs:
        agents[leg["x_origin_id"]] |= {leg["user_system_id"]} if leg["user_system_id"] else set()
    # The missed call rang at somebody, who did not work on it.
    idle = [leg for leg in legs if leg["status"] == "missed" and leg["user_system_id"]]
    worked = sum(map(len, agents.values())) - len(idle)
    assert totals(samespace, "transfers")["agentsPerContact"] == round(worked / len(agents), 6)
    answers = [answer for row in listed("samespace", "samespace_csat.json") for answer in row["csat"]]
    scores = [int(answer["answer"]) for answer in answers if answer.get("answer")]
    assert totals(samespace, "csat")["mean"] == mean(scores)
    assert [totals(samespace, "csat")[f"score{n}"] for n in range(1, 6)] == [scores.count(n) for n in range(1, 6)]


# ---- RingCX, both profiles


RINGCX = ("2026-03-17T04:00:00Z", "2026-03-19T04:00:00Z", "2026-03-19T12:00:00Z")


def _hms(text: str) -> int:
    hours, minutes, rest = map(int, text.split(":"))
    return 3600 * hours + 60 * minutes + rest


@pytest.fixture(scope="module")
def segments() -> Rows:
    names = ("ringcx_agent_segment_metadata.csv", "ringcx_agent_segment_metadata_outbound.csv")
    return [row for name in names for row in table("ringcx", name)]


def test_ringcx_by_its_older_reports_is_what_its_rows_add_up_to(segments: Rows) -> None:
    world = pulled("ringcx", *RINGCX, zone="US/Eastern", profile="legacy_reports")
    calls = {row["uii"]: row for row in listed("ringcx", "ringcx_global_call_type_detail.json")}
    cloud = [row["uii"].removeprefix("'") for row in table("ringcx", "ringcx_call_detail.csv")]
    volume = totals(world, "interaction-volume")
    assert volume["interactions"] == len({*calls, *cloud}) == 360
    handle = totals(world, "handle-time")
    assert handle["legs"] == len(segments)
    times = [(_hms(row["Duration"]), _hms(row["Hold Duration"]), _hms(row["Wrap Time"])) for row in segments]
    assert handle["handleTime"] == sum(whole + wrap for whole, _, wrap in times)
    assert handle["averageTalkTime"] == round(mean(whole - hold for whole, hold, _ in times), 6)
    assert handle["averageHoldTime"] == round(mean(hold for _, hold, _ in times), 6)
    assert handle["held"] == sum(hold > 0 for _, hold, _ in times)
    agents: dict[str, set[str]] = defaultdict(set)
    for row in segments:
        agents[row["UII"]].add(row["Agent ID"])
    counts = Counter(map(len, agents.values()))
    # Calls of cloud queues name no agent.
    assert some(totals(world, "transfers"), "byNobody", "byOne", "bySeveral") == [
        360 - len(agents),
        counts[1],
        counts[2],
    ]


def test_ringcx_by_the_integration_api_knows_parts_of_agents_and_no_queue(segments: Rows) -> None:
    """So it has no speed of answer and nobody who abandoned: null, and nothing that was offered."""
    world = pulled("ringcx", *RINGCX, zone="US/Eastern")
    assert some(totals(world, "interaction-volume"), "interactions", "offered") == [
        len({row["UII"] for row in segments}),
        0,
    ]
    assert totals(world, "queue-time")["speedOfAnswerMean"] is None
    handle = totals(world, "handle-time")
    assert some(handle, "legs", "handleTime") == [len(segments), sum(_hms(row["Duration"]) for row in segments)]
    assert some(handle, "averageTalkTime", "averageHoldTime", "averageWrapTime") == [None, None, None]


def test_time_away_that_ringcx_tells_is_counted_or_null() -> None:
    """Otherwise occupancy is utilisation."""
    world = pulled("ringcx", *RINGCX, zone="US/Eastern", profile="legacy_reports")
    away = [f"{state} Time (min)" for state in ("Break", "Away", "Lunch", "Training")]
    minutes = sum(
        float(row[name]) for row in table("ringcx", "ringcx_agent_session.csv") for name in away if row.get(name)
    )
    assert minutes > 100
    found = totals(world, "agent-summary")["awayTime"]
    assert found == pytest.approx(60 * minutes, rel=0.01)


# ---- CCAI Platform


def test_ccaip_is_what_its_rows_add_up_to() -> None:
    """Booked calls and call-backs are inbound: the customer asked for them. A call that goes on (5026) is not yet answered, as
    the vendor has it. Call 5028 was first connected to a bot: its customer waited 9 s for a person."""
    world = pulled("ccaip", "2026-02-03", "2026-03-12", "2026-03-12T12:00:00Z")
    calls, chats = (listed("ccaip", f"ccaip_{what}.json") for what in ("calls", "chats"))
    assert totals(world, "interaction-volume")["interactions"] == len(calls) + len(chats) == 52
    ratings = [each["rating"] for each in (*calls, *chats) if each["rating"]]
    assert some(totals(world, "csat"), "answers", "mean") == [len(ratings), round(mean(ratings), 6)]

    came = [call for call in calls if not call["call_type"].startswith(("Voice Outbound", "Voice Internal"))]
    answered = [call for call in came if call["queued_at"] and call["connected_at"] and call["ends_at"]]
    waits = {call["id"]: seconds(call["queued_at"], call["connected_at"]) for call in answered}
    assert {id for id, wait in waits.items() if wait < 0} == {5028}
    waits[5028] = next(call["queue_duration"] for call in calls if call["id"] == 5028)
    voice = totals(world, "queue-time", channel="voice")
    assert some(voice, "answered", "speedOfAnswerMean") == [len(waits), round(mean(waits.values()), 6)]
    gone = [call for call in calls if call["fail_reason"] in ("eu_abandoned", "eu_canceled") and call["queued_at"]]
    assert voice["abandoned"] == len(gone)


def test_agents_of_ccaip_calls_are_those_who_were_connected() -> None:
    """Whoever dialled a call that nobody took (5016, 5017) was connected to it, by the vendor's words."""
    world = pulled("ccaip", "2026-02-03", "2026-03-12", "2026-03-12T12:00:00Z")
    connected = [
        {row["user_id"] for row in call["participants"] if row["type"] == "agent" and row["connected_at"]}
        for call in listed("ccaip", "ccaip_calls.json")
    ]
    found = totals(world, "transfers", channel="voice")
    assert some(found, "byNobody", "byOne") == [sum(len(who) == number for who in connected) for number in (0, 1)]
