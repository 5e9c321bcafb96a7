"""Carries a table's stream to the function that the template maps it to, as Lambda's poller does, in one thread."""

import itertools
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from typing import Any, Self

from botocore.exceptions import ClientError

from local.delivery import Delivery, Record

_IDLE_SECONDS = 0.1
_WINDOW_SECONDS = 0.1  # not the template's: on a laptop nobody pays per call, and everybody waits
_DISCOVER_SECONDS = 30.0
_LOST_PLACES = ("ExpiredIteratorException", "TrimmedDataAccessException")


class Pump:
    """A context manager: delivers `replay`, then the stream from its oldest record on. Roll-ups are recomputed and not
    counted, so starting again from the beginning changes nothing."""

    def __init__(
        self, streams: Any, arn: str, delivery: Delivery, *, batch_size: int, replay: Iterable[Record] = ()
    ) -> None:
        self._streams, self._arn, self._delivery = streams, arn, delivery
        self._batch_size, self._replay = batch_size, iter(replay)
        self._iterators: dict[str, str | None] = {}
        self._discover_at = 0.0
        self._stop = delivery.stop
        self._changed = threading.Condition()
        self._asked = self._settled = 0
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops after the batch in hand."""
        self._stop.set()
        self._thread.join(60)

    def drain(self, seconds: float = 60.0) -> None:
        """Returns when everything written before the call, and what came of it, is handled. Raises TimeoutError."""
        with self._changed:
            self._asked += 1
            ticket = self._asked
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: self._settled >= ticket, seconds):
                raise TimeoutError(f"the stream was not empty after {seconds:g} seconds")

    def _run(self) -> None:
        failing = False
        while not self._stop.is_set():
            ticket = self._asked
            try:
                moved = self._pass(fresh=ticket > self._settled)
                failing = False
            except Exception:
                if not failing:
                    traceback.print_exc()
                    print("the stream cannot be read; trying again", file=sys.stderr)
                failing = True
                self._stop.wait(1)
                continue
            if not moved:
                with self._changed:
                    self._settled = ticket
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._asked > self._settled, _IDLE_SECONDS)

    def _pass(self, *, fresh: bool) -> bool:
        """Takes at most one batch from every shard; says whether there was anything."""
        if batch := list(itertools.islice(self._replay, self._batch_size)):
            self._delivery.deliver(batch)
            return True
        if fresh or time.monotonic() > self._discover_at:
            self._discover()
        moved = False
        for shard in list(self._iterators):
            if batch := self._gather(shard):
                self._delivery.deliver(batch)
                moved = True
        return moved

    def _discover(self) -> None:
        for shard in self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]:
            if shard["ShardId"] not in self._iterators:
                self._start_over(shard["ShardId"])
        self._discover_at = time.monotonic() + _DISCOVER_SECONDS

    def _start_over(self, shard: str) -> None:
        found = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        self._iterators[shard] = found["ShardIterator"]

    def _gather(self, shard: str) -> list[Record]:
        """Up to a batch of records, waiting once for the batching window when there are some but not enough."""
        batch: list[Record] = []
        waited = False
        while len(batch) < self._batch_size and self._iterators[shard] and not self._stop.is_set():
            page = self._read(shard, self._batch_size - len(batch))
            batch += page
            if not page:
                if waited or not batch:
                    break
                self._stop.wait(_WINDOW_SECONDS)
                waited = True
        return batch

    def _read(self, shard: str, limit: int) -> list[Record]:
        try:
            page = self._streams.get_records(ShardIterator=self._iterators[shard], Limit=limit)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _LOST_PLACES:
                raise
            self._start_over(shard)  # a laptop that slept: iterators last 15 minutes
            return self._read(shard, limit)
        self._iterators[shard] = page.get("NextShardIterator")
        records: list[Record] = page["Records"]
        return records


def every_item(dynamodb: Any, table: str) -> Iterator[Record]:
    """A stream record for every item of the table, as if it had just been written: what replay delivers."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="pk, sk")
    items = (item for page in pages for item in page["Items"])
    for number, keys in enumerate(items):
        yield {"eventName": "INSERT", "dynamodb": {"Keys": keys, "SequenceNumber": f"{number:021d}"}}
