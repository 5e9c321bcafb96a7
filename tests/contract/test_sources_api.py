"""Sources over HTTP and on the command line: to look at, to set up and to pull; each refusal says what is wrong."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, SecretStr

from tests.contract.doors import Doors
from tests.fakes.pulling import Pulling
from tests.fakes.world import World
from wallboard.cli.commands import run
from wallboard.errors import TryAgain
from wallboard.model.time import parse_instant
from wallboard.runtime import wiring
from wallboard.services.pull import Turn
from wallboard.services.source_settings import is_secret

LIST = "/api/v1/source/list"
NOW = "2026-11-21T10:20:00.000Z"
SECRET = "s3cret-of-acme"
SETTINGS = {"cluster_id": "acme", "api_key": SECRET, "zone": "Europe/Berlin"}
STREAMS = ["sessions", "logs", "productivity", "csat"]


def sync_of(name: str = "calls") -> str:
    return f"/api/v1/source/{name}/sync"


def set_up(world: World, name: str = "calls", tenant: str = "acme", **how: Any) -> None:
    world.parts.source_settings.set_up(tenant, name, "samespace", SETTINGS, **how)


def listed(doors: Doors, tenant: str = "acme") -> list[Any]:
    answer = doors.send("GET", LIST, tenant=tenant, scopes="read")
    assert answer.status == 200, answer
    body = answer.json()
    assert body.keys() == {"items"}
    items: list[Any] = body["items"]
    return items


def sync(doors: Doors, body: Any = b"", name: str = "calls", tenant: str = "acme") -> Any:
    answer = doors.send("POST", sync_of(name), body, tenant=tenant, scopes="admin")
    assert answer.status == 200, answer
    return answer.json()


# ---- list


def test_a_tenant_without_sources_has_an_empty_list(doors: Doors) -> None:
    assert listed(doors) == []


def test_a_source_that_was_never_pulled_says_what_it_will_bring_and_when(doors: Doors) -> None:
    set_up(doors.world)
    [item] = listed(doors)
    nothing = {"rows": 0, "written": 0, "ignored": 0, "unreadable": 0, "tooOld": 0}
    assert {name: value for name, value in item.items() if name != "streams"} == {
        "name": "calls",
        "vendor": "samespace",
        "enabled": True,
        "everyHours": 24,
        "nextRun": "2026-11-22T02:15:00.000Z",
    }
    assert [stream["name"] for stream in item["streams"]] == STREAMS
    assert item["streams"][0] == {
        "name": "sessions",
        "title": "Call reports",
        "cursorIs": "start of the call",
        "rows": 0,
        "counts": nothing,
        "jobs": [],
    }


def test_a_source_that_was_pulled_says_how_far_and_how_it_went() -> None:
    at = Pulling("samespace")
    wiring.use(at.parts)
    try:
        at.pull("samespace", "2026-11-19", "2026-11-21", streams=["sessions"])
        doors = Doors(at.world)
        item = listed(doors)[0]["streams"][0]
    finally:
        wiring.use(None)
    [job] = item["jobs"]
    assert (item["cursor"], item["lagSeconds"]) == ("2026-11-21T00:00:00.000Z", 37_200)
    assert item["lastSuccess"] == NOW
    assert item["rows"] == item["counts"]["rows"] == job["counts"]["rows"] > 0
    assert {name: job[name] for name in job.keys() - {"counts"}} == {
        "started": NOW,
        "from": "2026-11-19T00:00:00.000Z",
        "to": "2026-11-21T00:00:00.000Z",
        "windows": 2,
        "done": 2,
        "failed": [],
        "progress": 1.0,
    }
    assert "lastError" not in item


def test_what_failed_is_named_with_the_window_and_the_time(doors: Doors) -> None:
    set_up(doors.world)
    sync(doors, {"from": "2026-11-20", "to": "2026-11-21", "streams": ["logs"]})
    while doors.world.pulls.messages:  # nobody answers in this world
        body, delay = doors.world.pulls.messages.pop()
        doors.world.sleep(delay)
        doors.world.parts.pull(Turn.from_json(body), until=doors.world.at + 900_000)
    [stream] = [stream for stream in listed(doors)[0]["streams"] if stream["name"] == "logs"]
    [failed] = stream["jobs"][0]["failed"]
    assert failed == stream["lastError"]
    assert failed.keys() == {"at", "message", "from", "to"}
    assert (failed["from"], failed["to"]) == ("2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z")
    assert "given up after" in failed["message"]
    assert "lastSuccess" not in stream


@pytest.mark.parametrize(
    ("how", "expected"), [({"enabled": False}, (False, 24)), ({"every_hours": 0}, (True, 0))], ids=str
)
def test_a_source_that_is_not_pulled_by_the_clock_has_no_next_run(
    doors: Doors, how: dict[str, Any], expected: tuple[bool, int]
) -> None:
    set_up(doors.world, **how)
    [item] = listed(doors)
    assert "nextRun" not in item
    assert (item["enabled"], item["everyHours"]) == expected


def test_one_source_that_cannot_be_pulled_says_why_and_the_others_are_listed(doors: Doors) -> None:
    for name in ("a", "b", "c"):
        set_up(doors.world, name)
    doors.world.vault.kept.pop("acme/source/a")
    config = doors.world.parts.sources.find("acme", "b")
    assert config is not None
    doors.world.parts.sources.put("acme", replace(config, settings={"cluster_id": "a b"}))
    problems = {item["name"]: item.get("problem", "") for item in listed(doors)}
    assert "the credentials of a are not in Secrets Manager" in problems["a"]
    assert "the settings of b are unsound: cluster_id" in problems["b"]
    assert problems["c"] == ""


def test_tenants_see_and_pull_only_their_own(doors: Doors) -> None:
    set_up(doors.world, "ours")
    set_up(doors.world, "theirs", "umbrella")
    assert [item["name"] for item in listed(doors)] == ["ours"]
    assert [item["name"] for item in listed(doors, "umbrella")] == ["theirs"]
    answer = doors.send("POST", sync_of("theirs"), {"from": "2026-11-20"}, scopes="admin")
    assert answer.error == (404, "NOT_FOUND", "There is no source 'theirs'; there are: ours")
    assert doors.world.pulls.messages == []


def test_no_secret_is_in_what_is_listed(doors: Doors) -> None:
    set_up(doors.world)
    sync(doors)
    assert SECRET not in doors.send("GET", LIST, scopes="read").text
    assert SECRET not in repr(doors.world.store.tables["state"])
    assert SECRET not in repr(doors.world.pulls.messages)


# ---- who may


@pytest.mark.parametrize(("scopes", "status"), [("read", 200), ("admin read", 200), ("ingest", 403), ("admin", 403)])
def test_to_look_takes_the_scope_read(doors: Doors, scopes: str, status: int) -> None:
    assert doors.send("GET", LIST, scopes=scopes).status == status


@pytest.mark.parametrize(("scopes", "status"), [("admin", 200), ("read", 403), ("ingest read", 403)])
def test_to_pull_takes_the_scope_admin(doors: Doors, scopes: str, status: int) -> None:
    set_up(doors.world)
    assert doors.send("POST", sync_of(), scopes=scopes).status == status
    assert bool(doors.world.pulls.messages) == (status == 200)


def test_nobody_without_a_key_sees_or_pulls_anything(doors: Doors) -> None:
    for method, path in (("GET", LIST), ("POST", sync_of())):
        assert doors.knock(method, path).error[:2] == (401, "NOT_AUTHENTICATED")


# ---- pull


def test_a_pull_that_has_begun_says_so_many_windows_wait(doors: Doors) -> None:
    set_up(doors.world)
    answer = sync(doors, {"from": "2026-11-01", "to": "2026-11-15", "streams": ["logs", "sessions"]})
    range_ = {"from": "2026-11-01T00:00:00.000Z", "to": "2026-11-15T00:00:00.000Z"}
    assert answer == {
        "source": "calls",
        "streams": [
            {"stream": "logs", **range_, "windows": 2},
            {"stream": "sessions", **range_, "windows": answer["streams"][1]["windows"]},
        ],
    }
    assert len(doors.world.pulls.messages) == sum(each["windows"] for each in answer["streams"])
    jobs = {stream["name"]: stream["jobs"] for stream in listed(doors)[0]["streams"]}
    assert [len(jobs[name]) for name in STREAMS] == [1, 1, 0, 0]
    assert (jobs["logs"][0]["windows"], jobs["logs"][0]["done"], jobs["logs"][0]["progress"]) == (2, 0, 0.0)


@pytest.mark.parametrize("body", [b"", {}, {"from": None, "to": None, "streams": None}])
def test_without_a_time_everything_is_pulled_that_has_come_since(doors: Doors, body: Any) -> None:
    set_up(doors.world)
    answer = sync(doors, body)
    assert [each["stream"] for each in answer["streams"]] == STREAMS
    assert {each["from"] for each in answer["streams"]} == {"2026-11-20T10:20:00.000Z"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20", "2026-11-20T00:00:00.000Z"),
        ("2026-11-20T06:00:00Z", "2026-11-20T06:00:00.000Z"),
        ("2026-11-20T06:00:00+05:30", "2026-11-20T00:30:00.000Z"),
        ("2026-11-20T06:00Z", "2026-11-20T06:00:00.000Z"),
        (1795154400000, "2026-11-20T06:00:00.000Z"),
    ],
)
def test_a_time_is_a_date_or_iso_8601_or_epoch_milliseconds(doors: Doors, written: Any, meant: str) -> None:
    set_up(doors.world)
    [stream] = sync(doors, {"from": written, "streams": ["logs"]})["streams"]
    assert (stream["from"], stream["to"]) == (meant, NOW)
    doors.world.at += 1
    [stream] = sync(doors, {"from": "2026-11-01", "to": written, "streams": ["logs"]})["streams"]
    assert stream["to"] == meant


def test_a_time_ahead_ends_now(doors: Doors) -> None:
    set_up(doors.world)
    [stream] = sync(doors, {"from": "2026-11-20", "to": "2027-01-01", "streams": ["logs"]})["streams"]
    assert stream["to"] == NOW


REFUSED: list[tuple[Any, list[str]]] = [
    ({"from": "soon"}, ["from", "ISO 8601", '"soon"']),
    ({"from": "2026-13-01"}, ["from", "ISO 8601", "2026-13-01"]),
    ({"from": "2026-11-20T06:00:00"}, ["from", "offset", '"2026-11-20T06:00:00"']),
    ({"to": 12.5}, ["to", "time", "12.5"]),
    ({"to": -1}, ["to", "1970", "-1"]),
    ({"to": True}, ["to", "true"]),
    ({"streams": "logs"}, ["streams", '"logs"']),
    ({"streams": []}, ["streams", "at least 1"]),
    ({"streams": [1]}, ["streams.0", "1"]),
    ({"streams": ["log"]}, ["streams", "'log'", "sessions, logs, productivity, csat"]),
    ({"form": "2026-11-20"}, ["form", "2026-11-20"]),
    ({"from_": "2026-11-20"}, ["from_"]),
    ({"from": "2026-11-20", "to": "2026-11-20"}, ["to must be later than from", "2026-11-20"]),
    ({"from": "2026-11-20", "to": "2026-11-19"}, ["to must be later than from", "2026-11-19"]),
    ({"from": "2026-11-22"}, ["from", "2026-11-22T00:00:00.000Z", "is not over yet", NOW]),
    ({"from": NOW}, ["from", "is not over yet"]),
    ({"from": "2025-10-01"}, ["from", "2025-10-01T00:00:00.000Z", "older than the retention", "2025-10-17"]),
    ({"to": "2026-11-01"}, ["to", "nothing of calls"]),
    ([], ["object", "[]"]),
    (b"{", ["JSON"]),
]


@pytest.mark.parametrize(("body", "words"), REFUSED, ids=[str(body) for body, _ in REFUSED])
def test_a_request_that_makes_no_sense_is_refused_by_field_and_value(doors: Doors, body: Any, words: list[str]) -> None:
    set_up(doors.world)
    status, code, message = doors.send("POST", sync_of(), body, scopes="admin").error
    assert (status, code) == (400, "BAD_REQUEST")
    assert [word for word in words if word not in message] == [], message
    assert (doors.world.pulls.messages, doors.world.parts.sources.states("acme", "calls")) == ([], {})


@pytest.mark.parametrize(("there", "words"), [((), "none"), (("b", "a"), "a, b")])
def test_a_source_that_is_not_there_is_not_found_and_those_that_are_are_named(
    doors: Doors, there: tuple[str, ...], words: str
) -> None:
    for name in there:
        set_up(doors.world, name)
    answer = doors.send("POST", sync_of("call%20s"), {"from": "2026-11-20"}, scopes="admin")
    assert answer.error == (404, "NOT_FOUND", f"There is no source 'call s'; there are: {words}")
    assert doors.send("POST", sync_of("x" * 300), scopes="admin").status == 404


def test_a_queue_that_refuses_is_said_so_that_one_tries_again(doors: Doors) -> None:
    class Refusing:
        def send(self, messages: Any) -> None:
            raise TryAgain("the queue refuses for now")

    set_up(doors.world)
    wiring.use(replace(doors.world.parts, pulls=Refusing()))
    assert doors.send("POST", sync_of(), scopes="admin").error[:2] == (503, "SERVICE_UNAVAILABLE")


# ---- the command line


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS), "utf-8")
    return file


def put(settings: Path | str, *more: str, name: str = "calls", vendor: str = "samespace") -> int:
    named = ["--tenant", "acme", "--name", name, "--vendor", vendor, "--settings", str(settings)]
    return run(["source", "put", *named, *more])


Output = pytest.CaptureFixture[str]


def test_the_command_line_sets_up_lists_pulls_and_removes(world: World, settings: Path, capsys: Output) -> None:
    assert put(settings, "--every-hours", "6") == 0
    assert capsys.readouterr().out == "calls: samespace, pulled every 6 hours\n"
    assert (
        run(["source", "sync", "--tenant", "acme", "--name", "calls", "--from", "2026-11-01", "--to", "2026-11-15"])
        == 0
    )
    assert {each["from"] for each in json.loads(capsys.readouterr().out)["streams"]} == {"2026-11-01T00:00:00.000Z"}
    assert run(["source", "list", "--tenant", "acme"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"items": listed(Doors(world))}
    assert SECRET not in shown
    assert run(["source", "remove", "--tenant", "acme", "--name", "calls"]) == 0
    assert capsys.readouterr().out == "calls is gone; what it brought stays\n"
    assert run(["source", "list", "--tenant", "acme"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": []}


def test_the_command_line_keeps_the_secret_in_secrets_manager_only(
    world: World, settings: Path, capsys: Output
) -> None:
    assert put(settings) == 0
    assert world.vault.kept["acme/source/calls"] == {"api_key": SECRET}
    assert SECRET not in repr(world.store.tables)
    assert SECRET not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("annotation", "secret"),
    [
        (SecretStr, True),
        (SecretStr | None, True),
        (Annotated[SecretStr, Field(min_length=1)] | None, True),
        (list[SecretStr], True),
        (str, False),
        (str | None, False),
        (Literal["SecretStr"], False),
    ],
    ids=str,
)
def test_a_setting_is_secret_wherever_in_its_type_it_says_so(annotation: Any, secret: bool) -> None:
    """Whatever is not, is kept in State in the clear."""
    assert is_secret(annotation) is secret


def test_the_command_line_sets_up_anew_what_is_there(world: World, settings: Path, capsys: Output) -> None:
    assert put(settings) == 0
    settings.write_text(json.dumps({**SETTINGS, "api_key": "another", "cluster_id": "acme-2"}), "utf-8")
    assert put(settings, "--every-hours", "0", "--disabled") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "calls: samespace, on request only"
    [config] = world.parts.sources.all("acme")
    assert (config.enabled, config.every_hours, config.settings["cluster_id"]) == (False, 0, "acme-2")
    _, told = world.parts.source_settings.of("acme", "calls")
    assert told.api_key.get_secret_value() == "another"  # type: ignore[attr-defined]


def test_the_command_line_reads_settings_from_standard_input(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(SETTINGS)))
    assert put("-") == 0
    assert world.vault.kept["acme/source/calls"] == {"api_key": SECRET}


WRONG: list[tuple[Any, dict[str, str], list[str], str]] = [
    ({**SETTINGS, "cluster_id": f"a/{SECRET}"}, {}, [], "settings: cluster_id: String should match"),
    ({**SETTINGS, "api_key": 12}, {}, [], "settings: api_key"),
    ({"cluster_id": "acme"}, {}, [], "settings: api_key: Field required"),
    ({**SETTINGS, "apikey": SECRET}, {}, [], "settings: apikey: Extra inputs"),
    ({**SETTINGS, "zone": "Europe/Atlantis"}, {}, [], "settings: zone"),
    ([SECRET], {}, [], "--settings: must be an object"),
    (f'{{"api_key": "{SECRET}"', {}, [], "settings.json cannot be read as JSON"),
    (SETTINGS, {"name": "a b"}, [], "--name: 'a b' is none"),
    (SETTINGS, {"vendor": "same"}, [], "vendor: 'same' is none; use one of "),
    (SETTINGS, {}, ["--every-hours", "25"], "--every-hours: at most 24"),
    (SETTINGS, {}, ["--every-hours", "-1"], "--every-hours: at most 24"),
]


@pytest.mark.parametrize(("content", "named", "more", "words"), WRONG, ids=[words for *_, words in WRONG])
def test_the_command_line_names_what_is_wrong_and_never_prints_a_secret(
    world: World, settings: Path, capsys: Output, content: Any, named: dict[str, str], more: list[str], words: str
) -> None:
    settings.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    assert put(settings, *more, **named) == 1
    output = capsys.readouterr()
    assert output.err.startswith("wallboard: ")
    assert words in output.err
    assert SECRET not in output.out + output.err
    assert (world.parts.sources.all("acme"), world.vault.kept) == ([], {})


def test_the_command_line_says_which_file_is_not_there(world: World, tmp_path: Path, capsys: Output) -> None:
    assert put(tmp_path / "nothing.json") == 1
    assert "nothing.json cannot be read as JSON: FileNotFoundError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sync", "--name", "gone"], "There is no source 'gone'; there are: calls"),
        (["remove", "--name", "gone"], "There is no source gone"),
        (["sync", "--name", "calls", "--from", "soon"], "--from and --to: is not an ISO 8601 time"),
        (["sync", "--name", "calls", "--from", "2026-11-20", "--to", "2026-11-19"], "to must be later than from"),
        (["sync", "--name", "calls", "--from", "2027-01-01"], "from: 2027-01-01T00:00:00.000Z is not over yet"),
        (["sync", "--name", "calls", "--from", "2020-01-01"], "older than the retention"),
    ],
)
def test_the_command_line_refuses_what_the_api_refuses(
    world: World, capsys: Output, arguments: list[str], words: str
) -> None:
    set_up(world)
    assert run(["source", *arguments, "--tenant", "acme"]) == 1
    assert words in capsys.readouterr().err
    assert world.pulls.messages == []
    assert [config.name for config in world.parts.sources.all("acme")] == ["calls"]


def test_what_has_come_since_is_pulled_by_the_command_line_too(world: World, capsys: Output) -> None:
    set_up(world)
    assert run(["source", "sync", "--tenant", "acme", "--name", "calls"]) == 0
    begun = json.loads(capsys.readouterr().out)["streams"]
    assert [parse_instant(each["from"]) for each in begun] == [world.at - 86_400_000] * len(STREAMS)
