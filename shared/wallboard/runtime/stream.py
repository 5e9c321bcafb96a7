"""The Facts table's stream as Lambda delivers it → changes by tenant and day; failures named so that Lambda retries them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wallboard.adapters.dynamodb.keys import bucket_of
from wallboard.services.roll_up import Changes

Record = Mapping[str, Any]


@dataclass(slots=True)
class Change:
    """What changed on one day of one tenant: per bucket the digests of its new segments, and the place of each record."""

    buckets: Changes = field(default_factory=dict)
    places: list[int] = field(default_factory=list)


def changes(records: Iterable[Record]) -> dict[tuple[str, str], Change]:
    """The changes by (tenant, day). What DynamoDB itself removes, because it is past its time to live, is no change."""
    found: dict[tuple[str, str], Change] = defaultdict(Change)
    for place, record in enumerate(records):
        if _expired(record):
            continue
        keys = record["dynamodb"]["Keys"]
        bucket = bucket_of(keys["pk"]["S"])
        change = found[bucket.tenant, bucket.day]
        change.places.append(place)
        new = change.buckets.setdefault(bucket, set())
        if new is not None and record["eventName"] != "REMOVE":
            new.add(keys["sk"]["S"])
    return found


def failures(records: list[Record], failed: Iterable[int]) -> dict[str, list[dict[str, str]]]:
    """The answer that makes Lambda deliver again from the first failed record on."""
    first = min(failed, default=None)
    if first is None:
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": records[first]["dynamodb"]["SequenceNumber"]}]}


def _expired(record: Record) -> bool:
    who = record.get("userIdentity") or {}
    return record["eventName"] == "REMOVE" and who.get("principalId") == "dynamodb.amazonaws.com"
