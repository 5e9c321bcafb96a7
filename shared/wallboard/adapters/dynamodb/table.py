"""One table: the few calls that we make of it, with errors that say what to do next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from time import sleep
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from wallboard.adapters.aws import CONNECTIONS, calling
from wallboard.adapters.dynamodb.keys import Key
from wallboard.errors import Conflict, TryAgain

Item = dict[str, Any]
T = TypeVar("T")
R = TypeVar("R")

_GET_AT_ONCE = 100
_ATTEMPTS = 6


def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="dynamodb")


@dataclass(frozen=True, slots=True)
class Table:
    """`client` is a botocore DynamoDB client. Every call raises TryAgain when DynamoDB refuses for now, and Conflict when
    a condition does not hold."""

    client: Any
    name: str
    threads: Executor = field(default_factory=_pool, repr=False)

    def get(self, key: Key, *, consistent: bool = False) -> Item | None:
        answer = _call(self.client.get_item, TableName=self.name, Key=key, ConsistentRead=consistent)
        item: Item | None = answer.get("Item")
        return item

    def put(self, item: Item, condition: str | None = None, values: Mapping[str, Any] | None = None) -> None:
        request: dict[str, Any] = {"TableName": self.name, "Item": item}
        if condition:
            request["ConditionExpression"] = condition
        if values:
            request["ExpressionAttributeValues"] = values
        _call(self.client.put_item, **request)

    def delete(self, key: Key) -> None:
        _call(self.client.delete_item, TableName=self.name, Key=key)

    def query(
        self,
        partition: str,
        *,
        between: tuple[str, str] | None = None,
        consistent: bool = False,
        backwards: bool = False,
        only: Sequence[str] = (),
    ) -> Iterator[Item]:
        """The items of a partition in the order of their sort keys, page after page. `backwards` is for those who want
        the last ones: its pages are short. `only` names the attributes that are wanted."""
        condition, values = "pk = :pk", {":pk": {"S": partition}}
        if between:
            condition += " AND sk BETWEEN :first AND :last"
            values |= {":first": {"S": between[0]}, ":last": {"S": between[1]}}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": consistent,
        }
        if backwards:
            request |= {"ScanIndexForward": False, "Limit": 1}
        if only:
            request["ProjectionExpression"] = ", ".join(only)
        while True:
            page = _call(self.client.query, **request)
            yield from page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        """Those of the items that exist, in any order."""
        found: list[Item] = []
        waiting = list(keys)
        for attempt in range(_ATTEMPTS):
            if not waiting:
                return found
            if attempt:
                sleep(0.05 * 2**attempt)
            batches = [waiting[start : start + _GET_AT_ONCE] for start in range(0, len(waiting), _GET_AT_ONCE)]
            waiting = []
            for items, unread in self.at_once(self._get_batch, batches):
                found += items
                waiting += unread
        if waiting:
            raise TryAgain(f"DynamoDB left {len(waiting)} keys of a batch unread")
        return found

    def _get_batch(self, keys: Sequence[Key]) -> tuple[list[Item], list[Key]]:
        answer = _call(self.client.batch_get_item, RequestItems={self.name: {"Keys": keys}})
        unread = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
        return answer["Responses"].get(self.name, []), unread

    def transact(self, writes: Sequence[Mapping[str, Any]]) -> None:
        """All writes or none. Each is {"Put": …}, {"Delete": …} without the table's name."""
        actions = [{verb: {"TableName": self.name, **what} for verb, what in write.items()} for write in writes]
        _call(self.client.transact_write_items, TransactItems=actions)

    def at_once(self, call: Callable[[T], R], arguments: Sequence[T]) -> list[R]:
        """The results of a call for each argument, run side by side. All run, then the first failure is raised."""
        if len(arguments) == 1:
            return [call(arguments[0])]
        futures = [self.threads.submit(call, argument) for argument in arguments]
        failures = [failure for future in futures if (failure := future.exception())]
        if failures:
            raise failures[0]
        return [future.result() for future in futures]


def _call(operation: Callable[..., Any], **request: Any) -> Any:
    try:
        return calling(operation, **request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise Conflict("the item moved since it was read") from error
        if code == "TransactionCanceledException":
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if "ConditionalCheckFailed" in reasons:
                raise Conflict("an item of the transaction moved since it was read") from error
            raise TryAgain(f"DynamoDB cancelled a transaction: {sorted(map(str, reasons))}") from error
        raise
