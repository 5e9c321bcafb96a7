"""Record reports: every row of the vendors' sample files comes out as it went in, column by column."""

import csv
import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import wallboard.records
import wallboard.sources
from tests.contract.golden_sources import FOLDER
from tests.contract.records import doors_of, listed, page
from tests.fakes.pulling import Pulling
from wallboard.records._record import names
from wallboard.registry import Family
from wallboard.runtime import wiring
from wallboard.services.find_records import RecordCatalog
from wallboard.services.mask_people import HIDDEN
from wallboard.services.record_shapes import LISTED
from wallboard.sources._source import Source

CATALOG = RecordCatalog(wallboard.records)
RECORDS = {record.name: (vendor, record) for vendor, record in CATALOG}
SOURCES = Family(wallboard.sources, attribute="SOURCE", member=Source)

ASKED = names(
    """
    call_details, agent_sessions, agent_segments, cloud_call_details, interaction_metadata, agg_queue_stats,
    agg_agent_stats, agg_agent_extended_stats, work_sessions, contact_export, agent_summary, calls, chats,
    call_participants, chat_participants, agent_status_history, agents, user_info, teams, teams_with_assignees,
    team_tree, photos, videos, samespace_sessions, samespace_logs, samespace_productivity, samespace_csat
    """
)

# Of each vendor: when it is pulled, which days, and its settings.
PULLS: Mapping[str, tuple[str, str, str, dict[str, Any]]] = {
    "samespace": ("2024-03-06T12:00:00Z", "2024-03-05", "2024-03-06", {}),
    "gladly": ("2024-03-13T14:00:00Z", "2024-03-12T04:00:00Z", "2024-03-13T14:00:00Z", {"zone": "America/New_York"}),
    "ringcx": ("2026-03-19T12:00:00Z", "2026-03-17T04:00:00Z", "2026-03-19T04:00:00Z", {"zone": "US/Eastern"}),
    "ringcx older": (
        "2026-03-19T12:00:00Z",
        "2026-03-17T04:00:00Z",
        "2026-03-19T04:00:00Z",
        {"zone": "US/Eastern", "profile": "legacy_reports"},
    ),
    "ccaip": ("2026-03-12T12:00:00Z", "2026-02-03", "2026-03-12", {}),
}
# Of each record report: the pull that brings it, the file, the list in its rows, and the column that names a row.
SAMPLES: Mapping[str, tuple[str, str, str, str]] = {
    "call_details": ("ringcx older", "ringcx_global_call_type_detail.json", "", "uii"),
    "agent_sessions": ("ringcx older", "ringcx_agent_session.csv", "", "Login Session ID"),
    "agent_segments": ("ringcx older", "ringcx_agent_segment_metadata.csv", "", ""),
    "cloud_call_details": ("ringcx older", "ringcx_call_detail.csv", "", "uii"),
    "interaction_metadata": ("ringcx", "ringcx_interaction_metadata.json", "", "segmentId"),
    "agg_queue_stats": ("ringcx", "ringcx_agg_queue_stats.json", "", ""),
    "agg_agent_stats": ("ringcx", "ringcx_agg_agent_stats.json", "", ""),
    "agg_agent_extended_stats": ("ringcx", "ringcx_agg_agent_extended_stats.json", "", ""),
    "work_sessions": ("gladly", "gladly_work_sessions.csv", "", ""),
    "contact_export": ("gladly", "gladly_contact_export.csv", "", "Contact ID"),
    "agent_summary": ("gladly", "gladly_agent_summary.csv", "", ""),
    "samespace_sessions": ("samespace", "samespace_sessions.json", "", "_id"),
    "samespace_logs": ("samespace", "samespace_logs.json", "", "_id"),
    "samespace_productivity": ("samespace", "samespace_productivity.json", "", "_id"),
    "samespace_csat": ("samespace", "samespace_csat.json", "", "_id"),
    "calls": ("ccaip", "ccaip_calls.json", "", "id"),
    "chats": ("ccaip", "ccaip_chats.json", "", "id"),
    "call_participants": ("ccaip", "ccaip_calls.json", "participants", "id"),
    "chat_participants": ("ccaip", "ccaip_chats.json", "participants", "id"),
    "agent_status_history": ("ccaip", "ccaip_agent_status_history.json", "", "id"),
    "agents": ("ccaip", "ccaip_agents.json", "", "id"),
    "teams": ("ccaip", "ccaip_teams.json", "", "id"),
    "teams_with_assignees": ("ccaip", "ccaip_teams.json", "", "id"),
    "team_tree": ("ccaip", "ccaip_team_tree.json", "", "id"),
    "photos": ("ccaip", "ccaip_calls.json", "photos", "id"),
    "videos": ("ccaip", "ccaip_calls.json", "videos", "id"),
}
LATE: dict[str, Any] = {"from_": "2026-01-01", "to": "2026-04-01"}
EARLY: dict[str, Any] = {"from_": "2024-03-01", "to": "2024-04-01"}

UNKEPT = {
    *("recording_url", "recordingUrl", "Segment Recording URL", "avatar_url", "url", "out_ticket_url", "ip_address"),
    *("status", "status_updated_at", "crm_authenticated", "online", "wrap_up", "call_count", "chat_count"),
    *("last_login_time",),
}
"""What may be null where the file says something: links, addresses, and what an agent was doing at that moment."""


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of the sample file of a record report."""
    pull, file, inside, _ = SAMPLES[name]
    path: Path = FOLDER / pull.split()[0] / "payloads" / file
    found: list[dict[str, Any]]
    if path.suffix == ".csv":
        files = [path, *path.parent.glob(f"{path.stem}_outbound.csv")]
        return [row for each in files for row in csv.DictReader(StringIO(each.read_text("utf-8-sig"), newline=""))]
    content = json.loads(path.read_text("utf-8"))
    found = content["data"] if isinstance(content, dict) else content
    if name in ("photos", "videos"):
        found += rows("chats")
    return [one for row in found for one in row.get(inside) or ()] if inside else found


@pytest.fixture(scope="module")
def pulled() -> Iterator[dict[str, Pulling]]:
    """Every sample file, pulled."""
    found = {}
    for name, (now, start, end, settings) in PULLS.items():
        vendor = name.split()[0]
        payloads = {vendor: {"payloads": FOLDER / vendor / "payloads"}}
        found[name] = Pulling(vendor, now=now, simulated=payloads, settings={vendor: settings})
        found[name].pull(vendor, start, end)
    yield found
    wiring.use(None)


def lines(pulled: dict[str, Pulling], name: str, **asked: Any) -> list[dict[str, Any]]:
    pull = SAMPLES.get(name, ("ccaip", "", "", ""))[0]
    span: dict[str, Any] = {} if RECORDS[name][1].resources else EARLY if pull in ("gladly", "samespace") else LATE
    return listed(doors_of(pulled[pull]), name, **{**span, **asked})


# ---- what there is


def test_every_record_report_that_was_asked_for_is_there() -> None:
    assert set(RECORDS) == set(ASKED)
    assert not CATALOG.broken
    assert set(SAMPLES) == set(ASKED) - {"user_info"}


def test_the_page_about_records_names_every_kind_and_report() -> None:
    page_ = (FOLDER.parents[2] / "docs" / "records.md").read_text("utf-8")
    assert [kind for kind in LISTED if f"`{kind}`" not in page_] == []
    for _, record in RECORDS.values():
        [line] = [line for line in page_.splitlines() if line.startswith(f"| `{record.name}` |")]
        assert record.title in line
        assert ", ".join(record.streams) in line
        assert f" {len(record.columns)}{f' + {len(record.ours)}' if record.ours else ''} |" in line


@pytest.mark.parametrize("name", ASKED)
def test_a_record_report_is_of_streams_that_its_vendor_has(name: str) -> None:
    vendor, record = RECORDS[name]
    assert set(record.streams) <= {stream.name for stream in SOURCES.load(vendor).streams}
    assert bool(record.kinds) != bool(record.resources)


@pytest.mark.parametrize("vendor", SOURCES.names())
def test_every_stream_says_which_of_its_columns_are_personal(vendor: str) -> None:
    assert [stream.name for stream in SOURCES.load(vendor).streams if stream.personal is None] == []


# ---- columns and rows


@pytest.mark.parametrize("name", SAMPLES)
def test_every_column_of_the_sample_file_is_in_the_report_in_its_order(name: str) -> None:
    columns = list(dict.fromkeys(column for row in rows(name) for column in row))
    if name == "teams":
        columns.remove("assignees")
    assert list(RECORDS[name][1].columns) == columns


@pytest.mark.parametrize("name", SAMPLES)
def test_every_row_of_the_sample_file_is_listed_once_as_delivered(pulled: dict[str, Pulling], name: str) -> None:
    found, key = lines(pulled, name, take=17), SAMPLES[name][3]
    columns = (*RECORDS[name][1].columns, *RECORDS[name][1].ours)
    assert {tuple(item) for item in found} == {columns}
    wanted = {_key(row, key): row for row in rows(name) if _is_told(name, row)}
    assert sorted(_key(item, key) for item in found) == sorted(wanted)
    for item in found:
        row = wanted[_key(item, key)]
        for column in set(RECORDS[name][1].columns) & row.keys():
            assert item[column] in (_bare(row[column]), *([None] if column in UNKEPT else [])), column


def _is_told(name: str, row: Mapping[str, Any]) -> bool:
    """Of the status history only changes of status take time; what a team is no more is not told; a cloud call is told by
    the report of its own; and a contact without a work session, or a part without an agent, beside those that have one, is
    not told twice."""
    if name == "agent_status_history":
        return bool(row["activity"] == "user_status_changed")
    if name.startswith("teams"):
        return not row["deleted"]
    if name == "call_details":
        return not row["sourceType"].startswith("CLOUD")
    return True


def _key(row: Mapping[str, Any], key: str) -> str:
    """The column that names a row; without one, all that it says."""
    return str(row[key]) if key else json.dumps([row[name] for name in sorted(row) if name not in UNKEPT])


def _bare(value: Any) -> Any:
    """Without links inside."""
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items() if not name.endswith("url")}
    return value


def test_calls_have_the_eleven_basic_segments(pulled: dict[str, Pulling]) -> None:
    calls = {item["id"]: item for item in lines(pulled, "calls")}
    names = list(RECORDS["calls"][1].ours)
    assert names[11:] == ["ring_time_derived", "transfer_times"]
    assert {tuple(item)[-13:] for item in calls.values()} == {tuple(names)}
    assert [calls[5003][name] for name in ("billing_time", "call_time", "ring_time", "talk_time")] == [921, 921, 5, 895]
    assert (calls[5010]["transfer_time"], calls[5010]["conference_time"], calls[5010]["hold_time"]) == (112, 0, 30)
    assert (calls[5034]["queued_time"], calls[5034]["billing_time"]) == (60, 700)
    assert [calls[5036][name] for name in ("transfer_time", "conference_time", "third_party_talk_time")] == [
        100,
        45,
        300,
    ]
    assert all(item["hold_time"] is None for item in lines(pulled, "chats"))


@pytest.mark.parametrize("name", ["calls", "chats"])
def test_ring_and_transfer_times_of_a_report_are_those_of_the_fact(pulled: dict[str, Pulling], name: str) -> None:
    """Whether the ring is derived, and the list whose sum is the transfer time."""
    facts = {fact["id"]: fact for fact in listed(doors_of(pulled["ccaip"]), "interaction", **LATE)}
    found = {f"{name[:-1]}:{item['id']}": item for item in lines(pulled, name)}
    for id, item in found.items():
        unknown = facts[id]["unknown"] or {}
        derived = None if item["ring_time"] is None else unknown.get("derived") == ["ring"]
        assert (id, item["ring_time_derived"]) == (id, derived)
        assert (id, item["transfer_times"]) == (id, unknown.get("transferSeconds"))
        took = [time for time in item["transfer_times"] or () if time is not None]
        assert item["transfer_time"] == (sum(took) if took else None)
    assert {item["ring_time_derived"] for item in found.values()} >= {True, None}


def test_a_transfer_that_nobody_took_is_in_the_list_without_a_time(pulled: dict[str, Pulling]) -> None:
    calls = {item["id"]: item for item in lines(pulled, "calls")}
    told = {id: item["transfer_times"] for id, item in calls.items() if item["transfer_times"] is not None}
    assert told == {5009: [60], 5010: [45, 67], 5011: [20], 5024: [None], 5025: [None], 5036: [30, 70]}
    assert [calls[id]["ring_time_derived"] for id in (5003, 5018, 5028, 5040)] == [False, True, True, True]


def test_photos_and_videos_say_which_call_or_chat_they_are_of(pulled: dict[str, Pulling]) -> None:
    found = {item["id"]: (item["call_id"], item["chat_id"]) for item in lines(pulled, "photos")}
    calls = {one["id"]: (row["id"], None) for row in rows("calls") for one in row["photos"]}
    chats = {one["id"]: (None, row["id"]) for row in rows("chats") for one in row["photos"]}
    assert found == calls | chats
    assert calls
    assert chats


def test_figures_of_a_day_say_of_which(pulled: dict[str, Pulling]) -> None:
    for item in lines(pulled, "samespace_productivity"):
        assert item["interval_start"] == "2024-03-05T00:00:00.000Z"
        assert item["interval_end"] == "2024-03-06T00:00:00.000Z"


def test_user_info_is_of_every_agent(pulled: dict[str, Pulling]) -> None:
    found = lines(pulled, "user_info")
    people = [one for team in rows("teams") for one in team["assignees"]]
    assert {tuple(item) for item in found} == {tuple(people[0])}
    assert {item["id"]: item["name"] for item in found}.items() >= {one["id"]: one["name"] for one in people}.items()


# ---- of whom


@pytest.mark.parametrize("name", ASKED)
def test_without_the_scope_nothing_of_customers_is_in_a_report(pulled: dict[str, Pulling], name: str) -> None:
    vendor, record = RECORDS[name]
    said = [stream.personal or () for stream in SOURCES.load(vendor).streams if stream.name in record.streams]
    personal = {column for columns in said for column in columns}
    shown, hidden = lines(pulled, name), lines(pulled, name, scopes="read")
    assert [tuple(item) for item in hidden] == [tuple(item) for item in shown]
    secret = {text for item in shown for text in _texts(item, personal, of_people=False)}
    public = {text for item in shown for text in _texts(item, personal, of_people=None)}
    left = {text for item in hidden for text in _texts(item, personal, of_people=True)}
    assert not left & (secret - public)
    assert _texts_of(hidden, personal) <= {HIDDEN}
    assert bool(secret) == bool(_texts_of(hidden, personal))


def _texts(value: Any, personal: set[str], *, of_people: bool | None) -> set[str]:
    """The texts in a value: False: those under personal columns; None: those under others; True: all."""
    found: set[str] = set()
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in personal:
                found |= set() if of_people is None else _texts(inner, personal, of_people=True)
            else:
                found |= _texts(inner, personal, of_people=of_people)
    elif isinstance(value, list):
        for inner in value:
            found |= _texts(inner, personal, of_people=of_people)
    elif isinstance(value, str) and value and of_people is not False:
        found.add(value)
    return found


def _texts_of(items: list[dict[str, Any]], personal: set[str]) -> set[str]:
    return {text for item in items for text in _texts(item, personal, of_people=False)}


def test_the_rows_of_a_source_that_is_gone_are_masked_whole(pulled: dict[str, Pulling]) -> None:
    pulling = pulled["samespace"]
    config = pulling.parts.sources.find("acme", "samespace")
    assert config is not None
    pulling.parts.sources.remove("acme", "samespace")
    try:
        for item in lines(pulled, "samespace_logs", scopes="read"):
            assert {value for value in item.values() if value not in (None, "")} == {HIDDEN}
        assert len(lines(pulled, "samespace_logs")) == 12
    finally:
        pulling.parts.sources.put("acme", config)


# ---- what is refused


@pytest.mark.parametrize(
    ("name", "query", "about"),
    [
        ("agents", {"from_": "2026-01-01"}, "from: agents is about what there is now"),
        ("team_tree", {"to": "2026-01-01"}, "to: team_tree"),
        ("agents", {"agentId": "7"}, "agentId: agents cannot be narrowed by it; use source"),
        ("calls", {}, "from: must be given"),
        ("agent_status_history", {**LATE, "channel": "voice"}, "channel: agent_status_history"),
        ("work_sessions", {**EARLY, "interactionId": "x"}, "interactionId: work_sessions"),
    ],
)
def test_what_a_report_cannot_be_asked_is_refused_by_name(
    pulled: dict[str, Pulling], name: str, query: dict[str, Any], about: str
) -> None:
    status, code, message = page(doors_of(pulled["ccaip"]), name, **query).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith(about)


def test_reports_are_narrowed_by_what_their_facts_say(pulled: dict[str, Pulling]) -> None:
    inbound, everything = lines(pulled, "samespace_sessions", direction="inbound"), lines(pulled, "samespace_sessions")
    assert inbound == [item for item in everything if item["direction"] == "in"]
    assert len(inbound) == 17
    assert lines(pulled, "agents", source="another") == []
    assert len(lines(pulled, "agents", source="ccaip")) == 8
