"""Folds the hours that the Facts stream names; once a night, folds the last two days again and reports the drift."""

from collections.abc import Mapping
from typing import Any

from wallboard.errors import TryAgain
from wallboard.runtime import wiring
from wallboard.runtime.stream import changes, failures
from wallboard.runtime.telemetry import count, log
from wallboard.services.rebuild import rebuild_lately


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return follow(event["Records"]) if "Records" in event else reconcile()


def follow(records: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Stops at the first day that the store refuses; Lambda delivers again from its first record on."""
    parts = wiring.parts()
    found = changes(records)
    for (tenant, day), change in sorted(found.items(), key=lambda entry: entry[1].places[0]):
        try:
            outcome = parts.roll_up(tenant, day, change.buckets, now=parts.now())
        except TryAgain as error:
            log.warning("a day waits for its next try", tenant=tenant, day=day, reason=str(error))
            return failures(records, change.places)
        count(RollupsWritten=outcome.written, RollupsUnchanged=outcome.unchanged, HoursParked=len(outcome.parked))
        if outcome.sealed:
            log.warning("sealed hours are left alone", tenant=tenant, hours=sorted(outcome.sealed))
    return failures(records, [])


def reconcile() -> dict[str, Any]:
    parts = wiring.parts()
    drift = rebuild_lately(parts.keys.tenants(), roll_up=parts.roll_up, now=parts.now())
    count(Drift=sum(drift.values()))
    log.info("folded the last two days again", drift=drift)
    return {"drift": drift}
