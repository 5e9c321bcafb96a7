"""The parts of the local stack, each by itself: what the template says, routing, the HTTP front, delivery, queues, the clock,
and what the demo makes up."""

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from local.clock import next_moment
from local.delivery import Delivery, Record, to_lambda
from local.demo_activity import DAY, planned
from local.demo_alerts import Letters, NotAsItShould
from local.events import Request, Response
from local.gateway import Gateway, Router
from local.http import BODY_BYTES, Answer, HttpFront
from local.intrinsics import TemplateError
from local.notices import Notice
from local.queue_pump import QueuePump
from local.resources import create_resources
from local.template import QueueMapping, Route, StreamMapping, Template
from wallboard.runtime.api import FALLBACK, ROUTES

TEMPLATE = Template()


# ---- template.yaml


def test_the_template_routes_what_the_code_serves() -> None:
    assert {route.key for route in TEMPLATE.routes} == {*ROUTES, FALLBACK}


def test_a_route_asks_the_authorizer_where_the_code_wants_a_key() -> None:
    assert TEMPLATE.authorizer == "AuthorizeFunction"
    for route in TEMPLATE.routes:
        assert route.authorized == bool(ROUTES.get(route.key)), route.key


def test_every_function_has_its_code() -> None:
    for function in TEMPLATE.functions.values():
        module, attribute = function.handler.split(".")
        assert attribute in (function.code / f"{module}.py").read_text(), function.name


def test_the_functions_share_one_environment() -> None:
    resources = dict.fromkeys([*TEMPLATE.tables, *TEMPLATE.queues, *TEMPLATE.topics], "made")
    environment = TEMPLATE.environment(resources)
    assert (environment["FACTS_TABLE"], environment["RETENTION_DAYS"]) == ("made", "400")


def test_the_facts_stream_feeds_the_roll_up() -> None:
    [mapping] = TEMPLATE.streams
    assert (mapping.function, mapping.table) == ("RollUpFunction", "FactsTable")
    assert mapping.partial
    assert mapping.dead_letters in TEMPLATE.queues


def test_the_queues_of_turns_feed_their_functions_one_at_a_time() -> None:
    assert TEMPLATE.queue_mappings == (
        QueueMapping("PullSourcesFunction", "PullsQueue", 1, partial=True),
        QueueMapping("EvaluateAlertsFunction", "EvaluationsQueue", 1, partial=True),
    )


def test_every_schedule_has_a_next_moment() -> None:
    assert {"PullSourcesFunction", "EvaluateAlertsFunction"} <= {schedule.function for schedule in TEMPLATE.schedules}
    for schedule in TEMPLATE.schedules:
        assert next_moment(schedule.expression)(datetime.now(UTC)) is not None
        json.loads(schedule.input)


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ("Environment: {Variables: {A: !Join ['', [a, b]]}}", "Fn::Join"),
        ("Environment: {Variables: {A: !Ref Nobody}}", "Nobody"),
        ("Events: {Upload: {Type: S3, Properties: {}}}", "S3"),
    ],
)
def test_what_the_stack_cannot_follow_is_refused_by_name(tmp_path: Path, properties: str, named: str) -> None:
    path = tmp_path / "template.yaml"
    function = f"Type: AWS::Serverless::Function, Properties: {{CodeUri: f, Handler: h.h, {properties}}}"
    path.write_text(f"Resources: {{F: {{{function}}}}}")
    template = Template(path)
    with pytest.raises(TemplateError, match=named):
        _ = template.environment({}), template.routes


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ("Queue: !GetAtt Nothing.Arn", "Nothing"),
        ("Queue: 'arn:aws:sqs:eu-central-1:123456789012:elsewhere'", "elsewhere"),
        ("Queue: !GetAtt Q.Arn, FilterCriteria: {Filters: []}", "FilterCriteria"),
    ],
)
def test_an_event_of_a_queue_that_the_stack_cannot_follow_is_refused_by_name(
    tmp_path: Path, event: str, named: str
) -> None:
    path = tmp_path / "template.yaml"
    function = f"CodeUri: f, Handler: h.h, Events: {{Turn: {{Type: SQS, Properties: {{{event}}}}}}}"
    path.write_text(
        f"Resources: {{Q: {{Type: AWS::SQS::Queue}}, F: {{Type: AWS::Serverless::Function, Properties: {{{function}}}}}}}"
    )
    with pytest.raises(TemplateError, match=named):
        _ = Template(path).queue_mappings


class Made:
    """Stands for a server's SQS and SNS: keeps what is made."""

    def __init__(self) -> None:
        self.attributes: dict[str, dict[str, str]] = {}

    def create_queue(self, **asked: str) -> dict[str, str]:
        return {"QueueUrl": f"http://{asked['QueueName']}"}

    def get_queue_attributes(self, **asked: Any) -> dict[str, Any]:
        return {"Attributes": {"QueueArn": asked["QueueUrl"].replace("http://", "arn:")}}

    def set_queue_attributes(self, **asked: Any) -> None:
        self.attributes[asked["QueueUrl"]] = asked["Attributes"]


def queues_of(tmp_path: Path, resources: str) -> Made:
    path, made = tmp_path / "template.yaml", Made()
    path.write_text(f"Resources: {{{resources}}}")
    create_resources(lambda _: made, Template(path))
    return made


def test_a_queue_is_made_as_the_template_has_it(tmp_path: Path) -> None:
    """And may name one that is made after it."""
    policy = "RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}"
    properties = f"VisibilityTimeout: 720, SqsManagedSseEnabled: true, {policy}"
    both = f"Turns: {{Type: AWS::SQS::Queue, Properties: {{{properties}}}}}, Dead: {{Type: AWS::SQS::Queue}}"
    attributes = queues_of(tmp_path, both).attributes
    assert attributes.keys() == {"http://Turns"}
    redrive = json.loads(attributes["http://Turns"].pop("RedrivePolicy"))
    assert attributes == {"http://Turns": {"VisibilityTimeout": "720"}}
    assert redrive == {"deadLetterTargetArn": "arn:Dead", "maxReceiveCount": 2}


def test_an_attribute_of_a_queue_that_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"Q: FifoQueue"):
        queues_of(tmp_path, "Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}")


# ---- routing


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/a/list", "GET /a/list", {}),
        ("GET", "/a/b%20c", "GET /a/{id}", {"id": "b%20c"}),
        ("PUT", "/a/list", "ANY /a/{id}", {"id": "list"}),
        ("GET", "/a/b/c", "GET /a/{rest+}", {"rest": "b/c"}),
        ("GET", "/a/", "$default", {}),
        ("GET", "/fooXjson", "$default", {}),
        ("GET", "/foo.json", "GET /foo.json", {}),
    ],
)
def test_the_most_specific_route_is_taken(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    keys = ("$default", "GET /a/{rest+}", "ANY /a/{id}", "GET /a/{id}", "GET /a/list", "GET /foo.json")
    router = Router(tuple(Route(each, "F", authorized=False) for each in keys))
    found = router.match(method, path)
    assert found is not None
    assert (found[0].key, found[1]) == (key, parameters)


class Invocations:
    """Stands for Lambda: keeps what it is asked, and answers as it is told."""

    def __init__(self, **answers: Any) -> None:
        self.events: list[tuple[str, Any]] = []
        self._answers = {"AuthorizeFunction": {"isAuthorized": True, "context": {"tenant": "t"}}} | answers

    def __call__(self, function: str, event: Any) -> Any:
        self.events.append((function, event))
        answer = self._answers.get(function, {"statusCode": 200, "headers": {"X-A": "b"}, "body": "ö"})
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_function_sees_what_api_gateway_would_hand_it() -> None:
    invoke = Invocations()
    path = "/api/v1/platform/report/a%20b/generate"
    request = Request("POST", f"{path}?x=1&x=2&y=", {"content-type": "application/json"}, b'{"a": 1}')
    answer = Gateway(TEMPLATE, invoke).handle(request)
    assert answer == Response(200, {"x-a": "b"}, "ö".encode())
    (_, question), (function, event) = invoke.events
    assert "body" not in question
    assert function == "GenerateReportsFunction"
    assert event["routeKey"] == "POST /api/v1/platform/report/{reportId}/generate"
    assert event["rawPath"] == "/api/v1/platform/report/a b/generate"
    assert event["pathParameters"] == {"reportId": "a b"}
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["requestContext"]["authorizer"] == {"lambda": {"tenant": "t"}}
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": 1}', False)


def test_json_lines_reach_the_function_in_base64() -> None:
    invoke = Invocations()
    request = Request("POST", "/api/v1/event/ingest", {"content-type": "application/jsonl"}, b"{}\n{}")
    Gateway(TEMPLATE, invoke).handle(request)
    event = invoke.events[-1][1]
    assert event["isBase64Encoded"]
    assert b64decode(event["body"]) == b"{}\n{}"


def test_whom_the_authorizer_refuses_does_not_come_in() -> None:
    invoke = Invocations(AuthorizeFunction={"isAuthorized": False})
    assert Gateway(TEMPLATE, invoke).handle(Request("POST", "/api/v1/event/ingest", {})).status == 403
    assert [function for function, _ in invoke.events] == ["AuthorizeFunction"]


@pytest.mark.parametrize("broken", [ValueError("no"), {"body": "no status"}, None])
def test_a_function_that_fails_is_a_500_and_is_told_on_stderr(broken: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Gateway(TEMPLATE, Invocations(IngestEventsFunction=broken)).handle(
        Request("POST", "/api/v1/event/ingest", {})
    )
    assert (answer.status, answer.body) == (500, b'{"message": "Internal Server Error"}')
    assert "Traceback" in capsys.readouterr().err


# ---- the HTTP front


@contextmanager
def front(answer: Answer) -> Iterator[tuple[HttpFront, HTTPConnection]]:
    serving = HttpFront(0)
    serving.serve(answer)
    connection = HTTPConnection(serving.url.removeprefix("http://"), timeout=60)
    try:
        yield serving, connection
    finally:
        connection.close()
        serving.stop()


def echo(request: Request) -> Response:
    return Response(200, {"x-target": request.target, "x-sent": request.headers.get("x-mine", "")}, request.body)


def test_one_connection_carries_many_requests() -> None:
    with front(echo) as (_, connection):
        sockets = set()
        for number in range(3):
            connection.request("POST", f"/a%2Fb?n={number}", b"x" * number, {"X-Mine": "y"})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"x" * number)
            assert (answer.headers["x-target"], answer.headers["x-sent"]) == (f"/a%2Fb?n={number}", "y")
            sockets.add(connection.sock)
        assert len(sockets) == 1


def test_an_answer_to_head_has_no_body() -> None:
    with front(lambda _: Response(200, {}, b"body")) as (_, connection):
        for method, body in (("HEAD", b""), ("GET", b"body")):
            connection.request(method, "/")
            answer = connection.getresponse()
            assert (answer.headers["content-length"], answer.read()) == ("4", body)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
def test_a_body_may_be_as_large_as_for_api_gateway(chunked: bool, extra: int, status: int) -> None:
    body = b"x" * (BODY_BYTES + extra)
    pieces = (body[start : start + 100_000] for start in range(0, len(body), 100_000))
    with front(lambda request: Response(200, {}, str(len(request.body)).encode())) as (_, connection):
        connection.request("POST", "/", pieces if chunked else body, encode_chunked=chunked)
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.read() == (b"%d" % len(body) if status == 200 else b'{"message": "Request Entity Too Large"}')


def test_a_body_that_ends_too_early_is_not_handed_on() -> None:
    seen: list[Request] = []

    def note(request: Request) -> Response:
        seen.append(request)
        return Response(200, {}, b"")

    with front(note) as (_, connection):
        connection.putrequest("POST", "/")
        connection.putheader("content-length", "10")
        connection.endheaders(b"12345")
        connection.close()
        connection.request("GET", "/whole")
        assert connection.getresponse().status == 200
    assert [request.target for request in seen] == ["/whole"]


def test_stopping_waits_for_the_request_in_progress() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Request) -> Response:
        begun.set()
        assert go_on.wait(60)
        return Response(200, {}, b"finished")

    with front(slow) as (serving, connection):
        connection.request("GET", "/")
        assert begun.wait(60)
        stopping = threading.Thread(target=serving.stop)
        stopping.start()
        go_on.set()
        assert connection.getresponse().read() == b"finished"
        stopping.join(60)
        assert not stopping.is_alive()


# ---- delivery


def delivery(invoke: Callable[[list[str]], Any], **given: Any) -> tuple[Delivery, list[dict[str, Any]]]:
    """Delivers to `invoke`, which sees the keys of the records; and the letters that are given up."""
    letters: list[dict[str, Any]] = []
    mapping = StreamMapping("F", "T", batch_size=100, retries=2, bisect=True, partial=True, dead_letters="Q")
    return (
        Delivery(
            replace(mapping, **given),
            lambda _, event: invoke([record["dynamodb"]["Keys"]["sk"]["S"] for record in event["Records"]]),
            lambda text: letters.append(json.loads(text)),
            stream="arn",
            first_pause=0,
        ),
        letters,
    )


def records(names: str) -> list[Record]:
    return [
        {"eventName": "INSERT", "dynamodb": {"Keys": {"sk": {"S": name}}, "SequenceNumber": f"n{name}"}}
        for name in names
    ]


def noted(*answers: Any) -> tuple[list[str], Callable[[list[str]], Any]]:
    """A function that gives one answer after the other, and the batches that it was given."""
    calls: list[str] = []

    def invoke(names: list[str]) -> Any:
        calls.append("".join(names))
        return answers[len(calls) - 1]

    return calls, invoke


def test_a_partial_failure_is_delivered_again_from_there_on() -> None:
    calls, answer_with = noted({"batchItemFailures": [{"itemIdentifier": "nc"}]}, {"batchItemFailures": []})
    to, letters = delivery(answer_with)
    to.deliver(records("abcd"))
    assert (calls, letters) == (["abcd", "cd"], [])


def test_without_partial_answers_they_are_not_looked_at() -> None:
    calls, answer_with = noted({"batchItemFailures": [{"itemIdentifier": ""}]})
    to, _ = delivery(answer_with, partial=False)
    to.deliver(records("ab"))
    assert calls == ["ab"]


@pytest.mark.parametrize("identifier", ["", None, "unknown"])
def test_a_failure_that_names_no_record_is_one_of_the_whole_batch(identifier: str | None) -> None:
    calls, answer_with = noted({"batchItemFailures": [{"itemIdentifier": identifier}]}, {}, {})
    to, _ = delivery(answer_with)
    to.deliver(records("ab"))
    assert calls == ["ab", "a", "b"]


def test_a_poisonous_record_is_given_up_alone(capsys: pytest.CaptureFixture[str]) -> None:
    handled: list[str] = []

    def choke_on_x(names: list[str]) -> None:
        if "x" in names:
            raise ValueError("poison")
        handled.extend(names)

    to, letters = delivery(choke_on_x)
    to.deliver(records("abcxdef"))
    assert handled == list("abcdef")
    [letter] = letters
    assert letter["DDBStreamBatchInfo"]["startSequenceNumber"] == "nx"
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert letter["requestContext"]["approximateInvokeCount"] == 3
    assert "1 records given up" in capsys.readouterr().err


def test_without_end_a_record_is_tried_until_the_stack_stops() -> None:
    tries: list[int] = []

    def choke(_: list[str]) -> None:
        tries.append(1)
        if len(tries) == 20:
            to.stop.set()
        raise ValueError

    to, letters = delivery(choke, retries=-1)
    to.deliver(records("x"))
    assert (len(tries), letters) == (20, [])


def test_a_removal_by_time_to_live_is_told_as_lambda_tells_it() -> None:
    removal = records("a")[0] | {
        "eventName": "REMOVE",
        "userIdentity": {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"},
    }
    removal["dynamodb"]["ApproximateCreationDateTime"] = datetime(2026, 11, 21, tzinfo=UTC)
    event = to_lambda(removal, "arn")
    assert event["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert json.loads(json.dumps(event)) == event


# ---- queues


class Waiting:
    """Stands for SQS: one queue, whose messages wait until they are deleted."""

    def __init__(self, bodies: str) -> None:
        self._visible = {f"m-{body}": body for body in bodies}
        self._hidden: dict[str, str] = {}
        self.pauses: list[int] = []

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        taken = list(self._visible)[: asked["MaxNumberOfMessages"]]
        if not taken:
            return {}
        self._hidden |= {name: self._visible.pop(name) for name in taken}
        one = {"Attributes": {"ApproximateReceiveCount": "1"}, "MD5OfBody": "md5"}
        one["MessageAttributes"] = {
            "text": {"StringValue": "a", "DataType": "String"},
            "bytes": {"BinaryValue": b"a", "DataType": "Binary"},
        }
        return {
            "Messages": [one | {"MessageId": name, "ReceiptHandle": name, "Body": self._hidden[name]} for name in taken]
        }

    def delete_message(self, **asked: str) -> None:
        del self._hidden[asked["ReceiptHandle"]]

    def change_message_visibility(self, **asked: Any) -> None:
        self.pauses.append(asked["VisibilityTimeout"])
        self._visible[asked["ReceiptHandle"]] = self._hidden.pop(asked["ReceiptHandle"])

    @property
    def left(self) -> int:
        return len(self._visible) + len(self._hidden)


def pumped(bodies: str, *answers: Any, partial: bool = True) -> tuple[list[str], Waiting, list[dict[str, Any]]]:
    """The batches that a function was given which gives one answer after the other; the queue; the events."""
    waiting, events, over = Waiting(bodies), list[dict[str, Any]](), threading.Event()

    def invoke(function: str, event: dict[str, Any]) -> Any:
        assert function == "F"
        events.append(event)
        if len(events) == len(answers):
            over.set()
        answer = answers[len(events) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    mapping = QueueMapping("F", "Q", 10, partial=partial)
    with QueuePump(waiting, "url", "arn:aws:sqs:eu-central-1:1:Q", mapping, invoke, pause=7):
        assert over.wait(60)
    return ["".join(record["body"] for record in event["Records"]) for event in events], waiting, events


def failing(*identifiers: str | None) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


def test_only_the_messages_that_failed_come_again() -> None:
    batches, waiting, _ = pumped("abc", failing("m-b"), failing())
    assert (batches, waiting.left, waiting.pauses) == (["abc", "b"], 0, [7])


@pytest.mark.parametrize("answer", [ValueError("poison"), failing(""), failing(None), failing("unknown", "m-a")])
def test_a_failure_that_names_no_message_is_one_of_all_of_them(answer: Any) -> None:
    batches, waiting, _ = pumped("ab", answer, None)
    assert (batches, waiting.left) == (["ab", "ab"], 0)


def test_without_partial_answers_no_message_comes_again() -> None:
    batches, waiting, _ = pumped("ab", failing("m-a"), partial=False)
    assert (batches, waiting.left) == (["ab"], 0)


def test_a_function_sees_messages_as_lambda_hands_them_over() -> None:
    _, _, [event] = pumped("a", None)
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    assert json.loads(json.dumps(event))["Records"] == [
        {
            "messageId": "m-a",
            "receiptHandle": "m-a",
            "body": "a",
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {
                "text": {"stringValue": "a", "dataType": "String", **lists},
                "bytes": {"binaryValue": "YQ==", "dataType": "Binary", **lists},
            },
            "md5OfBody": "md5",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:1:Q",
            "awsRegion": "eu-central-1",
        }
    ]


# ---- the clock


@pytest.mark.parametrize(
    ("expression", "moment", "following"),
    [
        ("rate(15 minutes)", "2026-11-21T10:07:00", "2026-11-21T10:22:00"),
        ("rate(1 day)", "2026-11-21T10:07:00", "2026-11-22T10:07:00"),
        ("cron(15 2 * * ? *)", "2026-11-21T02:14:59", "2026-11-21T02:15:00"),
        ("cron(15 2 * * ? *)", "2026-11-21T02:15:00", "2026-11-22T02:15:00"),
        ("cron(0/20 8-9 ? * MON-FRI *)", "2026-11-20T09:45:00", "2026-11-23T08:00:00"),
        ("cron(0 0 29 FEB ? *)", "2026-11-21T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 0 ? * 1 *)", "2026-11-21T00:00:00", "2026-11-22T00:00:00"),
        ("cron(0 0 1 1 ? 2026)", "2026-11-21T00:00:00", None),
    ],
)
def test_a_schedule_fires_next_at(expression: str, moment: str, following: str | None) -> None:
    found = next_moment(expression)(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert found == (following and datetime.fromisoformat(following).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "expression", ["rate(0 minutes)", "rate(1 week)", "cron(* * * * *)", "cron(60 * * * ? *)", "cron(0 0 L * ? *)", ""]
)
def test_an_expression_that_cannot_be_read_is_named(expression: str) -> None:
    with pytest.raises(TemplateError, match="schedule"):
        next_moment(expression)


# ---- the demo


def test_the_bad_day_is_in_the_week_that_rules_look_at_whatever_day_it_is() -> None:
    for day in range(7):
        now = 1795256400 + day * DAY
        activity = planned(now)
        assert now - 7 * DAY < activity.bad_day < now - 2 * DAY
        assert activity.spike < activity.bad_day


def letter(state: str) -> Notice:
    return Notice("AlertsTopic", "Subject", 'Words.\n\n{"alert": "a-1"}', {"state": state})


def test_the_demo_waits_for_a_letter_and_sees_one_that_comes_twice() -> None:
    letters = Letters(0.1)
    for state in ("firing", "resolved", "resolved"):
        letters(letter(state))
    assert letters.of("a-1", "resolved") == letter("resolved")
    assert letters.states("a-1") == ["firing", "resolved", "resolved"]
    assert letters.states("a-2") == []
    with pytest.raises(NotAsItShould, match="a-1 being acknowledged"):
        letters.of("a-1", "acknowledged")
