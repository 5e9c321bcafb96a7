"""What the store of alerts promises, on the fake, on moto, and on a real local server; and the topic and the queue on moto."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from local.ministack import Ministack
from local.resources import create_resources
from local.template import Template
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.test_stores import _moto, _session
from wallboard.adapters.dynamodb.alerts import DynamoAlerts
from wallboard.adapters.dynamodb.table import Table
from wallboard.adapters.queue import SqsQueue
from wallboard.adapters.sns import SnsTopic
from wallboard.alerts._decide import Alert, Transition
from wallboard.alerts._settings import AlertSettings
from wallboard.errors import Conflict
from wallboard.services.ports import Letter
from wallboard.services.write_letter import write_letter

NOW = 1_795_256_400_000  # 2026-11-21T10:20:00Z
MINUTE = 60_000
_tenants = count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """A store in which nobody else has the tenant `tenant`, nor one whose name begins like it."""

    table: Table
    tenant: str

    @property
    def alerts(self) -> DynamoAlerts:
        return DynamoAlerts(self.table)

    def audit(self, month: str, tenant: str | None = None) -> list[tuple[str, str, dict[str, Any]]]:
        """The audit trail of a month: key, who, and what was done."""
        items = self.table.query(f"{tenant or self.tenant}#audit#{month}")
        return [(item["sk"]["S"], item["who"]["S"], json.loads(item["c"]["S"])) for item in items]


@contextmanager
def _aws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield


@pytest.fixture(scope="module", params=["fake", "moto", "ministack"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The State table, made from template.yaml once for all tests: they keep to tenants of their own."""
    with _aws():
        if request.param == "fake":
            yield Table(FakeDynamoDB(), "StateTable")
        elif request.param == "moto":
            with mock_aws():
                create_resources(_moto, Template())
                yield Table(_moto("dynamodb"), "StateTable")
        else:
            if not Path(os.environ.get("WALLBOARD_MINISTACK", ".tools/ministack/bin/ministack")).exists():
                pytest.skip("ministack is not installed; `make test` installs it")
            with Ministack() as server:

                def client(service: str) -> Any:
                    return _session().create_client(service, endpoint_url=server.url)

                create_resources(client, Template())
                yield Table(client("dynamodb"), "StateTable")


@pytest.fixture
def place(table: Table) -> Place:
    return Place(table, f"t-{next(_tenants)}")


def alert(id: str = "a1", **more: Any) -> Alert:
    as_usual: dict[str, Any] = {
        "rule": "bot_token_spike",
        "type": "tokenSpike",
        "bot": "b#1/ü 🙂",
        "subject": "",
        "status": "firing",
        "severity": "critical",
        "title": "Spike in tokens",
        "message": "Ünï 🙂",
        "current": 3_000,
        "baseline": 1_000.5,
        "percentage": 199.9,
        "since": NOW,
        "number": 1,
    }
    return Alert(id=id, **as_usual | more)


def transition(number: int = 1, alert: str = "a1", **more: Any) -> Transition:
    as_usual: dict[str, Any] = {
        "at": NOW,
        "before": None,
        "after": "firing",
        "severity": "critical",
        "reason": "found",
        "current": 3_000,
        "baseline": 1_000.5,
        "percentage": 199.9,
    }
    return Transition(alert=alert, number=number, **as_usual | more)


LETTER = Letter("A subject", "Ein Körper 🙂\n{}", {"tenant": "acme", "severity": "critical"})


# ---- state and history


def test_an_alert_is_read_back_whole(place: Place) -> None:
    full = alert(hits=(True, False), quiet=1, silenced_until=NOW + 1, by="Ann", note="on it\n🙂", status="silenced")
    place.alerts.save(place.tenant, full, None, None)
    assert place.alerts.find(place.tenant, "a1") == replace(full, version=1)
    assert place.alerts.all(place.tenant) == [replace(full, version=1)]
    assert place.alerts.find(place.tenant, "a2") is None
    assert place.alerts.history(place.tenant, "a1") == []
    assert place.audit("2026-11") == []


def test_numbers_come_back_as_they_are(place: Place) -> None:
    """100 is not 100.0, for whoever reads the JSON."""
    place.alerts.save(place.tenant, alert(current=100, baseline=100.0, percentage=0.1), transition(current=100), None)
    found = place.alerts.find(place.tenant, "a1")
    assert found is not None
    assert [repr(each) for each in (found.current, found.baseline, found.percentage)] == ["100", "100.0", "0.1"]
    assert repr(place.alerts.history(place.tenant, "a1")[0].current) == "100"


def test_alerts_come_in_the_order_of_their_ids_however_many_there_are(place: Place) -> None:
    ids = [f"{number:024x}" for number in range(40)]
    for id in reversed(ids):
        place.alerts.save(place.tenant, alert(id, message="x" * 30_000), None, None)  # more than a page
    assert [each.id for each in place.alerts.all(place.tenant)] == ids


def test_whoever_saves_what_has_moved_since_is_told_and_changes_nothing(place: Place) -> None:
    alerts, tenant = place.alerts, place.tenant
    alerts.save(tenant, alert(), transition(), LETTER)
    with pytest.raises(Conflict):
        alerts.save(tenant, alert(message="the second to find it"), transition(reason="wrong"), LETTER)
    [first] = alerts.all(tenant)
    alerts.save(tenant, replace(first, message="next", number=2), transition(2), LETTER)
    for late in (first, replace(first, version=9), replace(first, version=0)):
        with pytest.raises(Conflict):
            alerts.save(
                tenant, replace(late, message="late", number=2), transition(2, reason="wrong", at=NOW + 1), LETTER
            )
    [found] = alerts.all(tenant)
    assert (found.message, found.version) == ("next", 2)
    assert [each.reason for each in alerts.history(tenant, "a1")] == ["found", "found"]
    assert len(alerts.outbox(tenant)) == len(place.audit("2026-11")) == 2


def test_what_was_saved_can_be_saved_on_without_reading_it(place: Place) -> None:
    """The version counts by one."""
    for version in range(4):
        place.alerts.save(place.tenant, alert(version=version), None, None)
    [found] = place.alerts.all(place.tenant)
    assert found.version == 4


def test_history_is_that_of_one_alert_in_the_order_of_its_numbers(place: Place) -> None:
    for version, number in enumerate((1, 2, 9, 10, 11)):
        saved = alert(version=version, number=number)
        place.alerts.save(place.tenant, saved, transition(number, at=NOW - number, by="Ann", note="ü 🙂"), None)
    place.alerts.save(place.tenant, alert("a10"), transition(1, "a10"), None)
    found = place.alerts.history(place.tenant, "a1")
    assert [each.number for each in found] == [1, 2, 9, 10, 11]
    assert found[0] == transition(1, at=NOW - 1, by="Ann", note="ü 🙂")
    assert place.alerts.history(place.tenant, "a") == []


def test_without_a_transition_no_letter_is_kept(place: Place) -> None:
    place.alerts.save(place.tenant, alert(), None, LETTER)
    assert place.alerts.outbox(place.tenant) == []


def test_every_transition_is_in_the_audit_trail_of_its_month_with_who_did_it(place: Place) -> None:
    save, tenant = place.alerts.save, place.tenant
    december = NOW + 10 * 24 * 3_600_000
    save(tenant, alert(), transition(), None)
    save(tenant, alert("a2"), transition(1, "a2", at=NOW + 1), None)
    save(tenant, alert(version=1), transition(2, after="acknowledged", by="Ann", note="on it", at=NOW + 2), None)
    save(tenant, alert(version=2), transition(3, after="resolved", at=december), None)
    november = [(who, entry["alert"], entry["number"], entry["after"]) for _, who, entry in place.audit("2026-11")]
    assert november == [
        ("evaluation", "a1", 1, "firing"),
        ("evaluation", "a2", 1, "firing"),
        ("Ann", "a1", 2, "acknowledged"),
    ]
    [(key, who, entry)] = place.audit("2026-12")
    assert (who, entry["number"], entry["at"]) == ("evaluation", 3, december)
    assert key.startswith("2026-12-01T10:20:00.000Z")


# ---- outbox


def test_letters_wait_in_the_order_of_time_until_they_are_sent(place: Place) -> None:
    alerts, tenant = place.alerts, place.tenant
    alerts.save(tenant, alert("b"), transition(1, "b", at=NOW + 1), replace(LETTER, subject="second"))
    alerts.save(tenant, alert("c"), transition(1, "c", at=NOW), replace(LETTER, subject="first"))
    alerts.save(tenant, alert("a"), transition(1, "a", at=NOW + 2), replace(LETTER, subject="third"))
    alerts.save(tenant, alert("a", version=1), transition(2, "a", at=NOW + 2), replace(LETTER, subject="fourth"))
    waiting = alerts.outbox(tenant)
    assert [letter.subject for _, letter in waiting] == ["first", "second", "third", "fourth"]
    assert waiting[0][1] == replace(LETTER, subject="first")
    alerts.sent(tenant, waiting[1][0])
    assert alerts.outbox(tenant) == [waiting[0], *waiting[2:]]
    alerts.sent(tenant, waiting[1][0])


def test_a_letter_is_one_senders_for_a_minute(place: Place) -> None:
    alerts, tenant = place.alerts, place.tenant
    alerts.save(tenant, alert(), transition(), LETTER)
    [(id, letter)] = alerts.outbox(tenant)
    assert alerts.claim(tenant, id, letter, now=NOW)
    for later in (0, 1, MINUTE - 1, MINUTE):
        assert not alerts.claim(tenant, id, letter, now=NOW + later)
    assert alerts.outbox(tenant) == [(id, LETTER)], "it is not gone, and not changed"
    assert alerts.claim(tenant, id, letter, now=NOW + MINUTE + 1)
    assert not alerts.claim(tenant, id, letter, now=NOW + MINUTE + 2)


def test_a_letter_that_is_sent_is_nobodys_any_more(place: Place) -> None:
    """Else somebody who saw it before would bring it back."""
    alerts, tenant = place.alerts, place.tenant
    alerts.save(tenant, alert(), transition(), LETTER)
    [(id, letter)] = alerts.outbox(tenant)
    alerts.sent(tenant, id)
    for later in (0, 10 * MINUTE):
        assert not alerts.claim(tenant, id, letter, now=NOW + later)
    assert alerts.outbox(tenant) == []


# ---- settings


def test_settings_are_those_of_a_tenant_and_the_last_ones_count(place: Place) -> None:
    alerts, tenant = place.alerts, place.tenant
    assert alerts.settings(tenant) == AlertSettings()
    for given in (
        {
            "rules": {"limit": {"levels": {"critical": 90}, "periodDays": 3}},
            "notify": {"channel": "pager", "types": []},
        },
        {"rules": {"limit": {"enabled": False}}},
        {},
    ):
        wanted = AlertSettings.model_validate(given)
        alerts.configure(tenant, wanted)
        assert alerts.settings(tenant) == wanted
        assert alerts.settings(tenant).model_dump(exclude_unset=True, by_alias=True) == given, "just what was set"
        assert alerts.settings(f"{tenant}x") == AlertSettings()


# ---- tenants


def test_nothing_of_a_tenant_is_found_by_another(place: Place) -> None:
    alerts = place.alerts
    mine, other = place.tenant, f"{place.tenant}x"
    alerts.save(mine, alert(), transition(), LETTER)
    assert [*alerts.all(other), *alerts.history(other, "a1"), *alerts.outbox(other)] == []
    assert alerts.find(other, "a1") is None
    alerts.save(other, alert(message="theirs"), transition(reason="theirs"), LETTER)
    [(id, letter)] = alerts.outbox(other)
    assert alerts.claim(other, id, letter, now=NOW)
    alerts.sent(other, id)
    assert [each.message for each in alerts.all(mine)] == ["Ünï 🙂"]
    assert [each.reason for each in alerts.history(mine, "a1")] == ["found"]
    assert len(alerts.outbox(mine)) == len(place.audit("2026-11")) == len(place.audit("2026-11", other)) == 1


@pytest.mark.parametrize("id", ["#", "a1#1", "../a1", "x" * 2_000, "\0", "🙂"])
def test_an_id_that_no_alert_has_finds_nothing(place: Place, id: str) -> None:
    place.alerts.save(place.tenant, alert(), transition(), None)
    assert place.alerts.find(place.tenant, id) is None


# ---- the topic and the queue


@pytest.fixture
def aws() -> Iterator[dict[str, str]]:
    with _aws(), mock_aws():
        yield create_resources(_moto, Template())


NAMES = ["Support", "", "🙂" * 300, "a\nb\r\n\tc", "x" * 300, "\u2028", "Zoë"]


def test_the_topic_takes_every_letter_and_gives_it_to_a_queue_whole(aws: dict[str, str]) -> None:
    sns, sqs = _moto("sns"), _moto("sqs")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=aws["AlertsTopic"], Protocol="sqs", Endpoint=arn)
    letters = [write_letter("acme", alert(), transition(note=name), name, "default") for name in NAMES]
    for letter in letters:
        SnsTopic(sns, aws["AlertsTopic"]).publish(letter.subject, letter.body, letter.attributes)
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            body = json.loads(message["Body"])
            attributes = {name: each["Value"] for name, each in body["MessageAttributes"].items()}
            found.append(Letter(body["Subject"], body["Message"], attributes))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert sorted(found, key=repr) == sorted(letters, key=repr)


def test_who_subscribes_to_a_severity_and_a_channel_gets_no_other(aws: dict[str, str]) -> None:
    sns, sqs = _moto("sns"), _moto("sqs")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    wanted = json.dumps({"tenant": ["acme"], "severity": ["critical"], "type": ["tokenSpike"], "channel": ["pager"]})
    attributes = {"FilterPolicy": wanted}
    sns.subscribe(TopicArn=aws["AlertsTopic"], Protocol="sqs", Endpoint=arn, Attributes=attributes)
    for tenant, severity, channel in (
        ("acme", "critical", "pager"),
        ("acme", "warning", "pager"),
        ("acme", "critical", "default"),
        ("umbrella", "critical", "pager"),
    ):
        letter = write_letter(tenant, alert(severity=severity), transition(severity=severity), "", channel)
        SnsTopic(sns, aws["AlertsTopic"]).publish(letter.subject, letter.body, letter.attributes)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"])["Subject"] for message in messages] == [
        "[Wallboard] CRITICAL: Spike in tokens (acme)"
    ]


def test_the_queue_of_evaluations_takes_the_longest_wait(aws: dict[str, str]) -> None:
    sqs = _moto("sqs")
    SqsQueue(sqs, aws["EvaluationsQueue"]).send([*((f"t-{n}", 0) for n in range(23)), ("late", 599)])
    found: Counter[str] = Counter()
    while messages := sqs.receive_message(QueueUrl=aws["EvaluationsQueue"], MaxNumberOfMessages=10).get("Messages"):
        found.update(message["Body"] for message in messages)
    assert found == Counter(f"t-{n}" for n in range(23)), "and keeps the last until then"
