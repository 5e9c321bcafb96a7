"""The published JavaScript client of the report API, unchanged, against the stack; its own types say what answers look like."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.stack import Stack
from tests.e2e.conftest import KEY, PATIENCE, REPOSITORY, Event, ago, conversation

pytestmark = pytest.mark.e2e

SCRIPTS = REPOSITORY / "tests/e2e/sdk"
KEPT = REPOSITORY / ".tools/sdk"

BOT = "support"
DAYS = {"periodDays": 14}
OF_BOT = DAYS | {"botId": BOT}
TOTAL_RATINGS = "clr3m5n8k000008jq7h9e5b1a"
TOTAL_CONTACTS = "clr3m5n8k000308jq1h7i8j4d"
TOTAL_CONVERSATIONS = "clr3m5n8k000508jq2j9k0l6f"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"
CONVERSATION_USAGE = "cru3m5n8k001008jq7h9e5b2c"
REPORTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {  # id → name without "Report", input
    "cm7k3m5n8k000008jq7h9e5b1a": ("Dataset Records", {"datasetIds": ["ds-1"]}),
    TOTAL_RATINGS: ("Total Ratings", DAYS),
    "clr3m5n8k000108jq3c4d7f2b": ("Thumbs Up", DAYS),
    "clr3m5n8k000208jq8e5f6g3c": ("Thumbs Down", DAYS),
    TOTAL_CONTACTS: ("Total Contacts", {"userId": "me"}),
    "clr3m5n8k000408jq9i8j9k5e": ("Active Contacts", DAYS),
    TOTAL_CONVERSATIONS: ("Total Conversations", DAYS),
    "clr3m5n8k000608jq3k0l1m7g": ("Total Messages", DAYS),
    "clr3m5n8k000708jq4l1m2n8h": ("User Messages", DAYS),
    "clr3m5n8k000808jq5m2n3o9i": ("Bot Messages", DAYS),
    "clr3m5n8k000908jq6n3o4p0j": ("Activity Messages", DAYS),
    "clr3m5n8k000a08jq7o4p5q1k": ("Average User Messages per Conversation", DAYS),
    "clr3m5n8k000b08jq8p5q6r2l": ("Average Bot Messages per Conversation", DAYS),
    "clr3m5n8k000c08jq9q6r7s3m": ("Average Actions per Conversation", DAYS),
    "clr3m5n8k000d08jqar7s8t4n": ("Comprehensive Overview", DAYS),
    BOT_STATS: ("Bot Stats", OF_BOT),
    "clr3m5n8k000f08jqcs1u2v6p": ("Alerts", DAYS),
    "clr3m5n8k000g08jqdt1u2v7q": ("Bot Performance", OF_BOT),
    "clr3m5n8k000h08jqeu2v3w8r": ("Bot Conversation Quality", OF_BOT),
    "clr3m5n8k000i08jqfv3w4x9s": ("Bot Alerts", OF_BOT),
    "clr3m5n8k000j08jqgw4x5y0t": ("Bot Negative Feedback", OF_BOT | {"limit": 5}),
    "gpv2an25fuhe2k6v6ckv85v8": ("Comprehensive Analytics", DAYS),
    "pov1s2k3l4m5n6o7p8q9r0sov": ("Platform Overview", DAYS | {"topBotsLimit": 3, "recentWorkLimit": 4}),
    CONVERSATION_USAGE: ("Conversation Usage", DAYS | {"conversationIds": [f"{BOT}-c-0", f"{BOT}-c-1"]}),
}
PUBLISHED = REPORTS.keys() - {CONVERSATION_USAGE}  # only a later release of the client has types for that one
ASKED = {report: asked for report, (_, asked) in REPORTS.items()}
every_report = pytest.mark.parametrize("report", [pytest.param(id_, id=name) for id_, (name, _) in REPORTS.items()])


def history() -> list[Event]:
    """Four days of a bot, one of the two weeks before, and what the account has."""
    now = ago(0.1)
    things = [("bot", BOT), ("portal", "po-1"), ("blueprint", "bl-1"), ("widget", "wi-1"), ("dataset", "ds-1")]
    resource = {"kind": "resource", "name": "A thing", "createdAt": now, "updatedAt": now, "count": 95}
    return [
        *(event for number, hours in enumerate((3, 30, 60, 90, 500)) for event in day(number, ago(hours))),
        *(resource | {"type": type_, "id": id_} for type_, id_ in things),
        resource | {"type": "record", "id": "all", "limit": 100},
    ]


def day(number: int, at: str) -> list[Event]:
    """A conversation of a contact, everything that can happen in it, and what they thought of it."""
    who = {"contactId": f"p-{number}", "botName": "Support"}
    had = who | {"botId": BOT, "conversationId": f"{BOT}-c-{number}", "createdAt": at}
    said = had | {"kind": "message", "conversationStartedAt": at, "tokens": 9}
    found = had | {"kind": "rating", "reason": "Too slow", "messageId": f"m-{number}-2"}
    contact = ({"name": "Zoë"}, {"email": "ann@example.com"}, {"nick": "bo"}, {}, {})[number]
    return [
        conversation(BOT, f"c-{number}", startedAt=at, **who),
        *(said | {"id": f"m-{number}-{n}", "type": type_} for n, type_ in enumerate(["user", "activity", "bot"])),
        *(found | {"id": f"r-{number}-{n}", "value": value} for n, value in enumerate([100, -1, -100])),
        had | {"kind": "rating", "id": f"r-{number}", "value": 1},
        had | {"kind": "action", "id": f"a-{number}", "type": "action.call", "name": "search"},
        had | {"kind": "usage", "id": f"u-{number}", "type": "CHATBOTKIT_BASE_TOKEN", "count": 500},
        contact | {"kind": "contact", "id": f"p-{number}", "createdAt": at},
    ]


def run(*command: str, folder: Path, **more: Any) -> str:
    """What a program says on stdout."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=500, check=False, **more
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Client:
    """The scripts, in a folder of their own beside the installed packages, and the address that they are told."""

    def __init__(self, folder: Path, url: str) -> None:
        shutil.copytree(SCRIPTS, folder, dirs_exist_ok=True)
        (folder / "node_modules").symlink_to(KEPT / "node_modules")
        self._folder, self._environment = folder, os.environ | {"BASE_URL": url, "SECRET": KEY}

    def run(self, script: str, given: Any = None) -> dict[str, Any]:
        said = run("node", script, folder=self._folder, env=self._environment, input=json.dumps(given))
        return dict(json.loads(said))


def install() -> None:
    """Puts the locked packages beside the other tools, unless they are there."""
    lock, mark = (SCRIPTS / "package-lock.json").read_bytes(), KEPT / ".installed"
    if not mark.exists() or mark.read_bytes() != lock:
        KEPT.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SCRIPTS / name, KEPT)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=KEPT)
        mark.write_bytes(lock)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    for program in ("node", "npm"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    install()
    with Stack(port=0) as stack:
        stack.open_tenant("demo", KEY)
        http: dict[str, Any] = {"headers": {"x-api-key": KEY}, "timeout": PATIENCE, "trust_env": False}
        events = history()
        pushed = httpx.post(f"{stack.url}/api/v1/event/ingest", json={"events": events}, **http)
        assert pushed.json() == {"accepted": len(events), "rejected": []}
        stack.drain(PATIENCE)
        yield Client(tmp_path_factory.mktemp("sdk"), stack.url)


@pytest.fixture(scope="module")
def listed(client: Client) -> dict[str, Any]:
    return client.run("list.mjs")


@pytest.fixture(scope="module")
def generated(client: Client) -> dict[str, Any]:
    return client.run("generate.mjs", ASKED)


@pytest.fixture(scope="module")
def complaints(client: Client, listed: dict[str, Any], generated: dict[str, Any]) -> dict[str, list[str]]:
    """What the compiler has against each question with its answer, the list, and the ids."""
    checked: dict[str, dict[str, Any]] = {
        "ids": {"Record<ReportId, null>": dict.fromkeys(PUBLISHED)},
        "list": {"PlatformReportListItem[]": listed["items"], "PlatformReportListStreamType[]": listed["streamed"]},
    }
    for report, came in generated["alone"].items():
        if "answer" in came:
            checked[report] = {f"Exact['{report}']": came["answer"]}
            if report in PUBLISHED:
                checked[report] |= {f"ReportInputTypes['{report}']": ASKED[report]}
                checked[report] |= {f"ReportOutputTypes['{report}']": came["answer"]}
    return client.run("check.mjs", checked)


# ---- the list


def test_every_report_is_in_the_list_by_its_name(listed: dict[str, Any]) -> None:
    names = {item["id"]: item["name"] for item in listed["items"]}
    missing = {report: name for report, (name, _) in REPORTS.items() if names.get(report) != f"{name} Report"}
    assert missing == {}


def test_the_list_is_the_same_as_a_stream_upside_down_and_in_pages(listed: dict[str, Any]) -> None:
    everything = (*listed["items"], *(line["data"] for line in listed["streamed"]), *listed["ascending"])
    for item in (*everything, *(item for page in listed["pages"] for item in page)):
        assert item["meta"].pop("dataLagSeconds", 0) >= 0  # grows while we ask
    items = listed["items"]
    assert listed["streamed"] == [{"type": "item", "data": item} for item in items]
    assert listed["ascending"] == items[::-1]
    *pages, last = listed["pages"]
    assert [item for page in pages for item in page] == items
    assert (max(map(len, pages)), last) == (5, [])


# ---- reports


@every_report
def test_a_report_answers_the_same_alone_typed_and_in_a_batch(generated: dict[str, Any], report: str) -> None:
    alone = generated["alone"][report]
    assert alone.keys() == {"answer"}, alone
    assert generated["typed"][report] == alone
    assert generated["batch"]["answer"].get(report) == alone["answer"]


@every_report
def test_an_answer_is_of_the_published_type_and_of_the_exact_one(complaints: dict[str, list[str]], report: str) -> None:
    assert complaints.get(report) == []


@every_report
def test_no_list_in_an_answer_is_empty(generated: dict[str, Any], report: str) -> None:
    """The type of what is not there cannot be wrong."""
    assert empty_lists(generated["alone"][report]["answer"]) - {"sparkline", "tags"} == set()


def empty_lists(value: Any, name: str = "") -> set[str]:
    if isinstance(value, dict):
        return {found for inner, each in value.items() for found in empty_lists(each, inner)}
    if isinstance(value, list):
        return {found for each in value for found in empty_lists(each, name)} if value else {name}
    return set()


@pytest.mark.parametrize("name", ["ids", "list", "exact"])
def test_the_published_types_agree(complaints: dict[str, list[str]], name: str) -> None:
    """The ids with the table above, the list with its items, our exact types with those that they narrow."""
    assert complaints[name] == []


def test_the_compiler_refuses_what_a_type_does_not_say(client: Client) -> None:
    """Else its silence would say nothing."""
    good = {"value": 1, "change": 0, "period": "last 7 days", "breakdown": [{"date": "2026-11-21", "total": 1}]}
    wrong: list[dict[str, Any]] = [
        {"value": "1"},
        {"more": 1},
        {"change": None},
        {"breakdown": [{"date": "2026-11-21"}]},
    ]
    checked = {
        f"{types}-{n}": {f"{types}['{TOTAL_CONVERSATIONS}']": good | each}
        for types in ("ReportOutputTypes", "Exact")
        for n, each in enumerate([*wrong, {}])
    }
    accepted = [name for name, found in client.run("check.mjs", checked).items() if not found]
    assert accepted == ["exact", f"ReportOutputTypes-{len(wrong)}", f"Exact-{len(wrong)}"]


# ---- failures


def test_in_a_batch_each_fails_alone(client: Client, generated: dict[str, Any]) -> None:
    wrong = {"unknown": {}, TOTAL_RATINGS: {"periodDays": "30"}, BOT_STATS: {"botId": "nobody"}, TOTAL_CONTACTS: "me"}
    found = client.run("generate.mjs", wrong | {TOTAL_CONVERSATIONS: DAYS})
    batch = found["batch"]["answer"]
    assert batch.pop(TOTAL_CONVERSATIONS) == generated["batch"]["answer"][TOTAL_CONVERSATIONS]
    assert {report: list(entry) for report, entry in batch.items()} == {report: ["error"] for report in wrong}
    assert all(isinstance(entry["error"], str) for entry in batch.values())
    for way in ("alone", "typed"):
        codes = {report: came["failure"]["code"] for report, came in found[way].items() if "failure" in came}
        assert codes == {"unknown": "NOT_FOUND", TOTAL_RATINGS: "BAD_REQUEST", BOT_STATS: "NOT_FOUND"}


def test_a_wrong_key_and_no_key_are_refused(client: Client) -> None:
    failures = [came["failure"] for calls in client.run("refused.mjs").values() for came in calls.values()]
    assert [(each["name"], each["code"]) for each in failures] == [("FetchError", "NOT_AUTHENTICATED")] * 8
