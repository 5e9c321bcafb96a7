"""What answers of contact-centre reports have in common: they are cut and compared alike, call things by their names, keep
sources and tenants apart, and say the same as CSV, alone and in a batch."""

import csv
from collections import Counter
from collections.abc import Iterable
from io import StringIO
from random import Random
from typing import Any

import pytest

from tests.contract.centre import BUILT, CENTRE, NOW, RESOLUTION, add_up, day_by_day, interaction, leg, waited, world_of
from tests.contract.doors import JSON, Doors, single
from tests.fakes.world import World
from wallboard.model.time import DAY, HOUR, iso, parse_instant
from wallboard.runtime import wiring
from wallboard.services.write_table import MARK, guarded

every_report = pytest.mark.parametrize("id", CENTRE)
OF_QUEUES = "wb-queue-figures"
"""The report that knows sources and queues alone."""

CHANGE = {"startDate": "2026-10-23", "endDate": "2026-10-26"}
"""On the 25th clocks in Europe were put back: that day has 25 hours."""


@pytest.fixture(scope="module")
def weekend() -> World:
    return world_of(*day_by_day(7, "2026-10-18T18:00:00Z", "2026-10-27T06:00:00Z", count=500))


def total_of(rows: Iterable[Any], name: str) -> float:
    """What nobody tells adds nothing."""
    milliseconds: int = sum(round(1000 * (row["values"][name] or 0)) for row in rows)
    return milliseconds / 1000


# ---- parts


@every_report
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu"])
@pytest.mark.parametrize("granularity", ["total", "15min", "hour", "day", "week", "month"])
def test_parts_and_groups_add_up_to_the_whole(weekend: World, id: str, zone: str, granularity: str) -> None:
    """Times to the millisecond; of everybody, and of each source."""
    asked: dict[str, Any] = {**CHANGE, "granularity": granularity, "groupBy": ["source"]}
    answer = weekend.ask(id, zone=zone, **asked)
    additive = add_up(answer)
    assert any(answer["totals"][name] for name in additive)
    assert {name: total_of(answer["rows"], name) for name in additive} == {
        name: answer["totals"][name] for name in additive
    }
    for source in ("north", "south"):
        alone = weekend.ask(id, zone=zone, **asked | {"source": source})
        assert alone["rows"] == [row for row in answer["rows"] if row["source"] == source]


def test_the_day_on_which_clocks_are_put_back_has_an_hour_more(weekend: World) -> None:
    for zone, quarters, hours in [("Europe/Berlin", 100, 25), ("Asia/Kathmandu", 96, 24)]:
        asked = {"startDate": "2026-10-25", "endDate": "2026-10-25"}
        answers = [weekend.ask("wb-queue-time", zone=zone, granularity=each, **asked) for each in ("15min", "hour")]
        assert [len(answer["rows"]) for answer in answers] == [quarters, hours]
        assert all(len({row["part"] for row in answer["rows"]}) == len(answer["rows"]) for answer in answers)


@every_report
def test_parts_are_named_by_their_beginning(weekend: World, id: str) -> None:
    asked = CHANGE | {"source": "north"}
    rows = weekend.ask(id, zone="Europe/Berlin", granularity="day", **asked)["rows"]
    assert {row["part"] for row in rows} == {"2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"}
    assert all("part" not in row for row in weekend.ask(id, zone="Europe/Berlin", **asked)["rows"])


# ---- the period before


@pytest.mark.parametrize("id", BUILT)
@pytest.mark.parametrize(
    "asked",
    [{"periodDays": 26}, CHANGE, {"startDate": "2026-10-23T07:05:00Z", "endDate": "2026-10-25T07:20:00+02:00"}],
    ids=str,
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu"])
def test_the_period_before_has_the_figures_of_a_report_about_it(weekend: World, id: str, asked: Any, zone: str) -> None:
    grouped: dict[str, Any] = {"groupBy": ["source", "agent"], "agentId": ["1", "2"]}
    if id == OF_QUEUES:
        grouped = {"groupBy": ["source", "queue"], "queueId": ["p"]}
    now = weekend.ask(id, zone=zone, compare=True, **asked, **grouped)
    start, end = (parse_instant(now["window"][name]) for name in ("from", "to"))
    if "periodDays" in asked:
        before = {"startDate": iso(start - asked["periodDays"] * DAY), "endDate": iso(start)}
    else:
        before = {"startDate": iso(start - (end - start)), "endDate": iso(start)}
    then = weekend.ask(id, zone=zone, **before, **grouped)
    assert then["window"] == {"from": before["startDate"], "to": before["endDate"]}
    assert now["previousTotals"] == then["totals"]
    assert any(then["totals"].values())
    previous = {group_of(row): row["values"] for row in then["rows"]}
    assert previous
    beside = {group_of(row): row["previous"] for row in now["rows"]}
    assert {group: beside[group] for group in previous} == previous
    assert all(not any(beside[group].values()) for group in beside.keys() - previous.keys())


def place_of(id: str) -> str:
    return "queue" if id == OF_QUEUES else "agent"


def group_of(row: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name not in ("values", "previous"))


@pytest.mark.parametrize("id", BUILT)
def test_without_being_asked_nothing_of_the_period_before_is_told(id: str) -> None:
    """Not even a row of zeros for those who did something then."""
    world = world_of(*day_by_day(1, "2026-10-20T00:00:00Z", "2026-10-22T00:00:00Z", count=60))
    assert world.ask(id, **CHANGE, groupBy=["source"])["rows"] == world.ask(id, **CHANGE)["sources"] == []
    answer = world.ask(id, **CHANGE, groupBy=["source"], compare=True)
    assert sorted({row["source"] for row in answer["rows"]}) == ["north", "south"] == answer["sources"]


# ---- names


ANN = {"source": "north", "agentId": "1", "agentName": "Ann", "queueId": "q", "queueName": "Sales"}
BOB = {"source": "south", "agentId": "1", "agentName": "Bob", "queueId": "q", "queueName": "Sales", "teamId": "t"}
NAMED = [{**ANN, "teamId": "t", "teamName": "Red"}, BOB]


@pytest.fixture(scope="module")
def named() -> World:
    """Two sources have an agent 1, a queue q and a team t; in both something of every kind happened."""
    events = []
    for about in NAMED:
        ids = {name: about[name] for name in ("source", "agentId")}
        events += [
            waited("i", 10, **about, contactId="c", queuedAt="2026-11-20T09:00:00Z", endedAt="2026-11-20T09:02:00Z"),
            leg("l", "i", **about, durations={"talk": 60}),
            {"kind": "survey", "id": "v", "answeredAt": "2026-11-20T09:30:00Z", "score": 5, **ids, "teamId": "t"},
            {"kind": "status", "id": "s", "startedAt": "2026-11-20T09:00:00Z", "endedAt": "2026-11-20T09:10:00Z",
             "status": "busy", **ids},
            {"kind": "agent_interval", "id": "a", "startedAt": "2026-11-20T09:00:00Z", "endedAt": "2026-11-20T10:00:00Z",
             "figures": {"session_duration": 600, "away_time": 0, "inbound_conversations": 1, "outbound_conversations": 0},
             **ids},
            {"kind": "queue_interval", "id": "q", "startedAt": "2026-11-20T09:00:00Z", "endedAt": "2026-11-20T10:00:00Z",
             "figures": {"offered": 1}, **{name: about[name] for name in ("source", "queueId", "queueName")}},
        ]  # fmt: skip
    return world_of(*events)


@pytest.mark.parametrize("id", [id for id in BUILT if id != OF_QUEUES])
def test_two_sources_with_the_same_ids_are_apart_when_grouped_by_both(named: World, id: str) -> None:
    rows = named.ask(id, groupBy=["source", "agent"])["rows"]
    assert [(row["source"], row["agent"], row["agentName"]) for row in rows] == [
        ("north", "1", "Ann"),
        ("south", "1", "Bob"),
    ]
    [together] = named.ask(id, groupBy=["agent"])["rows"]
    assert "agentName" not in together
    [one] = named.ask(id, groupBy=["agent"], source="south")["rows"]
    assert one["agentName"] == "Bob"
    for name in add_up(named.ask(id)):
        parts = [rows[0]["values"][name], rows[1]["values"][name]]
        if None in parts:  # not known of either
            assert parts == [None, None] == [together["values"][name], one["values"][name]]
        else:
            assert together["values"][name] == sum(parts) == 2 * one["values"][name]


def test_queues_and_teams_are_called_by_their_names(named: World) -> None:
    rows = named.ask("wb-queue-performance", groupBy=["source", "queue", "team"])["rows"]
    assert [(row["queueName"], row.get("teamName")) for row in rows] == [("Sales", "Red"), ("Sales", None)]
    [both] = named.ask("wb-queue-performance", groupBy=["queue", "team"])["rows"]
    assert (both["queueName"], both.get("teamName")) == ("Sales", None)  # both sources call the queue so
    rows = named.ask(OF_QUEUES)["rows"]
    assert [(row["source"], row["queueName"]) for row in rows] == [("north", "Sales"), ("south", "Sales")]


def test_the_latest_name_counts() -> None:
    again = {"kind": "resource", "type": "queue", "id": "q", "source": "north", "name": "Shop", "updatedAt": NOW}
    [row] = world_of(waited("i", 10, **ANN), again).ask("wb-queue-time", groupBy=["queue"])["rows"]
    assert row["queueName"] == "Shop"


def test_a_source_name_in_an_id_confuses_nothing() -> None:
    """An agent `south:1` of the north is not the agent 1 of the south."""
    north = interaction("a", source="north", agentId="south:1", agentName="Zoë")
    south = interaction("b", source="south", agentId="1", agentName="Bob")
    rows = world_of(north, south).ask("wb-interaction-volume", groupBy=["agent"])["rows"]
    assert [(row["agent"], row["agentName"]) for row in rows] == [("1", "Bob"), ("south:1", "Zoë")]


# ---- the same everywhere


@every_report
@pytest.mark.parametrize("more", [{"granularity": "day"}, {"compare": True}], ids=str)
def test_csv_has_a_column_for_each_group_name_and_figure(weekend: World, id: str, more: dict[str, Any]) -> None:
    """The same columns whatever is asked; those of the period before are empty where it is not."""
    more = {} if id == RESOLUTION and "compare" in more else more
    asked: dict[str, Any] = {**CHANGE, "groupBy": ["source", place_of(id)], **more}
    wiring.use(weekend.parts)
    try:
        text = Doors(weekend).send("POST", single(id), asked, {**JSON, "accept": "text/csv"}).text
    finally:
        wiring.use(None)
    answer = weekend.ask(id, **asked)
    table = list(csv.DictReader(StringIO(text.removeprefix(MARK))))
    places = ["source", "channel", "direction", "queue", "team", "agent", "queueName", "teamName", "agentName"]
    columns = list(table[0])
    assert columns[: len(places)] == places
    figures = [f"{when}.{name}" for when in ("values", "previous") for name in answer["totals"]]
    assert columns[-len(figures) - 1 :] == ["part", *figures]
    told = [
        row | {f"{when}.{name}": value for when in ("values", "previous") for name, value in row.get(when, {}).items()}
        for row in answer["rows"]
    ]
    assert table == [{name: written(row.get(name)) for name in columns} for row in told]
    is_compared = "compare" in more
    assert any(row[name] for row in table for name in columns if name.startswith("previous.")) == is_compared


def written(value: Any) -> str:
    return guarded(value) if isinstance(value, str) else "" if value is None else str(value)


NARROW = ("wb-agent-status-time", "wb-csat", OF_QUEUES)
"""Reports that do not know every place."""


@pytest.mark.parametrize("seed", range(6))
def test_a_batch_answers_the_same_as_each_alone(weekend: World, seed: int) -> None:
    """Each report about its own period, groups and source: names, freshness and figures of others do not get into it."""
    chance = Random(seed)
    asked: dict[str, dict[str, Any]] = {}
    for id in CENTRE:
        first, last = sorted(chance.choices(range(18, 28), k=2))
        asked[id] = {
            "startDate": f"2026-10-{first}",
            "endDate": f"2026-10-{last}",
            "granularity": chance.choice(["total", "day"]),
            "groupBy": chance.sample(["source", "agent", "queue"], 2) if id not in NARROW else [place_of(id), "source"],
            **chance.choice([{}, {"source": "north"}, {f"{place_of(id)}Id": ["1", "3", "p"]}]),
            **({"direction": "outbound"} if id not in NARROW and chance.random() < 0.3 else {}),
        }
    together = weekend.ask_all(asked, zone="Europe/Berlin")
    assert together == {id: weekend.ask(id, zone="Europe/Berlin", **each) for id, each in asked.items()}


def test_the_name_of_one_source_is_told_beside_a_report_about_two(named: World) -> None:
    asked: dict[str, Any] = {"groupBy": ["agent"], "source": "north"}
    both = {"wb-transfers": asked, "wb-interaction-volume": {"groupBy": ["agent"]}}
    assert named.ask_all(both)["wb-transfers"] == named.ask("wb-transfers", **asked)
    assert named.ask("wb-transfers", **asked)["rows"][0]["agentName"] == "Ann"


@every_report
def test_tenants_are_apart(id: str) -> None:
    """The same ids at another tenant add nothing, and one of whom nothing is known has nothing."""
    events = day_by_day(3, "2026-10-23T00:00:00Z", "2026-10-26T00:00:00Z", count=60)
    world = world_of(*events)
    alone = world.ask(id, **CHANGE, groupBy=[place_of(id)])
    world.push(*day_by_day(4, "2026-10-23T00:00:00Z", "2026-10-26T00:00:00Z", count=60), tenant="other")
    world.fold()
    by: dict[str, Any] = CHANGE | {"groupBy": [place_of(id)]}
    assert world.ask(id, **by) == alone
    assert world.ask(id, **by, tenant="other") != alone
    assert world.ask(id, **by, tenant="third") == World().ask(id, **by)


@every_report
def test_what_is_told_about_the_answer(weekend: World, id: str) -> None:
    answer = weekend.ask(id, zone="Europe/Berlin", **CHANGE)
    assert answer["window"] == {"from": "2026-10-22T22:00:00.000Z", "to": "2026-10-26T23:00:00.000Z"}
    assert (answer["timezone"], answer["sources"]) == ("Europe/Berlin", ["north", "south"])
    assert answer["partial"] is False
    assert CENTRE[id].time_basis == answer["timeBasis"]
    assert "2026-10-26" <= answer["dataThrough"] < "2026-10-27"
    today = weekend.ask(id, periodDays=1)
    assert (today["window"]["to"], today["partial"]) == (iso(parse_instant(NOW)), True)


def test_corrections_and_deletions_are_seen_at_once() -> None:
    world = world_of(waited("a", 10), waited("b", 30))
    assert world.ask("wb-queue-time")["totals"]["speedOfAnswerMean"] == 20
    world.at += HOUR
    world.push(waited("a", 50), waited("b", 30, deleted=True))
    world.fold()
    totals = world.ask("wb-queue-time")["totals"]
    assert (totals["offered"], totals["speedOfAnswerMean"]) == (1, 50)


def test_a_filter_of_many_values_is_the_sum_of_each(weekend: World) -> None:
    """Every filter that there is, of the report that counts interactions."""
    values = {"source": ["north", "south"], "channel": ["voice", "chat"], "direction": ["inbound", "outbound"],
              "queueId": ["p", "q"], "teamId": ["t", "u"], "agentId": ["1", "2", "3"]}  # fmt: skip
    everybody = weekend.ask("wb-interaction-volume", **CHANGE)["totals"]
    for name, all_ in values.items():
        each = [weekend.ask("wb-interaction-volume", **CHANGE | {name: value})["totals"] for value in all_]
        of_all: dict[str, Any] = CHANGE | {name: all_}
        summed: Counter[str] = Counter()
        for totals in each:
            summed.update(totals)
        assert {key: summed[key] for key in everybody} == everybody, name
        assert weekend.ask("wb-interaction-volume", **of_all)["totals"] == everybody
        none = CHANGE | {name: "internal" if name == "direction" else "nobody"}
        assert weekend.ask("wb-interaction-volume", **none)["totals"]["interactions"] == 0


def test_first_contacts_are_sought_at_every_queue_and_source() -> None:
    """A filter says which contacts are asked about, not which count as coming again."""
    events = [
        waited("a", 1, "2026-11-03T09:00:00Z", source="north", contactId="ann"),
        waited("b", 1, "2026-11-04T09:00:00Z", source="south", contactId="ann"),
    ]
    totals = world_of(*events).ask(RESOLUTION, startDate="2026-11-01", endDate="2026-11-05", source="north")["totals"]
    assert (totals["answered"], totals["resolved"]) == (1, 0)
