"""The columns of contact-centre reports, and the arithmetic that they share. None stands for what cannot be computed."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wallboard.model.results import Number

Cell = Callable[..., Any]
"""(measure, **filters) → its figure in one group and part; None where the cube does not know what is grouped or filtered by."""


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of every row. `value` takes a Cell and the input. `formula` and `unit` are told with the answer."""

    name: str
    unit: str
    formula: str
    value: Callable[[Cell, Any], Any]
    approximate: bool = False


def number(value: Any) -> Number | None:
    """As JSON has it: fractions rounded to six decimals, half to even."""
    if value is None or isinstance(value, int):
        return value
    rounded = round(Fraction(value), 6)
    return int(rounded) if rounded.denominator == 1 else float(rounded)


def share(part: Any, whole: Any) -> Fraction | None:
    """part / whole; None where there is no whole, or either is not known."""
    return Fraction(part) / whole if part is not None and whole else None


def percent(part: Any, whole: Any) -> Fraction | None:
    """part in percent of whole."""
    found = share(part, whole)
    return None if found is None else 100 * found


def seconds(milliseconds: Any) -> Fraction | None:
    """Milliseconds in seconds."""
    return None if milliseconds is None else Fraction(milliseconds, 1000)
