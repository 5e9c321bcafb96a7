"""Gladly: the figures that its sample files must give, pull after pull, and what is particular about it."""

import csv
import io
import json
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import mean
from typing import Any

import pytest
from pydantic import ValidationError

from local.simulators._simulator import Answer, Request
from local.simulators.centre import Centre
from local.simulators.gladly import Gladly
from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import TENANT, Pulling
from tests.fakes.vendors import Vendor
from wallboard.errors import VendorRefuses, VendorUnavailable
from wallboard.model.time import HOUR, iso, parse_instant
from wallboard.services.plan_pulls import next_run
from wallboard.sources._source import Page
from wallboard.sources.gladly import pages, rows
from wallboard.sources.gladly.settings import GladlySettings, hosts

SAMPLES = FOLDER / "gladly"
Facts = Sequence[dict[str, Any]]

PULLS = {
    "full": ("payloads", "2024-03-12T14:00:00Z", "2024-03-13T14:00:00Z"),
    "pull1": ("payloads_pull1", "2024-03-12T14:00:00Z", "2024-03-12T18:05:00Z"),
    "pull2": ("payloads_pull2", "2024-03-12T16:05:00Z", "2024-03-12T22:05:00Z"),
    "pull2 without overlap": ("payloads_pull2_no_overlap", "2024-03-12T18:05:00Z", "2024-03-12T22:05:00Z"),
}
FIGURES = (
    "rows",
    "contacts",
    "ended, open",
    "outbound",
    "agents per contact",
    "ASA phone",
    "within SLA: true, false, blank",
    "abandoned",
    "handle",
    "after",
)
TABLE: Mapping[str, Sequence[Any]] = {
    "full": (
        *(47, 42, (42, 0), 6, {0: 7, 1: 30, 2: 5}, (23.143, 14), (25, 11, 0), 5),
        *(23549.936, 1111.484),
    ),
    "pull1": (
        *(35, 32, (26, 6), 5, {0: 10, 1: 19, 2: 3}, (18.667, 9), (16, 5, 0), 3),
        *(11186.078, 606.804),
    ),
    "naive": (
        *(51, 42, (39, 3), 6, {0: 9, 1: 28, 2: 5}, (23.143, 14), (23, 9, 1), 5),
        *(22116.636, 1108.184),
    ),
    "pull1, pull2": (
        *(47, 42, (39, 3), 6, {0: 9, 1: 28, 2: 5}, (23.143, 14), (24, 9, 0), 5),
        *(22116.636, 1108.184),
    ),
    "pull1, pull2 without overlap": (
        *(44, 40, (34, 6), 6, {0: 11, 1: 25, 2: 4}, (18.0, 11), (21, 7, 0), 4),
        *(17770.404, 862.104),
    ),
}


def expected(column: str) -> dict[str, Any]:
    return dict(zip(FIGURES, TABLE[column], strict=True))


def pulled(*names: str) -> Pulling:
    """A store into which these pulls were made one after the other, each at its time, or later when it is that already."""
    at = Pulling("gladly", now="2024-03-12T14:00:00Z")
    at.parts.secrets.put(f"{TENANT}/people", {"key": "00" * 32})
    for name in names:
        folder, start, end = PULLS[name]
        at.vendors["gladly"].simulator.payloads = SAMPLES / folder
        at.world.at = max(at.world.at + 60_000, parse_instant(end))
        at.pull("gladly", start, end, streams=["work_sessions"])
    return at


def by_contact(facts: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for fact in facts:
        found[fact["interaction"]].append(fact)
    return found


def figures(at: Pulling) -> dict[str, Any]:
    """The table's column, from facts only. A contact is one row of the vendor's, or as many as it has work sessions."""
    contacts, legs = at.facts("interaction"), at.facts("leg")
    own = by_contact(legs)
    ended = [contact for contact in contacts if "ended_at" in contact]
    phone = [contact for contact in ended if (contact["channel"], contact["direction"]) == ("voice", "inbound")]
    waits = [
        (min(accepted) - contact["at"]) / 1000
        for contact in phone
        if (accepted := [leg["accepted_at"] for leg in own[contact["id"]] if "accepted_at" in leg])
    ]
    verdicts = Counter(contact.get("sla_met") for contact in ended if contact["direction"] == "inbound")
    values = (
        sum(max(1, len(own[contact["id"]])) for contact in contacts),
        len(contacts),
        (len(ended), len(contacts) - len(ended)),
        sum(contact["direction"] == "outbound" for contact in contacts),
        dict(Counter(len({leg["agent"] for leg in own[contact["id"]]}) for contact in contacts)),
        (round(mean(waits), 3), len(waits)),
        (verdicts[True], verdicts[False], verdicts[None]),
        sum(contact["outcome"] == "abandoned" for contact in contacts),
        round(sum(leg["durations"]["handle"] for leg in legs), 3),
        round(sum(leg["durations"]["wrap"] for leg in legs), 3),
    )
    return dict(zip(FIGURES, values, strict=True))


def naive(*names: str) -> dict[str, Any]:
    """The table's column by the vendor's own advice: rows put in by contact and id, and nothing ever taken out."""
    stored: dict[tuple[str, str], Mapping[str, str]] = {}
    for name in names:
        folder, start, end = PULLS[name]
        for row in Vendor.of("gladly", now=end, payloads=SAMPLES / folder).rows("work_sessions", start, end):
            stored[row["contact_session_id"], row["id"]] = row
    of = defaultdict(list)
    for (contact, _), row in stored.items():
        of[contact].append(row)

    def seconds(row: Mapping[str, str], since: str) -> float:
        return (parse_instant(row["agent_accepted_at"]) - parse_instant(row[since])) / 1000

    ended = {contact: said for contact, said in of.items() if any(row["contact_session_ended_at"] for row in said)}
    waits = [
        min(seconds(row, "contact_session_created_at") for row in said if row["agent_accepted_at"])
        for said in ended.values()
        if (said[0]["channel"], said[0]["direction"]) == ("PHONE_CALL", "INBOUND")
        and any(row["agent_accepted_at"] for row in said)
    ]
    verdicts = Counter(said[0]["within_sla"] for said in ended.values() if said[0]["direction"] == "INBOUND")
    values = (
        len(stored),
        len(of),
        (len(ended), len(of) - len(ended)),
        sum(said[0]["direction"] == "OUTBOUND" for said in of.values()),
        dict(Counter(len({row["agent_id"] for row in said} - {""}) for said in of.values())),
        (round(mean(waits), 3), len(waits)),
        (verdicts["true"], verdicts["false"], verdicts[""]),
        sum(any(row["status"] == "ABANDONED" for row in said) for said in of.values()),
        round(sum(float(row["work_session_handle_time_sec"] or 0) for row in stored.values()), 3),
        round(sum(float(row["work_session_after_contact_time_sec"] or 0) for row in stored.values()), 3),
    )
    return dict(zip(FIGURES, values, strict=True))


# ---- the pulls of an afternoon


@pytest.mark.parametrize("column", [column for column in TABLE if column != "naive"])
def test_pulls_give_the_figures_of_the_table(column: str) -> None:
    assert figures(pulled(*column.split(", "))) == expected(column)


def test_rows_that_are_only_put_in_leave_four_ghosts() -> None:
    found = naive("pull1", "pull2")
    assert found == expected("naive")
    differing = {name for name, value in expected("pull1, pull2").items() if found[name] != value}
    assert differing == {"rows", "within SLA: true, false, blank"}
    assert found["rows"] - expected("pull1, pull2")["rows"] == 4


def without_receipt(facts: Facts) -> list[dict[str, Any]]:
    return sorted(
        ({name: value for name, value in fact.items() if name != "received"} for fact in facts),
        key=lambda fact: (fact["kind"], fact["id"]),
    )


def test_older_pulls_after_the_full_one_change_nothing_in_the_end() -> None:
    assert without_receipt(pulled("full", "pull1", "pull2").facts()) == without_receipt(pulled("full").facts())


def test_a_pull_that_comes_late_opens_no_contact_again() -> None:
    """Only the work after two contacts, which the older pull knows less of, is as it says."""
    found = figures(pulled("pull2", "pull1"))
    assert {name for name, value in expected("pull1, pull2").items() if found[name] != value} == {"after"}
    assert found["ended, open"] == (39, 3)


def test_the_next_pull_begins_two_hours_before_the_end_of_the_last() -> None:
    at = pulled("pull1")
    config = at.parts.sources.find(TENANT, "gladly")
    assert config is not None
    now = parse_instant("2024-03-12T22:05:00Z")
    [planned] = at.parts.plan_pulls.asked(TENANT, config, None, now, ["work_sessions"], now=now)
    assert (iso(planned.start), planned.end) == ("2024-03-12T16:05:00.000Z", now)


# ---- the day as a whole


@pytest.fixture(scope="module")
def day() -> Pulling:
    """Everything of the invented day."""
    at = Pulling("gladly", now="2024-03-13T14:00:00Z", simulated={"gladly": {"payloads": SAMPLES / "payloads"}})
    at.pull("gladly", "2024-03-12T04:00:00Z", "2024-03-13T14:00:00Z")
    return at


def events(stream: str = "work_sessions", pull: str = "full") -> list[dict[str, Any]]:
    folder, start, end = PULLS[pull]
    return Vendor.of("gladly", now=end, payloads=SAMPLES / folder).events(stream, start, end)


def test_the_speed_of_answer_is_told_by_channel_and_by_the_start_of_routing() -> None:
    """Over all channels the mean is ruled by e-mail."""
    contacts = {event["id"]: event for event in events() if event["kind"] == "interaction"}.values()
    inbound = [event for event in contacts if event["direction"] == "inbound" and "answeredAt" in event]
    waits = [(event["answeredAt"] - event["queuedAt"]) / 1000 for event in inbound]
    assert (round(mean(waits), 3), len(waits)) == (2703.5, 30)
    phone = [event for event in inbound if event["channel"] == "voice"]
    assert round(mean((event["answeredAt"] - event["routedAt"]) / 1000 for event in phone), 3) == 21.143


def test_a_contact_is_answered_when_the_first_of_its_agents_accepts_it(day: Pulling) -> None:
    own = by_contact(day.facts("leg"))
    several = [contact for contact in day.facts("interaction") if len(own[contact["id"]]) > 1]
    assert len(several) == 5
    for contact in several:
        first = min(own[contact["id"]], key=lambda leg: leg["accepted_at"])
        assert (contact["answered_at"], contact["agent"]) == (first["accepted_at"], first["agent"])


def test_conversations_and_transfers_are_counted_by_their_ids(day: Pulling) -> None:
    contacts = {contact["id"]: contact for contact in day.facts("interaction")}
    moved = {leg["interaction"] for leg in day.facts("leg") if leg["queue"] != contacts[leg["interaction"]]["queue"]}
    assert (len({contact["conversation"] for contact in contacts.values()}), len(moved)) == (40, 3)


def test_each_row_of_a_contact_tells_it_in_the_same_words() -> None:
    told = defaultdict(list)
    for pull in PULLS:
        for event in events(pull=pull):
            if event["kind"] == "interaction" and "endedAt" in event:
                told[event["id"]].append(event)
    assert max(map(len, told.values())) > 2
    assert all(event == said[0] for said in told.values() for event in said)


@pytest.mark.parametrize("pull", PULLS)
def test_each_row_of_the_vendor_is_kept_once(pull: str) -> None:
    file = SAMPLES / PULLS[pull][0] / "gladly_work_sessions.csv"
    written = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    assert [event["row"] for event in events(pull=pull) if "row" in event] == written


def test_hold_times_are_those_of_the_export(day: Pulling) -> None:
    phone = {
        contact["id"] for contact in day.facts("interaction") if contact["channel"] == "voice" and "ended_at" in contact
    }
    said = [detail["figures"] for detail in day.facts("interaction_detail") if detail["interaction"] in phone]
    held = [each["Hold Time Total (sec)"] for each in said if each["Times on Hold Total"]]
    assert (round(sum(held), 3), len(held), len(said)) == (846.25, 6, 23)
    assert (round(sum(held) / len(held), 3), round(sum(held) / len(said), 3)) == (141.042, 36.793)
    manual, warm = (sum(each[f"Hold Time - {what} (sec)"] for each in said) for what in ("Manual", "Warm Transfer"))
    assert (round(manual, 3), round(warm, 3)) == (666.15, 114.8)


def test_the_export_and_the_work_sessions_agree_on_the_speed_of_answer(day: Pulling) -> None:
    inbound = {
        contact["id"]
        for contact in day.facts("interaction")
        if (contact["channel"], contact["direction"]) == ("voice", "inbound")
    }
    details = day.facts("interaction_detail")
    assert len(details) == 42
    waits = [
        wait
        for detail in details
        if detail["interaction"] in inbound and (wait := detail["figures"].get("Queued-to-Accepted (sec)")) is not None
    ]
    assert (round(mean(waits), 3), len(waits)) == (23.143, 14)


def test_the_target_of_each_contact_gives_our_own_verdict(day: Pulling) -> None:
    name, target = "Queued-to-Fulfilled (sec)", "SLA Target (sec)"
    said = [detail["figures"] for detail in day.facts("interaction_detail") if name in detail["figures"]]
    assert (sum(each[name] <= each[target] for each in said), len(said)) == (25, 31)


def test_what_is_not_known_of_a_contact_is_not_nought(day: Pulling) -> None:
    """Only calls can be on hold."""
    channels = {contact["id"]: contact["channel"] for contact in day.facts("interaction")}
    for detail in day.facts("interaction_detail"):
        is_call = channels[detail["interaction"]] == "voice"
        assert ("Hold Time Total (sec)" in detail["figures"]) == is_call


def test_handling_time_of_agents_is_the_same_by_day_and_by_contact(day: Pulling) -> None:
    """Of contacts that ended before the day did; one that somebody took the next morning is not of this day."""
    midnight = parse_instant("2024-03-13T04:00:00Z")
    over = {contact["id"] for contact in day.facts("interaction") if contact["ended_at"] < midnight}
    by_agent: dict[str, float] = defaultdict(float)
    for leg in day.facts("leg"):
        by_agent[leg["agent"]] += leg["durations"]["handle"] if leg["interaction"] in over else 0
    said = {each["agent"]: each["figures"]["Contact Handle Time in seconds"] for each in day.facts("agent_interval")}
    assert len(by_agent) == 5
    assert by_agent == pytest.approx({agent: handle for agent, handle in said.items() if handle}, abs=0.002)


def test_an_average_of_nothing_is_left_out_and_a_count_of_nothing_is_not(day: Pulling) -> None:
    intervals = day.facts("agent_interval")
    averages = [
        value
        for interval in intervals
        for name, value in interval["figures"].items()
        if name.startswith("Avg Accepted-to-Fulfilled Time in seconds - ")
    ]
    assert len(intervals) == 6
    assert 0 < len(averages) < 6 * 8
    assert all("Contact Offered - Twitter" in interval["figures"] for interval in intervals)
    assert {interval["zone"] for interval in intervals} == {"America/New_York"}
    assert {(iso(each["at"]), iso(each["ended_at"])) for each in intervals} == {
        ("2024-03-12T04:00:00.000Z", "2024-03-13T04:00:00.000Z")
    }


# ---- in life


def live(now: str = "2026-11-21T10:20:00Z", **simulated: Any) -> Pulling:
    simulated.setdefault("centre", Centre(seed=5, calls_a_day=40, number_of_agents=4))
    at = Pulling("gladly", now=now, simulated={"gladly": simulated})
    at.parts.secrets.put(f"{TENANT}/people", {"key": "00" * 32})
    return at


def test_pulls_round_the_clock_bring_what_one_pull_afterwards_brings() -> None:
    """But for the work after contacts, which grows longer than the pulls look back: once a day a week is read again."""
    start, hours = "2026-11-19T00:00:00Z", 36
    at = live(start)
    config = at.parts.sources.find(TENANT, "gladly")
    assert config is not None
    at.world.at += HOUR
    at.pull("gladly", start, iso(at.world.at), streams=["work_sessions"])
    opened = 0
    for _ in range(hours):
        at.world.at += HOUR
        now = at.world.at
        at.parts.plan_pulls.asked(TENANT, config, None, now, ["work_sessions"], now=now)
        at.work()
        opened += sum("ended_at" not in contact for contact in at.facts("interaction"))
    assert opened
    last = at.world.at
    once = live(iso(last))
    once.pull("gladly", start, iso(last), streams=["work_sessions"])

    def known(at: Pulling) -> list[dict[str, Any]]:
        facts = without_receipt(at.facts("interaction", "leg"))
        return [{**fact, "durations": {**fact.get("durations", {}), "wrap": None}} for fact in facts]

    assert known(at) == known(once)

    def after(at: Pulling) -> dict[str, float]:
        return {leg["id"]: leg["durations"]["wrap"] for leg in at.facts("leg")}

    assert sum(after(at).values()) < sum(after(once).values())
    at.world.at = once.world.at = next_run(config, last) or 0
    once.pull("gladly", start, iso(once.world.at), streams=["work_sessions"])
    assert at.parts.plan_pulls.due(TENANT, now=at.world.at)
    at.work()
    settled = after(at)
    assert {leg: settled[leg] for leg in after(once)} == after(once)


def test_to_go_on_where_the_last_pull_ended_loses_contacts() -> None:
    """By the letter of the vendor's advice: it is an hour behind, so what ended in the last hour is never seen to end."""
    start = parse_instant("2026-11-19T00:00:00Z")
    at = live(iso(start))
    for _ in range(12):
        before, at.world.at = at.world.at, at.world.at + 2 * HOUR
        at.pull("gladly", iso(before), iso(at.world.at), streams=["work_sessions"])
    once = live(iso(at.world.at))
    once.pull("gladly", iso(start), iso(at.world.at), streams=["work_sessions"])
    assert len(at.facts("interaction")) < len(once.facts("interaction"))


DIRTY: Mapping[str, Mapping[str, Any]] = {
    "a mark": {"bom": True},
    "blank lines": {"blank_lines": 2},
    "both": {"bom": True, "blank_lines": 3},
    "columns without their unit": {"old_header": True},
    "no column that nobody announced": {"surprise": False},
}


@pytest.mark.parametrize("dirt", DIRTY)
def test_csv_is_read_however_it_comes(dirt: str) -> None:
    clean, dirty = live(), live(**DIRTY[dirt])
    for at in (clean, dirty):
        at.pull("gladly", "2026-11-19", "2026-11-20", streams=["work_sessions", "contact_export"])
    assert without_receipt(dirty.facts()) == without_receipt(clean.facts())
    assert len(clean.facts()) > 50
    assert not dirty.facts("unreadable")


def test_names_keep_their_letters_commas_and_line_breaks_without_a_charset() -> None:
    at = Vendor.of("gladly", centre=Centre(seed=5, calls_a_day=40, number_of_agents=14))
    reply = at.simulator.answer(_post("reports", _export_of("2026-11-19")))
    assert reply.headers["content-type"] == "text/csv"
    found = at.events("contact_export", "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z")
    names = {agent.name for agent in at.simulator.centre.agents}
    told = {event["labels"]["Agent when Ended"] for event in found if "Agent when Ended" in event["labels"]}
    assert told <= names
    assert any("," in name for name in told)
    assert any(not name.isascii() for name in told)
    assert {event["row"]["New Column"] for event in found} == {'two, or\n"three" lines'}


@pytest.mark.parametrize("body", [b"", b"\n\r\n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("stream", ["work_sessions", "contact_export", "agent_summary"])
def test_an_empty_answer_is_no_rows(stream: str, body: bytes) -> None:
    at = Vendor.of("gladly")
    at.fault = lambda request: Answer(body, 200, {"content-type": "text/csv"})
    assert at.rows(stream, "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z") == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Sign in</body></html>",
        b'{"errors": [{"code": "invalid"}]}',
        b"id,contact_session_id,started\n1,2,3\n",
        b"Contact ID;Queued At\n1;2024-03-12 10:00:00\n",
    ],
)
@pytest.mark.parametrize("stream", ["work_sessions", "contact_export", "agent_summary"])
def test_an_answer_without_the_columns_fails_by_the_name_of_one(stream: str, body: bytes) -> None:
    at = Vendor.of("gladly")
    at.fault = lambda request: Answer(body, 200, {"content-type": "text/csv"})
    with pytest.raises(VendorUnavailable, match="has no column"):
        at.rows(stream, "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z")


def test_work_sessions_without_any_handle_time_fail_by_its_name() -> None:
    at = Vendor.of("gladly")

    def renamed(request: Request) -> Answer:
        answer = at.simulator.answer(request)
        return replace(answer, body=answer.body.replace(b"work_session_handle_time_sec", b"effort"))

    at.fault = renamed
    with pytest.raises(VendorUnavailable, match="worksessionhandletimesec"):
        at.rows("work_sessions", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")


# ---- answers that were cut

READERS: Mapping[str, Callable[..., Any]] = {
    "work_sessions": pages.work_sessions,
    "contact_export": pages.report("ContactExportReportV3", "Contact Export", ("contactid", "queuedat")),
}
WEEK = ("2026-11-09T05:00:00Z", "2026-11-16T05:00:00Z")


def read(stream: str, most: int, resume: Any = None, **simulated: Any) -> list[Page]:
    at = Vendor.of("gladly", centre=Centre(seed=5, calls_a_day=40, number_of_agents=4), **simulated)
    return list(READERS[stream](replace(at.asked(*WEEK), resume=resume), at.client(), most=most))


def told(found: Iterable[Page]) -> set[str]:
    return {json.dumps(row, sort_keys=True) for page in found for row in page.rows}


@pytest.mark.parametrize("stream", READERS)
def test_an_answer_that_may_be_cut_is_asked_for_in_halves(stream: str) -> None:
    [whole] = read(stream, 100_000)
    assert len(whole.rows) > 200
    halves = read(stream, 70, row_cap=70)
    assert len(halves) > 3
    assert told(halves) == told([whole])
    assert all(len(page.rows) < 70 for page in halves)


@pytest.mark.parametrize("stream", READERS)
def test_reading_goes_on_from_the_end_of_any_page(stream: str) -> None:
    found = read(stream, 70, row_cap=70)
    for place, page in enumerate(found[:-1]):
        assert told(read(stream, 70, json.loads(json.dumps(page.next)), row_cap=70)) == told(found[place + 1 :])
    assert found[-1].next is None


@pytest.mark.parametrize(
    ("stream", "words"), [("work_sessions", "in one minute"), ("contact_export", "less than a day")]
)
def test_what_cannot_be_halved_any_more_is_refused_by_name(stream: str, words: str) -> None:
    with pytest.raises(VendorRefuses, match=words):
        read(stream, 1, row_cap=1)


@pytest.mark.parametrize(("count", "requests"), [(99_999, 1), (100_000, 3)])
def test_a_hundred_thousand_rows_may_be_fewer_than_there_are(count: int, requests: int) -> None:
    at = Vendor.of("gladly")
    header = "id,contact_session_id,contact_session_created_at,contact_session_ended_at,channel,direction,agent_id"
    row = b"s,c,2026-11-19T10:00:00Z,2026-11-19T10:05:00Z,CHAT,INBOUND,a,,1\n"
    large = f"{header},agent_accepted_at,work_session_handle_time_sec\n".encode() + row * count
    asked: list[Request] = []

    def answer(request: Request) -> Answer:
        asked.append(request)
        return Answer(large if len(asked) == 1 else b"")

    at.fault = answer
    found = at.rows("work_sessions", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    assert (len(asked), len(found)) == (requests, count if requests == 1 else 0)


# ---- what is asked for


def bodies(stream: str, start: str, end: str, **settings: Any) -> list[dict[str, Any]]:
    at = Vendor.of("gladly", settings=settings)
    asked: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        asked.append(json.loads(request.body))

    at.fault = note
    at.rows(stream, start, end)
    return asked


def test_the_last_date_of_a_report_is_included_so_no_date_is_asked_for_twice() -> None:
    """Days of New York, the longer one among them on which clocks are put back."""
    asked = bodies("contact_export", "2026-10-30T04:00:00Z", "2026-11-05T05:00:00Z")
    assert [(body["startAt"], body["endAt"]) for body in asked] == [
        ("2026-10-30", "2026-11-01"),
        ("2026-11-02", "2026-11-04"),
    ]
    assert {(body["metricSet"], body["timezone"]) for body in asked} == {("ContactExportReportV3", "America/New_York")}
    [today] = bodies("agent_summary", "2026-11-20T05:00:00Z", "2026-11-20T15:00:00Z")
    assert (today["startAt"], today["endAt"], today["aggregationLevel"]) == ("2026-11-20", "2026-11-20", "daily")


def test_work_sessions_are_asked_for_by_the_minute_and_a_day_at_a_time() -> None:
    asked = bodies("work_sessions", "2026-11-18T10:20:30Z", "2026-11-20T09:15:59Z")
    assert [tuple(body.values()) for body in asked] == [
        ("2026-11-18T10:20Z", "2026-11-19T10:20Z"),
        ("2026-11-19T10:20Z", "2026-11-20T09:15Z"),
    ]


@pytest.mark.parametrize(
    ("written", "environment", "host"),
    [
        ("exampleorg", "production", "exampleorg.gladly.com"),
        ("MyOrg.us-1", "production", "myorg.us-1.gladly.com"),
        ("exampleorg", "sandbox", "exampleorg.gladly.qa"),
    ],
)
def test_the_host_is_that_of_the_organisation(written: str, environment: str, host: str) -> None:
    told = {**Gladly.settings, "organization": written, "environment": environment}
    assert hosts(GladlySettings.model_validate(told)) == [host]


@pytest.mark.parametrize(
    "written", ["", "a.b.c", "evil.com/", "evil.com#", "a@b", "a b", "-a", "a-", "a.", ".a", "a:1", "a\n", "ä"]
)
def test_nothing_that_leads_elsewhere_is_an_organisation(written: str) -> None:
    with pytest.raises(ValidationError):
        GladlySettings.model_validate({**Gladly.settings, "organization": written})


# ---- single cells


def session(**cells: str) -> list[dict[str, Any]]:
    """What one row of a work session becomes, with these cells in place of its own."""
    row = (
        next(csv.DictReader(io.StringIO((SAMPLES / "payloads" / "gladly_work_sessions.csv").read_text("utf-8"))))
        | cells
    )
    parts = [[row["id"], row["agent_id"], row["agent_accepted_at"]]]
    found = rows.work_session(
        {**row, pages.PARTS: parts}, Vendor.of("gladly").asked("2024-03-12T00:00Z", "2024-03-13T00:00Z")
    )
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("written", "met"),
    [("true", True), ("Yes", True), ("1", True), ("FALSE", False), ("no", False), ("0", False), ("", None)],
)
def test_the_verdict_is_read_however_it_is_written(written: str, met: bool | None) -> None:
    assert session(within_sla=written)[0].get("slaMet") is met


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-12T14:02:11Z",
        "2024-03-12T14:02:11.000000Z",
        "2024-03-12T10:02:11-04:00",
        "2024-03-12T10:02:11.0-0400",
        "2024-03-12 14:02:11",
    ],
)
def test_times_are_read_however_they_are_written(written: str) -> None:
    contact, leg = session(contact_session_created_at=written)
    assert iso(contact["startedAt"]) == iso(leg["interactionStartedAt"]) == "2024-03-12T14:02:11.000Z"


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({"status": "ABANDONED"}, "abandoned"),
        ({"status": "UNANSWERED"}, "missed"),
        ({"status": "UNANSWERED", "direction": "OUTBOUND"}, "failed"),
        ({"status": "SOMETHING_NEW"}, "answered"),
        ({"status": "SOMETHING_NEW", "agent_accepted_at": ""}, "unknown"),
        ({"status": "", "contact_session_ended_at": ""}, "in_progress"),
    ],
)
def test_the_outcome_follows_the_vendor_s_word_where_it_is_known(cells: dict[str, str], outcome: str) -> None:
    assert session(**cells)[0]["outcome"] == outcome


def test_a_row_without_an_id_beside_work_sessions_is_no_part_of_them() -> None:
    """Should both come in one answer, the contact has ended, whatever the one says."""
    header, first, *_ = (SAMPLES / "payloads" / "gladly_work_sessions.csv").read_text("utf-8").splitlines()
    cells = first.split(",")
    ghost = ",".join(["", *cells[1:10], "", cells[11], *[""] * 7])
    at = Vendor.of("gladly", now="2024-03-12T20:00:00Z")
    at.fault = lambda request: Answer(f"{header}\n{ghost}\n{first}\n{ghost}\n".encode())
    found = at.events("work_sessions", "2024-03-12T14:00:00Z", "2024-03-12T20:00:00Z")
    assert [event["kind"] for event in found] == ["interaction", "leg"]
    assert "endedAt" in found[0]


def test_times_of_the_export_are_those_of_the_zone_that_the_row_names() -> None:
    start, end = "2024-03-12T00:00:00Z", "2024-03-13T00:00:00Z"
    at = Vendor.of("gladly", payloads=SAMPLES / "payloads", settings={"zone": "Asia/Kolkata"})
    first = at.events("contact_export", start, end)[0]
    assert iso(first["anchoredAt"]) == "2024-03-12T14:02:11.000Z"


# ---- the simulator


def _post(path: str, body: Any, **headers: str) -> Request:
    key = f"{Gladly.settings['user']}:{Gladly.settings['token']}"
    signed = {"authorization": f"Basic {b64encode(key.encode()).decode()}"}
    return Request("POST", f"/api/v1/{path}", [], signed | headers, json.dumps(body).encode())


def _export_of(day: str) -> dict[str, str]:
    return {"metricSet": "ContactExportReportV3", "startAt": day, "endAt": day}


SESSIONS = "reports/work-session-events"


@pytest.mark.parametrize(
    ("path", "body", "attr", "code"),
    [
        (SESSIONS, {"endAtTime": "2026-11-20T10:00Z"}, "startAtTime", "blank"),
        (SESSIONS, {"startAtTime": "2026-11-20T10:00Z"}, "endAtTime", "blank"),
        (SESSIONS, {"startAtTime": "2026-11-20T10:00:00Z", "endAtTime": "2026-11-20T11:00Z"}, "startAtTime", "invalid"),
        (SESSIONS, {"startAtTime": "2026-11-20T10:00Z", "endAtTime": "2026-11-20T09:00Z"}, "startAtTime", "invalid"),
        ("reports", {"startAt": "2026-11-20", "endAt": "2026-11-20"}, "metricSet", "blank"),
        ("reports", _export_of("2026-11-20") | {"metricSet": "ContactExportReport"}, "metricSet", "invalid"),
        ("reports", _export_of("2026-11-20") | {"metricSet": "AgentSummaryReport"}, "metricSet", "invalid"),
        ("reports", _export_of("2026-11-20") | {"aggregationLevel": "hourly"}, "aggregationLevel", "invalid"),
        ("reports", _export_of("2026-11-20") | {"endAt": "2026-11-19"}, "startAt", "invalid"),
        ("reports", _export_of("20.11.2026"), "startAt", "invalid"),
        ("reports", _export_of("2026-11-20") | {"timezone": "Mars/Base"}, "timezone", "invalid"),
        ("reports", _export_of("2026-11-20") | {"filters": {"inboxes": ["x"]}}, "filters.inboxes", "present"),
        ("reports", _export_of("2026-11-20") | {"filters": {"phoneNumber": "+1"}}, "filters.phoneNumber", "invalid"),
    ],
)
def test_the_simulator_refuses_as_gladly_does(path: str, body: Any, attr: str, code: str) -> None:
    answer = Vendor.of("gladly").simulator.answer(_post(path, body))
    [error] = json.loads(answer.body)["errors"]
    assert (answer.status, error["attr"], error["code"]) == (400, attr, code)
    assert error["detail"]


def test_the_simulator_knows_its_user() -> None:
    simulator = Vendor.of("gladly").simulator
    for path in ("reports", SESSIONS):
        assert simulator.answer(_post(path, {}, authorization="Basic eDp5")).status == 401
    assert simulator.answer(Request("GET", "/api/v1/agents", [], {}, b"")).status == 401


def test_the_simulator_answers_ten_reports_a_minute() -> None:
    at = Vendor.of("gladly", limited=True)
    asked = _post("reports", _export_of("2026-11-19"))
    answers = [at.simulator.answer(asked) for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert answers[9].headers["ratelimit-remaining-second"] == "0"
    at.clock.at += 60_000
    assert at.simulator.answer(asked).status == 200


def test_the_simulator_writes_two_reports_at_a_time() -> None:
    at = Vendor.of("gladly", limited=True)
    simulator, asked, statuses = at.simulator, _post("reports", _export_of("2026-11-19")), list[int]()
    assert isinstance(simulator, Gladly)

    def meanwhile(seconds: float) -> None:
        if 429 not in statuses:
            statuses.append(simulator.answer(asked).status)

    simulator.wait = meanwhile
    assert simulator.answer(asked).status == 200
    assert statuses == [429, 200]


def test_the_declared_limits_keep_within_those_of_the_vendor() -> None:
    """Not one of the requests of two weeks is refused: as many are sent as where nothing is limited."""

    def calls(**how: Any) -> int:
        at = Pulling("gladly", **how)
        at.pull("gladly", "2026-11-07", "2026-11-21")
        return len(at.vendors["gladly"].simulator.calls)

    limited = {"gladly": {"limited": True}}
    assert calls(simulated=limited, unlimited=False) == calls() > 20
    at = Pulling("gladly", simulated=limited)
    at.pull("gladly", "2026-11-07", "2026-11-21")
    assert len(at.vendors["gladly"].simulator.calls) > calls()
