"""Calls and chats → interactions, their legs, and the answers of callers."""

from collections.abc import Sequence
from typing import Any

from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import instant, known, number, required, seconds, started, telephone, text
from wallboard.sources.ccaip import segments
from wallboard.sources.ccaip._cells import agents, bots, each, first, inner, kept, names
from wallboard.sources.ccaip.chats import as_call
from wallboard.sources.ccaip.legs import came_about, legs, menu

_OVER = (
    "finished",
    "failed",
    "recovered",
    "deflected",
    "canceled",
    "abandoned",
    "voicemail_received",
    "voicemail_read",
    "action_only_finished",
)
_ABANDONED = ("eu_abandoned", "eu_canceled", "end_user_opt_out")
_REASONS = {
    "eu_in_menu_abandoned": "abandoned_in_menu",
    "expired_menu_selection": "abandoned_in_menu",
    "after_hours": "deflected",
    "over_cap_email": "deflected",
    "expired": "missed",
    "ag_canceled": "missed",
    "ag_ignored": "missed",
}
"""What a reason for failing says of an inbound call that nobody answered."""

_CHANNELS = {"sms": "sms", "whatsapp": "whatsapp", "email": "email", "messenger": "messenger", "instagram": "instagram"}
_NO_REASON = ("nothing", "no_reason", "finish_reason_none")
_SERVICE_LEVEL = {"in_sla": True, "not_in_sla": False}
SCALE = 5


def call(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return _told(row, row, "call", asked, "voice")


def chat(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    said = (text(row, "chat_type") or "").lower()
    channel = next((channel for word, channel in _CHANNELS.items() if word in said), "chat")
    return _told(as_call(row), row, "chat", asked, channel)


def _told(row: Row, original: Row, kind: str, asked: Asked, channel: str) -> list[Event]:
    """`row` is in a call's words, `original` as the vendor delivers it."""
    id, start = f"{kind}:{required(row, 'id')}", started(row, "created_at")
    direction, answered = _direction(row), _answered(row)
    shared: dict[str, Any] = {"channel": channel, "direction": direction}
    taken = {text(who, "user_id") for who in agents(row) if instant(who, "connected_at") is not None}
    taken |= {text(one, "agent_id") for one in each(row, "handle_durations")}
    parent, fail = text(row, "parent_id"), text(row, "fail_reason") or ""
    reasons = [word for name in ("fail_reason", "finish_reason") if (word := text(row, name))]
    said = each(row, "dispositions")
    interaction = {
        "kind": "interaction",
        "id": id,
        "startedAt": start,
        **shared,
        "outcome": _outcome(row, fail.lower(), direction, answered),
        **menu(row),
        **_first_agent(row),
        **_service_level(row),
        "transfers": sum(came_about(one) for one in each(row, "transfers")),
        "agents": len(taken - {None}),
        "durations": segments.segments(row) | _reported(row, kind),
        **({"derived": ["ring"]} if segments.is_ring_derived(row) else {}),
        **({"transferSeconds": segments.transfers(row)} if each(row, "transfers") else {}),
        **known(
            status=text(row, "status"),
            queuedAt=instant(row, "queued_at"),
            answeredAt=answered,
            endedAt=instant(row, "ends_at"),
            contactId=_contact(row, asked),
            parentId=f"{kind}:{parent}" if parent else None,
            menuPath=text(inner(row, "menu_path"), "name"),
            entryPoint=(telephone(row.get("support_number"), country=asked.settings.country) or "")[4:] or None,
            disposition=text(said[-1], "code") if said else None,
            endedBy=_ended_by(row),
            endReason=next((word for word in reasons if word.lower() not in _NO_REASON), None),
            recording=required(row, "id") if row.get("recording_url") or each(row, "recordings") else None,
        ),
        "row": kept(dict(original)),
    }
    of_it = {"interactionId": id, "interactionStartedAt": start, **shared}
    parts = legs(row, kind, of_it, is_answered=answered is not None)
    return [interaction, *parts, *_answer(row, id)]


def _direction(row: Row) -> str:
    """By the type, of which new ones come: unless it says otherwise, the customer began. Booked calls and call-backs are
    the customer's, too."""
    said = (text(row, "call_type") or text(row, "session_type_v2") or "").lower()
    if "internal" in said:
        return "internal"
    return "outbound" if "outbound" in said or "campaign" in said else "inbound"


def _answered(row: Row) -> int | None:
    """When a person was first connected. The call's own connected_at is the bot's where a bot took it first."""
    connected = instant(row, "connected_at")
    by_bots = _connected(bots(row))
    if connected is None or not by_bots:
        return connected
    by_people = _connected(agents(row))
    if not by_people:
        return None
    return min(by_people) if min(by_bots) < min(by_people) else connected


def _connected(people: Sequence[Row]) -> list[int]:
    return [at for who in people if (at := instant(who, "connected_at")) is not None]


def _outcome(row: Row, fail: str, direction: str, answered: int | None) -> str:
    status = (text(row, "status") or "").lower()
    deflection = (text(row, "deflection") or "no_deflection").lower()
    if status == "scheduled":
        return "scheduled"
    if row.get("ends_at") is None and status not in _OVER:
        return "in_progress"
    if answered is not None:
        return "answered"
    if status.startswith("voicemail") or "voicemail" in deflection:
        return "voicemail"
    if direction == "inbound" and (fail in _REASONS or fail in _ABANDONED):
        return _REASONS.get(fail, "abandoned")
    if status == "abandoned" or "abandon" in (text(row, "sub_status") or "").lower():
        return "abandoned"
    if status in ("failed", "canceled"):
        return "failed"
    is_left_to_bots = bool(_connected(bots(row)))
    return "deflected" if status == "deflected" or deflection != "no_deflection" or is_left_to_bots else "unknown"


def _first_agent(row: Row) -> dict[str, Any]:
    """Who was connected first: `agent_info` is who was last."""
    took = [who for who in agents(row) if who.get("connected_at") is not None]
    id = text(first(took, "connected_at"), "user_id")
    if id is None:
        id = text(first(each(row, "handle_durations"), "started_at"), "agent_id")
    return known(agentId=id, agentName=names(row).get(id or ""))


def _service_level(row: Row) -> dict[str, Any]:
    """The vendor's verdict on the first queue; what it leaves out has none."""
    entered = first(each(row, "queue_durations"), "started_at")
    return known(
        slaMet=_SERVICE_LEVEL.get((text(entered, "service_level_event") or "").lower()),
        slaTarget=seconds(entered, "service_level_target_time"),
    )


def _reported(row: Row, kind: str) -> dict[str, Any]:
    """The vendor's own figures of waiting and handling, which are other than the segments."""
    waited = row.get("queue_duration") if row.get("queue_duration") is not None else row.get("wait_duration")
    is_queued = row.get("queued_at") is not None
    return known(
        queueReported=seconds({"queue_duration": waited}, "queue_duration") if is_queued else None,
        handleReported=(seconds(row, "call_duration") or None) if kind == "call" else None,
    )


def _contact(row: Row, asked: Asked) -> str | None:
    """The number; else the mail address or number by which the customer is known; else the vendor's id."""
    callers = [who for who in each(row, "participants") if text(who, "type") == "end_user"]
    user, country = inner(row, "end_user"), asked.settings.country
    written = (text(user, "identifier") or "").lower()
    numbers = [
        telephone(each_one, country=country) for each_one in (*(who.get("phone_number") for who in callers), written)
    ]
    if found := next((each_one for each_one in numbers if each_one), None):
        return found
    if "@" in written and not set(written) & set(" ,;<>"):
        return f"mailto:{written}"
    id = text(user, "id") or next((id for who in callers if (id := text(who, "end_user_id"))), None)
    return f"id:{id}" if id else None


def _ended_by(row: Row) -> str | None:
    said = (text(row, "disconnected_by") or "unknown").removeprefix("disconnected_by_")
    return None if said == "unknown" else said


def _answer(row: Row, id: str) -> list[Event]:
    """The rating, when the call is over; it comes later than the end, but at no time of its own that would stay."""
    score, end = number(row, "rating"), instant(row, "ends_at")
    if score is None or end is None:
        return []
    info = inner(row, "agent_info")
    agent = None if "va_alias" in info else text(info, "id")
    return [
        {
            "kind": "survey",
            "id": f"csat:{id}",
            "answeredAt": end,
            "interactionId": id,
            "questionNumber": 1,
            "question": "CSAT",
            "score": score,
            "scale": SCALE,
            **known(agentId=agent),
        }
    ]
