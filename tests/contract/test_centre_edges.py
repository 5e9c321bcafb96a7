"""What contact-centre reports once got wrong, each with the least that shows it."""

from typing import Any

import pytest

from tests.contract.centre import RESOLUTION, interaction, leg, spell, waited, world_of
from wallboard.errors import InvalidRequest
from wallboard.model.time import parse_instant

DAY = {"startDate": "2026-11-20", "endDate": "2026-11-20"}
TALKED: dict[str, Any] = {"durations": {"talk": 60}}


def totals(id: str, *events: dict[str, Any], **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = world_of(*events).ask(id, **DAY, **asked)["totals"]
    return found


def test_two_agents_are_a_transfer_also_where_none_is_reported() -> None:
    """metrics.md: interactions with more than one agent, or reported transfers."""
    legs = [leg(name, "i", agentId=name, acceptedAt="2026-11-20T09:01:00Z") for name in ("ann", "bob")]
    assert totals("wb-transfers", interaction("i", transfers=0), *legs)["transferred"] == 1


def test_who_did_not_take_a_call_has_not_worked_on_it() -> None:
    """It rang at Ann, who missed it, and at Bob, who took it: one agent, no transfer."""
    legs = [
        leg("1", "i", agentId="ann", outcome="missed"),
        leg("2", "i", agentId="bob", outcome="accepted", acceptedAt="2026-11-20T09:01:00Z"),
    ]
    found = totals("wb-transfers", interaction("i"), *legs)
    assert (found["agentsPerContact"], found["transfers"], found["transferred"]) == (1, 0, 0)


def test_time_away_adds_up_where_agents_tell_it_in_two_ways() -> None:
    minute = ("2026-11-20T09:00:00Z", "2026-11-20T09:01:00Z")
    spells = [spell("session", "1", "ann", "away", *minute), spell("status", "2", "bob", "break", *minute)]
    spells += [spell("session", f"in-{who}", who, "login", *minute) for who in ("ann", "bob")]
    answer = world_of(*spells).ask("wb-agent-summary", **DAY)
    assert [row["values"]["awayTime"] for row in answer["rows"]] == [60, 60]
    assert answer["totals"]["awayTime"] == 120


@pytest.mark.parametrize("kind", ["session", "status"])
def test_a_pushed_spell_stands_in_the_hours_in_which_it_lies(kind: str) -> None:
    """facts.md: spells are cut at full hours, so that time in a state can be asked for any window."""
    id = {"session": "wb-agent-summary", "status": "wb-agent-status-time"}[kind]
    column, word = {"session": ("logInTime", "login"), "status": ("time", "busy")}[kind]
    world = world_of(spell(kind, "1", "ann", word, "2026-11-19T23:30:00Z", "2026-11-20T01:00:00Z"))
    assert world.ask(id, **DAY)["totals"][column] == 3600
    assert world.ask(id, startDate="2026-11-19", endDate="2026-11-19")["totals"][column] == 1800


def test_a_spell_that_begins_on_the_hour_is_counted() -> None:
    """Neither as none nor as one for each of its hours."""
    world = world_of(spell("status", "1", "ann", "busy", "2026-11-20T09:00:00Z", "2026-11-20T11:00:00Z"))
    assert world.ask("wb-agent-status-time", **DAY)["totals"] == {"time": 7200, "spells": 1}


def test_an_immense_duration_does_not_stop_an_hour_from_being_folded() -> None:
    """Of events it is refused by name; what a source has added up may be any number, and is then no time."""
    immense = 1e306
    world = world_of(
        interaction("i"),
        leg("l", "i", agentId="ann", acceptedAt="2026-11-20T09:00:00Z", **TALKED),
        {"kind": "interaction_detail", "id": "d", "interactionId": "i", "anchoredAt": "2026-11-20T09:00:00Z",
         "figures": {"hold": immense, "wrap": -immense}},
        {"kind": "agent_interval", "id": "a", "agentId": "ann", "startedAt": "2026-11-20T09:00:00Z",
         "endedAt": "2026-11-20T09:15:00Z", "figures": {"log_in": immense, "away": -immense, "acd": immense}},
    )  # fmt: skip
    [rejection] = world.push(leg("m", "i", durations={"talk": immense})).rejected
    assert (rejection.field, rejection.code) == ("durations.talk", "INVALID")
    [rejection] = world.push({"kind": "survey", "id": "s", "answeredAt": 0, "score": immense}).rejected
    assert rejection.field == "score"
    found = world.ask("wb-agent-summary", **DAY)["totals"]
    assert (found["contacts"], found["workTime"], found["logInTime"]) == (1, 60, None)


def test_percentiles_of_weeks_are_as_exact_as_others() -> None:
    """Three mails that waited twenty days."""
    days = 20 * 86_400
    found = totals("wb-queue-time", *(waited(str(n), days, channel="email") for n in range(3)))
    assert abs(found["speedOfAnswerP50"] - days) <= days / 100


def test_who_was_answered_by_a_leg_waited_until_then() -> None:
    call = interaction("i", queuedAt="2026-11-20T09:00:00Z", endedAt="2026-11-20T09:05:00Z")
    found = totals("wb-queue-time", call, leg("l", "i", agentId="ann", acceptedAt="2026-11-20T09:00:10Z"))
    assert (found["answered"], found["speedOfAnswerMean"]) == (1, 10)


def test_handle_time_is_divided_by_answered_legs() -> None:
    """metrics.md: (talk + hold + wrap) / answered legs."""
    legs = [leg("1", "i", outcome="missed", durations={"talk": 0}), leg("2", "i", outcome="accepted", **TALKED)]
    found = totals("wb-handle-time", interaction("i"), *legs)
    assert (found["handled"], found["averageHandleTime"]) == (1, 60)


def test_scores_keep_all_their_digits() -> None:
    score = 4.1234567
    survey = {"kind": "survey", "id": "1", "answeredAt": "2026-11-20T09:00:00Z", "score": score}
    assert totals("wb-csat", survey)["mean"] == round(score, 6)


@pytest.mark.parametrize(
    ("id", "place"), [("wb-csat", "channel"), ("wb-csat", "queue"), ("wb-agent-status-time", "team")]
)
def test_a_group_that_a_report_does_not_know_is_refused(id: str, place: str) -> None:
    """Decision 12: what a report cannot answer it refuses by name. An empty list says that there is nothing."""
    survey = {"kind": "survey", "id": "1", "answeredAt": "2026-11-20T09:00:00Z", "score": 4}
    busy = spell("status", "2", "ann", "busy", "2026-11-20T09:00:00Z", "2026-11-20T09:01:00Z")
    world = world_of(survey, busy)
    assert any(world.ask(id, **DAY)["totals"].values())
    with pytest.raises(InvalidRequest, match=f"^groupBy: .*{place}"):
        world.ask(id, **DAY, groupBy=[place])


def test_parts_stand_beside_the_period_before_or_are_refused() -> None:
    """The input says: beside each row the same of the period before."""
    try:
        rows = world_of(waited("i", 1)).ask("wb-queue-time", **DAY, granularity="hour", compare=True)["rows"]
    except InvalidRequest:
        return
    assert all("previous" in row for row in rows)


def test_first_contacts_have_no_more_rows_than_others() -> None:
    week = {"startDate": "2026-11-14", "endDate": "2026-11-20", "granularity": "15min"}
    world = world_of(*(waited(str(n), 1, contactId=f"c-{n}", agentId=f"a-{n}") for n in range(15)))
    with pytest.raises(InvalidRequest, match=r"^groupBy: 15 groups in 672 parts"):
        world.ask(RESOLUTION, **week, groupBy=["agent"])


def test_first_contacts_call_agents_queues_and_teams_by_their_names() -> None:
    called = {
        "agentId": "1",
        "agentName": "Ann",
        "queueId": "q",
        "queueName": "Sales",
        "teamId": "t",
        "teamName": "Red",
    }
    world = world_of(waited("i", 1, contactId="c", **called))
    [row] = world.ask(RESOLUTION, **DAY, groupBy=["queue", "team", "agent"])["rows"]
    assert [row.get(f"{place}Name") for place in ("queue", "team", "agent")] == ["Sales", "Red", "Ann"]


def test_work_of_a_source_without_log_ins_is_in_nobodys_time() -> None:
    """600 s of the hour for which Ann was logged in; how long Bob was, nobody says."""
    north, south = {"source": "north"}, {"source": "south"}
    found = totals(
        "wb-agent-summary",
        spell("session", "s", "ann", "login", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", **north),
        leg("1", "i", agentId="ann", durations={"talk": 600}, **north),
        leg("2", "j", agentId="bob", durations={"talk": 3000}, **south),
    )
    assert (found["workTime"], found["logInTime"]) == (3600, 3600)
    assert (found["occupancy"], found["utilisation"]) == (16.666667, 16.666667)


def test_log_in_time_that_nobody_told_is_not_zero() -> None:
    """metrics.md: null is what is not known, 0 what was measured as zero."""
    [row] = world_of(interaction("i"), leg("l", "i", agentId="ann", **TALKED)).ask("wb-agent-summary", **DAY)["rows"]
    assert (row["values"]["logInTime"], row["values"]["awayTime"]) == (None, None)


def test_the_last_disposition_does_not_depend_on_how_it_came() -> None:
    """Of two legs without an end nothing says which was the last: then the ids decide."""
    legs = [leg(name, "i", agentId=name, disposition=f"by {name}") for name in ("ann", "bob")]
    call = interaction("i", outcome="answered")
    together, apart = world_of(call, *legs), world_of(call)
    for part in reversed(legs):
        apart.push(part)
    apart.fold()
    found = [world.ask("wb-dispositions", **DAY)["rows"] for world in (together, apart)]
    assert found[0] == found[1]


def test_a_spell_that_ends_tomorrow_makes_nothing_fresher() -> None:
    """Its later pieces are no news: how fresh the facts are, their beginnings say."""
    now, tomorrow = "2026-11-21T10:20:00Z", "2026-11-22T18:00:00Z"
    world = world_of(spell("status", "s", "ann", "busy", "2026-11-21T09:00:00Z", tomorrow), now=now)
    answer = world.ask("wb-agent-status-time", periodDays=2)
    assert answer["dataThrough"] == "2026-11-21T09:00:00.000Z"
    assert max(world.parts.rollups.newest("acme", ["statuses"]).values()) == parse_instant("2026-11-21T09:00:00Z")


def test_a_body_of_endless_spells_is_refused_whole() -> None:
    world = world_of(interaction("i"))
    long = [spell("session", str(n), "ann", "login", "2026-08-25T00:00:00Z", "2026-11-20T00:00:00Z") for n in range(13)]
    with pytest.raises(InvalidRequest, match=r"lie in 27,\d+ hours in all; at most 25,000"):
        world.push(*long)
