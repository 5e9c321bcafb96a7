"""How Lambda hands stream records to a function: in batches, again on failure, and to the dead-letter queue at last."""

import json
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from local.template import StreamMapping

Record = dict[str, Any]

_LONGEST_PAUSE = 1.0  # Lambda waits far longer; on a laptop somebody sits there


class Delivery:
    """Gives batches of one stream to one function, by the retries, halving and partial answers of the template."""

    def __init__(
        self,
        mapping: StreamMapping,
        invoke: Callable[[str, Any], Any],
        send_dead: Callable[[str], Any],
        *,
        stream: str,
        first_pause: float = 0.1,
    ) -> None:
        self._mapping, self._invoke, self._send_dead = mapping, invoke, send_dead
        self._stream, self._first_pause = stream, first_pause
        self.stop = threading.Event()

    def deliver(self, records: Sequence[Record]) -> None:
        """Returns when every one of GetRecords' `records` is handled or given up, or the stack stops."""
        waiting = [([to_lambda(record, self._stream) for record in records], 0)]
        while waiting and not self.stop.is_set():
            batch, attempts = waiting.pop(0)
            failed_at = self._call(batch)
            if failed_at is None:
                continue
            rest = batch[failed_at:]
            if failed_at > 0:  # some of it went well: the rest starts anew
                waiting.insert(0, (rest, 0))
            elif self._mapping.bisect and len(rest) > 1:  # halving does not count as a retry
                middle = len(rest) // 2
                waiting[:0] = [(rest[:middle], attempts), (rest[middle:], attempts)]
            elif 0 <= self._mapping.retries <= attempts:
                self._give_up(rest, attempts + 1)
                continue
            else:
                waiting.insert(0, (rest, attempts + 1))
            self.stop.wait(min(self._first_pause * 2**attempts, _LONGEST_PAUSE))

    def _call(self, batch: list[Record]) -> int | None:
        """The place of the first record that failed; None when all went well."""
        try:
            answer = self._invoke(self._mapping.function, {"Records": batch})
        except Exception:
            traceback.print_exc()
            return 0
        if not self._mapping.partial or not answer or not answer.get("batchItemFailures"):
            return None
        places = {record["dynamodb"]["SequenceNumber"]: place for place, record in enumerate(batch)}
        # An identifier that is empty or unknown fails the whole batch, as it does in Lambda.
        return min(places.get(failure.get("itemIdentifier"), 0) for failure in answer["batchItemFailures"])

    def _give_up(self, batch: list[Record], attempts: int) -> None:
        """Tells the dead-letter queue which records they are, in as much of Lambda's letter as helps to find them."""
        name = self._mapping.function
        print(f"{name}: {len(batch)} records given up after {attempts} attempts", file=sys.stderr)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        letter = {
            "requestContext": {
                "functionArn": name,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": attempts,
            },
            "DDBStreamBatchInfo": {
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "batchSize": len(batch),
                "streamArn": self._stream,
            },
        }
        try:
            self._send_dead(json.dumps(letter))
        except Exception:
            traceback.print_exc()


def to_lambda(record: Record, stream: str) -> Record:
    """A record of GetRecords, keys only, as it stands in a Lambda event: JSON values, and the stream's ARN."""
    event = record | {"eventSourceARN": stream, "dynamodb": dict(record["dynamodb"])}
    created = event["dynamodb"].get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        event["dynamodb"]["ApproximateCreationDateTime"] = created.timestamp()
    if who := event.get("userIdentity"):  # what tells a removal by TTL from others
        event["userIdentity"] = {key[:1].lower() + key[1:]: value for key, value in who.items()}
    return event
