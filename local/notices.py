"""Shows what the topics say: a queue subscribed to each, read in a thread, every message given to a function."""

import json
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

_QUEUE = "wallboard-notices"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of a topic; `text` and `attributes` are as the publisher wrote them."""

    topic: str
    subject: str
    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def print_notice(notice: Notice) -> None:
    """Writes the notice on the console: time and subject, then the text indented, JSON laid out."""
    try:
        text = json.dumps(json.loads(notice.text), indent=2, ensure_ascii=False)
    except ValueError:
        text = notice.text
    lines = "".join(f"\n    {line}" for line in text.splitlines())
    print(f"{datetime.now(UTC).astimezone():%H:%M:%S} notice {notice.subject or notice.topic}{lines}", flush=True)


class Notices:
    """A context manager: passes on every message published to `topics` (ARNs) from now on."""

    def __init__(self, sqs: Any, sns: Any, topics: Iterable[str], show: Callable[[Notice], None]) -> None:
        self._sqs, self._sns, self._topics, self._show = sqs, sns, list(topics), show
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def __enter__(self) -> Self:
        self._url = self._sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
        self._sqs.purge_queue(QueueUrl=self._url)  # what an earlier run left unread
        wanted = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        for topic in self._topics:
            self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=wanted["Attributes"]["QueueArn"])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ClientError, BotoCoreError):  # the server may be gone already
            self.flush()
        self._stop.set()
        self._thread.join(5)

    def flush(self) -> None:
        """Shows what has arrived by now."""
        while self._receive(wait=0):
            pass

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._receive(wait=1)
            except Exception:
                if not self._stop.wait(2):
                    traceback.print_exc()

    def _receive(self, *, wait: int) -> bool:
        got = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
        messages = got.get("Messages", [])
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            envelope = json.loads(message["Body"])
            topic = str(envelope.get("TopicArn", "")).rsplit(":", 1)[-1]
            attributes = {name: str(told["Value"]) for name, told in envelope.get("MessageAttributes", {}).items()}
            self._show(Notice(topic, str(envelope.get("Subject") or ""), str(envelope.get("Message", "")), attributes))
        return bool(messages)
