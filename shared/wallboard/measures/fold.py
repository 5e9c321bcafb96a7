"""The one pure fold: the segments of an hour → its live rows → the cells of each cube."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from json import dumps
from typing import Any

from pydantic_core import to_json

from wallboard.measures.cube import Cells, Cube
from wallboard.model.facts import Rows, Segment


def live_rows(segments: Sequence[Segment]) -> Rows:
    """The rows that count: of each (source, id) the highest version, unless that one says `deleted`.

    A row without a version of its own has the time at which this very content was *first* received, so that sending it
    again never beats a correction. Of equal versions one that says `deleted` wins, then the row's digest decides. Neither
    the order of the segments nor the way in which rows are spread over them matters.
    """
    rows = Rows.concat(segment.rows for segment in segments) if segments else Rows(0, {})
    identities = list(zip(rows.column("source"), rows.column("id"), strict=True))
    deleted = rows.columns.get("deleted")
    if len(set(identities)) == rows.count:
        if deleted is None:
            return rows
        return rows.pick([place for place, gone in enumerate(deleted) if not gone])

    kept: list[int] = []
    places: dict[Any, list[int]] = defaultdict(list)
    for place, identity in enumerate(identities):
        places[identity].append(place)
    choose = _Chooser(segments, rows)
    for candidates in places.values():
        winner = candidates[0] if len(candidates) == 1 else choose(candidates)
        if not (deleted and deleted[winner]):
            kept.append(winner)
    return rows.pick(kept)


def versions(segments: Sequence[Segment]) -> list[int]:
    """The version of each row of these segments, one after the other: its own, or where it has none, the time at which
    this very content was first received."""
    rows = Rows.concat(segment.rows for segment in segments)
    own, choose = rows.column("version"), _Chooser(segments, rows)
    identities = list(zip(rows.column("source"), rows.column("id"), strict=True))
    often = {identity for identity, count in Counter(identities).items() if count > 1}
    first: dict[bytes, int] = {}
    digests = [choose.digest(place) if identity in often else b"" for place, identity in enumerate(identities)]
    for digest, received in zip(digests, choose.received, strict=True):
        first[digest] = min(first.get(digest, received), received)
    return [
        version if version is not None else first[digest] if digest else received
        for version, digest, received in zip(own, digests, choose.received, strict=True)
    ]


def latest(segments: Sequence[Segment]) -> dict[tuple[str, str], tuple[dict[str, Any], Any]]:
    """What counts of each (source, id): its fields without its version, and its unknown fields. Also of one that removes
    itself."""
    rows = Rows.concat(segment.rows for segment in segments) if segments else Rows(0, {})
    choose = _Chooser(segments, rows)
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, identity in enumerate(zip(rows.column("source"), rows.column("id"), strict=True)):
        places[identity].append(place)
    found: dict[tuple[str, str], tuple[dict[str, Any], Any]] = {}
    for identity, candidates in places.items():
        place = candidates[0] if len(candidates) == 1 else choose(candidates)
        found[identity] = fields_of(rows, place), choose.raw[place]
    return found


def fields_of(rows: Rows, place: int) -> dict[str, Any]:
    """What a row says, without its version and its receipt: two rows that say the same are the same."""
    said = ((name, column[place]) for name, column in rows.columns.items() if name not in ("version", "received"))
    return {name: value for name, value in said if value is not None}


class _Chooser:
    """Picks the winner among rows of the same identity."""

    def __init__(self, segments: Sequence[Segment], rows: Rows) -> None:
        self._names = sorted(name for name in rows.columns if name != "received")
        self._rows = rows
        self.received = [at for segment in segments for at in segment.receipts()]
        self.raw = [raw for segment in segments for raw in (segment.raw or (None,) * segment.rows.count)]

    def __call__(self, candidates: Iterable[int]) -> int:
        versions, deleted = self._rows.column("version"), self._rows.column("deleted")
        best: dict[bytes, tuple[int, bool, bytes, int]] = {}
        for place in candidates:
            digest = self.digest(place)
            version = self.received[place] if versions[place] is None else versions[place]
            entry = (version, bool(deleted[place]), digest, place)
            best[digest] = min(best.get(digest, entry), entry)
        return max(best.values())[3]

    def digest(self, place: int) -> bytes:
        fields = {name: value for name in self._names if (value := self._rows.columns[name][place]) is not None}
        content = dumps([fields, self.raw[place]], sort_keys=True, separators=(",", ":"))
        return blake2b(content.encode(), digest_size=16).digest()


def merge_segments(segments: Sequence[Segment]) -> Segment:
    """One segment that says what these say together: every row once per content, with the time of its first receipt.

    Superseded rows stay, because a second delivery of one must still find that it is not new. The digest is left empty.
    """
    rows = Rows.concat(segment.rows for segment in segments)
    chooser = _Chooser(segments, rows)
    first: dict[bytes, tuple[int, int]] = {}
    for place in range(rows.count):
        digest = chooser.digest(place)
        entry = (chooser.received[place], place)
        first[digest] = min(first.get(digest, entry), entry)
    ordered = sorted(first.items(), key=lambda entry: (rows.columns["at"][entry[1][1]], entry[0]))
    places = [place for _, (_, place) in ordered]
    merged = rows.pick(places)
    receipts = [received for _, (received, _) in ordered]
    raw = [chooser.raw[place] for place in places]
    return Segment("", 0, Rows(merged.count, {**merged.columns, "received": receipts}), raw if any(raw) else ())


def hour_digest(cube: Cube, digests: Mapping[str, Iterable[str]]) -> bytes:
    """Names what an hour's cells were made from: the cube's edition and exactly these segments.

    Two folds of one hour that saw other segments differ here even where their cells agree. The compare-and-set of
    roll-ups relies on it: a fold may leave the item alone only when nobody can still be writing an older view.
    """
    seen = [sorted(digests.get(kind, ())) for kind in cube.kinds]
    return blake2b(to_json([cube.name, cube.edition, seen]), digest_size=8).digest()


def fold(cube: Cube, facts: Mapping[str, Rows]) -> Cells:
    """The cells of one cube from the live rows of one hour, by kind."""
    return cube.fold({kind: facts.get(kind, Rows(0, {})) for kind in cube.kinds})
