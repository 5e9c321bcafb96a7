"""Counts what DynamoDB would charge, from item sizes, by the rules that AWS publishes. No local server counts right.

Item sizes: docs.aws.amazon.com, "DynamoDB item sizes and formats"; units: "DynamoDB throughput capacity".
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

Value = Mapping[str, Any]
Item = Mapping[str, Value]

_CHARGED_REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was made. `answer` is None where a condition did not hold."""

    operation: str
    request: Mapping[str, Any]
    answer: Any


@dataclass(slots=True)
class Spent:
    """Calls by operation, items and bytes read by table, units by table."""

    calls: Counter[str]
    items: Counter[str]
    bytes: Counter[str]
    read: Counter[str]
    written: Counter[str]

    @property
    def read_units(self) -> float:
        return sum(half for half in self.read.values()) / 2

    @property
    def write_units(self) -> int:
        return self.written.total()


class Meter:
    """Stands in for a botocore DynamoDB client. Keeps each call and counts only when asked, so that it slows nothing down."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[Call] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self._client, operation)

        def metered(**request: Any) -> Any:
            try:
                answer = call(**request)
            except ClientError as error:
                if error.response["Error"]["Code"] in _CHARGED_REFUSALS:
                    self.calls.append(Call(operation, request, None))
                raise
            self.calls.append(Call(operation, request, answer))
            return answer

        return metered

    def spent(self) -> Spent:
        """What all calls since the meter was made come to."""
        count = _Count()
        for call in self.calls:
            count.add(call)
        return count.spent


class _Count:
    """Adds calls up. Remembers the size of each item written, because a write is charged by the larger of old and new."""

    def __init__(self) -> None:
        self.spent = Spent(Counter(), Counter(), Counter(), Counter(), Counter())
        self._sizes: dict[tuple[str, str], int] = {}

    def add(self, call: Call) -> None:
        request = call.request
        self.spent.calls[call.operation] += 1
        match call.operation:
            case "put_item":
                self._write(request["TableName"], request["Item"])
            case "batch_write_item":
                for table, writes in request["RequestItems"].items():
                    done = len(writes) - len(call.answer.get("UnprocessedItems", {}).get(table, ()))
                    for write in writes[:done]:  # which ones were left out changes the sum by next to nothing
                        self._write(table, write["PutRequest"]["Item"])
            case "transact_write_items":
                for action in request["TransactItems"]:
                    for what in action.values():
                        self._write(what["TableName"], what.get("Item") or what["Key"], times=2)
            case "get_item":
                found = [call.answer["Item"]] if "Item" in call.answer else []
                self._read(request["TableName"], found, consistent=request.get("ConsistentRead", False))
            case "query":
                self._read(request["TableName"], call.answer["Items"], consistent=request.get("ConsistentRead", False))
            case "batch_get_item":
                for table, asked in request["RequestItems"].items():
                    found = call.answer["Responses"].get(table, [])
                    for item in found:
                        self._read(table, [item], consistent=asked.get("ConsistentRead", False))
                    self.spent.read[table] += len(asked["Keys"]) - len(found)
            case other:
                raise NotImplementedError(f"the meter has no rule for {other}")

    def _write(self, table: str, item: Item, *, times: int = 1) -> None:
        size, key = item_size(item), (table, repr((item["pk"], item["sk"])))
        before = self._sizes.get(key, 0)
        self._sizes[key] = size
        self.spent.written[table] += times * _started(max(size, before), 1024)

    def _read(self, table: str, items: list[Item], *, consistent: bool) -> None:
        size = sum(map(item_size, items))
        self.spent.items[table] += len(items)
        self.spent.bytes[table] += size
        self.spent.read[table] += _started(size, 4096) * (2 if consistent else 1)


def _started(size: int, unit: int) -> int:
    return max(1, -(-size // unit))


def item_size(item: Item) -> int:
    """The bytes that DynamoDB charges an item for: names in UTF-8 and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Value) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return _number_size(content)
        case "SS" | "NS" | "BS":
            return sum(_value_size({kind[0]: each}) for each in content)
        case "L":
            return 3 + sum(1 + _value_size(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in content.items())
        case _:
            return 1  # BOOL and NULL


def _number_size(text: str) -> int:
    digits = re.sub(r"\D", "", re.sub(r"[eE].*", "", text)).strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")
