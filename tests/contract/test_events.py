"""Every payload of events/, as AWS delivers it, goes through the handler of its function."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.doors import TEMPLATE, Doors, invoke
from tests.fakes.pulling import Pulling
from tests.fakes.world import World
from wallboard.model.time import parse_instant
from wallboard.runtime import wiring
from wallboard.services.fan_out import turns
from wallboard.services.keys import register

EVENTS = Path(__file__).parents[2] / "events"
FILES = sorted(str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json"))
FOLDERS = {function.code.name: name for name, function in TEMPLATE.functions.items()}

KEY = "wb_a-key-for-examples-only-123"
CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"
MESSAGES = "clr3m5n8k000608jq3k0l1m7g"
RATINGS = "clr3m5n8k000008jq7h9e5b1a"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"


def payload(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def handled(name: str) -> Any:
    """What the function answers to the payload."""
    return invoke(FOLDERS[name.partition("/")[0]], payload(name))


def answered(name: str, status: int = 200) -> Any:
    answer = handled(name)
    assert answer["statusCode"] == status, answer
    assert answer["headers"]["content-type"] == "application/json"
    return json.loads(answer["body"])


def figures(doors: Doors) -> list[int]:
    return [doors.ask(report)["value"] for report in (CONVERSATIONS, MESSAGES, RATINGS)]


def folded(world: World) -> None:
    """What the payload of the ingest function says is stored and rolled up."""
    handled("ingest_events/json")
    world.fold()


# ---- one function for each payload: it checks what must come of it


def stores_what_is_good(name: str, doors: Doors) -> None:
    """Four of the five events are; the last one lacks its time."""
    body = answered(name)
    [rejection] = body["rejected"]
    assert body["accepted"] == 4
    assert (rejection["index"], rejection["id"], rejection["field"]) == (4, "c-2", "startedAt")
    doors.world.fold()
    assert figures(doors) == [1, 2, 1]
    assert doors.world.parts.directory.names("acme", [("bot", "b-1")]) == {("bot", "b-1"): "Zoë"}


def lists_five(name: str, doors: Doors) -> None:
    body = answered(name)
    assert len(body["items"]) == 5
    assert body["cursor"] == body["items"][-1]["id"]


def lists_lines(name: str, doors: Doors) -> None:
    answer = handled(name)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/jsonl")
    assert len(answer["body"].splitlines()) == len(list(doors.world.parts.catalog))


def is_well(name: str, doors: Doors) -> None:
    assert answered(name)["status"] == "ok"


def describes_the_api(name: str, doors: Doors) -> None:
    assert answered(name)["openapi"].startswith("3.1.")


def is_not_found(name: str, doors: Doors) -> None:
    assert answered(name, 404)["code"] == "NOT_FOUND"


def is_not_allowed(name: str, doors: Doors) -> None:
    body = answered(name, 405)
    assert body["code"] == "METHOD_NOT_ALLOWED"
    assert "use GET" in body["message"]


def is_not_authenticated(name: str, doors: Doors) -> None:
    assert answered(name, 401)["code"] == "NOT_AUTHENTICATED"


def answers_two_and_refuses_two(name: str, doors: Doors) -> None:
    folded(doors.world)
    body = answered(name)
    assert body[CONVERSATIONS]["value"] == 1
    assert [day["date"] for day in body[CONVERSATIONS]["breakdown"] if day["total"]] == ["2026-11-21"]
    assert (body[BOT_STATS]["totalMessages"], body[BOT_STATS]["totalTokens"]) == (2, 120)
    assert body[MESSAGES]["error"].startswith("periodDays: ")
    assert body["no-such-report"] == {"error": "Report not found"}


def answers_one(name: str, doors: Doors) -> None:
    folded(doors.world)
    body = answered(name)
    assert (body["value"], body["period"]) == (2, "last 1 days")


def recognises_the_key(name: str, doors: Doors) -> None:
    register(KEY, tenant="acme", scopes=frozenset({"ingest"}), keys=doors.world.parts.keys)
    answer = handled(name)
    assert answer["isAuthorized"] is True
    assert (answer["context"]["tenant"], answer["context"]["scopes"]) == ("acme", "ingest")
    assert KEY not in str(answer)


def recognises_nobody(name: str, doors: Doors) -> None:
    """And lets pass, so that the door can answer in the words of the contract."""
    assert handled(name) == {"isAuthorized": True, "context": {}}


def folds_what_came(name: str, doors: Doors) -> None:
    handled("ingest_events/json")
    assert figures(doors) == [0, 0, 0]
    assert handled(name) == {"batchItemFailures": []}
    assert figures(doors) == [1, 2, 1]


def folds_what_is_left(name: str, doors: Doors) -> None:
    folded(doors.world)
    _remove_all_facts(doors)
    assert handled(name) == {"batchItemFailures": []}
    assert figures(doors) == [0, 0, 0]


def leaves_totals_alone(name: str, doors: Doors) -> None:
    """What grew old is removed from the facts; its totals stay."""
    folded(doors.world)
    _remove_all_facts(doors)
    written = dict(doors.world.store.written)
    assert handled(name) == {"batchItemFailures": []}
    assert doors.world.store.written == written
    assert figures(doors) == [1, 2, 1]


def finds_no_drift_and_then_some(name: str, doors: Doors) -> None:
    register(KEY, tenant="acme", scopes=frozenset({"read"}), keys=doors.world.parts.keys)
    folded(doors.world)
    assert handled(name) == {"drift": {"acme": 0}}
    _remove_all_facts(doors)
    assert handled(name)["drift"]["acme"] > 0
    assert figures(doors) == [0, 0, 0]
    assert handled(name) == {"drift": {"acme": 0}}


def gives_a_turn(name: str, doors: Doors) -> None:
    register(KEY, tenant="acme", scopes=frozenset({"read"}), keys=doors.world.parts.keys)
    assert handled(name)["tenants"] == 1
    assert doors.world.waiting.messages == turns(["acme"])


def connected(doors: Doors) -> Pulling:
    """The world of these doors, with one source."""
    pulling = Pulling("samespace", world=doors.world)
    wiring.use(pulling.parts)
    register(KEY, tenant="acme", scopes=frozenset({"admin"}), keys=doors.world.parts.keys)
    return pulling


def begins_what_is_due(name: str, doors: Doors) -> None:
    """At 02:15, and not at 10:20."""
    pulling = connected(doors)
    assert handled(name) == {"windows": 0, "failed": []}
    doors.world.at = parse_instant("2026-11-22T02:15:00Z")
    assert handled(name) == {"windows": 5, "failed": []}
    assert pulling.work() == 5
    assert pulling.facts("interaction")


def pulls_a_window(name: str, doors: Doors) -> None:
    """The one that was asked for; one that nobody asked for is left alone."""
    pulling = connected(doors)
    assert handled(name) == {"batchItemFailures": []}
    assert pulling.facts() == []
    pulling.sync("samespace", "2026-11-21T00:00:00Z", "2026-11-21T10:20:00Z", streams=["sessions"])
    assert pulling.world.pulls.messages == [(payload(name)["Records"][0]["body"], 0)]
    assert handled(name) == {"batchItemFailures": []}
    assert pulling.facts("interaction")


def shows_how_far_it_is(name: str, doors: Doors) -> None:
    pulling = connected(doors)
    pulling.pull("samespace", "2026-11-18", "2026-11-20")
    [source] = answered(name)["items"]
    assert (source["name"], source["nextRun"]) == ("samespace", "2026-11-22T02:15:00.000Z")
    assert {stream["cursor"] for stream in source["streams"]} == {"2026-11-20T00:00:00.000Z"}
    assert all(stream["rows"] > 0 for stream in source["streams"])


def begins_a_pull(name: str, doors: Doors) -> None:
    assert answered(name, 404)["code"] == "NOT_FOUND"
    pulling = connected(doors)
    started = answered(name)
    assert [(each["stream"], each["windows"]) for each in started["streams"]] == [("sessions", 3), ("csat", 3)]
    assert pulling.work() == 6
    assert pulling.facts("interaction", "survey")


def lists_a_page_of_facts(name: str, doors: Doors) -> None:
    """Two calls and where to go on; who called is not told."""
    connected(doors).pull("samespace", "2026-11-18", "2026-11-19")
    body = answered(name)
    assert [(item["kind"], item["direction"]) for item in body["items"]] == [("interaction", "inbound")] * 2
    assert body["cursor"]


def tabulates_rows(name: str, doors: Doors) -> None:
    connected(doors).pull("samespace", "2026-11-18", "2026-11-19")
    answer = handled(name)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "text/csv; charset=utf-8")
    header, *rows = answer["body"].splitlines()
    assert header.startswith("\ufeff_id,x_origin_id,uuid,channel")
    assert len(rows) > 10


def explains_a_figure(name: str, doors: Doors) -> None:
    doors.push({"kind": "interaction", "id": "i", "startedAt": "2026-11-21T09:00:00Z", "channel": "voice",
                "direction": "inbound"})  # fmt: skip
    doors.world.fold()
    figure = answered(name)["figures"]["interactions"]
    assert (figure["value"], [place["kind"] for place in figure["numerator"]["records"]]) == (1, ["interaction"])


def lists_spells_as_lines(name: str, doors: Doors) -> None:
    connected(doors).pull("samespace", "2026-11-18", "2026-11-19")
    answer = handled(name)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/jsonl")
    assert {json.loads(line)["data"]["activity"] for line in answer["body"].splitlines()} == {"login", "away"}


def evaluates_a_tenant(name: str, doors: Doors) -> None:
    """A share fires in the second turn; a letter that cannot be sent is sent when the message comes again."""
    rated_badly(doors.world)
    assert handled(name) == {"batchItemFailures": []}
    doors.world.told.deaf = 1
    assert handled(name) == {"batchItemFailures": [{"itemIdentifier": payload(name)["Records"][0]["messageId"]}]}
    assert told(doors) == []
    doors.world.at += 720_000
    assert handled(name) == {"batchItemFailures": []}
    assert told(doors) == [("firing", "[Wallboard] CRITICAL: Negative feedback of Zoe (acme)")]


def evaluates_now(name: str, doors: Doors) -> None:
    rated_badly(doors.world)
    for state in ("pending", "firing"):
        body = answered(name)
        assert [(each["to"], each["severity"]) for each in body["transitions"]] == [(state, "critical")]
    assert answered(name) == {"transitions": [], "held": [], "broken": []}
    assert [state for state, _ in told(doors)] == ["firing"]


def lists_the_one_that_fits(name: str, doors: Doors) -> None:
    assert answered(name) == {"items": []}
    rated_badly(doors.world, evaluations=2)
    body = answered(name)
    [alert] = body["items"]
    assert (alert["status"], alert["severity"], alert["botId"]) == ("firing", "critical", "b-1")
    assert (alert["message"], body["cursor"]) == ("4 of 5 ratings are negative: 80 %.", alert["id"])


def tells_its_history(name: str, doors: Doors) -> None:
    body = acted(name, doors)
    assert body["alert"]["status"] == "firing"
    assert [(each.get("from"), each["to"]) for each in body["history"]] == [(None, "pending"), ("pending", "firing")]
    assert body["history"][-1]["metric"] == {"current": 4, "baseline": 5, "percentage": 80}


def acts(status: str, by: str, letters: list[str]) -> Callable[[str, Doors], None]:
    def check(name: str, doors: Doors) -> None:
        alert = acted(name, doors)
        last = doors.world.parts.alerts.history("acme", alert["id"])[-1]
        assert (alert["status"], last.after, last.by) == (status, status, by)
        assert [state for state, _ in told(doors)] == letters

    return check


def acted(name: str, doors: Doors) -> Any:
    """What the payload comes to once there is the alert that it names."""
    assert answered(name, 404)["code"] == "NOT_FOUND"
    rated_badly(doors.world, evaluations=2)
    return answered(name)


def rated_badly(world: World, evaluations: int = 0) -> None:
    """Four of the five people who talked to the bot did not like it."""
    at, bot = "2026-11-21T09:00:00Z", {"botId": "b-1", "botName": "Zoe"}
    ratings = [{"kind": "rating", "id": f"r-{n}", "createdAt": at, "value": -1 if n else 1, **bot} for n in range(5)]
    world.push({"kind": "conversation", "id": "c-1", "startedAt": at, **bot}, *ratings)
    world.fold()
    for _ in range(evaluations):
        world.evaluate()


def told(doors: Doors) -> list[tuple[str, str]]:
    """The state and the subject of what people were told."""
    return [(attributes["state"], subject) for subject, _, attributes in doors.world.told.letters]


def _remove_all_facts(doors: Doors) -> None:
    for table, partition, sort in doors.stored("facts"):
        key = {"pk": {"S": partition}, "sk": {"S": sort}}
        doors.world.store.transact_write_items(TransactItems=[{"Delete": {"TableName": table, "Key": key}}])


OUTCOMES: dict[str, Callable[[str, Doors], None]] = {
    "authorize/api_key": recognises_the_key,
    "authorize/bearer": recognises_the_key,
    "authorize/no_key": recognises_nobody,
    "evaluate_alerts/every_quarter": gives_a_turn,
    "evaluate_alerts/turn": evaluates_a_tenant,
    "generate_reports/batch": answers_two_and_refuses_two,
    "generate_reports/single": answers_one,
    "generate_reports/without_key": is_not_authenticated,
    "ingest_events/json": stores_what_is_good,
    "ingest_events/lines_in_base64": stores_what_is_good,
    "list_records/explain": explains_a_figure,
    "list_records/facts": lists_a_page_of_facts,
    "list_records/lines": lists_spells_as_lines,
    "list_records/table": tabulates_rows,
    "list_records/unknown_kind": is_not_found,
    "list_reports/health": is_well,
    "list_reports/list": lists_five,
    "list_reports/list_as_lines": lists_lines,
    "list_reports/openapi": describes_the_api,
    "list_reports/unknown_path": is_not_found,
    "list_reports/wrong_method": is_not_allowed,
    "manage_alerts/acknowledge": acts("acknowledged", "ada@example.com", ["firing", "acknowledged"]),
    "manage_alerts/evaluate": evaluates_now,
    "manage_alerts/history": tells_its_history,
    "manage_alerts/list": lists_the_one_that_fits,
    # Where the request names nobody, the key is noted.
    "manage_alerts/resolve": acts("resolved", "key 0f1e2d3c4b5a6978", ["firing", "resolved"]),
    "manage_alerts/silence": acts("silenced", "ada@example.com", ["firing"]),
    "manage_sources/list": shows_how_far_it_is,
    "manage_sources/sync": begins_a_pull,
    "pull_sources/hourly": begins_what_is_due,
    "pull_sources/turn": pulls_a_window,
    "roll_up/insert": folds_what_came,
    "roll_up/reconcile": finds_no_drift_and_then_some,
    "roll_up/remove_by_time_to_live": leaves_totals_alone,
    "roll_up/remove_by_user": folds_what_is_left,
}


@pytest.mark.parametrize("name", FILES)
def test_a_payload_has_its_outcome(name: str, doors: Doors) -> None:
    OUTCOMES[name](name, doors)


def test_every_function_has_payloads_and_every_payload_a_function() -> None:
    assert {name.partition("/")[0] for name in FILES} == FOLDERS.keys()
    assert set(FILES) == OUTCOMES.keys()


@pytest.mark.parametrize("schedule", TEMPLATE.schedules, ids=lambda schedule: schedule.name)
def test_a_scheduled_payload_is_the_input_that_the_template_gives(schedule: Any) -> None:
    folder = TEMPLATE.functions[schedule.function].code.name
    assert json.loads(schedule.input) in [payload(name) for name in FILES if name.startswith(f"{folder}/")]


@pytest.mark.parametrize("route", TEMPLATE.routes, ids=lambda route: route.key)
def test_every_route_has_a_payload(route: Any) -> None:
    folder = TEMPLATE.functions[route.function].code.name
    assert route.key in [payload(name).get("routeKey") for name in FILES if name.startswith(f"{folder}/")]
