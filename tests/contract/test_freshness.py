"""Freshness: how far what is known reaches. Single answers and batches say so in headers, the list of every report."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.contract.doors import BATCH, JSON, JSON_LINES, LIST, Answer, Doors, single
from tests.fakes.faults import FaultyClient
from tests.fakes.pulling import Pulling
from tests.fakes.world import World, least, of_agents
from wallboard.model.time import parse_instant
from wallboard.reports._report import Report
from wallboard.runtime import wiring

REPORTS = sorted(of_agents(World().parts.catalog), key=lambda report: report.name)
IDS = {report.name.removesuffix(" Report"): report.id for report in REPORTS}
MINUTE = 60_000
NOW = World().at
HOLDS_NO_FACTS = {report.name.removesuffix(" Report") for report in REPORTS if not (*report.cubes, *report.ever)}
"""Reports of the latest values of resources, such as Dataset Records."""


def message(at: str, n: int = 0) -> dict[str, Any]:
    return {
        "kind": "message",
        "id": f"m-{n}",
        "type": "user",
        "createdAt": at,
        "conversationId": "c",
        "conversationStartedAt": at,
        "botId": "b",
    }


def everything(at: str) -> list[dict[str, Any]]:
    """One of each kind, so that every cube has a cell."""
    who = {"botId": "b", "contactId": "p"}
    return [
        message(at) | who,
        {"kind": "conversation", "id": "c", "startedAt": at} | who,
        {"kind": "usage", "id": "u", "createdAt": at, "type": "output_tokens", "count": 3} | who,
        {"kind": "rating", "id": "r", "createdAt": at, "value": -1} | who,
        {"kind": "action", "id": "a", "createdAt": at, "type": "action.call", "name": "search"} | who,
        {"kind": "resource", "type": "dataset", "id": "ds-1", "updatedAt": at, "count": 3},
    ]


def told(answer: Answer) -> tuple[str | None, str | None]:
    assert answer.status == 200, answer.text
    return answer.headers.get("x-data-through"), answer.headers.get("x-data-lag-seconds")


def ask(doors: Doors, name: str, accept: str = "application/json", **asked: Any) -> Answer:
    return doors.send("POST", single(IDS[name]), asked, JSON | {"accept": accept})


def listed(doors: Doors, **how: Any) -> dict[str, tuple[str | None, int | None]]:
    """By the name of each report how far it reaches, and how many seconds that is ago."""
    ours = {*IDS.values()}
    items = [item for item in doors.send("GET", LIST, **how).json()["items"] if item["id"] in ours]
    assert len(items) == len(REPORTS)
    return {
        item["name"].removesuffix(" Report"): (item["meta"].get("dataThrough"), item["meta"].get("dataLagSeconds"))
        for item in items
    }


# ---- headers


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_every_answer_says_how_far_its_facts_reach(doors: Doors, report: Report, accept: str) -> None:
    doors.push(*everything("2026-11-21T09:58:30.250Z"))
    doors.world.fold()
    if accept == "text/csv" and report.table is None:
        accept = "application/json"
    answer = doors.send("POST", single(report.id), least(report), JSON | {"accept": accept})
    name = report.name.removesuffix(" Report")
    assert told(answer) == ((None, None) if name in HOLDS_NO_FACTS else ("2026-11-21T09:58:30.250Z", "1289"))


@pytest.mark.parametrize("name", ["Total Messages", "Total Contacts", "Alerts", "Conversation Usage"])
def test_without_facts_nothing_is_said(doors: Doors, name: str) -> None:
    asked: dict[str, Any] = {"conversationIds": ["c"]} if name == "Conversation Usage" else {}
    assert told(ask(doors, name, **asked)) == (None, None)
    assert told(doors.send("POST", BATCH, {IDS[name]: asked})) == (None, None)
    doors.push(message("2026-11-21T09:00:00Z"), tenant="other")
    doors.world.fold()
    assert told(ask(doors, name, **asked)) == (None, None), "what another tenant has is not told"


def test_what_has_come_in_and_is_not_folded_yet_is_not_claimed(doors: Doors) -> None:
    doors.push(message("2026-11-21T09:00:00Z"))
    doors.world.fold()
    doors.push(message("2026-11-21T10:15:00Z", n=1))
    assert told(ask(doors, "Total Messages"))[0] == "2026-11-21T09:00:00.000Z"
    doors.world.fold()
    assert told(ask(doors, "Total Messages")) == ("2026-11-21T10:15:00.000Z", "300")


def test_a_batch_says_how_far_the_facts_of_all_its_members_reach(doors: Doors) -> None:
    rating = {"kind": "rating", "id": "r", "createdAt": "2026-11-20T08:00:00Z", "value": 1}
    doors.push(message("2026-11-21T09:00:00Z"), rating)
    doors.world.fold()
    assert told(ask(doors, "Total Ratings")) == ("2026-11-20T08:00:00.000Z", str(26 * 3600 + 20 * 60))
    both: dict[str, Any] = {IDS["Total Ratings"]: {}, IDS["Total Messages"]: {}, "unknown": {}}
    assert told(doors.send("POST", BATCH, both)) == ("2026-11-21T09:00:00.000Z", "4800")
    assert told(doors.send("POST", BATCH, {})) == told(doors.send("POST", BATCH, {"unknown": {}})) == (None, None)


def test_a_clock_that_is_ahead_of_ours_is_no_lag_below_zero(doors: Doors) -> None:
    doors.push(message("2026-11-21T10:30:00Z"))
    doors.world.fold()
    assert told(ask(doors, "Total Messages")) == ("2026-11-21T10:30:00.000Z", "0")
    assert listed(doors)["Total Messages"] == ("2026-11-21T10:30:00.000Z", 0)


def test_what_is_deleted_does_not_count_as_known(doors: Doors) -> None:
    doors.push(message("2026-11-20T09:00:00Z"), message("2026-11-21T09:00:00Z", n=1))
    doors.push(message("2026-11-21T09:00:00Z", n=1) | {"deleted": True, "updatedAt": NOW + 1})
    doors.world.fold()
    assert told(ask(doors, "Total Messages"))[0] == "2026-11-20T09:00:00.000Z"
    assert listed(doors)["Total Messages"][0] == "2026-11-20T09:00:00.000Z"


def test_a_refusal_says_nothing_of_it(doors: Doors) -> None:
    doors.push(message("2026-11-21T09:00:00Z"))
    doors.world.fold()
    answer = ask(doors, "Total Messages", periodDays=0)
    assert answer.status == 400
    assert not any(name.startswith("x-data") for name in answer.headers)


# ---- the list


def test_the_list_says_of_each_report_how_far_its_own_facts_reach(doors: Doors) -> None:
    rating = {"kind": "rating", "id": "r", "createdAt": "2026-11-20T08:00:00Z", "value": 1, "botId": "b"}
    contact = {"kind": "contact", "id": "p", "createdAt": "2026-03-05T10:00:00Z"}
    doors.push(message("2026-11-21T09:00:00Z"), rating, contact)
    doors.world.fold()
    found = listed(doors)
    messages, ratings = ("2026-11-21T09:00:00.000Z", 4800), ("2026-11-20T08:00:00.000Z", 94_800)
    assert found["Total Messages"] == found["Bot Stats"] == found["Comprehensive Overview"] == messages
    assert found["Total Ratings"] == found["Bot Negative Feedback"] == ratings
    assert found["Total Contacts"] == ("2026-03-05T10:00:00.000Z", (NOW - parse_instant("2026-03-05T10:00Z")) // 1000)
    assert "Dataset Records" in HOLDS_NO_FACTS
    assert {found[name] for name in HOLDS_NO_FACTS} == {(None, None)}


def test_the_list_of_who_has_no_facts_says_nothing_of_it(doors: Doors) -> None:
    doors.push(*everything("2026-11-21T09:00:00Z"), tenant="other")
    doors.world.fold()
    assert set(listed(doors).values()) == {(None, None)}
    assert {name for name, reach in listed(doors, tenant="other").items() if reach == (None, None)} == HOLDS_NO_FACTS


def test_lines_of_the_list_say_it_too(doors: Doors) -> None:
    doors.push(*everything("2026-11-21T09:00:00Z"))
    doors.world.fold()
    lines = doors.send("GET", LIST, headers={"accept": JSON_LINES["content-type"]}).text
    assert lines.count('"dataThrough": "2026-11-21T09:00:00.000Z", "dataLagSeconds": 4800') == len(REPORTS) - len(
        HOLDS_NO_FACTS
    )


@pytest.mark.parametrize("at", [1, 2, 5])
def test_the_list_answers_when_the_store_refuses_and_says_nothing_of_it(doors: Doors, at: int) -> None:
    doors.push(*everything("2026-11-21T09:00:00Z"))
    doors.world.fold()
    plain = dict.fromkeys(listed(doors), (None, None))
    client = FaultyClient(doors.world.store, at=at, fault="throttled")
    wiring.use(World(client=client, store=doors.world.store).parts)
    assert listed(doors) == plain
    assert client.met


def test_a_mistake_of_ours_in_the_store_is_not_passed_over(doors: Doors) -> None:
    class Broken:
        def newest(self, tenant: str, cubes: Iterable[str]) -> Mapping[str, int]:
            raise KeyError(tenant)

    wiring.use(replace(doors.world.parts, rollups=Broken()))  # type: ignore[arg-type]
    assert doors.send("GET", LIST).error[:2] == (500, "INTERNAL_SERVER_ERROR")


def test_the_reach_of_one_tenant_is_not_kept_for_the_next_nor_for_later(doors: Doors) -> None:
    doors.push(message("2026-11-21T09:00:00Z"))
    doors.push(message("2026-11-21T10:00:00Z"), tenant="other")
    doors.world.fold()
    assert [listed(doors, tenant=tenant)["Total Messages"] for tenant in ("acme", "other", "acme")] == [
        ("2026-11-21T09:00:00.000Z", 4800),
        ("2026-11-21T10:00:00.000Z", 1200),
        ("2026-11-21T09:00:00.000Z", 4800),
    ]
    doors.world.at += MINUTE
    assert listed(doors)["Total Messages"] == ("2026-11-21T09:00:00.000Z", 4860)


def test_the_list_says_how_far_each_source_has_been_pulled_that_a_report_needs(doors: Doors) -> None:
    """By the clock or on request; those that bring nothing of a report are not its own."""
    pulling = Pulling("samespace", "chatbotkit", world=doors.world)
    wiring.use(pulling.parts)
    pulling.pull("samespace", "2026-11-18", "2026-11-19", streams=["sessions"])
    pulling.pull("chatbotkit", "2026-11-18", "2026-11-20", streams=["conversations"])
    items = doors.send("GET", LIST).json()["items"]
    said = {item["name"].removesuffix(" Report"): item["meta"].get("sources") for item in items}
    assert said["Service Level"] == [{"name": "samespace", "through": "2026-11-19T00:00:00.000Z"}]
    assert said["Total Conversations"] == [{"name": "chatbotkit", "through": "2026-11-20T00:00:00.000Z"}]
    assert said["Dataset Records"] is None
    assert not [sources for sources in said.values() if sources == []]
