"""Agent Summary: what each agent did, and in how much of their time."""

from typing import Any

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, percentage, seconds
from wallboard.reports._interactions import AHT, HANDLED, HOLD, TALK, WRAP, count, worked


def logged_in(cell: Cell, asked: Any = None) -> Any:
    """Seconds; None where no source tells it."""
    return seconds(cell("attendance.log_in")) if cell.tellers("attendance.told") else None


def away(cell: Cell, asked: Any = None) -> Any:
    """Seconds; None where no source tells it."""
    return seconds(cell("attendance.away")) if cell.tellers("attendance.told") else None


def _worked(cell: Cell, asked: Any) -> Any:
    """Seconds of work where log-ins are told: what other sources tell of would be divided by nothing of theirs."""
    found = cell("legs.handle", source=cell.tellers("attendance.told"))
    return None if found is None else found.seconds


def _at_work(cell: Cell, asked: Any) -> Any:
    there, gone = logged_in(cell), away(cell)
    return None if there is None or gone is None else there - gone


_TOLD = "of the sources that tell log-ins"
_SUMS = "what a source tells only as a sum counts where the interval of that sum begins"
LOG_IN = Column("log_in_time", "seconds", f"time logged in, or in a status other than offline; {_SUMS}", logged_in)
AWAY = Column("away_time", "seconds", f"away, at a break, in training…; {_SUMS}", away)

REPORT = centre_report(
    id="wb-agent-summary",
    name="Agent Summary Report",
    description="Contacts, talk, hold, wrap, log-in and away time of each agent, occupancy and utilisation.",
    definition="occupancy: (talk + hold + wrap) / (log-in time - away); utilisation: (talk + hold + wrap) / log-in time. Null "
    "where a source does not tell log-ins, or rows are grouped by what log-ins do not have",
    time_basis="start of the interaction for contacts; status time for log-in and away",
    columns=[
        count("contacts", "legs", "the agent's parts of interactions", "legs.legs"),
        HANDLED,
        count("missed", "legs", "offered, and not taken", "legs.legs", outcome="missed"),
        AHT,
        TALK,
        HOLD,
        WRAP,
        Column("work_time", "seconds", "talk + hold + wrap", worked),
        LOG_IN,
        AWAY,
        percentage("occupancy", f"work time / (log-in time - away time), {_TOLD}", _worked, _at_work),
        percentage("utilisation", f"work time / log-in time, {_TOLD}", _worked, logged_in),
    ],
    bases=("legs.legs", "attendance.log_in", "attendance.away"),
    default_group=("source", "agent"),
)
