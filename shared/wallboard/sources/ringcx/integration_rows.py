"""Rows of the integration API → events."""

from collections.abc import Mapping, Sequence
from typing import Any

from wallboard.errors import Malformed
from wallboard.model.time import zone_named
from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import flag, instant, known, number, required, seconds, started, telephone, text
from wallboard.sources.ringcx.integration import interval_start, is_of_agent
from wallboard.sources.ringcx.words import OUTCOMES, agent_name, agent_of, call_id, contact, without

_CHANNELS = {
    "VOICE": "voice",
    "EMAIL": "email",
    "SMS": "sms",
    "CHAT": "chat",
    "ENGAGE_MESSAGING": "chat",
    "WHATSAPP": "whatsapp",
    "MESSENGER": "messenger",
    "FACEBOOK_MESSENGER": "messenger",
    "INSTAGRAM": "instagram",
    "INSTAGRAM_DIRECT": "instagram",
}
_OURS = ("agent", "is_told_elsewhere")


def segment(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """The dialog, and of a part with an agent the leg.

    A dialog has as many rows as parts, and they come at different times: what each says of the dialog is what is the same in
    all of them, so that the order does not matter. Hold and wrap are not in here: `handle` is from answer to end.
    """
    if not is_of_agent(row) and row.get("is_told_elsewhere"):
        return Ignored("a part without an agent of a dialog that other parts tell of")
    dialog = required(row, "dialogId")
    is_voice = (text(row, "channelClass") or "").upper() == "VOICE"
    begun, ended = started(row, "dialogStartTimeMs"), instant(row, "dialogEndTimeMs")
    id = call_id(row, "interactionId") if is_voice and text(row, "interactionId") else f"contact:{dialog}"
    direction = "outbound" if (text(row, "dialogOrigination") or "").upper() == "OUTBOUND" else "inbound"
    shared = {
        "channel": "voice" if is_voice else _CHANNELS.get((text(row, "channelType") or "").upper(), "other"),
        "direction": direction,
    }
    company = text(row, "channelId")
    interaction = {
        "kind": "interaction",
        "id": id,
        "startedAt": begun,
        **shared,
        **known(
            endedAt=ended,
            contactId=_customer(row, asked.settings.country),
            entryPoint=company if direction == "inbound" else None,
        ),
        "durations": known(billing=seconds(row, "dialogDurationMs", per=1000) if ended is not None else None),
    }
    if not is_of_agent(row):
        word = text(row, "systemDisposition")
        outcome = OUTCOMES.get((word or "").upper(), "unknown")
        alone = {"abandoned": "abandoned_in_menu", "answered": "unknown"}.get(outcome, outcome)
        return [{**interaction, "outcome": alone, **known(status=word), "row": without(row, *_OURS)}]
    return [
        {**interaction, "outcome": "answered"},
        {
            "kind": "leg",
            "id": f"leg:{required(row, 'segmentId')}",
            "interactionId": id,
            "interactionStartedAt": begun,
            **shared,
            **(row.get("agent") or agent_of(text(row, "segmentParticipantId"), None)),
            "startedAt": (answered := started(row, "segmentStartTimeMs")),
            "acceptedAt": answered,
            "outcome": "accepted",
            **known(
                teamId=text(row, "segmentAgentGroupId"),
                endedAt=instant(row, "segmentEndTimeMs"),
                disposition=text(row, "agentDisposition"),
                recording=text(row, "segmentId") if flag(row, "hasRecording") else None,
            ),
            "durations": known(handle=seconds(row, "segmentDurationMs", per=1000)),
            "row": without(row, *_OURS),
        },
    ]


def _customer(row: Row, country: str) -> str | None:
    """Of the two addresses the one that is not the company's, which is that of the channel: their names are no help. None
    where neither is."""

    def same(one: str, other: str) -> bool:
        mine, its = (telephone(each, country=country) for each in (one, other))
        return one == other or (mine is not None and mine == its)

    company = text(row, "channelId")
    addresses = [text(row, "channelEndpointAddress"), text(row, "contactEndpointAddress")]
    others = [each for each in addresses if each and company and not same(each, company)]
    if len(others) != 1:
        return None
    return contact(others[0], country=country) or (
        None if (text(row, "channelClass") or "").upper() == "VOICE" else f"id:{others[0]}"
    )


_QUEUE_FIGURES = (
    "offdDirectIxnCnt",
    "answIxnCnt",
    "abandIxnCnt",
    "abandShortIxnCnt",
    "abandWithinSlCnt",
    "ansServicelevelCnt",
    "completedContacts",
    "queuedAndAnswIxnDur",
    "queuedAndAbandIxnDur",
    "queuedAnswLongestQueDur",
    "queuedAbandLongestQueDur",
    "talkingIxnDur",
    "wrapUpDur",
    "waitDur",
    "segmentHoldTime",
    "overflowInIxnCnt",
    "overflowOutIxnCnt",
)
"""Durations are seconds, but for `segmentHoldTime`: milliseconds, and of voice only."""

_OF_QUEUES = {
    "offered": "offdDirectIxnCnt",
    "answered": "answIxnCnt",
    "abandoned": "abandIxnCnt",
    "short_abandoned": "abandShortIxnCnt",
    "answered_within": "ansServicelevelCnt",
    "abandoned_within": "abandWithinSlCnt",
    "completed": "completedContacts",
    "queue_time_answered": "queuedAndAnswIxnDur",
    "queue_time_abandoned": "queuedAndAbandIxnDur",
    "talk": "talkingIxnDur",
    "hold": "segmentHoldTime",
    "wrap": "wrapUpDur",
}
"""Our names of what Wallboard counts, in seconds."""

_AGENT_FIGURES = (
    "availDur",
    "totWorkDur",
    "pauseDur",
    "waitDur",
    "adminDur",
    "directOutIxnCnt",
    "directOutIxnDur",
    "directInIxnCnt",
    "directInIxnDur",
)
"""Seconds. `totWorkDur` is the log-in time; `availDur` has the pauses in it, against what its name says."""

_OF_AGENTS = {"log_in": "totWorkDur", "away": "pauseDur"}

_EXTENDED_FIGURES = ("talkingIxnDur", "wrapUpDur", "answIxnCnt", "transferOutIxnCnt")

_OTHER_SPELLINGS = {"offdDirectIxnCnt": "offDirectIxnCnt"}


def queue_stats(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return [
        {
            "kind": "queue_interval",
            "id": f"queue:{required(row, 'queue')}:{_interval_id(row, asked)}",
            **_queue(row),
            **_interval(row, asked, _QUEUE_FIGURES, _OF_QUEUES),
        }
    ]


def agent_stats(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return [
        {
            "kind": "agent_interval",
            "id": f"agent:{required(row, 'agentId')}:{_interval_id(row, asked)}",
            **_agent(row),
            **_interval(row, asked, _AGENT_FIGURES, _OF_AGENTS),
        }
    ]


def agent_extended_stats(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return [
        {
            "kind": "agent_interval",
            "id": f"agent:{required(row, 'agentId')}:{required(row, 'queue')}:{_interval_id(row, asked)}",
            **_agent(row),
            **_queue(row),
            **_interval(row, asked, _EXTENDED_FIGURES, {}),
        }
    ]


def _agent(row: Row) -> dict[str, Any]:
    return {"agentId": required(row, "agentId"), **known(agentName=agent_name(text(row, "agentName")))}


def _queue(row: Row) -> dict[str, Any]:
    return {"queueId": required(row, "queue"), **known(queueName=text(row, "queueName"))}


def _begin(row: Row, asked: Asked) -> int:
    found = interval_start(row, zone_named(asked.settings.zone))
    if found is None:
        raise Malformed("dateTimeFrom", "is empty")
    return found


def _minutes(row: Row) -> int:
    """Answers count minutes; what is too much for that was echoed from the request."""
    found = number(row, "interval")
    if not found or found < 0:
        raise Malformed("interval", "is not a number of minutes", row.get("interval"))
    return int(found if found <= 60 else found / 60)


def _interval_id(row: Row, asked: Asked) -> str:
    return f"{_begin(row, asked)}:{_minutes(row)}"


def _interval(row: Row, asked: Asked, figures: Sequence[str], ours: Mapping[str, str]) -> dict[str, Any]:
    """The figures as delivered, and beside them those of which `ours` are our names."""
    begun, said = _begin(row, asked), {name: _figure(row, name) for name in figures}
    return {
        "startedAt": begun,
        "endedAt": begun + _minutes(row) * 60_000,
        "zone": asked.settings.zone,
        "figures": known(**said, **{name: _in_seconds(said, its) for name, its in ours.items()}),
        "row": without(row),
    }


def _figure(row: Row, name: str) -> float | int | None:
    found = number(row, name)
    return number(row, _OTHER_SPELLINGS[name]) if found is None and name in _OTHER_SPELLINGS else found


def _in_seconds(figures: Mapping[str, float | int | None], name: str) -> float | int | None:
    found = figures[name]
    return found / 1000 if found is not None and name == "segmentHoldTime" else found
