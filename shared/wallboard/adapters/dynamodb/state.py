"""The State table: names, gauges, tenants and API keys. The highest version of a value stays, whatever the order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from wallboard.adapters.dynamodb import keys
from wallboard.adapters.dynamodb.table import Item, Table
from wallboard.errors import Conflict
from wallboard.model.gauges import Gauge
from wallboard.services.ports import StoredKey

_NEWER_NAME = "attribute_not_exists(pk) OR v < :v OR (v = :v AND label < :label)"
_NEWER_GAUGE = "attribute_not_exists(pk) OR v < :v OR (v = :v AND content < :content)"


@dataclass(frozen=True, slots=True)
class DynamoDirectory:
    """The port `Directory`. `v` is the version of the name, `label` the name; a thing without a name has "" and 0."""

    table: Table

    def learn(self, tenant: str, names: Mapping[tuple[str, str], tuple[str | None, int]]) -> None:
        known = self._items(tenant, names)
        new = []
        for thing, (name, version) in names.items():
            newest = (version, name) if name else (0, "")
            item = known.get(thing)
            if item is None or (int(item["v"]["N"]), item["label"]["S"]) < newest:
                new.append({**_key(tenant, thing), "v": {"N": str(newest[0])}, "label": {"S": newest[1]}})
        if new:
            self.table.at_once(self._put, new)

    def _put(self, item: Item) -> None:
        try:
            self.table.put(item, _NEWER_NAME, {":v": item["v"], ":label": item["label"]})
        except Conflict:
            return  # a newer name came in between

    def names(self, tenant: str, things: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
        return {thing: item["label"]["S"] or None for thing, item in self._items(tenant, things).items()}

    def _items(self, tenant: str, things: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        thing_of = {}
        for thing in things:
            key = _key(tenant, thing)
            thing_of[key["pk"]["S"], key["sk"]["S"]] = thing
        found = self.table.get_many([keys.key(*place) for place in thing_of]) if thing_of else []
        return {thing_of[item["pk"]["S"], item["sk"]["S"]]: item for item in found}


def _key(tenant: str, thing: tuple[str, str]) -> keys.Key:
    kind, name = thing
    return keys.key(keys.names_partition(tenant, kind), name)


@dataclass(frozen=True, slots=True)
class DynamoGauges:
    """The port `Gauges`."""

    table: Table

    def put(self, tenant: str, gauges: Sequence[Gauge]) -> None:
        self.table.at_once(lambda gauge: self._put(tenant, gauge), gauges)

    def _put(self, tenant: str, gauge: Gauge) -> None:
        version, content = {"N": str(gauge.version)}, {"S": to_json(gauge.values).decode()}
        key = keys.key(keys.gauges_partition(tenant, gauge.type), gauge.id)
        try:
            self.table.put(
                {**key, "v": version, "content": content}, _NEWER_GAUGE, {":v": version, ":content": content}
            )
        except Conflict:
            return  # what is stored is as new

    def read(self, tenant: str, types: Iterable[str]) -> dict[str, list[Gauge]]:
        wanted = list(types)
        found = self.table.at_once(lambda type_: self._live(tenant, type_), wanted) if wanted else []
        return dict(zip(wanted, found, strict=True))

    def _live(self, tenant: str, type_: str) -> list[Gauge]:
        items = self.table.query(keys.gauges_partition(tenant, type_))
        gauges = [Gauge(type_, item["sk"]["S"], int(item["v"]["N"]), from_json(item["content"]["S"])) for item in items]
        return [gauge for gauge in gauges if not gauge.values.get("deleted")]


@dataclass(frozen=True, slots=True)
class DynamoKeys:
    """The port `ApiKeys`. Keys stand under a few characters of their hash; the salted hash decides."""

    table: Table

    def put(self, locator: str, stored: StoredKey) -> None:
        self.table.put(
            {
                **keys.key(keys.api_keys_partition(locator), stored.id),
                "tenant": {"S": stored.tenant},
                "scopes": {"SS": sorted(stored.scopes)},
                "salt": {"B": stored.salt},
                "hash": {"B": stored.hash},
            }
        )
        self.table.put(keys.key(keys.tenants_partition(), stored.tenant))

    def find(self, locator: str) -> list[StoredKey]:
        return [_stored_key(item) for item in self.table.query(keys.api_keys_partition(locator))]

    def tenants(self) -> list[str]:
        return [item["sk"]["S"] for item in self.table.query(keys.tenants_partition())]


def _stored_key(item: Mapping[str, Any]) -> StoredKey:
    return StoredKey(
        id=item["sk"]["S"],
        tenant=item["tenant"]["S"],
        scopes=frozenset(item["scopes"]["SS"]),
        salt=bytes(item["salt"]["B"]),
        hash=bytes(item["hash"]["B"]),
    )
