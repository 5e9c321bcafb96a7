"""CCAI Platform: the figures that its sample files must give, segment by segment, and what is particular about its rows."""

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import Pulling
from wallboard.model.time import iso, parse_instant
from wallboard.sources._source import Asked
from wallboard.sources.ccaip import segments, statuses
from wallboard.sources.ccaip.chats import as_call
from wallboard.sources.ccaip.settings import CcaipSettings

PAYLOADS = FOLDER / "ccaip" / "payloads"
CALLS: dict[int, dict[str, Any]] = {row["id"]: row for row in json.loads((PAYLOADS / "ccaip_calls.json").read_text())}
CHATS: dict[int, dict[str, Any]] = {row["id"]: row for row in json.loads((PAYLOADS / "ccaip_chats.json").read_text())}
LOGS: list[dict[str, Any]] = json.loads((PAYLOADS / "ccaip_agent_status_history.json").read_text())
NOW = parse_instant("2026-03-12T12:00:00Z")
ASKED = Asked(
    CcaipSettings.model_validate(
        {"subdomain": "a", "domain": "uc1.ccaiplatform.com", "api_token": "t", "country": "1"}
    ),
    0,
    NOW,
    NOW,
)


@pytest.fixture(scope="module")
def facts() -> dict[str, list[dict[str, Any]]]:
    at = Pulling("ccaip", now="2026-03-12T12:00:00Z", simulated={"ccaip": {"payloads": PAYLOADS}})
    at.pull("ccaip", "2026-02-01", "2026-03-12")
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in at.facts():
        by_kind[fact["kind"]].append(fact)
    return by_kind


@pytest.fixture(scope="module")
def durations(facts: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, float]]:
    return {fact["id"]: fact["durations"] for fact in facts["interaction"]}


def spells(row: dict[str, Any]) -> list[dict[str, Any]]:
    found = statuses.activity(row, ASKED)
    assert isinstance(found, list)
    return found


# ---- how many there are


def test_every_call_and_chat_is_an_interaction_and_no_leg_comes_twice(facts: dict[str, list[dict[str, Any]]]) -> None:
    kinds = Counter(fact["id"].partition(":")[0] for fact in facts["interaction"])
    assert kinds == {"call": 40, "chat": 12}
    ids = [leg["id"] for leg in facts["leg"]]
    people = [
        who for row in (*CALLS.values(), *CHATS.values()) for who in row["participants"] if who["type"] == "agent"
    ]
    assert len(ids) == len(set(ids)) == len(people)
    assert not facts["unreadable"]
    assert {leg["interaction"] for leg in facts["leg"]} <= {fact["id"] for fact in facts["interaction"]}


def test_outcomes_tell_who_left_where(facts: dict[str, list[dict[str, Any]]]) -> None:
    found = defaultdict(set)
    for fact in facts["interaction"]:
        found[fact["outcome"]].add(int(fact["id"].partition(":")[2]))
    assert found.pop("answered") >= {5001, 5015, 5024, 5025, 5028, 5031, 5032, 901, 907, 910, 912}
    assert found == {
        "abandoned": {5004, 5005, 5037, 903},
        "abandoned_in_menu": {5006},
        "voicemail": {5007, 5008},
        "failed": {5016, 5017},
        "scheduled": {5020},
        "deflected": {5022, 5023, 5029, 905, 909},
        "in_progress": {5026, 5038, 911},
        "missed": {5030, 904},
    }


def test_every_spell_of_a_status_is_kept_whole_and_moments_take_no_time(facts: dict[str, list[dict[str, Any]]]) -> None:
    changes = [row for row in LOGS if row["activity"] == "user_status_changed"]
    lengths: dict[str, int] = defaultdict(int)
    for piece in facts["status"]:
        lengths[piece["id"].partition("@")[0]] += (piece["ended_at"] - piece["at"]) // 1000
    assert lengths.keys() == {f"status:{row['id']}" for row in changes}
    assert len(lengths) == 100
    closed = {f"status:{row['id']}": row["duration"] for row in changes if row["ended_at"]}
    assert {id: length for id, length in lengths.items() if id in closed} == closed
    assert sum(closed.values()) == sum(row["duration"] or 0 for row in LOGS) == 571_456


def test_a_status_that_goes_on_has_no_end_and_a_tenant_s_own_word_is_other() -> None:
    [open_row] = [row for row in LOGS if row["id"] == 50033]
    [spell] = spells({**open_row, "status": {"id": 77, "name": "Yoga"}})
    assert "endedAt" not in spell
    assert (spell["status"], spell["word"]) == ("other", "Yoga")


def test_whoever_changed_a_status_for_somebody_else_does_not_give_the_name() -> None:
    [by_another] = [row for row in LOGS if row["whodunnit"]["id"] != row["agent_id"]]
    [spell] = spells(by_another)
    assert spell["agentId"] == "105"
    assert "agentName" not in spell


# ---- segments


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (5003, {"billing": 921, "ring": 5, "talk": 895}),
        (5010, {"transfer": 112, "conference": 0}),
        (5011, {"conference": 46, "transfer": 20}),
        (5014, {"thirdParty": 217}),
        (5034, {"queue": 60, "billing": 700}),
        (5036, {"transfer": 100, "conference": 45, "thirdParty": 300, "talk": 1455}),
    ],
)
def test_segments_are_those_that_were_computed_by_hand(
    call: int, expected: dict[str, int], durations: dict[str, dict[str, float]]
) -> None:
    assert {name: durations[f"call:{call}"][name] for name in expected} == expected


def test_every_transfer_is_told_beside_their_sum() -> None:
    assert [segments.transfers(CALLS[call]) for call in (5010, 5036, 5024, 5025, 5001)] == [
        [45, 67],
        [30, 70],
        [None],
        [None],
        [],
    ]
    assert segments.transfer(CALLS[5024]) is None


def test_a_transfer_ends_with_its_receiver_s_connection_even_where_the_transfer_does_not_say_it() -> None:
    for call in (5009, 5010, 5011, 5036):
        silent = [{**one, "connected_at": None} for one in CALLS[call]["transfers"]]
        assert segments.transfers({**CALLS[call], "transfers": silent}) == segments.transfers(CALLS[call])


def test_a_third_party_that_stays_longer_counts_only_with_an_agent() -> None:
    own = next(who for who in CALLS[5014]["participants"] if who["type"] == "third_party")["call_duration"]
    assert (own, segments.third_party(CALLS[5014])) == (500, 217)
    assert segments.third_party(CALLS[5013]) == 480


def test_a_kind_of_participant_that_nobody_knows_is_a_third_party() -> None:
    renamed = [
        {**who, "type": "external_number"} if who["type"] == "third_party" else who
        for who in CALLS[5036]["participants"]
    ]
    assert segments.third_party({**CALLS[5036], "participants": renamed}) == 300


def test_three_agents_at_once_are_one_time_on_the_clock() -> None:
    """Two at a time, added up, would be 500 + 300 + 200."""
    assert segments.conference(CALLS[5012]) == 600


def test_one_agent_is_no_conference_and_two_after_each_other_one_of_0_seconds() -> None:
    assert segments.conference(CALLS[5001]) is None
    assert segments.conference(CALLS[5009]) == 0


def test_a_segment_that_does_not_apply_is_left_out(durations: dict[str, dict[str, float]]) -> None:
    assert durations["call:5004"] == {"billing": 205, "ivr": 25, "hold": 0, "queueReported": 180}
    assert durations["call:5006"] == {"billing": 37, "hold": 0}  # in the menu: never queued
    assert durations["call:5015"].keys() & {"ivr", "queue"} == set()  # outbound
    assert durations["call:5026"].keys() & {"billing", "handle", "talk", "wrap", "conference"} == set()  # goes on
    assert (
        durations["call:5029"].keys() & {"talk", "talkClean", "wrap", "ring", "handleReported"} == set()
    )  # a bot alone
    assert durations["call:5019"].keys() & {"ivr"} == set()  # booked two hours ahead
    assert durations["call:5035"]["queue"] == durations["call:5035"]["ring"] == 0  # measured


def test_a_bot_before_the_queue_leaves_no_wait_but_the_reported_one(
    facts: dict[str, list[dict[str, Any]]], durations: dict[str, dict[str, float]]
) -> None:
    """connected_at is the bot's, and the vendor wrote a later queued_at over the first: the difference is below 0."""
    [call] = [fact for fact in facts["interaction"] if fact["id"] == "call:5028"]
    said = durations["call:5028"]
    assert "queue" not in said
    assert (said["queueReported"], said["ivr"]) == (9, 97)
    assert (call["answered_at"] - call["queued_at"], iso(call["answered_at"])) == (9000, "2026-02-03T22:31:46.000Z")


def test_the_documents_disagree_and_both_figures_are_kept(durations: dict[str, dict[str, float]]) -> None:
    """Waiting until connected or assigned; handling with or without wrap-up; talk that is longer than handling."""
    said = durations["call:5039"]
    assert (said["queue"], said["queueReported"]) == (33, 6)
    assert (said["handle"], said["handleReported"], said["talk"], said["talkClean"]) == (120, 154, 154, 130)


def test_ring_is_as_connecting_at_has_it_and_else_derived_and_marked() -> None:
    strict = {id: row for id, row in CALLS.items() if "connecting_at" not in row}
    assert {id: segments.ring(row) for id, row in strict.items()} == {5018: 3, 5028: 6, 5029: None, 5040: 6}
    assert [id for id, row in CALLS.items() if segments.is_ring_derived(row)] == [5018, 5028, 5040]
    bare = {**CALLS[5040], "handle_durations": []}
    assert segments.ring(bare) == 6  # assigned_at to the agent's connected_at


@pytest.mark.parametrize("call", [id for id, row in CALLS.items() if row["handle_durations"]])
def test_the_vendor_s_own_sums_hold_in_every_call_that_was_handled(call: int) -> None:
    row = CALLS[call]
    handled = row["handle_durations"]
    parts = ("bcw_duration", "call_duration", "acw_duration")
    assert row["queue_duration"] == row["wait_duration"] == sum(one["queue_duration"] for one in row["queue_durations"])
    assert segments.hold(row) == sum(one["hold_duration"] or 0 for one in handled)
    assert row["call_duration"] == sum(one[part] for one in handled for part in parts)
    clean = sum(one["call_duration"] for one in handled) - row["hold_duration"]
    assert segments.talk_clean(row) == clean
    wrap = segments.wrap(row)
    assert wrap is not None
    before = sum(one["bcw_duration"] for one in handled)
    assert segments.talk(row) == clean + wrap + before


def test_a_chat_has_the_segments_of_a_call() -> None:
    assert segments.segments(as_call(CHATS[902])) == {
        "billing": 940,
        "ivr": 0,
        "queue": 43,
        "handle": 897,
        "ring": 3,
        "transfer": 45,
        "conference": 0,
        "talk": 862,
        "talkClean": 862,
        "wrap": 0,
    }
    assert segments.wrap(as_call(CHATS[908])) == 30
    assert segments.queue(as_call(CHATS[910])) == 24  # after a bot
    assert segments.segments(as_call(CHATS[909])) == {"billing": 180}  # a bot alone
