"""The made-up centre as Gladly's reports tell it at a moment: contacts, and their work sessions."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from local.simulators._gladly_columns import CONTACT_EXPORT, OF_THE_PHONE
from local.simulators.centre import DAY, QUEUES, SECOND, SLA_SECONDS, Call, Centre, Leg

_STATUSES = {"answered": "ANSWERED", "abandoned": "ABANDONED", "no_answer": "UNANSWERED"}
_MIXED = ("PHONE_CALL",) * 6 + ("CHAT", "CHAT", "SMS", "EMAIL")
_WRITING = 35 * SECOND
"""From the acceptance of a message to the first answer."""


def short_id(*parts: object) -> str:
    """22 characters that may stand in an address."""
    digest = hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=16).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def midnight(day: date, zone: ZoneInfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND


def _iso(at: int | None) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(at: int | None, zone: ZoneInfo) -> str:
    return "" if at is None else datetime.fromtimestamp(at // SECOND, zone).strftime("%Y-%m-%d %H:%M:%S")


def decimal(seconds: float) -> str:
    """At most three decimals, and no zeros behind them."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Contact:
    """A call of the centre, on one of Gladly's channels. `beside` is an e-mail that went out with an SMS: Gladly names no
    agent of the lower of two such contacts. Everything happens some milliseconds after the full second."""

    call: Call
    legs: tuple[Leg, ...]
    channel: str
    beside: bool = False

    @property
    def id(self) -> str:
        return short_id("contact", self.call.number, self.beside)

    @property
    def customer(self) -> str:
        return short_id("customer", self.call.customer)

    @property
    def conversation(self) -> str:
        return short_id("conversation", self.call.customer, self.call.created_at // DAY)

    @property
    def is_inbound(self) -> bool:
        return self.call.direction == "inbound"

    def moment(self, at: int) -> int:
        return at + self.call.number % 997

    @property
    def created(self) -> int:
        return self.moment(self.call.created_at)

    @property
    def ended(self) -> int:
        return self.moment(self.call.ended_at)

    def accepted(self, leg: Leg) -> int | None:
        """What an agent begins is not accepted."""
        return self.moment(leg.accepted_at) if self.is_inbound else None

    @property
    def fulfilled(self) -> int | None:
        first = self.accepted(self.legs[0]) if self.legs else None
        if first is None:
            return None
        return first if self.channel == "PHONE_CALL" else min(first + _WRITING, self.ended)

    @property
    def status(self) -> str:
        return "UNKNOWN" if self.beside else _STATUSES.get(self.call.outcome, "UNKNOWN")

    def inbox(self, place: int = 0) -> str:
        """The name of the inbox: the second agent of a contact is one of another."""
        return QUEUES[(QUEUES.index(self.call.queue) + place) % len(QUEUES)]


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is known at `at`: Gladly is behind. What an agent does after a contact grows for `grows_for`."""

    centre: Centre
    at: int
    grows_for: int

    def between(self, start: int, end: int) -> Iterator[Contact]:
        """Those that began in [start, end), as far as that is known. Calls that end in the menu are no contacts."""
        for call in self.centre.between(start - SECOND, end):
            for contact in self._contacts(call):
                if start <= contact.created < end and contact.created <= self.at:
                    yield contact

    def _contacts(self, call: Call) -> Iterator[Contact]:
        if call.outcome == "abandoned_in_menu":
            return
        legs = call.legs
        if call.outcome == "no_answer":
            agent = self.centre.agents[call.number % len(self.centre.agents)]
            legs = (Leg(agent, call.created_at, call.created_at, call.ended_at, 0, 0),)
        if call.direction == "outbound" and call.legs and call.number % 3 == 0:
            yield Contact(replace(call, ended_at=call.created_at + 2 * SECOND), (), "EMAIL", beside=True)
            yield Contact(call, legs, "SMS")
        elif call.outcome in ("voicemail", "no_answer"):
            yield Contact(call, legs, {"voicemail": "VOICEMAIL"}.get(call.outcome, "PHONE_CALL"))
        else:
            yield Contact(call, legs, _MIXED[call.number % len(_MIXED)])

    def is_over(self, contact: Contact) -> bool:
        return contact.ended <= self.at

    def _if_known(self, at: int | None) -> int | None:
        return at if at is not None and at <= self.at else None

    def after(self, contact: Contact, leg: Leg) -> float:
        """Seconds of work after the contact, by now."""
        return leg.wrap * min(1.0, (self.at - contact.ended) / self.grows_for) if self.grows_for else leg.wrap

    # ---- Work Sessions

    def sessions(self, contact: Contact) -> Iterator[dict[str, str]]:
        """One row for each agent when the contact has ended, until then one without id and agent."""
        accepted = self._if_known(contact.accepted(contact.legs[0])) if contact.legs else None
        fulfilled = self._if_known(contact.fulfilled)
        is_over = self.is_over(contact)
        within = (fulfilled - contact.created) <= SLA_SECONDS[contact.call.queue] * SECOND if fulfilled else False
        is_decided = contact.is_inbound and (is_over or fulfilled is not None)
        row = {
            "id": "",
            "contact_session_id": contact.id,
            "contact_session_created_at": _iso(contact.created),
            "customer_id": contact.customer,
            "conversation_id": contact.conversation,
            "inbox_id": short_id("inbox", contact.call.queue),
            "channel": contact.channel,
            "direction": contact.call.direction.upper(),
            "agent_accepted_at": _iso(accepted),
            "contact_session_routed_at": _iso(contact.created + (2 * SECOND if contact.is_inbound else 0)),
            "agent_id": "",
            "sla_fulfilled_at": _iso(fulfilled),
            "contact_session_ended_at": _iso(contact.ended) if is_over else "",
            "status": contact.status if is_over else "",
            "within_sla": str(within).lower() if is_decided else "",
            "work_session_handle_time_sec": "",
            "work_session_after_contact_time_sec": "",
            "work_session_unknown_time_sec": "",
            "accepted_inbox_id": "",
        }
        if not is_over or not contact.legs:
            yield row
            return
        for place, leg in enumerate(contact.legs):
            yield row | {
                "id": short_id("session", contact.id, place),
                "agent_accepted_at": _iso(contact.accepted(leg)),
                "agent_id": short_id("agent", leg.agent.number),
                "work_session_handle_time_sec": decimal(leg.seconds),
                "work_session_after_contact_time_sec": decimal(self.after(contact, leg)),
                "work_session_unknown_time_sec": "3.377" if contact.call.number % 5 == 0 else "0",
                "accepted_inbox_id": short_id("inbox", contact.inbox(place)),
            }

    # ---- Contact Export

    def exported(self, contact: Contact, zone: ZoneInfo) -> dict[str, str]:
        call, legs, is_over = contact.call, contact.legs, self.is_over(contact)
        accepted = self._if_known(contact.accepted(legs[0])) if legs else None
        fulfilled = self._if_known(contact.fulfilled)
        target = SLA_SECONDS[call.queue]
        row = dict.fromkeys(CONTACT_EXPORT, "") | {
            "Timezone Filter": zone.key,
            "Channel Filter": "All Channels",
            "Inboxes Filter": "All Inboxes",
            "Queued At": local(contact.created, zone),
            "Customer ID": contact.customer,
            "Conversation ID": contact.conversation,
            "Contact ID": contact.id,
            "Conversation Link": f"https://exampleorg.gladly.com/conversation/{contact.conversation}",
            "Channel": contact.channel,
            "Direction": call.direction.upper(),
            "Contact Initiator": "CUSTOMER" if contact.is_inbound else "AGENT",
            "Inbox when Queued": call.queue,
            "Accepted At": local(accepted, zone),
            "Fulfilled At": local(fulfilled, zone),
        }
        if contact.is_inbound:
            row |= {
                "Entry Point": "+18885550100",
                "Final IVR Selection": f"1 - {call.queue}",
                "Due At": local(contact.created + target * SECOND, zone),
                "SLA Target (sec)": str(target),
            }
        if accepted is not None:
            row |= {
                "Offered At": local(contact.moment(legs[0].offered_at), zone),
                "Queued-to-Accepted (sec)": decimal((accepted - contact.created) / 1000),
            }
        if fulfilled is not None:
            waited = (fulfilled - contact.created) / 1000
            row |= {
                "Fulfilled Type": "RESPONDED",
                "Queued-to-Fulfilled (sec)": decimal(waited),
                "Seconds within (+) or over (-) SLA": decimal(target - waited),
            }
        return row | self._at_its_end(contact, zone) if is_over else row

    def _at_its_end(self, contact: Contact, zone: ZoneInfo) -> dict[str, str]:
        call, legs = contact.call, contact.legs
        row = {
            "Status": contact.status,
            "Inbox when Ended": contact.inbox(max(0, len(legs) - 1)),
            "Agent when Ended": legs[-1].agent.name if legs else "",
            "Ended At": local(contact.ended, zone),
            "Queued-to-Ended (sec)": decimal((contact.ended - contact.created) / 1000),
            "Times Offered": str(len(legs)) if contact.is_inbound else "0",
            "Times Accepted": str(len(legs)) if contact.is_inbound else "0",
            "Times Missed": "0",
            "Times Declined": "0",
            "Times Transferred": str(max(0, len(legs) - 1)),
        }
        if not contact.is_inbound and call.outcome == "answered" and legs:
            row["Answered At (Outbound)"] = local(contact.moment(legs[0].accepted_at), zone)
        if legs:
            handle, after = sum(leg.seconds for leg in legs), sum(self.after(contact, leg) for leg in legs)
            row |= {
                "Contact Handle Time (sec)": decimal(handle),
                "After Contact Time (sec)": decimal(after),
                "Total Contact Handle Time (sec)": decimal(handle + after),
            }
        if contact.channel != "PHONE_CALL":
            return row
        held = [leg.hold for leg in legs if leg.hold]
        return (
            row
            | dict.fromkeys(OF_THE_PHONE, "0")
            | {
                "Total Talk Time": decimal(sum(leg.seconds - leg.hold for leg in legs)),
                "Hold Time Total (sec)": str(sum(held)),
                "Hold Time - Manual (sec)": str(sum(held)),
                "Times on Hold Total": str(len(held)),
                "Times on Hold - Manual": str(len(held)),
            }
        )
