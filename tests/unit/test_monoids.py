"""The measures: values merge into the same whatever the order and grouping, and survive being stored."""

from itertools import chain
from math import sqrt
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from wallboard.measures.cube import hash64
from wallboard.measures.monoids import Distinct, DistinctValue, Newest, NewestValue, Sum
from wallboard.measures.sketch import Sketch


class SmallDistinct(Distinct):
    """Turns into a sketch soon enough to be tried with small sets."""

    limit = 4


hashes = st.integers(0, 2**64 - 1)
sets = st.sets(hashes, max_size=8)
sums = st.integers(0, 2**60)
distinct: st.SearchStrategy[DistinctValue] = st.one_of(sets, sets.map(Sketch.of))
quick = settings(max_examples=40)  # a sketch has 65,536 registers


def stored(measure: Any, column: Any) -> Any:
    """A column as it comes back from a block: its header as JSON, its body as bytes."""
    header, body = measure.pack(column)
    return measure.unpack(from_json(to_json(header)), body)


def people(count: int) -> list[int]:
    return [hash64(f"contact {each}") for each in range(count)]


# ---- sums


@given(values=st.lists(sums), cut=st.integers(0, 20))
def test_sums_merge_in_any_grouping(values: list[int], cut: int) -> None:
    measure = Sum()
    assert measure.merge([measure.merge(values[:cut]), measure.merge(values[cut:])]) == sum(values)


@given(values=st.lists(sums, max_size=20), start=st.integers(0, 20), end=st.integers(0, 20))
def test_a_run_of_sums_is_the_sum_of_its_cells(values: list[int], start: int, end: int) -> None:
    assert Sum().merge_run(Sum().column(values), start, end) == sum(values[start:end])


@given(values=st.lists(sums))
def test_sums_survive_being_stored(values: list[int]) -> None:
    assert Sum().values(stored(Sum(), Sum().column(values))) == values


@pytest.mark.parametrize(
    ("largest", "width"),
    [(0, 1), (2**8 - 1, 1), (2**8, 2), (2**16 - 1, 2), (2**16, 4), (2**32 - 1, 4), (2**32, 8), (2**64 - 1, 8)],
)
def test_sums_are_stored_in_as_few_bytes_as_the_largest_needs(largest: int, width: int) -> None:
    column = [0, largest, 1]
    header, body = Sum().pack(column)
    assert len(body) == width * len(column)
    assert list(Sum().unpack(header, body)) == column


@given(values=st.lists(st.integers(0, 2**80) | st.sampled_from([2**64 - 1, 2**64, 2**128])))
def test_sums_beyond_a_machine_word_survive_being_stored(values: list[int]) -> None:
    restored = stored(Sum(), values)
    assert Sum().values(restored) == values
    assert Sum().merge_run(restored, 0, len(values)) == sum(values)
    assert Sum().values(stored(Sum(), restored)) == values, "and being stored again"


def test_a_column_of_no_sums_survives_being_stored() -> None:
    assert Sum().values(stored(Sum(), [])) == []


def test_nothing_sums_to_zero() -> None:
    assert Sum().figure(Sum().merge([])) == 0


# ---- distinct sets


@quick
@given(left=distinct, middle=distinct, right=distinct)
def test_distinct_sets_merge_in_any_order_and_grouping(
    left: DistinctValue, middle: DistinctValue, right: DistinctValue
) -> None:
    merge = Distinct().merge
    expected = merge([left, middle, right])
    assert merge([right, left, middle]) == expected
    assert merge([left, merge([middle, right])]) == expected
    assert merge([merge([left, middle]), right]) == expected


@quick
@given(value=distinct)
def test_a_distinct_set_merged_with_itself_or_with_nothing_stays_what_it_is(value: DistinctValue) -> None:
    assert Distinct().merge([value]) == value
    assert Distinct().merge([value, value]) == value
    assert Distinct().merge([value, set()]) == value


@quick
@given(parts=st.lists(st.tuples(sets, st.booleans()), min_size=1, max_size=5))
def test_sets_and_sketches_merge_to_what_all_their_hashes_make(parts: list[tuple[set[int], bool]]) -> None:
    everybody = set().union(*(part for part, _ in parts))
    merged = Distinct().merge([Sketch.of(part) if sketched else part for part, sketched in parts])
    assert merged == (Sketch.of(everybody) if any(sketched for _, sketched in parts) else everybody)


def test_a_run_over_a_large_cell_and_small_ones_counts_them_all() -> None:
    measure, everybody = SmallDistinct(), set(people(12))
    cells = [set(people(3)), everybody, {7, 8}, set()]
    assert measure.merge_run(measure.column(cells), 0, 4) == Sketch.of(everybody | {7, 8})
    assert measure.merge_run(measure.column(cells), 2, 4) == {7, 8}


@given(parts=st.lists(sets))
def test_exact_sets_merge_to_the_exact_union(parts: list[set[int]]) -> None:
    measure = Distinct()
    assert measure.figure(measure.merge(parts)) == len(set().union(*parts))


def test_exact_sets_that_merge_beyond_the_limit_stay_exact() -> None:
    everybody = people(3 * Distinct.limit)
    third = len(everybody) // 3
    column = Distinct().column([set(everybody[start : start + third]) for start in (0, third, 2 * third)])
    assert Distinct().figure(Distinct().merge_run(column, 0, 3)) == len(everybody)


def test_a_cell_is_exact_up_to_the_limit_and_a_sketch_beyond_it() -> None:
    measure = Distinct()
    full = set(people(Distinct.limit))
    [exact] = measure.values(measure.column([full]))
    [sketched] = measure.values(measure.column([full | {0}]))
    assert exact == full
    assert isinstance(sketched, Sketch)


@quick
@given(cells=st.lists(sets, max_size=6), start=st.integers(0, 6), end=st.integers(0, 6))
def test_a_run_of_distinct_cells_is_what_its_cells_merge_to(cells: list[set[int]], start: int, end: int) -> None:
    measure = SmallDistinct()
    column = measure.column(cells)
    end = max(start, end)
    large = any(len(cell) > measure.limit for cell in cells[start:end])
    union = set().union(*cells[start:end])
    run = measure.merge_run(column, min(start, len(cells)), min(end, len(cells)))
    if large:
        assert run == Sketch.of(union)
    else:
        assert measure.figure(run) == len(union)


@quick
@given(cells=st.lists(distinct, max_size=6))
def test_distinct_sets_and_sketches_survive_being_stored(cells: list[DistinctValue]) -> None:
    measure = Distinct()
    column = measure.column(cells)
    restored = stored(measure, column)
    for place in range(len(cells)):
        assert measure.merge_run(restored, place, place + 1) == measure.merge([cells[place], set()])
    assert measure.values(restored) == measure.values(column)


def test_storing_twice_gives_the_same_bytes() -> None:
    """The digest of a block must not depend on the order in which a set happens to be walked."""
    measure = SmallDistinct()
    forwards, backwards = ([set(order(people(count))) for count in (4, 50)] for order in (iter, reversed))
    assert measure.pack(measure.column(forwards)) == measure.pack(measure.column(backwards))


# ---- the newest


class FewNewest(Newest):
    """Leaves things out soon enough to be tried with few."""

    most = 3


newest: st.SearchStrategy[NewestValue] = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["p", "q", "r", "s", "ü#"])), max_size=8
).map(lambda things: FewNewest().merge([things]))


def plainly(values: list[NewestValue], most: int) -> NewestValue:
    """Of each thing the last time, the latest first, and of one time in the order of ids."""
    times: dict[str, list[int]] = {}
    for at, name in chain.from_iterable(values):
        times.setdefault(name, []).append(at)
    return sorted(((max(ats), name) for name, ats in times.items()), key=lambda thing: (-thing[0], thing[1]))[:most]


@given(values=st.lists(newest, max_size=4), cut=st.integers(0, 4), chance=st.integers(0, 10**6))
def test_the_newest_merge_in_any_order_and_grouping(values: list[NewestValue], cut: int, chance: int) -> None:
    merge = FewNewest().merge
    expected = plainly(values, FewNewest.most)
    assert merge(values) == expected
    assert merge(Random(chance).sample(values, len(values))) == expected
    assert merge([merge(values[:cut]), merge(values[cut:])]) == expected
    assert FewNewest().merge_run(FewNewest().column(values), 0, len(values)) == expected


@given(value=newest)
def test_the_newest_merged_with_themselves_or_with_nothing_stay_what_they_are(value: NewestValue) -> None:
    assert FewNewest().merge([value]) == FewNewest().merge([value, value]) == FewNewest().merge([[], value]) == value


@given(column=st.lists(newest))
def test_the_newest_survive_being_stored(column: list[NewestValue]) -> None:
    restored = stored(FewNewest(), FewNewest().column(column))
    assert FewNewest().values(restored) == column
    assert FewNewest().merge_run(restored, 0, len(column)) == plainly(column, FewNewest.most)


def test_a_hundred_are_listed_and_who_came_twice_is_one_of_them() -> None:
    everybody = [[(at, f"p-{at % 150}")] for at in range(300)]
    found = Newest().figure(Newest().merge(everybody))
    assert found == [(at, f"p-{at % 150}") for at in range(299, 199, -1)]


# ---- the sketch


@pytest.mark.parametrize("count", [0, 1, 2, 10, 100, 1_000, 8_193, 20_000, 65_536, 100_000, 300_000])
def test_a_sketch_errs_by_at_most_one_percent(count: int) -> None:
    estimate = Sketch.of(people(count)).estimate()
    assert abs(estimate - count) <= 0.01 * count


def test_the_standard_error_of_a_sketch_is_not_above_that_of_its_registers() -> None:
    """1.04 / √65536 is 0.41 %. Of 40 trials the root mean square stays within 1.35 times that (χ², 99.9 %)."""
    count, trials = 40_000, 40
    errors = []
    for trial in range(trials):
        chance = Random(trial)
        errors.append(Sketch.of(chance.getrandbits(64) for _ in range(count)).estimate() / count - 1)
    assert sqrt(sum(error**2 for error in errors) / trials) < 1.35 * 1.04 / sqrt(Sketch.size)


def test_sketches_of_parts_make_the_sketch_of_the_whole() -> None:
    everybody = people(30_000)
    parts = [Sketch.of(everybody[start::7]) for start in range(7)]
    assert Sketch.union(parts) == Sketch.of(everybody)


@pytest.mark.parametrize("edge", [0, 2**64 - 1, 2**48, 2**48 - 1, 1])
def test_hashes_at_the_edges_count_as_one(edge: int) -> None:
    assert Sketch.of([edge]).estimate() == 1
