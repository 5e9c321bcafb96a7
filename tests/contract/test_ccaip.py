"""CCAI Platform: the figures that its sample files must give, segment by segment, and what is particular about its rows."""

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import Pulling
from tests.fakes.vendors import Vendor
from wallboard.errors import Malformed
from wallboard.model.time import iso, parse_instant
from wallboard.sources._source import Asked
from wallboard.sources.ccaip import rows, segments, statuses
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


def events(row: dict[str, Any], **changed: Any) -> list[dict[str, Any]]:
    found = rows.call({**row, **changed}, ASKED)
    assert isinstance(found, list)
    return found


def told(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return events(row, **changed)[0]


# ---- how many there are


def test_every_call_and_chat_is_an_interaction_and_no_leg_comes_twice(facts: dict[str, list[dict[str, Any]]]) -> None:
    kinds = Counter(fact["id"].partition(":")[0] for fact in facts["interaction"])
    assert kinds == {"call": 40, "chat": 12}
    ids = [leg["id"] for leg in facts["leg"]]
    assert len(ids) == len(set(ids)) == 49
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
    [spell] = statuses.activity({**open_row, "status": {"id": 77, "name": "Yoga"}}, ASKED)
    assert "endedAt" not in spell
    assert (spell["status"], spell["word"]) == ("other", "Yoga")


def test_whoever_changed_a_status_for_somebody_else_does_not_give_the_name() -> None:
    [by_another] = [row for row in LOGS if row["whodunnit"]["id"] != row["agent_id"]]
    [spell] = statuses.activity(by_another, ASKED)
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
    assert told(CALLS[5040])["derived"] == ["ring"]
    assert "derived" not in told(CALLS[5001])
    bare = {**CALLS[5040], "handle_durations": []}
    assert segments.ring(bare) == 6  # assigned_at to the agent's connected_at


@pytest.mark.parametrize("call", sorted(CALLS))
def test_the_vendor_s_own_sums_hold_in_every_call(call: int) -> None:
    row = CALLS[call]
    handled = row["handle_durations"]
    parts = ("bcw_duration", "call_duration", "acw_duration")
    if handled and row["call_duration"]:
        assert (
            row["queue_duration"]
            == row["wait_duration"]
            == sum(one["queue_duration"] for one in row["queue_durations"])
        )
        assert segments.hold(row) == sum(one["hold_duration"] or 0 for one in handled)
        # One call, worked on before it began, has a row without that work in its call_duration.
        assert row["call_duration"] == sum(one[part] for one in handled for part in parts)
        clean = sum(one["call_duration"] for one in handled) - row["hold_duration"]
        assert segments.talk_clean(row) == clean
        wrap = segments.wrap(row)
        assert wrap is not None
        before = sum(one["bcw_duration"] for one in handled)
        assert segments.talk(row) == clean + wrap + before


@pytest.mark.parametrize("call", [5001, 5009, 5010, 5011, 5012, 5013, 5015, 5028, 5034, 5036, 5039])
def test_legs_add_up_to_their_call(call: int) -> None:
    """Each wrap-up row is in the leg that it follows, and in no other."""
    row = CALLS[call]
    legs = [event for event in events(row) if event["kind"] == "leg"]
    talk = sum(leg["durations"]["talk"] for leg in legs)
    assert talk == segments.talk_clean(row)
    assert sum(leg["durations"]["wrap"] for leg in legs) == segments.wrap(row)
    assert sum(leg["durations"]["hold"] for leg in legs) == segments.hold(row)
    by_agent = {leg["agentId"]: leg["durations"]["wrap"] for leg in legs}
    for one in row["handle_durations"]:
        if one["acw_duration"]:
            assert by_agent[str(one["agent_id"])] == one["acw_duration"]


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


# ---- rows


def test_one_agent_twice_in_a_call_has_two_legs_each_with_its_own_wrap_up() -> None:
    """Whoever transfers to a queue and takes the call again."""
    row = json.loads(json.dumps(CALLS[5009]).replace("104", "101"))
    legs = [event for event in events(row) if event["kind"] == "leg"]
    assert [(leg["id"], leg["agentId"], leg["durations"]["wrap"]) for leg in legs] == [
        ("leg:call:20013", "101", 20),
        ("leg:call:20014", "101", 15),
    ]
    assert told(row)["agents"] == 1


def test_a_leg_keeps_its_id_while_the_call_goes_on_and_when_it_is_over() -> None:
    row = CALLS[5001]
    early = {**row, "ends_at": None, "handle_durations": [], "status": "connected"}
    ids = [[event["id"] for event in events(each) if event["kind"] == "leg"] for each in (early, row)]
    assert ids[0] == ids[1] == ["leg:call:20002"]


def test_dispositions_belong_to_the_leg_of_their_participant() -> None:
    said = [{"participant_id": 20013, "code": "Refund", "note": "private"}, {"participant_id": 20014, "code": "Done"}]
    call, first, second, *_ = events(CALLS[5009], dispositions=said)
    assert [event["disposition"] for event in (call, first, second)] == ["Done", "Refund", "Done"]


def test_the_service_level_is_the_verdict_on_the_first_queue() -> None:
    assert told(CALLS[5036])["slaMet"] is True  # the last of its three queues was late
    assert told(CALLS[5004])["slaMet"] is False
    assert "slaMet" not in told(CALLS[5005])  # left out of the service level
    assert told(CALLS[5005])["slaTarget"] == 60


def test_a_rating_is_an_answer_at_the_end_of_the_call_and_waits_for_it(facts: dict[str, list[dict[str, Any]]]) -> None:
    found = {(answer["interaction"], answer["score"], answer["scale"]) for answer in facts["survey"]}
    assert found == {
        ("call:5001", 5, 5),
        ("call:5003", 3, 5),
        ("call:5027", 4, 5),
        ("chat:901", 5, 5),
        ("chat:908", 2, 5),
    }
    later = events(CALLS[5001], updated_at="2026-02-03T09:30:00Z", rating="5")
    assert later[-1] == events(CALLS[5001])[-1]
    assert [event["kind"] for event in events(CALLS[5001], ends_at=None)] == ["interaction", "leg"]


@pytest.mark.parametrize("number", ["+12025550151", "+1 202-555-0151", "(202) 555-0151", "1 202 555 0151"])
def test_a_caller_is_the_same_however_the_number_is_written(number: str) -> None:
    people = [{**who, "phone_number": who["phone_number"] and number} for who in CALLS[5001]["participants"]]
    assert told(CALLS[5001], participants=people)["contactId"] == "tel:+12025550151"


def test_without_a_number_a_customer_is_the_address_and_else_the_vendor_s_id() -> None:
    [chat, *_] = rows.chat(CHATS[901], ASKED)  # type: ignore[misc]
    assert chat["contactId"] == "mailto:visitor901@example.com"
    for identifier in (None, "91237416-3705-4a43-b3d5-a99278016d75"):
        user = {"id": 42, "identifier": identifier}
        assert told(CALLS[5001], participants=[], end_user=user)["contactId"] == "id:42"
    assert "contactId" not in told(CALLS[5032])


def test_no_link_is_kept_and_photos_and_videos_are_known_by_their_ids() -> None:
    row = told(CALLS[5027])["row"]
    assert row["photos"] == [{"id": 410, "photo_type": "photo"}, {"id": 411, "photo_type": "photo"}]
    assert row["videos"] == [{"id": 420}]
    for each in CALLS.values():
        assert "http" not in json.dumps([event.get("row") for event in events(each)])
    assert told(CALLS[5027])["recording"] == "5027"
    assert "recording" not in told(CALLS[5004])


@pytest.mark.parametrize(
    ("call_type", "direction"),
    [
        ("Voice Hologram", "inbound"),
        ("voice inbound (IVR using Mobile)", "inbound"),
        ("Voice Campaign", "outbound"),
        ("OutboundCall", "outbound"),
        ("Voice Callback (Web)", "inbound"),
        ("Voice Internal", "internal"),
        (None, "inbound"),
    ],
)
def test_no_type_is_rejected(call_type: str | None, direction: str) -> None:
    assert told(CALLS[5001], call_type=call_type, session_type_v2=call_type)["direction"] == direction


def test_what_is_of_another_shape_than_today_s_is_read_as_far_as_it_goes() -> None:
    """Lists that are missing, a path that is a text, a status and reasons of tomorrow."""
    short = {"id": 1, "created_at": "2026-02-03T09:00:00Z", "status": "teleported", "transfers": None, "tomorrow": {}}
    assert told(short)["outcome"] == "in_progress"
    moved = [{**one, "to_menu_path": "Technical/Mobile", "from_menu_path": None} for one in CALLS[5010]["transfers"]]
    assert len(events(CALLS[5010], transfers=moved)) == 4
    over = told(CALLS[5004], status="evaporated", fail_reason="eu_evaporated")
    assert (over["outcome"], over["status"], over["endReason"]) == ("unknown", "evaporated", "eu_evaporated")


@pytest.mark.parametrize("field", ["created_at", "ends_at", "connected_at"])
def test_a_time_that_is_none_is_named(field: str) -> None:
    with pytest.raises(Malformed, match=field):
        events(CALLS[5001], **{field: "soon"})


def test_teams_stand_in_their_tree_and_the_deleted_one_is_gone() -> None:
    vendor = Vendor.of("ccaip", payloads=PAYLOADS)
    found = {event["id"]: event for event in vendor.events("teams", "2026-03-11T00:00Z", "2026-03-12T00:00Z")}
    assert {id: event.get("parentId") for id, event in found.items()} == {
        "10": None,
        "11": "10",
        "12": "10",
        "20": None,
        "21": "20",
        "22": "21",
        "99": None,
    }
    assert [id for id, event in found.items() if event.get("deleted")] == ["99"]
    assert [who["id"] for who in found["22"]["row"]["assignees"]] == [107, 108]
    [tree] = vendor.events("team_tree", "2026-03-11T00:00Z", "2026-03-12T00:00Z")
    assert (tree["id"] in found, tree["count"], len(tree["row"]["roots"])) == (False, 6, 2)
