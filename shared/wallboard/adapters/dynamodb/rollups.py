"""The Rollups table: one item per cube and UTC day, replaced whole on the condition that it has not moved.

A block beyond 350 KB continues in further items, written in one transaction with the first; each carries the version, so
that a reader who meets two versions at once reads again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wallboard.adapters.dynamodb import keys
from wallboard.adapters.dynamodb.table import Item, Table
from wallboard.errors import TryAgain
from wallboard.measures.blocks import Block
from wallboard.measures.cube import Cube
from wallboard.measures.cubes import CUBES
from wallboard.services.ports import Versioned

_LARGEST = 350_000
_TRIES = 4
_LAST = "~"  # sorts behind every digit and #


@dataclass(frozen=True, slots=True)
class DynamoRollups:
    """The port `Rollups`. `v` is the version, `p` the number of items, `b` the bytes of the block or a part of
    them, `w` the latest anchor of its facts."""

    table: Table

    def load(self, tenant: str, cube: Cube, day: str) -> Versioned:
        partition = keys.month_partition(tenant, cube.name, day[:7])
        for _ in range(_TRIES):
            head = self.table.get(keys.key(partition, keys.day_sort(day)), consistent=True)
            if head is None:
                return Versioned(Block(cube, day), version=0, parts=0)
            items = [head]
            if int(head["p"]["N"]) > 1:
                span = (keys.day_sort(day), keys.day_sort(day) + _LAST)
                items = list(self.table.query(partition, between=span, consistent=True))
            data = _joined(items)
            if data is not None:
                return Versioned(Block.unpack(cube, day, data), int(items[0]["v"]["N"]), int(items[0]["p"]["N"]))
        raise TryAgain(f"the {cube.name} roll-up of {day} kept moving while it was read")

    def save(self, tenant: str, block: Block, *, replaces: Versioned) -> None:
        month = block.day[:7]
        partition = keys.month_partition(tenant, block.cube.name, month)
        if replaces.version == 0:
            self.table.put(keys.key(keys.months_partition(tenant, block.cube.name), month))
        items = _items(partition, block, replaces.version + 1)
        condition, values = "attribute_not_exists(pk)", None
        if replaces.version:
            condition, values = "v = :v", {":v": {"N": str(replaces.version)}}
        if len(items) == 1 and replaces.parts <= 1:
            self.table.put(items[0], condition, values)
            return
        head: dict[str, Any] = {"Item": items[0], "ConditionExpression": condition}
        if values:
            head["ExpressionAttributeValues"] = values
        gone = [keys.key(partition, keys.day_sort(block.day, part)) for part in range(len(items), replaces.parts)]
        self.table.transact(
            [
                {"Put": head},
                *({"Put": {"Item": item}} for item in items[1:]),
                *({"Delete": {"Key": key}} for key in gone),
            ]
        )

    def read(self, tenant: str, wanted: Mapping[str, Sequence[str] | None]) -> dict[str, list[Block]]:
        months = [
            (tenant, cube, month, days)
            for cube, asked in wanted.items()
            for month, days in (self._all_months(tenant, cube) if asked is None else _by_month(asked)).items()
        ]
        blocks: dict[str, list[Block]] = {cube: [] for cube in wanted}
        for (_, cube, _, _), found in zip(
            months, self.table.at_once(self._read_month, months) if months else (), strict=True
        ):
            blocks[cube] += found
        return blocks

    def newest(self, tenant: str, cubes: Iterable[str]) -> dict[str, int]:
        wanted = list(cubes)
        found = self.table.at_once(lambda cube: self._newest(tenant, cube), wanted) if wanted else []
        return {cube: at for cube, at in zip(wanted, found, strict=True) if at is not None}

    def _newest(self, tenant: str, cube: str) -> int | None:
        """Of the last items that know one: a day whose facts are all deleted knows none."""
        for marker in self.table.query(keys.months_partition(tenant, cube), backwards=True):
            month = keys.month_partition(tenant, cube, marker["sk"]["S"])
            for item in self.table.query(month, backwards=True, only=("sk", "w")):
                if "w" in item:
                    return int(item["w"]["N"])
        return None

    def _all_months(self, tenant: str, cube: str) -> dict[str, tuple[str, str]]:
        markers = self.table.query(keys.months_partition(tenant, cube))
        return {marker["sk"]["S"]: (f"{marker['sk']['S']}-01", f"{marker['sk']['S']}-31") for marker in markers}

    def _read_month(self, what: tuple[str, str, str, tuple[str, str]]) -> list[Block]:
        tenant, cube, month, (first, last) = what
        partition = keys.month_partition(tenant, cube, month)
        span = (keys.day_sort(first), keys.day_sort(last) + _LAST)
        for attempt in range(_TRIES):
            days: dict[str, list[Item]] = defaultdict(list)
            for item in self.table.query(partition, between=span, consistent=attempt > 0):
                days[item["sk"]["S"][:2]].append(item)
            joined = {f"{month}-{day}": _joined(items) for day, items in days.items()}
            whole = {day: data for day, data in joined.items() if data is not None}
            if len(whole) == len(joined):
                return [Block.unpack(CUBES[cube], day, data) for day, data in whole.items()]
        raise TryAgain(f"the {cube} roll-ups of {month} kept moving while they were read")


def _items(partition: str, block: Block, version: int) -> list[Item]:
    data = block.pack()
    parts = [data[start : start + _LARGEST] for start in range(0, len(data), _LARGEST)]
    newest = max(block.newest.values(), default=None)
    return [
        {
            **keys.key(partition, keys.day_sort(block.day, place)),
            "v": {"N": str(version)},
            "p": {"N": str(len(parts))},
            "b": {"B": part},
            **({} if newest is None else {"w": {"N": str(newest)}}),
        }
        for place, part in enumerate(parts)
    ]


def _joined(items: Sequence[Mapping[str, Any]]) -> bytes | None:
    """The bytes of a block from its items in order; None when these are not all of one version."""
    versions = {item["v"]["N"] for item in items}
    if len(versions) != 1 or len(items) != int(items[0]["p"]["N"]):
        return None
    return items[0]["b"]["B"] if len(items) == 1 else b"".join(item["b"]["B"] for item in items)


def _by_month(days: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The first and the last day asked of each month."""
    months: dict[str, list[str]] = defaultdict(list)
    for day in days:
        months[day[:7]].append(day)
    return {month: (min(inside), max(inside)) for month, inside in months.items()}
