"""Figures that sources deliver already added up: where they count, what adds up, and what is null."""

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from tests.contract.centre import Event, spell, world_of
from tests.fakes.world import World
from wallboard.errors import InvalidRequest

DAY = {"startDate": "2026-11-20", "endDate": "2026-11-20"}


def of_agent(
    id: str, at: str = "2026-11-20T00:00:00Z", *, agent: str = "ann", queue: str = "", **figures: Any
) -> Event:
    about = {"agentId": agent} | ({"queueId": queue} if queue else {})
    return {"kind": "agent_interval", "id": id, "startedAt": at, "endedAt": at, **about, "figures": figures}


def of_queue(id: str, at: str = "2026-11-20T00:00:00Z", *, queue: str = "q", **figures: Any) -> Event:
    return {"kind": "queue_interval", "id": id, "startedAt": at, "endedAt": at, "queueId": queue, "figures": figures}


def values(world: World, report: str, **asked: Any) -> list[dict[str, Any]]:
    return [row["values"] for row in world.ask(report, **DAY | asked)["rows"]]


def test_an_average_is_shown_where_just_one_interval_lies_in_the_period_of_the_row() -> None:
    world = world_of(
        of_agent("1", "2026-11-20T08:00:00Z", acd=100, inbound_conversations=2),
        of_agent("2", "2026-11-20T09:00:00Z", acd=200, inbound_conversations=3),
        of_agent("3", "2026-11-20T10:00:00Z", agent="bo", acd=300, inbound_conversations=4),
    )
    ann, bo = values(world, "wb-productivity")
    assert (ann["vendorAcd"], ann["vendorInboundConversations"]) == (None, 5)
    assert (bo["vendorAcd"], bo["vendorInboundConversations"]) == (300, 4)
    hours = values(world, "wb-productivity", granularity="hour", agentId="ann")
    assert [each["vendorAcd"] for each in hours[7:11]] == [None, 100, 200, None]
    assert [each["vendorInboundConversations"] for each in hours[7:11]] == [None, 2, 3, None]
    assert world.ask("wb-productivity", **DAY)["totals"]["vendorAcd"] is None


def test_an_average_that_one_of_two_intervals_tells_is_not_that_of_both() -> None:
    [ann] = values(world_of(of_agent("1", acd=100), of_agent("2", acw=7)), "wb-productivity")
    assert (ann["vendorAcd"], ann["vendorAcw"]) == (None, None)


def test_figures_of_an_agent_in_one_queue_are_not_added_to_those_of_all() -> None:
    world = world_of(of_agent("1", session_duration=600), of_agent("2", queue="q", session_duration=500))
    [ann] = values(world, "wb-productivity")
    assert ann["vendorSessionDuration"] == 600


def test_zero_is_told_and_null_is_not() -> None:
    [row] = values(world_of(of_queue("1", offered=0, answered=0, talk=0)), "wb-queue-figures")
    assert (row["offered"], row["completed"], row["averageTalkTime"]) == (0, None, None)


@pytest.mark.parametrize("absurd", [-1, -0.000001, 2.0**53 + 2, 1e300])
def test_what_no_count_and_no_time_can_be_is_not_counted(absurd: float) -> None:
    """And does not stop the rest."""
    world = world_of(
        of_queue("1", offered=absurd, answered=2),
        of_agent("1", session_duration=absurd, away_time=3, log_in=absurd, away=5),
        of_agent("2", agent="bo", acd=absurd, log_in=absurd),
    )
    [queue] = values(world, "wb-queue-figures")
    assert (queue["offered"], queue["answered"]) == (None, 2)
    [ann] = values(world, "wb-productivity")
    assert [ann[name] for name in ("vendorSessionDuration", "vendorAwayTime", "sessionDuration", "awayTime")] == [
        None,
        3,
        0,
        5,
    ]


def test_the_largest_figures_are_exact() -> None:
    world = world_of(*(of_queue(str(number), offered=2**52) for number in range(3)))
    [row] = values(world, "wb-queue-figures")
    assert row["offered"] == 3 * 2**52


def test_sums_do_not_depend_on_the_order_of_what_is_added() -> None:
    tenths = (0.1, 0.2, 0.3, 1e6, 0.7)
    said = [of_queue(str(number), answered=1, wrap=wrap) for number, wrap in enumerate(tenths)]
    means = {
        values(world_of(*order), "wb-queue-figures")[0]["averageWrapTime"] for order in list(permutations(said))[::17]
    }
    assert means == {float(sum(Fraction(str(wrap)) for wrap in tenths) / 5)}


def test_a_mean_is_of_the_intervals_that_tell_both_of_its_sides() -> None:
    """A queue of e-mail knows no hold."""
    world = world_of(of_queue("1", answered=10, hold=50), of_queue("2", answered=90), of_queue("3", hold=1_000))
    [row] = values(world, "wb-queue-figures")
    assert (row["answered"], row["averageHoldTime"]) == (100, 5)


def test_an_interval_counts_where_it_begins() -> None:
    late = of_queue("1", "2026-11-20T23:59:59.999Z", offered=4) | {"endedAt": "2026-11-21T23:00:00Z"}
    world = world_of(late)
    assert [row["offered"] for row in values(world, "wb-queue-figures")] == [4]
    assert values(world, "wb-queue-figures", startDate="2026-11-21", endDate="2026-11-21") == []


@pytest.mark.parametrize("asked", [{"groupBy": ["agent"]}, {"groupBy": ["queue", "team"]}, {"channel": "voice"}])
def test_queue_figures_know_sources_and_queues(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=r"it can be grouped and filtered by source, queue$"):
        World().ask("wb-queue-figures", **asked)


def test_the_vendors_figures_of_an_agent_are_null_where_something_else_is_asked() -> None:
    world = world_of(of_agent("1", session_duration=600, acd=3, log_in=600))
    totals = world.ask("wb-productivity", **DAY, channel="voice")["totals"]
    assert {totals[name] for name in totals if name.startswith("vendor")} == {None}
    assert totals["sessionDuration"] is None


def test_log_in_time_told_as_a_sum_stands_beside_that_of_spells_of_others() -> None:
    there = spell("session", "s", "bo", "login", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z")
    world = world_of(of_agent("1", log_in=900, away=60.5), there)
    ann, bo = values(world, "wb-agent-summary")
    assert [(each["logInTime"], each["awayTime"]) for each in (ann, bo)] == [(900, 60.5), (3600, 0)]
