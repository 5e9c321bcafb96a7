"""Alerts on the served stack: what is pushed over HTTP makes them, keys decide who may touch them, SNS tells people."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.notices import Notice
from local.stack import Stack
from tests.e2e.conftest import PATIENCE, Event, ago, conversation, rating, until
from wallboard.alerts._rule import SEVERITIES, all_rules
from wallboard.runtime import wiring
from wallboard.services.fan_out import turns
from wallboard.services.keys import register

pytestmark = pytest.mark.e2e
NOTICES: list[Notice] = []
ACTIONS = ("acknowledge", "silence", "resolve")
PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(port=0, notice=NOTICES.append) as stack:
        yield stack


@dataclass
class Tenant:
    """One with all scopes, and nothing of its own yet: each test has another, so that they do not see each other's alerts."""

    stack: Stack
    name: str

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", status: int = 200) -> Any:
        headers = {"x-api-key": key or f"wb_{self.name}_key"}
        url = f"{self.stack.url}/api/v1{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=PATIENCE, trust_env=False)
        assert answer.status_code == status, answer.text
        return answer.json()

    def key(self, *scopes: str) -> str:
        key = f"wb_{self.name}_{'_'.join(scopes)}"
        register(key, tenant=self.name, scopes=frozenset(scopes), keys=wiring.parts().keys)
        return key

    def push(self, *events: Event) -> None:
        assert self.call("POST", "/event/ingest", {"events": events}) == {"accepted": len(events), "rejected": []}
        self.stack.drain(PATIENCE)

    def push_bad_ratings(self, bot: str = "bot", **more: Any) -> None:
        ratings = [rating(bot, f"r-{number}", value=-1, **more) for number in range(3)]
        self.push(conversation(bot, botName=f"The {bot}"), *ratings, rating(bot, "good", **more))

    def evaluate(self) -> list[tuple[str | None, str]]:
        """The transitions of an evaluation in which all goes well."""
        done = self.call("POST", "/alert/evaluate")
        assert (done["held"], done["broken"]) == ([], [])
        return [(each.get("from"), each["to"]) for each in done["transitions"]]

    def fired(self) -> str:
        """The id of an alert that fires."""
        self.push_bad_ratings()
        assert self.evaluate() + self.evaluate() == [(None, "pending"), ("pending", "firing")]
        [alert] = self.call("GET", "/alert/list")["items"]
        return str(alert["id"])

    def wait_for(self, status: str) -> None:
        """Returns when there is one alert, in this state."""

        def statuses() -> list[str]:
            return [alert["status"] for alert in self.call("GET", "/alert/list")["items"]]

        until(statuses, lambda found: found == [status])

    def notices(self) -> list[tuple[str, str]]:
        """The state and the subject of all that its people were told. What a topic says comes in its order."""
        marker = f"the end of {len(NOTICES)}"
        self.stack.client("sns").publish(TopicArn=self.stack.resources["AlertsTopic"], Message=marker)
        until(lambda: [notice.text for notice in NOTICES], lambda texts: marker in texts)
        mine = [notice for notice in NOTICES if notice.attributes.get("tenant") == self.name]
        return [(notice.attributes["state"], notice.subject) for notice in mine]


NewTenant = Callable[..., Tenant]


@pytest.fixture
def new_tenant(stack: Stack, request: pytest.FixtureRequest) -> NewTenant:
    numbers = itertools.count()

    def make(name: str | None = None) -> Tenant:
        called = re.sub(r"\W|_", "-", request.node.name.removeprefix("test_"))
        tenant = Tenant(stack, name or f"{called[:40]}-{next(numbers)}")
        stack.open_tenant(tenant.name, f"wb_{tenant.name}_key")
        return tenant

    return make


def test_people_are_told_once_of_each_step_of_a_critical_alert(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    alert = tenant.fired()
    assert tenant.evaluate() == []
    about = f"Negative feedback of The bot ({tenant.name})"
    assert tenant.notices() == [("firing", f"[Wallboard] CRITICAL: {about}")]

    noted = {"by": "ada@example.com", "note": "Looking into it"}
    acknowledged = tenant.call("POST", f"/alert/{alert}/acknowledge", noted)
    assert acknowledged.items() >= {"status": "acknowledged", **noted}.items()
    tenant.push(*(rating("bot", f"again-{number}") for number in range(20)))
    assert tenant.evaluate() == []
    assert tenant.evaluate() == [("acknowledged", "resolved")]
    assert tenant.notices()[1:] == [
        ("acknowledged", f"[Wallboard] ACKNOWLEDGED: {about}"),
        ("resolved", f"[Wallboard] RESOLVED: {about}"),
    ]
    known = tenant.call("GET", f"/alert/{alert}")
    assert known["alert"]["status"] == "resolved"
    assert [
        (each.get("from"), each["to"], each["metric"]["current"], each["metric"]["baseline"], each.get("by"))
        for each in known["history"]
    ] == [
        (None, "pending", 3, 4, None),
        ("pending", "firing", 3, 4, None),
        ("firing", "acknowledged", 3, 4, "ada@example.com"),
        ("acknowledged", "resolved", 3, 24, None),
    ]


def test_a_message_has_what_subscriptions_filter_by_and_its_last_line_is_json(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    alert = tenant.fired()
    tenant.notices()
    [notice] = [notice for notice in NOTICES if notice.attributes.get("tenant") == tenant.name]
    assert notice.attributes == {
        "tenant": tenant.name,
        "severity": "critical",
        "type": "negativeFeedback",
        "state": "firing",
        "channel": "default",
    }
    about = json.loads(notice.text.splitlines()[-1])
    assert (about["alert"], about["bot"], about["to"]) == (alert, "bot", "firing")
    assert about["metric"] == {"current": 3, "baseline": 4, "percentage": 75}


def test_what_is_silenced_is_not_told_until_the_silence_ends(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    alert = tenant.fired()
    soon = datetime.now(UTC) + timedelta(seconds=5)
    silenced = tenant.call("POST", f"/alert/{alert}/silence", {"until": soon.isoformat()})
    assert (silenced["status"], silenced["by"][:4]) == ("silenced", "key ")
    assert tenant.evaluate() == []
    assert len(tenant.notices()) == 1
    until(tenant.evaluate, lambda transitions: transitions == [("silenced", "firing")])
    assert [state for state, _ in tenant.notices()] == ["firing", "firing"]


def test_what_is_resolved_by_hand_fires_again_while_it_goes_on(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    alert = tenant.fired()
    assert tenant.call("POST", f"/alert/{alert}/resolve", {"by": "ada@example.com"})["status"] == "resolved"
    for action in ("acknowledge", "resolve"):
        assert "resolved" in tenant.call("POST", f"/alert/{alert}/{action}", {}, status=400)["message"]
    assert tenant.evaluate() + tenant.evaluate() == [("resolved", "pending"), ("pending", "firing")]
    assert [state for state, _ in tenant.notices()] == ["firing", "resolved", "firing"]
    assert [each["number"] for each in tenant.call("GET", f"/alert/{alert}")["history"]] == [1, 2, 3, 4, 5]


def test_a_key_may_do_what_its_scopes_say(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    alert = tenant.fired()
    reader, pusher, nobody = tenant.key("read"), tenant.key("ingest"), "wb_of_nobody"
    assert tenant.call("GET", "/alert/list", key=reader)["items"][0]["id"] == alert
    assert len(tenant.call("GET", f"/alert/{alert}", key=reader)["history"]) == 2
    later = {"until": ago(-5)}
    writes = [("/alert/evaluate", {}), *((f"/alert/{alert}/{verb}", later) for verb in ACTIONS)]
    for path, body in writes:
        for key, status, code in ((reader, 403, "NOT_AUTHORIZED"), (nobody, 401, "NOT_AUTHENTICATED")):
            assert tenant.call("POST", path, body, key=key, status=status)["code"] == code
    for path in ("/alert/list", f"/alert/{alert}"):
        assert tenant.call("GET", path, key=pusher, status=403)["code"] == "NOT_AUTHORIZED"
    assert tenant.call("GET", f"/alert/{alert}")["alert"]["status"] == "firing"


def test_a_tenant_sees_and_touches_only_its_own_alerts(new_tenant: NewTenant) -> None:
    tenant, other = new_tenant(), new_tenant()
    alert = tenant.fired()
    assert other.call("GET", "/alert/list") == {"items": []}
    assert other.evaluate() == []
    assert other.call("GET", f"/alert/{alert}", status=404)["code"] == "NOT_FOUND"
    for verb in ACTIONS:
        body = {"until": ago(-5)} if verb == "silence" else {}
        assert other.call("POST", f"/alert/{alert}/{verb}", body, status=404)["code"] == "NOT_FOUND"
    assert other.notices() == []


def test_the_list_is_narrowed_and_comes_in_pages(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    for bot in ("one", "two", "three"):
        tenant.push_bad_ratings(bot)
    tenant.evaluate()
    tenant.evaluate()
    alerts = tenant.call("GET", "/alert/list?status=open&severity=critical")["items"]
    whole = [alert["id"] for alert in alerts]
    assert {alert.get("botId") for alert in alerts} == {"one", "two", "three", None}  # all of them are the account's
    first = tenant.call("GET", "/alert/list?take=3")
    rest = tenant.call("GET", f"/alert/list?cursor={first['cursor']}")
    assert [alert["id"] for alert in (*first["items"], *rest["items"])] == whole
    [two] = tenant.call("GET", "/alert/list?type=negativeFeedback&botId=two")["items"]
    tenant.call("POST", f"/alert/{two['id']}/acknowledge", {})
    assert [alert["id"] for alert in tenant.call("GET", "/alert/list?status=acknowledged")["items"]] == [two["id"]]
    assert tenant.call("GET", "/alert/list?severity=warning")["items"] == []


def test_while_events_are_overdue_only_that_is_told(new_tenant: NewTenant) -> None:
    tenant = new_tenant()
    tenant.push(*(rating("bot", f"r-{number}", value=-1, createdAt=ago(80)) for number in range(12)))
    done = tenant.call("POST", "/alert/evaluate")
    assert [(each["to"], each["severity"], each["metric"]["current"]) for each in done["transitions"]] == [
        ("firing", "critical", 80)
    ]
    assert sorted(done["held"]) == sorted(name for name, rule in all_rules().items() if rule.cubes)
    assert tenant.notices() == [("firing", f"[Wallboard] CRITICAL: No new events ({tenant.name})")]


# ---- the schedule and the queue

SCHEDULE = "EvaluateAlertsFunctionEveryQuarter"


def test_the_schedule_evaluates_each_tenant_in_its_turn(stack: Stack, new_tenant: NewTenant) -> None:
    """Of all names one is taken whose turn comes at once."""
    names = (f"turn-{number}" for number in itertools.count())
    tenant = new_tenant(next(name for name in names if turns([name]) == [(name, 0)]))
    tenant.push_bad_ratings()
    for state in ("pending", "firing"):
        assert stack.fire(SCHEDULE)["tenants"] >= 1
        tenant.wait_for(state)
    assert [state for state, _ in tenant.notices()] == ["firing"]


def test_a_turn_that_fails_twice_is_kept_and_holds_nobody_up(stack: Stack, new_tenant: NewTenant) -> None:
    tenant, poison = new_tenant(), "x" * 3000  # more than a key of DynamoDB may have
    tenant.push_bad_ratings()
    sqs, url = stack.client("sqs"), stack.resources["EvaluationsQueue"]
    for body in (poison, tenant.name):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    tenant.wait_for("pending")
    kept = stack.resources["DeadLetterQueue"]
    got = until(lambda: sqs.receive_message(QueueUrl=kept), lambda answer: "Messages" in answer)
    assert [message["Body"] for message in got["Messages"]] == [poison]


# ---- docs/alerts.md


def test_the_page_about_alerts_says_what_the_rules_are() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    said = {
        row[0].strip("`"): (row[1].strip("`"), row[2], *row[4:]) for row in rows if row[0].strip("`") in all_rules()
    }
    assert said == {
        name: (
            rule.type,
            rule.about,
            ", ".join(
                f"{severity} {rule.levels[severity]}" for severity in reversed(SEVERITIES) if severity in rule.levels
            ),
            str(rule.least) if rule.least > 1 else "–",
            f"{rule.times} of {rule.of}",
            f"{rule.period_days} days" if rule.cubes else "now",
        )
        for name, rule in all_rules().items()
    }
