"""Samespace: calls leg by leg, log-ins, the figures of agents and days, and the answers to surveys call by call."""

from wallboard.model.time import iso
from wallboard.records._record import Record, Records, names

_SESSIONS = names(
    """
    _id, x_origin_id, uuid, channel, direction, type, endpoint_type, endpoint_id, user_system_id, user_display_name,
    user_login_id, caller, callee, team_system_id, team_name, recording_filename, recording_url, start_time,
    progress_duration, duration, answer_time, conference_duration, end_time, status, terminated_by,
    termination_cause, codec, mos, dock_version, domain_id, space_id, hold_duration, custom_data, notes
    """
)

_LOGS = names(
    """
    _id, domain_id, space_id, session_id, endpoint_type, endpoint_id, user_system_id, user_login_id,
    user_display_name, ip_address, start_time, end_time, activity, dock_version, logout_reason, session_duration
    """
)

_PRODUCTIVITY = names(
    """
    _id, user, session_duration, away_time, acd, acw, asa, avg_hold_time, avg_ring_duration, inbound_conversations,
    outbound_conversations
    """
)

_CSAT = names(
    """
    _id, csat, direction, caller, callee, user_display_name, team_name, start_time, end_time, duration,
    acw_duration, conversation_tags, notes
    """
)

RECORDS = Records(
    "samespace",
    [
        Record(
            name="samespace_sessions",
            title="Samespace sessions",
            streams=("sessions",),
            kinds=("leg",),
            columns=_SESSIONS,
        ),
        Record(
            name="samespace_logs",
            title="Samespace logs",
            streams=("logs",),
            kinds=("session",),
            columns=_LOGS,
        ),
        Record(
            name="samespace_productivity",
            title="Samespace productivity",
            streams=("productivity",),
            kinds=("agent_interval",),
            columns=_PRODUCTIVITY,
            # Its rows do not say of which interval they are.
            ours={
                "interval_start": lambda fact, row: iso(fact["at"]),
                "interval_end": lambda fact, row: iso(fact["ended_at"]),
            },
        ),
        Record(
            name="samespace_csat",
            title="Samespace CSAT answers",
            streams=("csat",),
            kinds=("interaction_detail",),
            columns=_CSAT,
        ),
    ],
)
