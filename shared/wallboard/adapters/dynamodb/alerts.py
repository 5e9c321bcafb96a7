"""Alerts in the State table: state, history, audit trail and outbox of a transition are written together or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from wallboard.adapters.dynamodb import keys
from wallboard.adapters.dynamodb.table import Item, Table
from wallboard.alerts._decide import Alert, Transition
from wallboard.alerts._settings import AlertSettings
from wallboard.errors import Conflict
from wallboard.model.time import iso
from wallboard.services.ports import Letter

_ALERT = TypeAdapter(Alert)
_TRANSITION = TypeAdapter(Transition)
_LETTER = TypeAdapter(Letter)

_LONGEST_ID = 256
_LEASE = 60_000
"""How long (milliseconds) one run may take to send a letter before another may try it."""


@dataclass(frozen=True, slots=True)
class DynamoAlerts:
    """The port `Alerts`. `v` is the version of an alert, `c` any content as JSON, `l` until when a letter is being sent."""

    table: Table

    def settings(self, tenant: str) -> AlertSettings:
        item = self.table.get(keys.key(keys.settings_partition(tenant), "alerts"))
        return AlertSettings.model_validate_json(item["c"]["S"]) if item else AlertSettings()

    def configure(self, tenant: str, settings: AlertSettings) -> None:
        content = settings.model_dump_json(by_alias=True, exclude_unset=True)
        self.table.put({**keys.key(keys.settings_partition(tenant), "alerts"), "c": {"S": content}})

    def all(self, tenant: str) -> list[Alert]:
        return [_alert(item) for item in self.table.query(keys.alerts_partition(tenant), consistent=True)]

    def find(self, tenant: str, alert_id: str) -> Alert | None:
        if not 0 < len(alert_id) <= _LONGEST_ID:  # what people send may be empty, or longer than a key may be
            return None
        item = self.table.get(keys.key(keys.alerts_partition(tenant), alert_id), consistent=True)
        return _alert(item) if item else None

    def save(self, tenant: str, alert: Alert, transition: Transition | None, letter: Letter | None) -> None:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if alert.version:
            condition = {
                "ConditionExpression": "v = :v",
                "ExpressionAttributeValues": {":v": {"N": str(alert.version)}},
            }
        stored = replace(alert, version=alert.version + 1)
        item = {
            **keys.key(keys.alerts_partition(tenant), alert.id),
            "v": {"N": str(stored.version)},
            "c": {"S": _ALERT.dump_json(stored).decode()},
        }
        writes: list[Mapping[str, Any]] = [{"Put": {"Item": item, **condition}}]
        if transition:
            content = {"c": {"S": _TRANSITION.dump_json(transition).decode()}}
            entry = {**content, "who": {"S": transition.by or "evaluation"}}
            when = keys.alert_event_sort(iso(transition.at), alert.id, transition.number)
            history = keys.key(keys.alert_history_partition(tenant, alert.id), f"{transition.number:08}")
            audit = keys.key(keys.audit_partition(tenant, iso(transition.at)[:7]), when)
            writes += [{"Put": {"Item": {**history, **content}}}, {"Put": {"Item": {**audit, **entry}}}]
            if letter:
                outbox = keys.key(keys.outbox_partition(tenant), when)
                writes.append({"Put": {"Item": {**outbox, "c": {"S": _LETTER.dump_json(letter).decode()}}}})
        self.table.transact(writes)

    def history(self, tenant: str, alert_id: str) -> list[Transition]:
        items = self.table.query(keys.alert_history_partition(tenant, alert_id), consistent=True)
        return [_TRANSITION.validate_json(item["c"]["S"]) for item in items]

    def outbox(self, tenant: str) -> list[tuple[str, Letter]]:
        items = self.table.query(keys.outbox_partition(tenant), consistent=True)
        return [(item["sk"]["S"], _LETTER.validate_json(item["c"]["S"])) for item in items]

    def claim(self, tenant: str, letter_id: str, letter: Letter, *, now: int) -> bool:
        item: Item = {
            **keys.key(keys.outbox_partition(tenant), letter_id),
            "c": {"S": _LETTER.dump_json(letter).decode()},
            "l": {"N": str(now + _LEASE)},
        }
        free = "attribute_exists(pk) AND attribute_not_exists(l) OR l < :now"
        try:
            self.table.put(item, free, {":now": {"N": str(now)}})
        except Conflict:
            return False  # somebody is sending it, or has
        return True

    def sent(self, tenant: str, letter_id: str) -> None:
        self.table.delete(keys.key(keys.outbox_partition(tenant), letter_id))


def _alert(item: Mapping[str, Any]) -> Alert:
    return _ALERT.validate_json(item["c"]["S"])
