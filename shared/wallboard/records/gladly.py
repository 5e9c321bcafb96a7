"""Gladly: its three reports. A work session lies with its leg; the row of a contact that has none, with the contact."""

from wallboard.records._gladly_columns import AGENT_SUMMARY, CONTACT_EXPORT, WORK_SESSIONS
from wallboard.records._record import Record, Records

RECORDS = Records(
    "gladly",
    [
        Record(
            name="work_sessions",
            title="Work Sessions",
            streams=("work_sessions",),
            kinds=("leg", "interaction"),
            columns=WORK_SESSIONS,
        ),
        Record(
            name="contact_export",
            title="Contact Export",
            streams=("contact_export",),
            kinds=("interaction_detail",),
            columns=CONTACT_EXPORT,
        ),
        Record(
            name="agent_summary",
            title="Agent Summary",
            streams=("agent_summary",),
            kinds=("agent_interval",),
            columns=AGENT_SUMMARY,
        ),
    ],
)
