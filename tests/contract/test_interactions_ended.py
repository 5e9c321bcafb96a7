"""Interactions are counted in the period in which they ended, whenever they began."""

from typing import Any

import pytest

from tests.contract.centre import day_by_day, interaction, leg, world_of
from tests.fakes.world import World
from wallboard.model.time import DAY, QUARTER, iso, parse_instant

ID = "wb-interactions-ended"
THE_20TH = {"startDate": "2026-11-20", "endDate": "2026-11-20"}
THE_19TH = {"startDate": "2026-11-19", "endDate": "2026-11-19"}
ENDED = "2026-11-20T09:30:00Z"


def ended(world: World, **asked: Any) -> int:
    totals = world.ask(ID, **THE_20TH | asked)["totals"]
    count: int = totals["ended"]
    return count


def test_what_began_before_the_period_and_ended_in_it_is_counted() -> None:
    world = world_of(interaction("a", "2026-11-19T23:59:00Z", endedAt=ENDED))
    assert (ended(world), ended(world, **THE_19TH)) == (1, 0)
    assert world.ask("wb-interaction-volume", **THE_20TH)["totals"]["interactions"] == 0


def test_what_has_not_ended_is_not_counted() -> None:
    assert ended(world_of(interaction("a", "2026-11-20T09:00:00Z"))) == 0


def test_the_end_of_a_period_is_not_in_it() -> None:
    world = world_of(interaction("a", "2026-11-19T09:00:00Z", endedAt="2026-11-20T00:00:00Z"))
    assert (ended(world), ended(world, **THE_19TH)) == (1, 0)


def test_one_that_is_corrected_to_end_elsewhere_leaves_nothing_behind() -> None:
    world = world_of(interaction("a", "2026-11-17T09:00:00Z", endedAt="2026-11-19T09:00:00Z"))
    assert (ended(world, **THE_19TH), ended(world)) == (1, 0)
    world.at += QUARTER
    world.push(interaction("a", "2026-11-17T09:00:00Z", endedAt=ENDED))
    world.fold()
    assert (ended(world, **THE_19TH), ended(world)) == (0, 1)
    world.at += QUARTER
    world.push(interaction("a", "2026-11-17T09:00:00Z"))
    world.fold()
    assert (ended(world, **THE_19TH), ended(world)) == (0, 0)


def test_one_that_is_deleted_is_counted_no_more() -> None:
    event = interaction("a", "2026-11-17T09:00:00Z", endedAt=ENDED)
    world = world_of(event)
    assert ended(world) == 1
    world.at += QUARTER
    world.push(event | {"deleted": True})
    world.fold()
    answer = world.ask(ID, **THE_20TH)
    assert (answer["totals"]["ended"], answer["sources"]) == (0, [])


@pytest.mark.parametrize(
    ("lasted", "count"), [(-1, 0), (0, 1), (1, 1), (92 * DAY - 1, 1), (92 * DAY, 0), (200 * DAY, 0)]
)
def test_it_took_no_less_than_nothing_and_less_than_92_days(lasted: int, count: int) -> None:
    end = parse_instant(ENDED)
    world = world_of(interaction("a", end - lasted, endedAt=end))
    assert ended(world) == count
    assert len(world.ask(ID, **THE_20TH, groupBy=["source"])["rows"]) == count


def test_parts_of_15_minutes_have_what_ended_in_each() -> None:
    """Three ends around each quarter of an hour."""
    quarters = range(parse_instant("2026-11-20T09:00:00Z"), parse_instant("2026-11-20T10:00:01Z"), QUARTER)
    ends = [at + beside for at in quarters for beside in (-1, 0, 1)]
    world = world_of(*(interaction(str(at), at - 3 * DAY, endedAt=at) for at in ends))
    asked = {"startDate": "2026-11-20T09:00:00Z", "endDate": "2026-11-20T10:00:00Z", "granularity": "15min"}
    rows = world.ask(ID, **asked)["rows"]
    assert {row["part"][11:16]: row["values"]["ended"] for row in rows} == dict.fromkeys(
        ["09:00", "09:15", "09:30", "09:45"], 3
    )


def test_the_period_before_has_what_ended_then() -> None:
    began = "2026-10-02T09:00:00Z"
    world = world_of(
        interaction("a", began, endedAt="2026-11-19T00:00:00Z"),
        interaction("b", began, endedAt="2026-11-19T23:59:59.999Z", outcome="answered"),
        interaction("c", began, endedAt="2026-11-20T00:00:00Z"),
    )
    answer = world.ask(ID, **THE_20TH, compare=True)
    before = answer["previousTotals"]
    assert (before["ended"], before["answered"], answer["totals"]["ended"]) == (2, 1, 1)
    assert answer["rows"][0]["previous"] == before


def test_it_is_what_its_legs_say_that_it_is() -> None:
    """Its outcome and its agent, as in every other report."""
    call = interaction("a", "2026-11-19T09:00:00Z", endedAt=ENDED, queuedAt="2026-11-19T09:00:00Z")
    taken = leg("l", "a", "2026-11-19T09:00:00Z", agentId="ann", agentName="Ann", acceptedAt="2026-11-20T09:29:00Z")
    [row] = world_of(call, taken).ask(ID, **THE_20TH, groupBy=["agent"])["rows"]
    values = row["values"]
    assert (row["agent"], row["agentName"], values["answered"], values["abandoned"]) == ("ann", "Ann", 1, 0)
    assert world_of(call).ask(ID, **THE_20TH)["totals"]["abandoned"] == 1


@pytest.fixture(scope="module")
def weekend() -> World:
    return world_of(*day_by_day(7, "2026-10-18T18:00:00Z", "2026-10-27T06:00:00Z", count=500))


DAYS = {"startDate": "2026-10-23", "endDate": "2026-10-26"}


@pytest.mark.parametrize(
    ("place", "name"),
    [("source", "source"), ("channel", "channel"), ("direction", "direction"), ("queue", "queueId"), ("team", "teamId"),
     ("agent", "agentId")],
)  # fmt: skip
def test_a_filter_has_what_its_row_has(weekend: World, place: str, name: str) -> None:
    whole = weekend.ask(ID, **DAYS)["totals"]
    rows = weekend.ask(ID, **DAYS, groupBy=[place])["rows"]
    assert len(rows) > 1
    assert {each: sum(row["values"][each] for row in rows) for each in whole} == whole
    for row in rows:
        if row[place]:
            assert weekend.ask(ID, **DAYS, **{name: row[place]})["totals"] == row["values"]


def test_a_batch_answers_the_same_as_each_alone() -> None:
    """Each about another day; the days that one looks back are not those of another."""
    long = interaction("a", "2026-09-01T09:00:00Z", source="south", endedAt=ENDED)
    world = world_of(long, *day_by_day(5, "2026-11-15T00:00:00Z", "2026-11-21T00:00:00Z"))
    asked: dict[str, dict[str, Any]] = {
        ID: THE_20TH | {"groupBy": ["source"], "compare": True},
        "wb-interaction-volume": {"startDate": "2026-09-30", "endDate": "2026-09-30"},
        "wb-queue-time": {"startDate": "2026-11-18", "endDate": "2026-11-19"},
    }
    together = world.ask_all(asked)
    assert together == {id: world.ask(id, **each) for id, each in asked.items()}
    assert "dataThrough" not in together["wb-interaction-volume"]


def test_it_is_told_how_new_the_newest_is_whenever_it_began() -> None:
    answer = world_of(interaction("a", "2026-09-01T09:00:00Z", endedAt=ENDED)).ask(ID, **THE_20TH)
    assert answer["dataThrough"] == iso(parse_instant("2026-09-01T09:00:00Z"))
