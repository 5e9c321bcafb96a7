"""The queue over which tenants fan out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wallboard.adapters.aws import calling
from wallboard.errors import TryAgain

_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class SqsQueue:
    """The port `Queue` on an SQS queue. `client` is a botocore SQS client."""

    client: Any
    url: str

    def send(self, messages: Sequence[tuple[str, int]]) -> None:
        refused = 0
        for start in range(0, len(messages), _AT_ONCE):
            entries = [
                {"Id": str(place), "MessageBody": body, "DelaySeconds": delay}
                for place, (body, delay) in enumerate(messages[start : start + _AT_ONCE])
            ]
            try:
                answer = calling(self.client.send_message_batch, QueueUrl=self.url, Entries=entries)
                refused += len(answer.get("Failed", ()))
            except TryAgain:  # the others must not wait for these
                refused += len(entries)
        if refused:
            raise TryAgain(f"SQS refused {refused} of {len(messages)} messages")
