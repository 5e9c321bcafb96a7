"""Carries the messages of a queue to the function that the template maps it to, as Lambda's poller does, in one thread."""

import base64
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from local.template import QueueMapping

Message = Mapping[str, Any]

_IDLE_SECONDS = 0.5  # not SQS's long poll: it would have to be waited for at the end
_MOST = 10  # of one ReceiveMessage


class QueuePump:
    """A context manager: receives from the queue at `url`, and deletes what the function did not fail on.

    What failed is visible again after `pause` seconds and not after the queue's own time: on a laptop somebody sits there.
    Whether it is given up then is for the queue's redrive policy to say.
    """

    def __init__(
        self,
        sqs: Any,
        url: str,
        arn: str,
        mapping: QueueMapping,
        invoke: Callable[[str, Any], Any],
        *,
        pause: int = 1,
    ) -> None:
        self._sqs, self._url, self._arn, self._pause = sqs, url, arn, pause
        self._mapping, self._invoke = mapping, invoke
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"queue {mapping.queue}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops after the batch in hand. What is still in the queue stays there."""
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        failing = False
        while not self._stop.is_set():
            try:
                if not self._pass():
                    self._stop.wait(_IDLE_SECONDS)
                failing = False
            except Exception:
                if not failing:
                    traceback.print_exc()
                    print(f"the queue {self._mapping.queue} cannot be read; trying again", file=sys.stderr)
                failing = True
                self._stop.wait(1)

    def _pass(self) -> bool:
        """Takes at most one batch; says whether there was one."""
        got = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._mapping.batch_size, _MOST),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[Message] = got.get("Messages", [])
        if not messages:
            return False
        failed = self._call(messages)
        for message in messages:
            which = {"QueueUrl": self._url, "ReceiptHandle": message["ReceiptHandle"]}
            if message["MessageId"] in failed:
                self._sqs.change_message_visibility(**which, VisibilityTimeout=self._pause)
            else:
                self._sqs.delete_message(**which)
        return True

    def _call(self, messages: Sequence[Message]) -> set[str]:
        """The ids of the messages that failed."""
        ids = {message["MessageId"] for message in messages}
        try:
            answer = self._invoke(self._mapping.function, to_lambda(messages, self._arn))
        except Exception:
            traceback.print_exc()
            return ids
        if not self._mapping.partial or not answer or not answer.get("batchItemFailures"):
            return set()
        failed = {failure.get("itemIdentifier") for failure in answer["batchItemFailures"]}
        # An identifier that is empty or unknown fails the whole batch, as it does in Lambda.
        return ids if failed - ids else failed


def to_lambda(messages: Sequence[Message], arn: str) -> dict[str, Any]:
    """Messages of ReceiveMessage as a Lambda event; `arn` is the queue's."""
    return {"Records": [_record(message, arn) for message in messages]}


def _record(message: Message, arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _attribute(attribute) for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": attribute["DataType"]}
    if "BinaryValue" in attribute:
        return value | {"binaryValue": base64.b64encode(attribute["BinaryValue"]).decode()}
    return value | {"stringValue": attribute["StringValue"]}
