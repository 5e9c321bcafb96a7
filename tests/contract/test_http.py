"""Who may come in by which door, and what is answered: to the letter of the contract."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract import canaries
from tests.contract.doors import BATCH, INGEST, JSON, LIST, Doors, invoke, single
from tests.contract.packages import reports_with, throwaway
from tests.fakes.faults import FaultyClient
from tests.fakes.world import World, least
from wallboard.runtime import wiring
from wallboard.runtime.api import ROUTES
from wallboard.services.catalog import Catalog
from wallboard.services.keys import register
from wallboard.services.list_reports import MOST

ROOT = Path(__file__).parents[2]
AT = "2026-11-21T09:00:00Z"
CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"
MESSAGES = "clr3m5n8k000608jq3k0l1m7g"
TOTAL_CONTACTS = "clr3m5n8k000308jq1h7i8j4d"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"
NOT_AUTHENTICATED = (401, "NOT_AUTHENTICATED")

KEYED = [route.split(" ", 1) for route, scope in ROUTES.items() if scope]
keyed_routes = pytest.mark.parametrize(("method", "path"), KEYED, ids=[path for _, path in KEYED])


def at(path: str) -> str:
    return path.replace("{reportId}", CONVERSATIONS)


def conversation(bot: str = "b", id: str = "c") -> dict[str, Any]:
    return {"kind": "conversation", "id": id, "startedAt": AT, "botId": bot, "botName": f"The bot {bot}"}


# ---- keys


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_a_bearer_key_opens_in_any_case_of_the_scheme(doors: Doors, scheme: str) -> None:
    assert doors.knock("GET", LIST, headers={"Authorization": f"{scheme} {doors.key()}"}).status == 200


@pytest.mark.parametrize("value", ["Bearer  {}", " Bearer {} ", "Bearer {}  "])
def test_blanks_about_a_key_do_no_harm(doors: Doors, value: str) -> None:
    assert doors.knock("GET", LIST, headers={"Authorization": value.format(doors.key())}).status == 200


@pytest.mark.parametrize("name", ["x-api-key", "X-API-Key"])
def test_a_key_may_come_in_a_header_of_its_own(doors: Doors, name: str) -> None:
    assert doors.knock("GET", LIST, headers={name: doors.key()}).status == 200


def test_credentials_of_another_scheme_leave_the_api_key_to_decide(doors: Doors) -> None:
    headers = {"Authorization": "Basic dXNlcjpwYXNz", "x-api-key": doors.key()}
    assert doors.knock("GET", LIST, headers=headers).status == 200


@keyed_routes
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer wb_unknown"},
        {"authorization": "wb_unknown"},
        {"authorization": "Basic wb_unknown"},
        {"authorization": "Bearer wb_ünknown\udcff".encode(errors="surrogateescape").decode("latin-1")},
        {"x-api-key": ""},
        {"x-api-key": " "},
        {"x-api-key": "wb_unknown"},
        {"x-api-key": "x" * 8_000},
    ],
)
def test_without_a_known_key_no_door_opens(doors: Doors, method: str, path: str, headers: dict[str, str]) -> None:
    doors.key()
    status, code, message = doors.knock(method, at(path), {}, JSON | headers).error
    assert (status, code) == NOT_AUTHENTICATED
    assert "Bearer" in message
    assert "x-api-key" in message
    assert doors.stored() == []


def test_a_key_does_not_open_with_a_letter_changed(doors: Doors) -> None:
    key = doors.key()
    for other in (key.swapcase(), key[:-1], f"{key}x", key[::-1]):
        assert doors.knock("GET", LIST, headers={"x-api-key": other}).error[:2] == NOT_AUTHENTICATED


def test_who_opened_with_a_key_does_not_open_for_the_next_without(doors: Doors) -> None:
    """What the authorizer remembers is remembered of a key, not of a caller."""
    assert doors.knock("GET", LIST, headers={"x-api-key": doors.key()}).status == 200
    assert doors.knock("GET", LIST).error[:2] == NOT_AUTHENTICATED
    assert doors.knock("GET", LIST, headers={"x-api-key": "another"}).error[:2] == NOT_AUTHENTICATED


def test_a_key_that_is_gone_opens_no_longer_than_a_minute(doors: Doors) -> None:
    headers = {"x-api-key": doors.key()}
    assert doors.knock("GET", LIST, headers=headers).status == 200
    for table in list(doors.world.store.tables["state"].values()):
        table.clear()
    doors.world.store.sorts.clear()
    doors.world.at += 60_000
    assert doors.knock("GET", LIST, headers=headers).error[:2] == NOT_AUTHENTICATED


def test_a_wrong_key_is_not_remembered_as_wrong(doors: Doors) -> None:
    """Else a key that was used too early would not open once it is known."""
    headers = {"x-api-key": "wb_of-tomorrow"}
    assert doors.knock("GET", LIST, headers=headers).status == 401
    register("wb_of-tomorrow", tenant="acme", scopes=frozenset({"read"}), keys=doors.world.parts.keys)
    assert doors.knock("GET", LIST, headers=headers).status == 200


@keyed_routes
def test_a_key_of_another_scope_is_refused_with_the_scope_it_lacks(doors: Doors, method: str, path: str) -> None:
    scope = ROUTES[f"{method} {path}"]
    others = " ".join({"ingest", "read", "pii", "admin"} - {scope})
    status, code, message = doors.send(method, at(path), {}, scopes=others).error
    assert (status, code) == (403, "NOT_AUTHORIZED")
    assert repr(scope) in message
    assert doors.stored() == []


@keyed_routes
def test_the_one_scope_of_a_route_is_enough(doors: Doors, method: str, path: str) -> None:
    body: dict[str, Any] = {"events": []} if path == INGEST else {}
    answer = doors.send(method, at(path), body, scopes=str(ROUTES[f"{method} {path}"]))
    assert answer.status in (200, 400, 404), "an alert that is not there may be asked for, not refused"


def test_a_scope_is_not_taken_for_one_that_begins_like_it(doors: Doors) -> None:
    assert doors.send("GET", LIST, scopes="reader readonly").status == 403


@pytest.mark.parametrize("scopes", [("read",), ("ingest",)])
def test_the_authorizer_tells_the_scopes_of_the_key(doors: Doors, scopes: tuple[str, ...]) -> None:
    headers = JSON | {"x-api-key": doors.key("acme", *scopes)}
    read = doors.knock("GET", LIST, headers=headers).status
    written = doors.knock("POST", INGEST, {"events": []}, headers).status
    assert (read, written) == ((200, 403) if "read" in scopes else (403, 200))


def test_the_key_is_asked_for_before_the_body_is_read(doors: Doors) -> None:
    assert doors.knock("POST", INGEST, b"hello").status == 401
    assert doors.knock("POST", BATCH, b"hello").status == 401


# ---- paths and methods


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v1",
        "/api/v2/platform/report/list",
        "/api/v1/platform/report",
        "/favicon.ico",
        "/%00",
        "/ü",
        "//",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_path_that_does_not_exist_is_not_found(doors: Doors, method: str, path: str) -> None:
    status, code, message = doors.knock(method, path).error
    assert (status, code) == (404, "NOT_FOUND")
    assert "no path" in message


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", LIST, "GET"),
        ("PUT", LIST, "GET"),
        ("DELETE", INGEST, "POST"),
        ("GET", INGEST, "POST"),
        ("GET", BATCH, "POST"),
        ("PATCH", single(MESSAGES), "POST"),
        ("POST", "/api/v1/health", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(doors: Doors, method: str, path: str, allowed: str) -> None:
    status, code, message = doors.knock(method, path).error
    assert (status, code) == (405, "METHOD_NOT_ALLOWED")
    assert method in message
    assert f"use {allowed}" in message


@pytest.mark.parametrize(("method", "path"), [("GET", LIST), ("POST", INGEST), ("POST", single(MESSAGES))])
def test_a_slash_too_many_is_not_told_to_use_the_method_it_used(doors: Doors, method: str, path: str) -> None:
    """API Gateway takes the path with a slash at its end for another one, which no route has."""
    status, _, message = doors.knock(method, f"{path}/").error
    assert status == 404, message


def test_a_path_of_any_length_is_told_in_short(doors: Doors) -> None:
    status, _, message = doors.knock("GET", "/" + "x" * 8_000).error
    assert status == 404
    assert len(message) < 300


def test_health_needs_no_key_and_tells_nothing_of_a_tenant(doors: Doors) -> None:
    doors.push(conversation())
    doors.world.fold()
    answer = doors.knock("GET", "/api/v1/health")
    assert answer.status == 200
    assert "acme" not in answer.text
    assert answer.json()["status"] == "ok"


def test_health_is_not_well_when_the_store_is_not(world: World) -> None:
    broken = World(client=FaultyClient(world.store, at=1, fault="throttled"))
    wiring.use(broken.parts)
    status, code, _ = Doors(broken).knock("GET", "/api/v1/health").error
    assert (status, code) == (503, "SERVICE_UNAVAILABLE")


@keyed_routes
def test_a_store_that_refuses_for_now_is_no_mistake_of_the_caller(world: World, method: str, path: str) -> None:
    broken = World(client=FaultyClient(world.store, at=1, fault="throttled"))
    wiring.use(broken.parts)
    body: dict[str, Any] = {"events": [conversation()]} if path == INGEST else {}
    if path.endswith("/silence"):
        body = {"until": broken.at + 1_000}
    answer = Doors(broken).send(method, at(path), body, scopes=str(ROUTES[f"{method} {path}"]))
    if path in (LIST, BATCH):  # neither reads anything for this
        assert answer.status == 200
    else:
        assert answer.error[:2] == (503, "SERVICE_UNAVAILABLE")


def test_every_answer_forbids_to_be_kept(doors: Doors) -> None:
    for answer in (doors.send("GET", LIST), doors.send("POST", BATCH, {}), doors.knock("GET", "/nowhere")):
        assert answer.headers["cache-control"] == "no-store"


# ---- the list


@pytest.fixture
def long_list(tmp_path: Path, world: World) -> Iterator[Doors]:
    """Twelve reports, added on three days, in an order that is not that of their ids."""
    dates = ["2026-11-24", "2026-11-22", "2026-11-23"]
    files = {
        f"report_{n:02}.py": throwaway(f"id-{n * 7 % 12:02}").replace("2026-11-22", dates[n % 3]) for n in range(12)
    }
    with reports_with(tmp_path, files, copies=False) as package:
        wiring.use(replace(world.parts, catalog=Catalog(package)))
        yield Doors(world)


def ids(doors: Doors, **query: Any) -> list[str]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return [item["id"] for item in doors.send("GET", f"{LIST}?{asked}").json()["items"]]


def test_an_item_has_all_that_the_contract_promises(doors: Doors) -> None:
    items = doors.send("GET", LIST).json()["items"]
    assert items
    for item in items:
        assert item.keys() == {"id", "name", "description", "createdAt", "updatedAt", "meta"}
        assert all(isinstance(item[name], str) and item[name] for name in ("id", "name", "description"))
        assert all(type(item[name]) is int for name in ("createdAt", "updatedAt"))  # epoch milliseconds
        assert item["meta"]["input"]["type"] == item["meta"]["output"]["type"] == "object"
        assert item["meta"]["category"]


def test_the_list_is_newest_first_unless_asked_otherwise(long_list: Doors) -> None:
    items = long_list.send("GET", LIST).json()["items"]
    created = [item["createdAt"] for item in items]
    assert created == sorted(created, reverse=True)
    assert ids(long_list, order="desc") == ids(long_list) == ids(long_list, order="asc")[::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("take", [1, 5, 12, MOST])
def test_pages_follow_each_other_to_the_end(long_list: Doors, order: str, take: int) -> None:
    pages: list[list[str]] = []
    query: dict[str, Any] = {"order": order, "take": take}
    while True:
        answer = long_list.send("GET", f"{LIST}?{'&'.join(f'{k}={v}' for k, v in query.items())}").json()
        if not answer["items"]:
            assert "cursor" not in answer
            break
        assert answer["cursor"] == answer["items"][-1]["id"]
        pages.append([item["id"] for item in answer["items"]])
        query["cursor"] = answer["cursor"]
    assert all(len(page) == take for page in pages[:-1])
    assert [each for page in pages for each in page] == ids(long_list, order=order)


def test_nothing_follows_an_unknown_cursor(long_list: Doors) -> None:
    assert long_list.send("GET", f"{LIST}?cursor=nope").json() == {"items": []}


def test_other_query_parameters_are_ignored(long_list: Doors) -> None:
    assert ids(long_list, **{"meta.app": "x", "unknown": 7}) == ids(long_list)


@pytest.mark.parametrize("take", ["0", "-1", "1.5", "x", "", str(MOST + 1), "9" * 400])
def test_a_bad_take_is_refused_by_name(doors: Doors, take: str) -> None:
    status, code, message = doors.send("GET", f"{LIST}?take={take}").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("take: ")
    assert len(message) < 300


def test_a_take_that_is_too_large_is_told_the_bound(doors: Doors) -> None:
    assert str(MOST) in doors.send("GET", f"{LIST}?take={MOST + 1}").error[2]


def test_a_bad_order_is_refused_by_name_with_what_is_allowed(doors: Doors) -> None:
    status, _, message = doors.send("GET", f"{LIST}?order=up").error
    assert status == 400
    assert message.startswith("order: ")
    assert "'asc' or 'desc'" in message
    assert '"up"' in message


@pytest.mark.parametrize(
    "accept", ["application/jsonl", "application/jsonl, */*", "application/json;q=0.5,application/jsonl"]
)
def test_lines_are_ascii_items_and_nothing_else(long_list: Doors, accept: str) -> None:
    answer = long_list.send("GET", LIST, headers={"accept": accept})
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.text.isascii()
    assert answer.text.endswith("\n")
    lines = [json.loads(line) for line in answer.text.removesuffix("\n").split("\n")]
    assert all(line.keys() == {"type", "data"} and line["type"] == "item" for line in lines)
    assert [line["data"] for line in lines] == long_list.send("GET", LIST).json()["items"]
    assert "Zoë" in lines[0]["data"]["description"]


def test_no_lines_are_an_empty_body(doors: Doors) -> None:
    answer = doors.send("GET", f"{LIST}?cursor=nope", headers={"accept": "application/jsonl"})
    assert (answer.status, answer.text) == (200, "")


def test_a_refusal_is_json_also_where_lines_were_asked_for(doors: Doors) -> None:
    assert doors.send("GET", f"{LIST}?take=0", headers={"accept": "application/jsonl"}).error[0] == 400


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_everybody_else_gets_json(doors: Doors, accept: str) -> None:
    """The JavaScript client takes any other content type for bytes."""
    assert doors.send("GET", LIST, headers={"accept": accept}).headers["content-type"] == "application/json"


# ---- one and many


def test_an_empty_batch_is_answered_with_an_empty_object(doors: Doors) -> None:
    answer = doors.send("POST", BATCH, {})
    assert (answer.status, answer.json()) == (200, {})


@pytest.mark.parametrize("body", [[], 7, "x", None, True])
def test_a_batch_that_is_no_object_is_refused(doors: Doors, body: Any) -> None:
    status, code, message = doors.send("POST", BATCH, body).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert "object" in message


@pytest.mark.parametrize("target", [BATCH, single(MESSAGES)])
@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_no_body_is_an_empty_object(doors: Doors, target: str, body: bytes) -> None:
    assert doors.send("POST", target, body).json() == doors.send("POST", target, {}).json()


def test_in_a_batch_each_fails_alone(tmp_path: Path, doors: Doors) -> None:
    doors.push(conversation())
    doors.world.fold()
    asked: dict[str, Any] = {
        "unknown": {},
        CONVERSATIONS: {},
        MESSAGES: {"periodDays": 0},
        TOTAL_CONTACTS: [],
        BOT_STATS: {"botId": "nobody"},
        "throw-away": {},
    }
    with reports_with(tmp_path, {"throwaway.py": throwaway(build="1 / 0")}) as package:
        wiring.use(replace(doors.world.parts, catalog=Catalog(package)))
        answer = doors.send("POST", BATCH, asked)
    answers = answer.json()
    assert answer.status == 200
    assert list(answers) == list(asked)
    assert answers.pop(CONVERSATIONS)["value"] == 1
    assert all(entry.keys() == {"error"} and isinstance(entry["error"], str) for entry in answers.values())
    assert answers["unknown"]["error"] == "Report not found"
    assert answers[BOT_STATS]["error"] == "Bot not found"
    assert answers[MESSAGES]["error"].startswith("periodDays: ")
    assert "object" in answers[TOTAL_CONTACTS]["error"]
    assert answers["throw-away"]["error"] == "Internal server error"


def test_a_batch_in_which_all_fail_is_still_answered(doors: Doors) -> None:
    answer = doors.send("POST", BATCH, {"a": {}, "b": None, MESSAGES: 7})
    assert answer.status == 200
    assert all(entry.keys() == {"error"} for entry in answer.json().values())


def test_a_batch_that_cannot_be_read_says_so_in_every_entry(world: World) -> None:
    broken = World(client=FaultyClient(world.store, at=1, fault="throttled"))
    wiring.use(broken.parts)
    answer = Doors(broken).send("POST", BATCH, {CONVERSATIONS: {}, MESSAGES: {}, "unknown": {}})
    entries = answer.json()
    assert answer.status == 200
    assert entries["unknown"] == {"error": "Report not found"}
    assert all(entry.keys() == {"error"} for entry in entries.values())


@pytest.mark.parametrize("target", [BATCH, single(MESSAGES)])
@pytest.mark.parametrize("zone", ["Mars/Olympus", "europe berlin", "../etc/passwd", "+01:00", "x" * 5_000, "UTC\0"])
def test_an_unknown_zone_is_refused_and_told_so(doors: Doors, target: str, zone: str) -> None:
    status, code, message = doors.send("POST", target, {}, JSON | {"x-timezone": zone}).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert "is not a time zone" in message
    assert "Europe/Berlin" in message
    assert len(message) < 300


def test_an_empty_zone_is_utc(doors: Doors) -> None:
    assert doors.ask(MESSAGES, headers=JSON | {"x-timezone": ""}) == doors.ask(MESSAGES)


# ---- one tenant and another


def test_a_tenant_sees_neither_figures_nor_bots_nor_names_of_another(doors: Doors) -> None:
    first, second = ({**JSON, "x-api-key": doors.key(tenant)} for tenant in ("first", "second"))
    events = [conversation(), {"kind": "contact", "id": "p", "createdAt": AT, "name": "Ann"}]
    assert doors.knock("POST", INGEST, {"events": events}, first).json()["accepted"] == 2
    doors.world.fold()
    everything = {report.id: least(report) for report in doors.world.parts.catalog}
    mine, theirs = (doors.knock("POST", BATCH, everything, headers) for headers in (first, second))
    assert mine.json()[CONVERSATIONS]["value"] == 1
    assert mine.json()[BOT_STATS]["totalConversations"] == 1
    assert theirs.json()[CONVERSATIONS]["value"] == theirs.json()[TOTAL_CONTACTS]["value"] == 0
    assert theirs.json()[BOT_STATS] == {"error": "Bot not found"}
    assert "Ann" not in theirs.text
    assert "The bot" not in theirs.text
    assert doors.world.parts.directory.names("second", [("bot", "b"), ("contact", "p")]) == {}


def test_a_tenant_cannot_overwrite_what_another_pushed(doors: Doors) -> None:
    doors.push(conversation(), tenant="first")
    doors.push(conversation() | {"deleted": True, "updatedAt": doors.world.at}, tenant="second")
    doors.push(conversation() | {"tenant": "first", "deleted": True}, tenant="second")
    doors.world.fold()
    assert doors.ask(CONVERSATIONS, tenant="first")["value"] == 1
    assert doors.ask(CONVERSATIONS, tenant="second")["value"] == 0


@pytest.mark.parametrize("name", ["first#conversation", "-", "", "first/", "First", "f" * 64, "first#"])
def test_no_tenant_has_a_name_that_could_reach_into_anothers_keys(doors: Doors, name: str) -> None:
    with pytest.raises(Exception, match=r"^tenant: .* is not a name"):
        doors.key(name)


def test_headers_do_not_choose_the_tenant(doors: Doors) -> None:
    doors.push(conversation(), tenant="first")
    doors.world.fold()
    headers = {**JSON, "x-tenant": "first", "x-runas-user-id": "first", "x-api-key": doors.key("second")}
    assert doors.knock("POST", single(CONVERSATIONS), {}, headers).json()["value"] == 0


def test_the_authorizer_answers_what_a_context_can_carry(doors: Doors) -> None:
    """Values of a simple response's context are strings, numbers or booleans."""
    answer = invoke("AuthorizeFunction", {"headers": {"x-api-key": doors.key()}})
    assert answer["isAuthorized"] is True
    assert answer["context"].keys() == {"tenant", "scopes", "keyId"}
    assert all(isinstance(value, str) for value in answer["context"].values())
    assert invoke("AuthorizeFunction", {}) == {"isAuthorized": True, "context": {}}


# ---- nothing leaks


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], str]:
    """The answers and the log lines of a process through which canaries flew."""
    answers = tmp_path_factory.mktemp("canaries") / "answers"
    done = subprocess.run(
        [sys.executable, "-m", canaries.__name__, str(answers)],
        cwd=ROOT,
        env=os.environ | {"POWERTOOLS_LOG_LEVEL": "DEBUG"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return answers.read_text().splitlines(), done.stdout + done.stderr


def test_no_answer_carries_a_key(spoken: tuple[list[str], str]) -> None:
    answers, _ = spoken
    assert [answer for answer in answers if canaries.KEY in answer or canaries.WRONG_KEY in answer] == []


def test_no_answer_carries_a_persons_name_but_to_who_just_sent_it(spoken: tuple[list[str], str]) -> None:
    answers, _ = spoken
    bodies = [json.loads(answer)[0] for answer in answers]
    assert [body for body in bodies if canaries.PERSON in str(body) and '"rejected"' not in str(body)] == []


def test_no_log_line_carries_a_key_or_a_person(spoken: tuple[list[str], str]) -> None:
    _, log = spoken
    assert [line for line in log.splitlines() if "CANARY" in line] == []


def test_the_canaries_flew_where_logs_are_written(spoken: tuple[list[str], str]) -> None:
    """Else their absence from the logs would say nothing."""
    answers, log = spoken
    for line in ("a report failed", "a report cannot be loaded", "a request failed", "EventsAccepted", "HoursParked"):
        assert line in log
    assert any("SERVICE_UNAVAILABLE" in answer for answer in answers)
    assert "cannot be read" in answers[-1]
