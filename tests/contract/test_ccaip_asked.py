"""CCAI Platform: how it is asked. Rows that move while they are read, bounds that nobody knows, limits, late changes."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from local.simulators._ccaip_rows import Told, is_chat
from local.simulators._simulator import Answer, Request
from local.simulators.ccaip import Ccaip
from local.simulators.centre import Call, Centre
from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import Pulling
from tests.fakes.vendors import SOURCES, Vendor
from wallboard.errors import VendorRefuses, VendorUnavailable
from wallboard.model.time import HOUR, iso, parse_instant
from wallboard.sources.ccaip.settings import CcaipSettings, hosts, login

ROW = json.loads((FOLDER / "ccaip" / "payloads" / "ccaip_calls.json").read_text())[0]
LARGE = Centre(seed=3, calls_a_day=200, number_of_agents=30)
WINDOW = ("2026-11-19T00:00Z", "2026-11-21T00:00Z")
Rows = list[dict[str, Any]]


def ids(vendor: Vendor, stream: str = "calls", window: tuple[str, str] = WINDOW) -> list[int]:
    return [row["id"] for row in vendor.rows(stream, *window)]


def files(folder: Path, calls: Rows) -> Path:
    (folder / "ccaip_calls.json").write_text(json.dumps(calls))
    return folder


def same_time(count: int, at: str = "2026-11-19T12:00:00.000Z") -> Rows:
    return [{**ROW, "id": number, "updated_at": at} for number in range(count)]


def expected() -> set[int]:
    """What changed last within the window, by the centre itself."""
    first, last = map(parse_instant, WINDOW)
    calls = LARGE.between(first - 24 * HOUR, last)
    now = parse_instant("2026-11-21T10:20:00Z")
    return {call.number for call in calls if not is_chat(call) and first <= Told(call, now).updated_at < last}


@pytest.mark.parametrize("tells", [(True, True), (False, True), (True, False), (False, False)])
@pytest.mark.parametrize("heeds_to", [True, False])
@pytest.mark.parametrize("includes_from", [True, False])
def test_every_row_comes_once_whatever_the_bounds_and_headers_are(
    includes_from: bool, heeds_to: bool, tells: tuple[bool, bool]
) -> None:
    told: dict[str, Any] = {"includes_from": includes_from, "heeds_to": heeds_to}
    vendor = Vendor.of("ccaip", centre=LARGE, tells_links=tells[0], tells_total=tells[1], **told)
    found = ids(vendor)
    assert Counter(found) == Counter(expected())
    assert len(found) > 250


def test_nothing_is_asked_for_beyond_the_window() -> None:
    """Two hours of weeks of calls: one page, though the vendor heeds no upper bound and has more."""
    vendor = Vendor.of("ccaip", centre=LARGE, heeds_to=False)
    assert 0 < len(ids(vendor, window=("2026-11-10T12:00Z", "2026-11-10T14:00Z"))) < 100
    assert len(vendor.simulator.calls) == 1


@pytest.mark.parametrize("includes_from", [True, False])
def test_rows_that_change_while_pages_are_read_hide_no_other(includes_from: bool) -> None:
    vendor = Vendor.of("ccaip", centre=LARGE, restless=20, includes_from=includes_from)
    assert set(ids(vendor)) == expected()


def test_whoever_only_turned_pages_would_miss_rows_that_moved_up() -> None:
    """The simulator does what the connector must be prepared for."""
    vendor = Vendor.of("ccaip", centre=LARGE, restless=20)
    client, found = vendor.client(), set()
    for page in range(1, 10):
        query = {"updated_at[from]": WINDOW[0], "updated_at[to]": WINDOW[1], "sort_column": "updated_at"}
        query |= {"page": str(page), "per": "100"}
        url = "https://exampleco.uc1.ccaiplatform.com/manager/api/v1/calls"
        found |= {row["id"] for row in client.ask("GET", url, lambda reply: json.loads(reply.body), query=query) or ()}
    assert expected() - found


@pytest.mark.parametrize("includes_from", [True, False])
@pytest.mark.parametrize("count", [99, 100, 101, 350])
def test_more_rows_than_a_page_may_share_one_time(count: int, includes_from: bool, tmp_path: Path) -> None:
    calls = [
        *same_time(count),
        *({**row, "id": 1000 + row["id"]} for row in same_time(120, "2026-11-19T12:00:01.000Z")),
    ]
    vendor = Vendor.of("ccaip", payloads=files(tmp_path, calls), includes_from=includes_from)
    assert Counter(ids(vendor)) == Counter(row["id"] for row in calls)


@pytest.mark.parametrize("after", [0, 130])
def test_rows_of_one_time_that_change_while_pages_are_turned_hide_no_other(after: int, tmp_path: Path) -> None:
    later = [{**row, "id": 1000 + row["id"]} for row in same_time(after, "2026-11-19T12:00:01.000Z")]
    calls = [*same_time(350), *later]
    vendor = Vendor.of("ccaip", payloads=files(tmp_path, calls), restless=30)
    assert set(ids(vendor)) == {row["id"] for row in calls}


@pytest.mark.parametrize("includes_from", [True, False])
def test_a_row_at_the_edge_of_two_windows_is_in_the_later(includes_from: bool, tmp_path: Path) -> None:
    vendor = Vendor.of("ccaip", payloads=files(tmp_path, same_time(1, WINDOW[1])), includes_from=includes_from)
    assert ids(vendor, window=WINDOW) == []
    assert ids(vendor, window=(WINDOW[1], "2026-11-21T08:00Z")) == [0]


def test_times_in_the_zone_of_the_tenant_are_the_same_times(tmp_path: Path) -> None:
    calls = [{**ROW, "id": 1, "updated_at": "2026-11-18T20:00:00.000-08:00"}]
    vendor = Vendor.of("ccaip", payloads=files(tmp_path, calls))
    assert ids(vendor, window=("2026-11-19T04:00Z", "2026-11-19T05:00Z")) == [1]
    assert ids(vendor, window=("2026-11-18T00:00Z", "2026-11-19T04:00Z")) == []


def test_every_page_can_be_gone_on_from_by_another_worker(tmp_path: Path) -> None:
    calls = [*same_time(250), *({**row, "id": 1000 + row["id"]} for row in same_time(250, "2026-11-19T12:00:01.000Z"))]
    stream = SOURCES.load("ccaip").streams[0]
    vendor = Vendor.of("ccaip", payloads=files(tmp_path, calls))
    asked, place, found = vendor.asked(*WINDOW), None, set()
    for _ in range(40):
        asked = type(asked)(asked.settings, asked.start, asked.end, asked.now, json.loads(json.dumps(place)))
        page = next(stream.pages(asked, vendor.client()))
        found |= {row["id"] for row in page.rows}
        place = page.next
        if place is None:
            break
    assert place is None
    assert found == {row["id"] for row in calls}


def changed(vendor: Vendor, change: Callable[[Rows, dict[str, str]], tuple[Rows, dict[str, str]]]) -> None:
    def fault(request: Request) -> Answer:
        answer = vendor.simulator.answer(request)
        rows, headers = change(json.loads(answer.body), dict(answer.headers))
        return Answer(json.dumps(rows).encode(), answer.status, headers)

    vendor.fault = fault


def test_a_list_that_is_not_in_order_is_not_believed() -> None:
    vendor = Vendor.of("ccaip", centre=LARGE)
    changed(vendor, lambda rows, headers: (rows[::-1], headers))
    with pytest.raises(VendorUnavailable, match="not in the order of updated_at"):
        ids(vendor)


def test_rows_that_are_counted_but_not_there_are_not_believed() -> None:
    vendor = Vendor.of("ccaip", centre=LARGE)
    changed(vendor, lambda rows, headers: ([], headers))
    with pytest.raises(VendorUnavailable, match="has none"):
        ids(vendor)


@pytest.mark.parametrize("stream", ["calls", "agents"])
def test_the_same_page_again_and_again_comes_to_an_end(stream: str, tmp_path: Path) -> None:
    vendor = Vendor.of("ccaip", payloads=files(tmp_path, same_time(120)))
    part = same_time(100)
    changed(vendor, lambda rows, headers: (part, {"link": '<https://x/?page=2>; rel="next"'}))
    with pytest.raises(VendorRefuses, match="again and again"):
        ids(vendor, stream)


def test_an_agent_who_leaves_while_pages_are_turned_hides_no_other(tmp_path: Path) -> None:
    """Whoever was first on page 2 moves up to page 1, which was read already."""
    agents = [{"id": number, "first_name": "A", "last_name": str(number)} for number in range(250)]
    path = tmp_path / "ccaip_agents.json"
    path.write_text(json.dumps(agents))
    vendor = Vendor.of("ccaip", payloads=tmp_path)
    gone = iter((7, 8, 9, 110))

    def leaves(request: Request) -> Answer:
        answer = vendor.simulator.answer(request)
        left = next(gone, None)
        agents[:] = [agent for agent in agents if agent["id"] != left]
        path.write_text(json.dumps(agents))
        return answer

    vendor.fault = leaves
    assert set(range(250)) - {7, 8, 9, 110} <= set(ids(vendor, "agents"))


def test_a_list_that_knows_no_pages_is_read_once() -> None:
    vendor = Vendor.of("ccaip", centre=Centre(seed=1, calls_a_day=1, number_of_agents=100))
    everybody = json.loads(vendor.simulator.answer(signed("/manager/api/v1/agents", ("per", "100"))).body)
    vendor.fault = lambda request: Answer(json.dumps(everybody).encode(), 200, {"content-type": "application/json"})
    assert len(ids(vendor, "agents")) == 100


def signed(path: str, *query: tuple[str, str]) -> Request:
    told = CcaipSettings.model_validate(Ccaip.settings)
    return Request("GET", path, list(query), login(told, None).headers, b"")  # type: ignore[arg-type]


# ---- limits, refusals, settings


def test_ten_requests_in_a_second_are_kept_to() -> None:
    simulated = {"ccaip": {"centre": LARGE, "limited": True}}
    at = Pulling("ccaip", unlimited=False, simulated=simulated)
    at.pull("ccaip", "2026-11-01", "2026-11-21", streams=["calls"])
    simulator = at.vendors["ccaip"].simulator
    assert isinstance(simulator, Ccaip)
    assert len(simulator.calls) > 30
    assert simulator.refused == 0


def test_an_eleventh_request_in_a_second_is_refused_and_asked_again() -> None:
    vendor = Vendor.of("ccaip", centre=LARGE, limited=True)
    for _ in range(10):
        assert vendor.simulator.answer(signed("/manager/api/v1/teams")).status == 200
    assert vendor.simulator.answer(signed("/manager/api/v1/teams")).status == 429
    assert set(ids(vendor)) == expected()
    assert vendor.clock.slept


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/manager/api/v1/videos", (), 404),
        ("/manager/api/v1/teams/4711", (), 404),
        ("/manager/api/v1/calls", (("page", "0"),), 400),
        ("/manager/api/v1/calls", (("updated_at[from]", "yesterday"),), 400),
        ("/manager/api/v1/agents", (("sort_column", "shoe_size"),), 400),
    ],
)
def test_what_is_not_there_or_not_understood_is_refused(path: str, query: Any, status: int) -> None:
    simulator = Vendor.of("ccaip").simulator
    answer = simulator.answer(signed(path, *query))
    assert (answer.status, "message" in json.loads(answer.body)) == (status, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": "ccaiplatform.com.evil.example"},
        {"domain": "evil.example"},
        {"domain": "a.b.ccaiplatform.com"},
        {"domain": "ccaiplatform.com"},
        {"domain": "evilujet.co"},
        {"domain": "uc1.ccaiplatform.com\n"},
        {"subdomain": "evil.example/"},
        {"subdomain": "a@evil"},
        {"company_key": "a:b"},
    ],
)
def test_settings_lead_to_the_vendor_and_nowhere_else(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CcaipSettings.model_validate({**Ccaip.settings, **wrong})


def test_at_ujet_the_company_s_key_and_secret_sign() -> None:
    told = {"subdomain": "Acme", "domain": "ujet.co", "company_key": "k-1", "api_token": "s"}
    settings = CcaipSettings.model_validate(told)
    request = Request("GET", "/", [], login(settings, None).headers, b"")  # type: ignore[arg-type]
    assert request.is_signed_by("k-1", "s")
    assert hosts(settings) == ["acme.ujet.co"]


# ---- what changes afterwards


def rated() -> Call:
    """A call with a rating and wrap-up, well before the pull of the next morning."""
    first = parse_instant("2026-11-19T08:00Z")
    calls = LARGE.between(first, first + 10 * HOUR)
    return next(call for call in calls if call.score and not is_chat(call) and call.legs[0].wrap)


def test_wrap_up_and_rating_come_with_a_later_change() -> None:
    call = rated()
    at = Pulling("ccaip", now=iso(call.ended_at + 60_000), simulated={"ccaip": {"centre": LARGE}})
    known = []
    for _ in range(2):
        at.sync("ccaip", iso(at.world.at - HOUR), iso(at.world.at), streams=["calls"])
        at.work()
        [told] = [fact for fact in at.facts("interaction") if fact["id"] == f"call:{call.number}"]
        ratings = [fact["score"] for fact in at.facts("survey") if fact["interaction"] == f"call:{call.number}"]
        known.append((told["durations"]["wrap"], ratings))
        at.world.at += 25 * 60_000
    wrap = sum(leg.wrap for leg in call.legs)
    assert known == [(0, []), (wrap, [call.score])]


def test_a_status_that_went_on_gets_its_end_at_the_next_pull() -> None:
    at = Pulling("ccaip", now="2026-11-19T12:00:00Z", simulated={"ccaip": {"centre": LARGE}})
    at.pull("ccaip", "2026-11-19", "2026-11-19T12:00:00Z", streams=["agent_activity_logs"])
    at.world.at += 24 * HOUR
    at.pull("ccaip", "2026-11-17T12:00:00Z", iso(at.world.at), streams=["agent_activity_logs"])
    spells = [(fact["agent"], fact["at"], fact["ended_at"]) for fact in at.facts("status")]
    ordered = sorted(spells)
    one_agent = [spell for spell in ordered if spell[0] == ordered[0][0]]
    assert len(one_agent) > 20
    assert all(left[2] <= right[1] for left, right in pairwise(one_agent))
