"""Blocks: whatever is cut out of one is a plain sum over its cells, and hours are replaced without touching others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.errors import CorruptData
from wallboard.measures.blocks import Block, Filter, FoldedHour
from wallboard.measures.cube import Cells, Cube
from wallboard.measures.monoids import Distinct, Sum
from wallboard.model.time import QUARTERS_A_DAY, day_quarter

CUBE = Cube("tried", (), ("bot", "type"), {"count": Sum(), "people": Distinct()}, lambda _: {})
DAY = "2026-11-21"
MIDNIGHT = day_quarter(DAY)

bots = st.sampled_from(["", "b", "b-1", "ü/#"])
types = st.sampled_from(["", "user", "bot"])
values = st.tuples(st.integers(0, 10**12), st.sets(st.integers(0, 2**64 - 1), max_size=3))


def cells_between(first: int, last: int) -> st.SearchStrategy[Cells]:
    return st.dictionaries(st.tuples(bots, types, st.integers(first, last)), values, max_size=30)


all_day = cells_between(0, QUARTERS_A_DAY - 1)
cuts = st.lists(
    st.integers(MIDNIGHT - 200, MIDNIGHT + 200) | st.sampled_from([-(2**62), 2**62, MIDNIGHT]), min_size=2, unique=True
).map(sorted)
filters = st.dictionaries(
    st.sampled_from(["bot", "type"]),
    st.one_of(bots, types, st.sampled_from([str.isalpha, lambda value: value != "", lambda value: "b" in value])),
)


def of(cells: Cells, hours: dict[int, bytes] | None = None, newest: dict[int, int] | None = None) -> Block:
    return Block.of(CUBE, DAY, cells, hours=hours or {}, newest=newest or {})


def plainly(cells: Cells, measure: str, cuts: Sequence[int], filters: dict[str, Filter]) -> list[Any]:
    """The measure of every stretch, cell by cell."""
    place = list(CUBE.measures).index(measure)
    found: list[list[Any]] = [[] for _ in cuts[1:]]
    for (*dimensions, quarter), value in cells.items():
        for stretch, (start, end) in enumerate(pairwise(cuts)):
            inside = start <= MIDNIGHT + quarter < end
            if inside and all(_fits(dimensions[CUBE.dimensions.index(name)], f) for name, f in filters.items()):
                found[stretch].append(value[place])
    return [sum(each) if measure == "count" else set().union(*each) for each in found]


def _fits(value: str, wanted: str | Callable[[str], bool]) -> bool:
    return wanted(value) if callable(wanted) else wanted == value


def merged(block: Block, measure: str, cuts: Sequence[int], filters: dict[str, Filter]) -> list[Any]:
    found: list[list[Any]] = [[] for _ in cuts[1:]]
    for stretch, name, value in block.merge(measure, cuts, filters):
        assert name == ()
        found[stretch].append(value)
    return [CUBE.measures[measure].merge(each) for each in found]


@given(cells=all_day, cuts=cuts, filters=filters, measure=st.sampled_from(["count", "people"]))
def test_what_is_cut_out_of_a_block_is_the_plain_sum_of_its_cells(
    cells: Cells, cuts: list[int], filters: dict[str, Filter], measure: str
) -> None:
    assert merged(of(cells), measure, cuts, filters) == plainly(cells, measure, cuts, filters)


@given(cells=all_day, cuts=cuts, filters=filters, by=st.sampled_from(["bot", "type"]))
def test_what_is_cut_out_by_a_dimension_is_the_plain_sum_of_the_cells_that_have_its_value(
    cells: Cells, cuts: list[int], filters: dict[str, Filter], by: str
) -> None:
    found: dict[str, list[int]] = {}
    for stretch, (name,), value in of(cells).merge("count", cuts, filters, [by]):
        found.setdefault(name, [0] * (len(cuts) - 1))[stretch] += value
    place = CUBE.dimensions.index(by)
    for name in {key[place] for key in cells}:
        mine = {key: value for key, value in cells.items() if key[place] == name}
        assert found.pop(name, [0] * (len(cuts) - 1)) == plainly(mine, "count", cuts, filters)
    assert not found


@given(cells=all_day)
def test_a_block_gives_back_its_cells(cells: Cells) -> None:
    assert dict(of(cells).cells()) == cells


@given(cells=all_day)
def test_a_block_is_the_same_whatever_the_order_of_its_cells(cells: Cells) -> None:
    assert of(cells).pack() == of(dict(reversed(cells.items()))).pack()


@st.composite
def folded_hours(draw: st.DrawFn) -> list[FoldedHour]:
    hours = draw(st.lists(st.integers(0, 23), unique=True, max_size=4))
    return [
        FoldedHour(
            hour,
            draw(cells_between(hour * 4, hour * 4 + 3)),
            draw(st.binary(min_size=8, max_size=8)),
            draw(st.none() | st.integers(0, 2**45)),
        )
        for hour in hours
    ]


@given(before=folded_hours(), after=folded_hours())
def test_new_hours_take_the_place_of_just_these_hours(before: list[FoldedHour], after: list[FoldedHour]) -> None:
    block = Block(CUBE, DAY).with_hours(before).with_hours(after)
    last = {each.hour: each for each in [*before, *after]}
    expected: Cells = {}
    for each in last.values():
        expected |= each.cells
    assert dict(block.cells()) == expected
    assert block.hours == {hour: each.digest for hour, each in last.items()}
    assert block.newest == {hour: each.newest for hour, each in last.items() if each.newest is not None}


@given(first=folded_hours(), second=folded_hours())
def test_hours_that_do_not_meet_may_be_replaced_in_any_order(first: list[FoldedHour], second: list[FoldedHour]) -> None:
    second = [each for each in second if each.hour not in {other.hour for other in first}]
    empty = Block(CUBE, DAY)
    at_once = empty.with_hours([*first, *second])
    assert empty.with_hours(first).with_hours(second).pack() == at_once.pack()
    assert empty.with_hours(second).with_hours(first).pack() == at_once.pack()


# ---- stored


@given(cells=all_day, hours=folded_hours())
def test_a_block_survives_being_stored(cells: Cells, hours: list[FoldedHour]) -> None:
    block = of(cells).with_hours(hours)
    restored = Block.unpack(CUBE, DAY, block.pack())
    assert dict(restored.cells()) == dict(block.cells())
    assert (restored.runs, restored.hours, restored.newest) == (block.runs, block.hours, block.newest)
    assert restored.pack() == block.pack()


@given(cells=all_day, cuts=cuts)
def test_a_measure_younger_than_the_stored_bytes_reads_as_empty(cells: Cells, cuts: list[int]) -> None:
    """And the measures that were there read as before."""
    old = replace(CUBE, measures={"count": Sum()})
    data = Block.of(old, DAY, {key: value[:1] for key, value in cells.items()}, hours={}, newest={}).pack()
    block = Block.unpack(CUBE, DAY, data)
    assert merged(block, "people", cuts, {}) == [set() for _ in cuts[1:]]
    assert merged(block, "count", cuts, {}) == plainly(cells, "count", cuts, {})


@given(cells=all_day)
def test_a_measure_that_is_gone_does_not_stop_the_others_from_being_read(cells: Cells) -> None:
    younger = replace(CUBE, measures={"people": Distinct()})
    block = Block.unpack(younger, DAY, of(cells).pack())
    assert dict(block.cells()) == {key: value[1:] for key, value in cells.items()}


@given(data=st.binary(max_size=200))
def test_other_bytes_are_called_corrupt_by_cube_and_day(data: bytes) -> None:
    with pytest.raises(CorruptData, match="the tried roll-up of 2026-11-21 cannot be read"):
        Block.unpack(CUBE, DAY, data)


def test_bytes_that_are_cut_short_anywhere_are_called_corrupt() -> None:
    """Else a block that lost its end would quietly count less."""
    data = of({("b", "user", quarter): (1, {quarter}) for quarter in range(8)}).pack()
    read = []
    for length in range(len(data)):
        try:
            Block.unpack(CUBE, DAY, data[:length])
        except CorruptData:
            continue
        read.append(length)
    assert read == []
