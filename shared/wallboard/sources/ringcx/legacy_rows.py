"""Rows of the older reports → events. Columns are found by the letters and digits of their names."""

from collections.abc import Sequence
from typing import Any

from wallboard.errors import Malformed
from wallboard.model.time import zone_named
from wallboard.sources._read import by_key, squashed
from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import instant, known, number, required, seconds, started, text
from wallboard.sources.ringcx.words import OUTCOMES, agent_name, agent_of, call_id, contact, ended_by, without

_MINUTE = ("%m/%d/%y %I:%M %p",)
_SECOND = ("%m/%d/%Y %H:%M:%S",)
_CALL_TIMES = ("%Y-%m-%d %H:%M:%S", *_SECOND, *_MINUTE)
"""Of a delimited answer, whose form nobody describes; that of JSON has an offset."""

_WITHIN = 90_000
"""Milliseconds by which log-out may differ from log-in plus log-in time: both are written without their seconds."""

_NO_TEAM = "[No Team Name]"

FIGURES = frozenset(
    squashed(name)
    for name in [
        "Presented",
        "Accepted",
        "Manual No Connect",
        "RNA",
        "Disp Xfers",
        "%Calls Xfered",
        "Talk Time (min)",
        "Avg Talk Time (min)",
        "Login Time (min)",
        "Login Utilization",
        "Off Hook Time (min)",
        "Rounded OH Time (min)",
        "Off Hook Utilization",
        "Off Hook to Login %",
        "Work Time (min)",
        "Break Time (min)",
        "Away Time (min)",
        "Lunch Time (min)",
        "Training Time (min)",
        "Pending Disp Time (min)",
        "Avg Pending Disp Time",
        "Calls Placed On Hold",
        "Time On Hold (min)",
        "Ring Time (min)",
        "EngagedTime (min)",
        "RNA Time (min)",
        "Available Time (min)",
        "Monitoring Sessions",
    ]
)
"""The columns of Agent Session that are numbers: counts, minutes with two decimals, and percentages."""

_AWAY = ("breaktimemin", "awaytimemin", "lunchtimemin", "trainingtimemin")


def agent_session(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """The log-in, and its figures as delivered; with the seconds away, which are told in no other way. Its end is taken from
    the column of the log-in time, which is exact, where the time of the log-out is that minute."""
    cells, zone = by_key(dict(row)), zone_named(asked.settings.zone)
    id, begun = f"session:{required(cells, 'loginsessionid')}", started(cells, "logindts", zone=zone, formats=_MINUTE)
    logout, minutes = instant(cells, "logoutdts", zone=zone, formats=_MINUTE), number(cells, "logintimemin")
    if minutes is not None and minutes < 0:
        raise Malformed("Login Time (min)", "is a duration below 0")
    reached = begun + round(minutes * 60_000) if minutes is not None else logout
    exact = reached if logout is not None and reached is not None and abs(reached - logout) <= _WITHIN else logout
    agent = {
        "agentId": required(cells, "agentid"),
        **known(agentName=" ".join(filter(None, (text(cells, "firstname"), text(cells, "lastname")))) or None),
    }
    team = text(cells, "team")
    session = {
        "kind": "session",
        "id": id,
        **agent,
        "startedAt": begun,
        "activity": "login",
        **known(endedAt=exact),
        "row": without(row),
    }
    figures = known(**{name: number(row, name) for name in row if squashed(name) in FIGURES}, away=_away(cells))
    interval = {
        "kind": "agent_interval",
        "id": id,
        **agent,
        **known(teamName=team if team != _NO_TEAM else None),
        "startedAt": begun,
        "endedAt": exact or reached or begun,
        "zone": asked.settings.zone,
        "figures": figures,
    }
    return [session, interval]


def _away(cells: Row) -> float | None:
    """In seconds; None where the row tells none of it."""
    told = [minutes for name in _AWAY if (minutes := number(cells, name)) is not None]
    return round(60 * sum(told), 3) if told else None


def _is_cloud(kind: str) -> bool:
    return kind.startswith("CLOUD")


def _direction(kind: str, cells: Row) -> str:
    """Kinds of calls are an open list; what is dialled has a way of dialling."""
    if "OUTBOUND" in kind or kind.startswith("VPD"):
        return "outbound"
    if "INBOUND" in kind or kind.startswith(("ACD", "CLOUD", "IVR", "TRAC")):
        return "inbound"
    return "inbound" if (text(cells, "dialtype") or "N/A").upper() == "N/A" else "outbound"


def call(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """`connected…` is the first agent's part, and the whole call has neither talk nor hold in this report: legs have."""
    cells, zone = by_key(dict(row)), zone_named(asked.settings.zone)
    kind = (text(cells, "sourcetype") or "").upper()
    if _is_cloud(kind) and asked.settings.has_cloud_report:
        return Ignored("a cloud call: Cloud Call Detail tells of it")
    direction, word, connected = _direction(kind, cells), text(cells, "callresult"), text(cells, "connectid")
    outcome = OUTCOMES.get((word or "").upper())
    if outcome is None:
        outcome = "answered" if connected else "abandoned" if direction == "inbound" else "unknown"
    if outcome == "abandoned" and kind.startswith("IVR"):
        outcome = "abandoned_in_menu"
    waited = direction == "inbound" and outcome in ("answered", "abandoned") and not kind.startswith("IVR")
    has_agent = outcome == "answered" and not _is_cloud(kind)
    times = {
        name: instant(cells, column, zone=zone, formats=_CALL_TIMES)
        for name, column in (("endedAt", "callenddts"), ("answeredAt", "connecteddts"))
    }
    return [
        {
            "kind": "interaction",
            "id": call_id(cells, "uii"),
            "startedAt": started(cells, "callstartdts", zone=zone, formats=_CALL_TIMES),
            "channel": "voice",
            "direction": direction,
            "outcome": outcome,
            **known(
                **times,
                status=word,
                contactId=contact(text(cells, "ani"), country=asked.settings.country),
                entryPoint=text(cells, "dnis") if direction == "inbound" else None,
                disposition=text(cells, "finaldisposition"),
                endedBy=ended_by(cells, "calltermparty"),
                endReason=text(cells, "calltermreason"),
                recording=required(cells, "uii").removeprefix("'") if text(cells, "recordingurl") else None,
            ),
            **_queue(cells, "sourceid", "sourcename", wanted=not kind.startswith(("IVR", "TRAC"))),
            **(agent_of(connected, agent_name(text(cells, "connectedname"))) if has_agent else {}),
            "durations": known(
                billing=seconds(cells, "callduration"),
                queue=seconds(cells, "queuetime") if waited else None,
                handle=seconds(cells, "connectedduration") if _is_cloud(kind) else None,
            ),
            "row": without(row, "recordingUrl", "Recording URL"),
        }
    ]


def _queue(cells: Row, id: str, name: str, *, wanted: bool = True) -> dict[str, Any]:
    """A queue, or for outbound calls the campaign."""
    found = text(cells, id)
    return known(queueId=found, queueName=text(cells, name)) if wanted and found else {}


def agent_segment(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """An agent's part. Hold lies within its duration, wrap behind it; `handle` is the duration, from answer to end."""
    cells, zone = by_key(without(row, "call_started_at")), zone_named(asked.settings.zone)
    if text(cells, "agentid") is None:
        return Ignored("a part of a call without an agent")
    id = call_id(cells, "uii")
    call_started_at = row.get("call_started_at")
    if call_started_at is None:
        return Ignored("a part of a call that Global Call Type Detail does not tell of yet")
    inbound = (text(cells, "calltype") or "INBOUND").upper() != "OUTBOUND"
    start = instant(cells, "startdts", zone=zone, formats=_SECOND)
    duration, hold = seconds(cells, "duration"), seconds(cells, "holdduration")
    talk = duration - (hold or 0) if duration is not None else None
    return [
        {
            "kind": "leg",
            "id": f"leg:{id.removeprefix('call:')}:{required(cells, 'sessionid')}",
            "interactionId": id,
            "interactionStartedAt": call_started_at,
            "channel": "voice",
            "direction": "inbound" if inbound else "outbound",
            "outcome": "accepted" if start is not None else "unknown",
            "agentId": required(cells, "agentid"),
            **known(
                agentName=" ".join(filter(None, (text(cells, "agentfirstname"), text(cells, "agentlastname")))) or None,
                offeredAt=instant(cells, "dialdts", zone=zone, formats=_SECOND),
                acceptedAt=start,
                startedAt=start,
                endedAt=instant(cells, "enddts", zone=zone, formats=_SECOND),
                disposition=text(cells, "agentdisposition"),
                endedBy=ended_by(cells, "termparty"),
                endReason=text(cells, "termreason"),
                recording=text(cells, "segmentrecordingfilename"),
            ),
            **_queue(cells, "productid", "productname"),
            "durations": known(
                handle=duration,
                talk=talk if talk is not None and talk >= 0 else None,
                hold=hold,
                wrap=seconds(cells, "wraptime"),
                ring=seconds(cells, "dialduration"),
                queue=seconds(cells, "queueduration") if text(cells, "enqueuedts") else None,
            ),
            "row": without(row, "call_started_at", "Segment Recording URL"),
        }
    ]


def cloud_call(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Times are written without their seconds: what follows the beginning is reckoned from it by the columns of seconds.
    Who took the call is a destination, not an agent."""
    cells, zone = by_key(dict(row)), zone_named(asked.settings.zone)
    begun = started(cells, "enqueuetime", zone=zone, formats=_MINUTE)
    waited, whole = seconds(cells, "queuetime"), seconds(cells, "inboundduration")
    word = text(cells, "callresult")
    outcome = OUTCOMES.get((word or "").upper()) or ("answered" if text(cells, "connectedid") else "unknown")
    answered = begun + round(waited * 1000) if outcome == "answered" and waited is not None else None
    return [
        {
            "kind": "interaction",
            "id": call_id(cells, "uii"),
            "startedAt": begun,
            "queuedAt": begun,
            "channel": "voice",
            "direction": "inbound",
            "outcome": outcome,
            **known(
                answeredAt=answered,
                endedAt=begun + round(whole * 1000) if whole is not None else None,
                status=word,
                contactId=contact(text(cells, "ani"), country=asked.settings.country),
                entryPoint=text(cells, "dnis"),
                recording=required(cells, "uii").removeprefix("'") if text(cells, "recordingurl") else None,
            ),
            **_queue(cells, "cloudprofileid", "profilename"),
            "durations": known(
                billing=whole,
                queue=waited,
                handle=seconds(cells, "connectedduration") if outcome == "answered" else None,
            ),
            "row": without(row, "recording_url"),
        }
    ]
