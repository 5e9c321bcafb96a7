"""Stores those events of a pull that say something new. What is stored already, and says the same, is not written again.

Every row that is written has the start of the run as its version, so that a value that a vendor changes back is changed
back. What has ended does not begin again: an answer that is older than what is stored may come late.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from wallboard.errors import Malformed
from wallboard.measures.fold import fields_of, latest
from wallboard.model.event import Event
from wallboard.model.events import Resource
from wallboard.model.facts import Bucket, Rows
from wallboard.model.gauges import Gauge
from wallboard.model.interactions import Session, Status
from wallboard.model.time import DAY, HOUR, hour_name
from wallboard.services.lay_out import gauges_of, groups, names_of
from wallboard.services.ports import Directory, Facts, Gauges

LONGEST_SPELL = 92 * DAY
"""A spell is kept hour by hour; one that is longer than this is a mistake, or a person who left."""

_ENDS = ("interaction", "leg")
_SPELLS = ("session", "status")

Group = tuple[Bucket, Rows, Sequence[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A vendor's row that could not be read, kept aside with the reason; without one, it is to be kept no longer. `at` is the
    beginning of the first window that brought it. `name` is its id, which otherwise follows from what it says."""

    stream: str
    at: int
    reason: str | None
    row: Any
    name: str | None = None

    @property
    def id(self) -> str:
        return self.name or blake2b(repr((self.stream, self.row)).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class ChangeStore:
    """Stores what one run of one source brings. `run` is the instant at which it began."""

    facts: Facts
    gauges: Gauges
    directory: Directory
    tenant: str
    source: str
    run: int

    def __call__(self, events: Iterable[Event], unreadable: Sequence[Unreadable], *, now: int) -> int:
        """Answers how many facts were new, or other than what was stored. Raises TryAgain; then some may be stored, and
        doing it again is right."""
        events = list(events)
        happened = [event for event in events if not isinstance(event, Resource)]
        resources = [event for event in events if isinstance(event, Resource)]
        spells = [event for event in happened if isinstance(event, Session | Status)]
        whole = [event for event in happened if not isinstance(event, Session | Status)]
        laid = list(groups(self.tenant, [*whole, *(piece for spell in spells for piece in pieces(spell, self.run))]))
        laid += self._aside(unreadable)
        return self._store_facts(laid, spells, now=now) + self._store_resources(resources)

    # ---- facts

    def _store_facts(self, laid: Sequence[Group], spells: Sequence[Session | Status], *, now: int) -> int:
        stored = self.facts.read([bucket for bucket, _, _ in laid])
        changed = [self._changed(group, latest(stored[group[0]])) for group in laid]
        new = [group for group in [*changed, *self._left_over(spells)] if group[1].count]
        if new:
            self.facts.append(new, received=now)
        return sum(rows.count for _, rows, _ in new)

    def _changed(self, group: Group, stored: Mapping[tuple[str, str], tuple[dict[str, Any], Any]]) -> Group:
        bucket, rows, raw = group
        places: dict[str, int] = {}  # several rows of a vendor may say the same about one thing
        for place, name in enumerate(rows.column("id")):
            known, unknown = stored.get((self.source, name), ({}, None))
            fields = fields_of(rows, place)
            is_same = known == fields and (unknown or None) == ((raw[place] if raw else None) or None)
            before = fields_of(rows, places[name]) if name in places else known
            begins_again = bucket.kind in _ENDS and "ended_at" in before and "ended_at" not in fields
            if begins_again:
                continue
            if is_same:
                places.pop(name, None)  # the last counts, and that one is there already
            else:
                places[name] = place
        kept = sorted(places.values())
        return bucket, rows.pick(kept), [raw[place] for place in kept] if raw else ()

    def _left_over(self, spells: Iterable[Session | Status]) -> Iterator[Group]:
        """Removals of the pieces behind the end of each spell, and before its beginning, as far as there are any: these have
        moved."""
        for step in (1, -1):
            for kind in _SPELLS:
                waiting: dict[int, set[str]] = defaultdict(set)
                for spell in spells:
                    if spell.kind == kind:
                        edge = _last_hour(spell, self.run) if step > 0 else spell.started_at // HOUR
                        waiting[edge + step].add(spell.id)
                yield from self._astray(kind, waiting, step)

    def _astray(self, kind: str, waiting: dict[int, set[str]], step: int) -> Iterator[Group]:
        """Removals of pieces from these hours (→ spells) on, step by step, as long as there are any."""
        while waiting:
            hour = min(waiting) if step > 0 else max(waiting)
            names = waiting.pop(hour)
            bucket = Bucket(self.tenant, kind, hour_name(hour * HOUR))
            stored = latest(self.facts.read([bucket])[bucket])
            gone = [
                name
                for name in sorted(names)
                if not stored.get((self.source, f"{name}@{hour}"), ({"deleted": True}, None))[0].get("deleted")
            ]
            if gone:
                yield bucket, Rows.of([self._removal(f"{name}@{hour}", hour) for name in gone]), ()
                waiting.setdefault(hour + step, set()).update(gone)

    def _removal(self, name: str, hour: int) -> dict[str, Any]:
        return {"id": name, "source": self.source, "at": hour * HOUR, "version": self.run, "deleted": True}

    def _aside(self, unreadable: Iterable[Unreadable]) -> Iterator[Group]:
        by_hour: dict[int, list[Unreadable]] = defaultdict(list)
        for row in unreadable:
            by_hour[row.at // HOUR].append(row)
        for hour, found in by_hour.items():
            records = [
                {"id": each.id, "source": self.source, "at": each.at, "version": self.run}
                | ({"stream": each.stream, "reason": each.reason} if each.reason else {"deleted": True})
                for each in found
            ]
            bucket = Bucket(self.tenant, "unreadable", hour_name(hour * HOUR))
            yield bucket, Rows.of(records), [{"row": each.row} if each.reason else None for each in found]

    # ---- resources

    def _store_resources(self, resources: Sequence[Resource]) -> int:
        if not resources:
            return 0
        stored = self.gauges.read(self.tenant, {resource.type for resource in resources})
        known = {(gauge.type, gauge.id): gauge.values for found in stored.values() for gauge in found}
        fresh = {}
        for resource, gauge in zip(resources, gauges_of(resources), strict=True):
            before = known.get((gauge.type, gauge.id), {"deleted": True} if resource.deleted else None)
            if before is None or (before != gauge.values and not (resource.deleted and before.get("deleted"))):
                fresh[gauge.type, gauge.id] = resource
        if fresh:
            self.gauges.put(self.tenant, gauges_of(fresh.values()))
            self.directory.learn(self.tenant, names_of(fresh.values()))
        return len(fresh)

    def sweep(self, types: Sequence[str], seen: set[tuple[str, str]]) -> int:
        """Takes away what this source brought of these types and has not brought now. `seen` are (type, id). Where nothing at
        all was seen, nothing goes: an empty list is likelier a vendor's mistake than the end of everything."""
        if not seen:
            return 0
        gone = [
            Gauge(gauge.type, gauge.id, self.run, {**gauge.values, "deleted": True})
            for found in self.gauges.read(self.tenant, types).values()
            for gauge in found
            if gauge.values.get("source") == self.source and (gauge.type, gauge.id) not in seen
        ]
        if gone:
            self.gauges.put(self.tenant, gone)
        return len(gone)


def pieces(spell: Session | Status, now: int) -> Iterator[Session | Status]:
    """A spell, cut at full hours; an open one ends now. What the vendor says of it stands on its first piece. One that has
    been open for longer than LONGEST_SPELL was forgotten: it is kept without an end, and so without a duration. Raises
    Malformed for one that ends before it begins, or too late."""
    first = spell.started_at // HOUR
    if _is_forgotten(spell, now):
        yield spell.model_copy(update={"id": f"{spell.id}@{first}"})
        return
    end = _end(spell, now)
    check_end(spell.started_at, end)
    for hour in range(first, _last_hour(spell, now) + 1):
        yield spell.piece(hour, spell.started_at, end)


def check_end(start: int, end: int) -> None:
    """Raises Malformed for a spell that ends before it begins, or too late."""
    if end < start:
        raise Malformed("endedAt", "is before the beginning")
    if end - start > LONGEST_SPELL:
        raise Malformed("endedAt", f"is more than {LONGEST_SPELL // DAY} days after the beginning")


def _is_forgotten(spell: Session | Status, now: int) -> bool:
    return spell.ended_at is None and now - spell.started_at > LONGEST_SPELL


def _end(spell: Session | Status, now: int) -> int:
    return spell.ended_at if spell.ended_at is not None else max(now, spell.started_at)


def _last_hour(spell: Session | Status, now: int) -> int:
    """The hour in which a spell ends; one that ends on the hour does not reach into the next."""
    if _is_forgotten(spell, now):
        return spell.started_at // HOUR
    return max(spell.started_at, _end(spell, now) - 1) // HOUR
