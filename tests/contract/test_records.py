"""Lists of facts: each record once, whatever the size of the pages and whatever comes in between; whole spells; nothing of
customers without the scope; and cursors that cannot be made up."""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.doors import Doors
from tests.contract.records import DAY, PII, doors_of, listed, page
from tests.fakes.faults import FaultyClient
from tests.fakes.pulling import Pulling
from tests.fakes.world import World
from wallboard.model.events import AnyEvent, Resource
from wallboard.model.facts import KINDS
from wallboard.model.time import HOUR, iso, parse_instant
from wallboard.runtime import wiring
from wallboard.services.list_records import LARGEST_ANSWER, RecordQuery
from wallboard.services.mask_people import HIDDEN
from wallboard.services.read_records import MOST_BUCKETS
from wallboard.services.record_shapes import FILTERS, LISTED, column_of
from wallboard.services.store_changes import ChangeStore, Unreadable

SPAN: dict[str, Any] = {"from_": "2026-11-18", "to": "2026-11-20"}
PULLED = ("interaction", "leg", "interaction_detail", "session", "agent_interval", "survey", "status")
SPELLS = ("session", "status")
MODELS = {
    model.model_fields["kind"].annotation.__args__[0]: model
    for model in AnyEvent.__args__[0].__args__
    if model is not Resource
}
AT = "2026-11-21T09:00:00Z"


@pytest.fixture(scope="module")
def centre() -> Iterator[Pulling]:
    """Two days of a simulated centre, told by two vendors."""
    pulling = Pulling("samespace", "ccaip")
    for vendor in ("samespace", "ccaip"):
        pulling.pull(vendor, "2026-11-18", "2026-11-20")
    yield pulling
    wiring.use(None)


def order(item: dict[str, Any]) -> tuple[str, str, str]:
    anchor = MODELS[item["kind"]].model_fields[MODELS[item["kind"]].anchor].alias
    return item[str(anchor)], item["source"], item["id"]


def recounted(centre: Pulling, kind: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The live facts of the two days, the pieces of spells put together, by source and id; read in no way that lists are."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for fact in centre.facts(kind):
        name = fact["id"].partition("@")[0] if kind in SPELLS else fact["id"]
        found[fact["source"], name].append(fact)
    whole = {}
    for place, pieces in found.items():
        pieces.sort(key=lambda piece: int(piece["at"]))
        last = {"ended_at": pieces[-1]["ended_at"]} if "ended_at" in pieces[-1] else {}
        whole[place] = pieces[0] | last
    first, last_ = (parse_instant(f"{day}T00:00:00Z") for day in SPAN.values())
    return {place: fact for place, fact in whole.items() if first <= fact["at"] < last_}


# ---- every record once


@pytest.mark.parametrize("take", [1_000, 100, 37])
@pytest.mark.parametrize("kind", PULLED)
def test_every_fact_is_listed_once_in_order(centre: Pulling, kind: str, take: int) -> None:
    items = listed(doors_of(centre), kind, take=take, **SPAN)
    wanted = recounted(centre, kind)
    assert items
    assert [order(item) for item in items] == sorted(order(item) for item in items)
    assert len(items) == len(wanted)
    assert {(item["source"], item["id"]) for item in items} == wanted.keys()


def test_a_page_may_be_of_one_record(centre: Pulling) -> None:
    span: dict[str, Any] = {"from_": "2026-11-18T09:00:00Z", "to": "2026-11-18T12:00:00Z"}
    doors = doors_of(centre)
    assert listed(doors, "leg", take=1, **span) == listed(doors, "leg", **span) != []


@pytest.mark.parametrize("name", ["call_participants", "calls", "samespace_sessions", "agents"])
@pytest.mark.parametrize("take", [1, 3, 1_000])
def test_so_are_the_rows_of_record_reports(centre: Pulling, name: str, take: int) -> None:
    span: dict[str, Any] = {} if name == "agents" else {"from_": "2026-11-18T09:00:00Z", "to": "2026-11-18T13:00:00Z"}
    ids = [item["_id" if "_id" in item else "id"] for item in listed(doors_of(centre), name, take=take, **span)]
    assert ids
    assert len(set(ids)) == len(ids)
    assert ids == [item["_id" if "_id" in item else "id"] for item in listed(doors_of(centre), name, **span)]


def fact(number: int, hour: int, **more: Any) -> dict[str, Any]:
    at = iso(parse_instant("2026-11-21T00:00:00Z") + hour * HOUR + number * 977 % HOUR)
    return {"kind": "action", "id": f"a{number}", "createdAt": at, "type": "call", "name": "n", **more}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(st.integers(0, 9), min_size=1, max_size=40),
    later=st.lists(st.integers(0, 9), max_size=20),
    take=st.integers(1, 12),
)
def test_pages_are_stable_while_facts_arrive(first: list[int], later: list[int], take: int) -> None:
    """What was there at the beginning is listed exactly once, what comes meanwhile at most once, and all that comes behind
    the place where the reader is; what comes again, or corrected, changes nothing of that."""
    world = World()
    wiring.use(world.parts)
    doors = Doors(world)
    world.push(*(fact(number, hour) for number, hour in enumerate(first)))
    waiting = [fact(100 + number, hour) for number, hour in enumerate(later)]

    def come() -> None:
        world.at += 1
        world.push(*waiting[:3], fact(0, first[0], name="corrected", updatedAt=iso(world.at)))
        del waiting[:3]

    items = listed(doors, "action", take=take, between=come, from_=DAY["from"], to=DAY["to"])
    ids = [item["id"] for item in items]
    assert len(set(ids)) == len(ids)
    assert {f"a{number}" for number in range(len(first))} <= set(ids)
    assert [order(item) for item in items] == sorted(order(item) for item in items)


def test_deleted_facts_are_gone_and_corrected_ones_are_as_corrected(doors: Doors) -> None:
    doors.push(fact(1, 9), fact(2, 9), fact(3, 9))
    doors.world.at += 60_000
    doors.push(fact(1, 9, deleted=True), fact(2, 9, name="other", updatedAt="2026-11-21T10:21:00Z"))
    found = listed(doors, "action", from_=DAY["from"], to=DAY["to"])
    assert {item["id"]: (item["name"], item["updatedAt"]) for item in found} == {
        "a2": ("other", "2026-11-21T10:21:00.000Z"),
        "a3": ("n", None),
    }


def test_a_list_says_what_was_pushed_field_by_field(doors: Doors) -> None:
    said = {
        "kind": "interaction",
        "id": "i",
        "source": "api",
        "startedAt": "2026-11-21T09:00:00.250Z",
        "channel": "voice",
        "direction": "inbound",
        "contactName": "Zoë",
        "durations": {"talk": 3.5},
        "tags": ["a"],
        "slaMet": False,
        "updatedAt": "2026-11-21T09:30:00.000Z",
    }
    doors.push({**said, "custom": {"deep": [1]}})
    [item] = listed(doors, "interaction", from_=DAY["from"], to=DAY["to"])
    assert {name: value for name, value in item.items() if value is not None} == {
        **said,
        "unknown": {"custom": {"deep": [1]}},
    }
    assert tuple(item)[-3:] == ("unknown", "stream", "row")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in MODELS])
def test_every_field_of_the_push_api_is_in_a_list(doors: Doors, kind: str) -> None:
    needed = {
        "startedAt": AT,
        "createdAt": AT,
        "conversationStartedAt": AT,
        "interactionStartedAt": AT,
        "answeredAt": AT,
        "anchoredAt": AT,
        "changedAt": AT,
        "endedAt": AT,
        **dict.fromkeys(("interactionId", "agentId", "queueId", "conversationId", "subjectId", "name"), "x"),
        **dict.fromkeys(("channel", "activity", "status", "type", "field"), "x"),
        "direction": "inbound",
        "score": 1,
        "value": 1,
        "count": 1,
        "figures": {},
    }
    model = MODELS[kind]
    fields = [str(field.alias) for name, field in model.model_fields.items() if name != "deleted"]
    doors.push({"kind": kind, "id": "1", **{name: needed[name] for name in fields if name in needed}})
    [item] = listed(doors, kind, from_=DAY["from"], to=DAY["to"])
    assert set(item) == {*fields, "unknown", "stream", "row"}


def test_rows_that_cannot_be_read_are_listed_with_the_reason() -> None:
    """Nobody knows what is where in such a row: it is masked whole, whatever its stream says of its columns."""
    pulling = Pulling("samespace")
    parts, doors = pulling.parts, doors_of(pulling)
    store = ChangeStore(parts.facts, parts.gauges, parts.directory, "acme", "samespace", doors.world.at)
    store([], [Unreadable("sessions", parse_instant(AT), "start_time: is empty", {"who": "CANARY"})], now=1)
    for scopes, row in ((PII, {"who": "CANARY"}), ("read", HIDDEN)):
        [item] = listed(doors, "unreadable", scopes=scopes, from_=DAY["from"], to=DAY["to"])
        assert (item["stream"], item["reason"], item["row"]) == ("sessions", "start_time: is empty", row)
        assert item["windowStartedAt"] == "2026-11-21T09:00:00.000Z"


def test_a_row_is_of_the_vendor_of_its_source() -> None:
    """Also where another vendor has a stream of that name. What was pushed under the name of no source may be any vendor's."""
    pulling = Pulling("samespace")
    doors = doors_of(pulling)
    call = {"kind": "interaction", "startedAt": AT, "channel": "voice", "direction": "inbound", "stream": "calls"}
    doors.push(
        *({**call, "id": f"call:{name}", "source": name, "row": {"id": name}} for name in ("samespace", "other"))
    )
    assert [item["id"] for item in listed(doors, "calls", from_=DAY["from"], to=DAY["to"])] == ["other"]


# ---- spells


@pytest.mark.parametrize("kind", SPELLS)
def test_spells_are_whole_again(centre: Pulling, kind: str) -> None:
    items, wanted = listed(doors_of(centre), kind, take=50, **SPAN), recounted(centre, kind)
    assert items
    assert any(parse_instant(item["endedAt"]) - parse_instant(item["startedAt"]) > HOUR for item in items)
    for item in items:
        whole = wanted[item["source"], item["id"]]
        assert (item["startedAt"], item["endedAt"]) == (iso(whole["at"]), iso(whole["ended_at"]))
        assert item["row"]


@pytest.mark.parametrize("kind", SPELLS)
@pytest.mark.parametrize("hours", [1, 5])
def test_a_spell_is_listed_where_it_begins_and_nowhere_else(centre: Pulling, kind: str, hours: int) -> None:
    doors = doors_of(centre)
    first = parse_instant("2026-11-18T06:00:00Z")
    cuts = [iso(first + hour * HOUR) for hour in range(0, 21, hours)]
    parts = [listed(doors, kind, from_=start, to=end) for start, end in pairwise(cuts)]
    assert [item for part in parts for item in part] == listed(doors, kind, from_=cuts[0], to=cuts[-1])


# ---- filters


@pytest.mark.parametrize("kind", PULLED)
def test_filters_agree_with_a_recount(centre: Pulling, kind: str) -> None:
    doors = doors_of(centre)
    everything = listed(doors, kind, **SPAN)
    for name in FILTERS:
        if name != "source" and column_of(kind, name) is None:
            status, code, message = page(doors, kind, **{**SPAN, name: "x"}).error
            assert (status, code) == (400, "BAD_REQUEST")
            assert message.startswith(f"{name}: {kind} cannot be narrowed by it; use ")
            continue
        values = sorted({item[name] for item in everything if item[name]})[:3]
        for value in [*values, "nobody"]:
            assert listed(doors, kind, take=20, **SPAN, **{name: value}) == [
                item for item in everything if item[name] == value
            ]


def test_filters_go_together(centre: Pulling) -> None:
    doors = doors_of(centre)
    both = listed(doors, "interaction", **SPAN, direction="inbound", outcome="abandoned", source="samespace")
    assert both
    assert both == [
        item
        for item in listed(doors, "interaction", **SPAN)
        if (item["direction"], item["outcome"], item["source"]) == ("inbound", "abandoned", "samespace")
    ]


# ---- how much is answered


def test_an_answer_may_have_nothing_yet_and_a_cursor(doors: Doors) -> None:
    doors.push(fact(1, 9))
    span: dict[str, Any] = {"from_": "2026-09-01", "to": "2026-11-22"}
    empty = page(doors, "action", **span).json()
    assert empty["items"] == []
    assert [item["id"] for item in listed(doors, "action", **span)] == ["a1"]
    assert (parse_instant(AT) - parse_instant("2026-09-01T00:00:00Z")) // HOUR > MOST_BUCKETS


def test_nothing_is_left_out_where_an_answer_ended_early(doors: Doors) -> None:
    """A fact in each of more hours than are read for one answer."""
    first = parse_instant("2026-10-01T00:00:00Z")
    hours = range(0, MOST_BUCKETS + 200, 1)
    doors.push(*({**fact(hour, 0), "createdAt": iso(first + hour * HOUR)} for hour in hours))
    span: dict[str, Any] = {"from_": "2026-09-30", "to": "2026-11-21"}
    found = listed(doors, "action", **span)
    assert [item["id"] for item in found] == [f"a{hour}" for hour in hours]
    assert len(page(doors, "action", take=1_000, **span).json()["items"]) < len(hours)


def test_an_answer_is_never_larger_than_lambda_allows(doors: Doors) -> None:
    for number in range(40):
        doors.push(fact(number, 9, note='"é' * 40_000))
    sizes: list[int] = []
    cursor: str | None = None
    while cursor is not None or not sizes:
        answer = page(doors, "action", take=1_000, cursor=cursor, from_=DAY["from"], to=DAY["to"])
        sizes.append(len(json.dumps(answer.text)))
        cursor = answer.json().get("cursor")
    assert len(sizes) > 1
    assert max(sizes) < LARGEST_ANSWER + 500_000
    assert len(listed(doors, "action", from_=DAY["from"], to=DAY["to"])) == 40


def test_json_lines_are_those_of_the_list_of_reports(centre: Pulling) -> None:
    doors = doors_of(centre)
    answer = page(doors, "leg", headers={"accept": "application/jsonl"}, take=5, **SPAN)
    assert answer.headers["content-type"] == "application/jsonl"
    said = [json.loads(line) for line in answer.text.splitlines()]
    body = page(doors, "leg", take=5, **SPAN).json()
    assert said == [{"type": "item", "data": item} for item in body["items"]]
    assert answer.headers["x-cursor"] == body["cursor"]


def test_the_store_that_refuses_for_now_is_told(world: World) -> None:
    world.push(fact(1, 9), fact(2, 9))
    for at in range(1, 4):
        broken = World(store=world.store, client=FaultyClient(world.store, at=at, fault="throttled"))
        wiring.use(broken.parts)
        assert page(Doors(broken), "action", take=1, from_=DAY["from"], to=DAY["to"]).error[0] == 503


# ---- limits


@pytest.mark.parametrize(
    ("query", "about"),
    [
        ({}, "from: must be given"),
        ({"from_": "2026-11-18"}, "to: must be given"),
        ({"to": "2026-11-18"}, "from: must be given"),
        ({"from_": "yesterday", "to": "2026-11-18"}, "from: 'yesterday' is neither"),
        ({"from_": "2026-11-18", "to": "2026-11-18T09:00:00"}, "to: '2026-11-18T09:00:00' is neither"),
        ({"from_": "2026-11-18", "to": "2026-11-18"}, "to: must be later than from"),
        ({"from_": "2026-08-01", "to": "2026-11-18"}, "from: at most 92 days"),
        ({"from_": "1969-12-01", "to": "1970-01-02"}, "from: lies outside"),
        ({**SPAN, "take": 0}, "take: "),
        ({**SPAN, "take": 1_001}, "take: "),
        ({**SPAN, "take": "many"}, "take: "),
        ({**SPAN, "agent": "7"}, "agent: "),
        ({**SPAN, "agentId": ""}, "agentId: "),
        ({**SPAN, "channel": "x"}, "channel: session cannot be narrowed by it"),
    ],
)
def test_the_limits_are_refused_by_name(doors: Doors, query: dict[str, Any], about: str) -> None:
    status, code, message = page(doors, "session", **query).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith(about)


@pytest.mark.parametrize("kind", ["turn", "resource", "nothing", "_record"])
def test_what_there_are_no_records_of_is_not_found(doors: Doors, kind: str) -> None:
    status, code, message = page(doors, kind, **SPAN).error
    assert (status, code) == (404, "NOT_FOUND")
    assert all(name in message for name in (*LISTED, "call_details", "team_tree"))


def test_a_date_is_that_of_the_zone_and_the_last_is_not_in_it(doors: Doors) -> None:
    doors.push(*({**fact(0, 0), "id": at, "createdAt": at} for at in ("2026-11-20T10:59:59Z", "2026-11-20T11:00:00Z")))
    for zone, found in (("Pacific/Auckland", ["2026-11-20T11:00:00Z"]), ("UTC", [])):
        answer = page(doors, "action", headers={"x-timezone": zone}, from_=DAY["from"], to=DAY["to"])
        assert [item["id"] for item in answer.json()["items"]] == found
    assert len(listed(doors, "action", from_="2026-11-20T10:59:59Z", to="2026-11-20T11:00:00Z")) == 1


def test_the_filters_of_the_query_are_those_that_are_listed() -> None:
    given_ = {str(field.alias) for field in RecordQuery.model_fields.values()}
    assert given_ == {"from", "to", "cursor", "take", *FILTERS}


# ---- cursors


@pytest.fixture
def paged(doors: Doors) -> tuple[Doors, str]:
    """Some facts, and the cursor of their first page."""
    for tenant in ("acme", "other"):
        doors.push(*(fact(number, 9) for number in range(9)), tenant=tenant)
    cursor = page(doors, "action", take=2, from_=DAY["from"], to=DAY["to"]).json()["cursor"]
    return doors, cursor


def refused(doors: Doors, cursor: str, kind: str = "action", **more: Any) -> bool:
    answer = page(doors, kind, cursor=cursor, **{"from_": DAY["from"], "to": DAY["to"], **more})
    assert answer.status == 200 or answer.error[2].startswith("cursor: ")
    return answer.status == 400


def test_a_cursor_is_of_its_tenant_kind_and_query(paged: tuple[Doors, str]) -> None:
    doors, cursor = paged
    assert not refused(doors, cursor)
    assert not refused(doors, cursor, take=3)
    assert not refused(doors, cursor, scopes="read")
    assert not refused(doors, cursor, from_="2026-11-21T00:00:00Z")  # the same, in other words
    assert refused(doors, cursor, tenant="other")
    assert refused(doors, cursor, "usage")
    assert refused(doors, cursor, to="2026-11-23")
    assert refused(doors, cursor, source="api")


def test_a_changed_cursor_is_refused(paged: tuple[Doors, str]) -> None:
    doors, cursor = paged
    for place, letter in enumerate(cursor):
        for other in {"A", "B", "_", "="} - {letter}:
            assert refused(doors, cursor[:place] + other + cursor[place + 1 :]), (place, other)


@pytest.mark.parametrize("cursor", ["x", "a2", "AAAA" * 20, "ä", "[1]", "%00", "A" * 8_000])
def test_a_made_up_cursor_is_refused(paged: tuple[Doors, str], cursor: str) -> None:
    doors, real = paged
    assert refused(doors, cursor)
    assert refused(doors, real + cursor)
    assert refused(doors, cursor + real)


def test_the_key_of_a_tenant_is_made_once(paged: tuple[Doors, str]) -> None:
    """Another process, which has never signed anything, reads the cursors of the first."""
    doors, cursor = paged
    another = World(store=doors.world.store)
    wiring.use(another.parts)
    assert not refused(Doors(another), cursor)
    keys = [another.parts.cursor_keys.of(tenant) for tenant in ("acme", "other", "acme")]
    assert keys[0] == keys[2] != keys[1]
    assert keys[0] == doors.world.parts.cursor_keys.of("acme")


def test_tenants_are_apart(paged: tuple[Doors, str]) -> None:
    doors, _ = paged
    doors.push(fact(50, 9), tenant="other")
    assert len(listed(doors, "action", from_=DAY["from"], to=DAY["to"])) == 9
    assert len(listed(doors, "action", tenant="other", from_=DAY["from"], to=DAY["to"])) == 10
    assert listed(doors, "action", tenant="third", from_=DAY["from"], to=DAY["to"]) == []


# ---- people

CANARY = "CANARY-of-a-person"


@pytest.fixture
def people(doors: Doors) -> Doors:
    who = {"contactId": "c-1", "contactName": CANARY, "note": {"deep": [CANARY]}}
    turn = {"conversationId": "v", "conversationStartedAt": AT}
    doors.push(
        {"kind": "contact", "id": "c-1", "createdAt": AT, "name": CANARY, "email": f"{CANARY}@x.org", "nick": CANARY},
        {"kind": "conversation", "id": "v", "startedAt": AT, **who},
        {"kind": "message", "id": "m", "createdAt": AT, "type": "user", **turn, **who},
        {"kind": "usage", "id": "u", "createdAt": AT, "type": "token", "count": 1, **who},
        {"kind": "action", "id": "a", "createdAt": AT, "type": "call", "name": "look up", **who},
        {"kind": "rating", "id": "r", "createdAt": AT, "value": -1, "reason": CANARY, **who},
        {"kind": "interaction", "id": "i", "startedAt": AT, "channel": "voice", "direction": "inbound", **who},
        {"kind": "leg", "id": "l", "interactionId": "i", "interactionStartedAt": AT, "row": {"caller": CANARY}},
        {"kind": "survey", "id": "s", "answeredAt": AT, "score": 1, "stream": "calls", "row": {"x": CANARY}},
        {
            "kind": "change",
            "id": "h",
            "changedAt": AT,
            "type": "call",
            "subjectId": "i",
            "field": "notes",
            "after": CANARY,
        },
    )
    return doors


@pytest.mark.parametrize(
    "kind",
    ["contact", "conversation", "message", "usage", "action", "rating", "interaction", "leg", "survey", "change"],
)
def test_without_the_scope_nothing_of_a_person_is_told(people: Doors, kind: str) -> None:
    for headers in ({"accept": "*/*"}, {"accept": "application/jsonl"}, {"accept": "text/csv"}):
        hidden = page(people, kind, scopes="read", headers=headers, from_=DAY["from"], to=DAY["to"])
        assert CANARY not in hidden.text
        assert HIDDEN in hidden.text or "\\u2022" in hidden.text
        shown = page(people, kind, headers=headers, from_=DAY["from"], to=DAY["to"])
        assert CANARY in shown.text
        assert HIDDEN not in shown.text


def test_what_is_hidden_is_seen_to_be_there(people: Doors) -> None:
    """And what is not there is null, as it is for those who may see it."""
    [rating] = listed(people, "rating", scopes="read", from_=DAY["from"], to=DAY["to"])
    assert (rating["reason"], rating["contactName"], rating["contactId"]) == (HIDDEN, HIDDEN, "c-1")
    assert rating["unknown"] == {"note": HIDDEN}
    [change] = listed(people, "change", scopes="read", from_=DAY["from"], to=DAY["to"])
    assert (change["before"], change["after"]) == (None, HIDDEN)
    [action] = listed(people, "action", scopes="read", from_=DAY["from"], to=DAY["to"])
    assert action["name"] == "look up"
    [leg] = listed(people, "leg", scopes="read", from_=DAY["from"], to=DAY["to"])
    assert leg["row"] == HIDDEN  # nobody knows whose row it is


@pytest.mark.parametrize("kind", ["interaction", "leg", "interaction_detail"])
def test_of_a_vendors_row_what_is_of_customers_is_hidden(centre: Pulling, kind: str) -> None:
    doors = doors_of(centre)
    shown, hidden = listed(doors, kind, **SPAN), listed(doors, kind, scopes="read", **SPAN)
    assert [item["id"] for item in shown] == [item["id"] for item in hidden]
    numbers = {
        item["row"][name].removeprefix("+")
        for item in shown
        for name in ("caller", "callee")
        if item["row"] and name in item["row"] and item["row"][name].removeprefix("+").isdigit()
    }
    numbers -= {"12025550188"}  # the company's own
    text = json.dumps([item["row"] for item in hidden])
    assert bool(numbers) == (kind != "interaction")
    assert not [number for number in numbers if number in text]
    assert all(item["row"] != HIDDEN for item in hidden)


def test_a_key_without_the_scope_read_sees_nothing(doors: Doors) -> None:
    assert page(doors, "action", scopes="ingest pii", **SPAN).error[:2] == (403, "NOT_AUTHORIZED")
