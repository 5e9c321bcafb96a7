"""Samespace: the figures that its sample files must give, and what is particular about it."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from local.simulators.centre import Centre
from tests.contract.golden_sources import FOLDER
from tests.contract.records import doors_of, listed
from tests.fakes.pulling import Pulling
from tests.fakes.vendors import Vendor
from wallboard.model.time import HOUR, iso

PAYLOADS = FOLDER / "samespace" / "payloads"
DAY = ("2024-03-05", "2024-03-06")


def pulled(payloads: Path = PAYLOADS, **settings: Any) -> list[dict[str, Any]]:
    """The facts of the sample files, pulled on the next day."""
    told = {"samespace": {"payloads": payloads}}
    pulling = Pulling("samespace", now="2024-03-06T12:00:00Z", simulated=told, settings={"samespace": settings})
    pulling.pull("samespace", *DAY)
    return pulling.facts()


@pytest.fixture(scope="module")
def facts() -> dict[str, list[dict[str, Any]]]:
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in pulled():
        by_kind[fact["kind"]].append(fact)
    return by_kind


def test_legs_and_contacts_are_as_many_as_the_day_had(facts: dict[str, list[dict[str, Any]]]) -> None:
    directions = Counter(leg["direction"] for leg in facts["leg"])
    assert directions == {"inbound": 17, "outbound": 7}
    inbound = {leg["interaction"] for leg in facts["leg"] if leg["direction"] == "inbound"}
    assert (len(inbound), len(facts["interaction"])) == (16, 23)


def test_the_speed_of_answer_is_that_of_inbound_legs(facts: dict[str, list[dict[str, Any]]]) -> None:
    answered = [leg for leg in facts["leg"] if leg["direction"] == "inbound" and "accepted_at" in leg]
    waits = [(leg["accepted_at"] - leg["started_at"]) / 1000 for leg in answered]
    assert (len(waits), round(mean(waits), 3), sum(wait <= 20 for wait in waits)) == (13, 12.846, 11)


def test_hold_is_that_of_held_calls(facts: dict[str, list[dict[str, Any]]]) -> None:
    answered = [leg for leg in facts["leg"] if "accepted_at" in leg]
    held = [leg["durations"]["hold"] for leg in answered if leg["durations"]["hold"]]
    assert (sum(held), len(held), len(answered)) == (287, 4, 17)


def test_outcomes_tell_abandoned_missed_and_failed_apart(facts: dict[str, list[dict[str, Any]]]) -> None:
    words = Counter(call["status"] for call in facts["interaction"])
    assert words == Counter(answered=16, abandoned=3, failed=3, missed=1)
    assert Counter(call["outcome"] for call in facts["interaction"]) == words


def test_a_transferred_leg_stands_in_the_hour_of_its_call(facts: dict[str, list[dict[str, Any]]]) -> None:
    starts = {call["id"]: call["at"] for call in facts["interaction"]}
    [transferred] = [leg for leg in facts["leg"] if leg["id"].removeprefix("leg:") != leg["interaction"][5:]]
    assert transferred["at"] == starts[transferred["interaction"]] < transferred["started_at"]


def test_answers_are_counted_per_question(facts: dict[str, list[dict[str, Any]]]) -> None:
    scores = [answer["score"] for answer in facts["survey"]]
    first = [answer["score"] for answer in facts["survey"] if answer["question_number"] == 1]
    assert (len(scores), mean(scores)) == (24, 3.75)
    assert (round(mean(first), 3), sum(score >= 4 for score in first), len(first)) == (3.667, 6, 9)


def test_an_answer_is_of_the_agent_and_the_team_of_its_call(facts: dict[str, list[dict[str, Any]]]) -> None:
    """Its own row has only their names."""
    by_agent = Counter(answer["agent"] for answer in facts["survey"])
    assert (by_agent["bde714d76c06ca7b857d02d5"], sum(by_agent.values())) == (9, 24)
    assert len({a["interaction"] for a in facts["survey"] if a["agent"] == "bde714d76c06ca7b857d02d5"}) == 3
    legs = {leg["id"].removeprefix("leg:"): leg for leg in facts["leg"]}
    for answer in facts["survey"]:
        leg = legs[answer["interaction"].removeprefix("call:")]
        for name in ("agent", "agent_name", "team", "team_name"):
            assert answer[name] == leg[name]


def without(folder: Path, *calls: str) -> Path:
    """The sample files, in `folder`, without these calls."""
    for path in PAYLOADS.iterdir():
        content = json.loads(path.read_text("utf-8"))
        if path.name == "samespace_sessions.json":
            content["data"] = [row for row in content["data"] if row["uuid"] not in calls]
            content["total"] = len(content["data"])
        (folder / path.name).write_text(json.dumps(content), "utf-8")
    return folder


def test_an_answer_whose_call_is_not_found_is_kept_and_of_nobody(tmp_path: Path) -> None:
    gone = "a606dc9b-2253-4556-895c-14158a38d9e7"
    answers = [fact for fact in pulled(without(tmp_path, gone)) if fact["kind"] == "survey"]
    lost = [answer for answer in answers if answer["interaction"] == f"call:{gone}"]
    assert (len(answers), len(lost)) == (24, 3)
    assert [("agent" in a, "agent_name" in a, "team" in a, a["team_name"]) for a in lost] == [
        (False, False, False, "Helpdesk")
    ] * 3
    assert all("agent" in answer for answer in answers if answer not in lost)


def test_an_answer_gets_its_agent_when_the_call_comes_later(tmp_path: Path) -> None:
    told = {"samespace": {"payloads": without(tmp_path, "a606dc9b-2253-4556-895c-14158a38d9e7")}}
    pulling = Pulling("samespace", now="2024-03-06T12:00:00Z", simulated=told)
    pulling.pull("samespace", *DAY)
    pulling.vendors["samespace"].simulator.payloads = PAYLOADS
    pulling.world.at += HOUR
    pulling.pull("samespace", *DAY)
    answers = pulling.facts("survey")
    assert (len(answers), all("agent" in answer for answer in answers)) == (24, True)


def test_calls_are_looked_up_once_for_all_pages_of_answers() -> None:
    """And again by a worker that goes on in the middle, which gives the rest the same agents."""
    vendor = Vendor.of("samespace", centre=Centre(calls_a_day=1000))
    [(asked, first), *rest] = vendor.pages("csat", "2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z")
    pages = Counter(path.rpartition("/")[2] for _, path in vendor.simulator.calls)
    assert pages["csat"] == len(rest) + 1 > 2
    again = list(vendor.stream("csat").pages(replace(asked, resume=first.next), vendor.client()))
    assert again == [page for _, page in rest]
    found = Counter(path.rpartition("/")[2] for _, path in vendor.simulator.calls)
    assert found["sessions"] == 2 * pages["sessions"]
    rows = [row for page in (first, *again) for row in page.rows if row["csat"]]
    assert all(row["own_call"]["user_display_name"] == row["user_display_name"] for row in rows)


def test_no_calls_are_looked_up_where_nobody_answered(tmp_path: Path) -> None:
    rows = json.loads((PAYLOADS / "samespace_csat.json").read_text("utf-8"))["data"]
    silent = json.dumps([row | {"csat": []} for row in rows])
    (without(tmp_path) / "samespace_csat.json").write_text(silent, "utf-8")
    vendor = Vendor.of("samespace", now="2024-03-06T12:00:00Z", payloads=tmp_path)
    assert len(vendor.rows("csat", *(f"{day}T00:00:00Z" for day in DAY))) == 10
    assert {path.rpartition("/")[2] for _, path in vendor.simulator.calls} == {"csat"}


def test_what_was_looked_up_is_not_kept_with_the_row() -> None:
    pulling = Pulling("samespace", now="2024-03-06T12:00:00Z", simulated={"samespace": {"payloads": PAYLOADS}})
    pulling.pull("samespace", *DAY)
    columns = set(json.loads((PAYLOADS / "samespace_csat.json").read_text("utf-8"))["data"][0])
    found = listed(doors_of(pulling), "interaction_detail", from_="2024-03-05", to="2024-03-06")
    assert {frozenset(item["row"]) for item in found} == {frozenset(columns)}


def test_log_ins_are_cut_at_hours_and_the_open_one_ends_now(facts: dict[str, list[dict[str, Any]]]) -> None:
    """Twelve rows; the one that is still open is given up to the start of the run."""
    assert len({piece["id"].partition("@")[0] for piece in facts["session"]}) == 12
    assert all(piece["at"] // HOUR == (piece["ended_at"] - 1) // HOUR for piece in facts["session"])
    last = max(facts["session"], key=lambda piece: piece["ended_at"])
    assert iso(last["ended_at"]) == "2024-03-06T12:00:00.000Z"


def test_figures_of_a_day_are_kept_as_delivered(facts: dict[str, list[dict[str, Any]]]) -> None:
    said = {
        day["agent_name"].split()[0]: [
            day["figures"][name] for name in ("acd", "asa", "inbound_conversations", "outbound_conversations")
        ]
        for day in facts["agent_interval"]
    }
    assert said == {
        "Nadia": [243, 12, 4, 1],
        "Oren": [173, 13, 4, 1],
        "Priya": [365, 8, 2, 3],
        "Quinn": [434, 16, 3, 2],
    }


@pytest.mark.parametrize("number", ["+12025550101", "12025550101", "+1 (202) 555-0101"])
def test_a_person_is_the_same_however_the_number_is_written(number: str, tmp_path: Path) -> None:
    for path in PAYLOADS.iterdir():
        text = path.read_text("utf-8")
        (tmp_path / path.name).write_text(text.replace('"caller": "+12025550101"', f'"caller": "{number}"'), "utf-8")
    people = {fact["id"]: fact.get("contact") for fact in pulled() if fact["kind"] == "interaction"}
    again = {fact["id"]: fact.get("contact") for fact in pulled(tmp_path) if fact["kind"] == "interaction"}
    assert len(set(people.values())) == len(set(again.values())) > 10


def test_lists_without_an_envelope_are_read_as_well() -> None:
    bare = Pulling("samespace", now="2026-11-21T10:20:00Z", simulated={"samespace": {"envelope": False}})
    wrapped = Pulling("samespace", now="2026-11-21T10:20:00Z")
    bare.parts.secrets.put("acme/people", wrapped.parts.secrets.get("acme/people"))
    for pulling in (bare, wrapped):
        pulling.pull("samespace", "2026-11-18", "2026-11-20")
    assert bare.facts() == wrapped.facts()
    assert len(bare.facts("session")) > 100


def test_naive_times_are_asked_in_the_zone_of_the_settings() -> None:
    """The day of a zone east of Greenwich begins before that of UTC: so do its figures."""
    berlin = {"samespace": {"zone": "Europe/Berlin"}}
    simulated = {"samespace": {"zone": "Europe/Berlin"}}
    pulling = Pulling("samespace", settings=berlin, simulated=simulated)
    pulling.pull("samespace", "2026-11-18T00:00:00Z", "2026-11-18T12:00:00Z", streams=["productivity"])
    assert {iso(day["at"]) for day in pulling.facts("agent_interval")} == {"2026-11-17T23:00:00.000Z"}
