"""What template.yaml says, as plain values: functions, routes, tables, queues, topics, mappings of streams and queues, and
schedules.

It is the only reader of the template; the local stack, the tests and the bench all ask here. It knows what the template
uses and raises TemplateError for the rest, so that nothing is left out in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from local.intrinsics import TemplateError, logical_id, read_yaml, resolve

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"
ACCOUNT = "000000000000"

_KNOWN_EVENTS = ("HttpApi", "DynamoDB", "Schedule", "SQS")
_KNOWN_OF_SQS = ("Queue", "BatchSize", "FunctionResponseTypes", "ScalingConfig")  # the last is ignored: one at a time


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda: its logical id, absolute code folder, `module.function` handler, seconds and MB."""

    name: str
    code: Path
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP API route. `key` is AWS's routeKey: `GET /path/{id}`, `ANY /path` or `$default`."""

    key: str
    function: str
    authorized: bool

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.key.partition(" ")[2] or self.key


@dataclass(frozen=True, slots=True)
class StreamMapping:
    """A table's stream feeding a function. `retries` is -1 for without end; `dead_letters` is a queue's logical id."""

    function: str
    table: str
    batch_size: int
    retries: int
    bisect: bool
    partial: bool
    dead_letters: str | None


@dataclass(frozen=True, slots=True)
class QueueMapping:
    """A queue feeding a function. `queue` is its logical id."""

    function: str
    queue: str
    batch_size: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rate(...) or cron(...) that invokes a function with `input`, which is JSON."""

    name: str
    function: str
    expression: str
    input: str


class Template:
    """The template at `path`, with parameters at their defaults where `parameters` has no others."""

    def __init__(self, path: Path = TEMPLATE, parameters: Mapping[str, Any] | None = None) -> None:
        self.path = path
        self.document = read_yaml(path)
        self.parameters = {name: spec.get("Default", "") for name, spec in self.document.get("Parameters", {}).items()}
        self.parameters |= parameters or {}

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id → properties, as written, of the resources of this type."""
        found = {name: spec for name, spec in self.document["Resources"].items() if spec["Type"] == kind}
        for name, spec in found.items():
            if "Condition" in spec:
                raise TemplateError(f"{name}: conditions are not known to the local stack")
        return {name: spec.get("Properties", {}) for name, spec in found.items()}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Logical id → function."""
        shared = self.document.get("Globals", {}).get("Function", {})
        return {
            name: Function(
                name=name,
                code=self.path.resolve().parent / own["CodeUri"],
                handler=str((shared | own)["Handler"]),
                timeout=int((shared | own).get("Timeout", 3)),
                memory=int((shared | own).get("MemorySize", 128)),
                environment=_variables(shared) | _variables(own),
            )
            for name, own in self.resources("AWS::Serverless::Function").items()
        }

    @cached_property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Logical id → properties of the DynamoDB tables."""
        return {name: resolve(spec, self.parameters) for name, spec in self.resources("AWS::DynamoDB::Table").items()}

    @cached_property
    def queues(self) -> dict[str, dict[str, Any]]:
        """Logical id → properties, as written, of the SQS queues: they refer to each other."""
        return self.resources("AWS::SQS::Queue")

    @cached_property
    def topics(self) -> dict[str, dict[str, Any]]:
        """Logical id → properties, as written, of the SNS topics."""
        return self.resources("AWS::SNS::Topic")

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """All routes, as written; the HTTP front picks the most specific one."""
        routes = []
        for function, _, event in self._events("HttpApi"):
            key = f"{event['Method'].upper()} {event['Path']}" if "Path" in event else "$default"
            open_to_all = event.get("Auth", {}).get("Authorizer") == "NONE"
            routes.append(Route(key, function, authorized=self.authorizer is not None and not open_to_all))
        return tuple(routes)

    @cached_property
    def authorizer(self) -> str | None:
        """The logical id of the function that says whose key a request carries: the API's default authorizer."""
        for api in self.resources("AWS::Serverless::HttpApi").values():
            auth = api.get("Auth", {})
            if chosen := auth.get("Authorizers", {}).get(auth.get("DefaultAuthorizer")):
                if "Identity" in chosen:
                    raise TemplateError("the authorizer's Identity is not known to the local stack")
                return logical_id(chosen["FunctionArn"])
        return None

    @cached_property
    def streams(self) -> tuple[StreamMapping, ...]:
        """The stream mappings of DynamoDB tables."""
        return tuple(self._stream(function, event) for function, _, event in self._events("DynamoDB"))

    def _stream(self, function: str, event: Mapping[str, Any]) -> StreamMapping:
        table = logical_id(event["Stream"])
        if table not in self.tables:
            raise TemplateError(f"{function}: Stream {event['Stream']!r} names no table of the template")
        if "FilterCriteria" in event:
            raise TemplateError(f"{function}: FilterCriteria are not known to the local stack")
        return StreamMapping(
            function=function,
            table=table,
            batch_size=int(event.get("BatchSize", 100)),
            retries=int(event.get("MaximumRetryAttempts", -1)),
            bisect=bool(event.get("BisectBatchOnFunctionError", False)),
            partial=_answers_in_part(event),
            dead_letters=logical_id(event.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")),
        )

    @cached_property
    def queue_mappings(self) -> tuple[QueueMapping, ...]:
        """The queues that feed functions."""
        return tuple(self._queue(function, event) for function, _, event in self._events("SQS"))

    def _queue(self, function: str, event: Mapping[str, Any]) -> QueueMapping:
        if unknown := sorted(event.keys() - {*_KNOWN_OF_SQS}):
            raise TemplateError(f"{function}: {', '.join(unknown)} of a queue's event is not known to the local stack")
        queue = logical_id(event["Queue"])
        if queue not in self.queues:
            raise TemplateError(f"{function}: Queue {event['Queue']!r} names no queue of the template")
        return QueueMapping(
            function=function,
            queue=queue,
            batch_size=int(event.get("BatchSize", 10)),
            partial=_answers_in_part(event),
        )

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """Everything that runs by the clock; `name` is the function's and the event's joined."""
        return tuple(
            Schedule(f"{function}{name}", function, event["Schedule"], event.get("Input", "{}"))
            for function, name, event in self._events("Schedule")
        )

    def environment(
        self, resources: Mapping[str, str], function: str | None = None, *, region: str = "us-east-1"
    ) -> dict[str, str]:
        """The environment of one function, or of all of them together. `resources` comes from `create_resources`.

        Raises TemplateError when two functions want different values of one name: here they share one process.
        """
        known = {"AWS::Region": region, "AWS::AccountId": ACCOUNT, **self.parameters, **resources}
        merged: dict[str, str] = {}
        for name in (function,) if function else self.functions:
            for key, raw in self.functions[name].environment.items():
                value = str(resolve(raw, known))
                if merged.setdefault(key, value) != value:
                    raise TemplateError(f"{name}: {key} is {value!r}, elsewhere {merged[key]!r}; one process has one")
        return merged

    def _events(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        found = []
        for function, properties in self.resources("AWS::Serverless::Function").items():
            for name, event in properties.get("Events", {}).items():
                if event["Type"] not in _KNOWN_EVENTS:
                    raise TemplateError(f"{function}: events of type {event['Type']} are not known to the local stack")
                if event["Type"] == kind:
                    found.append((function, name, event["Properties"]))
        return found


def _answers_in_part(event: Mapping[str, Any]) -> bool:
    return "ReportBatchItemFailures" in event.get("FunctionResponseTypes", ())


def _variables(section: Mapping[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = section.get("Environment", {}).get("Variables", {})
    return variables
