"""The state of a stream: what is covered, how far everything is there, what waits and what failed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.model.pulls import MOST_ASIDE, Counts, Failure, Job, Span, StreamState, joined

FEW = Counts(rows=3, written=2, ignored=1)
LATE = 10**6
"""A run that began after all that is pulled here."""


def job(*windows: Span, run: int = LATE) -> Job:
    start, end = min(start for start, _ in windows), max(end for _, end in windows)
    return Job(run=run, start=start, end=end, windows=len(windows), waiting=list(windows))


def begun(*windows: Span, run: int = LATE) -> StreamState:
    return StreamState().begun(job(*windows, run=run))


def failure(window: Span, at: int = LATE + 1) -> Failure:
    return Failure(at, "the vendor is away", window)


def pulled(state: StreamState, *windows: Span, run: int = LATE) -> StreamState:
    for window in windows:
        state = state.pulled(run, window, FEW, at=LATE + 5)
    return state


# ---- what is covered


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 10), (10, 20)], [(0, 20)]),
        ([(10, 20), (0, 10)], [(0, 20)]),
        ([(0, 10), (11, 20)], [(0, 10), (11, 20)]),
        ([(0, 30), (5, 10)], [(0, 30)]),
        ([(0, 10), (5, 15), (14, 16)], [(0, 16)]),
        ([(5, 5), (9, 3)], []),
    ],
)
def test_spans_that_touch_or_overlap_are_one(spans: list[Span], expected: list[Span]) -> None:
    assert joined(spans) == expected


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12)


@given(spans)
def test_joined_spans_hold_the_same_time_and_are_in_order_and_apart(given_spans: list[Span]) -> None:
    found = joined(given_spans)
    assert moments(found) == moments(given_spans)
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert joined(found) == found


def moments(spans: Sequence[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def test_the_cursor_begins_where_the_first_job_does() -> None:
    assert StreamState().cursor is None
    state = begun((20, 30), (30, 40))
    assert (state.cursor, list(state.covered)) == (20, [])
    assert state.begun(job((0, 10), run=LATE + 1)).cursor == 20, "a later job does not move it"


def test_the_cursor_never_jumps_a_gap() -> None:
    state = begun((0, 10), (10, 20), (20, 30))
    assert pulled(state, (10, 20)).cursor == 0
    assert pulled(state, (10, 20), (20, 30)).cursor == 0
    assert pulled(state, (10, 20), (20, 30), (0, 10)).cursor == 30


def test_the_cursor_does_not_go_back_for_what_was_pulled_before_it_began() -> None:
    state = pulled(begun((50, 60)), (50, 60))
    early = state.begun(job((0, 10), (10, 20), run=LATE + 1))
    done = pulled(early, (0, 10), (10, 20), run=LATE + 1)
    assert (done.cursor, list(done.covered)) == (60, [(0, 20), (50, 60)])


def test_a_window_that_begins_before_the_cursor_carries_it_on() -> None:
    """Local days do not begin where a job does."""
    state = StreamState().begun(Job(run=LATE, start=15, end=25, windows=1, waiting=[(10, 25)]))
    assert pulled(state, (10, 25)).cursor == 25


def test_what_lies_ahead_of_the_run_is_not_covered() -> None:
    state = begun((0, 10), (10, 20), (20, 30), run=15)
    done = pulled(state, (0, 10), (10, 20), (20, 30), run=15)
    assert (done.cursor, list(done.covered)) == (15, [(0, 15)])
    assert done.jobs[15].is_over


# ---- what happens twice


@given(st.permutations([(0, 10), (10, 20), (20, 30)]), st.integers(0, 2), st.booleans())
def test_the_same_again_changes_nothing(order: list[Span], again: int, fails: bool) -> None:
    state = begun(*sorted(order))
    for window in order[: again + 1]:
        state = state.failed(LATE, failure(window)) if fails else pulled(state, window)
    repeated = order[again]
    assert pulled(state, repeated) is state
    assert state.failed(LATE, failure(repeated, at=LATE + 9)) is state


@pytest.mark.parametrize(("run", "window"), [(LATE, (5, 15)), (LATE + 1, (0, 10)), (LATE, (10, 20))])
def test_what_nobody_waits_for_changes_nothing(run: int, window: Span) -> None:
    state = begun((0, 10))
    assert not state.waits_for(run, window)
    assert state.pulled(run, window, FEW, at=1) is state
    assert state.failed(run, failure(window)) is state


def test_windows_of_one_job_are_no_windows_of_another() -> None:
    state = begun((0, 10)).begun(job((0, 10), run=LATE + 1))
    done = pulled(state, (0, 10))
    assert not done.waits_for(LATE, (0, 10))
    assert done.waits_for(LATE + 1, (0, 10))
    assert pulled(done, (0, 10), run=LATE + 1).counts == FEW + FEW, "both have read"


# ---- what fails


def test_a_failure_keeps_the_cursor_and_a_later_success_of_the_same_time_moves_it() -> None:
    state = begun((0, 10), (10, 20), (20, 30))
    state = pulled(state, (0, 10), (20, 30)).failed(LATE, failure((10, 20)))
    assert (state.cursor, state.last_error, state.last_success) == (10, failure((10, 20)), LATE + 5)
    [only] = state.jobs.values()
    assert (only.is_over, list(only.failed), only.counts) == (True, [failure((10, 20))], FEW + FEW)
    again = state.begun(job((8, 22), run=LATE + 1))
    assert again.cursor == 10
    done = pulled(again, (8, 22), run=LATE + 1)
    assert (done.cursor, list(done.covered)) == (30, [(0, 30)])
    assert done.last_error == failure((10, 20)), "it says when, so that one sees that it is over"


def test_counts_are_added_for_the_job_and_for_the_stream() -> None:
    first = pulled(begun((0, 10), (10, 20)), (0, 10), (10, 20))
    second = pulled(first.begun(job((20, 30), run=LATE + 1)), (20, 30), run=LATE + 1)
    assert second.counts == FEW + FEW + FEW
    assert second.jobs[LATE + 1].counts == FEW
    every_field = Counts(1, 2, 3, 4, 5) + Counts(10, 20, 30, 40, 50)
    assert every_field == Counts(11, 22, 33, 44, 55)


# ---- what is remembered


def test_of_the_jobs_that_are_over_only_the_last_is_remembered() -> None:
    state = StreamState()
    for run in range(LATE, LATE + 5):
        state = pulled(state.begun(job((0, 10), run=run)), (0, 10), run=run)
        assert list(state.jobs) == [run]


def test_a_job_that_is_over_is_shown_until_the_next_one_begins_or_ends() -> None:
    state = pulled(begun((0, 10)), (0, 10))
    both = state.begun(job((0, 10), run=LATE + 1)).begun(job((0, 10), run=LATE + 2))
    assert set(both.jobs) == {LATE + 1, LATE + 2}
    late = pulled(both, (0, 10), run=LATE + 2)
    assert set(late.jobs) == {LATE + 1, LATE + 2}, "the one that waits stays"
    assert set(pulled(late, (0, 10), run=LATE + 1).jobs) == {LATE + 1}


def test_the_day_on_which_all_was_settled_is_kept_until_the_next() -> None:
    state = StreamState().begun(job((0, 10)), settled="2026-11-20")
    assert state.begun(job((0, 10), run=LATE + 1)).settled == "2026-11-20"
    assert state.begun(job((0, 10), run=LATE + 1), settled="2026-11-21").settled == "2026-11-21"


# ---- whatever the order

EDGES = st.lists(st.integers(0, 60), min_size=2, max_size=10, unique=True).map(sorted)


@st.composite
def histories(draw: Any) -> tuple[list[tuple[int, list[Span]]], list[tuple[int, Span, bool]]]:
    """A few jobs, each of which cuts its own range, and an order in which their windows end, well or not."""
    jobs = []
    for number in range(draw(st.integers(1, 3))):
        edges = draw(EDGES)
        jobs.append((LATE + number, list(pairwise(edges))))
    ends = [(run, window, draw(st.booleans())) for run, windows in jobs for window in windows]
    repeated = ends + draw(st.lists(st.sampled_from(ends), max_size=4))
    return jobs, draw(st.permutations(repeated))


@given(histories())
def test_the_cursor_is_the_end_of_the_contiguous_part(
    history: tuple[list[tuple[int, list[Span]]], list[tuple[int, Span, bool]]],
) -> None:
    """Whatever the order in which windows end, and however often they are delivered."""
    jobs, ends = history
    state = StreamState()
    for run, windows in jobs:
        state = state.begun(job(*windows, run=run))
    first = jobs[0][1][0][0]
    done: list[Span] = []
    over: set[tuple[int, Span]] = set()
    for run, window, well in ends:
        before = state
        state = state.pulled(run, window, FEW, at=1) if well else state.failed(run, failure(window))
        if (run, window) in over:
            assert state is before
            continue
        over.add((run, window))
        done += [window] if well else []
        there = moments(done)
        assert state.cursor == next(at for at in range(first, 62) if at not in there)
        assert moments(state.covered) == there
        assert state.counts.rows == FEW.rows * len(done)
        waiting = sum(len(each.waiting) for each in state.jobs.values())
        assert waiting == sum(len(windows) for _, windows in jobs) - len(over)
    assert all(each.is_over for each in state.jobs.values())
    assert len(state.jobs) == 1


@given(histories())
def test_the_order_decides_nothing_but_which_error_was_last(
    history: tuple[list[tuple[int, list[Span]]], list[tuple[int, Span, bool]]],
) -> None:
    jobs, ends = history
    once = {(run, window): well for run, window, well in reversed(ends)}
    found = []
    for order in (sorted(once), sorted(once, reverse=True)):
        state = StreamState()
        for run, windows in jobs:
            state = state.begun(job(*windows, run=run))
        for run, window in order:
            well = once[run, window]
            state = state.pulled(run, window, FEW, at=1) if well else state.failed(run, failure(window))
        found.append(replace(state, jobs={}, last_error=None))
    assert found[0] == found[1]


# ---- what is kept aside


def test_a_window_that_keeps_rows_aside_is_named_once_and_the_oldest_of_too_many_is_forgotten() -> None:
    state = StreamState().keeping((0, 5)).keeping((3, 8)).keeping((0, 5))
    assert state.aside == [(3, 8), (0, 5)]
    assert state.not_keeping([(0, 5), (1, 2)]).aside == [(3, 8)]
    assert state.not_keeping([]) is state
    for start in range(MOST_ASIDE):
        state = state.keeping((start, start + 9))
    assert (len(state.aside), state.aside[0]) == (MOST_ASIDE, (0, 9))
