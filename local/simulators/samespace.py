"""Samespace: its four analytics endpoints, over a made-up centre or over files."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from local.simulators._simulator import Answer, Request, Simulator, as_json
from local.simulators.centre import DAY, MINUTE, SECOND, Agent, Call, Shift

_KEY = "Nr@5 #S!secret-samespace"
_TYPING = 4 * MINUTE  # notes come so much later


def _hex(*parts: object) -> str:
    return hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=12).hexdigest()


def _uuid(*parts: object) -> str:
    text = hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=16).hexdigest()
    return "-".join((text[:8], text[8:12], f"4{text[13:16]}", f"8{text[17:20]}", text[20:]))


def _iso(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1000)


@dataclass(kw_only=True)
class Samespace(Simulator):
    """`envelope` False answers logs and productivity as bare lists. `zone` is that of times without one."""

    vendor: ClassVar[str] = "samespace"
    hosts: ClassVar[tuple[str, ...]] = ("eu1.samespace.com",)
    settings: ClassVar[Mapping[str, Any]] = {"cluster_id": "eu1", "api_key": _KEY, "country": "1"}
    routes: ClassVar[Mapping[tuple[str, str], str]] = {
        ("POST", "/manage/api/analytics/(?P<what>sessions|logs|csat)"): "listed",
        ("POST", "/manage/api/analytics/(?P<what>productivity/v2)"): "listed",
    }

    envelope: bool = True
    zone: str = "UTC"

    def listed(self, request: Request, what: str) -> Answer:
        if request.headers.get("x-api-key") != _KEY:
            return as_json({"success": False, "message": "Unauthorized"}, 401)
        asked = request.json()
        filters = asked["filters"]
        start, end = (_instant(filters[name], self.zone) for name in ("start_time", "end_time"))
        if end - start > 31 * DAY:
            return as_json({"success": False, "message": "Date range cannot exceed 1 month"}, 400)
        rows = list(self._rows(what, start, end))
        skip, limit = asked.get("skip", 0), asked.get("limit", 100)
        page = rows[skip : skip + limit]
        bare = not self.envelope and what in ("logs", "productivity/v2")
        return as_json(page if bare else {"total": len(rows), "data": page})

    def _rows(self, what: str, start: int, end: int) -> Iterable[dict[str, Any]]:
        if self.payloads:
            content = json.loads(self.payload(f"samespace_{what.removesuffix('/v2')}.json") or b"[]")
            rows = content.get("data", [content]) if isinstance(content, dict) else content
            if what == "productivity/v2":
                return rows if self._is_day_of_payloads(start, end) else []
            return [row for row in rows if start <= _instant(row["start_time"]) < end]
        if what == "logs":
            shifts = self.centre.shifts(start, min(end, self.now()))
            return [row for shift in shifts for row in self._log(shift)]
        if what == "productivity/v2":
            return self._productivity(start, end)
        calls = self.centre.between(start, min(end, self.now()))
        return [row for call in calls for row in (self._legs(call) if what == "sessions" else self._csat(call))]

    def _is_day_of_payloads(self, start: int, end: int) -> bool:
        """Figures of a day do not say of which: it is the day of the sessions."""
        sessions = json.loads(self.payload("samespace_sessions.json") or b'{"data": []}')
        begins = [_instant(row["start_time"]) for row in sessions["data"]]
        return bool(begins) and start <= min(begins) < end

    def _legs(self, call: Call) -> Iterable[dict[str, Any]]:
        now, origin = self.now(), _uuid("call", call.number, 0)
        inbound = call.direction == "inbound"
        parts = call.legs or (None,)
        for place, leg in enumerate(parts):
            begun = call.created_at if not place else leg.offered_at  # type: ignore[union-attr]
            if begun > now:
                return
            over = leg.ended_at if leg else call.ended_at
            is_over, answered = over <= now, leg is not None and leg.accepted_at <= now
            agent: Agent | None = leg.agent if leg else None
            status = "answered" if answered else "failed" if call.outcome == "no_answer" else call.outcome
            customer = call.customer if call.number % 2 else call.customer.removeprefix("+")
            yield {
                "_id": _hex("session", call.number, place),
                "x_origin_id": origin,
                "uuid": _uuid("call", call.number, place),
                "channel": "voice",
                "direction": "in" if inbound else "out",
                "type": "team",
                "endpoint_type": "WEB",
                "endpoint_id": "WEB",
                "user_system_id": _hex("agent", agent.number) if agent else None,
                "user_display_name": agent.name if agent else None,
                "user_login_id": agent.first.lower() if agent else None,
                "caller": customer if inbound else agent.first.lower() if agent else "",
                "callee": "12025550188" if inbound else customer,
                "team_system_id": _hex("queue", call.queue),
                "team_name": call.queue,
                "recording_filename": f"{customer}_{call.number}.wav" if leg else None,
                "recording_url": f"/router/api/open-recording-url/{origin}/4242" if leg else None,
                "start_time": _iso(begun),
                "progress_duration": (leg.accepted_at - leg.offered_at) // SECOND if leg else 0,
                "duration": leg.seconds if leg and is_over else 0,
                "answer_time": _iso(leg.accepted_at) if leg and answered else None,
                "conference_duration": 0,
                "end_time": _iso(over) if is_over else None,
                "status": status,
                "terminated_by": call.ended_by if is_over else None,
                "termination_cause": "NORMAL_CLEARING",
                "codec": "PCMU",
                "mos": 4.4,
                "dock_version": "5.0",
                "domain_id": 4242,
                "space_id": "exampleco",
                "hold_duration": leg.hold if leg and is_over else 0,
                "custom_data": {},
                "notes": "" if call.disposition_at + _TYPING > now else call.disposition or "",
            }

    def _log(self, shift: Shift) -> Iterable[dict[str, Any]]:
        spells = [("login", shift.began_at, shift.ended_at), *(("away", *each[1:]) for each in shift.breaks)]
        for place, (activity, begun, over) in enumerate(spells):
            if begun > self.now():
                continue
            is_over = over <= self.now()
            yield {
                "_id": _hex("log", shift.number, place),
                "domain_id": 4242,
                "space_id": "exampleco",
                "session_id": _uuid("shift", shift.number),
                "endpoint_type": "WEB",
                "endpoint_id": "WEB",
                "user_system_id": _hex("agent", shift.agent.number),
                "user_login_id": shift.agent.first.lower() if shift.agent.number % 3 else "",
                "user_display_name": shift.agent.name,
                "ip_address": "192.0.2.10",
                "start_time": _iso(begun),
                "end_time": _iso(over) if is_over else None,
                "activity": activity,
                "dock_version": "5.0",
                "logout_reason": "User Logout" if is_over and not place else None,
                "session_duration": (over - begun) // SECOND if is_over else 0,
            }

    def _productivity(self, start: int, end: int) -> Iterable[dict[str, Any]]:
        calls = [call for call in self.centre.between(start, end) if call.ended_at <= self.now()]
        for agent in self.centre.agents:
            own = [(call, leg) for call in calls for leg in call.legs if leg.agent == agent]
            if not own:
                continue
            firsts = [(call, leg) for call, leg in own if call.direction == "inbound" and leg is call.legs[0]]
            held = [leg.hold for _, leg in own if leg.hold]
            shifts = [shift for shift in self.centre.shifts(start, end) if shift.agent == agent]
            yield {
                "_id": _hex("agent", agent.number),
                "user": agent.name,
                "session_duration": sum(shift.ended_at - shift.began_at for shift in shifts) // SECOND,
                "away_time": sum(over - begun for shift in shifts for _, begun, over in shift.breaks) // SECOND,
                "acd": round(sum(leg.seconds for _, leg in own) / len(own)),
                "acw": round(sum(leg.wrap for _, leg in own) / len(own)),
                "asa": _mean([(leg.accepted_at - call.created_at) // SECOND for call, leg in firsts]),
                "avg_hold_time": _mean(held),
                "avg_ring_duration": _mean([(leg.accepted_at - leg.offered_at) // SECOND for _, leg in own]),
                "inbound_conversations": sum(call.direction == "inbound" for call, _ in own),
                "outbound_conversations": sum(call.direction == "outbound" for call, _ in own),
            }

    def _csat(self, call: Call) -> Iterable[dict[str, Any]]:
        if not call.legs or call.disposition_at > self.now():
            return
        uuid = _uuid("call", call.number, 0)
        answered_at = call.ended_at + 20 * SECOND
        answers = []
        if call.score is not None and answered_at <= self.now():
            questions = ("How would you rate the help you received?", "How polite was the agent?")
            answers = [
                {
                    "_id": _hex("answer", call.number, number),
                    "timestamp": _iso(answered_at + number * SECOND),
                    "uuid": uuid,
                    "question": f"SURVEY_ANSWER_{number}:{question}",
                    "answer": str(call.score if number == 1 else min(5, call.score + 1)),
                }
                for number, question in reversed(list(enumerate(questions, 1)))
            ]
        yield {
            "_id": uuid,
            "csat": answers,
            "direction": "in" if call.direction == "inbound" else "out",
            "caller": call.customer,
            "callee": "12025550188",
            "user_display_name": call.legs[0].agent.name,
            "team_name": call.queue,
            "start_time": _iso(call.created_at),
            "end_time": _iso(call.ended_at),
            "duration": call.legs[0].seconds,
            "acw_duration": sum(leg.wrap for leg in call.legs),
            "conversation_tags": [call.disposition] if call.disposition else [],
            "notes": "",
        }


def _mean(values: list[int]) -> int:
    return round(sum(values) / len(values)) if values else 0
