"""Figures: whatever is asked of them is a plain count over the cells of their blocks."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallboard.measures.blocks import Block
from wallboard.measures.cube import Cells
from wallboard.measures.cubes import CUBES
from wallboard.measures.figures import Figures
from wallboard.measures.tokens import is_token
from wallboard.model.time import QUARTERS_A_DAY, Window, day_quarter, quarter_day, zone_named

FIRST = day_quarter("2026-11-19")
DAYS = 4
Happened = Mapping[tuple[Any, ...], tuple[int, ...]]
"""Cells of several days: their dimensions and their absolute quarter → their values."""

bots = st.sampled_from(["", "b", "b-1"])
quarters = st.integers(FIRST, FIRST + DAYS * QUARTERS_A_DAY - 1)
actions = st.dictionaries(
    st.tuples(bots, st.sampled_from(["", "call", "mail"]), st.sampled_from(["ask", "tell"]), quarters),
    st.tuples(st.integers(0, 3)),
    max_size=40,
)
usage = st.dictionaries(
    st.tuples(bots, st.sampled_from(["x_TOKEN", "message"]), quarters), st.tuples(st.integers(0, 10**12)), max_size=40
)
ratings = st.dictionaries(
    st.tuples(bots, quarters), st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 2)), max_size=40
)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, Window]:
    """A window and one before it."""
    before, start, end = sorted(draw(st.lists(quarters, min_size=3, max_size=3, unique=True)))
    return Window(before, start), Window(start, end)


zones = st.sampled_from(["UTC", "Asia/Kathmandu", "America/Havana"])


def blocks(cube: str, happened: Happened) -> list[Block]:
    days: dict[str, Cells] = defaultdict(dict)
    for (*dimensions, quarter), values in happened.items():
        days[quarter_day(quarter)][(*dimensions, quarter % QUARTERS_A_DAY)] = values
    return [Block.of(CUBES[cube], day, cells, hours={}, newest={}) for day, cells in sorted(days.items())]


def figures(cube: str, happened: Happened, windows: tuple[Window, Window], zone: str = "UTC", **more: Any) -> Figures:
    previous, window = windows
    return Figures({cube: blocks(cube, happened)}, window.parts("day", zone_named(zone)), previous, **more)


def inside(happened: Happened, window: Window) -> Happened:
    return {key: values for key, values in happened.items() if window.start <= key[-1] < window.end}


def grouped(happened: Happened, *places: int) -> dict[tuple[str, ...], int]:
    """The first value, summed by the dimensions at these places, without those that come to nothing."""
    totals: Counter[tuple[str, ...]] = Counter()
    for key, values in happened.items():
        totals[tuple(key[place] for place in places)] += values[0]
    return {group: total for group, total in totals.items() if total}


@given(happened=actions, windows=windows(), wanted=st.none() | bots)
def test_groups_by_two_dimensions_are_the_combinations_with_something(
    happened: Happened, windows: tuple[Window, Window], wanted: str | None
) -> None:
    found = figures("actions", happened, windows)
    filters = {} if wanted is None else {"bot": wanted}
    mine = {key: value for key, value in inside(happened, windows[1]).items() if wanted in (None, key[0])}
    assert found.by("actions.actions", "type", "name", **filters) == grouped(mine, 1, 2)
    assert found.by("actions.actions", "name", "type", **filters) == grouped(mine, 2, 1)
    assert found.by("actions.actions", "bot", **filters) == grouped(mine, 0)
    assert sum(found.by("actions.actions", "bot", "type", **filters).values()) == found.total(
        "actions.actions", **filters
    )


@given(happened=usage, windows=windows(), zone=zones)
def test_totals_changes_and_parts_are_plain_sums(happened: Happened, windows: tuple[Window, Window], zone: str) -> None:
    found = figures("usage", happened, windows, zone)
    tokens = {key: value for key, value in happened.items() if key[1] == "x_TOKEN"}
    before, now = (sum(value for (value,) in inside(tokens, window).values()) for window in windows)
    assert found.total("usage.count", type=is_token) == now
    assert found.before("usage.count", type=is_token) == before
    assert found.change("usage.count", type=is_token) == now - before
    parts = {name: sum(value for (value,) in inside(tokens, part).values()) for name, part in found.parts}
    assert found.by_part("usage.count", type=is_token) == list(parts.items())


@given(happened=ratings, windows=windows(), wanted=st.none() | bots)
def test_hours_are_all_that_have_something_latest_first(
    happened: Happened, windows: tuple[Window, Window], wanted: str | None
) -> None:
    """An hour that the window cuts has only what lies inside."""
    mine: Counter[str] = Counter()
    for (bot, quarter), (_, _, down) in inside(happened, windows[1]).items():
        if wanted in (None, bot) and down:
            mine[f"{quarter_day(quarter)}T{quarter % QUARTERS_A_DAY // 4:02}"] += down
    filters = {} if wanted is None else {"bot": wanted}
    found = list(figures("ratings", happened, windows).by_hour("ratings.down", **filters))
    assert found == sorted(mine.items(), reverse=True)


def test_the_previous_window_is_nobodys_hour() -> None:
    happened = {("b", FIRST + 3): (1, 0, 1), ("b", FIRST + 4): (1, 0, 1), ("b", FIRST + 9): (1, 0, 1)}
    found = figures("ratings", happened, (Window(FIRST, FIRST + 4), Window(FIRST + 4, FIRST + 8)))
    assert list(found.by_hour("ratings.down")) == [("2026-11-19T01", 1)]


Question = tuple[str, Sequence[str], Mapping[str, Any]]
QUESTIONS: list[Question] = [
    (ask, dimensions, filters)
    for ask in ("total", "before", "change", "by_part", "by", "by_before")
    for dimensions in ((), ("bot",), ("type", "bot"))
    for filters in ({}, {"bot": "b"}, {"bot": ""}, {"type": is_token}, {"type": "message", "bot": "b"})
    if ask in ("by", "by_before") or not dimensions
]


@settings(max_examples=30)
@given(happened=usage, windows=windows(), seed=st.integers(0, 10**6))
def test_figures_that_share_a_memo_answer_what_fresh_ones_do_in_any_order(
    happened: Happened, windows: tuple[Window, Window], seed: int
) -> None:
    memo: dict[Any, Any] = {}
    shared = [figures("usage", happened, windows, memo=memo) for _ in range(2)]
    chance = Random(seed)
    for question in chance.sample(QUESTIONS, len(QUESTIONS)):
        assert _answer(chance.choice(shared), question) == _answer(figures("usage", happened, windows), question)


def _answer(found: Figures, question: Question) -> Any:
    ask, dimensions, filters = question
    return getattr(found, ask)("usage.count", *dimensions, **filters)


def test_what_is_asked_twice_is_read_once() -> None:
    memo: dict[Any, Any] = {}
    window = Window(FIRST, FIRST + 8)
    happened = {("b", "x_TOKEN", FIRST): (5,)}
    first = figures("usage", happened, (Window(FIRST - 8, FIRST), window), memo=memo)
    assert first.total("usage.count", bot="b") == 5
    blind = figures("usage", {}, (Window(FIRST - 8, FIRST), window), memo=memo)
    assert blind.total("usage.count", bot="b") == 5
    assert blind.total("usage.count", bot="b", type=is_token) == 0


def test_a_report_that_compares_nothing_has_no_figure_of_before() -> None:
    alone = Figures({"usage": []}, [("all time", Window(0, 1))])
    assert alone.total("usage.count") == 0
    with pytest.raises(ValueError, match="does not compare"):
        alone.before("usage.count")
