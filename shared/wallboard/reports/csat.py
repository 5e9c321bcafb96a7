"""CSAT: answers to surveys, question by question."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, percent


def _of(value: Callable[[Any], Any]) -> Callable[[Cell, Any], Any]:
    """A column that is worked out from how often each score was given; None where it cannot be had."""

    def column(cell: Cell, asked: Any) -> Any:
        scores = cell("answers.scores")
        return None if scores is None else value(scores)

    return column


def _mean(scores: Any) -> Any:
    total = sum(Fraction(score) * count for (score, _), count in scores.items())
    return total / sum(scores.values()) if scores else None


def _top_two(scores: Any) -> Any:
    """The two highest answers of each scale; a scale that is not known goes to five."""
    top = sum(count for (score, scale), count in scores.items() if Fraction(score) > Fraction(scale or 5) - 2)
    return percent(top, sum(scores.values()))


def _exactly(score: int) -> Column:
    def given(scores: Any) -> int:
        return sum(count for (word, _), count in scores.items() if Fraction(word) == score)

    return Column(f"score_{score}", "answers", f"answers of {score}", _of(given))


REPORT = centre_report(
    id="wb-csat",
    name="CSAT Report",
    description="Answers to surveys: mean, the share of the two highest, and how often each score was given, per question.",
    definition="mean score of each question; top two: share of the two highest scores of its scale. Rows never mix questions; "
    "the totals are those of all answers",
    time_basis="time of the answer",
    columns=[
        Column("answers", "answers", "answers", _of(lambda scores: sum(scores.values()))),
        Column("mean", "score", "sum of scores / answers", _of(_mean)),
        Column("top_two", "percent", "answers with one of the two highest scores / answers", _of(_top_two)),
        *(_exactly(score) for score in range(1, 6)),
    ],
    bases=("answers.answers",),
    keys=("question_number", "question"),
)
