"""Least privilege: each function may do to each table just what it does, no less and no more."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic_core import to_json

from local.intrinsics import logical_id
from local.template import Template
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.pulling import Pulling
from tests.fakes.world import FACTS, ROLLUPS, STATE, World, least
from wallboard.measures.blocks import Block, FoldedHour
from wallboard.measures.cube import Cells, hash64
from wallboard.measures.cubes import CUBES
from wallboard.model.events import Resource
from wallboard.runtime import wiring
from wallboard.services.keys import register
from wallboard.services.store_changes import ChangeStore

TABLES = {FACTS: "FactsTable", ROLLUPS: "RollupsTable", STATE: "StateTable"}
ACTIONS = {
    "delete_item": "dynamodb:DeleteItem",
    "get_item": "dynamodb:GetItem",
    "put_item": "dynamodb:PutItem",
    "query": "dynamodb:Query",
    "batch_get_item": "dynamodb:BatchGetItem",
}
SCOPES = frozenset({"admin", "ingest", "read"})
RECORDS = "GET /api/v1/record/{kind}/list"
EXPLAIN = "POST /api/v1/platform/report/{reportId}/explain"
HOUR = {"from": "2026-11-21T09:00:00Z", "to": "2026-11-21T10:00:00Z"}


class Recorder:
    """Passes calls on, and notes which function did what to which table."""

    def __init__(self, client: Any) -> None:
        self.used: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.function = ""
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            for table, action in _uses(name, request):
                self.used[self.function].add((TABLES[table], action))
            return getattr(self._client, name)(**request)

        return call


def _uses(name: str, request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if name == "transact_write_items":
        for action in request["TransactItems"]:
            [(verb, what)] = action.items()
            yield what["TableName"], f"dynamodb:{verb}Item"
    elif name == "batch_get_item":
        yield from ((table, ACTIONS[name]) for table in request["RequestItems"])
    else:
        yield request["TableName"], ACTIONS[name]


@pytest.fixture
def used() -> Iterator[dict[str, set[tuple[str, str]]]]:
    """What every function does while events come in, are folded, compacted and asked for."""
    store = FakeDynamoDB()
    recorder = Recorder(store)
    world = World(store=store, client=recorder)
    register("a key", tenant="acme", scopes=SCOPES, keys=world.parts.keys)
    _outgrow_one_item(world)
    wiring.use(world.parts)
    try:
        for _ in range(60):
            world.at += 1
            conversation = {
                "kind": "conversation",
                "id": f"c{world.at}",
                "startedAt": "2026-11-21T09:00:00Z",
                "botId": "c",
            }
            bot = {"kind": "resource", "id": "b", "type": "bot", "updatedAt": "2026-11-21T09:00:00Z"}
            rating = {"kind": "rating", "createdAt": "2026-11-21T09:00:00Z", "value": -1, "botId": "c"}
            log_in = {"kind": "session", "id": "s", "startedAt": HOUR["from"], "agentId": "a", "activity": "login"}
            part = {
                "kind": "leg",
                "id": "l",
                "interactionId": "i",
                "interactionStartedAt": HOUR["from"],
                "agentId": "a",
            }
            events = [conversation, bot, log_in, part, *(rating | {"id": f"r{n}"} for n in range(3))]
            _ask(recorder, "IngestEventsFunction", "POST /api/v1/event/ingest", {"events": events})
        world.at += 3_600_000
        _invoke(recorder, "RollUpFunction", {"Records": world.new_records()})
        _invoke(recorder, "RollUpFunction", {"task": "reconcile"})
        _invoke(recorder, "AuthorizeFunction", {"headers": {"x-api-key": "a key"}})
        _invoke(recorder, "ListReportsFunction", {"routeKey": "GET /api/v1/health"})
        _ask(recorder, "ListReportsFunction", "GET /api/v1/platform/report/list")
        reports = {report.id: least(report, "c") for report in world.parts.catalog}
        _ask(recorder, "GenerateReportsFunction", "POST /api/v1/platform/report/generate", reports)
        _pull(recorder, world)
        _ask(recorder, "ListRecordsFunction", RECORDS, kind="conversation", query={**HOUR, "take": "1"})
        _ask(recorder, "ListRecordsFunction", RECORDS, kind="agents", query={})
        _ask(recorder, "ListRecordsFunction", EXPLAIN, {}, reportId="wb-agent-summary")
        _invoke(recorder, "EvaluateAlertsFunction", {"task": "evaluate"})
        for _ in range(2):  # then it fires, and people are told
            _invoke(recorder, "EvaluateAlertsFunction", {"Records": [{"messageId": "m", "body": "acme"}]})
        [alert] = [each.id for each in world.parts.alerts.all("acme") if each.rule == "bot_negative_feedback"]
        _ask(recorder, "ManageAlertsFunction", "GET /api/v1/alert/list")
        _ask(recorder, "ManageAlertsFunction", "GET /api/v1/alert/{alertId}", alertId=alert)
        _ask(recorder, "ManageAlertsFunction", "POST /api/v1/alert/evaluate")
        _ask(recorder, "ManageAlertsFunction", "POST /api/v1/alert/{alertId}/acknowledge", {}, alertId=alert)
        yield {function: done for function, done in recorder.used.items() if function}
    finally:
        wiring.use(None)


def _outgrow_one_item(world: World) -> None:
    """A block of several items, which the next fold makes small again."""
    cube = CUBES["contacts"]
    hours = []
    for hour in (9, 10, 11):
        cells: Cells = {
            (quarter,): ({hash64(f"{quarter} {n}") for n in range(8_000)}, [])
            for quarter in range(hour * 4, hour * 4 + 4)
        }
        hours.append(FoldedHour(hour, cells, b"12345678", 0))
    replaces = world.parts.rollups.load("acme", cube, "2026-11-21")
    world.parts.rollups.save("acme", Block(cube, "2026-11-21").with_hours(hours), replaces=replaces)


def _pull(recorder: Recorder, world: World) -> None:
    """A source is pulled: what happened and what is; a window that fails is named."""
    recorder.function = ""
    pulling = Pulling("samespace", world=world, unlimited=False)
    wiring.use(pulling.parts)
    _ask(recorder, "ManageSourcesFunction", "POST /api/v1/source/{name}/sync", {"from": "2026-11-20"}, name="samespace")
    _ask(recorder, "ManageSourcesFunction", "GET /api/v1/source/list")
    _invoke(recorder, "PullSourcesFunction", {"task": "pull"})
    while world.pulls.messages:
        body, _ = world.pulls.messages.pop()
        _invoke(recorder, "PullSourcesFunction", {"Records": [{"messageId": "m", "body": body}]})
    recorder.function = "PullSourcesFunction"
    store = ChangeStore(world.parts.facts, world.parts.gauges, world.parts.directory, "acme", "samespace", world.at)
    agent = Resource.model_validate(
        {"kind": "resource", "id": "a", "type": "agent", "updatedAt": world.at, "name": "Ada", "source": "samespace"}
    )
    assert store([agent], [], now=world.at) == 1  # other sources bring such


def _invoke(recorder: Recorder, function: str, event: Mapping[str, Any]) -> None:
    folder = Template().functions[function].code.name
    recorder.function = function
    context = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 900_000)
    answer = import_module(f"functions.{folder}.handler").handler(event, context)
    assert answer.get("statusCode", 200) == 200, answer
    assert not answer.get("batchItemFailures"), answer


def _ask(
    recorder: Recorder,
    function: str,
    route: str,
    body: Any = None,
    query: Mapping[str, str] | None = None,
    **path: str,
) -> None:
    context = {"authorizer": {"lambda": {"tenant": "acme", "scopes": " ".join(SCOPES)}}}
    event = {
        "routeKey": route,
        "requestContext": context,
        "body": to_json(body).decode(),
        "pathParameters": path,
        "queryStringParameters": query,
    }
    _invoke(recorder, function, event)


def test_each_function_may_do_to_tables_just_what_it_does(used: dict[str, set[tuple[str, str]]]) -> None:
    allowed = {function: set(_allowed(function)) for function in Template().functions}
    for function in used.keys() | allowed.keys():
        assert used[function] == allowed[function], function


def _allowed(function: str) -> Iterator[tuple[str | None, str]]:
    for policy in Template().document["Resources"][function]["Properties"].get("Policies", []):
        for statement in policy["Statement"]:
            actions = statement["Action"]
            resources = statement["Resource"]
            for action in [actions] if isinstance(actions, str) else actions:
                if action.startswith("dynamodb:"):
                    for resource in resources if isinstance(resources, list) else [resources]:
                        yield logical_id(resource), action
