"""Every figure of a contact-centre report can be followed to its records, and these recount to it."""

import csv
import io
from random import Random
from typing import Any

import pytest

from tests.contract.centre import CENTRE, day_by_day, interaction, leg, spell, waited, world_of
from tests.contract.doors import Doors
from tests.contract.explained import check_figure, explain, explained, records
from tests.contract.records import page
from tests.fakes.world import World
from wallboard.runtime import wiring

DAY: dict[str, Any] = {"startDate": "2026-11-20", "endDate": "2026-11-20"}


def doors_of(world: World) -> Doors:
    wiring.use(world.parts)
    return Doors(world)


@pytest.fixture(scope="module")
def days() -> World:
    return world_of(*day_by_day(7, "2026-11-18T00:00:00Z", "2026-11-21T10:00:00Z"))


# ---- the records make the figure


@pytest.mark.parametrize("id", CENTRE)
def test_the_records_of_every_figure_of_the_totals_recount_to_it(id: str, days: World) -> None:
    doors = doors_of(days)
    report, told = doors.ask(id, **DAY), explained(doors, id, **DAY)
    assert {name: figure["value"] for name, figure in told["figures"].items()} == report["totals"]
    for name, figure in told["figures"].items():
        assert (figure["unit"], figure["formula"]) == tuple(
            report["definitions"][name][word] for word in ("unit", "formula")
        )
        check_figure(doors, name, figure)


@pytest.mark.parametrize("id", CENTRE)
def test_the_records_of_a_row_recount_to_its_figures(id: str, days: World) -> None:
    """Of some row in some part, with a filter."""
    doors, chance = doors_of(days), Random(id)
    asked: dict[str, Any] = DAY | {
        "granularity": "hour",
        "groupBy": ["source", "agent"],
        "source": ["north", "south"],
        "agentId": ["1", "2"],
    }
    if id == "wb-queue-figures":
        asked = DAY | {"granularity": "hour", "groupBy": ["source", "queue"]}
    rows = doors.ask(id, **asked)["rows"]
    for row in chance.sample(rows, min(4, len(rows))):
        told = explained(doors, id, row=row, **asked)
        assert {name: figure["value"] for name, figure in told["figures"].items()} == row["values"]
        assert told["row"].items() <= row.items()
        assert told["row"]["part"] == row["part"]
        for name, figure in told["figures"].items():
            check_figure(doors, name, figure, take=7)


def test_one_figure_can_be_asked_for() -> None:
    doors = doors_of(world_of(waited("a", 10), waited("b", 30), waited("c", 3, outcome="abandoned")))
    told = explained(doors, "wb-service-level", **DAY, figure="serviceLevel", threshold=20)
    [figure] = told["figures"].values()
    assert (figure["value"], figure["numerator"]["value"], figure["denominator"]["value"]) == (33.333333, 1, 3)
    assert [row["id"] for row in records(doors, figure["numerator"])] == ["a"]
    assert [row["id"] for row in records(doors, figure["denominator"])] == ["a", "b", "c"]
    assert told["window"] == {"from": "2026-11-20T00:00:00.000Z", "to": "2026-11-21T00:00:00.000Z"}
    assert (told["report"], told["row"], told["timezone"], told["partial"]) == ("wb-service-level", {}, "UTC", False)
    assert (told["sources"], told["timeBasis"]) == (["api"], "start of the interaction")


def test_a_record_says_how_much_it_adds() -> None:
    events = [leg(str(n), "i", agentId="ann", durations={"talk": n, "hold": 1, "wrap": 2}) for n in (0, 30)]
    doors = doors_of(world_of(interaction("i"), *events))
    figure = explained(doors, "wb-handle-time", **DAY)["figures"]["averageHandleTime"]
    assert [(row["id"], row["counted"]) for row in records(doors, figure["numerator"])] == [("0", 3), ("30", 33)]
    assert [(row["id"], row["counted"]) for row in records(doors, figure["denominator"])] == [("0", 1), ("30", 1)]


def test_what_a_wait_of_nothing_adds_is_a_value() -> None:
    """It adds nothing to a sum, and is one of those of which a median is taken."""
    doors = doors_of(world_of(waited("a", 0), waited("b", 0), waited("c", 9)))
    told = explained(doors, "wb-queue-time", **DAY)["figures"]
    assert [row["counted"] for row in records(doors, told["speedOfAnswerP50"]["values"])] == [0, 0, 9]
    assert [row["counted"] for row in records(doors, told["speedOfAnswerMean"]["numerator"])] == [9]


def test_a_spell_adds_what_lies_in_the_window() -> None:
    """Its pieces, one for each hour, under its own id."""
    doors = doors_of(world_of(spell("session", "s", "ann", "login", "2026-11-20T08:50:00Z", "2026-11-20T10:10:00Z")))
    part = {"startDate": "2026-11-20T09:30:00Z", "endDate": "2026-11-20T10:30:00Z"}
    figure = explained(doors, "wb-agent-summary", **part)["figures"]["logInTime"]
    rows = records(doors, figure["numerator"])
    assert [(row["id"], row["counted"]) for row in rows] == [("s", 1800), ("s", 600)]


def test_occupancy_says_what_is_taken_off() -> None:
    at_work = [
        spell("session", "in", "ann", "login", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"),
        spell("status", "out", "ann", "break", "2026-11-20T09:10:00Z", "2026-11-20T09:20:00Z"),
    ]
    doors = doors_of(world_of(*at_work, interaction("i"), leg("l", "i", agentId="ann", durations={"talk": 600})))
    figure = explained(doors, "wb-agent-summary", **DAY)["figures"]["occupancy"]
    assert (figure["value"], figure["denominator"]["value"]) == (20, 3000)
    rows = records(doors, figure["denominator"])
    assert [(row["kind"], row["id"], row["counted"]) for row in rows] == [
        ("session", "in", 3600),
        ("status", "out", -600),
    ]


def test_one_interaction_is_surveyed_once() -> None:
    answers = [
        {"kind": "survey", "id": str(n), "answeredAt": "2026-11-20T09:30:00Z", "interactionId": "i", "score": n}
        for n in (4, 5)
    ]
    doors = doors_of(world_of(interaction("i", outcome="answered"), interaction("j", outcome="answered"), *answers))
    figure = explained(doors, "wb-csat", **DAY)["figures"]["responseRate"]
    assert (figure["value"], figure["numerator"]["value"], figure["numerator"]["distinct"]) == (50, 1, "interactionId")
    assert [row["interactionId"] for row in records(doors, figure["numerator"])] == ["i", "i"]


def test_who_came_again_is_not_among_the_resolved() -> None:
    calls = [
        waited("a", 1, "2026-11-10T09:00:00Z", contactId="c"),
        waited("b", 1, "2026-11-16T09:00:00Z", contactId="c"),
        waited("d", 1, "2026-11-10T09:00:00Z", contactId="e"),
    ]
    doors = doors_of(world_of(*calls))
    period = {"startDate": "2026-11-10", "endDate": "2026-11-10"}
    figure = explained(doors, "wb-first-contact-resolution", **period)["figures"]["rate"]
    assert [row["id"] for row in records(doors, figure["numerator"])] == ["d"]
    assert [row["id"] for row in records(doors, figure["denominator"])] == ["a", "d"]


def test_an_interaction_that_ended_is_found_where_it_began() -> None:
    call = interaction("i", "2026-10-01T09:00:00Z", endedAt="2026-11-20T09:00:00Z")
    doors = doors_of(world_of(call, interaction("j", endedAt="2026-11-20T09:10:00Z")))
    figure = explained(doors, "wb-interactions-ended", **DAY)["figures"]["ended"]
    assert figure["value"] == 2
    assert [row["id"] for row in records(doors, figure["numerator"], take=1)] == ["i", "j"]


def test_a_figure_that_cannot_be_had_has_no_records() -> None:
    """Log-ins have no queue."""
    doors = doors_of(world_of(interaction("i", queueId="q"), leg("l", "i", agentId="ann", durations={"talk": 1})))
    figure = explained(doors, "wb-agent-summary", **DAY, groupBy=["queue"])["figures"]["occupancy"]
    assert figure["value"] is None
    assert figure["denominator"] == {"value": None, "records": []}


def test_a_row_that_the_input_leaves_out_counts_nothing() -> None:
    doors = doors_of(world_of(interaction("i", source="north"), interaction("j", source="south")))
    asked = DAY | {"groupBy": ["source"], "source": "north", "row": {"source": "south"}}
    figure = explained(doors, "wb-interaction-volume", **asked)["figures"]["interactions"]
    assert figure["value"] == 0
    assert records(doors, figure["numerator"]) == []


# ---- the list of records


def test_records_are_listed_as_others_are(days: World) -> None:
    doors = doors_of(days)
    figure = explained(doors, "wb-interaction-volume", **DAY)["figures"]["offered"]
    [place] = figure["numerator"]["records"]
    rows = records(doors, figure["numerator"])
    table = page(doors, place["kind"], headers={"accept": "text/csv"}, cursor=place["cursor"], take=1_000)
    lines = list(csv.DictReader(io.StringIO(table.text)))
    assert [line["id"] for line in lines] == [row["id"] for row in rows]
    assert {line["counted"] for line in lines} == {"1"}
    listed = page(doors, "interaction", from_="2026-11-20", to="2026-11-21", take=1_000).json()["items"]
    by_id = {item["id"]: item for item in listed}
    assert all(
        {**by_id[row["id"]], "counted": 1} == row for row in records(doors, figure["numerator"], scopes="read pii")
    )


def test_names_of_customers_are_for_keys_with_the_scope_pii() -> None:
    doors = doors_of(world_of(interaction("i", contactId="c", contactName="Zoë")))
    side = explained(doors, "wb-interaction-volume", **DAY)["figures"]["interactions"]["numerator"]
    names = [records(doors, side, scopes=scopes)[0]["contactName"] for scopes in ("read", "read pii")]
    assert names == ["•••", "Zoë"]


def test_nobody_reads_the_cursor_of_another() -> None:
    doors = doors_of(world_of(interaction("i")))
    [place] = explained(doors, "wb-interaction-volume", **DAY)["figures"]["interactions"]["numerator"]["records"]
    for kind, tenant, cursor in (
        ("interaction", "globex", place["cursor"]),
        ("leg", "acme", place["cursor"]),
        ("interaction", "acme", place["cursor"][:-1]),
        ("interaction", "acme", "counted."),
    ):
        status, code, message = page(doors, kind, tenant=tenant, cursor=cursor).error
        assert (status, code) == (400, "BAD_REQUEST")
        assert message.startswith("cursor: ")


def test_beside_such_a_cursor_nothing_can_be_asked() -> None:
    doors = doors_of(world_of(interaction("i")))
    [place] = explained(doors, "wb-interaction-volume", **DAY)["figures"]["interactions"]["numerator"]["records"]
    status, _, message = page(doors, "interaction", cursor=place["cursor"], from_="2026-11-20").error
    assert (status, message) == (400, "from: this cursor says what is listed; send nothing but take beside it")


# ---- refusals


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"figure": "offerd"}, 'figure: "offerd" is none of interactions, inbound'),
        ({"row": "north"}, "row: must be an object"),
        ({"row": {"colour": "red"}}, "row.colour: rows of this input are told apart by nothing, as there is but one"),
        ({"row": {"queue": "q"}, "groupBy": ["agent"]}, "row.queue: rows of this input are told apart by agent"),
        ({"row": {"part": "2026-11-19"}, "granularity": "day"}, 'row.part: "2026-11-19" is none of 2026-11-20'),
        ({"row": {"part": ["2026-11-20"]}, "granularity": "day"}, "row.part: must be a text"),
        ({"row": {"queue": 7}, "groupBy": ["queue"]}, "row.queue: must be a text as a row of the report has it, not 7"),
        ({"groupBy": ["colour"]}, "groupBy.0: "),
        ({"startDate": "2027-01-01", "endDate": "2027-01-02"}, "startDate: "),
    ],
)
def test_what_cannot_be_explained_is_refused_by_name(asked: dict[str, Any], said: str) -> None:
    doors = doors_of(world_of(interaction("i")))
    status, code, message = explain(doors, "wb-interaction-volume", **DAY | asked).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith(said), message


def test_reports_of_agents_and_unknown_ones_are_refused() -> None:
    doors = doors_of(world_of(interaction("i")))
    ours = next(report for report in doors.world.parts.catalog if report.category == "engagement")
    assert explain(doors, ours.id).error[0] == 400
    assert "cannot be followed" in explain(doors, ours.id).error[2]
    assert explain(doors, "no-such-report").error[0] == 404


def test_a_list_goes_on_also_where_the_question_is_long() -> None:
    """As long as it may be, of facts with ids as long as they may be."""
    ids = ["ü" * 255 + letter for letter in "abc"]
    doors = doors_of(world_of(*(interaction(id, source="s" * 64, queueId="q") for id in ids)))
    queues = ["q", *("q" * 100 + str(n) for n in range(30))]
    figure = explained(doors, "wb-interaction-volume", **DAY, queueId=queues)["figures"]["interactions"]
    assert 4_000 < len(figure["numerator"]["records"][0]["cursor"]) < 5_500
    assert [row["id"] for row in records(doors, figure["numerator"], take=1)] == ids


def test_a_page_is_never_larger_than_what_lambda_hands_on() -> None:
    """Nine hundred records of nine kilobytes."""
    calls = [interaction(f"i{n:03}", recording="r" * 9_000) for n in range(900)]
    world = world_of()
    for part in (calls[:300], calls[300:600], calls[600:]):
        assert not world.push(*part).rejected
    world.fold()
    doors = doors_of(world)
    [place] = explained(doors, "wb-interaction-volume", **DAY)["figures"]["interactions"]["numerator"]["records"]
    answer = page(doors, "interaction", cursor=place["cursor"], take=1_000)
    assert len(answer.text) < 6_000_000
    assert 0 < len(answer.json()["items"]) < 900
    figure = explained(doors, "wb-interaction-volume", **DAY)["figures"]["interactions"]
    assert len(records(doors, figure["numerator"])) == 900


def test_first_contacts_are_judged_as_of_the_explanation() -> None:
    world = world_of(waited("a", 1, "2026-11-20T09:00:00Z", contactId="c"), waited("b", 1, contactId="d"))
    doors = doors_of(world)
    figure = explained(doors, "wb-first-contact-resolution", **DAY)["figures"]["resolved"]
    world.at += 3_600_000
    world.push(waited("later", 1, world.at - 60_000, contactId="c"))
    world.fold()
    assert (figure["value"], [row["id"] for row in records(doors, figure["numerator"])]) == (2, ["a", "b"])


def test_filters_that_are_too_long_for_an_address_are_refused() -> None:
    doors = doors_of(world_of(interaction("i")))
    status, _, message = explain(
        doors, "wb-interaction-volume", **DAY, queueId=["q" * 250 + str(n) for n in range(90)]
    ).error
    assert status == 400
    assert "too long for a cursor" in message
