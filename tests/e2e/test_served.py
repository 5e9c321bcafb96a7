"""Serves the stack as a user does and drives it over HTTP."""

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import BOT_STATS, KEY, PATIENCE, Served, ago, conversation, free_port, rating, serve, start

TOTAL_CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"
LIST, BATCH = "/api/v1/platform/report/list", "/api/v1/platform/report/generate"
INGEST = "/api/v1/event/ingest"

pytestmark = pytest.mark.e2e


def _is_error(answer: Any, status: int, code: str) -> bool:
    """Whether this is an error in the contract's shape."""
    body = answer.json()
    return (answer.status_code, body.get("code"), sorted(body)) == (status, code, ["code", "message"])


def test_health_needs_no_key(served: Served) -> None:
    answer = served.call("GET", "/api/v1/health", key=None)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer wrong"}, {"authorization": KEY}, {"x-api-key": "wrong"}, {"x-api-key": ""}],
)
@pytest.mark.parametrize(("method", "path"), [("GET", LIST), ("POST", BATCH), ("POST", INGEST)])
def test_no_key_and_a_wrong_key_are_refused(served: Served, method: str, path: str, headers: dict[str, str]) -> None:
    assert _is_error(served.call(method, path, key=None, headers=headers), 401, "NOT_AUTHENTICATED")


def test_a_key_may_come_in_either_header(served: Served) -> None:
    assert served.call("GET", LIST).status_code == 200
    assert served.call("GET", LIST, key=None, headers={"x-api-key": KEY}).status_code == 200


def test_the_list_is_the_same_as_json_and_as_json_lines(served: Served) -> None:
    items = served.call("GET", LIST).json()["items"]
    assert {TOTAL_CONVERSATIONS, BOT_STATS} <= {item["id"] for item in items}
    lines = served.call("GET", LIST, headers={"accept": "application/jsonl"})
    assert lines.headers["content-type"] == "application/jsonl"
    assert [json.loads(line) for line in lines.text.splitlines()] == [{"type": "item", "data": item} for item in items]


def test_pages_of_the_list_join_to_the_whole(served: Served) -> None:
    whole = served.call("GET", LIST).json()["items"]
    first = served.call("GET", LIST, params={"take": 3}).json()
    rest = served.call("GET", LIST, params={"cursor": first["cursor"]}).json()
    assert first["items"] + rest["items"] == whole


def test_pushed_events_come_out_of_the_single_report_and_of_the_batch(served: Served) -> None:
    message = {
        "kind": "message",
        "id": "single-m",
        "type": "bot",
        "botId": "single",
        "conversationId": "single-c-1",
        "createdAt": ago(),
        "conversationStartedAt": ago(),
        "tokens": 7,
    }
    pushed = served.push(conversation("single"), conversation("single", "c-2"), message, rating("single", value=-1))
    assert pushed == {"accepted": 4, "rejected": []}
    stats = served.wait_for_stats(
        "single", totalConversations=2, totalMessages=1, totalTokens=7, totalRatings=1, thumbsUp=0, thumbsDown=1
    )
    assert stats["sentimentSignal"] == "negative"
    asked = {BOT_STATS: {"botId": "single"}, TOTAL_CONVERSATIONS: {"periodDays": 0}, "unknown": {}}
    batch = served.call("POST", BATCH, json=asked)
    assert batch.status_code == 200
    assert batch.json()[BOT_STATS] == stats
    assert "periodDays" in batch.json()[TOTAL_CONVERSATIONS]["error"]
    assert list(batch.json()["unknown"]) == ["error"]


@pytest.mark.parametrize("content_type", ["application/jsonl", "application/x-ndjson"])
def test_json_lines_are_pushed_like_json(served: Served, content_type: str) -> None:
    bot = content_type.replace("/", "-")
    body = "\n".join(json.dumps(conversation(bot, f"c-{number}")) for number in range(3))
    answer = served.call("POST", INGEST, content=body, headers={"content-type": content_type})
    assert answer.json() == {"accepted": 3, "rejected": []}
    served.wait_for_stats(bot, totalConversations=3)


def test_a_body_in_chunks_is_read_whole(served: Served) -> None:
    body = json.dumps({"events": [conversation("chunks")]}).encode()
    pieces = (body[start : start + 10] for start in range(0, len(body), 10))
    answer = served.call("POST", INGEST, content=pieces, headers={"content-type": "application/json"})
    assert answer.json() == {"accepted": 1, "rejected": []}


@pytest.mark.parametrize("content_type", ["application/json", "application/jsonl"])
def test_five_megabytes_are_taken_and_one_byte_more_is_not(served: Served, content_type: str) -> None:
    event = json.dumps(conversation("large")).encode()
    body = (b'{"events": [%s]}' % event if content_type == "application/json" else event).ljust(5 * 1024 * 1024)
    taken = served.call("POST", INGEST, content=body, headers={"content-type": content_type})
    assert taken.json() == {"accepted": 1, "rejected": []}
    refused = served.call("POST", INGEST, content=body + b" ", headers={"content-type": content_type})
    assert _is_error(refused, 400, "BAD_REQUEST")


def test_the_bad_events_of_a_push_are_named_and_the_others_are_stored(served: Served) -> None:
    wrong_time = conversation("partial", "c-2", startedAt="yesterday")
    future = conversation("partial", "c-3", startedAt=ago(-1))
    pushed = served.push(conversation("partial"), wrong_time, future, {"kind": "song", "id": "s-1"})
    assert pushed["accepted"] == 1
    assert [(each["index"], each["id"], each["field"], each["code"]) for each in pushed["rejected"]] == [
        (1, "partial-c-2", "startedAt", "INVALID"),
        (2, "partial-c-3", "startedAt", "FUTURE"),
        (3, "s-1", "kind", "INVALID"),
    ]
    served.wait_for_stats("partial", totalConversations=1)


def test_a_second_delivery_changes_no_figure(served: Served) -> None:
    events = [conversation("again"), conversation("again", "c-2"), rating("again")]
    served.push(*events)
    before = served.wait_for_stats("again", totalConversations=2, totalRatings=1)
    assert served.push(*events) == {"accepted": 3, "rejected": []}
    assert served.push(*reversed(events), conversation("again-later"))["accepted"] == 4
    served.wait_for_stats("again-later", totalConversations=1)  # so the stream has passed the repetition
    assert served.stats("again") == before


def test_a_correction_and_a_deletion_change_the_figures(served: Served) -> None:
    first, second = rating("mend", "r-1", updatedAt=ago(2)), rating("mend", "r-2", updatedAt=ago(2))
    served.push(first, second)
    served.wait_for_stats("mend", totalRatings=2, thumbsUp=2)
    served.push(first | {"value": -1, "updatedAt": ago(1)})
    served.wait_for_stats("mend", totalRatings=2, thumbsUp=1, thumbsDown=1)
    served.push(second | {"deleted": True, "updatedAt": ago(1)})
    served.wait_for_stats("mend", totalRatings=1, thumbsUp=0, thumbsDown=1)


def test_errors_have_the_shape_of_the_contract(served: Served) -> None:
    assert _is_error(served.call("GET", "/api/v1/nothing"), 404, "NOT_FOUND")
    assert _is_error(served.call("GET", "/api/v1/nothing", key=None), 404, "NOT_FOUND")
    assert _is_error(served.call("DELETE", LIST), 405, "METHOD_NOT_ALLOWED")
    assert _is_error(served.call("GET", BATCH), 405, "METHOD_NOT_ALLOWED")
    assert _is_error(served.call("POST", "/api/v1/platform/report/unknown/generate", json={}), 404, "NOT_FOUND")
    assert _is_error(served.call("POST", BATCH, content=b"{"), 400, "BAD_REQUEST")
    assert _is_error(served.call("POST", BATCH, json=[]), 400, "BAD_REQUEST")
    assert _is_error(served.call("POST", INGEST, content=b"{"), 400, "BAD_REQUEST")


def test_days_are_cut_in_the_zone_that_is_asked_for(served: Served) -> None:
    served.push(conversation("zones"))
    served.wait_for_stats("zones", totalConversations=1)
    east, west = (
        served.generate(TOTAL_CONVERSATIONS, headers={"x-timezone": zone})
        for zone in ("Pacific/Kiritimati", "Pacific/Niue")  # 25 hours apart
    )
    assert east["breakdown"][-1]["date"] > west["breakdown"][-1]["date"]
    for answer in (east, west):
        assert sum(day["total"] for day in answer["breakdown"]) == answer["value"] > 0
    unknown = served.call("POST", BATCH, json={}, headers={"x-timezone": "Mars/Olympus"})
    assert _is_error(unknown, 400, "BAD_REQUEST")
    assert "Mars/Olympus" in unknown.json()["message"]


def test_a_restart_with_its_data_keeps_figures_and_keys(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    with serve(tmp_path, *data) as served:
        served.push(conversation("kept"), rating("kept"))
        served.wait_for_stats("kept", totalConversations=1, totalRatings=1)
        served.push(conversation("kept", "c-2"))  # acknowledged, perhaps not folded yet
        code, said = served.interrupt()
    assert code == 0
    assert "Traceback" not in said
    with serve(tmp_path, *data, key="wb_another_key") as served:
        served.wait_for_stats("kept", totalConversations=2, totalRatings=1)  # asks with the first run's key
        assert served.call("GET", LIST, key="wb_another_key").status_code == 200


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    with serve(tmp_path) as served:
        served.push(conversation("ended"))
        code, said = served.interrupt()
    assert (code, said) == (0, "")


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start("serve", "--port", port, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, b"")
    assert said.count(b"\n") == 1
    assert port in said.decode()
