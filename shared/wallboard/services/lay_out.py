"""Events → the rows of facts, grouped by kind and hour; resources → gauges and names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from wallboard.model.conversations import Message
from wallboard.model.event import Event
from wallboard.model.events import AnyEvent, Resource
from wallboard.model.facts import NAMED, Bucket, Column, Rows, local_id
from wallboard.model.gauges import Gauge
from wallboard.model.interactions import Lasting
from wallboard.model.time import HOUR, hour_name


def groups(tenant: str, events: Sequence[Event]) -> Iterator[tuple[Bucket, Rows, Column]]:
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
    columns = known | {name: name for name in model.model_fields if name not in taken}
    return _Layout(
        kind, columns | {"through": "_through", "goes_on": "_goes_on"} if issubclass(model, Lasting) else columns
    )


_MODELS = AnyEvent.__args__[0].__args__
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


def gauges_of(resources: Iterable[Resource]) -> list[Gauge]:
    """The latest values that these resources are."""
    return [_gauge(resource) for resource in resources]


def resource_key(event: Resource) -> tuple[str, str]:
    """(type, id) under which State keeps a resource."""
    return event.type, local_id(event.type, event.source, event.id)


def _gauge(event: Resource) -> Gauge:
    known = {name: value for name in _GAUGE if (value := getattr(event, name)) is not None}
    values = known | ({"unknown": event.model_extra} if event.model_extra else {})
    return Gauge(*resource_key(event), event.updated_at, values)


def names_of(resources: Iterable[Resource]) -> dict[tuple[str, str], tuple[str | None, int]]:
    """(type, id) → (name, version) of those resources that reports name."""
    return {
        resource_key(event): (event.name, event.updated_at)
        for event in resources
        if event.type in NAMED and not event.deleted
    }
