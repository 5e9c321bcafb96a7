"""What the adapters promise, on the fake, on moto, and on a real local server."""

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from local.ministack import Ministack
from local.resources import create_resources
from local.template import Template
from tests.fakes.dynamodb import FakeDynamoDB
from wallboard.adapters.dynamodb.facts import DynamoFacts
from wallboard.adapters.dynamodb.rollups import DynamoRollups
from wallboard.adapters.dynamodb.state import DynamoDirectory, DynamoGauges, DynamoKeys
from wallboard.adapters.dynamodb.table import Table
from wallboard.errors import Conflict
from wallboard.measures.blocks import Block, FoldedHour
from wallboard.measures.cube import Cells
from wallboard.measures.cubes import CUBES
from wallboard.measures.fold import live_rows
from wallboard.model.facts import Bucket, Rows
from wallboard.model.gauges import Gauge
from wallboard.services.keys import new_key, recognise, register
from wallboard.services.ports import Versioned

BUCKET = Bucket("acme", "rating", "2026-11-21T09")
START = 1_795_251_600_000  # that hour
NOW = START + 3_600_000
DAY = "2026-11-21"

Tables = Callable[[str], Table]


def of_client(client: Any, names: dict[str, Any]) -> Tables:
    return lambda name: Table(client, names[name])


@pytest.fixture(params=["fake", "moto", "ministack"])
def tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    """Three empty tables, made from template.yaml."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    names = {"FactsTable": "FactsTable", "RollupsTable": "RollupsTable", "StateTable": "StateTable"}
    if request.param == "fake":
        yield of_client(FakeDynamoDB(), names)
    elif request.param == "moto":
        with mock_aws():
            create_resources(_moto, Template())
            yield of_client(_moto("dynamodb"), names)
    else:
        if not Path(os.environ.get("WALLBOARD_MINISTACK", ".tools/ministack/bin/ministack")).exists():
            pytest.skip("ministack is not installed; `make test` installs it")
        with Ministack() as server:

            def client(service: str) -> Any:
                return _session().create_client(service, endpoint_url=server.url)

            create_resources(client, Template())
            yield of_client(client("dynamodb"), names)


def _session() -> Any:
    return botocore.session.get_session()


def _moto(service: str) -> Any:
    return _session().create_client(service)


def ratings(*values: tuple[str, float], **columns: list[Any]) -> Rows:
    rows: dict[str, list[Any]] = {
        "id": [name for name, _ in values],
        "source": ["api"] * len(values),
        "at": [START + place for place in range(len(values))],
        "value": [value for _, value in values],
    }
    return Rows(len(values), {**rows, **columns})


def test_facts_are_read_back_and_appended_only_once(tables: Tables) -> None:
    facts = DynamoFacts(tables("FactsTable"), 400)
    group = (BUCKET, ratings(("a", 1), ("b", -1)), [None, {"vendor": {"x": [1, "ü"]}}])
    assert facts.append([group], received=NOW) == 1
    assert facts.append([group], received=NOW + 5) == 0
    [segment] = facts.read([BUCKET])[BUCKET]
    assert segment.received == NOW, "the first receipt stays"
    assert segment.rows.columns["id"] == ["a", "b"]
    assert list(segment.raw) == [None, {"vendor": {"x": [1, "ü"]}}]


def test_a_bucket_of_several_pages_is_read_whole(tables: Tables) -> None:
    facts = DynamoFacts(tables("FactsTable"), 400)
    for part in range(5):
        columns = {"reason": [os.urandom(150_000).hex()]}  # incompressible by half: 1.5 MB in all, pages hold 1 MB
        facts.append([(BUCKET, ratings((f"r{part}", 1), **columns), ())], received=NOW)
    found = facts.read([BUCKET, Bucket("acme", "rating", "2026-11-21T10")])
    assert sorted(segment.rows.columns["id"][0] for segment in found[BUCKET]) == [f"r{part}" for part in range(5)]
    assert found[Bucket("acme", "rating", "2026-11-21T10")] == []


def test_a_large_group_is_split_into_segments_that_fit(tables: Tables) -> None:
    facts = DynamoFacts(tables("FactsTable"), 400)
    rows = ratings(*((f"r{place}", 1.0) for place in range(8)), reason=[os.urandom(60_000).hex() for _ in range(8)])
    assert facts.append([(BUCKET, rows, ())], received=NOW) > 1
    assert sum(segment.rows.count for segment in facts.read([BUCKET])[BUCKET]) == 8


def test_compaction_keeps_every_row_and_its_receipt(tables: Tables) -> None:
    facts = DynamoFacts(tables("FactsTable"), 400, worth_merging=4)
    for place in range(5):
        raw = [{"place": place}]
        facts.append([(BUCKET, ratings((f"r{place % 3}", float(place))), raw)], received=START + place)
    before = live_rows(facts.read([BUCKET])[BUCKET])
    assert facts.compact(BUCKET, now=NOW)
    [merged] = facts.read([BUCKET])[BUCKET]
    assert sorted(merged.receipts()) == [START + place for place in range(5)]
    after = live_rows([merged])
    assert sorted(zip(after.column("id"), after.column("value"), strict=True)) == sorted(
        zip(before.column("id"), before.column("value"), strict=True)
    )
    assert not facts.compact(BUCKET, now=NOW), "one segment is nothing to merge"


def test_what_has_just_been_received_is_not_compacted(tables: Tables) -> None:
    facts = DynamoFacts(tables("FactsTable"), 400, worth_merging=2)
    for place in range(3):
        facts.append([(BUCKET, ratings((f"r{place}", 1.0)), ())], received=NOW)
    assert not facts.compact(BUCKET, now=NOW + 60_000)


def block(cells: dict[Any, Any], cube: str = "ratings") -> Block:
    hours = [FoldedHour(9, cells, b"12345678", START)]
    return Block(CUBES[cube], DAY).with_hours(hours)


def test_a_block_replaces_what_was_loaded_and_nothing_else(tables: Tables) -> None:
    rollups = DynamoRollups(tables("RollupsTable"))
    cube = CUBES["ratings"]
    nothing = rollups.load("acme", cube, DAY)
    assert nothing.version == 0
    rollups.save("acme", block({("b", 36): (3, 2, 1)}), replaces=nothing)
    with pytest.raises(Conflict):
        rollups.save("acme", block({("b", 36): (9, 9, 9)}), replaces=nothing)
    stored = rollups.load("acme", cube, DAY)
    assert dict(stored.block.cells()) == {("b", 36): (3, 2, 1)}
    assert stored.block.hours == {9: b"12345678"}
    rollups.save("acme", block({("b", 37): (1, 0, 0)}), replaces=stored)
    with pytest.raises(Conflict):
        rollups.save("acme", block({("b", 36): (9, 9, 9)}), replaces=stored)
    [read] = rollups.read("acme", {"ratings": [DAY]})["ratings"]
    assert dict(read.cells()) == {("b", 37): (1, 0, 0)}
    assert rollups.read("other", {"ratings": [DAY]}) == {"ratings": []}


def test_a_block_beyond_one_item_is_written_whole_and_shrinks_again(tables: Tables) -> None:
    rollups = DynamoRollups(tables("RollupsTable"))
    cube = CUBES["contacts"]
    people = {int.from_bytes(os.urandom(8), "big") for _ in range(8_000)}
    large: Cells = {(quarter,): (people, []) for quarter in range(36, 96, 4)}
    rollups.save("acme", block(large, "contacts"), replaces=rollups.load("acme", cube, DAY))
    stored = rollups.load("acme", cube, DAY)
    assert stored.parts > 1
    assert dict(stored.block.cells()) == large
    assert dict(rollups.read("acme", {"contacts": None})["contacts"][0].cells()) == large
    with pytest.raises(Conflict):
        rollups.save(
            "acme", block(large, "contacts"), replaces=Versioned(stored.block, stored.version + 1, stored.parts)
        )
    rollups.save("acme", block({(36,): ({1}, [])}, "contacts"), replaces=stored)
    [small] = rollups.read("acme", {"contacts": None})["contacts"]
    assert dict(small.cells()) == {(36,): ({1}, [])}
    assert rollups.load("acme", cube, DAY).parts == 1


def test_all_time_reads_every_month_that_was_ever_written(tables: Tables) -> None:
    rollups = DynamoRollups(tables("RollupsTable"))
    cube = CUBES["contacts"]
    for day in ("2024-02-29", "2026-10-31", "2026-11-01"):
        hours = [FoldedHour(0, {(0,): ({1}, [])}, b"12345678", 0)]
        rollups.save("acme", Block(cube, day).with_hours(hours), replaces=rollups.load("acme", cube, day))
    days = [block.day for block in rollups.read("acme", {"contacts": None})["contacts"]]
    assert days == ["2024-02-29", "2026-10-31", "2026-11-01"]


def test_the_highest_version_of_a_name_stays_whatever_the_order(tables: Tables) -> None:
    directory = DynamoDirectory(tables("StateTable"))
    thing = ("bot", "b#1/ü")
    directory.learn("acme", {thing: (None, 0)})
    assert directory.names("acme", [thing]) == {thing: None}, "heard of, without a name"
    for name, version in (("New", 20), ("Old", 10), ("Newest", 20)):
        directory.learn("acme", {thing: (name, version)})
    directory.learn("acme", {thing: (None, 0)})
    assert directory.names("acme", [thing, ("bot", "other")]) == {thing: "Newest"}, "of one version the greater stays"
    assert directory.names("other", [thing]) == {}


def test_names_are_read_beyond_one_batch(tables: Tables) -> None:
    directory = DynamoDirectory(tables("StateTable"))
    things = [("bot", f"b{place}") for place in range(230)]
    directory.learn("acme", dict.fromkeys(things, ("Bee", 1)))
    assert len(directory.names("acme", things)) == 230


def test_an_older_gauge_never_replaces_a_newer_one(tables: Tables) -> None:
    table = tables("StateTable")
    gauges = DynamoGauges(table)
    gauges.put("acme", [Gauge("dataset", "d", 20, {"count": 2})])
    gauges.put("acme", [Gauge("dataset", "d", 10, {"count": 1}), Gauge("dataset", "e", 10, {"count": 5})])
    stored = {item["sk"]["S"]: item["content"]["S"] for item in table.query("acme#gauge#dataset")}
    assert stored == {"d": '{"count":2}', "e": '{"count":5}'}


def test_gauges_are_read_live_only_and_in_the_order_of_their_ids(tables: Tables) -> None:
    gauges = DynamoGauges(tables("StateTable"))
    kept = [Gauge("dataset", name, 10, {"name": f"Ünï {name}", "count": 3}) for name in ("B", "a", "a#1", "é", "🙂")]
    gauges.put("acme", [*kept[::-1], Gauge("file", "f", 10, {"limit": 5}), Gauge("dataset", "gone", 10, {"count": 9})])
    gauges.put("acme", [Gauge("dataset", "gone", 20, {"deleted": True})])
    gauges.put("other", [Gauge("dataset", "theirs", 10, {"count": 1})])
    found = gauges.read("acme", ["dataset", "file", "record"])
    assert found == {"dataset": kept, "file": [Gauge("file", "f", 10, {"limit": 5})], "record": []}
    assert gauges.read("acme", []) == {}
    gauges.put("acme", [Gauge("dataset", "gone", 30, {"count": 1})])
    assert [each.id for each in gauges.read("acme", ["dataset"])["dataset"]] == ["B", "a", "a#1", "gone", "é", "🙂"]


def saved(
    rollups: DynamoRollups, cube: str, day: str, hours: dict[int, int | None], cells: Cells | None = None
) -> None:
    """Puts hours of a day in place, each with the latest anchor of its facts."""
    stored = rollups.load("acme", CUBES[cube], day)
    folded = [FoldedHour(hour, (cells or {}) if at else {}, b"12345678", at) for hour, at in hours.items()]
    rollups.save("acme", stored.block.with_hours(folded), replaces=stored)


def test_the_newest_of_a_cube_is_the_latest_anchor_of_its_last_day_with_facts(tables: Tables) -> None:
    rollups = DynamoRollups(tables("RollupsTable"))
    assert rollups.newest("acme", ["ratings", "messages"]) == {}
    saved(rollups, "ratings", "2026-10-31", {22: 700, 23: 600})
    saved(rollups, "ratings", "2026-11-20", {0: 900, 9: 950})
    saved(rollups, "ratings", "2026-11-19", {5: 800})
    saved(rollups, "usage", "2024-02-29", {5: 100})
    assert rollups.newest("acme", ["usage", "ratings", "messages"]) == {"usage": 100, "ratings": 950}
    assert rollups.newest("acme", []) == rollups.newest("other", ["ratings"]) == {}


def test_a_month_whose_facts_are_all_deleted_leaves_the_newest_to_the_month_before(tables: Tables) -> None:
    rollups = DynamoRollups(tables("RollupsTable"))
    for day, at in (("2026-09-30", 700), ("2026-11-20", 900), ("2026-11-21", 950)):
        saved(rollups, "ratings", day, {9: at})
    saved(rollups, "ratings", "2026-11-21", {9: None})
    assert rollups.newest("acme", ["ratings"]) == {"ratings": 900}
    saved(rollups, "ratings", "2026-11-20", {9: None})
    assert rollups.newest("acme", ["ratings"]) == {"ratings": 700}
    saved(rollups, "ratings", "2026-09-30", {9: None})
    assert rollups.newest("acme", ["ratings"]) == {}


def test_the_newest_of_a_block_beyond_one_item_is_known(tables: Tables) -> None:
    rollups = DynamoRollups(tables("RollupsTable"))
    people = {int.from_bytes(os.urandom(8), "big") for _ in range(8_000)}
    large: Cells = {(quarter,): (people, []) for quarter in range(36, 76, 4)}
    saved(rollups, "contacts", DAY, {9: 950}, large)
    assert rollups.load("acme", CUBES["contacts"], DAY).parts > 1
    assert rollups.newest("acme", ["contacts"]) == {"contacts": 950}


def test_a_partition_is_read_forwards_backwards_between_and_in_part(tables: Tables) -> None:
    """Backwards the pages are short, and still all of them come."""
    table = tables("StateTable")
    sorts = ["01", "02", "02#01", "10", "é", "🙂"]
    for place, sort in enumerate(sorts[::-1]):
        table.put({"pk": {"S": "p"}, "sk": {"S": sort}, "v": {"N": str(place)}, "b": {"B": b"x" * 200_000}})
    table.put({"pk": {"S": "q"}, "sk": {"S": "00"}, "w": {"N": "1"}})

    def read(**how: Any) -> list[str]:
        return [item["sk"]["S"] for item in table.query("p", **how)]

    assert read() == sorts
    assert read(backwards=True) == sorts[::-1]
    assert read(between=("02", "10")) == ["02", "02#01", "10"]
    assert read(between=("02", "10"), backwards=True, consistent=True) == ["10", "02#01", "02"]
    assert next(table.query("p", backwards=True))["sk"] == {"S": "🙂"}
    assert list(table.query("nothing", backwards=True)) == []
    versions = [{"sk": {"S": sort}, "v": {"N": str(place)}} for place, sort in enumerate(sorts[::-1])]
    assert list(table.query("p", backwards=True, only=("sk", "v"))) == versions
    assert list(table.query("p", only=("v",))) == [{"v": each["v"]} for each in versions[::-1]]
    assert list(table.query("p", only=("w",))) == [{}] * len(sorts), "an item without them is still an item"


def test_a_key_is_recognised_and_never_stored(tables: Tables) -> None:
    table = tables("StateTable")
    keys = DynamoKeys(table)
    key = new_key()
    made = register(key, tenant="acme", scopes=frozenset({"read", "ingest"}), keys=keys)
    assert register(key, tenant="acme", scopes=frozenset({"read", "ingest"}), keys=keys) == made
    assert recognise(key, keys=keys) == made
    assert recognise(key + "x", keys=keys) is None
    assert keys.tenants() == ["acme"]
    stored = list(table.query(f"-#key#{sha256(key.encode()).hexdigest()[:4]}"))
    assert len(stored) == 1
    assert key not in repr(stored)
