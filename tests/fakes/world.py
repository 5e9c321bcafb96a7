"""A whole Wallboard in memory: the real parts on the fake store, with a clock that the test moves."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from fractions import Fraction
from typing import Any

from pydantic_core import to_json

import wallboard.reports
from tests.fakes.dynamodb import FakeDynamoDB
from wallboard.adapters.dynamodb.alerts import DynamoAlerts
from wallboard.adapters.dynamodb.cursors import DynamoCursorKeys
from wallboard.adapters.dynamodb.facts import DynamoFacts
from wallboard.adapters.dynamodb.rollups import DynamoRollups
from wallboard.adapters.dynamodb.sources import DynamoLimiter, DynamoSources
from wallboard.adapters.dynamodb.state import DynamoDirectory, DynamoGauges, DynamoKeys
from wallboard.adapters.dynamodb.table import Table
from wallboard.alerts._rule import Evidence, Finding, Rule, Rules, sound_rules
from wallboard.errors import NotFound, TryAgain, VendorUnavailable
from wallboard.model.time import parse_instant, zone_named
from wallboard.reports._report import Report
from wallboard.runtime.stream import changes
from wallboard.runtime.wiring import Parts
from wallboard.services.catalog import Catalog
from wallboard.services.evaluate_alerts import Evaluation
from wallboard.services.generate_reports import generate_reports
from wallboard.services.ingest import Receipt, ingest
from wallboard.services.send_letters import send_letters
from wallboard.sources._source import Reply

FACTS, ROLLUPS, STATE = "facts", "rollups", "state"
RETENTION_DAYS = 400


def least(report: Report, bot: str = "b") -> dict[str, Any]:
    """The least that a report must be told."""
    given = {"botId": bot, "datasetIds": ["ds-1"], "conversationIds": ["c-1", "c-2"]}
    return {name: given[name] for name in report.input.model_json_schema().get("required", ())}


def of_agents(catalog: Iterable[Report]) -> list[Report]:
    """The reports about AI agents: those of ChatBotKit's contract."""
    return [report for report in catalog if report.category != "centre"]


def scripted(name: str, says: Mapping[str, Mapping[str, Any]], **how: Any) -> Rule:
    """A rule that reads what the test has written: `says[name]`, a percentage by subject. It fires at once unless told."""

    def find(rule: Rule, evidence: Evidence) -> Iterable[Finding]:
        for subject, percentage in says.get(name, {}).items():
            exact, words = Fraction(percentage), f"{subject} at {{percent}}."
            yield from rule.finding(exact, current=float(exact), baseline=100, message=words, subject=subject)

    as_usual: dict[str, Any] = {"levels": {"info": 20, "warning": 50, "critical": 100}, "times": 1, "of": 1}
    return Rule(type=name, title="High {subject}", about="account", find=find, **as_usual | how)


class Inline(Executor):
    """Runs at once what it is given, in the thread that asks."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future


class Letters:
    """A dead-letter queue that can be read."""

    def __init__(self) -> None:
        self.parked: list[dict[str, Any]] = []

    def park(self, letter: Mapping[str, Any]) -> None:
        self.parked.append(dict(letter))


class Told:
    """A topic that can be read. While `deaf` is above 0, it refuses as often."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, dict[str, str]]] = []
        self.deaf = 0

    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None:
        if self.deaf:
            self.deaf -= 1
            raise TryAgain("the topic refuses for now")
        self.letters.append((subject, body, dict(attributes)))


class Vault:
    """Secrets that can be read. Counts how often each is asked for."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}
        self.asked: Counter[str] = Counter()

    def get(self, name: str) -> Mapping[str, str]:
        self.asked[name] += 1
        if name not in self.kept:
            raise NotFound(f"There is no secret {name}")
        return self.kept[name]

    def put(self, name: str, values: Mapping[str, str]) -> None:
        self.kept[name] = dict(values)

    def forget(self, name: str) -> None:
        pass

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


class Nowhere:
    """A transport on which nobody answers."""

    def send(self, method: str, url: str, **_: Any) -> Reply:
        raise VendorUnavailable("nobody answers")


class Waiting:
    """A queue that can be read."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, int]] = []

    def send(self, messages: Sequence[tuple[str, int]]) -> None:
        self.messages += messages


class World:
    """`client` may be any DynamoDB client with the three tables; by default it is the fake."""

    def __init__(
        self, *, now: str = "2026-11-21T10:20:00Z", client: Any = None, store: Any = None, worth_merging: int = 32
    ) -> None:
        self.at = parse_instant(now)
        self.store: Any = store or FakeDynamoDB()
        self.letters = Letters()
        self.told = Told()
        self.waiting = Waiting()
        self.pulls = Waiting()
        self.vault = Vault()
        client = client or self.store
        state = Table(client, STATE, Inline())
        self.parts = Parts(
            now=lambda: self.at,
            retention_days=RETENTION_DAYS,
            facts=DynamoFacts(Table(client, FACTS, Inline()), RETENTION_DAYS, worth_merging),
            rollups=DynamoRollups(Table(client, ROLLUPS, Inline())),
            directory=DynamoDirectory(state),
            gauges=DynamoGauges(state),
            keys=DynamoKeys(state),
            dead_letters=self.letters,
            catalog=Catalog(wallboard.reports),
            alerts=DynamoAlerts(state),
            topic=self.told,
            evaluations=self.waiting,
            rules=sound_rules,
            sources=DynamoSources(state),
            secrets=self.vault,
            pulls=self.pulls,
            transport=Nowhere(),
            limiter=DynamoLimiter(state),
            cursor_keys=DynamoCursorKeys(state),
            sleep=self.sleep,
        )
        self.roll_up = replace(self.parts.roll_up, many_segments=worth_merging)
        self._seen = 0

    def sleep(self, seconds: float) -> None:
        """Whoever waits moves the clock."""
        self.at += round(seconds * 1000)

    def push(self, *events: Mapping[str, Any], tenant: str = "acme") -> Receipt:
        """Ingests events as one call."""
        return self.push_body(to_json({"events": events}), tenant=tenant)

    def push_body(self, body: bytes, content_type: str = "application/json", *, tenant: str = "acme") -> Receipt:
        parts = self.parts
        return ingest(
            body,
            content_type,
            tenant=tenant,
            now=self.at,
            retention_days=parts.retention_days,
            facts=parts.facts,
            gauges=parts.gauges,
            directory=parts.directory,
        )

    def use_rules(self, **rules: Rule) -> None:
        """Makes these the only rules, by the name of their file."""
        self.parts = replace(self.parts, rules=lambda: Rules(rules))

    def evaluate(self, tenant: str = "acme") -> Evaluation:
        """Evaluates the alert rules of a tenant, and sends what is to be told."""
        done = self.parts.evaluate_alerts(tenant, now=self.at)
        send_letters(tenant, alerts=self.parts.alerts, topic=self.parts.topic, now=self.at)
        return done

    def new_records(self) -> list[dict[str, Any]]:
        """What the Facts stream brought since this was last asked."""
        records, self._seen = self.store.stream[self._seen :], len(self.store.stream)
        return [record for record in records if record["table"] == FACTS]

    def fold(self, records: Iterable[Mapping[str, Any]] | None = None) -> None:
        """Rolls up these stream records, by default the new ones, and what these bring, until the stream is quiet."""
        waiting: list[Mapping[str, Any]] = list(self.new_records() if records is None else records)
        while waiting:
            for (tenant, day), change in changes(waiting).items():
                self.roll_up(tenant, day, change.buckets, now=self.at)
            waiting = [*self.new_records()] if records is None else []

    def ask(self, report_id: str, *, tenant: str = "acme", zone: str = "UTC", **asked: Any) -> dict[str, Any]:
        """The output of one report as clients see it; raises what it fails with."""
        answer: dict[str, Any] = self.ask_all({report_id: asked}, tenant=tenant, zone=zone)[report_id]
        return answer

    def ask_all(self, asked: Mapping[str, Any], *, tenant: str = "acme", zone: str = "UTC") -> dict[str, Any]:
        parts = self.parts
        answers = generate_reports(
            asked,
            tenant=tenant,
            now=self.at,
            zone=zone_named(zone),
            catalog=parts.catalog,
            stores=parts.stores,
        )
        for result in answers.results.values():
            if isinstance(result, Exception):
                raise result
        return {name: result.model_dump(mode="json") for name, result in answers.results.items()}  # type: ignore[union-attr]
