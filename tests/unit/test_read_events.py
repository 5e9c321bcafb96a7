"""Reading the body of a push: the same verdict on each event, whatever stands beside it and however it is written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.errors import InvalidRequest
from wallboard.services.read_events import LARGEST_EVENT, LINES, Read, Rejection, read_events

AT = "2026-11-21T09:00:00Z"
GOOD: list[dict[str, Any]] = [
    {"kind": "conversation", "id": "c", "startedAt": AT, "botId": "b", "mood": {"level": 3}},
    {"kind": "message", "id": "m", "createdAt": AT, "type": "user", "conversationId": "c", "conversationStartedAt": AT},
    {"kind": "usage", "id": "u", "createdAt": 1795251600000, "type": "CHATBOTKIT_BASE_TOKEN", "count": 0},
    {"kind": "action", "id": "a", "createdAt": AT, "type": "action.call", "name": "search", "source": "crm"},
    {"kind": "rating", "id": "r", "createdAt": AT, "value": -0.5, "reason": "too late"},
    {"kind": "contact", "id": "p", "createdAt": AT, "name": "Zoë", "updatedAt": AT, "deleted": True},
    {"kind": "resource", "id": "b", "type": "bot", "updatedAt": AT, "name": "Bot"},
    {
        "kind": "interaction",
        "id": "i",
        "startedAt": AT,
        "channel": "voice",
        "direction": "inbound",
        "durations": {"q": 1},
    },
    {"kind": "leg", "id": "l", "interactionId": "i", "interactionStartedAt": AT, "agentId": "g"},
    {"kind": "session", "id": "s", "agentId": "g", "startedAt": AT, "activity": "work"},
    {"kind": "status", "id": "t", "agentId": "g", "startedAt": AT, "status": "away"},
    {"kind": "survey", "id": "v", "answeredAt": AT, "score": 4, "scale": 5},
]
BAD: list[tuple[Any, str | None]] = [  # and the field that is at fault
    (7, None),
    (None, None),
    ([], None),
    ("event", None),
    ({}, "kind"),
    ({"kind": "wish", "id": "x"}, "kind"),
    ({"kind": 5, "id": "x"}, "kind"),
    ({"kind": "contact", "id": "x"}, "createdAt"),
    ({"kind": "contact", "createdAt": AT}, "id"),
    ({"kind": "contact", "id": 5, "createdAt": AT}, "id"),
    ({"kind": "contact", "id": "", "createdAt": AT}, "id"),
    ({"kind": "contact", "id": "x" * 257, "createdAt": AT}, "id"),
    ({"kind": "contact", "id": "x", "createdAt": "yesterday"}, "createdAt"),
    ({"kind": "contact", "id": "x", "createdAt": 1.5}, "createdAt"),
    ({"kind": "contact", "id": "x", "createdAt": True}, "createdAt"),
    ({"kind": "contact", "id": "x", "createdAt": -1}, "createdAt"),
    ({"kind": "contact", "id": "x", "createdAt": AT, "deleted": "yes"}, "deleted"),
    ({"kind": "contact", "id": "x", "createdAt": AT, "deleted": None}, "deleted"),
    ({"kind": "contact", "id": "x", "createdAt": AT, "source": "a/b"}, "source"),
    ({"kind": "contact", "id": "x", "createdAt": AT, "source": "a\n"}, "source"),
    ({"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": "1"}, "count"),
    ({"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": 1.5}, "count"),
    ({"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": -1}, "count"),
    ({"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": 2**53}, "count"),
    ({"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": 10**400}, "count"),
    ({"kind": "rating", "id": "x", "createdAt": AT, "value": "1"}, "value"),
    ({"kind": "rating", "id": "x", "createdAt": AT, "value": None}, "value"),
    ({"kind": "resource", "id": "x", "type": "planet", "updatedAt": AT}, "type"),
    ({"kind": "interaction", "id": "x", "startedAt": AT, "channel": "voice", "direction": "up"}, "direction"),
    (
        {
            "kind": "leg",
            "id": "x",
            "interactionId": "i",
            "interactionStartedAt": AT,
            "agentId": "g",
            "durations": {"t": -1},
        },
        "durations.t",
    ),
]
entries = st.lists(st.one_of(st.sampled_from(GOOD), st.sampled_from([bad for bad, _ in BAD])), max_size=8)


def as_json(events: Any) -> Read:
    return read_events(json.dumps({"events": events}).encode(), "application/json")


def as_lines(*lines: Any, end: str = "\n", content_type: str = "application/jsonl") -> Read:
    """Each line as JSON; bytes are written as they are."""
    body = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + end.encode() for line in lines)
    return read_events(body, content_type)


def one(event: Any) -> Rejection:
    events, [rejection] = as_json([event])
    assert events == []
    return rejection


# ---- what is well


@pytest.mark.parametrize("event", GOOD, ids=lambda event: event["kind"])
def test_an_event_of_each_kind_is_read_with_its_unknown_fields(event: dict[str, Any]) -> None:
    [(index, read)], rejected = as_json([event])
    assert (index, rejected) == (0, [])
    assert read.id == event["id"]
    assert read.model_dump(mode="json")["kind"] == event["kind"]
    assert (read.model_extra or {}) == ({"mood": {"level": 3}} if "mood" in event else {})


@pytest.mark.parametrize("content_type", [*LINES, "Application/JSONL; charset=utf-8", " application/x-ndjson "])
def test_lines_are_known_by_their_content_type(content_type: str) -> None:
    events, rejected = as_lines(*GOOD, content_type=content_type)
    assert [event.id for _, event in events] == [event["id"] for event in GOOD]
    assert rejected == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r\n \t\r\n"])
def test_blank_lines_and_line_ends_of_windows_are_let_pass(end: str) -> None:
    assert as_lines(*GOOD, end=end) == as_json(GOOD)


def test_the_last_line_needs_no_end() -> None:
    body = b"\n".join(json.dumps(event).encode() for event in GOOD)
    assert read_events(body, "application/jsonl") == as_json(GOOD)


@pytest.mark.parametrize("content_type", ["application/json", "application/jsonl"])
def test_a_byte_order_mark_is_let_pass(content_type: str) -> None:
    event = json.dumps(GOOD[0])
    text = event if content_type == "application/jsonl" else f'{{"events": [{event}]}}'
    events, rejected = read_events(b"\xef\xbb\xbf" + text.encode(), content_type)
    assert ([event.id for _, event in events], rejected) == (["c"], [])


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n \n", b"\xef\xbb\xbf"])
def test_no_lines_are_no_events(body: bytes) -> None:
    assert read_events(body, "application/jsonl") == ([], [])


def test_an_empty_list_holds_no_events() -> None:
    assert as_json([]) == ([], [])


# ---- what is not


@pytest.mark.parametrize(("event", "field"), BAD)
def test_a_bad_event_is_rejected_by_the_field_at_fault(event: Any, field: str | None) -> None:
    rejection = one(event)
    assert (rejection.index, rejection.code, rejection.field) == (0, "INVALID", field)
    assert rejection.message.startswith(f"{field}: " if field else "an event is an object, not ")


@given(entries=entries)
def test_an_event_gets_the_same_verdict_alone_and_among_others(entries: list[Any]) -> None:
    events, rejected = as_json(entries)
    alone = [as_json([entry]) for entry in entries]
    assert events == [(index, event) for index, (found, _) in enumerate(alone) for _, event in found]
    assert [(each.index, each.id, each.field, each.message) for each in rejected] == [
        (index, each.id, each.field, each.message) for index, (_, found) in enumerate(alone) for each in found
    ]


@given(entries=entries)
def test_lines_say_the_same_as_json(entries: list[Any]) -> None:
    assert as_lines(*entries) == as_json(entries)


def test_a_line_that_is_not_json_is_rejected_by_its_place_and_the_others_are_read() -> None:
    events, [rejection] = as_lines(GOOD[0], b'{"kind": "contact", "id":', b"", GOOD[1])
    assert [index for index, _ in events] == [0, 2]
    assert (rejection.index, rejection.id, rejection.field) == (1, None, None)
    assert rejection.message.startswith("the line is not JSON: ")


def test_two_events_on_one_line_are_no_line_of_json() -> None:
    two = f"{json.dumps(GOOD[0])},{json.dumps(GOOD[1])}".encode()
    events, [rejection] = as_lines(GOOD[2], two)
    assert [event.id for _, event in events] == ["u"]
    assert rejection.index == 1


def test_lines_are_not_glued_together() -> None:
    """One event broken over two lines, and two events on one: three lines, none of which is JSON."""
    broken = json.dumps({**GOOD[5], "list": [1, 2]}).replace("1, 2", "1\n2")
    two = f"{json.dumps(GOOD[0])},{json.dumps(GOOD[1])}"
    with pytest.raises(InvalidRequest, match="no line of the body is JSON"):
        as_lines(two.encode(), broken.encode())


@pytest.mark.parametrize("beside", [[], [7]], ids=["alone", "beside a bad one"])
def test_of_a_key_that_comes_twice_the_last_one_counts(beside: list[Any]) -> None:
    event = '{"kind": "contact", "id": "first", "createdAt": "2026-11-21T09:00:00Z", "id": "last", "x": 1, "x": 2}'
    body = f'{{"events": [{", ".join([event, *map(json.dumps, beside)])}]}}'
    [(_, read)], _ = read_events(body.encode(), "application/json")
    assert (read.id, read.model_extra) == ("last", {"x": 2})


def test_the_id_of_a_rejected_event_is_told_but_not_at_any_length() -> None:
    assert one({"kind": "contact", "id": "p-1"}).id == "p-1"
    assert one({"kind": "contact", "id": "p" * 10_000, "createdAt": AT}).id == "p" * 256
    assert one({"kind": "contact", "id": ["p"], "createdAt": AT}).id is None


def test_a_long_value_is_told_in_short() -> None:
    assert len(one({"kind": "contact", "id": "p", "createdAt": "x" * 100_000}).message) < 300
    assert len(one({"kind": "k" * 100_000, "id": "p"}).message) < 600


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not JSON"),
        (b"hello", "the body is not JSON"),
        (b'{"events": [', "the body is not JSON"),
        (b'{"events": []} {}', "the body is not JSON"),
        (b"\xff\xfe", "the body is not JSON"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        (b'"events"', "must be an object"),
        (b"{}", "must be an object"),
        (b'{"events": {}}', "must be an object"),
        (b'{"events": null}', "must be an object"),
    ],
)
def test_a_body_that_holds_no_list_of_events_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        read_events(body, "application/json")


def test_an_event_is_too_large_by_its_bytes() -> None:
    """Also where a character takes several bytes: an item of the store may have 400 KB."""
    for letter in ("x", "ü", "漢", "🙂"):
        fits = GOOD[5] | {"text": letter * ((LARGEST_EVENT - 1_000) // len(letter.encode()))}
        large = GOOD[5] | {"text": letter * (LARGEST_EVENT // len(letter.encode()))}
        events, [rejection] = as_json([fits, large])
        assert [index for index, _ in events] == [0], letter
        assert (rejection.index, rejection.id, rejection.code) == (1, "p", "TOO_LARGE")
        assert str(LARGEST_EVENT) in rejection.message
