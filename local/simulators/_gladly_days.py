"""The days of the agents of the made-up centre, as Gladly's Agent Summary adds them up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators._gladly_columns import AGENT_SUMMARY, AVERAGES, CHANNELS
from local.simulators._gladly_rows import Contact, Contacts, decimal, local, midnight, short_id
from local.simulators.centre import DAY, QUEUES, Agent, Leg

Counts = dict[str, dict[str, float]]
"""By measure, by channel."""


def days(known: Contacts, first: date, last: date, zone: ZoneInfo) -> Iterator[dict[str, str]]:
    """A row for each agent and day, also for those who did nothing."""
    for number in range((last - first).days + 1):
        start, end = (midnight(first + timedelta(days=number + after), zone) for after in (0, 1))
        if start > known.at:
            return
        contacts = [each for each in known.between(start - DAY, end) if known.is_over(each)]
        for agent in known.centre.agents:
            yield _day(known, agent, start, end, contacts, zone)


def _day(
    known: Contacts, agent: Agent, start: int, end: int, contacts: Sequence[Contact], zone: ZoneInfo
) -> dict[str, str]:
    counts: Counts = defaultdict(lambda: defaultdict(float))
    waits = []
    for contact in contacts:
        for place, leg in enumerate(contact.legs):
            if leg.agent == agent:
                _add(counts, known, contact, leg, start, end)
                if place == 0 and contact.fulfilled and start <= contact.fulfilled < end:
                    waits.append((contact.fulfilled - contact.moment(leg.accepted_at)) / 1000)
    now = min(end, known.at)
    shifts = [each for each in known.centre.shifts(start - DAY, end) if each.agent == agent]
    logged_in = _seconds_in([(each.began_at, each.ended_at) for each in shifts], start, now)
    away = _seconds_in([each[1:] for shift in shifts for each in shift.breaks], start, now)
    row: dict[str, Any] = dict.fromkeys(AGENT_SUMMARY, "0")
    row |= {name: "" for name in AGENT_SUMMARY if name.startswith(AVERAGES)}
    row |= {
        "Timezone Filter": zone.key,
        "Teams Filter": "All Teams",
        "Bucket Beginning": local(start, zone),
        "Bucket End": local(end, zone),
        "Name": agent.name,
        "Email": agent.email,
        "Agent ID": short_id("agent", agent.number),
        "User Status": "Active",
        "Role(s)": "Agent",
        "Inbox(es)": ",".join(QUEUES),
        "Team(s)": agent.team,
        "Logged In": str(sum(start <= each.began_at < now for each in shifts)),
        "Logged In Time in seconds": decimal(logged_in),
        "Away Time in seconds": decimal(away),
        "Active Time in seconds": decimal(logged_in - away),
    }
    if waits:
        row[AVERAGES[0]] = decimal(sum(waits) / len(waits))
    for measure, by_channel in counts.items():
        row[measure] = decimal(sum(by_channel.values()))
        for channel, value in by_channel.items():
            name = f"{measure} - {CHANNELS[channel]}"
            if name in row:
                row[name] = decimal(value)
    return row


def _add(counts: Counts, known: Contacts, contact: Contact, leg: Leg, start: int, end: int) -> None:
    """Counts fall where something happened, durations where they went by; Gladly measures to the millisecond."""
    accepted, channel = contact.accepted(leg), contact.channel
    if accepted is not None and start <= accepted < end:
        for measure in ("Contact Offered", "Contact Accepted"):
            counts[measure][channel] += 1
    spell = (contact.moment(leg.accepted_at), contact.moment(leg.ended_at))
    counts["Contact Handle Time in seconds"][channel] += _seconds_in([spell], start, end)
    if start <= contact.ended < end:
        counts["Contact Ended"][channel] += 1
        counts["Contacts with Contact Handle Time"][channel] += 1
        counts["After Contact Time in seconds"][channel] += known.after(contact, leg)
        if channel == "PHONE_CALL":
            counts["Hold Time - Manual"][channel] += leg.hold


def _seconds_in(spells: Sequence[tuple[int, int]], start: int, end: int) -> float:
    return sum(max(0, min(over, end) - max(began, start)) for began, over in spells) / 1000
