"""Every hour begins the pulls that are due, one message of the queue for each window. From the queue: pulls one window."""

from collections.abc import Mapping
from typing import Any

from wallboard.runtime import wiring
from wallboard.runtime.telemetry import count, log
from wallboard.services.pull import Turn


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return pull(event["Records"], context) if "Records" in event else plan()


def plan() -> dict[str, Any]:
    """Each tenant in a guard of its own."""
    parts = wiring.parts()
    begun, failed = 0, []
    for tenant in parts.keys.tenants():
        try:
            planned = parts.plan_pulls.due(tenant, now=parts.now())
            begun += sum(stream.windows for streams in planned.values() for stream in streams)
        except Exception:  # one tenant must not hold up the others
            log.exception("the pulls of a tenant could not be planned", tenant=tenant)
            failed.append(tenant)
    count(WindowsPlanned=begun, TenantsNotPlanned=len(failed))
    return {"windows": begun, "failed": failed}


def pull(records: list[Mapping[str, Any]], context: Any) -> dict[str, Any]:
    """One window a message; those that fail are delivered again, alone."""
    parts = wiring.parts()
    failed = []
    for record in records:
        turn = Turn.from_json(record["body"])
        until = parts.now() + context.get_remaining_time_in_millis()
        try:
            parts.pull(turn, until=until)
        except Exception:
            log.exception("a window could not be pulled", tenant=turn.tenant, source=turn.source, stream=turn.stream)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
