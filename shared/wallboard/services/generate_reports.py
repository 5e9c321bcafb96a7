"""Generates reports: the reads of all are shared, and each fails alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from wallboard.errors import InvalidRequest, NotFound, shown
from wallboard.measures.blocks import Block
from wallboard.measures.figures import ALL_TIME, Figures, Memo, Part
from wallboard.model.results import Input, Output
from wallboard.model.time import Window
from wallboard.reports._report import Report
from wallboard.services.catalog import Catalog
from wallboard.services.ports import Directory, Rollups

Result = Output | Exception


@dataclass(frozen=True, slots=True)
class _Question:
    """One report, asked with a valid input, and the windows that it is about (None: all time, or no comparison)."""

    report: Report
    asked: Input
    window: Window | None
    previous: Window | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The result of each report that was asked for, as of `now`. `newest` is the latest anchor among the facts read."""

    results: Mapping[str, Result]
    newest: int | None
    now: int


def generate_reports(
    requests: Mapping[str, Any],
    *,
    tenant: str,
    now: int,
    zone: ZoneInfo,
    catalog: Catalog,
    rollups: Rollups,
    directory: Directory,
) -> Answers:
    """An output or an exception for every report id of `requests` (id → its input as parsed JSON).

    A RequestError is the caller's to mend, TryAgain passes, everything else is ours. Nothing is raised.
    """
    results: dict[str, Result] = {}
    questions: dict[str, _Question] = {}
    for report_id, given in requests.items():
        try:
            questions[report_id] = _question(catalog.find(report_id), given, now)
        except Exception as error:  # each report in its own guard
            results[report_id] = error

    blocks: Mapping[str, list[Block]] = {}
    known: set[str] = set()
    try:
        blocks = rollups.read(tenant, _needs(questions.values()))
        known = _known_bots(questions.values(), tenant, directory)
    except Exception as error:  # no report can be built without what it reads
        results |= dict.fromkeys(questions, error)
        questions = {}
    cut: dict[Any, tuple[list[Part], Memo]] = {
        (each.window, each.previous): (_parts(each.window, zone), {}) for each in questions.values()
    }
    for report_id, question in questions.items():
        try:
            mine = {cube: blocks[cube] for cube in question.report.cubes}
            parts, memo = cut[question.window, question.previous]
            figures = Figures(mine, parts, question.previous, memo)
            bot = question.report.bot and question.report.bot(question.asked)
            if bot is not None and bot not in known:
                raise NotFound("Bot not found")
            results[report_id] = question.report.build(question.asked, figures)
        except Exception as error:  # each report in its own guard
            results[report_id] = error
    anchors = (at for found in blocks.values() for block in found for at in block.newest.values())
    return Answers({report_id: results[report_id] for report_id in requests}, max(anchors, default=None), now)


def _question(report: Report, given: Any, now: int) -> _Question:
    if not isinstance(given, dict):
        raise InvalidRequest(f"the input of a report is an object, not {type(given).__name__}")
    try:
        asked = report.input.model_validate(given)
    except ValidationError as error:
        raise InvalidRequest("; ".join(map(_complaint, error.errors()))) from error
    days = report.days(asked)
    if days is None:
        return _Question(report, asked, None, None)
    window = Window.last_days(days, now=now)
    return _Question(report, asked, window, window.before(days) if report.compares else None)


def _complaint(detail: Any) -> str:
    field = ".".join(map(str, detail["loc"]))
    if detail["type"] == "missing":
        return f"{field}: is missing"
    return f"{field}: {detail['msg']}; it was {shown(detail['input'])}"


def _needs(questions: Iterable[_Question]) -> dict[str, list[str] | None]:
    """Of each cube the UTC days that any of the questions is about; None for all of them."""
    days: dict[str, set[str] | None] = defaultdict(set)
    for question in questions:
        for cube in question.report.cubes:
            wanted = days[cube]
            if question.window is None or wanted is None:
                days[cube] = None
            else:
                wanted.update(question.window.utc_days(), question.previous.utc_days() if question.previous else ())
    return {cube: None if wanted is None else sorted(wanted) for cube, wanted in days.items()}


def _known_bots(questions: Iterable[_Question], tenant: str, directory: Directory) -> set[str]:
    bots = {question.report.bot(question.asked) for question in questions if question.report.bot}
    return {name for _, name in directory.names(tenant, [("bot", bot) for bot in bots])}


def _parts(window: Window | None, zone: ZoneInfo) -> list[Part]:
    """The calendar days that the window touches."""
    if window is None:
        return [("all time", ALL_TIME)]
    return [(day.isoformat(), part) for day, part in window.local_days(zone)]
