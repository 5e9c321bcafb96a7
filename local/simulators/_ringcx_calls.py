"""Calls and legs of the made-up centre as rows of RingCX, and what all of its rows share."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators.centre import DAY, MINUTE, SECOND, Agent, Call, Centre, Leg

EASTERN = ZoneInfo("US/Eastern")
"""The clock of call ids, whatever the zone of the account."""

QUEUES = {"Support": (50101, "Support Queue"), "Billing": (50102, "Billing Queue"), "Sales": (50103, "Sales Queue")}
CAMPAIGN = (30501, "Renewals Campaign")
GROUPS = {"North": 76873, "South": 76874}
CLOUD_IDS = (6101, 6102)
KEPT = 90 * DAY
RECORDINGS = "https://c02-recordings.example.com/api/v1/calls/recordings/?file="
Part = tuple[Call, int, Leg]
"""A call, the place of a leg in it, and the leg."""


def instant_of_text(text: Any, form: str, zone: ZoneInfo) -> int | None:
    """The instant of a local time of this form; None for anything else."""
    try:
        return round(datetime.strptime(text, form).replace(tzinfo=zone).timestamp() * 1000)
    except (ValueError, TypeError):
        return None


def instant(text: str) -> int:
    """The instant of a time with an offset."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def zone_of(name: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError):
        return None


def _utc(at: int | None, suffix: str) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000") + suffix


def uii(call: Call) -> str:
    return datetime.fromtimestamp(call.created_at / 1000, EASTERN).strftime("%Y%m%d%H%M%S") + f"{call.number:016}"


def dialog(call: Call) -> str:
    return f"s-v-{hashlib.blake2b(str(call.number).encode(), digest_size=16).hexdigest()}-{call.created_at}"


def ten(number: str) -> str:
    return number.removeprefix("+1")


def typed_at(call: Call) -> int:
    """When the last agent has typed the disposition: of every fifth call half an hour later."""
    return call.disposition_at + (30 * MINUTE if call.number % 5 == 0 else 0)


def goes_to_cloud(call: Call) -> bool:
    return call.direction == "inbound" and call.queued_at is not None and call.number % 10 == 7


def agent_number(agent: Agent) -> int:
    return 1_400_000 + agent.number


@dataclass(frozen=True, slots=True)
class Calls:
    centre: Centre
    now: int

    def calls(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        """Global Call Type Detail: three minutes after the end or the disposition, whichever is later."""
        for call in self.centre.between(start, end):
            if max(call.ended_at, typed_at(call) if call.legs else 0) + 3 * MINUTE <= self.now:
                yield self._call(call)

    def _call(self, call: Call) -> dict[str, Any]:
        inbound, cloud, first = call.direction == "inbound", goes_to_cloud(call), call.legs[0] if call.legs else None
        results = {
            "answered": "CONNECTED",
            "no_answer": "NOANSWER",
            "voicemail": "DEFLECTED",
            "abandoned": "ABANDON",
            "abandoned_in_menu": "ABANDON",
        }
        source = QUEUES[call.queue] if inbound else CAMPAIGN
        kind = "ACD-INBOUND" if inbound else "VPD-OUTBOUND"
        if cloud:
            kind, source = "CLOUD-PROFILE", (CLOUD_IDS[call.number % 2], f"Profile {call.number % 2}")
        elif call.outcome == "abandoned_in_menu":
            kind, source = "IVR-STUDIO", (9101, "Main Menu")
        by_agent = bool(first) and not cloud
        return {
            "uii": uii(call),
            "sourceType": kind,
            "sourceGroupId": 40101,
            "sourceGroupName": "Inbound Queues",
            "sourceId": source[0],
            "sourceName": source[1],
            "sourceDescription": None,
            "ani": ten(call.customer),
            "dnis": "2125550110" if inbound else "2125550140",
            "callStatus": "COMPLETE",
            "callResult": results[call.outcome],
            "queueTime": str(queued_seconds(call)),
            "callDuration": (call.ended_at - call.created_at) // SECOND,
            "callTermParty": None if first else "CALLER",
            "callTermReason": None if first else "HANGUP",
            "billingCode": None,
            "callNotes": None,
            "connectId": None if not first else 7101 if cloud else agent_number(first.agent),
            "connectedName": None if not first else "Downtown Store" if cloud else last_first(first.agent),
            "connectedRoute": "12125550180*101" if first else None,
            "connectedDuration": first.seconds if first else None,
            "connectedDisposition": (call.disposition if len(call.legs) == 1 else "Transferred") if by_agent else None,
            "finalDisposition": call.disposition if by_agent else None,
            "connectedTermParty": "CALLER" if first else None,
            "connectedTermReason": "EOC" if first else None,
            "connectedExternId": "",
            "recordingUrl": f"{RECORDINGS}{uii(call)}-1.WAV" if by_agent else None,
            "dialType": "N/A" if inbound else "PREDICTIVE",
            "jsonResult": "",
            "callStartDts": _utc(call.created_at, "+0000"),
            "callEndDts": _utc(call.ended_at, "+0000"),
            "connectedDts": _utc(first.accepted_at, "+0000") if first else None,
        }

    def parts(self, start: int, end: int) -> Iterator[Part]:
        """Legs of agents, of the calls that were going on."""
        for call in self.centre.touching(start, end):
            if not goes_to_cloud(call):
                yield from ((call, place, leg) for place, leg in enumerate(call.legs))

    def disposition(self, part: Part) -> str:
        call, _, leg = part
        if leg is not call.legs[-1]:
            return "Transferred"
        return (call.disposition or "") if typed_at(call) <= self.now else ""

    def segments(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        """Interaction metadata, by the end of the segment; recordings are found some minutes later."""
        for call, place, leg in self.parts(start, end):
            if not start <= leg.ended_at < end or leg.ended_at > self.now:
                continue
            over, found = call.ended_at <= self.now, leg.ended_at + (2 + call.number % 13) * MINUTE <= self.now
            company = "2125550110" if call.direction == "inbound" else "2125550140"
            addresses = [ten(call.customer), company]
            name = dialog(call)
            yield {
                "subAccountId": "99990001",
                "dialogId": name,
                "interactionId": uii(call),
                "channelId": company,
                "channelType": "VOICE",
                "channelClass": "VOICE",
                "channelEndpointAddress": addresses[call.direction == "outbound"],
                "contactEndpointAddress": addresses[call.direction == "inbound"],
                "dialogOrigination": call.direction.upper(),
                "dialogStartTimeMs": _utc(call.created_at, "Z"),
                "dialogEndTimeMs": _utc(call.ended_at, "Z") if over else None,
                "dialogDurationMs": call.ended_at - call.created_at if over else None,
                "segmentId": f"p{name[1:]}-{leg.accepted_at:x}{place:02x}",
                "segmentType": "AGENT",
                "segmentParticipantId": str(450_000 + leg.agent.number),
                "segmentParticipantRcExtensionId": f"900{leg.agent.number}004",
                "segmentStartTimeMs": _utc(leg.accepted_at, "Z"),
                "segmentEndTimeMs": _utc(leg.ended_at, "Z"),
                "segmentDurationMs": leg.ended_at - leg.accepted_at,
                "segmentAgentGroupId": str(GROUPS[leg.agent.team]),
                "systemDisposition": "ANSWER" if call.number % 3 else None,
                "agentDisposition": self.disposition((call, place, leg)),
                "agentNotes": "",
                "hasRecording": found,
                "hasTranscript": found,
                "segmentEvents": None,
            }


def queued_seconds(call: Call) -> int:
    if call.queued_at is None:
        return 0
    return ((call.legs[0].offered_at if call.legs else call.ended_at) - call.queued_at) // SECOND


def last_first(agent: Agent) -> str:
    return f"{agent.last}, {agent.first}"
