"""Gauges: what the resources of a type add up to, and what limits them."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import permutations

import pytest

from wallboard.model.gauges import Gauge, Gauges, limit, stock


def gauge(type_: str, id: str = "r", version: int = 1, **values: int | None) -> Gauge:
    return Gauge(type_, id, version, values)


def of(gauges: Iterable[Gauge]) -> Gauges:
    found: dict[str, list[Gauge]] = defaultdict(list)
    for each in gauges:
        found[each.type].append(each)
    return found


DATASETS = [gauge("dataset", "d-1", count=7), gauge("dataset", "d-2", count=5), gauge("dataset", "d-3")]


@pytest.mark.parametrize(
    ("type_", "gauges", "expected"),
    [
        ("file", [], 0),
        ("file", [gauge("file", "a"), gauge("file", "b")], 2),
        ("file", [gauge("file", "a", count=3), gauge("file", "b")], 4),
        ("file", [gauge("file", "a", count=0)], 0),
        ("file", [gauge("file", "a", count=None)], 1),
        ("skillset", [gauge("file", "a", count=9), gauge("skillset", "a")], 1),
        ("dataset", DATASETS, 3),
        ("dataset", [gauge("dataset", "d-1", count=0)], 1),
        ("record", DATASETS, 12),
        ("record", [], 0),
        ("record", [*DATASETS, gauge("record", "all", count=100)], 100),
        ("record", [*DATASETS, gauge("record", "r-1"), gauge("record", "r-2")], 2),
        ("record", [*DATASETS, gauge("record", "all", count=0)], 0),
        ("file", [gauge("file", "plan", limit=10)], 0),
        ("file", [gauge("file", "plan", limit=10), gauge("file", "a")], 1),
        ("file", [gauge("file", "all", limit=10, count=4)], 4),
        ("dataset", [*DATASETS, gauge("dataset", "plan", limit=10)], 3),
        ("record", [*DATASETS, gauge("record", "plan", limit=100)], 12),
    ],
)
def test_a_resource_stands_for_its_count_a_datasets_count_is_that_of_its_records_and_a_bare_limit_is_no_thing(
    type_: str, gauges: list[Gauge], expected: int
) -> None:
    for order in permutations(gauges):
        assert stock(of(order), type_) == expected


@pytest.mark.parametrize(
    ("gauges", "expected"),
    [
        ([], None),
        ([gauge("file", "a", count=3)], None),
        ([gauge("file", "a", limit=None)], None),
        ([gauge("file", "a", limit=0)], 0),
        ([gauge("file", "a", 1, limit=20), gauge("file", "b", 2, limit=10)], 10),
        ([gauge("file", "a", 1, limit=20), gauge("file", "b", 2)], 20),
        ([gauge("file", "a", 1, limit=20), gauge("dataset", "b", 2, limit=10)], 20),
    ],
)
def test_the_latest_resource_that_knows_a_limit_says_what_it_is(gauges: list[Gauge], expected: int | None) -> None:
    for order in permutations(gauges):
        assert limit(of(order), "file") == expected
