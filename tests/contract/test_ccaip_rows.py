"""CCAI Platform: what one row becomes. Legs, dispositions, verdicts, ratings, people, and shapes of yesterday and tomorrow."""

import json
from typing import Any

import pytest

from tests.contract.golden_sources import FOLDER
from tests.fakes.vendors import SOURCES, Vendor
from wallboard.errors import Malformed
from wallboard.model.time import parse_instant
from wallboard.sources._source import Asked
from wallboard.sources.ccaip import rows, segments
from wallboard.sources.ccaip.settings import CcaipSettings

PAYLOADS = FOLDER / "ccaip" / "payloads"
CALLS: dict[int, dict[str, Any]] = {row["id"]: row for row in json.loads((PAYLOADS / "ccaip_calls.json").read_text())}
CHATS: dict[int, dict[str, Any]] = {row["id"]: row for row in json.loads((PAYLOADS / "ccaip_chats.json").read_text())}
NOW = parse_instant("2026-03-12T12:00:00Z")
ASKED = Asked(
    CcaipSettings.model_validate(
        {"subdomain": "a", "domain": "uc1.ccaiplatform.com", "api_token": "t", "country": "1"}
    ),
    0,
    NOW,
    NOW,
)


def events(row: dict[str, Any], **changed: Any) -> list[dict[str, Any]]:
    found = rows.call({**row, **changed}, ASKED)
    assert isinstance(found, list)
    return found


def told(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return events(row, **changed)[0]


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


def test_a_ring_that_is_derived_is_marked() -> None:
    assert told(CALLS[5040])["derived"] == ["ring"]
    assert "derived" not in told(CALLS[5001])


def test_one_agent_twice_in_a_call_has_two_legs_each_with_its_own_wrap_up() -> None:
    """Whoever transfers to a queue and takes the call again."""
    row = json.loads(json.dumps(CALLS[5009]).replace("104", "101"))
    legs = [event for event in events(row) if event["kind"] == "leg"]
    assert [(leg["id"], leg["agentId"], leg["durations"]["wrap"]) for leg in legs] == [
        ("leg:call:20013", "101", 20),
        ("leg:call:20014", "101", 15),
    ]
    assert told(row)["agents"] == 1


def test_two_parts_of_one_agent_without_times_of_their_own_keep_both_their_talks() -> None:
    row = json.loads(json.dumps(CALLS[5009]).replace("104", "101"))
    row["participants"] = [{**who, "connected_at": None} for who in row["participants"]]
    legs = [event for event in events(row) if event["kind"] == "leg"]
    assert [leg["durations"]["talk"] for leg in legs] == [300, 300]


def test_what_is_written_about_customers_is_declared() -> None:
    """Whoever may not see personal data sees none of these columns, at any depth of the row."""
    [calls, chats] = SOURCES.load("ccaip").streams[:2]
    assert calls.personal is not None
    assert {"end_user", "phone_number", "note", "virtual_agent_params", "sip_headers"} <= set(calls.personal)
    assert calls.personal == chats.personal


def test_a_leg_keeps_its_id_while_the_call_goes_on_and_when_it_is_over() -> None:
    row = CALLS[5001]
    early = {**row, "ends_at": None, "handle_durations": [], "status": "connected"}
    ids = [[event["id"] for event in events(each) if event["kind"] == "leg"] for each in (early, row)]
    assert ids[0] == ids[1] == ["leg:call:20002"]


def test_a_leg_stands_in_the_queue_that_it_came_from() -> None:
    """The call itself says the last one."""
    call, *legs = events(CALLS[5010])
    assert (call["queueId"], [leg["queueId"] for leg in legs]) == ("41", ["30", "40", "41"])


def test_a_transfer_ends_when_its_receiver_is_first_connected_after_it() -> None:
    row = CALLS[5009]
    again = {**row["participants"][2], "id": 1, "connected_at": "2026-02-03T13:09:00Z"}
    assert segments.transfers({**row, "participants": [again, *row["participants"]]}) == [60]


def test_an_outbound_call_that_fails_is_nobody_s_abandoned_call() -> None:
    for reason in ("eu_canceled", "eu_rejected", "expired", "eu_no_answer"):
        assert told(CALLS[5016], fail_reason=reason)["outcome"] == "failed"
    assert told(CALLS[5037])["outcome"] == "abandoned"


def test_dispositions_belong_to_the_leg_of_their_participant() -> None:
    said = [{"participant_id": 20013, "code": "Refund", "note": "private"}, {"participant_id": 20014, "code": "Done"}]
    call, first, second, *_ = events(CALLS[5009], dispositions=said)
    assert [event["disposition"] for event in (call, first, second)] == ["Done", "Refund", "Done"]


def test_the_service_level_is_the_verdict_on_the_first_queue() -> None:
    assert told(CALLS[5036])["slaMet"] is True  # the last of its three queues was late
    assert told(CALLS[5004])["slaMet"] is False
    assert "slaMet" not in told(CALLS[5005])  # left out of the service level
    assert told(CALLS[5005])["slaTarget"] == 60


def test_a_rating_is_an_answer_at_the_end_of_the_call_and_waits_for_it() -> None:
    told_of = [event for row in CALLS.values() for event in events(row) if event["kind"] == "survey"]
    told_of += [event for row in CHATS.values() for event in rows.chat(row, ASKED) if event["kind"] == "survey"]  # type: ignore[union-attr]
    assert {(answer["interactionId"], answer["score"], answer["agentId"]) for answer in told_of} == {
        ("call:5001", 5, "101"),
        ("call:5003", 3, "103"),
        ("call:5027", 4, "108"),
        ("chat:901", 5, "101"),
        ("chat:908", 2, "106"),
    }
    assert {(answer["scale"], answer["questionNumber"], answer["question"]) for answer in told_of} == {(5, 1, "CSAT")}
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
