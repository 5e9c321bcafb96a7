"""Samespace's rows → events."""

from collections.abc import Sequence
from typing import Any

from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import count, instant, known, number, required, seconds, started, telephone, text

_CHANNELS = {
    "voice": "voice",
    "sms": "sms",
    "email": "email",
    "whatsapp": "whatsapp",
    "chat": "chat",
    "webchat": "chat",
}
_DIRECTIONS = {"in": "inbound", "out": "outbound"}
_OUTCOMES = {
    "answered": "answered",
    "abandoned": "abandoned",
    "missed": "missed",
    "failed": "failed",
    "voicemail": "voicemail",
}
_DROPPED = ("recording_url", "ip_address", "origin_start_time", "interval", "own_call")
"""Not kept with the row: a link that may open without a key, what nobody needs to know, and what we wrote into it."""


def _kept(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _DROPPED}


def session(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """A leg, and from the originating leg the interaction."""
    uuid, origin = required(row, "uuid"), text(row, "x_origin_id") or required(row, "uuid")
    start, answered, end = started(row, "start_time"), instant(row, "answer_time"), instant(row, "end_time")
    inbound = text(row, "direction") == "in"
    status = text(row, "status") or "unknown"
    outcome = "answered" if answered is not None else _OUTCOMES.get(status.lower(), "unknown")
    if end is None:
        outcome = "in_progress"
    elif outcome == "answered" and answered is None:
        outcome = "unknown"
    hold = seconds(row, "hold_duration") or 0  # inside the duration, as far as can be seen: talk is what is left
    durations = known(
        ring=seconds(row, "progress_duration"),
        talk=max(0, (seconds(row, "duration") or 0) - hold) if answered is not None else None,
        hold=hold if answered is not None else None,
        conference=seconds(row, "conference_duration") if answered is not None else None,
    )
    shared = known(
        channel=_CHANNELS.get((text(row, "channel") or "").lower(), "other"),
        direction=_DIRECTIONS.get(text(row, "direction") or "", "internal"),
        queueId=text(row, "team_system_id"),
        queueName=text(row, "team_name"),
        teamId=text(row, "team_system_id"),
        teamName=text(row, "team_name"),
        endedAt=end,
        endedBy=text(row, "terminated_by"),
        endReason=text(row, "termination_cause"),
        recording=uuid if text(row, "recording_filename") else None,
    )
    agent = known(agentId=text(row, "user_system_id"), agentName=text(row, "user_display_name"))
    leg = {
        "kind": "leg",
        "id": f"leg:{uuid}",
        "interactionId": f"call:{origin}",
        "interactionStartedAt": instant(row, "origin_start_time") or start,
        "startedAt": start,
        **known(acceptedAt=answered),
        "outcome": "accepted" if answered is not None else "missed" if status == "missed" else "unknown",
        "durations": durations,
        **shared,
        **(agent if "agentId" in agent else {}),
        "row": _kept(row),
    }
    if uuid != origin:
        return [leg]
    person = telephone(row.get("caller" if inbound else "callee"), country=asked.settings.country)
    interaction = {
        "kind": "interaction",
        "id": f"call:{origin}",
        "startedAt": start,
        "outcome": outcome,
        "status": status,
        **known(answeredAt=answered, contactId=person),
        **(known(queuedAt=start) if inbound else {}),
        **shared,
        **(agent if "agentId" in agent else {}),
    }
    return [interaction, leg]


def log(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    if text(row, "user_system_id") is None:
        return Ignored("a log-in of nobody")
    return [
        {
            "kind": "session",
            "id": f"log:{required(row, '_id')}",
            "agentId": required(row, "user_system_id"),
            "startedAt": started(row, "start_time"),
            "activity": (text(row, "activity") or "login").lower(),
            **known(
                agentName=text(row, "user_display_name"),
                endedAt=instant(row, "end_time"),
                endReason=text(row, "logout_reason"),
            ),
            "row": _kept(row),
        }
    ]


_FIGURES = (
    "session_duration",
    "away_time",
    "acd",
    "acw",
    "asa",
    "avg_hold_time",
    "avg_ring_duration",
    "inbound_conversations",
    "outbound_conversations",
)


def agent_day(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    start, end = row["interval"]
    agent = required(row, "_id")
    return [
        {
            "kind": "agent_interval",
            "id": f"productivity:{agent}:{start}:{end}",
            "agentId": agent,
            **known(agentName=text(row, "user")),
            "startedAt": start,
            "endedAt": end,
            "zone": asked.settings.zone,
            "figures": known(**{name: number(row, name) for name in _FIGURES}),
            "row": _kept(row),
        }
    ]


def survey(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """One survey for each answer that is there. Agent and team are those of the call, where it was found; the row has only
    names, which two agents may share."""
    call, own = required(row, "_id"), row.get("own_call") or {}
    agent = text(own, "user_system_id")
    answers = []
    for answer in row.get("csat") or ():
        score = number(answer, "answer")
        if score is None:
            continue
        asked_as, _, words = (text(answer, "question") or "").partition(":")
        digits = asked_as.rpartition("_")[2]
        answers.append(
            {
                "kind": "survey",
                "id": f"csat:{required(answer, '_id')}",
                "answeredAt": started(answer, "timestamp"),
                "interactionId": f"call:{call}",
                **known(
                    questionNumber=count({"n": digits}, "n") if digits.isdigit() else None,
                    question=words.strip() or asked_as or None,
                    agentId=agent,
                    agentName=text(own, "user_display_name") if agent else None,
                    teamId=text(own, "team_system_id"),
                    teamName=text(own, "team_name") or text(row, "team_name"),
                ),
                "score": score,
                "scale": asked.settings.survey_scale,
            }
        )
    detail = {
        "kind": "interaction_detail",
        "id": f"csat:{call}",
        "interactionId": f"call:{call}",
        "legId": f"leg:{call}",
        "anchoredAt": started(row, "start_time"),
        "figures": known(wrap=seconds(row, "acw_duration")),
        "labels": known(tags=", ".join(map(str, row.get("conversation_tags") or ())) or None),
        "row": _kept(row),
    }
    return [*answers, detail]
