"""Puts the laptop's stack together: server, resources, functions, HTTP front, pumps of streams and queues, schedules and
notices."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from local import product
from local.delivery import Delivery
from local.functions import Functions, process_environment
from local.gateway import Gateway
from local.http import HttpFront
from local.ministack import Ministack
from local.notices import Notice, Notices, print_notice
from local.pump import Pump, every_item
from local.queue_pump import QueuePump
from local.resources import create_resources
from local.schedules import Schedules
from local.simulators.serving import Vendors
from local.template import QueueMapping, StreamMapping, Template

_UNFOLDED = "unfolded"  # stands in the data folder from the first moment until everything is folded and kept
_REGION = "us-east-1"  # always the same for our own server: what is kept in one region is not seen in another


class Stack:
    """A context manager: the whole product on 127.0.0.1.

    `port` 0 takes a free one. `data` is a folder that keeps the tables between runs. `endpoint_url` names another
    server and starts none. `vendors` are simulated: the sources of every tenant that is opened. `notice` is given what
    the topics say, and may be replaced while the stack runs. One at a time, because it sets os.environ.
    """

    def __init__(
        self,
        port: int = 8787,
        data: Path | None = None,
        endpoint_url: str | None = None,
        *,
        vendors: Vendors | None = None,
        notice: Callable[[Notice], None] = print_notice,
    ) -> None:
        self.template = Template(parameters=vendors.parameters if vendors else None)
        self.vendors = vendors
        self.region = _REGION if endpoint_url is None else os.environ.get("AWS_REGION", _REGION)
        self._port, self._data, self._endpoint, self.notice = port, data, endpoint_url, notice
        self._clients: dict[str, Any] = {}
        self._pumps: list[Pump] = []
        self.key = ""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            front = HttpFront(self._port)  # first, because a port that is taken should not cost the start of a server
            stack.callback(front.stop)
            self.url = front.url
            own = not (self._endpoint and (os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_PROFILE")))
            if self._endpoint is None:
                self._endpoint = stack.enter_context(Ministack(self._data)).url
            settings = self._settings(own=own)
            if self.vendors:
                settings["WALLBOARD_SIMULATORS"] = json.dumps(stack.enter_context(self.vendors).addresses)
            unset = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB") if own else ()
            stack.enter_context(process_environment(settings, without=unset))
            self._session: Any = boto3.session.Session()
            stack.callback(self._close_clients)
            self.resources = create_resources(self.client, self.template)
            self.env = self.template.environment(self.resources, region=self.region) | settings
            os.environ.update(self.env)
            self._start(stack, front)
            self._closing = stack.pop_all()
        return self

    def _start(self, stack: ExitStack, front: HttpFront) -> None:
        """From here on threads work. They end in the opposite order: no more requests, then no more folding."""
        self._functions = Functions(self.template, lambda _: self.env, region=self.region)
        stack.callback(self._functions.close)
        product.wire()
        topics = [self.resources[name] for name in self.template.topics if self.resources[name] != "none"]
        if topics:
            stack.enter_context(Notices(self.client("sqs"), self.client("sns"), topics, self._tell))
        replay = self._mark_unfolded()
        for mapping in self.template.streams:
            self._pumps.append(stack.enter_context(self._pump(mapping, replay=replay)))
        stack.callback(self._fold_the_rest)
        for waiting in self.template.queue_mappings:
            if self.resources[waiting.queue] != "none":
                stack.enter_context(self._queue_pump(waiting))
        self._schedules = stack.enter_context(Schedules(self.template.schedules, self.invoke))
        front.serve(Gateway(self.template, self.invoke).handle)
        stack.callback(front.stop)

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's server, for any thread."""
        if service not in self._clients:
            config = Config(max_pool_connections=50, retries={"mode": "standard"})
            self._clients[service] = self._session.client(
                service, endpoint_url=self._endpoint, region_name=self.region, config=config
            )
        return self._clients[service]

    def _close_clients(self) -> None:
        for client in self._clients.values():
            client.close()

    def drain(self, seconds: float = 60.0) -> None:
        """Returns when all that was written before the call is folded. Raises TimeoutError."""
        for pump in self._pumps:
            pump.drain(seconds)

    def invoke(self, function: str, event: Any) -> Any:
        """What the function with that logical id answers to `event`."""
        return self._functions.invoke(function, event)

    def fire(self, schedule: str) -> Any:
        """Lets a schedule (`Schedule.name`) fire now, and answers what its function answered."""
        return self._schedules.fire(schedule)

    def _tell(self, notice: Notice) -> None:
        self.notice(notice)

    def open_tenant(self, tenant: str, key: str) -> None:
        """Registers `key`, with all scopes, and keeps it as `self.key` for whoever drives the stack."""
        product.register_key(tenant, key)
        if self.vendors:
            self.vendors.set_up(tenant)
        self.key = key

    def _settings(self, *, own: bool) -> dict[str, str]:
        """What the environment says of the server, and of how quiet the functions are."""
        settings = {
            "AWS_ENDPOINT_URL": str(self._endpoint),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost"))),
            "POWERTOOLS_LOG_LEVEL": os.environ.get("WALLBOARD_LOG_LEVEL", "ERROR"),
            "POWERTOOLS_METRICS_DISABLED": "true",
            "POWERTOOLS_TRACE_DISABLED": "1",
        }
        if own:  # nothing of the user's own AWS accounts may be read, let alone sent
            settings |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
            settings |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        return settings

    def _pump(self, mapping: StreamMapping, *, replay: bool) -> Pump:
        stream = self.resources[f"{mapping.table}.StreamArn"]
        dead = self.resources[mapping.dead_letters] if mapping.dead_letters else "none"
        sqs = self.client("sqs")
        delivery = Delivery(
            mapping, self.invoke, lambda text: sqs.send_message(QueueUrl=dead, MessageBody=text), stream=stream
        )
        items = every_item(self.client("dynamodb"), self.resources[mapping.table]) if replay else ()
        return Pump(self.client("dynamodbstreams"), stream, delivery, batch_size=mapping.batch_size, replay=items)

    def _queue_pump(self, mapping: QueueMapping) -> QueuePump:
        url, arn = self.resources[mapping.queue], self.resources[f"{mapping.queue}.Arn"]
        return QueuePump(self.client("sqs"), url, arn, mapping, self.invoke)

    def _mark_unfolded(self) -> bool:
        """Whether the last run on this data ended before all was folded. ministack does not keep stream records, so
        only a replay of the whole table finds what is missing."""
        if self._data is None:
            return False
        mark = self._data / _UNFOLDED
        unfinished = mark.exists()
        mark.touch()
        return unfinished

    def _fold_the_rest(self) -> None:
        if self._data is None:
            return
        try:
            self.drain()
            (self._data / _UNFOLDED).unlink(missing_ok=True)
        except TimeoutError as error:
            print(f"{error}; the next start on {self._data} folds everything again", file=sys.stderr)
