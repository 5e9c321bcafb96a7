"""The cookbook says what a client is answered, and its answers are those that the vendor's reference gives for the sample day:
reference/gladly.md, section 10, column "full"."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import cookbook
from tests.contract.doors import Doors
from tests.contract.explained import explained, records
from tests.contract.records import listed
from wallboard.runtime import wiring

INITIATED, ENDED, IN_CONVERSATION, OUTBOUND, GIVEN, AGENTS, SPEED, EXPLAINED = cookbook.RECIPES


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    yield cookbook.sample_day()
    wiring.use(None)


def test_the_page_is_what_a_client_is_answered_today() -> None:
    try:
        assert cookbook.PAGE.read_text("utf-8") == cookbook.page(), "run python -m tests.contract.cookbook"
    finally:
        wiring.use(None)


@pytest.fixture
def say(doors: Doors) -> Any:
    wiring.use(doors.world.parts)
    return lambda recipe: cookbook.answer(doors, recipe)


def test_42_contacts_were_initiated(say: Any) -> None:
    assert say(INITIATED)["totals"]["interactions"] == 42


def test_42_contacts_ended_two_of_them_when_the_day_was_over(say: Any) -> None:
    found = say(ENDED)
    assert found["totals"]["ended"] == 42
    assert found["totals"]["abandoned"] == 5
    assert {row["part"]: row["values"]["ended"] for row in found["rows"]} == {"2024-03-12": 40, "2024-03-13": 2}


def test_all_contacts_were_part_of_one_of_40_conversations(say: Any, doors: Doors) -> None:
    found = say(IN_CONVERSATION)
    assert found["totals"]["inConversation"] == sum(row["values"]["inConversation"] for row in found["rows"]) == 42
    contacts = listed(doors, "interaction", scopes="read", from_="2024-03-12", to="2024-03-14")
    assert (len(contacts), len({each["conversationId"] for each in contacts})) == (42, 40)


def test_6_contacts_were_outbound(say: Any) -> None:
    found = say(OUTBOUND)
    assert found["totals"]["outbound"] == sum(row["values"]["outbound"] for row in found["rows"]) == 6


def test_two_agents_worked_on_the_given_contact(say: Any) -> None:
    found = say(GIVEN)
    assert {item["interactionId"] for item in found["items"]} == {"contact:w0sBRttcs9ZTClbo_BxG-A"}
    assert len({item["agentId"] for item in found["items"]}) == 2
    assert "cursor" not in found


def test_7_contacts_had_nobody_30_one_agent_and_5_two(say: Any, doors: Doors) -> None:
    """And as many as their legs name, contact by contact."""
    totals = say(AGENTS)["totals"]
    assert [totals[name] for name in ("byNobody", "byOne", "bySeveral")] == [7, 30, 5]
    assert totals["agentsPerContact"] == round((30 + 2 * 5) / 42, 6)
    span: dict[str, Any] = {"from_": "2024-03-12", "to": "2024-03-14"}
    agents: dict[str, set[str]] = {each["id"]: set() for each in listed(doors, "interaction", scopes="read", **span)}
    for leg in listed(doors, "leg", scopes="read", **span):
        agents[leg["interactionId"]] |= {leg["agentId"]} - {None}
    assert sorted(map(len, agents.values())) == [0] * 7 + [1] * 30 + [2] * 5


def test_the_average_speed_of_answer_was_23_143_seconds_on_the_telephone(say: Any) -> None:
    """Of 14; over all channels 2,703.5 of 30, which shows why to split by channel."""
    found = say(SPEED)
    [voice] = [row["values"] for row in found["rows"] if row["channel"] == "voice"]
    assert (round(voice["speedOfAnswerMean"], 3), voice["answered"]) == (23.143, 14)
    assert (found["totals"]["speedOfAnswerMean"], found["totals"]["answered"]) == (2703.5, 30)


def test_the_speed_of_answer_leads_to_its_14_calls(doors: Doors) -> None:
    wiring.use(doors.world.parts)
    assert EXPLAINED.asked is not None
    figure = explained(doors, "wb-queue-time", **EXPLAINED.asked)["figures"]["speedOfAnswerMean"]
    calls = records(doors, figure["denominator"])
    assert (len(calls), {call["channel"] for call in calls}) == (14, {"voice"})
    assert round(sum(call["counted"] for call in records(doors, figure["numerator"])) / len(calls), 3) == 23.143
