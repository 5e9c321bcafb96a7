"""Contact-centre reports count as metrics.md has it: service levels in all six ways, speed of answer to the millisecond, null
where nothing can be computed; and what they cannot answer they refuse by name."""

from fractions import Fraction
from math import ceil
from random import Random
from typing import Any

import pytest

from tests.contract.centre import (
    BUILT,
    CENTRE,
    RESOLUTION,
    SHARED,
    add_up,
    interaction,
    is_delivered,
    spell,
    waited,
    world_of,
)
from tests.contract.doors import BATCH, Doors, single
from tests.fakes.world import World
from wallboard.errors import InvalidRequest
from wallboard.measures.blocks import Block, FoldedHour
from wallboard.measures.cube import Cells
from wallboard.measures.cubes import CUBES
from wallboard.measures.durations import Spread, durations
from wallboard.measures.monoids import Sum
from wallboard.reports.service_level import formulas

DAY = {"startDate": "2026-11-20", "endDate": "2026-11-20"}
ICMI = {
    "answered_plus_abandoned_in": 83.02,
    "answered_only": 86.00,
    "offered": 81.13,
    "exclude_abandoned_in": 82.69,
    "short_as_met": 82.08,
    "exclude_short": 81.90,
}
"""The example of metrics.md: 1,000 answered, 860 of these within 20 s; 60 abandoned, 20 of these within 20 s and 10 at once."""


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


# ---- service level


@pytest.fixture(scope="module")
def icmi() -> World:
    """1,060 interactions, of which some lie exactly on a threshold, and others a millisecond beside it."""
    chance = Random(1)
    answered = [20, 20, 0, *(chance.randrange(20_001) / 1000 for _ in range(857))]
    answered += [20.001, *(chance.randrange(20_001, 600_000) / 1000 for _ in range(139))]
    abandoned = [5, 0, *(chance.randrange(5_001) / 1000 for _ in range(8))]
    abandoned += [5.001, 20, *(chance.randrange(5_001, 20_001) / 1000 for _ in range(8))]
    abandoned += [20.001, *(chance.randrange(20_001, 600_000) / 1000 for _ in range(39))]
    events = [waited(f"an-{number}", time) for number, time in enumerate(answered)]
    events += [waited(f"ab-{number}", time, outcome="abandoned") for number, time in enumerate(abandoned)]
    assert len(events) == 1_060
    return world_of(*events)


def test_the_six_formulas_are_those_of_the_example() -> None:
    found = formulas(1000, 860, 60, 20, 10)
    assert {name: float(round(Fraction(100 * met, of), 2)) for name, (met, of) in found.items()} == ICMI


@pytest.mark.parametrize("formula", ICMI)
def test_pushed_interactions_have_the_service_levels_of_the_example(icmi: World, formula: str) -> None:
    totals = icmi.ask("wb-service-level", **DAY, formula=formula)["totals"]
    assert {name: round(totals[camel(f"by_{name}")], 2) for name in ICMI} == ICMI
    assert totals["serviceLevel"] == totals[camel(f"by_{formula}")]
    counted = [
        totals[name] for name in ("answered", "answeredWithin", "abandoned", "abandonedWithin", "shortAbandoned")
    ]
    assert counted == [1000, 860, 60, 20, 10]
    assert icmi.ask("wb-queue-performance", **DAY, formula=formula)["totals"]["serviceLevel"] == totals["serviceLevel"]


def test_first_contacts_of_too_many_interactions_are_refused_before_they_are_read() -> None:
    """They are read one by one: so many that no answer has the time for it."""
    world, cube, day = World(), CUBES["interactions"], "2026-11-20"
    many = {name: 0 if isinstance(kind, Sum) else kind.merge(()) for name, kind in cube.measures.items()}
    cells: Cells = {(*["x"] * len(cube.dimensions), 40): (*(many | {"interactions": 200_001}).values(),)}
    block = Block(cube, day).with_hours([FoldedHour(10, cells, b"12345678", 0)])
    world.parts.rollups.save("acme", block, replaces=world.parts.rollups.load("acme", cube, day))
    with pytest.raises(InvalidRequest, match=r"^startDate: 200,001 interactions .*shorter period"):
        world.ask(RESOLUTION, **DAY)
    asked = world.store.calls["query"]
    assert asked < 10, "it reads the hours of a day and of a week behind it"


def test_the_answer_repeats_threshold_grace_and_formula() -> None:
    said = world_of().ask("wb-service-level", **DAY, threshold=7, grace=3, formula="exclude_short")["definitions"]
    assert (
        said["serviceLevel"]["formula"] == "by the formula exclude_short, within 7 s; who left within 3 s left at once"
    )
    assert said["byExcludeShort"]["formula"] == "answered within 7 s / (answered + abandoned - abandoned within 3 s)"
    assert said["answeredWithin"]["formula"] == "answered within 7 s"


def test_without_anybody_every_service_level_is_null() -> None:
    totals = world_of().ask("wb-service-level", **DAY)["totals"]
    assert {totals[name] for name in ("serviceLevel", *(camel(f"by_{formula}") for formula in ICMI))} == {None}


def test_only_what_divides_by_nothing_is_null() -> None:
    """Three left at once, and nobody was answered."""
    world = world_of(*(waited(str(number), 3, outcome="abandoned") for number in range(3)))
    found = world.ask("wb-service-level", **DAY)["totals"]
    assert [name for name in ICMI if found[camel(f"by_{name}")] is None] == [
        "answered_only",
        "exclude_abandoned_in",
        "exclude_short",
    ]
    assert (found["byOffered"], found["byShortAsMet"]) == (0, 100)


def test_every_threshold_up_to_two_minutes_is_exact_to_the_millisecond() -> None:
    """Three waits around each second; and one of a tenth of a second."""
    waits = [100, *(max(0, second * 1000 + beside) for second in range(122) for beside in (-1, 0, 1))]
    events = [
        waited(f"{outcome}-{n}", ms / 1000, outcome=outcome)
        for outcome in ("answered", "abandoned")
        for n, ms in enumerate(waits)
    ]
    world = world_of(*events)
    for threshold in range(121):
        totals = world.ask("wb-service-level", **DAY, threshold=threshold, grace=120 - threshold)["totals"]
        within = sum(ms <= threshold * 1000 for ms in waits)
        short = sum(ms <= (120 - threshold) * 1000 for ms in waits)
        assert (totals["answeredWithin"], totals["abandonedWithin"], totals["shortAbandoned"]) == (
            within,
            within,
            short,
        )


def test_a_wait_is_from_the_queue_to_the_first_person() -> None:
    times = {"queuedAt": "2026-11-20T09:00:00.250Z", "answeredAt": "2026-11-20T09:00:20.250Z"}
    totals = world_of(interaction("a", **times)).ask("wb-service-level", **DAY)["totals"]
    assert (totals["offered"], totals["answered"], totals["answeredWithin"]) == (1, 1, 1)
    later = times | {"answeredAt": "2026-11-20T09:00:20.251Z"}
    assert world_of(interaction("a", **later)).ask("wb-service-level", **DAY)["totals"]["answeredWithin"] == 0


# ---- percentiles


@pytest.mark.parametrize("longest", [1_000, 120_000, 200_000, 7_200_000, 8 * 24 * 3_600_000])
@pytest.mark.parametrize("count", [1, 2, 10, 19, 20, 101])
def test_percentiles_go_by_the_nearest_rank(longest: int, count: int) -> None:
    """To the second up to two minutes, within 1 % beyond."""
    chance = Random(longest + count)
    for _ in range(20):
        values = sorted(chance.randrange(longest + 1) for _ in range(count))
        spread = Spread(*durations(values))
        for share in (50, 90, 95):
            exact = Fraction(values[max(1, ceil(Fraction(count * share, 100))) - 1], 1000)
            found = spread.percentile(share)
            assert found is not None
            if exact <= 120:
                assert exact <= found < exact + 1
            else:
                assert abs(found - exact) <= exact / 100
            assert found <= Fraction(values[-1], 1000)
        assert (spread.mean, spread.max) == (Fraction(sum(values), 1000 * count), Fraction(values[-1], 1000))


def test_whole_seconds_up_to_two_minutes_are_exact_in_the_report() -> None:
    events = [waited(str(second), second) for second in range(1, 101)]
    totals = world_of(*events).ask("wb-queue-time", **DAY)["totals"]
    assert [totals[f"speedOfAnswer{name}"] for name in ("P50", "P90", "P95", "Max", "Mean")] == [50, 90, 95, 100, 50.5]


# ---- null, 0, empty


@pytest.mark.parametrize("id", CENTRE)
def test_where_nothing_happened_counts_are_0_and_the_rest_is_null(id: str) -> None:
    answer = World().ask(id)
    sums = set(add_up(answer))
    # A mean of nothing is not zero; and which sources tell of log-ins, of surveys, of hold, or deliver figures, nobody knows.
    sums = {name for name in sums | SHARED & {*answer["totals"]} if not is_delivered(id, name)}
    sums -= {"answeredInbound", "held"}
    assert {name: answer["totals"][name] for name in sums} == dict.fromkeys(sums, 0)
    assert {answer["totals"][name] for name in answer["totals"].keys() - sums} <= {None}
    assert answer["sources"] == []
    assert World().ask(id, groupBy=["source"])["rows"] == []


@pytest.mark.parametrize("id", CENTRE)
def test_every_figure_is_defined(id: str) -> None:
    answer = World().ask(id)
    assert list(answer["definitions"]) == list(answer["totals"])
    for name, about in answer["definitions"].items():
        assert about["unit"]
        assert about["formula"]
        assert about.get("approximate", False) is bool(name.lower().endswith(("p50", "p90", "p95"))), name


def test_zero_is_measured_and_null_is_not() -> None:
    world = world_of(waited("a", 0), interaction("b", outcome="answered", queuedAt="2026-11-20T09:00:00Z"))
    totals = world.ask("wb-queue-time", **DAY)["totals"]
    assert (totals["answered"], totals["speedOfAnswerMean"], totals["waitToAbandonMean"]) == (2, 0, None)


def test_who_was_away_for_the_whole_log_in_has_no_occupancy() -> None:
    at = ("2026-11-20T09:00:00Z", "2026-11-20T09:10:00Z")
    world = world_of(spell("session", "1", "ann", "login", *at), spell("session", "2", "ann", "away", *at))
    [row] = world.ask("wb-agent-summary", **DAY)["rows"]
    assert [row["values"][name] for name in ("logInTime", "awayTime", "occupancy", "utilisation")] == [
        600,
        600,
        None,
        0,
    ]


# ---- refusals


def refusal(world: World, id: str, asked: dict[str, Any]) -> str:
    """What a client is told; the same alone and in a batch."""
    doors = Doors(world)
    status, code, message = doors.send("POST", single(id), asked).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert doors.send("POST", BATCH, {id: asked}).json() == {id: {"error": message}}
    return message


@pytest.mark.parametrize("id", CENTRE)
@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"groupBy": ["nobody"]}, "groupBy"),
        ({"groupBy": ["agent", "agent"]}, "groupBy: names something twice"),
        ({"groupBy": "agent"}, "groupBy"),
        ({"granularity": "minute"}, "granularity"),
        (
            {"granularity": "15min", "startDate": "2026-11-01", "endDate": "2026-11-09"},
            "granularity: 15min is for periods of at",
        ),
        ({"source": []}, "source"),
        ({"queueId": ["x"] * 101}, "queueId"),
        ({"agentId": 7}, "agentId"),
        ({"periodDays": 367}, "periodDays"),
        ({"botId": "b"}, "botId: this report"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_makes_no_sense_is_refused_by_name(
    world: World, doors: Doors, id: str, asked: dict[str, Any], word: str
) -> None:
    assert refusal(world, id, asked).startswith(word)


@pytest.mark.parametrize("id", ["wb-service-level", "wb-queue-performance", "wb-abandonment"])
@pytest.mark.parametrize("name", ["threshold", "grace"])
@pytest.mark.parametrize("given", [121, -1, 20.5, "20", None])
def test_a_threshold_is_a_whole_number_of_seconds_up_to_two_minutes(
    world: World, doors: Doors, id: str, name: str, given: Any
) -> None:
    if name in CENTRE[id].input.model_fields:
        assert refusal(world, id, {name: given}).startswith(f"{name}: ")


def test_a_formula_that_nobody_knows_is_refused_with_those_that_there_are(world: World, doors: Doors) -> None:
    message = refusal(world, "wb-service-level", {"formula": "erlang"})
    assert message.startswith("formula: ")
    assert all(name in message for name in ICMI)


def test_first_contacts_stand_beside_no_other_period(world: World, doors: Doors) -> None:
    assert refusal(world, RESOLUTION, {"compare": True}).startswith("compare: ")


WEEK = {"startDate": "2026-11-14", "endDate": "2026-11-20", "granularity": "15min"}
"""672 quarters."""


@pytest.mark.parametrize(
    "id", [id for id in BUILT if not id.startswith(("wb-agent-status", "wb-csat", "wb-queue-figures"))]
)
def test_an_answer_of_more_than_ten_thousand_rows_says_what_to_narrow(id: str) -> None:
    """15 × 672 = 10,080; 14 × 672 = 9,408."""
    ended = "2026-11-20T09:02:00Z"
    events = [
        waited(str(number), 1, agentId=f"a-{number:02}", queueId=f"q-{number:02}", endedAt=ended)
        for number in range(15)
    ]
    events += [
        {"kind": "leg", "id": str(number), "interactionId": str(number), "interactionStartedAt": events[number]["startedAt"],
         "agentId": f"a-{number:02}", "durations": {"talk": 1}}
        for number in range(15)
    ]  # fmt: skip
    world = world_of(*events)
    with pytest.raises(InvalidRequest) as refused:
        world.ask(id, **WEEK, groupBy=["agent"])
    message = str(refused.value)
    assert message.startswith("groupBy: 15 groups in 672 parts are more than the 10000 rows")
    for narrower in ("shorter period", "coarser granularity", "fewer groups", "source", "queue", "agent"):
        assert narrower in message
    answer = world.ask(id, **WEEK, groupBy=["agent"], agentId=[f"a-{number:02}" for number in range(14)])
    assert len(answer["rows"]) == 14 * 672
