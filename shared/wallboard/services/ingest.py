"""Ingest: pushed events become rows of facts, grouped by kind and hour, and are stored before they are acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from wallboard.errors import Malformed
from wallboard.model.conversations import Message
from wallboard.model.event import Event
from wallboard.model.events import AnyEvent, Resource
from wallboard.model.interactions import Session, Status
from wallboard.model.time import DAY, QUARTER, iso
from wallboard.services.cut_spells import Spell, first_piece, refuse_endless, store_rest
from wallboard.services.lay_out import gauges_of, groups, names_of
from wallboard.services.ports import Directory, Facts, Gauges
from wallboard.services.read_events import Rejection, read_events, refuse_hopeless

AHEAD = QUARTER
"""How far in the future a time may lie, because clocks differ (milliseconds)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many events are stored, and which are not, in the order of the body."""

    accepted: int
    rejected: Sequence[Rejection]


def ingest(
    body: bytes,
    content_type: str,
    *,
    tenant: str,
    now: int,
    retention_days: int,
    facts: Facts,
    gauges: Gauges,
    directory: Directory,
) -> Receipt:
    """Stores the events of a body. Everything counted as accepted is stored when this returns.

    Raises InvalidRequest for a body that cannot be read, and TryAgain when the store refuses for now: some events may
    then be stored, and sending all of them again is right.
    """
    events, rejected = read_events(body, content_type)
    timely: list[Event] = []
    spells: list[Spell] = []
    for index, event in events:
        if untimely := _untimely(index, event, now=now, oldest=now - retention_days * DAY):
            rejected.append(untimely)
            continue
        try:
            timely.append(first_piece(event) if isinstance(event, Session | Status) else event)
        except Malformed as error:
            rejected.append(Rejection(index, event.id, "INVALID", "endedAt", str(error)))
            continue
        if isinstance(event, Session | Status):
            spells.append(event)

    refuse_hopeless(rejected)
    refuse_endless(spells)

    happened = [event for event in timely if not isinstance(event, Resource)]
    resources = [event for event in timely if isinstance(event, Resource)]
    if happened:
        facts.append(list(groups(tenant, happened)), received=now)
    if spells:
        store_rest(facts, tenant, spells, now=now)
    if resources:
        gauges.put(tenant, gauges_of(resources))
        directory.learn(tenant, names_of(resources))
    return Receipt(len(timely), sorted(rejected, key=attrgetter("index")))


def _untimely(index: int, event: Event, *, now: int, oldest: int) -> Rejection | None:
    latest = now + AHEAD
    for name in _TIMES[type(event)]:
        at: int = getattr(event, name)
        if at > latest:
            return _future(index, event, name, at, now)
        if at < oldest:
            wire = type(event).model_fields[name].alias
            message = f"{wire}: {iso(at)} is older than the retention, which goes back to {iso(oldest)}"
            return Rejection(index, event.id, "TOO_OLD", wire, f"{message}; epoch times are in milliseconds")
    if event.updated_at is not None and event.updated_at > latest:
        return _future(index, event, "updated_at", event.updated_at, now)
    return None


def _future(index: int, event: Event, name: str, at: int, now: int) -> Rejection:
    wire = type(event).model_fields[name].alias
    message = f"{wire}: {iso(at)} is more than {AHEAD // 60_000} minutes in the future; it is {iso(now)} now"
    return Rejection(index, event.id, "FUTURE", wire, message)


_TIMES = {model: (model.anchor,) for model in AnyEvent.__args__[0].__args__} | {
    Message: (Message.anchor, "conversation_started_at"),
    Resource: (),  # a latest value, however old
}
"""The times that decide where an event is kept: none of them may be older than the retention."""
