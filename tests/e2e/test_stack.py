"""The stack inside this process, where a test can look behind its HTTP API."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.notices import Notice
from local.stack import Stack
from tests.e2e.conftest import BOT_STATS, PATIENCE, conversation, until

pytestmark = pytest.mark.e2e
NOTICES: list[Notice] = []


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(port=0, notice=NOTICES.append) as stack:
        stack.open_tenant("demo", "wb_key_of_the_tests")
        yield stack


def call(stack: Stack, path: str, body: Any) -> Any:
    headers = {"authorization": f"Bearer {stack.key}"}
    answer = httpx.post(f"{stack.url}/api/v1{path}", json=body, headers=headers, timeout=PATIENCE, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def conversations(stack: Stack, bot: str) -> int:
    stack.drain(PATIENCE)
    return int(call(stack, f"/platform/report/{BOT_STATS}/generate", {"botId": bot})["totalConversations"])


def test_what_was_pushed_is_folded_after_a_drain(stack: Stack) -> None:
    call(stack, "/event/ingest", {"events": [conversation("drained"), conversation("drained", "c-2")]})
    assert conversations(stack, "drained") == 2


def test_requests_at_once_do_not_disturb_each_other(stack: Stack) -> None:
    def push_and_ask(number: int) -> int:
        bot = f"at-once-{number % 4}"
        call(stack, "/event/ingest", {"events": [conversation(bot, f"c-{number}")]})
        return len(call(stack, "/platform/report/generate", {BOT_STATS: {"botId": bot}}))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(push_and_ask, range(64))) == [1] * 64
    assert [conversations(stack, f"at-once-{bot}") for bot in range(4)] == [16] * 4


def test_every_schedule_fires_its_function(stack: Stack) -> None:
    answers = {schedule.function: stack.fire(schedule.name) for schedule in stack.template.schedules}
    assert answers["PullSourcesFunction"] == {"windows": 0, "failed": []}
    assert answers["EvaluateAlertsFunction"]["tenants"] == 1
    assert sum(answers["RollUpFunction"]["drift"].values()) == 0


def test_another_server_is_used_as_it_is(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = stack.env["AWS_ENDPOINT_URL"]
    call(stack, "/event/ingest", {"events": [conversation("elsewhere")]})
    stack.drain(PATIENCE)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)  # the other stack shall find its own
    with Stack(port=0, endpoint_url=endpoint) as other:
        other.open_tenant("demo", stack.key)
        assert conversations(other, "elsewhere") == 1


def test_poison_ends_in_the_dead_letter_queue_and_the_rest_is_folded(stack: Stack) -> None:
    poison = {"pk": {"S": "no bucket is called this"}, "sk": {"S": "x"}}
    stack.client("dynamodb").put_item(TableName=stack.resources["FactsTable"], Item=poison)
    call(stack, "/event/ingest", {"events": [conversation("beside-poison")]})
    assert conversations(stack, "beside-poison") == 1
    url = stack.resources["DeadLetterQueue"]
    got = until(lambda: stack.client("sqs").receive_message(QueueUrl=url), lambda answer: "Messages" in answer)
    [letter] = [json.loads(message["Body"]) for message in got["Messages"]]
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_what_a_topic_says_is_shown(stack: Stack) -> None:
    topic = stack.resources["AlertsTopic"]
    stack.client("sns").publish(TopicArn=topic, Subject="Critical", Message="too many waiting")
    assert until(lambda: list(NOTICES), bool) == [Notice("AlertsTopic", "Critical", "too many waiting")]


def test_a_run_that_was_cut_off_is_folded_at_the_next_start(tmp_path: Path) -> None:
    """ministack keeps no stream records, so what was accepted and not folded is found by replaying the table."""
    with Stack(port=0, data=tmp_path) as first:
        first.open_tenant("demo", "wb_key_of_the_tests")
        call(first, "/event/ingest", {"events": [conversation("cut-off")]})
        assert conversations(first, "cut-off") == 1
        assert (tmp_path / "unfolded").exists()
        _empty(first, "RollupsTable")
    assert not (tmp_path / "unfolded").exists()
    (tmp_path / "unfolded").touch()
    with Stack(port=0, data=tmp_path) as second:
        second.open_tenant("demo", "wb_key_of_the_tests")
        assert conversations(second, "cut-off") == 1


def _empty(stack: Stack, table: str) -> None:
    dynamodb, name = stack.client("dynamodb"), stack.resources[table]
    for item in dynamodb.scan(TableName=name)["Items"]:
        dynamodb.delete_item(TableName=name, Key={"pk": item["pk"], "sk": item["sk"]})
