"""What every report of the catalogue must do. A new report inherits all of it by being there."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from jsonschema import Draft202012Validator

from tests.contract.doors import BATCH, JSON, LIST, Doors, single
from tests.fakes.world import World, least, of_agents
from wallboard.model.results import MetricOutput
from wallboard.model.time import DAY, QUARTER, Window
from wallboard.reports._report import Report
from wallboard.runtime import wiring

FORMATS = Draft202012Validator.FORMAT_CHECKER
REPORTS = sorted(of_agents(World().parts.catalog), key=lambda report: report.name)
every_report = pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
periodic = pytest.mark.parametrize(
    "report", [each for each in REPORTS if "period_days" in each.input.model_fields], ids=lambda report: report.name
)
comparing = pytest.mark.parametrize(
    "report", [each for each in REPORTS if "change" in each.output.model_fields], ids=lambda report: report.name
)
daily = pytest.mark.parametrize(
    "report", [each for each in REPORTS if issubclass(each.output, MetricOutput)], ids=lambda report: report.name
)
about_a_bot = pytest.mark.parametrize(
    "report", [each for each in REPORTS if "bot_id" in each.input.model_fields], ids=lambda report: report.name
)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati")
NOT_ADDITIVE = {"clr3m5n8k000408jq9i8j9k5e"}
"""Active Contacts: who comes on two days is one contact."""

LISTS_FACTS = {"clr3m5n8k000j08jqgw4x5y0t", "cru3m5n8k001008jq7h9e5b2c"}
"""Bot Negative Feedback and Conversation Usage."""

BOT = "b-1"
BOTS = (BOT, "b#2", "b/3 🙂")
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"
ACCOUNT = {  # field of Bot Stats → the report of the whole account
    "totalConversations": "clr3m5n8k000508jq2j9k0l6f",
    "totalMessages": "clr3m5n8k000608jq3k0l1m7g",
    "totalRatings": "clr3m5n8k000008jq7h9e5b1a",
    "thumbsUp": "clr3m5n8k000108jq3c4d7f2b",
    "thumbsDown": "clr3m5n8k000208jq8e5f6g3c",
}


def inputs(report: Report) -> dict[str, Any]:
    return least(report, BOT)


def zoned(zone: str) -> dict[str, str]:
    return JSON | {"x-timezone": zone}


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers(inner)
    elif isinstance(value, int | float):
        yield value


def event_of_each_kind(at: int, chance: Random, n: int = 0) -> list[dict[str, Any]]:
    """What happened at an instant to a bot or to none, and to a contact that may be known."""
    who = {"botId": chance.choice([*BOTS, None]), "contactId": chance.choice(["p-1", "p-2", None]) if n else "p-1"}
    who = {name: value for name, value in who.items() if value}
    conversation = {"conversationId": f"c-{n}", "conversationStartedAt": at}
    made: list[dict[str, Any]] = [{"kind": "conversation", "id": f"c-{n}", "startedAt": at}]
    made += [
        {"kind": "message", "id": f"{type_}-{n}", "createdAt": at, "type": type_, "tokens": 7, **conversation}
        for type_ in ("user", "bot", "activity", "reasoning")
    ]
    made += [{"kind": "rating", "id": f"{value}-{n}", "createdAt": at, "value": value} for value in (-100, 0, 1)]
    made += [{"kind": "usage", "id": f"u-{n}", "createdAt": at, "type": "CHATBOTKIT_BASE_TOKEN", "count": 11}]
    made += [{"kind": "action", "id": f"a-{n}", "createdAt": at, "type": "action.call", "name": "search"}]
    dataset = {"kind": "resource", "id": f"ds-{n % 3}", "type": "dataset", "updatedAt": at, "count": 5 + n}
    return [*(each | who for each in made), {"kind": "contact", "id": f"p-{n % 5}", "createdAt": at}, dataset]


def time_of(event: dict[str, Any]) -> int:
    at: int = event.get("createdAt") or event.get("startedAt") or event["updatedAt"]
    return at


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    """Something every few hours, of the last 65 days."""
    chance, now = Random(2), World().at
    return [event for n in range(150) for event in event_of_each_kind(now - chance.randrange(65 * DAY), chance, n)]


@pytest.fixture(scope="module")
def furnished(events: list[dict[str, Any]]) -> World:
    world = World()
    assert world.push(*events).accepted == len(events)
    world.push({"kind": "resource", "id": BOT, "type": "bot", "updatedAt": world.at}, tenant="other")
    world.fold()
    return world


@pytest.fixture
def busy(furnished: World) -> Iterator[Doors]:
    """The doors of a world in which something happened; tests only read in it."""
    now = furnished.at
    wiring.use(furnished.parts)
    yield Doors(furnished)
    wiring.use(None)
    furnished.at = now


@pytest.fixture
def quiet(doors: Doors) -> Doors:
    """A bot that exists, and to which nothing ever happened."""
    doors.push({"kind": "resource", "id": BOT, "type": "bot", "updatedAt": doors.world.at})
    return doors


# ---- alone


@every_report
def test_on_no_data_every_number_is_zero(quiet: Doors, report: Report) -> None:
    assert set(numbers(quiet.ask(report.id, **inputs(report)))) <= {0}


@every_report
def test_on_data_every_number_is_finite_and_some_are_not_zero(busy: Doors, report: Report) -> None:
    found = list(numbers(busy.ask(report.id, **inputs(report))))
    assert any(found)
    assert all(map(math.isfinite, found))


@every_report
@pytest.mark.parametrize("data", ["quiet", "busy"])
def test_the_output_is_what_the_list_says(request: pytest.FixtureRequest, data: str, report: Report) -> None:
    doors: Doors = request.getfixturevalue(data)
    [item] = [each for each in doors.send("GET", LIST).json()["items"] if each["id"] == report.id]
    output = doors.ask(report.id, **inputs(report))
    jsonschema.validate(output, item["meta"]["output"], Draft202012Validator, format_checker=FORMATS)
    jsonschema.validate(inputs(report), item["meta"]["input"], Draft202012Validator, format_checker=FORMATS)


@every_report
def test_the_output_is_closed_and_has_no_field_named_error(report: Report) -> None:
    """Clients tell a failed entry of a batch by a field of that name."""
    schema = report.output.model_json_schema(mode="serialization")
    assert schema["additionalProperties"] is False
    assert all(each["additionalProperties"] is False for each in schema.get("$defs", {}).values())
    assert "error" not in schema["properties"]


@every_report
def test_optional_is_absent_and_not_null(quiet: Doors, report: Report) -> None:
    schema = report.output.model_json_schema(mode="serialization")
    output = quiet.ask(report.id, **inputs(report))
    assert all(output[name] is not None for name in output if name not in schema.get("required", ()))


@every_report
def test_unknown_fields_of_the_input_are_ignored(busy: Doors, report: Report) -> None:
    known = inputs(report)
    more: dict[str, Any] = {
        "userId": None,
        "integrationId": "x",
        "period_days": "x",
        "bot_id": 7,
        "🙂": [{}],
    }
    assert busy.ask(report.id, **known, **more) == busy.ask(report.id, **known)


@every_report
@pytest.mark.parametrize("given", [7, "x", None, [], True])
def test_an_input_that_is_no_object_is_refused(quiet: Doors, report: Report, given: Any) -> None:
    status, code, _ = quiet.send("POST", single(report.id), given).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert quiet.send("POST", BATCH, {report.id: given}).json()[report.id].keys() == {"error"}


@periodic
@pytest.mark.parametrize("days", [0, -1, 1.5, "30", None, True, 10**9])
def test_a_bad_period_is_refused_by_name(quiet: Doors, report: Report, days: Any) -> None:
    asked = inputs(report) | {"periodDays": days}
    status, code, message = quiet.send("POST", single(report.id), asked).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith("periodDays: ")
    assert quiet.send("POST", BATCH, {report.id: asked}).json() == {report.id: {"error": message}}


@periodic
def test_the_period_is_told_and_thirty_days_unless_asked(busy: Doors, report: Report) -> None:
    asked = inputs(report)
    if "period" in report.output.model_fields:
        assert busy.ask(report.id, **asked, periodDays=1)["period"] == "last 1 days"
    usual = report.input.model_fields["period_days"].default
    assert busy.ask(report.id, **asked) == busy.ask(report.id, **asked, periodDays=usual)


@every_report
def test_one_answers_the_same_in_a_batch_and_alone(busy: Doors, report: Report) -> None:
    alone = busy.ask(report.id, **inputs(report))
    everything = {each.id: inputs(each) for each in REPORTS}
    assert busy.send("POST", BATCH, everything).json()[report.id] == alone
    assert busy.send("POST", BATCH, {report.id: inputs(report)}).json() == {report.id: alone}


@every_report
def test_another_tenant_with_a_bot_of_that_name_sees_nothing_of_it(busy: Doors, report: Report) -> None:
    assert set(numbers(busy.ask(report.id, tenant="other", **inputs(report)))) <= {0}


@about_a_bot
def test_a_bot_that_nobody_has_heard_of_is_not_found(busy: Doors, report: Report) -> None:
    asked = inputs(report) | {"botId": "b-unknown"}
    assert busy.send("POST", single(report.id), asked).error == (404, "NOT_FOUND", "Bot not found")
    answers = busy.send("POST", BATCH, {report.id: asked, BOT_STATS + "x": {}}).json()
    assert answers[report.id] == {"error": "Bot not found"}


# ---- days


@daily
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", [1, 30])
def test_the_breakdown_has_every_date_of_the_window_in_the_asked_zone(
    quiet: Doors, report: Report, zone: str, days: int
) -> None:
    now = datetime.fromtimestamp(quiet.world.at / 1000, UTC)
    begin = now - timedelta(days=days)
    begin -= timedelta(minutes=begin.minute % 15, seconds=begin.second, microseconds=begin.microsecond)
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (begin, now))
    dates = [str(first + timedelta(days=after)) for after in range((last - first).days + 1)]
    output = quiet.ask(report.id, headers=zoned(zone), **inputs(report), periodDays=days)
    assert [day["date"] for day in output["breakdown"]] == dates


@daily
def test_what_happens_late_in_utc_is_on_the_next_day_further_east(doors: Doors, report: Report) -> None:
    late = doors.world.at - doors.world.at % DAY - 30 * 60_000  # 23:30 of the 20th
    doors.push(*event_of_each_kind(late, Random(1)))
    doors.world.fold()
    for zone, date in [("UTC", "2026-11-20"), ("Asia/Kathmandu", "2026-11-21"), ("America/Los_Angeles", "2026-11-20")]:
        breakdown = doors.ask(report.id, headers=zoned(zone), **inputs(report))["breakdown"]
        assert [day["date"] for day in breakdown if day["total"]] == [date], zone


@daily
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", [1, 7, 30])
def test_the_value_is_the_sum_of_its_days(busy: Doors, report: Report, zone: str, days: int) -> None:
    output = busy.ask(report.id, headers=zoned(zone), **inputs(report), periodDays=days)
    total = sum(day["total"] for day in output["breakdown"])
    if report.id in NOT_ADDITIVE:
        assert max(day["total"] for day in output["breakdown"]) <= output["value"] <= total
    else:
        assert output["value"] == total


@every_report
def test_the_zone_moves_days_and_no_other_figure(busy: Doors, report: Report) -> None:
    answers = [_without_days(busy.ask(report.id, headers=zoned(zone), **inputs(report))) for zone in ZONES]
    assert all(answer == answers[0] for answer in answers)


def _without_days(answer: Any) -> Any:
    """The answer without what is cut at the days of a zone, or compares with one."""
    if isinstance(answer, list):
        return [_without_days(each) for each in answer]
    if not isinstance(answer, dict) or answer.get("type") == "usageSpike":
        return None if isinstance(answer, dict) else answer
    days = ("breakdown", "chart", "sparkline", "rangeLabel", "summary")
    return {name: _without_days(value) for name, value in answer.items() if name not in days}


@comparing
def test_the_change_is_the_difference_from_the_days_before(
    busy: Doors, report: Report, events: list[dict[str, Any]]
) -> None:
    """The current window of 14 days ago is the previous one of now, if the clock stood at the end of a quarter: but for a
    quarter at its beginning, in which nothing happened."""
    busy.world.at -= busy.world.at % QUARTER
    edge = busy.world.at - 28 * DAY
    assert not any(edge - QUARTER <= time_of(event) < edge for event in events)
    now = busy.ask(report.id, **inputs(report), periodDays=14)
    busy.world.at -= 14 * DAY + 1
    then = busy.ask(report.id, **inputs(report), periodDays=14)
    assert now["change"] == now["value"] - then["value"]


# ---- together


def test_the_account_is_the_sum_of_its_bots_and_of_what_no_bot_did(busy: Doors, events: list[dict[str, Any]]) -> None:
    begin = Window.last_days(30, now=busy.world.at).start * QUARTER
    nobodys = [event for event in events if "botId" not in event and time_of(event) >= begin]
    ratings = [event["value"] for event in nobodys if event["kind"] == "rating"]
    beside = {
        "totalConversations": sum(event["kind"] == "conversation" for event in nobodys),
        "totalMessages": sum(event["kind"] == "message" for event in nobodys),
        "totalRatings": len(ratings),
        "thumbsUp": sum(value > 0 for value in ratings),
        "thumbsDown": sum(value < 0 for value in ratings),
    }
    bots = [busy.ask(BOT_STATS, botId=bot) for bot in BOTS]
    for field, report_id in ACCOUNT.items():
        assert beside[field] > 0
        assert busy.ask(report_id)["value"] == sum(bot[field] for bot in bots) + beside[field], field


def test_a_batch_of_all_reports_reads_at_most_three_times_what_its_most_expensive_member_reads(busy: Doors) -> None:
    def calls_of(asked: dict[str, Any]) -> int:
        before: int = sum(busy.world.store.calls.values())
        busy.send("POST", BATCH, asked)
        after: int = sum(busy.world.store.calls.values())
        return after - before

    alone = [calls_of({report.id: inputs(report)}) for report in REPORTS]
    assert calls_of({report.id: inputs(report) for report in REPORTS}) <= 3 * max(alone) < sum(alone)


def test_a_batch_reads_no_more_however_many_events_there_were(doors: Doors) -> None:
    """Those aside that list facts: they read as many hours as they list at most."""
    everything = {report.id: inputs(report) for report in REPORTS if report.id not in LISTS_FACTS}
    calls = []
    for n in range(3):
        chance = Random(n)
        at = doors.world.at
        events = [event_of_each_kind(at - chance.randrange(5 * DAY), chance, 1_000 * n + m) for m in range(3 * 8**n)]
        doors.push(*(event for some in events for event in some))
        doors.world.fold()
        before = dict(doors.world.store.calls)
        doors.send("POST", BATCH, everything)
        calls.append({name: count - before[name] for name, count in doors.world.store.calls.items()})
    assert calls[0] == calls[1] == calls[2]
