"""The local server with the tables of template.yaml, the handlers wired to it, and facts kept in memory for loading."""

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.functions import Functions, LambdaContext, process_environment
from local.ministack import Ministack
from local.resources import create_resources
from local.template import Template
from wallboard.adapters import aws
from wallboard.adapters.dynamodb.facts import DynamoFacts
from wallboard.adapters.dynamodb.rollups import DynamoRollups
from wallboard.adapters.dynamodb.state import DynamoDirectory, DynamoGauges
from wallboard.adapters.dynamodb.table import Table
from wallboard.runtime import wiring
from wallboard.runtime.wiring import Parts

INGEST = "POST /api/v1/event/ingest"
GENERATE = "POST /api/v1/platform/report/generate"
_REGION = "us-east-1"
_CONTEXT = LambdaContext("bench", 1769, "arn:aws:lambda:us-east-1:000000000000:function:bench", float("inf"))
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": _REGION,
    "AWS_REGION": _REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
    "NO_PROXY": "127.0.0.1,localhost",
}


@dataclass(frozen=True, slots=True)
class Store:
    """`tables` by logical id. `plain` is one more table, declared as FactsTable is: for one item per event."""

    functions: Functions
    routes: Mapping[str, str]
    roll_up: str
    tables: Mapping[str, str]
    plain: str
    client: Any

    def door(self, route: str, tenant: str, *, content_type: str = "application/json") -> Callable[[bytes], Any]:
        """What the handler behind a route answers to a body, called in this process with the event of API Gateway."""
        handler = self.functions.handler(self.routes[route])
        path = route.split(" ", 1)[1]

        def send(body: bytes) -> Any:
            answer = handler(_http_event(route, path, tenant, content_type, body.decode()), _CONTEXT)
            assert answer["statusCode"] == 200, answer
            return answer["body"]

        return send

    def follow(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Hands stream records to the roll-up handler."""
        answer = self.functions.handler(self.roll_up)({"Records": list(records)}, _CONTEXT)
        assert answer == {"batchItemFailures": []}, answer

    def parts(self, client: Any, *, now: int, facts: Any = None) -> Parts:
        """The real parts on another client (a meter, say), a clock that stands still, and perhaps other facts."""
        real = _real_parts()
        state = Table(client, self.tables["StateTable"])
        return replace(
            real,
            now=lambda: now,
            facts=DynamoFacts(Table(facts or client, self.tables["FactsTable"]), real.retention_days),
            rollups=DynamoRollups(Table(client, self.tables["RollupsTable"])),
            directory=DynamoDirectory(state),
            gauges=DynamoGauges(state),
        )


_real_parts = wiring.parts


@contextmanager
def wired(parts: Parts) -> Iterator[None]:
    """The handlers work with these parts meanwhile, and what they print, which is their metrics, is swallowed."""
    before = wiring.parts
    setattr(wiring, "parts", lambda: parts)  # noqa: B010 - mypy takes functions for constants
    try:
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Powertools warns where there are no metrics
            yield
    finally:
        setattr(wiring, "parts", before)  # noqa: B010


@contextmanager
def open_store() -> Iterator[Store]:
    """A server of its own, that ends with the block. Nothing follows its stream unless the bench does."""
    template = Template()
    with Ministack() as server, process_environment(_ENVIRONMENT | {"AWS_ENDPOINT_URL": server.url}, without=_UNSET):
        client = cache(aws.client)
        resources = create_resources(client, template)
        os.environ.update(template.environment(resources) | _ENVIRONMENT)
        functions = Functions(
            template,
            lambda name: template.environment(resources, name, region=_REGION) | _ENVIRONMENT,
            region=_REGION,
        )
        try:
            yield Store(
                functions=functions,
                routes={route.key: route.function for route in template.routes},
                roll_up=template.streams[0].function,
                tables={name: resources[name] for name in template.tables},
                plain=_plain_table(client("dynamodb"), template),
                client=client("dynamodb"),
            )
        finally:
            functions.close()


_UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB")


def _plain_table(client: Any, template: Template) -> str:
    facts = template.tables["FactsTable"]
    client.create_table(
        TableName="PlainTable",
        KeySchema=facts["KeySchema"],
        AttributeDefinitions=facts["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, **facts["StreamSpecification"]},
    )
    return "PlainTable"


def _http_event(route: str, path: str, tenant: str, content_type: str, body: str) -> dict[str, Any]:
    method = route.split(" ", 1)[0]
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": content_type, "authorization": "Bearer wb_bench"},
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "authorizer": {"lambda": {"tenant": tenant, "scopes": "ingest read", "keyId": "bench"}},
            "requestId": "bench",
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }


class MemoryFacts:
    """As much of a DynamoDB client as appending and reading facts needs, and the stream records of what was put.

    Only for loading a volume: what is measured of a volume is reading its roll-ups, which lie on the real local server.
    """

    def __init__(self) -> None:
        self._partitions: dict[str, dict[str, Mapping[str, Any]]] = {}
        self.records: list[dict[str, Any]] = []

    def put_item(self, *, Item: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803 - DynamoDB's name
        partition = self._partitions.setdefault(Item["pk"]["S"], {})
        if Item["sk"]["S"] in partition:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        partition[Item["sk"]["S"]] = Item
        self.records.append({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": Item["pk"], "sk": Item["sk"]}}})
        return {}

    def query(self, *, ExpressionAttributeValues: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        found = self._partitions.get(ExpressionAttributeValues[":pk"]["S"], {})
        return {"Items": [found[sort] for sort in sorted(found)]}
