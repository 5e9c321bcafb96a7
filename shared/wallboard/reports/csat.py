"""CSAT: answers to surveys, question by question."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, percentage
from wallboard.reports._interactions import count

_KEYS = ("question_number", "question")
_SCORES = range(1, 6)


def _of(value: Callable[[Any], Any]) -> Callable[[Cell, Any], Any]:
    """What is worked out from how often each score was given on which scale."""

    def column(cell: Cell, asked: Any) -> Any:
        scores = cell("answers.scores")
        return None if scores is None else value(scores)

    return column


def _sum(scores: Any) -> Fraction:
    return sum((Fraction(score) * times for (score, _), times in scores.items()), Fraction(0))


def _top_two(scores: Any) -> int:
    """How many of the two highest answers of each scale; a scale that is not known goes to five."""
    return sum(times for (score, scale), times in scores.items() if Fraction(score) > Fraction(scale or 5) - 2)


def _answers(cell: Cell, asked: Any) -> Any:
    return cell("answers.answers")


def _exactly(score: int) -> Column:
    def given(scores: Any) -> int:
        return sum(times for (word, _), times in scores.items() if Fraction(word) == score)

    return Column(f"score_{score}", "answers", f"answers of {score}", _of(given))


def _other(scores: Any) -> int:
    return sum(times for (word, _), times in scores.items() if Fraction(word) not in _SCORES)


def _answered_inbound(cell: Cell, asked: Any) -> Any:
    """None where no source tells of surveys; those that do not are not asked about."""
    tellers = cell.tellers("answers.answers")
    if not tellers:
        return None
    return cell("interactions.interactions", across=_KEYS, source=tellers, direction="inbound", outcome="answered")


_SURVEYED = Column(
    "surveyed",
    "interactions",
    "different interactions of which there is an answer; an answer that names none is one of its own",
    lambda cell, asked: cell("answers.surveyed"),
    distinct="interactionId",
)
_ANSWERED_INBOUND = Column(
    "answered_inbound",
    "interactions",
    "inbound, and connected to a person, of the sources that tell of surveys",
    _answered_inbound,
)

REPORT = centre_report(
    id="wb-csat",
    name="CSAT Report",
    description="Answers to surveys: mean, the share of the two highest, how often each score was given, and how many of those "
    "who were answered said anything, per question.",
    definition="mean score of each question; top two: share of the two highest scores of its scale; response rate: surveyed "
    "interactions / answered inbound. Rows never mix questions; the totals are those of all answers",
    time_basis="time of the answer; start of the interaction for what was answered inbound",
    columns=[
        count("answers", "answers", "answers", "answers.answers"),
        Column("mean", "score", "sum of scores / answers", _of(_sum), _answers),
        percentage("top_two", "answers with one of the two highest scores / answers", _of(_top_two), _answers),
        *(_exactly(score) for score in _SCORES),
        Column("score_other", "answers", "answers of any other score", _of(_other)),
        _SURVEYED,
        _ANSWERED_INBOUND,
        percentage(
            "response_rate",
            "surveyed / answered inbound",
            _SURVEYED.counted,
            _answered_inbound,
            distinct="interactionId",
        ),
    ],
    bases=("answers.answers",),
    cubes=("interactions",),
    keys=_KEYS,
    additive="answered inbound interactions are the same for every question, and one interaction answers several: sums over "
    "questions need not be the total",
)
