"""Bad input: each gets a clear answer that names what is wrong and what would be allowed, and nothing of it is stored."""

import json
import re
from random import Random
from typing import Any

import pytest

from tests.contract.doors import BATCH, INGEST, JSON, JSON_LINES, Doors, invoke, request, single
from wallboard.model.time import DAY, iso

AT = "2026-11-21T09:00:00Z"
CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"
MESSAGES = "clr3m5n8k000608jq3k0l1m7g"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"
LARGEST = 5 * 1024 * 1024
LAMBDA_ANSWER = 6 * 1024 * 1024
"""What a function may answer; beyond it API Gateway says 500 in its place."""

DEEP = 10_000
SURROGATE = re.compile("lone .* surrogate|hex escape")
"""How the parser puts it, by what follows."""


def contact(id: str = "p", **more: Any) -> dict[str, Any]:
    return {"kind": "contact", "id": id, "createdAt": AT, **more}


def with_text(marker: str, text: str, event: dict[str, Any] | None = None) -> bytes:
    """A body of one event in which `marker` stands for JSON text that json.dumps would not write."""
    return json.dumps({"events": [event or contact(x=marker)]}).replace(f'"{marker}"', text).encode()


def refused(doors: Doors, body: bytes, headers: dict[str, str] = JSON) -> str:
    """The message of the 400 for a body that cannot be read, of which nothing is stored."""
    status, code, message = doors.send("POST", INGEST, body, headers).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert doors.stored() == []
    return message


def rejected(doors: Doors, *events: Any) -> list[dict[str, Any]]:
    """The rejections of a push of which nothing is accepted and nothing stored."""
    answer = doors.push(*events)
    assert answer["accepted"] == 0
    assert doors.stored() == []
    rejections: list[dict[str, Any]] = answer["rejected"]
    assert all(each.keys() == {"index", "id", "code", "field", "message"} for each in rejections)
    return rejections


# ---- bodies that cannot be read


@pytest.mark.parametrize(
    "body", [b"", b"hello", b'{"events": [', b"{'events': []}", b"\xff\xfe\x00", b'{"events": [],}']
)
def test_what_is_not_json_is_refused(doors: Doors, body: bytes) -> None:
    assert refused(doors, body).startswith("the body is not JSON: ")


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b'"x"', b"{}", b'{"events": 7}', b'{"event": []}'])
def test_a_body_without_a_list_of_events_is_told_what_it_should_be(doors: Doors, body: bytes) -> None:
    assert '{"events": [...]}' in refused(doors, body)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["value", "mood"])
def test_nan_and_infinity_are_not_json_in_any_field(doors: Doors, constant: str, field: str) -> None:
    event = {"kind": "rating", "id": "r", "createdAt": AT, "value": 1, field: "?"}
    assert "not JSON" in refused(doors, with_text("?", constant, event))


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("field", ["createdAt", "mood"])
def test_nesting_of_ten_thousand_levels_is_refused_in_any_field(
    doors: Doors, opening: str, closing: str, field: str
) -> None:
    text = opening * DEEP + "1" + closing * DEEP
    assert "recursion limit" in refused(doors, with_text("?", text, contact(**{field: "?"})))


def test_nesting_without_end_is_refused(doors: Doors) -> None:
    assert "not JSON" in refused(doors, b"[" * (LARGEST - 1))


@pytest.mark.parametrize("field", ["id", "name", "mood"])
@pytest.mark.parametrize("text", [r'"\ud800"', r'"\udc00x"', r'"\ud800\ud800"'])
def test_lone_surrogates_are_refused_in_any_field(doors: Doors, field: str, text: str) -> None:
    assert SURROGATE.search(refused(doors, with_text("?", text, contact(**{field: "?"}))))


def test_a_lone_surrogate_in_the_name_of_a_field_is_refused(doors: Doors) -> None:
    assert SURROGATE.search(refused(doors, with_text("x", r'"\ud800"')))


@pytest.mark.parametrize("field", ["createdAt", "mood"])
def test_five_megabytes_of_digits_are_refused(doors: Doors, field: str) -> None:
    assert refused(doors, with_text("?", "9" * (LARGEST - 200), contact(**{field: "?"})))


def test_a_body_with_one_byte_too_many_is_refused_with_both_sizes(doors: Doors) -> None:
    message = refused(doors, padded(LARGEST + 1))
    assert str(LARGEST + 1) in message
    assert str(LARGEST) in message


def test_lines_with_one_byte_too_many_are_refused_too(doors: Doors) -> None:
    assert str(LARGEST) in refused(doors, b"\n" * (LARGEST + 1), JSON_LINES)


def padded(size: int, count: int = 40) -> bytes:
    """A body of just this many bytes with `count` contacts."""
    bare = len(json.dumps({"events": [contact(f"p-{n}", x="") for n in range(100, 100 + count)]}))
    each, rest = divmod(size - bare, count)
    events = [contact(f"p-{n}", x="x" * (each + (rest if n == 100 else 0))) for n in range(100, 100 + count)]
    body = json.dumps({"events": events}).encode()
    assert len(body) == size
    return body


def test_a_body_of_five_megabytes_is_accepted(doors: Doors) -> None:
    answer = doors.send("POST", INGEST, padded(LARGEST))
    assert answer.json() == {"accepted": 40, "rejected": []}


# ---- events that are rejected one by one


REJECTED = [
    # what is pushed; the field that is named; what the message says of it, and of what would be allowed
    (7, None, ["an event is an object", "7"]),
    ({"id": "x", "createdAt": AT}, "kind", ["missing"]),
    ({"kind": "wish", "id": "x"}, "kind", ['"wish"', "'conversation'", "'survey'"]),
    ({"kind": "contact", "id": "x"}, "createdAt", ["missing"]),
    ({"kind": "contact", "createdAt": AT}, "id", ["missing"]),
    (
        {"kind": "message", "id": "x", "createdAt": AT, "type": "user", "conversationId": "c"},
        "conversationStartedAt",
        ["missing"],
    ),
    (contact("x" * 257), "id", ["at most 256", "xxx"]),
    (contact(""), "id", ["at least 1"]),
    (contact(7), "id", ["string", "7"]),  # type: ignore[arg-type]
    (contact(source="s" * 65), "source", ["sss"]),
    (contact(source="tenant#other"), "source", ["tenant#other"]),
    (contact(name=7), "name", ["string", "7"]),
    (contact(name="n" * 257), "name", ["at most 256"]),
    (contact(createdAt="21.11.2026"), "createdAt", ["ISO 8601", "21.11.2026"]),
    (contact(createdAt="2026-11-21T09:00:00"), "createdAt", ["offset", "2026-11-21T09:00:00"]),
    (contact(createdAt=None), "createdAt", ["epoch milliseconds", "null"]),
    (contact(createdAt=1.5), "createdAt", ["whole epoch milliseconds", "1.5"]),
    (contact(createdAt=-1), "createdAt", ["1970", "-1"]),
    (contact(updatedAt=2**70), "updatedAt", ["9999", str(2**70)]),
    (contact(deleted="true"), "deleted", ["boolean", "true"]),
    ({"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": "7"}, "count", ["integer", "7"]),
    (
        {"kind": "usage", "id": "x", "createdAt": AT, "type": "t", "count": -1},
        "count",
        ["greater than or equal to 0", "-1"],
    ),
    ({"kind": "rating", "id": "x", "createdAt": AT, "value": True}, "value", ["number", "true"]),
]


@pytest.mark.parametrize(("event", "field", "told"), REJECTED)
def test_a_bad_event_is_rejected_with_its_field_and_value_and_what_is_allowed(
    doors: Doors, event: Any, field: str | None, told: list[str]
) -> None:
    [rejection] = rejected(doors, event)
    assert (rejection["index"], rejection["code"], rejection["field"]) == (0, "INVALID", field)
    assert all(part in rejection["message"] for part in told), rejection["message"]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"kind": "rating", "id": "r", "createdAt": AT, "value": "?"}, "value"),
        ({"kind": "usage", "id": "u", "createdAt": AT, "type": "t", "count": "?"}, "count"),
        (contact(mood="?"), "mood"),
        (contact(mood={"of": ["a", {"day": "?"}]}), "mood.of.day"),
    ],
)
@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400 + ".5"])
def test_a_number_that_nothing_can_hold_is_rejected_by_its_field(
    doors: Doors, event: dict[str, Any], field: str, number: str
) -> None:
    answer = doors.send("POST", INGEST, with_text("?", number, event)).json()
    [rejection] = answer["rejected"]
    assert (answer["accepted"], rejection["code"], rejection["field"]) == (0, "INVALID", field)
    assert "finite" in rejection["message"] or "integer" in rejection["message"]
    assert doors.stored() == []


def test_fifteen_minutes_ahead_are_accepted_and_a_millisecond_more_is_rejected(doors: Doors) -> None:
    edge = doors.world.at + 15 * 60_000
    answer = doors.push(contact("in-time", createdAt=edge), contact("ahead", createdAt=edge + 1))
    [rejection] = answer["rejected"]
    assert answer["accepted"] == 1
    assert (rejection["index"], rejection["id"], rejection["code"]) == (1, "ahead", "FUTURE")
    assert rejection["field"] == "createdAt"
    assert iso(edge + 1) in rejection["message"]
    assert "15 minutes" in rejection["message"]


def test_the_retention_is_accepted_and_a_millisecond_more_is_rejected(doors: Doors) -> None:
    edge = doors.world.at - doors.world.parts.retention_days * DAY
    answer = doors.push(contact("kept", createdAt=edge), contact("gone", createdAt=edge - 1))
    [rejection] = answer["rejected"]
    assert answer["accepted"] == 1
    assert (rejection["index"], rejection["id"], rejection["code"]) == (1, "gone", "TOO_OLD")
    assert rejection["field"] == "createdAt"
    assert iso(edge - 1) in rejection["message"]
    assert iso(edge) in rejection["message"]


@pytest.mark.parametrize("days", [-1, 500])
def test_a_message_is_judged_by_the_start_of_its_conversation_too(doors: Doors, days: int) -> None:
    message = {
        "kind": "message",
        "id": "m",
        "createdAt": AT,
        "type": "user",
        "conversationId": "c",
        "conversationStartedAt": doors.world.at - days * DAY,
    }
    [rejection] = rejected(doors, message)
    assert (rejection["code"], rejection["field"]) == ("FUTURE" if days < 0 else "TOO_OLD", "conversationStartedAt")


def test_a_version_from_the_future_is_rejected_or_it_would_beat_every_correction(doors: Doors) -> None:
    [rejection] = rejected(doors, contact(updatedAt=doors.world.at + DAY))
    assert (rejection["code"], rejection["field"]) == ("FUTURE", "updatedAt")


def test_seconds_in_place_of_milliseconds_are_too_old_and_told_so(doors: Doors) -> None:
    [rejection] = rejected(doors, contact(createdAt=doors.world.at // 1000))
    assert rejection["code"] == "TOO_OLD"
    assert "milliseconds" in rejection["message"]


def test_bad_events_are_named_and_the_others_are_stored(doors: Doors) -> None:
    answer = doors.push(
        contact("p-0"),
        {"kind": "wish", "id": "w-1"},
        contact("p-2", createdAt="2030-01-01T00:00:00Z"),
        contact("p-3"),
        "p-4",
        contact("p-5", createdAt="2001-01-01T00:00:00Z"),
    )
    told = [(each["index"], each["id"], each["code"], each["field"]) for each in answer["rejected"]]
    assert answer["accepted"] == 2
    assert told == [
        (1, "w-1", "INVALID", "kind"),
        (2, "p-2", "FUTURE", "createdAt"),
        (4, None, "INVALID", None),
        (5, "p-5", "TOO_OLD", "createdAt"),
    ]
    doors.world.fold()
    assert doors.ask("clr3m5n8k000308jq1h7i8j4d")["value"] == 2


def test_an_empty_push_stores_nothing(doors: Doors) -> None:
    assert doors.push() == {"accepted": 0, "rejected": []}
    assert doors.stored() == []


# ---- lines


def test_one_bad_line_among_good_ones_is_named_by_its_place(doors: Doors) -> None:
    lines = [json.dumps(contact("p-0")), "{", json.dumps(contact("p-2")), "", json.dumps(contact("p-3", name=7))]
    body = ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
    answer = doors.send("POST", INGEST, body, JSON_LINES).json()
    assert answer["accepted"] == 2
    told = [(each["index"], each["id"], each["code"], each["field"]) for each in answer["rejected"]]
    assert told == [(1, None, "INVALID", None), (3, "p-3", "INVALID", "name")]
    assert "not JSON" in answer["rejected"][0]["message"]


@pytest.mark.parametrize("text", ["NaN", r'"\ud800"', "[" * DEEP + "]" * DEEP, "9" * 100_000])
def test_a_line_that_is_not_json_costs_only_itself(doors: Doors, text: str) -> None:
    bad = json.dumps(contact("bad", x="?")).replace('"?"', text)
    body = "\n".join([json.dumps(contact("p-0")), bad, json.dumps(contact("p-2"))]).encode()
    answer = doors.send("POST", INGEST, body, JSON_LINES).json()
    assert answer["accepted"] == 2
    assert [(each["index"], each["code"]) for each in answer["rejected"]] == [(1, "INVALID")]
    doors.world.fold()
    assert doors.ask("clr3m5n8k000308jq1h7i8j4d")["value"] == 2


def test_lines_none_of_which_is_json_are_refused(doors: Doors) -> None:
    assert "no line of the body is JSON" in refused(doors, b"hello\nworld\n", JSON_LINES)


def test_json_sent_as_lines_is_rejected_and_not_lost_in_silence(doors: Doors) -> None:
    body = json.dumps({"events": [contact()]}).encode()
    answer = doors.send("POST", INGEST, body, JSON_LINES).json()
    assert (answer["accepted"], len(answer["rejected"])) == (0, 1)


# ---- heavy and hostile


@pytest.mark.parametrize("last", ["\x7f", "\u07ff", "\ud7ff", "\U0010ffff"])
def test_a_huge_event_is_stored_or_rejected_but_never_breaks_the_store(doors: Doors, last: str) -> None:
    """An item may have 400 KB, and text of every script, drawn at random, hardly gets smaller by compression."""
    chance = Random(7)
    for length in (60_000, 120_000, 200_000, 261_000, 300_000):
        letters = "".join(chr(chance.randrange(0x20, ord(last))) for _ in range(length))
        text = "".join(letter for letter in letters if not "\ud800" <= letter <= "\udfff")
        body = json.dumps({"events": [contact(f"p-{length}", x=text)]}, ensure_ascii=False).encode()
        answer = doors.send("POST", INGEST, body)
        assert answer.status == 200, (length, len(body))
        receipt = answer.json()
        assert receipt["accepted"] or [each["code"] for each in receipt["rejected"]] == ["TOO_LARGE"]


def test_an_event_of_five_megabytes_is_rejected_as_too_large(doors: Doors) -> None:
    answer = doors.send("POST", INGEST, padded(LARGEST, count=1)).json()
    [rejection] = answer["rejected"]
    assert (rejection["code"], rejection["id"]) == ("TOO_LARGE", "p-100")
    assert "262144" in rejection["message"]
    assert doors.stored() == []


@pytest.mark.parametrize("bad", ["0", '{"kind":"contact","id":"p","createdAt":0}'])
def test_the_answer_to_a_body_full_of_bad_events_is_not_too_long_for_lambda(doors: Doors, bad: str) -> None:
    """It could not be delivered: the caller would get a 5xx for a mistake of their own, and their client would retry."""
    count = min(LARGEST // (len(bad) + 1) - 10, 60_000)
    answer = doors.send("POST", INGEST, f'{{"events":[{",".join([bad] * count)}]}}'.encode())
    assert len(answer.text) < LAMBDA_ANSWER


@pytest.mark.parametrize("value", ["k" * 4_000_000, {"k" * 4_000_000: 1}])
@pytest.mark.parametrize("field", ["kind", "id", "createdAt", "updatedAt", "name"])
def test_a_rejection_does_not_repeat_megabytes(doors: Doors, field: str, value: Any) -> None:
    [rejection] = rejected(doors, contact(**{field: value}))
    assert len(json.dumps(rejection)) < 2_000


def test_a_rejection_does_not_repeat_a_huge_name_of_a_field(doors: Doors) -> None:
    body = with_text("?", "1e400", contact(**{"k" * 1_000_000: "?"}))
    [rejection] = doors.send("POST", INGEST, body).json()["rejected"]
    assert len(json.dumps(rejection)) < 2_000


@pytest.mark.parametrize("levels", [150, *range(192, 202)])
@pytest.mark.parametrize("headers", [JSON, JSON_LINES])
def test_what_nests_as_deeply_as_is_accepted_can_be_folded(doors: Doors, levels: int, headers: dict[str, str]) -> None:
    """Rows that compete are told apart by their unknown fields, which must then be read again."""
    deep = json.dumps(contact(x="?")).replace('"?"', "[" * levels + "]" * levels)
    for event in (deep, json.dumps(contact("q")), json.dumps(contact(name="Ann"))):
        body = event if headers is JSON_LINES else f'{{"events": [{event}]}}'
        answer = doors.send("POST", INGEST, body.encode(), headers)
        assert answer.status in (200, 400)
        doors.world.at += 1
    doors.world.fold()
    assert doors.world.letters.parked == []
    assert doors.ask("clr3m5n8k000308jq1h7i8j4d")["value"] == 2


HOSTILE = [
    "#",
    "acme#contact#2026-11-21T09",
    "/",
    "../..",
    "%2F",
    "\0",
    "a\0b",
    "\x1f\x7f",
    " ",
    "'; DROP TABLE facts; --",
    "🙂",
    "e\u0301",
    "\u00e9",
    "\u202e",
    "\ufeff",
    "\U0010ffff",
    "__proto__",
    "x" * 256,
    "漢" * 256,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_id_can_be_pushed_and_asked_for_and_is_nobody_elses(doors: Doors, name: str) -> None:
    conversation = {"kind": "conversation", "id": name, "startedAt": AT, "botId": name, "contactId": name}
    usage = {"kind": "usage", "id": name, "createdAt": AT, "type": name, "count": 3, "botId": name}
    action = {"kind": "action", "id": name, "createdAt": AT, "type": name, "name": name, "botId": name}
    bot = {"kind": "resource", "id": name, "type": "bot", "updatedAt": AT, "name": name}
    contact_ = contact(name, name=name)
    assert doors.push(conversation, usage, action, bot, contact_) == {"accepted": 5, "rejected": []}
    doors.world.fold()
    assert doors.world.letters.parked == []
    assert doors.ask(BOT_STATS, botId=name)["totalConversations"] == 1
    for tenant in ("acme-2", "a", "acme2"):
        assert doors.ask(CONVERSATIONS, tenant=tenant)["value"] == 0
        answer = doors.send("POST", single(BOT_STATS), {"botId": name}, tenant=tenant)
        assert answer.error == (404, "NOT_FOUND", "Bot not found")
    assert {partition.split("#")[0] for _, partition, _ in doors.stored()} == {"acme"}


def test_ids_that_look_alike_are_not_the_same(doors: Doors) -> None:
    bots = ["é", "e\u0301", "E\u0301", "é ", " é"]
    doors.push(*({"kind": "conversation", "id": bot, "startedAt": AT, "botId": bot} for bot in bots))
    doors.world.fold()
    assert [doors.ask(BOT_STATS, botId=bot)["totalConversations"] for bot in bots] == [1] * len(bots)
    assert doors.ask(CONVERSATIONS)["value"] == len(bots)


@pytest.mark.parametrize("name", ["at", "version", "received", "bot", "started_at", "bot_id", "model_extra", "count"])
def test_an_unknown_field_cannot_pass_for_one_of_our_own(doors: Doors, name: str) -> None:
    """Columns have names of their own: a field that is called like one must not overwrite it."""
    event = {"kind": "conversation", "id": "c", "startedAt": AT, "botId": "b"}
    doors.push({name: 5} | event)
    doors.world.fold()
    assert doors.world.letters.parked == []
    assert doors.ask(BOT_STATS, botId="b")["totalConversations"] == 1


# ---- reports


BOUND = "366"
PERIODS: list[tuple[Any, list[str]]] = [
    (0, ["greater than or equal to 1", "0"]),
    (-1, ["greater than or equal to 1", "-1"]),
    (1.5, ["integer", "1.5"]),
    ("30", ["integer", "30"]),
    (None, ["integer"]),
    (True, ["integer"]),
    ([30], ["integer"]),
    (367, [BOUND, "367"]),
    (10**9, [BOUND, str(10**9)]),
    (10**300, [BOUND]),
]


@pytest.mark.parametrize(("days", "told"), PERIODS)
def test_a_bad_period_is_refused_by_name_value_and_bound(doors: Doors, days: Any, told: list[str]) -> None:
    status, code, message = doors.send("POST", single(MESSAGES), {"periodDays": days}).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("periodDays: ")
    assert all(part in message for part in told), message


@pytest.mark.parametrize("days", [1, 366])
def test_the_bounds_themselves_are_allowed(doors: Doors, days: int) -> None:
    assert doors.ask(MESSAGES, periodDays=days)["period"] == f"last {days} days"


@pytest.mark.parametrize("text", ["1e400", "-1e400"])
def test_a_period_that_nothing_can_hold_is_refused(doors: Doors, text: str) -> None:
    status, code, message = doors.send("POST", single(MESSAGES), f'{{"periodDays": {text}}}'.encode()).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("periodDays: ")


@pytest.mark.parametrize("days", [1, 366])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia"])
def test_the_longest_period_works_at_the_beginning_of_time(doors: Doors, days: int, zone: str) -> None:
    """Before facts can be, windows reach into years for which there are no clocks; that must not matter."""
    doors.world.at = 0
    assert doors.ask(MESSAGES, headers=JSON | {"x-timezone": zone}, periodDays=days)["value"] == 0


BAD_BODIES: list[tuple[bytes, str]] = [
    (b"hello", "not JSON"),
    (b'{"periodDays": NaN}', "not JSON"),
    (b'{"periodDays": ' + b"9" * 100_000 + b"}", "not JSON"),
    (b'{"x": ' + b"[" * DEEP + b"]" * DEEP + b"}", "recursion limit"),
    (rb'{"x": "\ud800"}', "hex escape"),
    (b"\xff", "not JSON"),
    (b"[]", "object"),
    (b"7", "object"),
    (b"null", "object"),
    (b'"x"', "object"),
]


@pytest.mark.parametrize("target", [BATCH, single(MESSAGES)])
@pytest.mark.parametrize(("body", "told"), BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_bad_body_is_refused_by_both_ways_of_asking(doors: Doors, target: str, body: bytes, told: str) -> None:
    status, code, message = doors.send("POST", target, body).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert told in message
    assert len(message) < 500


@pytest.mark.parametrize(
    "name", ["nope", "__proto__", "total_messages", "_metric", "../x", "a#b", "x" * 5_000, "🙂", "%00"]
)
def test_an_unknown_report_is_not_found_by_both_ways_of_asking(doors: Doors, name: str) -> None:
    assert doors.send("POST", BATCH, {name: {}}).json() == {name: {"error": "Report not found"}}
    if "/" not in name:
        escaped = "".join(f"%{byte:02X}" for byte in name.encode())
        assert doors.send("POST", single(escaped), {}).error == (404, "NOT_FOUND", "Report not found")


@pytest.mark.parametrize("bot", [None, 7, "", "b" * 257, ["b"], {}])
def test_a_bad_bot_id_is_refused_by_name(doors: Doors, bot: Any) -> None:
    status, code, message = doors.send("POST", single(BOT_STATS), {"botId": bot}).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("botId: ")


def test_a_missing_bot_id_is_refused_by_name(doors: Doors) -> None:
    assert doors.send("POST", single(BOT_STATS), {}).error == (400, "BAD_REQUEST", "botId: is missing")


def test_a_refusal_does_not_repeat_megabytes(doors: Doors) -> None:
    status, _, message = doors.send("POST", single(MESSAGES), {"periodDays": "9" * 4_000_000}).error
    assert status == 400
    assert len(message) < 500


# ---- 5 MB, as Lambda hands it over


def test_five_megabytes_of_lines_are_accepted_by_the_function(doors: Doors) -> None:
    line = json.dumps(contact("p-000000", x="y" * 900)).encode() + b"\n"
    lines = [line.replace(b"000000", b"%06d" % n) for n in range(LARGEST // len(line))]
    body = b"".join(lines).ljust(LARGEST, b"\n")
    event, function, _ = request("POST", INGEST, body, JSON_LINES)
    event["requestContext"]["authorizer"] = {"lambda": {"tenant": "acme", "scopes": "ingest"}}
    answer = json.loads(invoke(function, event)["body"])
    assert answer == {"accepted": len(lines), "rejected": []}
