"""Gauges: the latest value of each resource, and what the resources of a type add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Gauge:
    """The latest value of a resource: `name`, `created_at` (an instant), `count` and `limit`, each where it is known."""

    type: str
    id: str
    version: int
    values: Mapping[str, Any]

    @property
    def name(self) -> str | None:
        return self.values.get("name")

    @property
    def created_at(self) -> int | None:
        return self.values.get("created_at")

    @property
    def count(self) -> int | None:
        return self.values.get("count")


Gauges = Mapping[str, Iterable[Gauge]]
"""The live resources by type; one that was deleted is not among them."""

COUNTED = ("dataset", "record", "skillset", "ability", "file")
"""The types that plans limit."""


def stock(gauges: Gauges, type_: str) -> int:
    """How many things of a type there are. A resource stands for as many as its count says, otherwise for one; one that
    says a limit and no count is the plan, and no thing. Only a dataset's count is that of its records, which are added up
    where no record says its own."""
    found = [each for each in gauges[type_] if each.count is not None or each.values.get("limit") is None]
    if type_ == "dataset":
        return len(found)
    if type_ == "record" and not found:
        return sum(dataset.count or 0 for dataset in gauges["dataset"])
    return sum(1 if each.count is None else each.count for each in found)


def limit(gauges: Gauges, type_: str) -> int | None:
    """The limit that the latest resource of a type knows; None where none does."""
    known = [(each.version, each.values["limit"]) for each in gauges[type_] if each.values.get("limit") is not None]
    return max(known)[1] if known else None
