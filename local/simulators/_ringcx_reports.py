"""The files of RingCX: log-ins, legs and cloud calls, of the made-up centre or as they lie in a folder."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators._ringcx_calls import (
    CAMPAIGN,
    CLOUD_IDS,
    KEPT,
    QUEUES,
    RECORDINGS,
    Calls,
    Part,
    agent_number,
    goes_to_cloud,
    instant_of_text,
    queued_seconds,
    ten,
    uii,
)
from local.simulators._ringcx_columns import CLOUD, FILES, SEGMENT, SESSION
from local.simulators.centre import HOUR, MINUTE, SECOND, Call, Shift


def written(table: Sequence[Sequence[Any]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode()


def profiles_of(file: bytes) -> list[int]:
    """The cloud profiles of the calls in a file."""
    return sorted({int(row["cloud_profile_id"]) for row in csv.DictReader(io.StringIO(file.decode("utf-8-sig")))})


def as_lines(rows: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Objects as a table: `callStartDts` → `Call Start Dts`."""
    names = list(rows[0]) if rows else ["uii", "callStartDts"]
    spaced = ["".join(f" {each}" if each.isupper() else each for each in name).strip().title() for name in names]
    return [spaced, *(["" if row[name] is None else str(row[name]) for name in names] for row in rows)]


@dataclass(frozen=True, slots=True)
class Reports(Calls):
    def report(self, name: str, file: bytes | None, start: int, end: int, zone: ZoneInfo) -> list[list[str]]:
        """The lines of a report, its header first; of a file where there is one."""
        header, column, form = FILES[name]
        if file is not None:
            header, *lines = [*csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))] or [header]
        else:
            lines = list(self._lines(name, max(start, self.now - KEPT), end, zone))
        place = header.index(column)
        return [header, *(line for line in lines if start <= (instant_of_text(line[place], form, zone) or 0) < end)]

    def _lines(self, name: str, start: int, end: int, zone: ZoneInfo) -> Iterable[list[str]]:
        if name == "agent_session":
            shifts = self.centre.shifts(start - MINUTE, min(end, self.now))
            return [self._session(shift, zone) for shift in shifts]
        if name == "call_detail":
            calls = self.centre.between(start - HOUR, end)
            return [_cloud(call, zone) for call in calls if goes_to_cloud(call) and call.ended_at <= self.now]
        direction = "outbound" if name.endswith("outbound") else "inbound"
        parts = [part for part in self.parts(start, end) if part[0].direction == direction]
        return [self._segment(part, zone) for part in parts if part[2].ended_at <= self.now]

    def _segment(self, part: Part, zone: ZoneInfo) -> list[str]:
        call, place, leg = part
        inbound, queued = call.direction == "inbound", call.queued_at if not place else leg.offered_at

        def at(moment: int) -> str:
            return datetime.fromtimestamp(moment / 1000, zone).strftime("%m/%d/%Y %H:%M:%S")

        product = QUEUES[call.queue] if inbound else CAMPAIGN
        cells = {
            "Account ID": "99990001",
            "UII": f"'{uii(call)}",
            "Session ID": place + 2,
            "ANI": ten(call.customer),
            "DNIS": "2125550110" if inbound else "",
            "Call Type": call.direction.upper(),
            "Agent ID": agent_number(leg.agent),
            "Agent Login ID": 613_000_000 + leg.agent.number,
            "Agent First Name": leg.agent.first,
            "Agent Last Name": leg.agent.last,
            "Agent Username": leg.agent.email,
            "Product Type": "Queue" if inbound else "Campaign",
            "Product ID": product[0],
            "Product Name": product[1],
            "Enqueue Dts": at(queued) if inbound and queued else "",
            "Dequeue Dts": at(leg.offered_at) if inbound else "",
            "Queue Duration": _clock((leg.offered_at - queued) // SECOND if inbound and queued else 0),
            "Start Dts": at(leg.accepted_at),
            "End Dts": at(leg.ended_at),
            "Duration": _clock(leg.seconds) if call.number % 4 else leg.seconds,
            "Wrap Time": _clock(leg.wrap if leg.ended_at + leg.wrap * SECOND <= self.now else 0),
            "Dial Dts": at(leg.offered_at),
            "Dial Duration": _clock((leg.accepted_at - leg.offered_at) // SECOND),
            "Hold Duration": _clock(leg.hold),
            "Agent Wait Duration": "00:00:17",
            "Term Party": "CALLER" if call.ended_by == "customer" else "SYSTEM",
            "Term Reason": "HANGUP" if call.ended_by == "customer" else "EOC",
            "Agent Disposition": self.disposition(part),
            "Segment Recording File Name": f"{uii(call)}-{place + 2}.WAV",
            "Segment Recording URL": f"{RECORDINGS}{uii(call)}-{place + 2}.WAV",
        }
        return [str(cells[name]) for name in SEGMENT]

    def _own(self, shift: Shift) -> list[Part]:
        """The parts of an agent in a log-in."""
        over = min(shift.ended_at, self.now)
        parts = self.parts(shift.began_at, over)
        return [part for part in parts if part[2].agent == shift.agent and shift.began_at <= part[2].accepted_at < over]

    def _session(self, shift: Shift, zone: ZoneInfo) -> list[str]:
        own, over = self._own(shift), min(shift.ended_at, self.now)
        spent = {"meal": 0, "break": 0}
        for word, begun, ended in shift.breaks:
            spent[word] += max(0, min(ended, over) - begun) // SECOND
        login, talk = (over - shift.began_at) // SECOND, sum(leg.seconds for _, _, leg in own)
        ring = sum(leg.accepted_at - leg.offered_at for _, _, leg in own) // SECOND
        pending, accepted = sum(leg.wrap for _, _, leg in own), len(own)
        transfers = sum(leg is not call.legs[-1] for call, _, leg in own)

        def at(moment: int) -> str:
            local = datetime.fromtimestamp(moment / 1000, zone)
            return f"{local.month}/{local.day}/{local:%y} {local.hour % 12 or 12}:{local:%M} {local:%p}"

        cells: dict[str, Any] = dict.fromkeys(SESSION, "") | {
            "Agent ID": agent_number(shift.agent),
            "Last Name": shift.agent.last,
            "First Name": shift.agent.first,
            "Username": shift.agent.email,
            "Phone": "2125550180",
            "Login DTS": at(shift.began_at),
            "Logout DTS": at(shift.ended_at) if shift.ended_at <= self.now else "",
            "Presented": accepted,
            "Accepted": accepted,
            "Manual No Connect": 0,
            "RNA": 0,
            "Disp Xfers": transfers,
            "%Calls Xfered": _percent(transfers, accepted),
            "Talk Time (min)": _minutes(talk),
            "Avg Talk Time (min)": _minutes(talk / accepted if accepted else 0),
            "Login Time (min)": _minutes(login),
            "Login Utilization": _percent(talk, login),
            "Work Time (min)": _minutes(login - sum(spent.values())),
            "Break Time (min)": _minutes(spent["break"]),
            "Away Time (min)": "0.00",
            "Lunch Time (min)": _minutes(spent["meal"]),
            "Training Time (min)": "0.00",
            "Pending Disp Time (min)": _minutes(pending),
            "Calls Placed On Hold": sum(leg.hold > 0 for _, _, leg in own),
            "Time On Hold (min)": _minutes(sum(leg.hold for _, _, leg in own)),
            "Ring Time (min)": _minutes(ring),
            "EngagedTime (min)": _minutes(talk),
            "RNA Time (min)": "0.00",
            "Available Time (min)": _minutes(max(0, login - talk - ring - sum(spent.values()))),
            "Team": shift.agent.team if shift.agent.number % 4 else "[No Team Name]",
            "Login Session ID": shift.number,
            "Monitoring Sessions": 0,
        }
        return [str(cells[name]) for name in SESSION]


def _cloud(call: Call, zone: ZoneInfo) -> list[str]:
    first = call.legs[0] if call.legs else None

    def at(moment: int) -> str:
        local = datetime.fromtimestamp(moment / 1000, zone)
        return f"{local.month}/{local.day}/{local:%y} {local.hour % 12 or 12}:{local:%M} {local:%p}"

    waited = queued_seconds(call)
    cells: dict[str, Any] = dict.fromkeys(CLOUD, "") | {
        "cloud_profile_id": CLOUD_IDS[call.number % 2],
        "profile_name": f"Profile {call.number % 2}",
        "uii": f"'{uii(call)}",
        "ani": ten(call.customer),
        "dnis": "2125550150",
        "media_length": 0,
        "enqueue_time": at(call.queued_at or call.created_at),
        "dequeue_time": at(first.accepted_at if first else call.ended_at),
        "queue_time": waited,
        "call_state": "COMPLETE".ljust(20),
        "is_cellular": "No",
        "dequeue_attempts": 2,
        "call_result": "CONNECTED" if first else "ABANDON",
        "inbound_duration": waited + (first.seconds if first else 0),
        "connected_id": 7101 if first else "",
        "connected_name": "Downtown Store" if first else "",
        "connected_duration": first.seconds if first else "",
    }
    return [str(cells[name]) for name in CLOUD]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.2f}"


def _percent(part: float, whole: float) -> str:
    return f"{part / whole if whole else 0:.2%}"
