"""Agent Summary: what each agent did, and in how much of their time."""

from typing import Any

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, percent, seconds
from wallboard.reports._interactions import AHT, HANDLED, HOLD, TALK, WRAP, handle

_AWAY = ("away", "break", "meal", "lunch", "training", "meeting")


def _logged_in(cell: Cell) -> Any:
    return cell("presence.time", activity="login")


def _away(cell: Cell) -> Any:
    """Time in a log-in that was spent away: as activities of log-ins have it, else as statuses have it."""
    activity = cell("presence.time", activity=is_away)
    return activity or cell("statuses.time", status=is_away)


def is_away(word: str) -> bool:
    return word in _AWAY


def _worked(cell: Cell) -> Any:
    found = handle(cell)
    return None if found is None else found.total


def _occupancy(cell: Cell, asked: Any) -> Any:
    logged_in, away = _logged_in(cell), _away(cell)
    return None if logged_in is None or away is None else percent(_worked(cell), max(0, logged_in - away))


REPORT = centre_report(
    id="wb-agent-summary",
    name="Agent Summary Report",
    description="Contacts, talk, hold, wrap, log-in and away time of each agent, occupancy and utilisation.",
    definition="occupancy: (talk + hold + wrap) / (log-in time - away); utilisation: (talk + hold + wrap) / log-in time. Null "
    "where a source does not tell log-ins, or rows are grouped by what log-ins do not have",
    time_basis="start of the interaction for contacts; status time for log-in and away",
    columns=[
        Column("contacts", "legs", "the agent's parts of interactions", lambda cell, asked: cell("legs.legs")),
        HANDLED,
        Column("missed", "legs", "offered, and not taken", lambda cell, asked: cell("legs.legs", outcome="missed")),
        AHT,
        TALK,
        HOLD,
        WRAP,
        Column("work_time", "seconds", "talk + hold + wrap", lambda cell, asked: seconds(_worked(cell))),
        Column("log_in_time", "seconds", "time logged in", lambda cell, asked: seconds(_logged_in(cell))),
        Column(
            "away_time",
            "seconds",
            "away, at a break, in training… while logged in",
            lambda cell, asked: seconds(_away(cell)),
        ),
        Column("occupancy", "percent", "work time / (log-in time - away time)", _occupancy),
        Column(
            "utilisation",
            "percent",
            "work time / log-in time",
            lambda cell, asked: percent(_worked(cell), _logged_in(cell)),
        ),
    ],
    bases=("legs.legs", "presence.time"),
    cubes=("statuses",),
    default_group=("source", "agent"),
)
