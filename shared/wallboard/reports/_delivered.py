"""Figures that sources deliver already added up, in columns."""

from fractions import Fraction
from typing import Any

from wallboard.measures.delivered_cubes import MILLIONTHS
from wallboard.reports._columns import Cell, Column, Count


def delivered(measure: str) -> Count:
    """A figure over all intervals; None where none of them tells it."""

    def counted(cell: Cell, asked: Any) -> Any:
        return _whole(cell(measure)) if cell(f"{measure}_told") else None

    return counted


def added_up(name: str, unit: str, formula: str, measure: str) -> Column:
    """A count or a time."""
    return Column(name, unit, formula, delivered(measure))


def only_one(name: str, formula: str, measure: str, intervals: str) -> Column:
    """An average (seconds), which is not to be added to another: of a single interval, as this measure counts them."""

    def alone(cell: Cell, asked: Any) -> Any:
        found = cell(intervals)
        return found if found == 1 else None

    return Column(name, "seconds", formula, delivered(measure), alone)


def divided(name: str, unit: str, formula: str, measure: str, *, times: int = 1) -> Column:
    """The measure by what its intervals have of `…_per`."""

    def counted(of: str) -> Count:
        return lambda cell, asked: _whole(cell(of))

    return Column(name, unit, formula, counted(measure), counted(f"{measure}_per"), times=times)


def _whole(millionths: Any) -> Fraction | None:
    return None if millionths is None else Fraction(millionths, MILLIONTHS)
