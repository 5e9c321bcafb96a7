"""Makes the template's tables, queues and topics on any server that boto3 talks to: ministack, moto, DynamoDB Local."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.intrinsics import TemplateError, resolve
from local.template import Template

ClientFactory = Callable[[str], Any]

_KEPT_OF_QUEUES = ("MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout")
_IGNORED_OF_QUEUES = ("SqsManagedSseEnabled",)  # nothing is encrypted on a laptop


def create_resources(client: ClientFactory, template: Template) -> dict[str, str]:
    """Makes what is missing and answers what references resolve to: `Facts` → its name, `Facts.StreamArn` → its ARN…

    What exists already is kept as it is, but that queues take the template's attributes. `Template.environment` turns the
    answer into the functions' variables. A server without SQS or SNS (DynamoDB Local) is accepted, with a line on stderr.
    Raises TemplateError for an attribute of a queue that it does not know.
    """
    made: dict[str, str] = {}
    for name, spec in template.tables.items():
        made |= _create_table(client("dynamodb"), name, spec)
    creations = (("sqs", _create_queues, template.queues), ("sns", _create_topics, template.topics))
    for service, create, wanted in creations:
        try:
            made |= create(client(service), wanted, template.parameters)
        except (ClientError, BotoCoreError) as error:
            print(f"the server has no {service.upper()} ({type(error).__name__}); going on without it", file=sys.stderr)
            made |= dict.fromkeys(wanted, "none")
    return made


def _create_table(dynamodb: Any, name: str, spec: Mapping[str, Any]) -> dict[str, str]:
    wanted: dict[str, Any] = {
        "TableName": name,
        "KeySchema": spec["KeySchema"],
        "AttributeDefinitions": spec["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if "StreamSpecification" in spec:
        wanted["StreamSpecification"] = {"StreamEnabled": True, **spec["StreamSpecification"]}
    try:
        dynamodb.create_table(**wanted)
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        if "TimeToLiveSpecification" in spec:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=spec["TimeToLiveSpecification"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
    table = dynamodb.describe_table(TableName=name)["Table"]
    return {name: name, f"{name}.Arn": table["TableArn"], f"{name}.StreamArn": table.get("LatestStreamArn", "none")}


def _create_queues(sqs: Any, queues: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, Any]) -> dict[str, str]:
    """Attributes come second: a queue may name one that is made after it, and one of an earlier run may have others."""
    made: dict[str, str] = {}
    for name in queues:
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        made |= {name: url, f"{name}.Arn": arn}
    for name, properties in queues.items():
        if attributes := _attributes(name, resolve(properties, {**parameters, **made})):
            sqs.set_queue_attributes(QueueUrl=made[name], Attributes=attributes)
    return made


def _attributes(queue: str, properties: Mapping[str, Any]) -> dict[str, str]:
    """The queue's attributes in SQS's own words: text, and JSON where there is more to say."""
    if unknown := sorted(properties.keys() - {*_KEPT_OF_QUEUES, *_IGNORED_OF_QUEUES}):
        raise TemplateError(f"{queue}: {', '.join(unknown)} of a queue is not known to the local stack")
    kept = {name: value for name, value in properties.items() if name in _KEPT_OF_QUEUES}
    return {name: json.dumps(value) if isinstance(value, dict) else str(value) for name, value in kept.items()}


def _create_topics(sns: Any, topics: Iterable[str], _: Mapping[str, Any]) -> dict[str, str]:
    return {name: sns.create_topic(Name=name)["TopicArn"] for name in topics}
