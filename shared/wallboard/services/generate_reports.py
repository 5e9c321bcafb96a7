"""Generates reports: the reads of all are shared, and each fails alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from wallboard.alerts._settings import AlertSettings
from wallboard.errors import InvalidRequest, NotFound, shown
from wallboard.measures.blocks import Block
from wallboard.measures.cubes import CUBES
from wallboard.measures.figures import Figures, Memo
from wallboard.measures.fold import live_rows
from wallboard.model.facts import Bucket, Rows
from wallboard.model.gauges import Gauge
from wallboard.model.periods import ALL_TIME, Period
from wallboard.model.results import Input, Output
from wallboard.reports._report import Data, Place, Report, Thing
from wallboard.services.catalog import Catalog
from wallboard.services.ports import Alerts, Directory, Facts, Gauges, Rollups

Result = Output | Exception
Build = Callable[[Report, Any, Data], Output]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where reports read."""

    rollups: Rollups
    facts: Facts
    directory: Directory
    gauges: Gauges
    alerts: Alerts


@dataclass(frozen=True, slots=True)
class Answers:
    """The result of each report that was asked for, as of `now`. `newest` is the latest anchor among the facts read."""

    results: Mapping[str, Result]
    newest: int | None
    now: int


@dataclass(frozen=True, slots=True)
class _Question:
    """One report, asked with a valid input about a period."""

    report: Report
    asked: Input
    period: Period

    @property
    def bot(self) -> Thing | None:
        """The bot that the question is about."""
        bot = getattr(self.asked, "bot_id", None)
        return None if bot is None else ("bot", bot)


@dataclass(slots=True)
class _Run:
    """The questions that are still open, with their data, and the results so far."""

    questions: dict[str, _Question] = field(default_factory=dict)
    data: dict[str, Data] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)

    def each(self, work: Callable[[str, _Question], T]) -> dict[str, T]:
        """What the work gives for every open question. One that fails is closed with its failure."""
        done = {}
        for name, question in list(self.questions.items()):
            try:
                done[name] = work(name, question)
            except Exception as error:  # each report in its own guard
                self.results[name] = error
                del self.questions[name]
        return done

    def together(self, work: Callable[[], T], without: T, *, needs: Iterable[str] | None = None) -> T:
        """What the work gives. Where it fails, the questions that need it (all, unless told) are closed with its failure."""
        try:
            return work()
        except Exception as error:  # no report can be built without what it reads
            for name in list(self.questions if needs is None else needs):
                self.results[name] = error
                del self.questions[name]
            return without


def build_output(report: Report, asked: Any, data: Data) -> Output:
    return report.build(asked, data)


def generate_reports(
    requests: Mapping[str, Any],
    *,
    tenant: str,
    now: int,
    zone: ZoneInfo,
    catalog: Catalog,
    stores: Stores,
    shows_people: bool = True,
    build: Build = build_output,
) -> Answers:
    """An output or an exception for every report id of `requests` (id → its input as parsed JSON). `build` makes it of what
    was read.

    A RequestError is the caller's to mend, TryAgain passes, everything else is ours. Nothing is raised.
    """
    run = _Run()
    for name, given in requests.items():
        try:
            run.questions[name] = _question(catalog.find(name), given, zone, now)
        except Exception as error:  # each report in its own guard
            run.results[name] = error

    blocks: dict[str, list[Block]] = run.together(
        lambda: stores.rollups.read(tenant, _days(run.questions.values())), {}
    )
    types = {type_ for question in run.questions.values() for type_ in question.report.gauges}
    gauges: dict[str, list[Gauge]] = run.together(lambda: stores.gauges.read(tenant, sorted(types)), {})
    settings = AlertSettings()
    if any(question.report.shows_alerts for question in run.questions.values()):
        settings = run.together(lambda: stores.alerts.settings(tenant), settings)
    memos: dict[Any, Memo] = defaultdict(dict)
    run.data = run.each(lambda _, question: _data(question, blocks, gauges, memos, settings, shows_people))

    places = run.each(lambda name, question: list(question.report.facts(question.asked, run.data[name])))
    wanted = {place for found in places.values() for place in found}
    listing = [name for name, found in places.items() if found]
    rows: dict[Place, Rows] = run.together(lambda: _rows(tenant, wanted, stores.facts), {}, needs=listing)
    for name in run.questions:
        run.data[name] = replace(run.data[name], rows={place: rows[place] for place in places[name]})

    things = run.each(lambda name, question: set(question.report.names(question.asked, run.data[name])))
    asked_for = set[Thing]().union(*things.values(), (each.bot for each in run.questions.values() if each.bot))
    labels: dict[Thing, str | None] = run.together(lambda: stores.directory.names(tenant, sorted(asked_for)), {})

    def result(name: str, question: _Question) -> Result:
        if question.bot and question.bot not in labels:
            raise NotFound("Bot not found")
        return build(question.report, question.asked, replace(run.data[name], labels=labels))

    run.results |= run.each(result)
    anchors = (at for found in blocks.values() for block in found for at in block.newest.values())
    return Answers({name: run.results[name] for name in requests}, max(anchors, default=None), now)


def _question(report: Report, given: Any, zone: ZoneInfo, now: int) -> _Question:
    if not isinstance(given, dict):
        raise InvalidRequest(f"the input of a report is an object, not {shown(given)}")
    try:
        asked = report.input.model_validate(given)
    except ValidationError as error:
        raise InvalidRequest("; ".join(map(_complaint, error.errors()))) from error
    return _Question(report, asked, Period.of(asked, zone=zone, now=now))


def _complaint(detail: Any) -> str:
    field = ".".join(map(str, detail["loc"]))
    if not field:
        return str(detail["msg"])
    if detail["type"] == "missing":
        return f"{field}: is missing"
    return f"{field}: {detail['msg']}; it was {shown(detail['input'])}"


def _days(questions: Iterable[_Question]) -> dict[str, list[str] | None]:
    """Of each cube the UTC days that any of the questions is about; None for all of them."""
    days: dict[str, set[str]] = defaultdict(set)
    ever: set[str] = set()
    for question in questions:
        period = question.period
        ever.update(question.report.ever)
        windows = [period.window, *([period.previous] if question.report.compares else ())]
        for cube in question.report.reads(question.asked):
            days[cube].update(day for window in windows for day in window.since(CUBES[cube].look_back).utc_days())
    return {cube: sorted(wanted) for cube, wanted in days.items()} | dict.fromkeys(ever)


def _data(
    question: _Question,
    blocks: Mapping[str, list[Block]],
    gauges: Mapping[str, list[Gauge]],
    memos: Mapping[Any, Memo],
    settings: AlertSettings,
    shows_people: bool,
) -> Data:
    report, period = question.report, question.period
    previous = period.previous if report.compares else None
    mine = {cube: blocks[cube] for cube in report.reads(question.asked)}
    parts = period.parts()
    memo = memos[period.window, previous, period.granularity, period.zone]
    ever = Figures({cube: blocks[cube] for cube in report.ever}, [("all time", ALL_TIME)], memo=memos[None])
    return Data(
        period=period,
        figures=Figures(mine, parts, previous, memo),
        ever=ever,
        gauges={type_: gauges[type_] for type_ in report.gauges},
        shows_people=shows_people,
        alert_settings=settings,
    )


def _rows(tenant: str, places: Iterable[Place], facts: Facts) -> dict[Place, Rows]:
    buckets = [Bucket(tenant, kind, hour) for kind, hour in sorted(places)]
    found = facts.read(buckets) if buckets else {}
    return {(bucket.kind, bucket.hour): live_rows(segments) for bucket, segments in found.items()}
