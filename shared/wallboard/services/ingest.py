"""Ingest: pushed events become rows of facts, grouped by kind and hour, and are stored before they are acknowledged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from wallboard.model.events import AnyEvent, Event, Message, Resource
from wallboard.model.facts import Bucket, Column, Rows
from wallboard.model.gauges import Gauge
from wallboard.model.time import DAY, HOUR, QUARTER, hour_name, iso
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
    timely = []
    for index, event in events:
        if untimely := _untimely(index, event, now=now, oldest=now - retention_days * DAY):
            rejected.append(untimely)
        else:
            timely.append(event)

    refuse_hopeless(rejected)

    happened = [event for event in timely if not isinstance(event, Resource)]
    resources = [event for event in timely if isinstance(event, Resource)]
    if happened:
        facts.append(list(_groups(tenant, happened)), received=now)
    if resources:
        gauges.put(tenant, [_gauge(event) for event in resources])
        bots = [event for event in resources if event.type == "bot" and not event.deleted]
        directory.learn(tenant, {("bot", bot.id): (bot.name, bot.updated_at) for bot in bots})
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


def _groups(tenant: str, events: Sequence[Event]) -> Iterator[tuple[Bucket, Rows, Column]]:
    """The rows of each kind and hour, in an order that does not depend on that of the body.

    A conversation is folded where it started. A message of another hour leaves a turn there.
    """
    grouped: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for event in events:
        layout = _LAYOUTS[type(event)]
        grouped[layout.kind, getattr(event, event.anchor) // HOUR].append(event)
        if isinstance(event, Message):
            hour = event.conversation_started_at // HOUR
            if hour != event.created_at // HOUR:
                grouped["turn", hour].append(event)
    for (kind, hour), members in grouped.items():
        bucket = Bucket(tenant, kind, hour_name(hour * HOUR))
        yield bucket, *(_TURN if kind == "turn" else _LAYOUTS[type(members[0])]).rows(members)


class _Layout:
    """Which attribute of an event fills which column of its kind."""

    def __init__(self, kind: str, columns: Mapping[str, str], *, keeps_unknown: bool = True) -> None:
        self.kind = kind
        self._columns = {column: attrgetter(attribute) for column, attribute in columns.items()}
        self._order = attrgetter(columns["at"], "source", "id")
        self._keeps_unknown = keeps_unknown

    def rows(self, events: Iterable[Event]) -> tuple[Rows, Column]:
        """The rows, and the unknown fields of each; none at all where no event has any."""
        ordered = sorted(events, key=self._order)
        columns = {name: list(map(value, ordered)) for name, value in self._columns.items()}
        columns["deleted"] = [gone or None for gone in columns["deleted"]]  # one way to say no, or digests would differ
        filled = {name: column for name, column in columns.items() if any(value is not None for value in column)}
        raw: list[Mapping[str, Any] | None] = [event.model_extra or None for event in ordered]
        keep = self._keeps_unknown and any(raw)
        return Rows(len(ordered), filled), raw if keep else ()


def _layout(model: type[Event]) -> _Layout:
    known = {"id": "id", "source": "source", "at": model.anchor, "version": "updated_at", "deleted": "deleted"}
    taken = {*known.values(), "kind"}
    kind = model.model_fields["kind"].annotation.__args__[0]  # type: ignore[union-attr]
    return _Layout(kind, known | {name: name for name in model.model_fields if name not in taken})


_MODELS = AnyEvent.__args__[0].__args__
_TIMES = {model: (model.anchor,) for model in _MODELS} | {
    Message: (Message.anchor, "conversation_started_at"),
    Resource: (),  # a latest value, however old
}
"""The times that decide where an event is kept: none of them may be older than the retention."""

_LAYOUTS = {model: _layout(model) for model in _MODELS if model is not Resource}
_TURN = _Layout(
    "turn",
    {
        "id": "turn",
        "source": "source",
        "at": "conversation_started_at",
        "version": "updated_at",
        "deleted": "deleted",
        "conversation": "conversation",
        "message": "digest",
        "type": "type",
    },
    keeps_unknown=False,
)


_GAUGE = [name for name in Resource.model_fields if name not in ("kind", "id", "updated_at", "type")]


def _gauge(event: Resource) -> Gauge:
    known = {name: value for name in _GAUGE if (value := getattr(event, name)) is not None}
    values = known | ({"unknown": event.model_extra} if event.model_extra else {})
    return Gauge(event.type, event.id, event.updated_at, values)
