"""The dead-letter queue: what failed for good, one readable JSON message each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json


@dataclass(frozen=True, slots=True)
class SqsDeadLetters:
    """The port `DeadLetters` on an SQS queue. `client` is a botocore SQS client."""

    client: Any
    queue_url: str

    def park(self, letter: Mapping[str, Any]) -> None:
        self.client.send_message(QueueUrl=self.queue_url, MessageBody=to_json(letter).decode())
