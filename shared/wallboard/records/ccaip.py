"""CCAI Platform: calls and chats with their basic segments, what lies inside them, the agents' status history, and who and
what there is now."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wallboard.records._ccaip_times import is_ring_derived, transfer_times
from wallboard.records._record import Fields, Part, Record, Records, Row, inside, names

_CALLS = names(
    """
    id, parent_id, lang, call_type, session_type_v2, status, sub_status, created_at, queued_at, assigned_at,
    connecting_at, connected_at, ends_at, scheduled_at, updated_at, wait_duration, queue_duration, call_duration,
    hold_duration, rating, has_feedback, voip_provider, out_ticket_id, out_ticket_url, verified, recording_url,
    recording_permission, voicemail_reason, deflection, disconnected_by, finish_reason, fail_details, fail_reason,
    adapter_fail_code, adapter_fail_message, support_number, selected_menu, menu_path, agent_info, end_user, photos,
    videos, transfers, escalations, deflection_details, handle_durations, queue_durations, participants, offer_type,
    offer_events, answer_type, outbound_number, queue_priority_level
    """
)

_CHATS = names(
    """
    id, lang, chat_type, session_type_v2, status, sub_status, created_at, assigned_at, ends_at, updated_at,
    first_msg_sent_at, last_msg_sent_at, wait_duration, queue_duration, chat_duration, verified, rating,
    has_feedback, out_ticket_id, out_ticket_url, finish_reason, fail_reason, message_count, average_response_time,
    longest_response_time, selected_menu, menu_path, transcript, agent_info, end_user, photos, videos, transfers,
    participants, handle_durations, queue_durations, offer_type, offer_events, answer_type, after_hours
    """
)

_CALL_PARTICIPANTS = names(
    """
    id, type, entry_type, user_id, end_user_id, virtual_agent_id, status, fail_reason, connected_at, phone_number,
    call_id, call_duration, hold_duration, ended_at, adapter_fail_code, adapter_fail_message
    """
)

_CHAT_PARTICIPANTS = names(
    """
    id, type, entry_type, user_id, end_user_id, virtual_agent_id, status, fail_reason, connected_at, phone_number,
    chat_id, finished_at, chat_duration
    """
)

_STATUSES = names(
    """
    id, agent_id, whodunnit, status, started_at, ended_at, duration, activity, call_id, chat_id
    """
)

_AGENTS = names(
    """
    id, email, created_at, last_login_time, first_name, middle_name, last_name, avatar_url, agent_number, status,
    status_updated_at, crm_authenticated, online, wrap_up, call_count, chat_count, location, roles, teams, channels
    """
)

_TEAM = names(
    """
    id, name, parent_id, position, agents_count, deleted
    """
)

_USER = names(
    """
    id, agent_number, name, last_name, first_name, avatar_url
    """
)

_SEGMENTS: Mapping[str, str] = {
    "billing_time": "billing",
    "call_time": "billing",
    "ivr_time": "ivr",
    "queued_time": "queue",
    "handle_time": "handle",
    "transfer_time": "transfer",
    "conference_time": "conference",
    "third_party_talk_time": "thirdParty",
    "ring_time": "ring",
    "talk_time": "talk",
    "hold_time": "hold",
}
"""The eleven basic segments, in seconds → the duration of the interaction that each is. Billing and call time are one."""


def _duration(name: str) -> Callable[[Fields, Row], Any]:
    return lambda fact, row: (fact.get("durations") or {}).get(name)


_WITH_SEGMENTS: Mapping[str, Callable[[Fields, Row], Any]] = {
    **{column: _duration(name) for column, name in _SEGMENTS.items()},
    "ring_time_derived": is_ring_derived,
    "transfer_times": transfer_times,
}


def _of(kind: str) -> Callable[[Fields, Row], Any]:
    """The id of the call or chat that something lies in; null for what lies in the other."""
    return lambda fact, row: row.get("id") if str(fact["id"]).startswith(f"{kind}:") else None


_WHERE = {"call_id": _of("call"), "chat_id": _of("chat")}


def _without_people(row: Row) -> Sequence[Part]:
    return [("", {name: value for name, value in row.items() if name != "assignees"})]


def _in_short(row: Row) -> Sequence[Part]:
    """What is said of an agent wherever one is mentioned."""
    name = " ".join(str(row[part]) for part in ("first_name", "last_name") if row.get(part))
    return [("", {column: row.get(column) for column in _USER} | {"name": row.get("name") or name or None})]


RECORDS = Records(
    "ccaip",
    [
        Record(
            name="calls",
            title="Calls",
            streams=("calls",),
            kinds=("interaction",),
            columns=_CALLS,
            ours=_WITH_SEGMENTS,
        ),
        Record(
            name="chats",
            title="Chats",
            streams=("chats",),
            kinds=("interaction",),
            columns=_CHATS,
            ours=_WITH_SEGMENTS,
        ),
        Record(
            name="call_participants",
            title="Call Participants",
            streams=("calls",),
            kinds=("interaction",),
            columns=_CALL_PARTICIPANTS,
            parts=inside("participants"),
        ),
        Record(
            name="chat_participants",
            title="Chat Participants",
            streams=("chats",),
            kinds=("interaction",),
            columns=_CHAT_PARTICIPANTS,
            parts=inside("participants"),
        ),
        Record(
            name="photos",
            title="Photos",
            streams=("calls", "chats"),
            kinds=("interaction",),
            columns=names("id, photo_type, url"),
            parts=inside("photos"),
            ours=_WHERE,
        ),
        Record(
            name="videos",
            title="Videos",
            streams=("calls", "chats"),
            kinds=("interaction",),
            columns=names("id, url"),
            parts=inside("videos"),
            ours=_WHERE,
        ),
        Record(
            name="agent_status_history",
            title="Agent Status History",
            streams=("agent_activity_logs",),
            kinds=("status",),
            columns=_STATUSES,
        ),
        Record(
            name="agents",
            title="Agents",
            streams=("agents",),
            resources=("agent",),
            columns=_AGENTS,
        ),
        Record(
            name="user_info",
            title="User Info",
            streams=("agents",),
            resources=("agent",),
            columns=_USER,
            parts=_in_short,
        ),
        Record(
            name="teams",
            title="Teams",
            streams=("teams",),
            resources=("team",),
            columns=_TEAM,
            parts=_without_people,
        ),
        Record(
            name="teams_with_assignees",
            title="Teams with Assignees",
            streams=("teams",),
            resources=("team",),
            columns=(*_TEAM, "assignees"),
        ),
        Record(
            name="team_tree",
            title="Team Tree",
            streams=("team_tree",),
            resources=("team",),
            columns=(*_TEAM, "children"),
            parts=inside("roots"),
        ),
    ],
)
