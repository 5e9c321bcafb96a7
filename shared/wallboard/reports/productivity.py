"""Productivity: what Samespace calls so, of the agents of every source, and beside each figure the vendor's own."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from wallboard.measures.blocks import OneOf
from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, seconds
from wallboard.reports._delivered import added_up, only_one
from wallboard.reports._interactions import ASA, WRAP, count, handle, handled
from wallboard.reports.agent_summary import AWAY, LOG_IN

_TAKEN = OneOf(["", "accepted", "transferred"])


def _duration(cell: Cell, asked: Any) -> Any:
    """Seconds of talk and hold."""
    found, wrap = handle(cell), seconds(cell("legs.wrap"))
    return None if found is None or wrap is None else found.seconds - wrap


def _ring(cell: Cell, asked: Any) -> Any:
    found = cell("legs.ring")
    return None if found is None else found.seconds


def _rang(cell: Cell, asked: Any) -> Any:
    found = cell("legs.ring")
    return None if found is None else Fraction(found.count - found.within(0))


def _vendor_total(name: str, unit: str, figure: str) -> Column:
    formula = f"{figure} of every interval that the source delivers, added up"
    return added_up(f"vendor_{name}", unit, formula, f"agent_figures.{figure}")


def _vendor_average(name: str, figure: str) -> Column:
    formula = (
        f"{figure} as the source delivers it; null unless just one interval of one agent lies in the row's period, as "
    )
    measure, intervals = f"agent_figures.{figure}", "agent_figures.intervals"
    return only_one(f"vendor_{name}", f"{formula}averages cannot be added up", measure, intervals)


REPORT = centre_report(
    id="wb-productivity",
    name="Productivity Report",
    description="Session and away time, call duration, after-call work, speed of answer, hold, ringing and conversations of "
    "each agent, and beside each figure the vendor's own.",
    definition="the figures that Samespace names, worked out from interactions, legs and log-ins; vendor…: as the source "
    "delivers them. Ours is another speed of answer where the vendor counts the legs of transfers as well: an interaction is "
    "answered once, by the agent who was connected first; and another acw where the wrap of some legs is not delivered",
    time_basis="start of the interaction for conversations; status time for session and away time; the beginning of the "
    "interval for what a source delivers already added up, wherever the interval ends",
    columns=[
        replace(LOG_IN, name="session_duration"),
        _vendor_total("session_duration", "seconds", "session_duration"),
        AWAY,
        _vendor_total("away_time", "seconds", "away_time"),
        Column(
            "acd",
            "seconds",
            "talk + hold, that is without wrap / handled legs",
            _duration,
            lambda cell, asked: handled(cell),
        ),
        _vendor_average("acd", "acd"),
        replace(WRAP, name="acw"),
        _vendor_average("acw", "acw"),
        replace(ASA, name="asa"),
        _vendor_average("asa", "asa"),
        Column(
            "average_hold_time",
            "seconds",
            "hold / legs with some time on hold",
            lambda cell, asked: seconds(cell("legs.hold")),
            lambda cell, asked: cell("legs.held"),
        ),
        _vendor_average("average_hold_time", "avg_hold_time"),
        Column("average_ring_time", "seconds", "ring time / legs that rang for more than 0 s", _ring, _rang),
        _vendor_average("average_ring_time", "avg_ring_duration"),
        count(
            "inbound_conversations",
            "legs",
            "legs of inbound interactions that the agent took: not missed, declined, or of unknown outcome",
            "legs.legs",
            direction="inbound",
            outcome=_TAKEN,
        ),
        _vendor_total("inbound_conversations", "legs", "inbound_conversations"),
        count(
            "outbound_conversations",
            "legs",
            "legs of outbound interactions, also where nobody answered",
            "legs.legs",
            direction="outbound",
        ),
        _vendor_total("outbound_conversations", "legs", "outbound_conversations"),
    ],
    bases=("legs.legs", "attendance.log_in", "attendance.away", "agent_figures.intervals"),
    cubes=("interactions",),
    default_group=("source", "agent"),
)
