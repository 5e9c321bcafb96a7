"""The cookbook says what the reports answer, and its answers are those that the vendor's reference gives for the sample day."""

from functools import cache
from typing import Any

from tests.contract import cookbook


@cache
def answers() -> list[dict[str, Any]]:
    world = cookbook.sample_day()
    return [cookbook.answer(world, recipe) for recipe in cookbook.RECIPES]


def test_the_page_is_what_the_reports_answer_today() -> None:
    assert cookbook.PAGE.read_text("utf-8") == cookbook.page(), "run python -m tests.contract.cookbook"


def test_the_answers_are_those_of_the_reference() -> None:
    """42 contacts, 6 outbound; 7 with nobody, 30 with one and 5 with two agents; 23.143 s on the telephone."""
    initiated, outbound, agents, speed = answers()
    assert initiated["totals"]["interactions"] == 42
    assert outbound["totals"]["outbound"] == sum(row["values"]["outbound"] for row in outbound["rows"]) == 6
    assert [agents["totals"][name] for name in ("byNobody", "byOne", "bySeveral")] == [7, 30, 5]
    [voice] = [row["values"] for row in speed["rows"] if row["channel"] == "voice"]
    assert (round(voice["speedOfAnswerMean"], 3), voice["answered"]) == (23.143, 14)
    assert speed["totals"]["speedOfAnswerMean"] == 2703.5
