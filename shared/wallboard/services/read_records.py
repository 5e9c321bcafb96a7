"""Live facts one by one, hour by hour, with the vendor's row and their version; spells whole again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from wallboard.measures.fold import latest, versions
from wallboard.model.facts import Bucket, Rows, Segment
from wallboard.model.time import HOUR, hour_name
from wallboard.services.ports import Facts
from wallboard.services.store_changes import LONGEST_SPELL

SPELLS = ("session", "status")
"""Kinds that are kept in pieces, cut at hours."""

MOST_BUCKETS = 744
"""So many hours of a kind are read for one page at most."""

MOST_ROWS = 100_000
"""When so many rows were read for one page, it ends, whatever it has."""

_AT_ONCE = 96
MANY = 5_000
"""As soon as so many facts were read at once, fewer hours are."""

Identity: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A live fact, or what a resource is now. `fields` are its columns, `raw` what Wallboard does not know by name, `version`
    the source's own update time where it has one."""

    kind: str
    fields: Mapping[str, Any]
    raw: Mapping[str, Any]
    version: int | None = None

    @property
    def at(self) -> int:
        return int(self.fields["at"])

    @property
    def identity(self) -> Identity:
        return str(self.fields["source"]), str(self.fields["id"])

    @property
    def order(self) -> tuple[int, str, str, str]:
        return self.at, *self.identity, self.kind


class Hours:
    """The live facts of hours, strongly consistent, each read once."""

    def __init__(self, facts: Facts, tenant: str) -> None:
        self._facts, self._tenant = facts, tenant
        self._kept: dict[tuple[str, int], Mapping[Identity, Found]] = {}

    def load(self, kinds: Iterable[str], hours: Iterable[int]) -> int:
        """Reads these hours at once; answers how many facts that were."""
        wanted = [(kind, hour) for kind in kinds for hour in hours if (kind, hour) not in self._kept]
        buckets = {Bucket(self._tenant, kind, hour_name(hour * HOUR)): (kind, hour) for kind, hour in wanted}
        found = self._facts.read(buckets) if buckets else {}
        self._kept |= {place: _live(place[0], found[bucket]) for bucket, place in buckets.items()}
        return sum(len(self._kept[place]) for place in wanted)

    def __contains__(self, place: tuple[str, int]) -> bool:
        return place in self._kept

    def live(self, kind: str, hour: int) -> Mapping[Identity, Found]:
        if (kind, hour) not in self._kept:
            self.load([kind], [hour])
        return self._kept[kind, hour]

    def forget(self, before: int) -> None:
        """Keeps no hour before this one."""
        self._kept = {place: found for place, found in self._kept.items() if place[1] >= before}


def _live(kind: str, segments: Sequence[Segment]) -> Mapping[Identity, Found]:
    if not segments:
        return {}
    own = _versions(segments)
    return {
        identity: Found(kind, fields, raw or {}, own[identity])
        for identity, (fields, raw) in latest(segments).items()
        if not fields.get("deleted")
    }


def _versions(segments: Sequence[Segment]) -> Mapping[Identity, int | None]:
    """The update time that the source itself gave to what counts of each identity."""
    rows = Rows.concat(segment.rows for segment in segments)
    newest: dict[Identity, tuple[int, int]] = {}
    for source, id, own, version in zip(
        rows.column("source"), rows.column("id"), rows.column("version"), versions(segments), strict=True
    ):
        entry = (version, -1 if own is None else own)
        newest[source, id] = max(newest.get((source, id), entry), entry)
    return {identity: None if own < 0 else own for identity, (_, own) in newest.items()}


def read_hours(hours: Hours, kinds: Sequence[str], start: int, end: int) -> Iterator[tuple[int, list[Found]]]:
    """(hour, what begins in it) of each hour that [start, end) touches, in order: ever more hours at once, as long as there is
    little in them. Ends early when enough was read for one page."""
    at_once, read, buckets = 2, 0, 0
    hour, last = start // HOUR, (end - 1) // HOUR
    while hour <= last and read < MOST_ROWS and buckets < MOST_BUCKETS:
        chunk = range(hour, min(hour + at_once, last + 1))
        found = hours.load(kinds, chunk)
        for each in chunk:
            yield each, [one for kind in kinds for one in _begun(hours, kind, each) if start <= one.at < end]
        read, buckets, hour = read + found, buckets + len(chunk) * len(kinds), chunk.stop
        at_once = min(_AT_ONCE, at_once * 2) if found < MANY else max(1, at_once // 2)
        hours.forget(hour - 1)


def _begun(hours: Hours, kind: str, hour: int) -> Iterator[Found]:
    """The facts of an hour; of spells only those that begin in it, under their own ids."""
    for found in hours.live(kind, hour).values():
        name = spell_id(found, hour)
        if name is None:
            yield found
        elif not found.fields.get("goes_on"):
            yield replace(found, fields={**found.fields, "id": name})


def spell_id(found: Found, hour: int) -> str | None:
    """The id of the spell that a fact is the piece of in this hour; None for what is no piece."""
    id = str(found.fields["id"])
    end = f"@{hour}"
    return id.removesuffix(end) if found.kind in SPELLS and id.endswith(end) else None


def whole_spells(hours: Hours, chosen: Sequence[Found]) -> list[Found]:
    """The same, spells up to the end of their last piece."""
    done = list(chosen)
    waiting: dict[int, list[int]] = {}
    for place, found in enumerate(done):
        if found.kind in SPELLS and _is_cut(found, found.at // HOUR):
            waiting.setdefault(found.at // HOUR + 1, []).append(place)
    ahead, most = 4, LONGEST_SPELL // HOUR + 1
    while waiting:
        hour = min(waiting)
        kinds = {done[place].kind for place in waiting[hour]}
        for kind in kinds:
            if (kind, hour) not in hours:
                hours.load([kind], range(hour, hour + ahead))
                ahead = min(_AT_ONCE // 2, ahead * 2)
        for place in waiting.pop(hour):
            found = done[place]
            source, name = found.identity
            piece = hours.live(found.kind, hour).get((source, f"{name}@{hour}"))
            if piece is None:
                continue
            done[place] = replace(found, fields={**found.fields, "ended_at": piece.fields.get("ended_at")})
            if _is_cut(piece, hour) and hour - found.at // HOUR < most:
                waiting.setdefault(hour + 1, []).append(place)
        hours.forget(hour)
    return done


def _is_cut(piece: Found, hour: int) -> bool:
    """Whether it ends with its hour, and so may go on in the next."""
    return piece.fields.get("ended_at") == (hour + 1) * HOUR
