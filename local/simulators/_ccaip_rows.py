"""Calls and chats of the made-up centre as CCAI Platform tells them at some time."""

from itertools import pairwise

from local.simulators._ccaip_words import CHAT_ENDS, CHAT_TYPES, ENDS, MENUS, TYPES, Row, menu, path, user
from local.simulators.centre import MINUTE, SECOND, SLA_SECONDS, Call, Leg
from wallboard.model.time import iso

_EXPORT = 12 * SECOND


def is_chat(call: Call) -> bool:
    """Every fourth contact is told as a chat."""
    return call.number % 4 == 3


def _at(at: int | None, now: int) -> str | None:
    """A time that has come; the others nobody knows."""
    return iso(at) if at is not None and at <= now else None


class Told:
    """One contact, as far as it is known at `now`. What follows its end is told in a second export, 15 to 20 minutes
    later."""

    def __init__(self, call: Call, now: int) -> None:
        self.call, self.now = call, now
        self.is_chat = is_chat(call)
        self.is_over = call.ended_at + _EXPORT <= now
        self._again = call.ended_at + (15 + call.number % 6) * MINUTE
        self.is_final = self._again <= now
        self.kind = "chat" if self.is_chat else "call"

    @property
    def updated_at(self) -> int:
        begun = [leg.accepted_at for leg in self.call.legs]
        stages = [self.call.created_at, self.call.queued_at, *begun, self.call.ended_at + _EXPORT, self._again]
        return max(at for at in stages if at is not None and at <= self.now)

    def row(self) -> Row:
        return self._chat() if self.is_chat else self._call()

    def _call(self) -> Row:
        call, legs, now = self.call, self._legs(), self.now
        status, fail, deflection = ENDS[call.outcome]
        inbound = call.direction == "inbound"
        kind = TYPES[call.direction][call.number // 4 % 5]
        connected = legs[0].accepted_at if legs else None
        return self._common(legs, status, fail) | {
            "parent_id": None,
            "call_type": kind,
            "queued_at": _at(call.queued_at, now),
            "connected_at": _at(connected, now),
            "scheduled_at": None,
            "call_duration": self._handled(legs),
            "hold_duration": sum(leg.hold for leg in legs) if self.is_over else 0,
            "voip_provider": "deprecated",
            "recording_url": f"https://media.example.com/recordings/{call.number}" if legs and self.is_over else None,
            "recording_permission": "not_asked",
            "voicemail_reason": "over_capacity" if call.outcome == "voicemail" else "not_voicemail",
            "deflection": deflection if self.is_over else "no_deflection",
            "disconnected_by": self._ended_by(),
            "finish_reason": "no_reason",
            "fail_details": None,
            "adapter_fail_code": None,
            "adapter_fail_message": None,
            "support_number": ("+18005550100" if call.number % 3 else "+1 800-555-0100") if inbound else None,
            "outbound_number": None if inbound else "+18005550101",
            "deflection_details": [],
            "escalations": [],
            "answer_type": "manual",
            "offer_type": "cascade",
            "queue_priority_level": 0,
        }

    def _chat(self) -> Row:
        call, legs = self.call, self._legs()
        status, fail, sub = CHAT_ENDS[call.outcome]
        kind = CHAT_TYPES[call.direction][call.number // 4 % 3]
        said = self._common(legs, status, fail) | {
            "chat_type": kind,
            "sub_status": sub if self.is_over else None,
            "first_msg_sent_at": _at(legs[0].accepted_at + SECOND if legs else None, self.now),
            "chat_duration": sum(leg.seconds for leg in legs) if legs and self.is_over else None,
            "finish_reason": "finish_reason_none",
            "message_count": 4 * len(legs),
            "average_response_time": 11,
            "longest_response_time": 30,
            "transcript": False,
            "after_hours": call.outcome == "voicemail",
        }
        return said | ({} if self.is_over else {"status": "active" if legs else "queued", "fail_reason": None})

    def _common(self, legs: list[Leg], status: str, fail: str | None) -> Row:
        call, now = self.call, self.now
        info = user(legs[-1].agent) if legs else None
        live = "connected" if legs else "queued" if _at(call.queued_at, now) else "selecting"
        is_known = call.outcome != "abandoned_in_menu"
        score = call.score if self.is_final else None
        waited = sum(one["queue_duration"] for one in self._queues(legs))
        return {
            "id": call.number,
            "lang": "en",
            "status": status if self.is_over else live,
            "fail_reason": fail if self.is_over else "nothing",
            "created_at": iso(call.created_at),
            "assigned_at": _at(legs[0].offered_at if legs else None, now),
            "ends_at": iso(call.ended_at) if self.is_over else None,
            "updated_at": iso(self.updated_at),
            "wait_duration": waited,
            "queue_duration": waited,
            "rating": score if score is None or call.number % 2 else str(score),
            "has_feedback": False,
            "verified": False,
            "out_ticket_id": None,
            "out_ticket_url": None,
            "selected_menu": menu(call.queue) if is_known and call.direction == "inbound" else None,
            "menu_path": path(call.queue) if is_known and call.direction == "inbound" else None,
            "agent_info": info,
            "end_user": {
                "id": int(call.customer[-4:]),
                "identifier": f"visitor{call.customer[-4:]}@customer.example" if self.is_chat else None,
                "out_contact_id": None,
            },
            "photos": [{"id": call.number, "photo_type": "photo", "url": "https://media.example.com/p?sig=c2lnbmVk"}],
            "videos": [],
            "transfers": self._transfers(legs),
            "participants": self._participants(legs),
            "handle_durations": self._handles(legs),
            "queue_durations": self._queues(legs),
            "dispositions": self._dispositions(legs),
            "a_key_of_tomorrow": {"since": "next release"},
        }

    def _legs(self) -> list[Leg]:
        return [leg for leg in self.call.legs if leg.accepted_at <= self.now]

    def _ended_by(self) -> str:
        who = {"customer": "end_user", "agent": "agent"}[self.call.ended_by] if self.is_over else "unknown"
        return f"disconnected_by_{who}"

    def _handled(self, legs: list[Leg]) -> int:
        """With wrap-up, as far as it is known."""
        return sum(leg.seconds + (leg.wrap if self.is_final else 0) for leg in legs) if self.is_over else 0

    def _transfers(self, legs: list[Leg]) -> list[Row]:
        return [
            {
                "id": self.call.number * 10 + place,
                "status": "transferred",
                "fail_reason": "nothing",
                "created_at": iso(left.ended_at),
                "assigned_at": iso(leg.offered_at),
                "connected_at": iso(leg.accepted_at),
                "updated_at": iso(leg.accepted_at),
                "from_menu_path": path(self.call.queue),
                "to_menu_path": path(self.call.queue),
                "from_agent": user(left.agent),
                "to_agent": user(leg.agent),
            }
            for place, (left, leg) in enumerate(pairwise(legs))
        ]

    def _participants(self, legs: list[Leg]) -> list[Row]:
        call = self.call
        dashed = f"{call.customer[:2]} {call.customer[2:5]}-{call.customer[5:8]}-{call.customer[8:]}"
        number = None if self.is_chat else call.customer if call.number % 5 else dashed
        caller = self._participant(0, "end_user", call.created_at, call.ended_at if self.is_over else None)
        caller |= {"end_user_id": int(call.customer[-4:]), "phone_number": number}
        others = [
            self._participant(place, "agent", leg.accepted_at, self._end(leg)) | {"user_id": leg.agent.number}
            for place, leg in enumerate(legs, 1)
        ]
        return [caller, *others]

    def _end(self, leg: Leg) -> int | None:
        """A transferred leg is known to be over when the call goes on with the next."""
        return leg.ended_at if self.is_over or leg is not self._legs()[-1] else None

    def _participant(self, place: int, type_: str, began: int, ended: int | None) -> Row:
        return {
            "id": self.call.number * 10 + place,
            "type": type_,
            "entry_type": "queue_or_transfer",
            "user_id": None,
            "end_user_id": None,
            "virtual_agent_id": None,
            "status": "finished" if ended else "connected",
            "fail_reason": "nothing",
            "connected_at": iso(began),
            "phone_number": None,
            f"{self.kind}_id": self.call.number,
            "finished_at" if self.is_chat else "ended_at": iso(ended) if ended else None,
            f"{self.kind}_duration": (ended - began) // SECOND if ended else None,
        }

    def _handles(self, legs: list[Leg]) -> list[Row]:
        """A chat's wrap-up stands in its row, a call's in a row of its own."""
        if not self.is_over:
            return []
        rows: list[Row] = []
        for place, leg in enumerate(legs):
            wrap = leg.wrap if self.is_final else 0
            own = wrap if self.is_chat else 0
            rows.append(self._handle(2 * place, leg, leg.seconds, own) | {"hold_duration": leg.hold})
            if wrap and not self.is_chat:
                rows.append(self._handle(2 * place + 1, leg, 0, wrap) | {"hold_duration": None})
        return rows

    def _handle(self, place: int, leg: Leg, duration: int, wrap: int) -> Row:
        began = leg.accepted_at if duration else leg.ended_at
        return {
            "id": self.call.number * 10 + place,
            "agent_id": leg.agent.number,
            "acw_duration": wrap,
            "bcw_duration": 0,
            f"{self.kind}_duration": duration,
            "menu_path_id": 1000 + MENUS[self.call.queue],
            "menu_path": self.call.queue,
            "transfer_id": self.call.number * 10 if leg is not self.call.legs[0] else None,
            "started_at": iso(began),
            "ended_at": iso(leg.ended_at if duration else began + wrap * SECOND),
            "assigned_connection_duration": (leg.accepted_at - leg.offered_at) // SECOND if duration else 0,
        }

    def _queues(self, legs: list[Leg]) -> list[Row]:
        call = self.call
        if call.queued_at is None or call.queued_at > self.now or not (legs or self.is_over):
            return []
        ended = legs[0].offered_at if legs else call.ended_at
        waited, target = (ended - call.queued_at) // SECOND, SLA_SECONDS[call.queue]
        return [
            {
                "id": call.number * 10,
                "agent_id": legs[0].agent.number if legs else None,
                "menu_path_id": 1000 + MENUS[call.queue],
                "menu_path": call.queue,
                "queue_duration": waited,
                "started_at": iso(call.queued_at),
                "ended_at": iso(ended),
                "transfer": False,
                "transfer_id": None,
                "service_level_event": "in_sla" if legs and waited <= target else "not_in_sla",
                "service_level_target_time": target,
                "service_level_target_percent": 80,
                "service_level_abandon_time_threshold": 5,
            }
        ]

    def _dispositions(self, legs: list[Leg]) -> list[Row]:
        if not (self.is_final and self.call.disposition):
            return []
        who = self.call.number * 10 + len(legs)
        return [{"user_id": legs[-1].agent.number, "participant_id": who, "code": self.call.disposition, "note": ""}]
