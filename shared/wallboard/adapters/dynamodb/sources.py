"""Sources in the State table: their configurations, the states of their streams, and the limits of their vendors."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from wallboard.adapters.dynamodb import keys
from wallboard.adapters.dynamodb.table import Table
from wallboard.errors import Conflict, TryAgain
from wallboard.model.pulls import StreamState
from wallboard.services.ports import SourceConfig
from wallboard.sources._source import Limit

_CONFIG = TypeAdapter(SourceConfig)
_STATE = TypeAdapter(StreamState)
_TRIES = 12

_CALL_LASTS = 600_000
"""How long (milliseconds) a call may hold its place among the parallel ones when its worker has died."""


@dataclass(frozen=True, slots=True)
class DynamoSources:
    """The port `Sources`. `v` is the version of a state, `c` any content as JSON."""

    table: Table

    def put(self, tenant: str, config: SourceConfig) -> None:
        key = keys.key(keys.sources_partition(tenant), config.name)
        self.table.put({**key, "c": {"S": _CONFIG.dump_json(config).decode()}})
        self.table.put(keys.key(keys.tenants_partition(), tenant))  # or nobody would ask for what is due

    def remove(self, tenant: str, name: str) -> None:
        self.table.delete(keys.key(keys.sources_partition(tenant), name))
        self.forget(tenant, name, self.states(tenant, name))

    def forget(self, tenant: str, name: str, streams: Iterable[str]) -> None:
        for stream in streams:
            self.table.delete(keys.key(keys.streams_partition(tenant, name), stream))

    def find(self, tenant: str, name: str) -> SourceConfig | None:
        if not 0 < len(name) <= 64:
            return None
        item = self.table.get(keys.key(keys.sources_partition(tenant), name), consistent=True)
        return _CONFIG.validate_json(item["c"]["S"]) if item else None

    def all(self, tenant: str) -> list[SourceConfig]:
        items = self.table.query(keys.sources_partition(tenant), consistent=True)
        return [_CONFIG.validate_json(item["c"]["S"]) for item in items]

    def states(self, tenant: str, name: str) -> dict[str, StreamState]:
        items = self.table.query(keys.streams_partition(tenant, name), consistent=True)
        return {item["sk"]["S"]: _state(item) for item in items}

    def update(self, tenant: str, name: str, stream: str, change: Callable[[StreamState], StreamState]) -> StreamState:
        key = keys.key(keys.streams_partition(tenant, name), stream)
        for _ in range(_TRIES):
            item = self.table.get(key, consistent=True)
            before = _state(item) if item else StreamState()
            after = change(before)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            condition, values = "attribute_not_exists(pk)", None
            if item:
                condition, values = "v = :v", {":v": {"N": str(before.version)}}
            content = {"v": {"N": str(after.version)}, "c": {"S": _STATE.dump_json(after).decode()}}
            try:
                self.table.put({**key, **content}, condition, values)
            except Conflict:
                continue  # another worker has just finished something of this stream
            return after
        raise TryAgain(f"the state of {name}, {stream} kept moving")


def _state(item: Mapping[str, Any]) -> StreamState:
    return _STATE.validate_json(item["c"]["S"])


@dataclass(frozen=True, slots=True)
class DynamoLimiter:
    """The port `Limiter`: one item per limit of an organisation, whichever tenants use it. `began` are the instants of the
    calls that its longest rate still counts, `busy` until when each of those that go on holds its place. Whoever leaves gives
    back the latest place: that of a worker that died is the one that runs out."""

    table: Table

    def enter(self, name: str, limit: Limit, *, now: int) -> float:
        key = keys.key(keys.limits_partition(), name)
        longest = max((seconds for _, seconds in limit.rates), default=0) * 1000
        for _ in range(_TRIES):
            item = self.table.get(key, consistent=True)
            known = from_json(item["c"]["S"]) if item else {"began": [], "busy": []}
            began = [at for at in known["began"] if at > now - longest]
            busy = [until for until in known["busy"] if until > now]
            if (wait := _wait(limit, began, busy, now)) > 0:
                return wait
            after = {"began": [*began, now], "busy": [*busy, now + _CALL_LASTS] if limit.parallel else []}
            if self._put(key, after, item):
                return 0.0
        return 1.0  # so many want to call at once that waiting is right

    def leave(self, name: str, limit: Limit, *, now: int) -> None:
        if not limit.parallel:
            return
        key = keys.key(keys.limits_partition(), name)
        for _ in range(_TRIES):
            item = self.table.get(key, consistent=True)
            if item is None:
                return
            known = from_json(item["c"]["S"])
            if self._put(key, {**known, "busy": known["busy"][:-1]}, item):
                return

    def _put(self, key: keys.Key, content: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
        version = int(before["v"]["N"]) if before else 0
        condition, values = ("v = :v", {":v": {"N": str(version)}}) if before else ("attribute_not_exists(pk)", None)
        try:
            self.table.put(
                {**key, "v": {"N": str(version + 1)}, "c": {"S": to_json(content).decode()}}, condition, values
            )
        except Conflict:
            return False
        return True


def _wait(limit: Limit, began: list[int], busy: list[int], now: int) -> float:
    """Seconds until one more call would keep within every rate; a second where too many go on at once."""
    if limit.parallel and len(busy) >= limit.parallel:
        return 1.0
    waits = [0.0]
    for count, seconds in limit.rates:
        if len(began) >= count:
            waits.append((sorted(began)[-count] + seconds * 1000 - now) / 1000)
    return max(waits)
