"""The OpenAPI document says what the doors do: every route, report, event and answer is in it, and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import wallboard.reports
from tests.contract.doors import BATCH, INGEST, JSON, LIST, TEMPLATE, Answer, Doors, single
from tests.contract.packages import reports_with, throwaway
from tests.fakes.faults import FaultyClient
from tests.fakes.world import World, least
from wallboard.cli.commands import OPENAPI_PAGE, REPORT_PAGE, run
from wallboard.cli.openapi import openapi_page
from wallboard.errors import WallboardError
from wallboard.model.events import AnyEvent
from wallboard.model.results import Output
from wallboard.reports._report import Report
from wallboard.runtime import wiring
from wallboard.runtime.api import FALLBACK, ROUTES
from wallboard.runtime.http import freshness
from wallboard.services.catalog import Catalog

ROOT = Path(__file__).parents[2]
DESCRIPTION, HEALTH, SINGLE = "/openapi.json", "/api/v1/health", "/api/v1/platform/report/{reportId}/generate"
EXPLAIN = "/api/v1/platform/report/{reportId}/explain"
REPORTS = sorted(Catalog(wallboard.reports), key=lambda report: report.name)
every_report = pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
PAGE = openapi_page(REPORTS, ROUTES)
DOCUMENT = json.loads(PAGE)

AT = "2026-11-21T09:00:00Z"
BOT = "b"
FIELDS: dict[str, dict[str, Any]] = {
    "conversation": {"startedAt": AT, "botId": BOT, "channel": None},
    "message": {"createdAt": AT, "type": "user", "conversationId": "c", "conversationStartedAt": AT},
    "usage": {"createdAt": AT, "type": "token", "count": 7},
    "action": {"createdAt": AT, "type": "call", "name": ""},
    "rating": {"createdAt": AT, "value": -0.5, "reason": "ü", "botId": BOT},
    "contact": {"createdAt": AT, "email": "a@example.org", "nickname": {"kept": ["beside"]}},
    "resource": {"updatedAt": AT, "type": "bot", "count": 3},
    "interaction": {
        "startedAt": AT,
        "channel": "call",
        "direction": "inbound",
        "durations": {"talk": 1.5, "hold": None},
    },
    "leg": {"interactionId": "i", "interactionStartedAt": AT, "agentId": "a"},
    "interaction_detail": {"interactionId": "i", "anchoredAt": AT, "figures": {"hold": 4.5, "offers": None}},
    "session": {"agentId": "a", "startedAt": AT, "activity": "log-in"},
    "status": {"agentId": "a", "startedAt": AT, "status": "away", "deleted": True},
    "agent_interval": {"agentId": "a", "startedAt": AT, "endedAt": AT, "figures": {"calls": 3}},
    "queue_interval": {"queueId": "q", "startedAt": AT, "endedAt": AT, "zone": "Europe/Berlin", "figures": {}},
    "survey": {"answeredAt": AT, "score": 4, "updatedAt": 1_795_251_600_000},
    "change": {
        "changedAt": AT,
        "type": "call",
        "subjectId": "c-1",
        "field": "disposition",
        "before": "",
        "after": "sold",
    },
}
"""Of each kind an event, but for what all have."""

EVENTS = [{"kind": kind, "id": kind, **fields} for kind, fields in FIELDS.items()]


def resolved(what: Any, document: Mapping[str, Any] = DOCUMENT) -> Any:
    """What a reference leads to."""
    while "$ref" in what:
        path, what = what["$ref"], document
        for part in path.removeprefix("#/").split("/"):
            what = what[part]
    return what


def complaints(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """What is not as a schema of the document has it."""
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def fits(answer: Answer, route: str, *, status: int = 200) -> Answer:
    """An answer that has this status and is as the document says for the route."""
    assert answer.status == status, answer
    method, path = route.split(" ", 1)
    response = resolved(DOCUMENT["paths"][path][method.lower()]["responses"][str(status)])
    media = answer.headers["content-type"].partition(";")[0]
    schema = response["content"][media]["schema"]
    for value in _values(answer, media):
        assert complaints(value, schema) == []
    ours = {name for name in answer.headers if name.startswith("x-")}
    assert ours <= response.get("headers", {}).keys()
    for name in ours:
        about = response["headers"][name]["schema"]
        value = answer.headers[name]
        assert complaints(int(value) if about["type"] == "integer" else value, about) == []
    return answer


def _values(answer: Answer, media: str) -> list[Any]:
    if media == "application/jsonl":
        return [json.loads(line) for line in answer.text.splitlines()]
    return [answer.json() if media == "application/json" else answer.text]


@pytest.fixture
def busy(doors: Doors) -> Doors:
    doors.push(*EVENTS)
    doors.world.fold()
    return doors


# ---- the document


def test_it_is_valid_and_so_is_every_schema() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_its_routes_are_those_of_the_code_and_of_the_template() -> None:
    described = {
        f"{method.upper()} {path}": about for path, item in DOCUMENT["paths"].items() for method, about in item.items()
    }
    assert described.keys() == ROUTES.keys() == {route.key for route in TEMPLATE.routes} - {FALLBACK}
    for route, about in described.items():
        asked = [scopes for way in about["security"] for scopes in way.values()]
        assert asked == ([[ROUTES[route]]] * 2 if ROUTES[route] else [])
    assert len({about["operationId"] for about in described.values()}) == len(described)


@pytest.mark.parametrize("routes", [{**ROUTES, "GET /api/v1/new": "read"}, dict(list(ROUTES.items())[1:])])
def test_a_route_cannot_be_forgotten_nor_outlive_itself(routes: Mapping[str, str | None]) -> None:
    [astray] = routes.keys() ^ ROUTES.keys()
    with pytest.raises(WallboardError, match=astray):
        openapi_page(REPORTS, routes)


@every_report
def test_a_report_is_in_it_with_its_input_and_output(report: Report) -> None:
    batch, one = (DOCUMENT["paths"][path]["post"] for path in (BATCH, SINGLE))
    [parameter] = [each for each in one["parameters"] if each.get("name") == "reportId"]
    assert report.id in [each["value"] for each in parameter["examples"].values()]
    asked = batch["requestBody"]["content"]["application/json"]["schema"]["properties"][report.id]
    answered = batch["responses"]["200"]["content"]["application/json"]["schema"]["properties"][report.id]["anyOf"]
    assert asked in one["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    assert answered[0] in one["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]
    assert resolved(answered[1])["required"] == ["error"]
    for found, own in [
        (resolved(asked), report.input.model_json_schema()),
        (resolved(answered[0]), report.output.model_json_schema(mode="serialization")),
    ]:
        assert list(found["properties"]) == list(own["properties"])
        assert found.get("required") == own.get("required")


def test_a_name_says_whose_a_schema_is_and_none_is_there_for_nothing() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert {
        "TotalMessagesInput",
        "TotalMessagesOutput",
        "BotStatsOutput",
        "ConversationEvent",
        "Receipt",
    } <= schemas.keys()
    assert [name for name in schemas if "__" in name or "-" in name] == []
    assert [name for name in schemas if f'"#/components/schemas/{name}"' not in PAGE] == []


def test_it_is_ascii_and_the_same_in_every_process() -> None:
    code = f"""import sys, wallboard.reports
from {openapi_page.__module__} import openapi_page
from {Catalog.__module__} import Catalog
from wallboard.runtime.api import ROUTES
sys.stdout.write(openapi_page(Catalog(wallboard.reports), ROUTES))"""
    for seed in "12":
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == PAGE
    assert PAGE.isascii()
    assert PAGE.endswith("\n}\n")


# ---- reports that are not there yet


class DayTotal(Output):
    """Not the one of other reports."""

    other: int


class NewOutput(Output):
    day: DayTotal


def test_reports_may_have_classes_of_one_name() -> None:
    new = replace(REPORTS[0], id="new", name="New Report", output=NewOutput)
    document = json.loads(openapi_page([*REPORTS, new], ROUTES))
    OpenAPIV31SpecValidator(document).validate()
    days = [resolved(document["components"]["schemas"]["NewOutput"]["properties"]["day"], document)]
    days += [
        resolved(document["components"]["schemas"]["TotalMessagesOutput"]["properties"]["breakdown"]["items"], document)
    ]
    assert [list(day["properties"]) for day in days] == [["other"], ["date", "total"]]


def test_two_reports_of_one_name_are_refused() -> None:
    twin = replace(REPORTS[0], id="twin")
    with pytest.raises(WallboardError, match="rename a report"):
        openapi_page([*REPORTS, twin], ROUTES)


def test_a_class_with_a_name_that_is_ours_is_refused() -> None:
    event = type("Event", (Output,), {"__annotations__": {"x": int}})
    output = type("AnyOutput", (Output,), {"__annotations__": {"event": event}})
    with pytest.raises(WallboardError, match="Event"):
        openapi_page([replace(REPORTS[0], output=output)], ROUTES)


# ---- what is answered


@pytest.mark.parametrize("query", ["", "?take=2", "?cursor=nope", "?order=asc&take=100"])
def test_the_list_is_as_described(busy: Doors, query: str) -> None:
    answer = fits(busy.send("GET", f"{LIST}{query}"), f"GET {LIST}")
    item = resolved(DOCUMENT["components"]["schemas"]["ReportItem"])
    for each in answer.json()["items"]:
        assert each.keys() <= item["properties"].keys()
        assert each["meta"].keys() <= item["properties"]["meta"]["properties"].keys()
    fits(busy.send("GET", f"{LIST}{query}", headers={"accept": "application/jsonl"}), f"GET {LIST}")


@every_report
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
def test_one_report_is_as_described(doors: Doors, report: Report, busy: bool) -> None:
    doors.push(*EVENTS, {"kind": "resource", "id": BOT, "type": "bot", "updatedAt": AT})
    if busy:
        doors.world.fold()
    answer = fits(doors.send("POST", single(report.id), least(report, BOT)), f"POST {SINGLE}")
    properties = DOCUMENT["paths"][BATCH]["post"]["responses"]["200"]["content"]["application/json"]["schema"][
        "properties"
    ]
    assert complaints(answer.json(), properties[report.id]["anyOf"][0]) == []
    table = doors.send("POST", single(report.id), least(report, BOT), JSON | {"accept": "text/csv"})
    fits(table, f"POST {SINGLE}", status=400 if report.table is None else 200)


def test_a_batch_is_as_described_where_reports_fail_too(busy: Doors) -> None:
    asked: dict[str, Any] = {report.id: least(report, BOT) for report in REPORTS}
    answer = fits(busy.send("POST", BATCH, asked), f"POST {BATCH}")
    assert (
        complaints(asked, DOCUMENT["paths"][BATCH]["post"]["requestBody"]["content"]["application/json"]["schema"])
        == []
    )
    assert {"x-data-through", "x-data-lag-seconds"} <= answer.headers.keys()
    fits(busy.send("POST", BATCH, {**dict.fromkeys(asked, 7), "unknown": {}}), f"POST {BATCH}")
    fits(busy.send("POST", BATCH, {}), f"POST {BATCH}")


@pytest.mark.parametrize("report", [each for each in REPORTS if each.drill], ids=lambda report: report.id)
def test_an_explanation_is_as_described(busy: Doors, report: Report) -> None:
    asked = {**least(report), "granularity": "day", "row": {"part": "2026-11-21"}}
    operation = DOCUMENT["paths"][EXPLAIN]["post"]
    assert complaints(asked, operation["requestBody"]["content"]["application/json"]["schema"]) == []
    answer = fits(busy.send("POST", EXPLAIN.replace("{reportId}", report.id), asked), f"POST {EXPLAIN}")
    assert answer.json()["figures"]


def test_the_headers_of_freshness_are_described() -> None:
    for path in (BATCH, SINGLE):
        assert DOCUMENT["paths"][path]["post"]["responses"]["200"]["headers"].keys() == freshness(0, 0).keys()


def test_a_push_is_as_described_where_events_are_rejected_too(doors: Doors) -> None:
    assert fits(doors.send("POST", INGEST, {"events": EVENTS}), f"POST {INGEST}").json()["rejected"] == []
    bad = [{"kind": "contact", "id": 7}, 7, {"kind": "no such"}, *({**each, "id": ""} for each in EVENTS)]
    answer = fits(doors.send("POST", INGEST, {"events": bad}), f"POST {INGEST}").json()
    assert (answer["accepted"], len(answer["rejected"])) == (0, len(bad))


def test_health_and_the_document_itself_are_as_described(doors: Doors) -> None:
    fits(doors.knock("GET", HEALTH), f"GET {HEALTH}")
    fits(doors.knock("GET", DESCRIPTION), f"GET {DESCRIPTION}")


def test_refusals_are_as_described(tmp_path: Path, doors: Doors) -> None:
    one = single(REPORTS[0].id)
    fits(doors.send("GET", f"{LIST}?take=0"), f"GET {LIST}", status=400)
    fits(doors.send("POST", BATCH, []), f"POST {BATCH}", status=400)
    fits(doors.send("POST", one, 7), f"POST {SINGLE}", status=400)
    fits(doors.send("POST", INGEST, b"hello"), f"POST {INGEST}", status=400)
    fits(doors.send("POST", single("no-such-report"), {}), f"POST {SINGLE}", status=404)
    for route, scope in ROUTES.items():
        method, path = route.split(" ", 1)
        target = path.replace("{reportId}", "x")
        if scope:
            fits(doors.knock(method, target, {}), route, status=401)
            fits(doors.send(method, target, {}, scopes="none"), route, status=403)
        fits(doors.knock("DELETE", target), route, status=405)
    nowhere = doors.knock("GET", "/nowhere")
    assert nowhere.status == 404
    assert (
        complaints(nowhere.json(), {"$ref": "#/components/responses/NotFound/content/application~1json/schema"}) == []
    )
    with reports_with(tmp_path, {"throwaway.py": throwaway(build="1 / 0")}) as package:
        wiring.use(replace(doors.world.parts, catalog=Catalog(package)))
        fits(doors.send("POST", single("throw-away"), {}), f"POST {SINGLE}", status=500)


@pytest.mark.parametrize("route", ROUTES)
def test_a_store_that_refuses_for_now_is_told_where_that_is_described(world: World, route: str) -> None:
    broken = World(client=FaultyClient(world.store, at=1, fault="throttled"))
    wiring.use(broken.parts)
    method, path = route.split(" ", 1)
    body: dict[str, Any] = {"events": EVENTS} if path == INGEST else {}
    if path.endswith("/silence"):
        body = {"until": broken.at + 1_000}
    reading = next(report for report in REPORTS if report.cubes and not least(report))
    target = path.replace("{reportId}", reading.id)
    answer = Doors(broken).send(method, target, body, scopes="admin ingest read")
    fits(answer, route, status=503 if "503" in DOCUMENT["paths"][path][method.lower()]["responses"] else 200)


# ---- what is taken


EVENT = {"$ref": "#/components/schemas/Event"}
PUSHED = DOCUMENT["paths"][INGEST]["post"]["requestBody"]["content"]


def test_every_kind_of_event_is_tried_here() -> None:
    kinds = [model.model_fields["kind"].annotation.__args__[0] for model in AnyEvent.__args__[0].__args__]
    assert list(FIELDS) == kinds
    assert resolved(EVENT)["discriminator"]["mapping"].keys() == set(kinds)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["kind"])
def test_an_event_that_is_stored_is_as_described(doors: Doors, event: dict[str, Any]) -> None:
    assert doors.push(event)["accepted"] == 1
    assert complaints({"events": [event]}, PUSHED["application/json"]["schema"]) == []
    for media in PUSHED.keys() - {"application/json"}:
        assert complaints(event, PUSHED[media]["schema"]) == []
        answer = doors.send("POST", INGEST, json.dumps(event).encode(), {"content-type": media})
        assert answer.json()["accepted"] == 1


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["kind"])
def test_an_event_that_is_not_as_described_is_rejected(doors: Doors, event: dict[str, Any]) -> None:
    needed = resolved({"$ref": resolved(EVENT)["discriminator"]["mapping"][event["kind"]]})["required"]
    for bad in [*({**event, name: [True]} for name in needed), *(_without(event, name) for name in needed)]:
        assert doors.push(bad)["accepted"] == 0, bad
        assert complaints(bad, EVENT), bad


def _without(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != name}


# ---- where it is kept and served


def test_it_is_served_without_a_key_as_it_is_kept_beside_the_routes(doors: Doors) -> None:
    kept = files("wallboard.runtime").joinpath("openapi.json").read_text("utf-8")
    for headers in (JSON, {"accept": "*/*"}, {"x-api-key": "wb_unknown"}):
        answer = doors.knock("GET", DESCRIPTION, headers=headers)
        assert (answer.status, answer.text) == (200, kept)
        assert answer.json()["openapi"].startswith("3.1.")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the pages were just written."""
    for page in (REPORT_PAGE, OPENAPI_PAGE):
        (tmp_path / page).parent.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert run(["docs"]) == 0
    return tmp_path


def test_what_was_just_written_is_not_stale(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "--check"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (checkout / OPENAPI_PAGE).read_text() == PAGE


@pytest.mark.parametrize("page", [REPORT_PAGE, OPENAPI_PAGE], ids=str)
def test_a_stale_page_is_named_and_left_alone(checkout: Path, capsys: pytest.CaptureFixture[str], page: Path) -> None:
    for spoil in (lambda: (checkout / page).write_text("{}\n"), (checkout / page).unlink):
        spoil()
        assert run(["docs", "--check"]) == 1
        assert capsys.readouterr().err.splitlines() == [f"{page} is out of date; run `wallboard docs`"]
    assert not (checkout / page).exists()
    assert run(["docs"]) == 0
    assert run(["docs", "--check"]) == 0
