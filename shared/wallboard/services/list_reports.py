"""Lists the reports that can be asked for, page by page."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from wallboard.model.time import day_quarter
from wallboard.reports._report import Report

MOST = 100
_QUARTER = 900_000


class Page(BaseModel):
    """Which part of a list is asked for: `take` items after the one with the id `cursor`."""

    cursor: str | None = None
    order: Literal["asc", "desc"] = "desc"
    take: Annotated[int, Field(ge=1, le=MOST)] = MOST


def list_reports(reports: Iterable[Report], page: Page) -> list[dict[str, Any]]:
    """The items of a page, newest first unless asked otherwise. An unknown cursor is behind the end: nothing follows it."""
    ordered = sorted(reports, key=lambda report: (report.created, report.id), reverse=page.order == "desc")
    if page.cursor is not None:
        places = [place for place, report in enumerate(ordered) if report.id == page.cursor]
        ordered = ordered[places[0] + 1 :] if places else []
    return [_item(report) for report in ordered[: page.take]]


@lru_cache(maxsize=256)
def _item(report: Report) -> dict[str, Any]:
    created = day_quarter(report.created) * _QUARTER
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
