"""Alerts over HTTP: to look at, to evaluate, and to acknowledge, silence and resolve; each change with who made it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.doors import Doors
from tests.fakes.world import World, scripted
from wallboard.adapters.sns import SnsTopic
from wallboard.alerts._settings import AlertSettings, NotifySettings
from wallboard.errors import BrokenMember, Conflict
from wallboard.runtime import wiring

LIST = "/api/v1/alert/list"
EVALUATE = "/api/v1/alert/evaluate"
QUARTER = 900_000
NOW = "2026-11-21T10:20:00.000Z"
UNTIL = "2026-11-21T12:00:00.000Z"
VERBS = {"acknowledge": {}, "silence": {"until": UNTIL}, "resolve": {}}

Says = dict[str, dict[str, Any]]


def one(id: str, verb: str = "") -> str:
    return f"/api/v1/alert/{id}{verb and '/'}{verb}"


@pytest.fixture
def says(world: World) -> Says:
    """What two rules of this world read, the second of which needs two findings."""
    says: Says = {}
    world.use_rules(limit=scripted("limit", says), rate=scripted("rate", says, times=2, of=2, levels={"warning": 50}))
    wiring.use(world.parts)
    return says


def get(doors: Doors, path: str, tenant: str = "acme") -> Any:
    answer = doors.send("GET", path, tenant=tenant, scopes="read")
    assert answer.status == 200, answer
    return answer.json()


def post(doors: Doors, path: str, body: Any = b"", tenant: str = "acme") -> Any:
    answer = doors.send("POST", path, body, tenant=tenant, scopes="admin")
    assert answer.status == 200, answer
    return answer.json()


def evaluate(doors: Doors, turns: int = 1, tenant: str = "acme") -> list[Any]:
    """The transitions of so many evaluations, a quarter of an hour apart."""
    found = []
    for _ in range(turns):
        found += post(doors, EVALUATE, tenant=tenant)["transitions"]
        doors.world.at += QUARTER
    return found


def of_subject(doors: Doors, subject: str, tenant: str = "acme") -> Any:
    [found] = [each for each in get(doors, LIST, tenant)["items"] if each["subject"] == subject]
    return found


def told(doors: Doors) -> list[tuple[str, str, str | None]]:
    """Subject, state and who, of every letter."""
    bodies = [json.loads(body.rpartition("\n")[2]) for _, body, _ in doors.world.told.letters]
    return [(body["subject"], body["to"], body["by"]) for body in bodies]


def audit(doors: Doors, tenant: str = "acme") -> list[tuple[str, str]]:
    """Who did what, in the order of time."""
    items = doors.world.store.tables["state"][f"{tenant}#audit#2026-11"]
    return [(items[key]["who"]["S"], json.loads(items[key]["c"]["S"])["reason"]) for key in sorted(items)]


# ---- evaluate now


def test_an_evaluation_answers_with_its_transitions_and_tells_them(doors: Doors, says: Says) -> None:
    says |= {"limit": {"files": 100}, "rate": {"calls": 60}}
    answer = post(doors, EVALUATE)
    [files] = [each for each in answer["transitions"] if each["to"] == "firing"]
    assert files == {
        "alert": of_subject(doors, "files")["id"],
        "number": 1,
        "at": NOW,
        "to": "firing",
        "severity": "critical",
        "reason": "found",
        "metric": {"current": 100, "baseline": 100, "percentage": 100},
    }
    assert {each["to"] for each in answer["transitions"]} == {"firing", "pending"}
    assert (answer["held"], answer["broken"]) == ([], [])
    assert told(doors) == [("files", "firing", None)]
    assert post(doors, EVALUATE)["transitions"][0]["from"] == "pending"
    assert post(doors, EVALUATE) == {"transitions": [], "held": [], "broken": []}


def test_an_evaluation_says_which_rules_it_held_and_which_are_broken_but_not_why(doors: Doors) -> None:
    """Why is for the log: it may quote from the insides."""
    world = doors.world
    rules = world.parts.rules()
    broken = replace(rules, broken={"own": BrokenMember("/var/task/own.py line 3: secret")})
    wiring.use(replace(world.parts, rules=lambda: broken))
    world.push({"kind": "conversation", "id": "c", "startedAt": "2026-11-19T09:00:00Z"})
    world.fold()
    answer = doors.send("POST", EVALUATE, scopes="admin")
    assert answer.json()["broken"] == ["own"]
    assert set(answer.json()["held"]) == {name for name, rule in rules.sound.items() if rule.cubes}
    assert "secret" not in answer.text
    assert [each["to"] for each in answer.json()["transitions"]] == ["firing"]


def test_what_is_evaluated_is_kept_though_nobody_can_be_told(doors: Doors, says: Says) -> None:
    """Whatever the topic says: that it is busy, or that it does not know us."""

    class Refusing:
        def publish(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AuthorizationError", "Message": ""}}, "Publish")

    says["limit"] = {"files": 100}
    wiring.use(replace(doors.world.parts, topic=SnsTopic(Refusing(), "arn")))
    evaluate(doors)
    id = of_subject(doors, "files")["id"]
    assert post(doors, one(id, "acknowledge"))["status"] == "acknowledged"
    doors.world.told.deaf = 3
    wiring.use(doors.world.parts)
    doors.world.at += QUARTER
    assert post(doors, one(id, "resolve"))["status"] == "resolved"
    doors.world.at += QUARTER
    says["limit"] = {}
    evaluate(doors)
    assert [state for _, state, _ in told(doors)] == ["firing", "acknowledged", "resolved"]


# ---- list


def filled(doors: Doors, says: Says) -> None:
    """Alerts in every state, of two types and two severities."""
    says |= {"limit": {"files": 60, "seats": 100, "calls": 100, "old": 100}, "rate": {"new": 0, "late": 60}}
    evaluate(doors, 2)
    says["limit"]["old"] = 0
    says["rate"]["new"] = 60
    evaluate(doors)
    says["rate"]["new"] = 0
    evaluate(doors)
    for subject, verb in (("seats", "acknowledge"), ("calls", "silence")):
        post(doors, one(of_subject(doors, subject)["id"], verb), VERBS[verb])


STATES = {
    "files": "firing",
    "seats": "acknowledged",
    "calls": "silenced",
    "old": "resolved",
    "new": "pending",
    "late": "firing",
}


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("", set(STATES)),
        ("status=open", {"files", "seats", "calls", "late"}),
        *(
            (f"status={state}", {name for name in STATES if STATES[name] == state})
            for state in sorted(set(STATES.values()))
        ),
        ("severity=critical", {"seats", "calls", "old"}),
        ("severity=warning", {"files", "new", "late"}),
        ("severity=info", set()),
        ("type=rate", {"new", "late"}),
        ("type=nothing", set()),
        ("type=rate&status=open", {"late"}),
        ("severity=critical&status=open", {"seats", "calls"}),
        ("botId=b", set()),
        ("somethingElse=1", set(STATES)),
    ],
)
def test_a_list_holds_just_what_was_asked_for(doors: Doors, says: Says, query: str, subjects: set[str]) -> None:
    filled(doors, says)
    found = get(doors, f"{LIST}?{query}")["items"]
    assert {each["subject"] for each in found} == subjects
    assert all(each["status"] == STATES[each["subject"]] for each in found)
    assert [each["id"] for each in found] == sorted(each["id"] for each in found)


def test_alerts_of_a_bot_are_found_by_its_id(doors: Doors) -> None:
    at = [f"2026-11-10T0{hour}:20:00Z" for hour in range(6)]
    for bot in ("b", "b c&d", "fine"):
        events = [{"kind": "conversation", "id": f"{bot}-{each}", "startedAt": each, "botId": bot} for each in at]
        doors.push(*events)
    doors.push({"kind": "conversation", "id": "now", "startedAt": "2026-11-21T10:00:00Z", "botId": "fine"})
    doors.push(
        *(
            {"kind": "conversation", "id": f"n{n}", "startedAt": "2026-11-20T10:00:00Z", "botId": "fine"}
            for n in range(5)
        )
    )
    doors.world.fold()
    evaluate(doors, 2)
    assert {each["botId"] for each in get(doors, LIST)["items"]} == {"b", "b c&d"}
    [found] = get(doors, f"{LIST}?botId=b%20c%26d")["items"]
    assert (found["botId"], found["type"], found["rule"]) == ("b c&d", "conversationDrop", "bot_conversation_drop")
    assert "subject" not in found


@pytest.mark.parametrize("take", [1, 2, 4, 5, 6, 100])
@pytest.mark.parametrize("query", ["", "status=open&"])
def test_pages_follow_one_another_without_gap_or_repetition(doors: Doors, says: Says, take: int, query: str) -> None:
    filled(doors, says)
    whole = [each["id"] for each in get(doors, f"{LIST}?{query}")["items"]]
    pages = [get(doors, f"{LIST}?{query}take={take}")]
    while pages[-1]["items"] and len(pages) < 10:
        assert len(pages[-1]["items"]) <= take
        assert pages[-1]["cursor"] == pages[-1]["items"][-1]["id"]
        pages.append(get(doors, f"{LIST}?{query}take={take}&cursor={pages[-1]['cursor']}"))
    assert [each["id"] for page in pages for each in page["items"]] == whole
    assert pages[-1] == {"items": []}, "after the last there is no cursor"


def test_a_page_holds_a_hundred_unless_fewer_are_asked_for(doors: Doors, says: Says) -> None:
    says["limit"] = {f"s-{number}": 100 for number in range(103)}
    evaluate(doors)
    first = get(doors, LIST)
    assert len(first["items"]) == 100
    assert len(get(doors, f"{LIST}?cursor={first['cursor']}")["items"]) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("take=0", "take"),
        ("take=101", "take"),
        ("take=many", "take"),
        ("take=", "take"),
        ("status=closed", "status"),
        ("status=", "status"),
        ("severity=fatal", "severity"),
        ("severity=Critical", "severity"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_its_name(doors: Doors, query: str, field: str) -> None:
    status, code, message = doors.send("GET", f"{LIST}?{query}", scopes="read").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith(f"{field}: ")


# ---- one alert


def test_the_history_of_an_alert_has_every_transition_with_the_figures_of_its_moment(doors: Doors, says: Says) -> None:
    for percentage in (55, 61, 130, 85, 12, 7):
        says["rate"] = {"calls": percentage}
        evaluate(doors)
    id = of_subject(doors, "calls")["id"]
    found = get(doors, one(id))
    assert found["alert"] == of_subject(doors, "calls")
    steps = [(each["number"], each.get("from"), each["to"], each["metric"]["percentage"]) for each in found["history"]]
    assert steps == [(1, None, "pending", 55), (2, "pending", "firing", 61), (3, "firing", "resolved", 7)]
    assert [each["at"] for each in found["history"]] == [
        "2026-11-21T10:20:00.000Z",
        "2026-11-21T10:35:00.000Z",
        "2026-11-21T11:35:00.000Z",
    ]
    assert [each["reason"] for each in found["history"]] == [
        "found for the first time",
        "found in 2 of 2 evaluations",
        "quiet in 2 evaluations",
    ]
    assert found["history"][1] == {
        "alert": id,
        "number": 2,
        "at": "2026-11-21T10:35:00.000Z",
        "from": "pending",
        "to": "firing",
        "severity": "warning",
        "reason": "found in 2 of 2 evaluations",
        "metric": {"current": 61, "baseline": 100, "percentage": 61},
    }


def test_an_alert_as_it_is_shown(doors: Doors, says: Says) -> None:
    says["limit"] = {"files": 100}
    evaluate(doors)
    found = of_subject(doors, "files")
    assert found == {
        "id": found["id"],
        "type": "limit",
        "rule": "limit",
        "subject": "files",
        "status": "firing",
        "severity": "critical",
        "title": "High files",
        "message": "files at 100 %.",
        "metric": {"current": 100, "baseline": 100, "percentage": 100},
        "since": NOW,
    }


@pytest.mark.parametrize("id", ["nothing", "0" * 24, "%23", "a%23alert", "..", "%F0%9F%99%82"])
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_an_alert_that_does_not_exist_is_not_found(doors: Doors, says: Says, id: str, verb: str) -> None:
    says["limit"] = {"files": 100}
    evaluate(doors)
    method = "POST" if verb else "GET"
    error = doors.send(method, one(id, verb), VERBS.get(verb, b""), scopes="read admin").error
    assert error == (404, "NOT_FOUND", "Alert not found")


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_an_alert_of_another_tenant_is_not_found_and_not_touched(doors: Doors, says: Says, verb: str) -> None:
    says["limit"] = {"files": 100}
    evaluate(doors, tenant="umbrella")
    theirs = of_subject(doors, "files", "umbrella")
    method = "POST" if verb else "GET"
    assert doors.send(method, one(theirs["id"], verb), VERBS.get(verb, b""), scopes="read admin").error[0] == 404
    assert get(doors, LIST) == {"items": []}
    assert of_subject(doors, "files", "umbrella") == theirs
    assert audit(doors) == []


# ---- acknowledge, silence, resolve


@pytest.fixture
def files(doors: Doors, says: Says) -> str:
    """The id of an alert that fires."""
    doors.world.parts.alerts.configure("acme", AlertSettings(notify=NotifySettings(level="info")))
    says["limit"] = {"files": 60}
    evaluate(doors)
    doors.world.told.letters.clear()
    found: str = of_subject(doors, "files")["id"]
    return found


def test_an_acknowledged_alert_says_by_whom_and_why_and_people_are_told(doors: Doors, says: Says, files: str) -> None:
    answer = post(doors, one(files, "acknowledge"), {"by": "Ann", "note": "on it 🙂"})
    assert (answer["status"], answer["by"], answer["note"]) == ("acknowledged", "Ann", "on it 🙂")
    assert answer["since"] == "2026-11-21T10:35:00.000Z"
    assert answer == of_subject(doors, "files")
    last = get(doors, one(files))["history"][-1]
    assert {name: last[name] for name in ("from", "to", "reason", "by", "note")} == {
        "from": "firing",
        "to": "acknowledged",
        "reason": "acknowledged",
        "by": "Ann",
        "note": "on it 🙂",
    }
    assert last["metric"] == {"current": 60, "baseline": 100, "percentage": 60}
    assert told(doors) == [("files", "acknowledged", "Ann")]
    assert audit(doors)[-1] == ("Ann", "acknowledged")
    assert evaluate(doors, 3) == [], "it stays so"
    says["limit"] = {"files": 100}
    assert [each["to"] for each in evaluate(doors)] == ["firing"], "unless it gets worse"


def test_a_silenced_alert_tells_nobody_until_then(doors: Doors, says: Says, files: str) -> None:
    answer = post(doors, one(files, "silence"), {"until": UNTIL, "by": "Ann"})
    assert (answer["status"], answer["silencedUntil"], answer["by"]) == ("silenced", UNTIL, "Ann")
    assert get(doors, one(files))["history"][-1]["reason"] == f"silenced until {UNTIL}"
    says["limit"] = {"files": 100}
    assert [(each["from"], each["to"], each["severity"]) for each in evaluate(doors, 5)] == [
        ("silenced", "silenced", "critical")
    ]
    assert told(doors) == []
    assert doors.world.at < 1_795_262_400_000  # 12:00
    evaluate(doors, 2)
    assert told(doors) == [("files", "firing", None)]
    assert [who for who, _ in audit(doors)] == ["evaluation", "Ann", "evaluation", "evaluation"]


@pytest.mark.parametrize("until", ["2026-11-21T13:00:00+01:00", 1_795_262_400_000, "2026-11-21T12:00:00Z"])
def test_the_end_of_a_silence_may_be_given_as_any_time(doors: Doors, files: str, until: Any) -> None:
    assert post(doors, one(files, "silence"), {"until": until})["silencedUntil"] == UNTIL


def test_a_silence_may_be_made_longer_or_end_by_acknowledging(doors: Doors, files: str) -> None:
    post(doors, one(files, "silence"), {"until": UNTIL})
    longer = post(doors, one(files, "silence"), {"until": "2026-11-22T12:00:00Z"})
    assert longer["silencedUntil"] == "2026-11-22T12:00:00.000Z"
    acknowledged = post(doors, one(files, "acknowledge"))
    assert acknowledged["status"] == "acknowledged"
    assert "silencedUntil" not in acknowledged
    assert [state for _, state, _ in told(doors)] == ["acknowledged"]


def test_a_resolved_alert_fires_anew_if_it_is_found_again(doors: Doors, says: Says, files: str) -> None:
    post(doors, one(files, "acknowledge"), {"by": "Ann"})
    answer = post(doors, one(files, "resolve"), {"by": "Bob", "note": "more room"})
    assert answer["status"] == "resolved"
    assert "by" not in answer
    last = get(doors, one(files))["history"][-1]
    assert (last["reason"], last["by"], last["note"]) == ("resolved by hand", "Bob", "more room")
    assert told(doors)[-1] == ("files", "resolved", "Bob")
    assert audit(doors)[-1] == ("Bob", "resolved by hand")
    assert [(each["from"], each["to"], each["number"]) for each in evaluate(doors)] == [("resolved", "firing", 4)]


def test_who_says_nothing_of_themselves_is_known_by_their_key(doors: Doors, files: str) -> None:
    """Of the key its id, never the key."""
    key = doors.key("acme", "admin", "read")
    headers = {"x-api-key": key, "content-type": "application/json"}
    answer = doors.knock("POST", one(files, "acknowledge"), {}, headers)
    [stored] = _key_ids(doors)
    assert answer.json()["by"] == f"key {stored}"
    assert audit(doors)[-1][0] == f"key {stored}"
    assert key not in repr(doors.world.store.tables["state"]) + answer.text


def _key_ids(doors: Doors) -> list[str]:
    partitions: Mapping[str, Any] = doors.world.store.tables["state"]
    return [id for name, items in partitions.items() if name.startswith("-#key#") for id in items]


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_needs_to_be_said_about_oneself(doors: Doors, files: str, verb: str) -> None:
    body = VERBS[verb] or b""
    assert post(doors, one(files, verb), body)["id"] == files


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"by": ""}, "by"),
        ({"by": 7}, "by"),
        ({"by": "x" * 257}, "by"),
        ({"note": "x" * 2_001}, "note"),
        ({"note": ["on it"]}, "note"),
        ({"who": "Ann"}, "who"),
        ({"status": "resolved"}, "status"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name_and_changes_nothing(
    doors: Doors, files: str, verb: str, body: dict[str, Any], field: str
) -> None:
    before = doors.stored()
    status, code, message = doors.send("POST", one(files, verb), VERBS[verb] | body, scopes="admin").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith(f"{field}: ")
    assert doors.stored() == before


@pytest.mark.parametrize(
    ("until", "word"),
    [
        ("2026-11-21T10:35:00Z", "90 days"),
        ("2026-11-21T10:00:00Z", "90 days"),
        ("2027-02-20T10:00:00Z", "90 days"),
        ("9999-12-31T23:59:59Z", "90 days"),
        (0, "90 days"),
        ("2026-11-21T12:00:00", "offset"),
        ("tomorrow", "ISO 8601"),
        ("", "ISO 8601"),
        (None, ""),
        (True, ""),
        (1.5, ""),
        (10**30, ""),
        (-(10**30), ""),
        ({}, ""),
    ],
)
def test_a_silence_must_end_in_the_next_ninety_days(doors: Doors, files: str, until: Any, word: str) -> None:
    status, code, message = doors.send("POST", one(files, "silence"), {"until": until}, scopes="admin").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("until: ")
    assert word in message
    assert of_subject(doors, "files")["status"] == "firing"


def test_a_silence_must_say_until_when(doors: Doors, files: str) -> None:
    for body in (b"", {}, {"by": "Ann"}):
        assert doors.send("POST", one(files, "silence"), body, scopes="admin").error[2].startswith("until: ")


@pytest.mark.parametrize("body", [b"hello", b"[1]", b'"x"', b"null", b"7"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_body_that_is_no_object_is_refused(doors: Doors, files: str, verb: str, body: bytes) -> None:
    status, code, message = doors.send("POST", one(files, verb), body, scopes="admin").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert "body" in message


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ["pending", "resolved"])
def test_only_what_is_open_can_be_taken_care_of(doors: Doors, says: Says, verb: str, state: str) -> None:
    says["rate"] = {"calls": 60}
    evaluate(doors)
    if state == "resolved":
        says["rate"] = {}
        evaluate(doors, 2)
    id = of_subject(doors, "calls")["id"]
    before = audit(doors)
    status, code, message = doors.send("POST", one(id, verb), VERBS[verb], scopes="admin").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert state in message
    assert id in message
    assert audit(doors) == before


@pytest.mark.parametrize("path", [EVALUATE, *(one("a", verb) for verb in VERBS)])
@pytest.mark.parametrize("scopes", ["read", "ingest read pii", ""])
def test_without_the_scope_admin_nothing_is_changed(doors: Doors, says: Says, path: str, scopes: str) -> None:
    says["limit"] = {"files": 100}
    status, code, message = doors.send("POST", path, {}, scopes=scopes).error
    assert (status, code) == (403, "NOT_AUTHORIZED")
    assert "'admin'" in message
    assert doors.stored() == []


@pytest.mark.parametrize("path", [LIST, one("a")])
def test_whoever_may_read_reports_may_read_alerts(doors: Doors, path: str) -> None:
    assert doors.send("GET", path, scopes="admin ingest").status == 403
    assert doors.send("GET", path, scopes="read").status in (200, 404)


def test_what_keeps_moving_is_to_be_tried_again(doors: Doors, files: str) -> None:
    class Moving:
        def save(self, *_: Any) -> None:
            raise Conflict("moved")

        def __getattr__(self, name: str) -> Any:
            return getattr(doors.world.parts.alerts, name)

    wiring.use(replace(doors.world.parts, alerts=Moving()))
    error = doors.send("POST", one(files, "acknowledge"), {}, scopes="admin").error
    assert error[:2] == (503, "SERVICE_UNAVAILABLE")


def test_every_change_is_in_the_audit_trail(doors: Doors, says: Says, files: str) -> None:
    post(doors, one(files, "silence"), {"until": UNTIL, "by": "Ann"})
    post(doors, one(files, "acknowledge"), {"by": "Bob"})
    doors.world.at += QUARTER
    says["limit"] = {"files": 100}
    evaluate(doors)
    post(doors, one(files, "resolve"), {"by": "Cem"})
    doors.world.at += QUARTER
    says["limit"] = {"files": 100}
    evaluate(doors)
    assert audit(doors) == [
        ("evaluation", "found"),
        ("Ann", f"silenced until {UNTIL}"),
        ("Bob", "acknowledged"),
        ("evaluation", "went from warning to critical"),
        ("Cem", "resolved by hand"),
        ("evaluation", "found"),
    ]
