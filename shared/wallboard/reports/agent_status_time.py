"""Agent Status Time."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column, seconds
from wallboard.reports._interactions import count

REPORT = centre_report(
    id="wb-agent-status-time",
    name="Agent Status Time Report",
    description="How long agents were in each status.",
    definition="time between the beginning and the end of each spell in a status, cut at the period",
    time_basis="status time",
    columns=[
        Column("time", "seconds", "time in the status", lambda cell, asked: seconds(cell("statuses.time"))),
        count("spells", "spells", "spells that began in the period", "statuses.spells"),
    ],
    bases=("statuses.time", "statuses.spells"),
    keys=("status",),
    default_group=("source", "agent"),
)
