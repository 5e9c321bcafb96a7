"""What agents were doing: rows of the activity log → spells of a status."""

from collections.abc import Sequence

from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import instant, known, required, started, text
from wallboard.sources.ccaip._cells import full_name, inner, kept

_STATUSES = {
    "available": "available",
    "in-call": "busy",
    "in-chat": "busy",
    "wrap-up": "wrap_up",
    "break": "break",
    "meal": "meal",
    "lunch": "meal",
    "training": "training",
    "meeting": "meeting",
    "idle": "away",
    "unavailable": "away",
    "offline": "offline",
    "missed call": "missed",
    "missed chat": "missed",
    "unresponsive": "missed",
}
"""The vendor's words; a tenant may add its own, which are `other`."""

TAKES_TIME = "user_status_changed"


def activity(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Only a change of status begins a spell; log-ins, offers and pick-ups are moments within one, and name the same status
    again."""
    what = text(row, "activity")
    if what != TAKES_TIME:
        return Ignored("a moment, which takes no time of a status")
    agent, word = required(row, "agent_id"), text(inner(row, "status"), "name") or "Unknown"
    by = inner(row, "whodunnit")
    call, chat = text(row, "call_id"), text(row, "chat_id")
    interaction = f"call:{call}" if call else f"chat:{chat}" if chat else None
    return [
        {
            "kind": "status",
            "id": f"status:{required(row, 'id')}",
            "agentId": agent,
            "startedAt": started(row, "started_at"),
            "status": _STATUSES.get(word.lower(), "other"),
            "word": word,
            **known(
                agentName=full_name(by) if text(by, "id") == agent else None,
                endedAt=instant(row, "ended_at"),
                interactionId=interaction,
            ),
            "row": kept(dict(row)),
        }
    ]
