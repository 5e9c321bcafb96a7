"""The composition root: every real part of Wallboard on one page. Nothing is built before it is asked for."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import wallboard.records
import wallboard.reports
import wallboard.sources
from wallboard.adapters import aws, clock
from wallboard.adapters.dead_letters import SqsDeadLetters
from wallboard.adapters.dynamodb.alerts import DynamoAlerts
from wallboard.adapters.dynamodb.cursors import DynamoCursorKeys
from wallboard.adapters.dynamodb.facts import GRACE_DAYS, DynamoFacts
from wallboard.adapters.dynamodb.rollups import DynamoRollups
from wallboard.adapters.dynamodb.sources import DynamoLimiter, DynamoSources
from wallboard.adapters.dynamodb.state import DynamoDirectory, DynamoGauges, DynamoKeys
from wallboard.adapters.dynamodb.table import Table
from wallboard.adapters.http import HttpTransport
from wallboard.adapters.queue import SqsQueue
from wallboard.adapters.secrets import SecretsManager
from wallboard.adapters.sns import SnsTopic
from wallboard.alerts._rule import Rules, sound_rules
from wallboard.registry import Family
from wallboard.runtime.settings import Settings
from wallboard.services.catalog import Catalog
from wallboard.services.evaluate_alerts import EvaluateAlerts
from wallboard.services.find_records import RecordCatalog
from wallboard.services.generate_reports import Stores
from wallboard.services.ports import (
    Alerts,
    ApiKeys,
    DeadLetters,
    Directory,
    Facts,
    Gauges,
    Limiter,
    Queue,
    Rollups,
    Secrets,
    Sources,
    Topic,
    Transport,
)
from wallboard.services.read_feeds import ReadFeeds
from wallboard.services.roll_up import RollUp
from wallboard.services.sign_cursors import CursorKeys
from wallboard.services.source_settings import SourceSettings
from wallboard.sources._source import Limit, Source

if TYPE_CHECKING:
    # Imported late: most functions neither pull nor list records, and a cold start would pay for the models.
    from wallboard.services.explain_report import Explained
    from wallboard.services.list_records import ListRecords
    from wallboard.services.plan_pulls import PlanPulls
    from wallboard.services.pull import Pull


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the doors put to work. Whoever wants others hands them to `use`."""

    now: Callable[[], int]
    retention_days: int
    facts: Facts
    rollups: Rollups
    directory: Directory
    gauges: Gauges
    keys: ApiKeys
    dead_letters: DeadLetters
    catalog: Catalog
    alerts: Alerts
    topic: Topic
    evaluations: Queue
    rules: Callable[[], Rules]
    sources: Sources
    secrets: Secrets
    pulls: Queue
    transport: Transport
    limiter: Limiter
    cursor_keys: CursorKeys
    sleep: Callable[[float], None]

    @property
    def evaluate_alerts(self) -> EvaluateAlerts:
        return EvaluateAlerts(
            rules=self.rules(),
            rollups=self.rollups,
            gauges=self.gauges,
            directory=self.directory,
            alerts=self.alerts,
            feeds=self.feeds,
        )

    @property
    def feeds(self) -> ReadFeeds:
        return ReadFeeds(_VENDORS, self.sources)

    @property
    def stores(self) -> Stores:
        return Stores(
            rollups=self.rollups, facts=self.facts, directory=self.directory, gauges=self.gauges, alerts=self.alerts
        )

    @property
    def roll_up(self) -> RollUp:
        return RollUp(
            self.facts,
            self.rollups,
            self.directory,
            self.dead_letters,
            sealed_after_days=self.retention_days + GRACE_DAYS,
        )

    @property
    def list_records(self) -> "ListRecords":
        from wallboard.services.list_records import ListRecords

        return ListRecords(
            facts=self.facts,
            rollups=self.rollups,
            gauges=self.gauges,
            sources=self.sources,
            vendors=_VENDORS,
            catalog=_RECORDS,
            reports=self.catalog,
            cursor_keys=self.cursor_keys,
        )

    def explain_report(self, name: str, given: Mapping[str, Any], tenant: str, zone: ZoneInfo) -> "Explained":
        from wallboard.services.explain_report import explain_report

        return explain_report(
            name,
            given,
            tenant=tenant,
            now=self.now(),
            zone=zone,
            catalog=self.catalog,
            stores=self.stores,
            keys=self.cursor_keys,
        )

    @property
    def source_settings(self) -> SourceSettings:
        return SourceSettings(_VENDORS, self.sources, self.secrets)

    @property
    def plan_pulls(self) -> "PlanPulls":
        from wallboard.services.plan_pulls import PlanPulls

        return PlanPulls(
            sources=self.sources, settings=self.source_settings, queue=self.pulls, retention_days=self.retention_days
        )

    @property
    def pull(self) -> "Pull":
        from wallboard.services.pull import Pull

        return Pull(
            sources=self.sources,
            settings=self.source_settings,
            facts=self.facts,
            gauges=self.gauges,
            directory=self.directory,
            queue=self.pulls,
            dead_letters=self.dead_letters,
            transport=self.transport,
            limiter=self.limiter,
            retention_days=self.retention_days,
            now=self.now,
            sleep=self.sleep,
        )


_VENDORS = Family(wallboard.sources, attribute="SOURCE", member=Source)
_RECORDS = RecordCatalog(wallboard.records)


class Unlimited:
    """The port `Limiter` where there is nobody to be spared: simulators on this machine."""

    def enter(self, name: str, limit: Limit, *, now: int) -> float:
        return 0.0

    def leave(self, name: str, limit: Limit, *, now: int) -> None:
        pass


_used: list[Parts] = []


def parts() -> Parts:
    """The parts of this process, built from the environment when they are first asked for."""
    if not _used:
        use(build())
    return _used[0]


def use(parts: Parts | None) -> None:
    """Makes these the parts of this process; None forgets them, so that the next use builds them anew."""
    _used[:] = [parts] if parts else []


def build() -> Parts:
    """The real parts, as the environment has it."""
    settings = Settings.read()
    dynamodb = aws.client("dynamodb")
    state = Table(dynamodb, settings.state_table)
    sqs = aws.LazyClient("sqs")
    return Parts(
        now=clock.now,
        retention_days=settings.retention_days,
        facts=DynamoFacts(Table(dynamodb, settings.facts_table), settings.retention_days),
        rollups=DynamoRollups(Table(dynamodb, settings.rollups_table)),
        directory=DynamoDirectory(state),
        gauges=DynamoGauges(state),
        keys=DynamoKeys(state),
        dead_letters=SqsDeadLetters(sqs, settings.dead_letter_queue_url),
        catalog=Catalog(wallboard.reports),
        alerts=DynamoAlerts(state),
        topic=SnsTopic(aws.LazyClient("sns"), settings.alerts_topic_arn),
        evaluations=SqsQueue(sqs, settings.evaluations_queue_url),
        rules=sound_rules,
        sources=DynamoSources(state),
        secrets=SecretsManager(aws.LazyClient("secretsmanager"), settings.secrets_prefix),
        pulls=SqsQueue(sqs, settings.pulls_queue_url),
        transport=HttpTransport(settings.simulators),
        limiter=Unlimited() if settings.simulators else DynamoLimiter(state),
        cursor_keys=DynamoCursorKeys(state),
        sleep=time.sleep,
    )
