"""Pushed spells, cut at full hours as pulled ones are. The first piece of a spell is what was said of it, and stands in its
hour whatever else is known; the pieces in later hours follow from all first pieces of that spell, whoever stored them.

Whoever stores a first piece reads afterwards what is there: of two who do so at once, at least one sees both words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from wallboard.errors import InvalidRequest
from wallboard.measures.fold import fields_of, versions
from wallboard.model.facts import Bucket, Rows, Segment
from wallboard.model.interactions import Session, Status
from wallboard.model.time import HOUR, hour_name
from wallboard.services.ports import Facts
from wallboard.services.store_changes import check_end

Spell: TypeAlias = Session | Status
Name: TypeAlias = tuple[str, str]
"""The source of a spell, and its id."""

Row: TypeAlias = dict[str, Any]

MOST_HOURS = 25_000
"""Ten spells of the longest kind, or thousands of ordinary ones."""


def first_piece(spell: Spell) -> Spell:
    """What lies in the hour in which a spell begins, and how far the whole of it reaches. An open one takes no time yet.
    Raises Malformed for one that cannot be cut, unless it is deleted."""
    end = spell.ended_at
    if end is not None and not spell.deleted:
        check_end(spell.started_at, end)
    return spell.first_piece(spell.started_at, end)


def refuse_endless(spells: Sequence[Spell]) -> None:
    """Raises InvalidRequest for a body whose spells lie in more hours than one call can cut them into."""
    hours = sum(len(_hours(spell.started_at, spell.ended_at)) for spell in spells if not spell.deleted)
    if hours > MOST_HOURS:
        raise InvalidRequest(
            f"the sessions and statuses of the body lie in {hours:,} hours in all; at most {MOST_HOURS:,} are allowed: send it "
            "in parts"
        )


def store_rest(facts: Facts, tenant: str, spells: Iterable[Spell], *, now: int) -> None:
    """Stores the pieces in later hours of these spells, whose first pieces are stored already, and removes those that no word
    has any more. What is there already is not written again. Raises TryAgain; then some may be stored, and doing it again is
    right."""
    by_kind: dict[str, dict[int, set[Name]]] = defaultdict(lambda: defaultdict(set))
    for spell in spells:
        for hour in _hours(spell.started_at, None if spell.deleted else spell.ended_at):
            by_kind[spell.kind][hour].add((spell.source, spell.id))
    new: list[tuple[Bucket, Rows, Sequence[None]]] = []
    for kind, wanted in by_kind.items():
        missing: dict[int, list[Row]] = defaultdict(list)
        for told in _read(facts, tenant, kind, wanted):
            for hour, row in told.missing():
                missing[hour].append(row)
        for hour, rows in missing.items():
            rows.sort(key=lambda row: (row["at"], row["source"], row["id"], row["version"]))
            new.append((_bucket(tenant, kind, hour), Rows.of(rows), ()))
    if new:
        facts.append(new, received=now)


def _bucket(tenant: str, kind: str, hour: int) -> Bucket:
    return Bucket(tenant, kind, hour_name(hour * HOUR))


def _hours(start: int, end: int | None) -> range:
    """The hours in which a spell lies; one that ends on the hour does not reach into the next."""
    return range(start // HOUR, max(start, start if end is None else end - 1) // HOUR + 1)


@dataclass(frozen=True, slots=True)
class _Word:
    """What was said of a spell at some time: `row` is its first piece. `end` is that of the whole spell."""

    row: Row
    version: int
    start: int
    end: int | None
    is_deleted: bool

    @property
    def first(self) -> int:
        return self.start // HOUR

    @property
    def hours(self) -> range:
        return _hours(self.start, self.end)

    @property
    def rank(self) -> tuple[int, bool, int, str]:
        """Of one version the word with the earliest end counts: then it does not matter which of them came first."""
        return self.version, self.end is not None, -(self.end or 0), repr(sorted(self.row.items()))

    def piece(self, hour: int) -> Row:
        """What of it lies in a later hour."""
        assert self.end is not None
        kept = {name: value for name, value in self.row.items() if name not in ("through", "version")}
        return kept | self._cut(hour) | {"ended_at": min(self.end, (hour + 1) * HOUR), "goes_on": True}

    def removal(self, hour: int) -> Row:
        """What says that there is no piece of it in an hour."""
        return {"source": self.row["source"], "deleted": True, **self._cut(hour)}

    def _cut(self, hour: int) -> Row:
        id = self.row["id"].removesuffix(f"@{self.first}")
        return {"id": f"{id}@{hour}", "at": hour * HOUR}


@dataclass(slots=True)
class _Told:
    """All that is stored of the spells of one name in the hours to which their words lead: by hour its rows, each with the
    version that counts."""

    stored: dict[int, list[tuple[Row, int]]] = field(default_factory=dict)

    def words(self) -> list[_Word]:
        rows = (each for rows in self.stored.values() for each in rows)
        return [_word(row, version) for row, version in rows if "through" in row]

    def missing(self) -> Iterator[tuple[int, Row]]:
        """(hour, row) of every piece and removal that is not stored yet. Words that share an hour are about one spell."""
        together: list[_Word] = []
        reached = -1
        for word in sorted(self.words(), key=lambda word: word.first):
            if word.first > reached:
                yield from self._missing(together)
                together = []
            together.append(word)
            reached = max(reached, word.hours[-1])
        yield from self._missing(together)

    def _missing(self, words: Sequence[_Word]) -> Iterator[tuple[int, Row]]:
        """The last word that is no deletion takes the place of all others; a deletion is about what began in its hour. A
        removal has the version of what it removes, so that it loses to every newer word."""
        said = sorted((word for word in words if not word.is_deleted), key=lambda word: word.rank)
        if not said:
            return
        last = said[-1]
        is_gone = any(word.first == last.first and word.version >= last.version for word in words if word.is_deleted)
        claims: dict[int, list[_Word]] = defaultdict(list)
        for word in said:
            for hour in word.hours:
                claims[hour].append(word)
        for hour, claimants in claims.items():
            since = min(word.start for word in claimants)
            behind = [word for word in claimants if word.first < hour]
            if is_gone or hour not in last.hours:
                wanted, version = claimants[-1].removal(hour), claimants[-1].version
            elif hour != last.first:
                wanted, version = last.piece(hour), last.version
            elif behind:
                wanted, version = behind[-1].removal(hour), behind[-1].version
            else:
                continue
            counts = self._counts_from(hour, wanted, version) if hour != last.first or is_gone else None
            if counts is not None or (behind and not self._leads(hour, since)):
                yield hour, {**wanted, "since": since, "version": version if counts is None else counts}

    def _leads(self, hour: int, since: int) -> bool:
        """Whether a row of an hour tells of the earliest beginning of what lies there: from there all words are found."""
        return any(row.get("since", hour * HOUR) // HOUR <= since // HOUR for row, _ in self.stored[hour])

    def _counts_from(self, hour: int, wanted: Row, version: int) -> int | None:
        """The least version from this one on with which a row will count in its hour; None where it does already."""
        rows = self.stored[hour]
        top, is_deleted = max(((each, "deleted" in row) for row, each in rows), default=(-1, False))
        if "deleted" in wanted:
            return None if is_deleted and top >= version else max(version, top)
        if top < version:
            return version
        count = [row for row, each in rows if (each, "deleted" in row) == (top, is_deleted)]
        is_same = all({**row, "version": 0, "since": 0} == {**wanted, "version": 0, "since": 0} for row in count)
        return None if is_same else top + 1


def _read(facts: Facts, tenant: str, kind: str, wanted: Mapping[int, Iterable[Name]]) -> Iterable[_Told]:
    """What is stored of these spells (hour → those that are looked for there), and in the hours to which that leads. A piece or
    removal follows from a word that was stored before it: so that hour is read again, after it was seen."""
    told: dict[Name, _Told] = defaultdict(_Told)
    waiting = {(hour, name) for hour, names in wanted.items() for name in names}
    while waiting:
        places: dict[Bucket, dict[Name, tuple[int, Name]]] = defaultdict(dict)
        for hour, name in waiting:
            told[name].stored[hour] = []
            places[_bucket(tenant, kind, hour)][name[0], f"{name[1]}@{hour}"] = (hour, name)
        waiting = set()
        for bucket, segments in facts.read(places).items():
            for (hour, name), row, version in _rows(segments, places[bucket]):
                told[name].stored[hour].append((row, version))
                if row.get("since", hour * HOUR) < hour * HOUR:
                    waiting.add((row["since"] // HOUR, name))
        waiting |= {
            (hour, name)
            for name in {name for place in places.values() for _, name in place.values()}
            for word in told[name].words()
            for hour in word.hours
            if hour not in told[name].stored
        }
    return told.values()


def _rows(
    segments: Iterable[Segment], places: Mapping[Name, tuple[int, Name]]
) -> Iterator[tuple[tuple[int, Name], Row, int]]:
    """(place, row with its own version, the version that counts) of each row of these identities."""
    chosen = [found for segment in segments if (found := _only(segment, places))]
    if not chosen:
        return
    rows = Rows.concat(segment.rows for segment in chosen)
    own, sources, ids = rows.column("version"), rows.column("source"), rows.column("id")
    for number, version in enumerate(versions(chosen)):
        row = fields_of(rows, number) | ({} if own[number] is None else {"version": own[number]})
        yield places[sources[number], ids[number]], row, version


def _only(segment: Segment, places: Mapping[Name, Any]) -> Segment | None:
    identities = zip(segment.rows.column("source"), segment.rows.column("id"), strict=True)
    kept = [number for number, identity in enumerate(identities) if identity in places]
    if not kept:
        return None
    raw = [segment.raw[number] for number in kept] if segment.raw else ()
    return Segment(segment.digest, segment.received, segment.rows.pick(kept), raw)


def _word(row: Row, version: int) -> _Word:
    end = row["through"] if "ended_at" in row else None
    return _Word(row, version, row["at"], None if row.get("deleted") else end, bool(row.get("deleted")))
