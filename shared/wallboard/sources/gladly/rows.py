"""Gladly's rows → events."""

from collections.abc import Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

from wallboard.errors import InvalidRequest, Malformed
from wallboard.model.time import zone_named
from wallboard.sources._read import by_key, squashed
from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import flag, instant, known, number, required, seconds, started, text
from wallboard.sources.gladly.pages import PARTS

_CHANNELS = {
    "PHONE_CALL": "voice",
    "ABANDONED_CALL": "voice",
    "CHAT": "chat",
    "SMS": "sms",
    "EMAIL": "email",
    "VOICEMAIL": "voicemail",
    "FB_MESSENGER": "messenger",
    "INSTAGRAM_DIRECT": "instagram",
    "WHATSAPP": "whatsapp",
}
_DIRECTIONS = {"INBOUND": "inbound", "OUTBOUND": "outbound"}


def work_session(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """The contact, which each of its rows tells in the same words, and the work session of one agent, which has an id when
    the contact has ended. A row without an id is the only one of its contact: of one that has not ended, or that nobody
    worked on. It is kept with the contact, and gone when the contact comes with work sessions: no ghost of it stays."""
    said = {name: value for name, value in row.items() if name != PARTS}
    cells = by_key(said)
    contact, id = required(cells, "contactsessionid"), text(cells, "id")
    parts = [dict(zip(("id", "agentid", "agentacceptedat"), part, strict=True)) for part in row[PARTS]]
    if id is None and any(text(part, "id") for part in parts):
        return Ignored("a contact without its work sessions, beside them")
    start = started(cells, "contactsessioncreatedat", zone=UTC)
    end = instant(cells, "contactsessionendedat", zone=UTC)
    answered, first_agent = _first(parts)
    direction = _DIRECTIONS.get((text(cells, "direction") or "").upper())
    if direction is None:
        raise Malformed("direction", "is neither INBOUND nor OUTBOUND", cells.get("direction"))
    customer, status = text(cells, "customerid"), text(cells, "status")
    shared = {
        "channel": _CHANNELS.get((text(cells, "channel") or "").upper(), "other"),
        "direction": direction,
    }
    interaction = {
        "kind": "interaction",
        "id": f"contact:{contact}",
        "startedAt": start,
        **shared,
        "outcome": _outcome(status, direction, is_over=end is not None, is_accepted=answered is not None),
        **known(
            status=status,
            queuedAt=start if direction == "inbound" else None,
            routedAt=instant(cells, "contactsessionroutedat", zone=UTC),
            answeredAt=answered,
            fulfilledAt=instant(cells, "slafulfilledat", zone=UTC),
            endedAt=end,
            slaMet=flag(cells, "withinsla"),
            queueId=text(cells, "inboxid"),
            agentId=first_agent,
            contactId=f"id:{customer}" if customer else None,
            conversationId=text(cells, "conversationid"),
        ),
    }
    if id is None:
        return [{**interaction, "row": said}]
    accepted = instant(cells, "agentacceptedat", zone=UTC)
    leg = {
        "kind": "leg",
        "id": f"leg:{contact}:{id}",
        "interactionId": f"contact:{contact}",
        "interactionStartedAt": start,
        **shared,
        "outcome": "accepted" if accepted is not None or status == "ANSWERED" else "unknown",
        **known(
            agentId=text(cells, "agentid"),
            queueId=text(cells, "acceptedinboxid"),
            acceptedAt=accepted,
        ),
        "durations": known(
            handle=_time(cells, "worksessionhandletime"),
            wrap=_time(cells, "worksessionaftercontacttime"),
            unknown=_time(cells, "worksessionunknowntime"),
        ),
        "row": said,
    }
    return [interaction, leg]


def _time(cells: Row, name: str) -> float | int | None:
    """Seconds: the column's name says so today, and once did not."""
    return seconds(cells, f"{name}sec" if f"{name}sec" in cells else name)


def _first(parts: Sequence[Row]) -> tuple[int | None, str | None]:
    """When somebody first accepted the contact, and who. An outbound contact is not accepted: then it is whoever is the only
    one who worked on it."""
    agents = [text(part, "agentid") for part in parts]
    times = [instant(part, "agentacceptedat", zone=UTC) for part in parts]
    accepted = sorted((at, agent or "") for at, agent in zip(times, agents, strict=True) if at is not None)
    if accepted:
        return accepted[0][0], accepted[0][1] or None
    named = {agent for agent in agents if agent}
    return None, named.pop() if len(named) == 1 else None


def _outcome(status: str | None, direction: str, *, is_over: bool, is_accepted: bool) -> str:
    """A contact that an agent accepted was answered, where the vendor's word does not say otherwise."""
    word = (status or "").upper()
    if not is_over:
        return "in_progress"
    if word == "ABANDONED":
        return "abandoned"
    if word == "UNANSWERED":
        return "missed" if direction == "inbound" else "failed"
    return "answered" if word == "ANSWERED" or is_accepted else "unknown"


# ---- the reports that go by dates


def _zone(cells: Row, asked: Asked) -> ZoneInfo:
    """The zone of the times of a row, which it names itself."""
    try:
        return zone_named(text(cells, "timezonefilter") or asked.settings.zone)
    except InvalidRequest:
        return zone_named(asked.settings.zone)


_FIGURES = (
    "SLA Target (sec)",
    "Queued-to-Fulfilled (sec)",
    "Queued-to-Fulfilled within Business Hours (sec)",
    "Queued-to-Accepted (sec)",
    "Queued-to-Ended (sec)",
    "Accepted-to-Fulfilled (sec)",
    "Seconds within (+) or over (-) SLA",
    "Fulfilled-to-Ended (sec)",
    "Contact Handle Time (sec)",
    "After Contact Time (sec)",
    "Total Contact Handle Time (sec)",
    "Total Talk Time",
    "Hold Time Total (sec)",
    "Hold Time - Manual (sec)",
    "Hold Time - Warm Transfer (sec)",
    "Hold Time - Cold Transfer (sec)",
    "Hold Time - Conference (sec)",
    "Messages Total",
    "Messages from Customer",
    "Messages from Agent",
    "Messages from Rules",
    "Messages from API",
    "Avg Agent Reply Time (sec)",
    "Avg Customer Reply Time (sec)",
    "Times Offered",
    "Times Accepted",
    "Times Missed",
    "Times Declined",
    "Times Transferred",
    "Times on Hold Total",
    "Times on Hold - Manual",
    "Times on Hold - Warm Transfer",
    "Times on Hold - Cold Transfer",
    "Times on Hold - Conference",
    "Payment Requests - Completed",
    "Payment Requests - Declined",
    "Payment Amount - Completed (USD)",
    "Payment Amount - Declined (USD)",
)
_LABELS = (
    "Contact Initiator",
    "Entry Point",
    "Final IVR Selection",
    "Fulfilled Type",
    "Inbox when Queued",
    "Inbox when Ended",
    "Agent when Ended",
)


def contact(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """What only the export knows of a contact. Blank cells fill when it ends."""
    cells = by_key(dict(row))
    id, zone = required(cells, "contactid"), _zone(cells, asked)
    return [
        {
            "kind": "interaction_detail",
            "id": f"export:{id}",
            "interactionId": f"contact:{id}",
            "anchoredAt": started(cells, "queuedat", zone=zone),
            **known(
                offeredAt=instant(cells, "offeredat", zone=zone),
                dueAt=instant(cells, "dueat", zone=zone),
                answeredAt=instant(cells, "answeredatoutbound", zone=zone),
            ),
            "figures": known(
                hold=seconds(cells, "holdtimetotalsec"),
                **{name: number(cells, squashed(name)) for name in _FIGURES},
            ),
            "labels": known(**{name: text(cells, squashed(name)) for name in _LABELS}),
            "row": dict(row),
        }
    ]


_OF_NO_FIGURE = {
    "timezonefilter",
    "channelfilter",
    "inboxesfilter",
    "teamsfilter",
    "bucketbeginning",
    "bucketend",
    "name",
    "email",
    "agentid",
    "userstatus",
    "roles",
    "inboxes",
    "teams",
}


_OURS = {"log_in": "loggedintimeinseconds", "away": "awaytimeinseconds"}
"""Our names of what Wallboard counts, in seconds. A row is all that is told of an agent and a bucket: its columns of channels
are beside these, not rows of their own."""


def agent_bucket(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """The figures of an agent and a day, under the vendor's names, and beside them those that have names of ours. An average
    of nothing is blank, and left out."""
    cells = by_key(dict(row))
    agent = text(cells, "agentid")
    if agent is None:
        return Ignored("figures of nobody")
    zone, teams = _zone(cells, asked), text(cells, "teams")
    start, end = (started(cells, name, zone=zone) for name in ("bucketbeginning", "bucketend"))
    return [
        {
            "kind": "agent_interval",
            "id": f"summary:{agent}:{start}:{end}",
            "agentId": agent,
            **known(agentName=text(cells, "name"), teamName=teams if teams and "," not in teams else None),
            "startedAt": start,
            "endedAt": end,
            "zone": zone.key,
            "figures": known(
                **{name: _figure(row, name) for name in row if squashed(name) not in _OF_NO_FIGURE},
                **{name: _figure(cells, its) for name, its in _OURS.items()},
            ),
            "row": dict(row),
        }
    ]


def _figure(row: Row, name: str) -> float | int | None:
    """The vendor may add columns at any time: one that holds no numbers stays in the row only."""
    try:
        return number(row, name)
    except Malformed:
        return None
