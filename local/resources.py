"""Makes the template's tables, queues and topics on any server that boto3 talks to: ministack, moto, DynamoDB Local."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.template import Template

ClientFactory = Callable[[str], Any]


def create_resources(client: ClientFactory, template: Template) -> dict[str, str]:
    """Makes what is missing and answers what references resolve to: `Facts` → its name, `Facts.StreamArn` → its ARN…

    What exists already is kept as it is. `Template.environment` turns the answer into the functions' variables.
    A server without SQS or SNS (DynamoDB Local) is accepted, with a line on stderr.
    """
    made: dict[str, str] = {}
    for name, spec in template.tables.items():
        made |= _create_table(client("dynamodb"), name, spec)
    for create, service, names in ((_create_queue, "sqs", template.queues), (_create_topic, "sns", template.topics)):
        try:
            for name in names:
                made |= create(client(service), name)
        except (ClientError, BotoCoreError) as error:
            print(f"the server has no {service.upper()} ({type(error).__name__}); going on without it", file=sys.stderr)
            made |= dict.fromkeys(names, "none")
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


def _create_queue(sqs: Any, name: str) -> dict[str, str]:
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {name: url, f"{name}.Arn": arn}


def _create_topic(sns: Any, name: str) -> dict[str, str]:
    return {name: sns.create_topic(Name=name)["TopicArn"]}
