"""Roll-up: the hours that changed are folded again, and their new cells are put in place of the old.

Right whatever the stream repeats, reorders or runs at once: a block is written only if it has not moved since before its
facts were read, and every change of the facts of an hour is followed by a roll-up that starts after it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wallboard.errors import Conflict, CorruptData, TryAgain, WallboardError
from wallboard.measures.blocks import Block, FoldedHour
from wallboard.measures.cube import Cube
from wallboard.measures.cubes import CUBES, cubes_of
from wallboard.measures.fold import fold, hour_digest, live_rows, versions
from wallboard.model.facts import KINDS, Bucket, Rows, Segment, local_id
from wallboard.model.time import DAY, HOUR, hour_start
from wallboard.services.ports import DeadLetters, Directory, Facts, Rollups, Versioned

Changes = dict[Bucket, set[str] | None]
"""Of each bucket the digests of the segments that are new to it; None when all of them must be looked at."""

TRIES = 8


@dataclass(slots=True)
class Outcome:
    """How many blocks were written and how many were found up to date; hours left alone because they are sealed; hours
    that failed for good."""

    written: int = 0
    unchanged: int = 0
    sealed: set[str] = field(default_factory=set)
    parked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RollUp:
    """`sealed_after_days`: an hour that old is never folded again, because the store may have dropped some of its facts.
    `many_segments`: from so many in a bucket on, the store is asked to merge the settled ones."""

    facts: Facts
    rollups: Rollups
    directory: Directory
    dead_letters: DeadLetters
    sealed_after_days: int
    many_segments: int = 48

    def __call__(self, tenant: str, day: str, changes: Changes, *, now: int) -> Outcome:
        """Folds the buckets of one tenant and UTC day again, wherever they differ from what was folded before.

        Raises TryAgain when the store refuses for now, or when others keep writing the same blocks. A bucket whose facts
        cannot be folded is parked by name with the reason, and the others go on.
        """
        outcome = Outcome()
        open_changes = {bucket: new for bucket, new in changes.items() if not self._is_sealed(bucket, now)}
        outcome.sealed |= {bucket.hour for bucket in changes.keys() - open_changes.keys()}
        read: dict[Bucket, list[Segment]] = {}
        waiting = _cubes(open_changes)
        for _ in range(TRIES):
            # Blocks before facts: what a block's condition protects is everything read after it.
            stored = {cube.name: self.rollups.load(tenant, cube, day) for cube in waiting}
            read = self._read({*_buckets(waiting, open_changes), *open_changes}, outcome)
            waiting = [
                cube for cube in waiting if not self._write(stored[cube.name], cube, open_changes, read, outcome)
            ]
            if not waiting:
                break
        else:
            raise TryAgain(f"the {waiting[0].name} roll-up of {day} kept moving; the next try folds it again")
        self._learn(tenant, open_changes, read)
        for bucket, segments in read.items():
            if len(segments) >= self.many_segments:
                self.facts.compact(bucket, now=now)
        return outcome

    def _is_sealed(self, bucket: Bucket, now: int) -> bool:
        return hour_start(bucket.hour) + HOUR <= now - self.sealed_after_days * DAY

    def _read(self, buckets: Iterable[Bucket], outcome: Outcome) -> dict[Bucket, list[Segment]]:
        """The segments of these buckets. One that cannot be read is parked, and its hour left as it is."""
        wanted = sorted(buckets)
        try:
            return self.facts.read(wanted)
        except CorruptData:
            read: dict[Bucket, list[Segment]] = {}
            for bucket in wanted:
                try:
                    read |= self.facts.read([bucket])
                except CorruptData as error:
                    self._park(bucket.tenant, bucket.kind, bucket.hour, error, outcome)
            return read

    def _write(
        self,
        stored: Versioned,
        cube: Cube,
        changes: Changes,
        read: Mapping[Bucket, list[Segment]],
        outcome: Outcome,
    ) -> bool:
        """False when somebody else wrote the block since it was loaded, and the whole must be done again."""
        tenant = next(iter(changes)).tenant
        hours = []
        for hour in sorted({bucket.hour for bucket in changes if bucket.kind in cube.kinds}):
            buckets = [Bucket(tenant, kind, hour) for kind in cube.kinds]
            if any(bucket not in read for bucket in buckets):
                continue
            segments = {bucket.kind: read[bucket] for bucket in buckets}
            try:
                folded = _folded(stored.block, int(hour[11:]), segments)
            except Exception as error:  # whatever the facts did to the fold, the other hours and cubes must go on
                self._park(tenant, cube.name, hour, error, outcome)
            else:
                hours += [folded] if folded else []
        if not hours:
            outcome.unchanged += 1
            return True
        try:
            self.rollups.save(tenant, stored.block.with_hours(hours), replaces=stored)
        except Conflict:
            return False
        outcome.written += 1
        return True

    def _park(self, tenant: str, what: str, hour: str, error: Exception, outcome: Outcome) -> None:
        reason = str(error) if isinstance(error, WallboardError) else type(error).__name__
        self.dead_letters.park({"tenant": tenant, "what": what, "hour": hour, "reason": reason})
        outcome.parked.append(hour)

    def _learn(self, tenant: str, changes: Changes, read: Mapping[Bucket, list[Segment]]) -> None:
        """Keeps the names that the new segments bring."""
        names: dict[tuple[str, str], tuple[str | None, int]] = {}
        for bucket, new in changes.items():
            for thing, name in _names(bucket.kind, read.get(bucket, ()), new):
                names[thing] = max(names.get(thing, name), name, key=_rank)
        if names:
            self.directory.learn(tenant, names)


def _cubes(buckets: Iterable[Bucket]) -> list[Cube]:
    names = {cube.name for bucket in buckets for cube in cubes_of(bucket.kind)}
    return [CUBES[name] for name in sorted(names)]


def _buckets(cubes: Iterable[Cube], changes: Iterable[Bucket]) -> Iterator[Bucket]:
    """Everything that these cubes are folded from in the hours that changed."""
    for bucket in list(changes):
        for cube in cubes:
            if bucket.kind in cube.kinds:
                yield from (Bucket(bucket.tenant, kind, bucket.hour) for kind in cube.kinds)


def _folded(block: Block, hour: int, segments: Mapping[str, list[Segment]]) -> FoldedHour | None:
    """The hour folded again; None when it was folded from just these segments before, or never had any."""
    if hour not in block.hours and not any(segments.values()):
        return None
    digest = hour_digest(block.cube, {kind: [each.digest for each in found] for kind, found in segments.items()})
    if block.hours.get(hour) == digest:
        return None
    live = {kind: live_rows(found) for kind, found in segments.items()}
    anchors = (place for rows in live.values() for place in zip(rows.column("at"), rows.column("goes_on"), strict=True))
    newest = max((at for at, goes_on in anchors if not goes_on), default=None)
    return FoldedHour(hour, fold(block.cube, live), digest, newest)


def _names(
    kind: str, segments: Sequence[Segment], new: set[str] | None
) -> Iterator[tuple[tuple[str, str], tuple[str | None, int]]]:
    """What the new segments call things: (type, id) and (name, version), or (None, 0) for one that is only mentioned."""
    labels = KINDS[kind].labels
    fresh = [new is None or segment.digest in new for segment in segments]
    if not labels or not any(fresh):
        return
    is_new = [is_fresh for is_fresh, segment in zip(fresh, segments, strict=True) for _ in range(segment.rows.count)]
    rows = Rows.concat(segment.rows for segment in segments)
    deleted = rows.column("deleted")
    naming = any(column in rows.columns for _, columns in labels.values() for column in columns)
    ranks = versions(segments) if naming else [0] * rows.count
    sources = rows.column("source")
    for type_, (id_column, name_columns) in labels.items():
        columns = [rows.column(column) for column in name_columns]
        for place, given in enumerate(rows.column(id_column)):
            if given is None or deleted[place] or not is_new[place]:
                continue
            name = local_id(type_, sources[place], given)
            label = next((column[place] for column in columns if column[place]), None)
            if label:
                yield (type_, name), (label, ranks[place])
            elif type_ != "contact":  # people are only kept in State where somebody names them
                yield (type_, name), (None, 0)


def _rank(name: tuple[str | None, int]) -> tuple[int, str]:
    return name[1], name[0] or ""
