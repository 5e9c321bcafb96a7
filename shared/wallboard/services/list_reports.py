"""Lists the reports that can be asked for, page by page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from wallboard.errors import TryAgain
from wallboard.measures.cubes import CUBES
from wallboard.model.pulls import Feed
from wallboard.model.time import QUARTER, day_quarter, iso
from wallboard.reports._report import Report

MOST = 100


class Page(BaseModel):
    """Which part of a list is asked for: `take` items after the one with the id `cursor`."""

    cursor: str | None = None
    order: Literal["asc", "desc"] = "desc"
    take: Annotated[int, Field(ge=1, le=MOST)] = MOST


def list_reports(
    reports: Iterable[Report],
    page: Page,
    *,
    newest: Callable[[Iterable[str]], Mapping[str, int]],
    feeds: Callable[[], Sequence[Feed]],
    now: int,
) -> list[dict[str, Any]]:
    """The items of a page, newest first unless asked otherwise. An unknown cursor is behind the end: nothing follows it.
    `newest` tells the latest anchor among the facts of cubes, and so up to when each report knows anything; `feeds` how far
    each source has been pulled that brings such facts."""
    ordered = sorted(reports, key=lambda report: (report.created, report.id), reverse=page.order == "desc")
    if page.cursor is not None:
        places = [place for place, report in enumerate(ordered) if report.id == page.cursor]
        ordered = ordered[places[0] + 1 :] if places else []
    listed = ordered[: page.take]
    try:
        through = newest(sorted({cube for report in listed for cube in (*report.cubes, *report.ever)}))
        pulled = feeds()
    except TryAgain:
        through, pulled = {}, []  # the list itself needs no store
    return [_with_freshness(_item(report), report, through, pulled, now) for report in listed]


def _with_freshness(
    item: dict[str, Any], report: Report, through: Mapping[str, int], feeds: Sequence[Feed], now: int
) -> dict[str, Any]:
    cubes = (*report.cubes, *report.ever)
    fresh: dict[str, Any] = {}
    if known := [through[cube] for cube in cubes if cube in through]:
        fresh = {"dataThrough": iso(max(known)), "dataLagSeconds": max(0, now - max(known)) // 1000}
    kinds = {kind for cube in cubes for kind in CUBES[cube].kinds}
    if sources := [{"name": feed.source, "through": iso(feed.through)} for feed in feeds if feed.kinds & kinds]:
        fresh["sources"] = sources
    return item | {"meta": item["meta"] | fresh} if fresh else item


@lru_cache(maxsize=256)
def _item(report: Report) -> dict[str, Any]:
    created = day_quarter(report.created) * QUARTER
    return {
        "id": report.id,
        "name": report.name,
        "description": report.description,
        "createdAt": created,
        "updatedAt": created,
        "meta": {
            "category": report.category,
            "definition": report.definition,
            "unit": report.unit,
            "timeBasis": report.time_basis,
            "input": report.input.model_json_schema(),
            "output": report.output.model_json_schema(mode="serialization"),
        },
    }
