"""The fold: which rows count does not depend on how they were delivered, and merging segments changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from wallboard.measures.cubes import CUBES
from wallboard.measures.fold import fold, hour_digest, live_rows, merge_segments
from wallboard.model.facts import Rows, Segment

Record = dict[str, Any]
Delivery = tuple[int, list[Record]]

records = st.fixed_dictionaries(
    {"id": st.sampled_from("abc"), "source": st.sampled_from(["api", "crm"]), "at": st.integers(0, 2)},
    optional={
        "version": st.integers(0, 4),
        "deleted": st.just(True),
        "value": st.integers(0, 2),
        "raw": st.dictionaries(st.sampled_from("xy"), st.integers(0, 1), min_size=1),
    },
)
deliveries = st.lists(st.tuples(st.integers(0, 4), st.lists(records, min_size=1, max_size=4)), min_size=1, max_size=6)


def segment(received: int, records: Sequence[Record]) -> Segment:
    """One delivery: rows with a time of receipt; `raw` stands beside the row."""
    known = [{name: value for name, value in record.items() if name != "raw"} for record in records]
    return Segment(f"{received}", received, Rows.of(known), [record.get("raw") for record in records])


def row(id: str = "a", **more: Any) -> Record:
    return {"id": id, "source": "api", "at": 0, **more}


def told(rows: Rows) -> Counter[str]:
    """The rows as a bag, whatever their order and their columns."""
    columns = {name: column for name, column in rows.columns.items() if name != "received"}
    plain = [{name: column[place] for name, column in columns.items()} for place in range(rows.count)]
    return Counter(_text({name: value for name, value in each.items() if value is not None}) for each in plain)


def _text(record: Record) -> str:
    return to_json(dict(sorted(record.items()))).decode()


def winners(deliveries: Sequence[Delivery]) -> dict[tuple[str, str], list[Record]]:
    """Of each identity the contents that may win: those of the highest version."""
    receipts: dict[str, int] = {}
    said: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for received, batch in deliveries:
        for record in batch:
            said[record["source"], record["id"]].append(record)
            receipts[_text(record)] = min(receipts.get(_text(record), received), received)
    best = {}
    for identity, candidates in said.items():
        version = [record.get("version", receipts[_text(record)]) for record in candidates]
        best[identity] = [each for each, at in zip(candidates, version, strict=True) if at == max(version)]
    return best


@given(deliveries=deliveries)
def test_of_each_identity_the_highest_version_counts_unless_it_says_deleted(deliveries: list[Delivery]) -> None:
    found = live_rows([segment(*delivery) for delivery in deliveries])
    alive = dict(zip(zip(found.column("source"), found.column("id"), strict=True), range(found.count), strict=True))
    assert len(alive) == found.count
    for identity, candidates in winners(deliveries).items():
        if identity in alive:
            chosen = told(found.pick([alive[identity]]))
            contents = [told(segment(0, [each]).rows) for each in candidates if not each.get("deleted")]
            assert chosen in contents
        else:
            assert any(each.get("deleted") for each in candidates)


@given(deliveries=deliveries, chance=st.randoms(use_true_random=False))
def test_what_counts_does_not_depend_on_order_or_on_how_rows_are_spread(
    deliveries: list[Delivery], chance: Random
) -> None:
    together = live_rows([segment(*delivery) for delivery in deliveries])
    apart = [segment(received, [record]) for received, batch in deliveries for record in batch]
    chance.shuffle(apart)
    assert told(live_rows(apart)) == told(together)


@given(deliveries=deliveries, chance=st.randoms(use_true_random=False), later=deliveries)
def test_merging_segments_changes_nothing_then_or_later(
    deliveries: list[Delivery], chance: Random, later: list[Delivery]
) -> None:
    segments = [segment(*delivery) for delivery in deliveries]
    some = chance.sample(segments, chance.randrange(1, len(segments) + 1))
    merged = merge_segments(some)
    rest = [each for each in segments if all(each is not other for other in some)]
    after = [segment(*delivery) for delivery in later]
    assert told(live_rows([*rest, merged])) == told(live_rows(segments))
    assert told(live_rows([*after, merged, *rest])) == told(live_rows([*segments, *after]))


@given(deliveries=deliveries)
def test_merging_what_is_merged_gives_the_same_segment(deliveries: list[Delivery]) -> None:
    segments = [segment(*delivery) for delivery in deliveries]
    half = len(segments) // 2
    halves = [merge_segments(part) for part in (segments[:half], segments[half:]) if part]
    once, twice = merge_segments(segments), merge_segments(halves)
    assert _rows(once) == _rows(twice)


def _rows(segment: Segment) -> Counter[tuple[str, int]]:
    raw = segment.raw or [None] * segment.rows.count
    return Counter(
        (_text({name: column[place] for name, column in segment.rows.columns.items()} | {"raw": raw[place]}), at)
        for place, at in enumerate(segment.receipts())
    )


@given(deliveries=deliveries)
def test_a_merged_segment_has_every_content_once_with_its_first_receipt(deliveries: list[Delivery]) -> None:
    first: dict[str, int] = {}
    for received, batch in deliveries:
        for record in batch:
            first[_text(record)] = min(first.get(_text(record), received), received)
    merged = merge_segments([segment(*delivery) for delivery in deliveries])
    raw = merged.raw or [None] * merged.rows.count
    found = {}
    for place, at in enumerate(merged.receipts()):
        columns = {name: column[place] for name, column in merged.rows.columns.items() if name != "received"}
        found[_text({name: value for name, value in {**columns, "raw": raw[place]}.items() if value is not None})] = at
    assert found == first
    assert merged.rows.count == len(first)


# ---- one by one


def values(*deliveries: Delivery) -> list[Any]:
    """The values that count, the same in every order of delivery."""
    segments = [segment(*delivery) for delivery in deliveries]
    found = {tuple(sorted(live_rows(order).column("value"))) for order in permutations(segments)}
    assert len(found) == 1
    return list(found.pop())


def test_a_correction_that_says_when_beats_an_older_one_that_came_later() -> None:
    assert values((10, [row(version=5, value=1)]), (20, [row(version=4, value=2)])) == [1]


def test_without_a_version_the_later_receipt_counts() -> None:
    assert values((10, [row(value=1)]), (20, [row(value=2)])) == [2]


def test_the_time_of_receipt_competes_with_versions() -> None:
    assert values((10, [row(value=1)]), (5, [row(version=11, value=2)])) == [2]
    assert values((12, [row(value=1)]), (5, [row(version=11, value=2)])) == [1]


def test_a_second_delivery_does_not_beat_the_correction_that_came_in_between() -> None:
    assert values((10, [row(value=1)]), (20, [row(value=2)]), (30, [row(value=1)])) == [2]


def test_a_second_delivery_with_its_unknown_fields_in_another_order_does_not_beat_the_correction_either() -> None:
    """The order of the fields of a JSON object says nothing, and many clients write it anew each time."""
    original, again = row(value=1, raw={"x": 1, "y": 2}), row(value=1, raw={"y": 2, "x": 1})
    assert values((10, [original]), (20, [row(value=2)]), (30, [again])) == [2]


def test_a_deletion_removes_and_a_later_word_brings_back() -> None:
    assert values((10, [row(value=1)]), (20, [row(deleted=True)])) == []
    assert values((10, [row(value=1)]), (20, [row(deleted=True)]), (30, [row(value=3)])) == [3]


def test_a_deletion_that_came_before_what_it_deletes_still_removes_it() -> None:
    assert values((10, [row(deleted=True, version=50)]), (20, [row(value=1, version=40)])) == []


def test_a_deletion_leaves_the_same_id_of_another_source_alone() -> None:
    assert values((10, [row(value=1), row(value=2, source="crm")]), (20, [row(deleted=True)])) == [2]


def test_a_tie_is_decided_the_same_way_whoever_came_first() -> None:
    tied = [(10, [row(version=7, value=value)]) for value in (1, 2, 3)]
    assert len(values(*tied)) == 1


def test_no_segments_hold_no_rows() -> None:
    assert live_rows([]).count == 0


# ---- the fold as a whole


@pytest.mark.parametrize("name", CUBES)
def test_an_hour_without_facts_has_no_cells(name: str) -> None:
    assert fold(CUBES[name], {}) == {}


def test_the_digest_of_an_hour_names_exactly_its_segments() -> None:
    cube = CUBES["conversations"]
    digest = hour_digest(cube, {"conversation": ["a", "b"], "turn": ["c"]})
    assert hour_digest(cube, {"turn": ["c"], "conversation": ["b", "a"]}) == digest
    others = [
        {"conversation": ["a", "b"]},
        {"conversation": ["a", "c"], "turn": ["b"]},
        {"conversation": ["a"], "turn": ["b", "c"]},
        {"conversation": ["a", "b"], "turn": ["c", "c"]},
        {"conversation": ["ab"], "turn": ["c"]},
    ]
    assert digest not in {hour_digest(cube, other) for other in others}


@settings(max_examples=50)
@given(chance=st.randoms(use_true_random=False), names=st.sets(st.sampled_from(list(CUBES)), min_size=1))
def test_cells_do_not_depend_on_the_order_of_rows(chance: Random, names: set[str]) -> None:
    def some(kind: str, count: int) -> list[Record]:
        return [
            row(
                f"{kind}-{n}",
                at=n * 240_000,
                bot=chance.choice(["a", "b", None]),
                contact=chance.choice(["p", "q", None]),
                conversation=f"conversation-{n % 5}",
                conversation_started_at=n % 3 * 1_000_000,
                type=chance.choice(["user", "bot", "x_TOKEN"]),
                name="call",
                count=n,
                tokens=chance.choice([None, n]),
                value=chance.choice([-1.0, 0.0, 2.5]),
            )
            for n in range(count)
        ]

    facts = {kind: some(kind, 12) for name in names for kind in CUBES[name].kinds}
    shuffled = {kind: chance.sample(rows, len(rows)) for kind, rows in facts.items()}
    for name in names:
        cells = fold(CUBES[name], {kind: Rows.of(rows) for kind, rows in facts.items()})
        assert fold(CUBES[name], {kind: Rows.of(rows) for kind, rows in shuffled.items()}) == cells
