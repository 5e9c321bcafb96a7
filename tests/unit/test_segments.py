"""Segments: rows survive being stored, and the digest of their content does not depend on how they came."""

import zlib
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.world import FACTS, World
from wallboard.adapters.dynamodb.segments import LARGEST, Encoded, LazyRaw, decode, encode
from wallboard.errors import CorruptData
from wallboard.model.facts import Rows

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(2**53), 2**53)
json_values = st.recursive(
    st.none() | st.booleans() | whole | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
NAMES = ("id", "version", "value", "deleted", "durations", "tags")


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    """Columns as kinds of facts have them: each of one type, with gaps."""
    count = draw(st.integers(1, 12))
    columns: dict[str, Any] = {"at": draw(st.lists(st.integers(0, 2**47), min_size=count, max_size=count))}
    kinds = [
        texts,
        whole,
        numbers,
        st.just(True),
        st.dictionaries(texts, whole, max_size=2),
        st.lists(texts, max_size=2),
    ]
    for name, kind in zip(NAMES, kinds, strict=True):
        if draw(st.booleans()):
            columns[name] = draw(st.lists(st.none() | kind, min_size=count, max_size=count))
    return Rows(count, columns)


unknown = st.none() | st.dictionaries(texts, json_values, min_size=1, max_size=3)


def restored(segments: list[Encoded]) -> tuple[Rows, list[Any]]:
    """All rows of these segments as they are read back, and the unknown fields of each."""
    parts = [decode(segment.data) for segment in segments]
    raw = [LazyRaw(each.raw) if each.raw else [None] * each.count for each in segments]
    return Rows.concat(parts), list(chain.from_iterable(raw))


@given(rows=rows(), data=st.data())
def test_any_rows_survive_being_stored(rows: Rows, data: st.DataObject) -> None:
    raw = data.draw(st.lists(unknown, min_size=rows.count, max_size=rows.count))
    read, fields = restored(list(encode(rows, raw)))
    assert read.count == rows.count
    assert {name: list(read.column(name)) for name in rows.columns} == rows.columns
    assert fields == raw


@pytest.mark.parametrize("value", [None, 0, 1, "", "each", 1.5, True, {"each": 1}, [1], {}])
def test_a_column_of_one_value_survives_being_stored_short(value: Any) -> None:
    rows = Rows(3, {"at": [5, 5, 5], "value": [value] * 3})
    [segment] = encode(rows, ())
    assert decode(segment.data) == rows


def test_rows_without_unknown_fields_take_no_bytes_for_them() -> None:
    [segment] = encode(Rows(2, {"at": [1, 2]}), [None, None])
    assert segment.raw == b""


def test_other_content_has_another_digest() -> None:
    rows = Rows(2, {"at": [1, 2], "bot": ["a", None]})
    variants = [
        encode(rows, ()),
        encode(rows, [{"x": 1}, None]),
        encode(rows, [None, {"x": 1}]),
        encode(Rows(2, {"at": [1, 2], "bot": [None, "a"]}), ()),
        encode(Rows(2, {"at": [1, 2], "bots": ["a", None]}), ()),
        encode(Rows(2, {"at": [1, 3], "bot": ["a", None]}), ()),
    ]
    assert len({segment.digest for variant in variants for segment in variant}) == len(variants)


# ---- the digest as deliveries have it


def events_of_one_hour() -> list[dict[str, Any]]:
    at = "2026-11-21T09:{:02}:00Z"
    conversations = [
        {"kind": "conversation", "id": f"c-{n}", "startedAt": at.format(n % 7), "botId": f"b-{n % 3}", "mood": n % 2}
        for n in range(12)
    ]
    messages = [
        {
            "kind": "message",
            "id": f"m-{n}",
            "createdAt": at.format(n % 9),
            "type": "user",
            "conversationId": f"c-{n % 12}",
            "conversationStartedAt": at.format(n % 7),
            **({"tokens": n} if n % 4 else {}),
        }
        for n in range(30)
    ]
    return [*conversations, *messages]


@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_digest_does_not_depend_on_the_order_in_which_events_came(chance: Random) -> None:
    world = World()
    world.push(*events_of_one_hour())
    written = world.store.written[FACTS]
    assert written == 2  # conversations, messages
    shuffled = events_of_one_hour()
    chance.shuffle(shuffled)
    world.at += 60_000
    world.push(*shuffled)
    assert world.store.written[FACTS] == written


def test_the_digest_does_not_depend_on_the_order_of_fields() -> None:
    world = World()
    event = {
        "kind": "contact",
        "id": "p",
        "createdAt": "2026-11-21T09:00:00Z",
        "mood": 1,
        "home": {"zip": 1, "town": "x"},
    }
    world.push(event)
    world.push({name: event[name] for name in reversed(event)} | {"home": {"town": "x", "zip": 1}})
    assert world.store.written[FACTS] == 1


def test_the_digest_does_not_depend_on_how_a_time_is_written() -> None:
    world = World()
    for at in ("2026-11-21T09:00:00Z", "2026-11-21T14:45:00+05:45", 1795251600000):
        world.push({"kind": "contact", "id": "p", "createdAt": at, "updatedAt": at})
    assert world.store.written[FACTS] == 1


# ---- large ones


def noise(length: int, seed: int = 0) -> str:
    """Text that cannot be compressed to less than 6 bits a letter."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(Random(seed).choices(letters, k=length))


@pytest.mark.parametrize("place", ["known", "unknown"])
def test_a_group_that_is_too_large_is_split_without_losing_a_row(place: str) -> None:
    count = 40
    texts = [noise(40_000, seed) for seed in range(count)]
    rows = Rows(count, {"at": list(range(count)), "id": [f"r-{n}" for n in range(count)]})
    raw: list[Any] = [{"text": text} for text in texts]
    if place == "known":
        rows, raw = Rows(count, {**rows.columns, "text": texts}), []
    segments = list(encode(rows, raw))
    assert len(segments) > 1
    assert all(len(segment.data) + len(segment.raw) <= LARGEST for segment in segments)
    read, fields = restored(segments)
    assert read == rows
    assert fields == (raw or [None] * count)


def test_a_single_giant_row_is_one_segment() -> None:
    rows = Rows(1, {"at": [1], "text": [noise(500_000)]})
    [segment] = encode(rows, ())
    assert len(segment.data) > LARGEST
    assert decode(segment.data) == rows


@pytest.mark.parametrize("data", [b"", b"{}", b"\x00" * 50, zlib.compress(b""), zlib.compress(b"[]")])
def test_other_bytes_are_called_corrupt(data: bytes) -> None:
    with pytest.raises(CorruptData, match="a segment cannot be read"):
        decode(data)


@pytest.mark.parametrize("content", [b'{"count": 2}', b'{"columns": {}}'])
def test_content_that_is_no_segment_is_called_corrupt(content: bytes) -> None:
    with pytest.raises(CorruptData, match="a segment cannot be read"):
        decode(zlib.compress(content))
