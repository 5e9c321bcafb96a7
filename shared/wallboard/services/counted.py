"""What a figure of a report counts, as a question that a cursor can carry."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from wallboard.errors import InvalidRequest
from wallboard.model.time import Window
from wallboard.reports._columns import Column, Count
from wallboard.reports._report import Drill, Report
from wallboard.services.catalog import Catalog
from wallboard.services.sign_cursors import CursorKeys, Cursors

Side = Literal["numerator", "denominator", "values"]

MARK = "counted."
"""What the cursors of such lists begin with."""

LONGEST = 5_500
"""Characters of such a cursor, which is part of an address; later ones have a place beside the question."""


_OLD = "cursor: is of a figure that has changed since; explain the report again"


@dataclass(frozen=True, slots=True)
class CountedQuestion:
    """One side of a figure: of which report, with which input, in which row and part (quarters since 1970), as of `now`.
    `told`: by measure the sources that tell of it, where that matters."""

    report: str
    given: Mapping[str, Any]
    row: Mapping[str, str]
    start: int
    end: int
    figure: str
    side: Side
    told: Mapping[str, Sequence[str]]
    now: int

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    def find(self, catalog: Catalog) -> tuple[Report, Drill, Any, Count]:
        """The report, how it is followed, its input, and what is counted. Raises InvalidRequest where the report has changed
        since the cursor was made."""
        report = catalog.find(self.report)
        drill = report.drill
        column = next((each for each in drill.columns if to_camel(each.name) == self.figure), None) if drill else None
        count = sides_of(column).get(self.side) if column else None
        if drill is None or count is None:
            raise InvalidRequest(_OLD)
        try:
            return report, drill, report.input.model_validate(self.given), count
        except ValidationError as error:
            raise InvalidRequest(_OLD) from error


def sides_of(column: Column) -> Mapping[Side, Count]:
    """What a figure is made of: the values of which it is a statistic, or a numerator, and where there is one a denominator."""
    if column.statistic:
        return {"values": column.counted}
    sides: dict[Side, Count] = {"numerator": column.counted}
    return sides | ({"denominator": column.per} if column.per else {})


def sign(keys: CursorKeys, tenant: str, kind: str, question: CountedQuestion, place: Any = None) -> str:
    """A cursor into the facts of a kind that a figure counts, behind a place. Raises InvalidRequest for a question that is
    too long for an address."""
    cursor = MARK + _cursors(keys, tenant, kind).sign([place, asdict(question)])
    if place is None and len(cursor) > LONGEST:
        raise InvalidRequest("the filters are too long for a cursor; explain with fewer or shorter ones")
    return cursor


def read(keys: CursorKeys, tenant: str, kind: str, cursor: str) -> tuple[Any, CountedQuestion]:
    """(place, question) of such a cursor. Raises InvalidRequest."""
    place, said = _cursors(keys, tenant, kind).read(cursor.removeprefix(MARK))
    try:
        return place and tuple(place), CountedQuestion(**cast("dict[str, Any]", said))
    except TypeError as error:
        raise InvalidRequest(_OLD) from error


def _cursors(keys: CursorKeys, tenant: str, kind: str) -> Cursors:
    return Cursors(keys, tenant, [MARK, kind])
