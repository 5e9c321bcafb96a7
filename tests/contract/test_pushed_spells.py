"""Pushed spells: cut at full hours, whatever is said of them, in whatever order, and however often."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.centre import spell
from tests.contract.doors import Doors
from tests.contract.records import listed
from tests.fakes.world import FACTS, World
from wallboard.adapters.dynamodb.keys import bucket_of
from wallboard.errors import TryAgain
from wallboard.measures.fold import live_rows
from wallboard.model.time import HOUR, iso, parse_instant
from wallboard.runtime import wiring
from wallboard.services.store_changes import LONGEST_SPELL

Event = dict[str, Any]
MINUTE = 60_000
NINE = parse_instant("2026-11-20T09:00:00Z")


def log_in(began: str, ended: str | None, **more: Any) -> Event:
    event = spell("session", "s", "ann", "login", f"2026-11-20T{began}:00Z", f"2026-11-20T{ended}:00Z", **more)
    return event if ended else {name: value for name, value in event.items() if name != "endedAt"}


def told(*words: Event) -> World:
    """A world in which these words came one after the other, a minute apart."""
    world = World()
    for word in words:
        world.at += MINUTE
        assert not world.push(word).rejected
    return world


def shape(world: World, kind: str = "session") -> list[tuple[Any, ...]]:
    """Beginning and end of each piece, as times of the day; of a status its word too."""
    buckets = [bucket_of(partition) for partition, items in world.store.tables[FACTS].items() if items]
    found = world.parts.facts.read([bucket for bucket in buckets if bucket.kind == kind])
    rows = [row for segments in found.values() for row in live_rows(segments).records()]
    for row in rows:
        assert row["id"] == f"s@{row['at'] // HOUR}"
        assert row["at"] <= (row["ended_at"] or row["at"]) <= (row["at"] // HOUR + 1) * HOUR
    ordered = sorted(rows, key=lambda row: int(row["at"]))
    return [
        (iso(row["at"])[11:16], row["ended_at"] and iso(row["ended_at"])[11:16], *filter(None, [row["status"]]))
        for row in ordered
    ]


def written(world: World) -> int:
    return len([record for record in world.store.stream if record["table"] == FACTS])


LONG, SHORT = log_in("09:40", "12:10"), log_in("09:40", "10:20")
OF_LONG = [("09:40", "10:00"), ("10:00", "11:00"), ("11:00", "12:00"), ("12:00", "12:10")]
OF_SHORT = [("09:40", "10:00"), ("10:00", "10:20")]
V1, V2, V3 = ({"updatedAt": f"2026-11-20T1{hour}:00:00Z"} for hour in (3, 4, 5))


def test_a_spell_is_cut_at_full_hours_and_what_nobody_knows_stands_on_its_first_piece() -> None:
    world = told(LONG | {"note": "x"})
    assert shape(world) == OF_LONG
    wiring.use(world.parts)
    try:
        [item] = listed(Doors(world), "session", from_="2026-11-20", to="2026-11-21")
    finally:
        wiring.use(None)
    assert (item["id"], item["startedAt"][11:16], item["endedAt"][11:16]) == ("s", "09:40", "12:10")
    assert (item["unknown"], item["updatedAt"]) == ({"note": "x"}, None)


def test_an_open_spell_is_one_piece_without_a_length_until_it_ends() -> None:
    assert shape(told(log_in("09:40", None))) == [("09:40", None)]
    assert shape(told(log_in("09:40", None), LONG)) == OF_LONG


def test_a_spell_that_ends_on_the_hour_does_not_reach_into_the_next() -> None:
    assert shape(told(log_in("09:00", "10:00"))) == [("09:00", "10:00")]
    assert shape(told(log_in("09:00", "09:00"))) == [("09:00", "09:00")]


def test_a_later_word_takes_the_place_of_an_earlier_one() -> None:
    assert shape(told(LONG, SHORT)) == OF_SHORT
    assert shape(told(SHORT, LONG)) == OF_LONG
    assert shape(told(LONG, log_in("09:40", None))) == [("09:40", None)]
    assert shape(told(LONG, log_in("09:40", "09:50"))) == [("09:40", "09:50")]


def test_a_beginning_that_moves_takes_the_pieces_before_it_away() -> None:
    later, earlier = log_in("11:20", "12:10"), log_in("08:50", "10:20")
    assert shape(told(LONG, later)) == [("11:20", "12:00"), ("12:00", "12:10")]
    assert shape(told(LONG, earlier)) == [("08:50", "09:00"), ("09:00", "10:00"), ("10:00", "10:20")]
    assert shape(told(LONG | V1, later | V3, earlier | V2)) == shape(told(later))


def test_what_is_said_again_changes_nothing_and_writes_nothing() -> None:
    world = told(LONG, SHORT)
    before = written(world)
    for word in (LONG, SHORT, LONG):
        world.at += MINUTE
        world.push(word)
    assert (shape(world), written(world)) == (OF_SHORT, before)


def test_a_spell_that_is_deleted_has_no_pieces() -> None:
    gone = LONG | {"deleted": True}
    assert shape(told(LONG, gone)) == shape(told(LONG, gone, LONG)) == []
    assert shape(told(LONG | V1, gone | V3, SHORT | V2)) == []
    assert shape(told(LONG | V1, gone | V2, SHORT | V3)) == OF_SHORT
    assert shape(told(LONG, log_in("09:40", "08:00", deleted=True))) == []


def test_a_spell_is_moved_by_deleting_it_where_it_was_and_sending_it_anew() -> None:
    """Decision 1, in either order, in one body, and to an earlier hour as well as to a later one."""
    for before, after in ((LONG, log_in("10:05", "12:10")), (log_in("10:05", "12:10"), LONG)):
        wanted = shape(told(after))
        gone = before | {"deleted": True}
        for words in permutations((before | V1, gone | V3, after | V2)):
            assert shape(told(*words)) == wanted, words
        world = told(before)
        world.at += MINUTE
        world.push(gone, after)
        assert shape(world) == wanted


def test_spells_of_one_id_that_share_no_hour_are_two() -> None:
    morning, evening = log_in("08:10", "09:30"), log_in("18:10", "19:30")
    wanted = [("08:10", "09:00"), ("09:00", "09:30"), ("18:10", "19:00"), ("19:00", "19:30")]
    assert shape(told(morning, evening)) == wanted
    world = World()
    world.push(morning, evening)
    assert shape(world) == wanted


@pytest.mark.parametrize(
    ("length", "problem"),
    [
        (-1, "endedAt: is before the beginning"),
        (LONGEST_SPELL + 1, "endedAt: is more than 92 days after the beginning"),
    ],
)
def test_a_spell_that_cannot_be_cut_is_rejected_by_the_name_of_its_end(length: int, problem: str) -> None:
    start = NINE - 100 * 24 * HOUR
    world = World()
    bad = spell("status", "s", "ann", "busy", start, start + length)
    receipt = world.push(bad, LONG)
    [rejection] = receipt.rejected
    assert (receipt.accepted, rejection.index, rejection.id, rejection.code) == (1, 0, "s", "INVALID")
    assert (rejection.field, rejection.message) == ("endedAt", problem)
    assert shape(world) == OF_LONG
    assert not world.push({**bad, "endedAt": start + LONGEST_SPELL}).rejected


def test_a_push_that_failed_half_way_is_told_again_and_has_the_time_of_its_first_receipt() -> None:
    """Between its first piece and the others came another word, which is the later one."""
    world = World()
    facts = world.parts.facts

    class Failing:
        appended = 0

        def append(self, *groups: Any, **more: Any) -> int:
            self.appended += 1
            if self.appended == 2:
                raise TryAgain("the store refuses for now")
            return facts.append(*groups, **more)

        def __getattr__(self, name: str) -> Any:
            return getattr(facts, name)

    world.parts = replace(world.parts, facts=Failing())
    with pytest.raises(TryAgain):
        world.push(LONG)
    assert shape(world) == OF_LONG[:1]
    world.at += MINUTE
    world.push(log_in("09:40", "10:20"))
    for _ in range(2):
        world.at += MINUTE
        world.push(LONG)
        assert shape(world) == OF_SHORT


def test_what_is_no_spell_is_stored_without_reading() -> None:
    world = World()
    reads: list[str] = []
    query = world.store.query

    def counted(**request: Any) -> Any:
        reads.append(request["TableName"])
        return query(**request)

    world.store.query = counted
    world.push({"kind": "message", "id": "m", "conversationId": "c", "createdAt": NINE, "type": "user"})
    assert reads == []
    world.push(SHORT)
    assert set(reads) == {FACTS}


STARTS = st.sampled_from([NINE - 20 * MINUTE, NINE, NINE + 40 * MINUTE, NINE + 50 * MINUTE])
LENGTHS = st.sampled_from([None, 0, 10, 60, 61, 130, 200]).map(lambda minutes: minutes and minutes * MINUTE)


@st.composite
def words(draw: st.DrawFn) -> list[Event]:
    """Words about one spell, each later than those before, or as old where these begin in the same hour, or one is deleted."""
    said, version = list[Event](), NINE
    for number in range(draw(st.integers(1, 4))):
        start, length = draw(STARTS), draw(LENGTHS)
        end = {} if length is None else {"endedAt": start + length}
        gone = {"deleted": True} if draw(st.integers(0, 4)) == 0 else {}
        as_old = [word for word in said if word["updatedAt"] == version and not (gone or word.get("deleted"))]
        is_clear = all(word["startedAt"] // HOUR == start // HOUR for word in as_old)
        version += draw(st.sampled_from([MINUTE, MINUTE, 0])) if is_clear else MINUTE
        about = {"kind": "status", "id": "s", "agentId": "a", "status": f"w{number}", "startedAt": start}
        said.append({**about, **end, **gone, "updatedAt": version})
    return said


@given(words(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(said: list[Event], chance: Any) -> None:
    shuffled = [*said, *said]
    chance.shuffle(shuffled)
    found = shape(told(*shuffled), "status")
    assert found == shape(told(*said), "status")
    hours, versions = ({word[name] // unit for word in said} for name, unit in (("startedAt", HOUR), ("updatedAt", 1)))
    if len(hours) == 1 and len(versions) == len(said):
        assert found == ([] if said[-1].get("deleted") else shape(told(said[-1]), "status"))


@given(words(), st.randoms(use_true_random=False))
def test_two_workers_at_once_leave_what_one_after_the_other_leaves(said: list[Event], chance: Any) -> None:
    """Whatever is written while another is between its writing and its reading. They speak of beginnings in one hour."""
    said = [word | {"startedAt": NINE + 40 * MINUTE} for word in said]
    said = [word for word in said if word.get("endedAt", NINE + HOUR) >= word["startedAt"]]
    if len(said) < 2:
        return
    world = World()
    query, waiting = world.store.query, said[1:]

    def meanwhile(**request: Any) -> Any:
        if waiting and chance.random() < 0.5:
            world.push(waiting.pop())
        return query(**request)

    world.store.query = meanwhile
    world.push(said[0])
    while waiting:
        world.push(waiting.pop())
    world.store.query = query
    assert shape(world, "status") == shape(told(*said), "status")
