"""Every quarter of an hour: sends each tenant its turn over the queue, spread out. From the queue: evaluates one tenant."""

from collections.abc import Mapping
from typing import Any

from wallboard.runtime import wiring
from wallboard.runtime.telemetry import count, log
from wallboard.services.fan_out import turns
from wallboard.services.send_letters import send_letters


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return evaluate(event["Records"]) if "Records" in event else fan_out()


def fan_out() -> dict[str, Any]:
    parts = wiring.parts()
    tenants = parts.keys.tenants()
    parts.evaluations.send(turns(tenants))
    return {"tenants": len(tenants)}


def evaluate(records: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One tenant a message; those that fail are delivered again, alone."""
    failed = []
    for record in records:
        try:
            _evaluate(record["body"])
        except Exception:  # one tenant must not hold up the others
            log.exception("a tenant could not be evaluated", tenant=record["body"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _evaluate(tenant: str) -> None:
    parts = wiring.parts()
    done = parts.evaluate_alerts(tenant, now=parts.now())
    for name, reason in done.broken.items():
        log.error("a rule failed", tenant=tenant, rule=name, reason=reason)
    sent = send_letters(tenant, alerts=parts.alerts, topic=parts.topic, now=parts.now())
    count(Transitions=len(done.transitions), Letters=sent, RulesHeld=len(done.held), RulesBroken=len(done.broken))
