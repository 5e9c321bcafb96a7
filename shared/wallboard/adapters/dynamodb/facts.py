"""The Facts table: segments in the bucket of their tenant, kind and hour, appended once, compacted when there are many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wallboard.adapters.dynamodb import keys
from wallboard.adapters.dynamodb.segments import LazyRaw, Raw, decode, encode
from wallboard.adapters.dynamodb.table import Item, Table
from wallboard.errors import Conflict
from wallboard.measures.fold import merge_segments
from wallboard.model.facts import Bucket, Rows, Segment
from wallboard.model.time import DAY, QUARTER, hour_start

GRACE_DAYS = 2
"""How long facts outlive the retention, so that no hour loses some while it may still be folded."""

_SETTLED = QUARTER  # a retry within this time finds its segment and writes nothing
_SMALL = 32_000
_MERGED = 200_000
_AT_ONCE = 99  # a transaction holds 100 writes, one of which puts the merged segment
_NEW = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class DynamoFacts:
    """The port `Facts`. `exp` (epoch seconds) lets DynamoDB remove a segment some days after its hour is sealed.
    `worth_merging`: the least number of settled small segments that `compact` merges."""

    table: Table
    retention_days: int
    worth_merging: int = 32

    def append(self, groups: Sequence[tuple[Bucket, Rows, Raw]], *, received: int) -> int:
        items = [item for bucket, rows, raw in groups for item in self._items(bucket, rows, raw, received)]
        return sum(self.table.at_once(self._put, items))

    def _items(self, bucket: Bucket, rows: Rows, raw: Raw, received: int | None) -> Iterable[Item]:
        expiry = (hour_start(bucket.hour) + (self.retention_days + GRACE_DAYS) * DAY) // 1000
        for segment in encode(rows, raw):
            item: Item = {
                **keys.key(keys.facts_partition(bucket), segment.digest),
                "n": {"N": str(segment.count)},
                "d": {"B": segment.data},
                "exp": {"N": str(expiry)},
            }
            if segment.raw:
                item["x"] = {"B": segment.raw}
            if received is not None:
                item["r"] = {"N": str(received)}
            yield item

    def _put(self, item: Item) -> bool:
        try:
            self.table.put(item, _NEW)
        except Conflict:
            return False
        return True

    def read(self, buckets: Iterable[Bucket]) -> dict[Bucket, list[Segment]]:
        wanted = list(buckets)
        found = self.table.at_once(self._items_of, wanted) if wanted else []
        return {bucket: [_segment(item) for item in items] for bucket, items in zip(wanted, found, strict=True)}

    def _items_of(self, bucket: Bucket) -> list[Item]:
        return list(self.table.query(keys.facts_partition(bucket), consistent=True))

    def compact(self, bucket: Bucket, *, now: int) -> bool:
        small = [item for item in self._items_of(bucket) if _size(item) <= _SMALL and _settled(item, now)]
        chosen: list[Item] = []
        size = 0
        for item in small[:_AT_ONCE]:
            size += _size(item)
            if size > _MERGED:
                break
            chosen.append(item)
        if len(chosen) < self.worth_merging:
            return False
        merged = merge_segments([_segment(item) for item in chosen])
        kept = {item["sk"]["S"]: item for item in self._items(bucket, merged.rows, merged.raw, None)}
        gone = {item["sk"]["S"]: item for item in chosen}
        # A merged segment may be one of the old ones: it said all of it already.
        puts = [{"Put": {"Item": item}} for digest, item in kept.items() if digest not in gone]
        deletes = [
            {"Delete": {"Key": {"pk": item["pk"], "sk": item["sk"]}, "ConditionExpression": "attribute_exists(pk)"}}
            for digest, item in gone.items()
            if digest not in kept
        ]
        if not deletes:
            return False
        try:
            self.table.transact([*puts, *deletes])
        except Conflict:
            return False  # somebody else has just compacted the bucket
        return True


def _segment(item: Mapping[str, Any]) -> Segment:
    received = int(item["r"]["N"]) if "r" in item else 0
    raw = LazyRaw(item["x"]["B"]) if "x" in item else ()
    return Segment(item["sk"]["S"], received, decode(item["d"]["B"]), raw)


def _size(item: Mapping[str, Any]) -> int:
    return len(item["d"]["B"]) + (len(item["x"]["B"]) if "x" in item else 0)


def _settled(item: Mapping[str, Any], now: int) -> bool:
    return "r" not in item or int(item["r"]["N"]) <= now - _SETTLED
