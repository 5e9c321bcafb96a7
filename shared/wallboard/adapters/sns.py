"""The topic that tells people about alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wallboard.adapters.aws import calling


@dataclass(frozen=True, slots=True)
class SnsTopic:
    """The port `Topic` on an SNS topic. `client` is a botocore SNS client."""

    client: Any
    arn: str

    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None:
        told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        calling(self.client.publish, TopicArn=self.arn, Subject=subject, Message=body, MessageAttributes=told)
