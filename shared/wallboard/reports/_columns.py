"""The columns of contact-centre reports, and the arithmetic that they share. None stands for what cannot be computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from wallboard.measures.blocks import Filter, OneOf
from wallboard.measures.durations import Spread
from wallboard.model.results import Number


class Cell(Protocol):
    """One group in one part."""

    def __call__(self, measure: str, *, across: Sequence[str] = (), **filters: Filter) -> Any:
        """The figure of a measure; None where its cube does not know what is grouped or filtered by. It is not split, nor
        narrowed by what is asked, by the dimensions `across`."""
        ...

    def tellers(self, measure: str) -> OneOf:
        """The sources of the group that tell of this at all, of anybody, in the whole period or the one before."""
        ...


Count = Callable[[Cell, Any], Any]
"""What is counted or added up in a cell, for an input. It adds up: that of many facts is the sum of what each has alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of every row: what is `counted`; for a rate or a mean divided by what `per` counts, `times` so much. Where a
    `statistic` is given, `counted` is the Spread of which it is one; where `distinct` is, it counts the different values of
    that field of the facts. `unit` and `formula` are told with the answer; `{…}` in it is what the input says there."""

    name: str
    unit: str
    formula: str
    counted: Count
    per: Count | None = None
    times: int = 1
    statistic: Callable[[Spread], Any] | None = None
    approximate: bool = False
    distinct: str = ""

    def formula_for(self, asked: Any) -> str:
        """The formula with what is asked in it."""
        return self.formula.format_map(asked.model_dump())

    def value(self, cell: Cell, asked: Any) -> Any:
        """The figure, exactly; None where it cannot be computed."""
        found = self.counted(cell, asked)
        if found is None:
            return None
        if self.statistic:
            return self.statistic(found)
        if self.per is None:
            return found
        whole = self.per(cell, asked)
        return Fraction(found) * self.times / whole if whole is not None and whole > 0 else None


def percentage(name: str, formula: str, counted: Count, of: Count, *, distinct: str = "") -> Column:
    """What is counted, in percent of something."""
    return Column(name, "percent", formula, counted, of, times=100, distinct=distinct)


def mean(name: str, formula: str, spread: Callable[[Cell], Spread | None]) -> Column:
    """The mean of durations, in seconds."""

    def total(cell: Cell, asked: Any) -> Any:
        found = spread(cell)
        return None if found is None else found.seconds

    def count(cell: Cell, asked: Any) -> Any:
        found = spread(cell)
        return None if found is None else found.count

    return Column(name, "seconds", formula, total, count)


def percentile(name: str, share: int, about: str, spread: Callable[[Cell], Spread | None]) -> Column:
    """What so many percent of durations are not longer than."""
    return Column(
        name,
        "seconds",
        f"what {share} % of {about} (nearest rank)",
        lambda cell, asked: spread(cell),
        statistic=lambda found: found.percentile(share),
        approximate=True,
    )


def longest(name: str, formula: str, spread: Callable[[Cell], Spread | None]) -> Column:
    return Column(name, "seconds", formula, lambda cell, asked: spread(cell), statistic=lambda found: found.max)


def number(value: Any) -> Number | None:
    """As JSON has it: fractions rounded to six decimals, half to even."""
    if value is None or isinstance(value, int):
        return value
    rounded = round(Fraction(value), 6)
    return int(rounded) if rounded.denominator == 1 else float(rounded)


def seconds(milliseconds: Any) -> Fraction | None:
    """Milliseconds in seconds."""
    return None if milliseconds is None else Fraction(milliseconds, 1000)
