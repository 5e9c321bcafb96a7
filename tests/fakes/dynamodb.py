"""DynamoDB in memory: as much of a botocore client as the adapters use. `tests/integration/test_stores.py` holds it to moto
and, where it is there, to a real server."""

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
LARGEST = 400 * 1024


class FakeDynamoDB:
    """Tables come into being when they are written to. `calls` counts every call by name, `written` every item stored."""

    def __init__(self, *, page: int = 1_000_000) -> None:
        self.page = page
        self.tables: dict[str, dict[str, dict[str, Item]]] = defaultdict(lambda: defaultdict(dict))
        self.sorts: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.stream: list[dict[str, Any]] = []
        self.calls: dict[str, int] = defaultdict(int)
        self.written: dict[str, int] = defaultdict(int)
        self._lock = RLock()

    def get_item(self, *, TableName: str, Key: Item, **_: Any) -> dict[str, Any]:
        with self._lock:
            self.calls["get_item"] += 1
            found = self._find(TableName, Key)
            return {"Item": deepcopy(found)} if found else {}

    def put_item(self, *, TableName: str, Item: Item, **condition: Any) -> dict[str, Any]:
        with self._lock:
            self.calls["put_item"] += 1
            if not _holds(self._find(TableName, Item), condition):
                raise _error("PutItem", "ConditionalCheckFailedException")
            self._store(TableName, Item)
            return {}

    def delete_item(self, *, TableName: str, Key: Item) -> dict[str, Any]:
        with self._lock:
            self.calls["delete_item"] += 1
            self._remove(TableName, Key)
            return {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.calls["batch_get_item"] += 1
            responses = {}
            for table, request in RequestItems.items():
                if len(request["Keys"]) > 100:
                    raise _error("BatchGetItem", "ValidationException")
                found = [self._find(table, key) for key in request["Keys"]]
                responses[table] = [deepcopy(item) for item in found if item]
            return {"Responses": responses}

    def query(self, *, TableName: str, ExpressionAttributeValues: Item, **rest: Any) -> dict[str, Any]:
        with self._lock:
            self.calls["query"] += 1
            partition = ExpressionAttributeValues[":pk"]["S"]
            first = ExpressionAttributeValues.get(":first", {"S": ""})["S"]
            last = ExpressionAttributeValues.get(":last", {"S": "\U0010ffff"})["S"]
            backwards = not rest.get("ScanIndexForward", True)
            after = rest["ExclusiveStartKey"]["sk"]["S"] if "ExclusiveStartKey" in rest else None
            only = rest["ProjectionExpression"].split(", ") if "ProjectionExpression" in rest else None
            items: list[Item] = []
            size = 0
            for sort in self.sorts[TableName, partition][:: -1 if backwards else 1]:
                if not first <= sort <= last:
                    continue
                if after is not None and (sort >= after if backwards else sort <= after):
                    continue
                item = self.tables[TableName][partition][sort]
                items.append({name: deepcopy(value) for name, value in item.items() if only is None or name in only})
                size += _size(item)
                if size > self.page or len(items) == rest.get("Limit"):
                    return {"Items": items, "LastEvaluatedKey": {"pk": item["pk"], "sk": item["sk"]}}
            return {"Items": items}

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        with self._lock:
            self.calls["transact_write_items"] += 1
            if len(TransactItems) > 100:
                raise _error("TransactWriteItems", "ValidationException")
            places = [what.get("Item") or what["Key"] for action in TransactItems for what in action.values()]
            if len({(place["pk"]["S"], place["sk"]["S"]) for place in places}) < len(places):
                raise _error("TransactWriteItems", "ValidationException")
            reasons = []
            for action in TransactItems:
                [(_, what)] = action.items()
                found = self._find(what["TableName"], what.get("Item") or what["Key"])
                reasons.append({"Code": "None" if _holds(found, what) else "ConditionalCheckFailed"})
            if any(reason["Code"] != "None" for reason in reasons):
                raise _error("TransactWriteItems", "TransactionCanceledException", CancellationReasons=reasons)
            for action in TransactItems:
                [(verb, what)] = action.items()
                if verb == "Put":
                    self._store(what["TableName"], what["Item"])
                else:
                    self._remove(what["TableName"], what["Key"])
            return {}

    def _find(self, table: str, key: Item) -> Item | None:
        return self.tables[table][key["pk"]["S"]].get(key["sk"]["S"])

    def _store(self, table: str, item: Item) -> None:
        if _size(item) > LARGEST:
            raise _error("PutItem", "ValidationException")
        partition, sort = item["pk"]["S"], item["sk"]["S"]
        new = sort not in self.tables[table][partition]
        if new:
            insort(self.sorts[table, partition], sort)
        self.tables[table][partition][sort] = deepcopy(item)
        self.written[table] += 1
        self._note(table, "INSERT" if new else "MODIFY", item)

    def _remove(self, table: str, key: Item) -> None:
        partition, sort = key["pk"]["S"], key["sk"]["S"]
        if self.tables[table][partition].pop(sort, None):
            self.sorts[table, partition].remove(sort)
            self._note(table, "REMOVE", key)

    def _note(self, table: str, what: str, key: Item) -> None:
        keys = {"pk": key["pk"], "sk": key["sk"]}
        record = {
            "eventName": what,
            "dynamodb": {"Keys": keys, "SequenceNumber": str(len(self.stream))},
            "table": table,
        }
        self.stream.append(record)


def _size(item: Item) -> int:
    return sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())


def _holds(item: Item | None, request: Mapping[str, Any]) -> bool:
    expression = request.get("ConditionExpression")
    if not expression:
        return True
    values = request.get("ExpressionAttributeValues", {})
    return any(
        all(_term(item, term.strip(" ()"), values) for term in part.split(" AND ")) for part in expression.split(" OR ")
    )


def _term(item: Item | None, term: str, values: Mapping[str, Any]) -> bool:
    if existence := re.fullmatch(r"attribute_(not_)?exists\((\w+)", term):
        return (item is not None and existence[2] in item) == (existence[1] is None)
    parsed = re.fullmatch(r"(\w+) (=|<) (:\w+)", term)
    assert parsed, f"the fake does not know the condition {term!r}"
    name, operator, placeholder = parsed.groups()
    if item is None or name not in item:
        return False
    stored, wanted = _plain(item[name]), _plain(values[placeholder])
    return bool(stored == wanted if operator == "=" else stored < wanted)


def _plain(value: Mapping[str, Any]) -> Any:
    [(kind, content)] = value.items()
    return int(content) if kind == "N" else content


def _error(operation: str, code: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(response, operation)
