"""What every report may be asked: its period, parts, zone and subject. The reports are found in the catalogue, by what they say
they take; a new one inherits all of it by being there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.contract.doors import BATCH, JSON, LIST, Doors, single
from tests.fakes.world import World, least, of_agents
from wallboard.model.time import DAY, HOUR, QUARTER, iso, parse_instant
from wallboard.reports._report import Report
from wallboard.runtime import wiring

Event = dict[str, Any]
Wanted = Callable[[Event], bool]

REPORTS = sorted(of_agents(World().parts.catalog), key=lambda report: report.name)
IDS = {report.name.removesuffix(" Report"): report.id for report in REPORTS}
OPTIONS = ("startDate", "endDate", "timezone", "granularity", "botId", "contactId")
GRANULARITIES = ("hour", "day", "week", "month")
END = "2026-11-21T10:30:00Z"
"""That of the quarter-hour of now."""


def takes(report: Report) -> set[str]:
    return {field.alias or name for name, field in report.input.model_fields.items()}


def requires(report: Report) -> set[str]:
    return {field.alias or name for name, field in report.input.model_fields.items() if field.is_required()}


def each_of(found: Iterable[Report]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("report", found, ids=lambda report: report.name)


PERIODIC = [report for report in REPORTS if "startDate" in takes(report)]
IN_PARTS = [report for report in REPORTS if "granularity" in takes(report)]
FILTERED = [report for report in REPORTS if "botId" in takes(report) - requires(report)]

MESSAGE_TYPES = {"User Messages": "user", "Bot Messages": "bot", "Activity Messages": "activity"}
COUNTED: Mapping[str, Wanted] = {
    "Total Conversations": lambda event: event["kind"] == "conversation",
    "Total Messages": lambda event: event["kind"] == "message",
    "Total Ratings": lambda event: event["kind"] == "rating",
    "Thumbs Up": lambda event: event["kind"] == "rating" and event["value"] > 0,
    "Thumbs Down": lambda event: event["kind"] == "rating" and event["value"] < 0,
    **{
        name: lambda event, type_=type_: event["kind"] == "message" and event["type"] == type_  # type: ignore[misc]
        for name, type_ in MESSAGE_TYPES.items()
    },
}
"""The reports that count events, and which they count."""


def what_happens(n: int, at: int, chance: Random) -> Iterator[Event]:
    """To one of two bots or to none, by one of two contacts or by nobody: a conversation, and within two hours of it
    messages, ratings and tokens."""
    who = {"botId": chance.choice(["b-1", "b-2", None]), "contactId": chance.choice(["p-1", "p-2", None])}
    who = {name: value for name, value in who.items() if value}
    within = {"conversationId": f"c-{n}"}
    yield {"kind": "conversation", "id": f"c-{n}", "startedAt": at} | who
    for m in range(chance.randrange(8)):
        later = min(at + chance.randrange(2 * HOUR), NOW)
        what: Event = chance.choice(
            [
                *({"kind": "message", "type": type_, "tokens": m, "conversationStartedAt": at} for type_ in TYPES),
                *({"kind": "rating", "value": value, "reason": f"reason {n}"} for value in (-100, 0, 1)),
                {"kind": "usage", "type": "output_tokens", "count": 11},
            ]
        )
        yield what | within | who | {"id": f"{n}-{m}", "createdAt": later}


TYPES = ("user", "bot", "activity", "reasoning")
NOW = World().at


def at_of(event: Event) -> int:
    at: int = event["startedAt"] if event["kind"] == "conversation" else event["createdAt"]
    return at


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """Of the last seventy days, and above all of the days on which clocks changed in Europe."""
    chance = Random(7)
    begins = [NOW - chance.randrange(70 * DAY) for _ in range(160)]
    for midnight in ("2026-10-24T22:00:00Z", "2026-03-28T23:00:00Z"):
        begins += [parse_instant(midnight) + chance.randrange(26 * HOUR) for _ in range(40)]
    return [event for n, at in enumerate(begins) for event in what_happens(n, at, chance)]


@pytest.fixture(scope="module")
def furnished(events: list[Event]) -> World:
    world = World()
    assert world.push(*events).accepted == len(events)
    dataset = {
        "kind": "resource",
        "type": "dataset",
        "id": "ds-1",
        "updatedAt": NOW,
        "createdAt": NOW - DAY,
        "count": 5,
    }
    bots = [{"kind": "resource", "type": "bot", "id": f"b-{n}", "updatedAt": NOW, "createdAt": NOW} for n in (1, 2)]
    files = {"kind": "resource", "type": "file", "id": "all", "updatedAt": NOW, "count": 9, "limit": 10}
    assert world.push(dataset, files, *bots).accepted == 4
    world.fold()
    return world


@pytest.fixture
def busy(furnished: World) -> Iterator[Doors]:
    """The doors of that world; tests only read in it."""
    wiring.use(furnished.parts)
    yield Doors(furnished)
    wiring.use(None)


def asked_of(report: Report) -> dict[str, Any]:
    return least(report, "b-1")


def refused(doors: Doors, found: Iterable[Report], **asked: Any) -> dict[str, str]:
    """By the name of each of these reports the message of its 400. In a batch the same is said, and the others answer."""
    requests = {report.id: asked_of(report) | asked for report in found}
    singly = {report_id: doors.send("POST", single(report_id), given).error for report_id, given in requests.items()}
    assert {(status, code) for status, code, _ in singly.values()} == {(400, "BAD_REQUEST")}
    neighbour = next(report for report in REPORTS if report.id not in requests)
    batch = doors.send("POST", BATCH, requests | {neighbour.id: asked_of(neighbour)}).json()
    assert batch.pop(neighbour.id) == doors.ask(neighbour.id, **asked_of(neighbour))
    messages = {report_id: message for report_id, (_, _, message) in singly.items()}
    assert batch == {report_id: {"error": message} for report_id, message in messages.items()}
    return {report.name: messages[report.id] for report in REPORTS if report.id in messages}


# ---- periods

PERIODS: list[tuple[str, dict[str, Any], str, str]] = [
    ("UTC", {"startDate": "2026-11-01", "endDate": "2026-11-07"}, "2026-11-01T00:00Z", "2026-11-08T00:00Z"),
    ("UTC", {"startDate": "2026-11-20", "endDate": "2026-12-31"}, "2026-11-20T00:00Z", END),
    ("UTC", {"startDate": "2026-11-21"}, "2026-11-21T00:00Z", END),
    ("UTC", {"endDate": "2026-11-10", "periodDays": 7}, "2026-11-04T00:00Z", "2026-11-11T00:00Z"),
    (
        "UTC",
        {"startDate": "2026-11-10T09:07:00Z", "endDate": "2026-11-12T10:01:00+01:00"},
        "2026-11-10T09:00Z",
        "2026-11-12T09:15Z",
    ),
    ("Europe/Berlin", {"startDate": "2026-10-25", "endDate": "2026-10-25"}, "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
    ("Europe/Berlin", {"startDate": "2026-03-29", "endDate": "2026-03-29"}, "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
    ("Asia/Kolkata", {"startDate": "2026-11-10"}, "2026-11-09T18:30Z", END),
    (
        "America/Los_Angeles",
        {"startDate": "2026-10-20", "endDate": "2026-11-02T00:00Z"},
        "2026-10-20T07:00Z",
        "2026-11-02T00:00Z",
    ),
]
"""A zone, what is asked, and from when to when that is."""


def between(events: list[Event], start: int, end: int, wanted: Wanted) -> list[Event]:
    return [event for event in events if start <= at_of(event) < end and wanted(event)]


@pytest.mark.parametrize(("zone", "asked", "start", "end"), PERIODS, ids=[str(asked) for _, asked, _, _ in PERIODS])
@pytest.mark.parametrize("name", COUNTED)
def test_a_period_holds_what_a_recount_finds_and_is_compared_with_as_long_a_time_before(
    busy: Doors, events: list[Event], name: str, zone: str, asked: dict[str, Any], start: str, end: str
) -> None:
    begin, over = parse_instant(start), parse_instant(end)
    found = between(events, begin, over, COUNTED[name])
    before = between(events, 2 * begin - over, begin, COUNTED[name])
    answer = busy.ask(IDS[name], headers=JSON | {"x-timezone": zone}, **asked)
    assert (answer["value"], answer["change"]) == (len(found), len(found) - len(before))
    days: dict[str, int] = defaultdict(int)
    for event in found:
        days[str(datetime.fromtimestamp(at_of(event) / 1000, ZoneInfo(zone)).date())] += 1
    assert {part["date"]: part["total"] for part in answer["breakdown"] if part["total"]} == days


@each_of(PERIODIC)
def test_days_back_and_the_time_at_which_they_begin_are_the_same_period(
    busy: Doors, events: list[Event], report: Report
) -> None:
    """But for its name, and for a quarter-hour more in the period before, in which nothing happened."""
    start = (NOW - 14 * DAY) // QUARTER * QUARTER
    assert not between(events, start - 14 * DAY - QUARTER, start - 14 * DAY, lambda _: True)
    rolling = busy.ask(report.id, **asked_of(report), periodDays=14)
    fixed = busy.ask(report.id, **asked_of(report), startDate=iso(start))
    assert _unnamed(fixed) == _unnamed(rolling)
    assert any(_numbers(rolling))


def _unnamed(answer: Any) -> Any:
    """The answer without the words for its period."""
    if isinstance(answer, list):
        return [_unnamed(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    kept = {name: _unnamed(value) for name, value in answer.items() if name != "period"}
    if "period" in answer and "description" in answer:
        kept["description"] = answer["description"].replace(answer["period"], "")
    return kept


def _numbers(answer: Any) -> Iterator[float]:
    if isinstance(answer, dict | list):
        for inner in answer.values() if isinstance(answer, dict) else answer:
            yield from _numbers(inner)
    elif isinstance(answer, int | float):
        yield answer


NULLABLE = [(report, name) for report in REPORTS for name in OPTIONS if name in takes(report) - requires(report)]
NULLABLE = [(report, name) for report, name in NULLABLE if name != "granularity"]


@pytest.mark.parametrize("name", sorted({name for _, name in NULLABLE}))
def test_null_is_as_if_it_were_not_said_where_it_may_be_left_out(busy: Doors, name: str) -> None:
    plain = {report.id: asked_of(report) for report, option in NULLABLE if option == name}
    nulls = {report_id: asked | {name: None} for report_id, asked in plain.items()}
    answers = busy.send("POST", BATCH, nulls).json()
    assert answers == busy.send("POST", BATCH, plain).json()
    assert not any("error" in answer for answer in answers.values())


BAD_PERIODS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"startDate": "2026-11-01", "periodDays": 7}, "startDate", ["periodDays", "not both"]),
    ({"startDate": "2026-11-22"}, "startDate", ["2026-11-22", "future", "2026-11-21T10:20:00.000Z"]),
    ({"startDate": "2026-11-21T10:31:00Z"}, "startDate", ["2026-11-21T10:31:00Z", "future"]),
    ({"startDate": "2026-11-10", "endDate": "2026-11-09"}, "endDate", ["2026-11-09", "before"]),
    ({"startDate": "2026-11-10T09:00:00Z", "endDate": "2026-11-10T09:00:00Z"}, "endDate", ["before"]),
    ({"startDate": "2025-11-19"}, "startDate", [" days, the most"]),
    ({"startDate": "0001-01-01"}, "startDate", ["1971 to 9998"]),
    ({"startDate": "2026-02-30"}, "startDate", ["2026-02-30", "2026-11-21"]),
    ({"startDate": "2026-11-1"}, "startDate", ["2026-11-1", "2026-11-21"]),
    ({"startDate": "21.11.2026"}, "startDate", ["21.11.2026", "2026-11-21"]),
    ({"startDate": "yesterday"}, "startDate", ["yesterday", "2026-11-21"]),
    ({"startDate": "2026-11-10T09:00:00"}, "startDate", ["2026-11-10T09:00:00", "no offset", "+01:00"]),
    ({"startDate": ""}, "startDate", ["2026-11-21"]),
    ({"startDate": 20_261_110}, "startDate", ["string", "20261110"]),
    ({"startDate": "2026W47T09"}, "startDate", ["2026W47T09", "2026-11-21"]),
    ({"endDate": "2026-02-30"}, "endDate", ["2026-02-30", "2026-11-21"]),
    ({"endDate": "2026-11-10 09:00"}, "endDate", ["2026-11-10 09:00", "no offset"]),
    ({"endDate": ["2026-11-10"]}, "endDate", ["string", "2026-11-10"]),
    ({"endDate": True}, "endDate", ["string", "true"]),
    ({"timezone": "Mars/Olympus"}, "timezone", ["Mars/Olympus", "Europe/Berlin"]),
    ({"timezone": "../UTC"}, "timezone", ["../UTC", "Europe/Berlin"]),
    ({"timezone": ""}, "timezone", ["Europe/Berlin"]),
    ({"timezone": 1}, "timezone", ["string", "1"]),
]


@pytest.mark.parametrize(("asked", "field", "told"), BAD_PERIODS, ids=[str(asked) for asked, _, _ in BAD_PERIODS])
def test_a_bad_period_is_refused_by_field_value_and_what_is_allowed(
    busy: Doors, asked: dict[str, Any], field: str, told: list[str]
) -> None:
    for name, message in refused(busy, PERIODIC, **asked).items():
        assert message.startswith(f"{field}: "), name
        assert all(part in message for part in told), message


STRANGE_PERIODS: list[dict[str, Any]] = [
    {"startDate": "20261110"},
    {"startDate": "2026-W47"},
    {"endDate": "20261110"},
    {"endDate": "9999-12-31"},
    {"endDate": "9999-12-31T23:59:59Z"},
    {"endDate": "0001-01-01"},
    {"endDate": "1969-12-31"},
    {"startDate": "0001-01-01", "endDate": "0001-01-05"},
    {"startDate": "0001-01-01T00:00:00+14:00", "endDate": "0001-01-05"},
    {"startDate": "2011-12-30", "endDate": "2011-12-30", "timezone": "Pacific/Apia"},
    {"startDate": "2026-11-10T09:00:00.1234567891Z"},
]


@pytest.mark.parametrize("asked", STRANGE_PERIODS, ids=str)
def test_no_period_is_our_fault_nor_that_of_the_others_in_a_batch(busy: Doors, asked: dict[str, Any]) -> None:
    messages, conversations = IDS["Total Messages"], IDS["Total Conversations"]
    alone = busy.send("POST", single(messages), asked)
    batch = busy.send("POST", BATCH, {messages: asked, conversations: {}}).json()
    assert alone.status in (200, 400), alone.text
    assert batch[messages] == (alone.json() if alone.status == 200 else {"error": alone.error[2]})
    assert batch[conversations] == busy.ask(conversations)


def test_a_refusal_does_not_repeat_a_time_of_any_length(busy: Doors) -> None:
    long = f"2027-01-01T00:00:00.{'0' * 100_000}Z"
    status, _, message = busy.send("POST", single(IDS["Total Messages"]), {"startDate": long}).error
    assert status == 400
    assert len(message) < 500


@each_of(PERIODIC)
def test_a_period_that_began_less_than_a_day_ago_can_be_asked_for(busy: Doors, report: Report) -> None:
    assert busy.ask(report.id, **asked_of(report), startDate="2026-11-21T05:00:00Z")


@pytest.mark.parametrize("asked", [{"periodDays": 91}, {"startDate": "2026-08-01"}], ids=str)
def test_what_is_bound_to_fewer_days_is_so_however_they_are_asked_for(busy: Doors, asked: dict[str, Any]) -> None:
    usage = [report for report in REPORTS if report.id == IDS["Conversation Usage"]]
    assert "90" in refused(busy, usage, **asked)["Conversation Usage Report"]


def test_the_usage_of_a_conversation_is_found_in_every_hour_of_the_period(doors: Doors) -> None:
    """Also in the first one, of which the period holds the end."""
    begins = [iso(NOW - DAY + minutes * 60_000) for minutes in (0, 9, 10, 39, 40, 100)]
    doors.push(*({"kind": "conversation", "id": f"c-{n}", "startedAt": at} for n, at in enumerate(begins)))
    doors.world.fold()
    asked: dict[str, Any] = {"conversationIds": [f"c-{n}" for n in range(len(begins))], "periodDays": 1}
    assert doors.ask(IDS["Total Conversations"], periodDays=1)["value"] == len(begins)
    assert doors.ask(IDS["Conversation Usage"], **asked)["totalConversations"] == len(begins)


# ---- parts


def series(answer: Any, title: str = "") -> Iterator[tuple[str, int, list[str] | None, list[int]]]:
    """Every figure of an answer that comes with its parts: its title, the figure, and the names and totals of its parts."""
    if isinstance(answer, list):
        for each in answer:
            yield from series(each)
    elif isinstance(answer, dict):
        figure: Any = next((answer[name] for name in ("value", "current", "total", "tokens") if name in answer), None)
        chart = (answer.get("details") or {}).get("chart") or {}
        if parts := answer.get("breakdown", chart.get("data")):
            yield (
                answer.get("title", title),
                figure,
                [each["date"] for each in parts],
                [each["total"] for each in parts],
            )
        elif "sparkline" in answer:
            yield answer["id"], figure, None, answer["sparkline"]
        else:
            for name, value in answer.items():
                yield from series(value, name)


def names_of_parts(start: int, end: int, granularity: str, zone: str) -> list[str]:
    """What the clock of a zone shows quarter by quarter: the hour, the day, its Monday, or the first of its month."""
    names: dict[str, None] = {}
    for at in range(start, end, QUARTER):
        moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
        day: date = moment.date()
        if granularity == "hour":
            names[f"{moment:%Y-%m-%dT%H}:00{moment.isoformat()[-6:]}"] = None
        elif granularity == "week":
            names[str(day - timedelta(days=day.weekday()))] = None
        else:
            names[str(day) if granularity == "day" else f"{day:%Y-%m}-01"] = None
    return list(names)


NOT_ADDITIVE = {"Active Contacts", "Active Users"}
SPANS = [
    ("Europe/Berlin", "2026-10-24", "2026-10-26", "2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z"),
    ("Europe/Berlin", "2026-03-28", "2026-03-30", "2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z"),
    ("Asia/Kathmandu", "2026-10-22", "2026-11-20", "2026-10-21T18:15:00Z", "2026-11-20T18:15:00Z"),
]


@each_of(IN_PARTS)
@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize(("zone", "first", "last", "start", "end"), SPANS, ids=[first for _, first, *_ in SPANS])
def test_parts_are_all_there_and_add_up(
    busy: Doors, report: Report, granularity: str, zone: str, first: str, last: str, start: str, end: str
) -> None:
    asked: dict[str, Any] = {"startDate": first, "endDate": last, "granularity": granularity, "timezone": zone}
    found = list(series(busy.ask(report.id, **asked_of(report), **asked), report.name.removesuffix(" Report")))
    expected = names_of_parts(parse_instant(start), parse_instant(end), granularity, zone)
    assert found
    assert any(figure for _, figure, _, _ in found)
    for title, figure, names, totals in found:
        assert names in (expected, None)
        assert len(totals) == len(expected)
        if title in NOT_ADDITIVE:
            assert max(totals) <= figure <= sum(totals)
        else:
            assert figure == sum(totals), title


@each_of(IN_PARTS)
def test_parts_are_days_unless_asked_otherwise(busy: Doors, report: Report) -> None:
    daily = busy.ask(report.id, **asked_of(report), granularity="day")
    assert busy.ask(report.id, **asked_of(report)) == daily
    assert busy.ask(report.id, **asked_of(report), granularity="week") != daily


@pytest.mark.parametrize("granularity", ["year", "Hour", "quarter", "", 7, None, ["day"]])
def test_an_unknown_granularity_is_refused_with_those_that_there_are(busy: Doors, granularity: Any) -> None:
    for name, message in refused(busy, IN_PARTS, granularity=granularity).items():
        assert message.startswith("granularity: "), name
        assert all(each in message for each in GRANULARITIES), message


def test_hours_of_more_than_thirty_one_days_are_refused_by_name(busy: Doors) -> None:
    for name, message in refused(busy, IN_PARTS, granularity="hour", periodDays=32).items():
        assert message.startswith("granularity: "), name
        assert "31 days" in message
    at_most = {report.id: asked_of(report) | {"granularity": "hour", "periodDays": 31} for report in IN_PARTS}
    assert not any("error" in answer for answer in busy.send("POST", BATCH, at_most).json().values())


@each_of(PERIODIC)
def test_the_zone_of_the_input_goes_before_that_of_the_header(busy: Doors, report: Report) -> None:
    asked = asked_of(report) | {"startDate": "2026-11-10", "endDate": "2026-11-12"}
    there, here = ({**JSON, "x-timezone": zone} for zone in ("Pacific/Kiritimati", "America/Los_Angeles"))
    answers = [
        busy.ask(report.id, headers=headers, **asked, **more)
        for headers, more in ((there, {}), (here, {"timezone": "Pacific/Kiritimati"}), (here, {}))
    ]
    assert answers[0] == answers[1]
    assert answers[0] != answers[2] or report.id in HAS_NO_DAYS


HAS_NO_DAYS = {IDS[name] for name in ("Alerts", "Bot Alerts", "Conversation Usage")}
"""What they answer need not differ from one day to another."""


@pytest.mark.parametrize("seed", range(4))
def test_in_a_batch_each_answers_as_alone_whatever_the_others_are_asked(busy: Doors, seed: int) -> None:
    """What reports of one batch read is shared where their periods are the same, and only there."""
    chance = Random(seed)
    choices: dict[str, list[Any]] = {
        "startDate": [None, "2026-10-24", "2026-10-26"],
        "timezone": [None, "Europe/Berlin", "Asia/Kathmandu"],
        "granularity": ["day", "week", "hour"],
        "botId": [None, "b-1"],
        "contactId": [None, "p-1"],
    }
    asked = {
        report.id: {name: chance.choice(values) for name, values in choices.items() if name in takes(report)}
        | asked_of(report)
        for report in REPORTS
    }
    batch = busy.send("POST", BATCH, asked).json()
    assert batch == {report_id: busy.ask(report_id, **given) for report_id, given in asked.items()}


def test_facts_that_cannot_be_read_fail_the_reports_that_list_them_and_no_other(doors: Doors) -> None:
    doors.push({"kind": "rating", "id": "r", "createdAt": "2026-11-21T09:00:00Z", "value": -1, "botId": "b"})
    doors.world.fold()
    for items in doors.world.store.tables["facts"].values():
        for item in items.values():
            item["d"] = {"B": b"not a segment"}
    ratings, feedback = IDS["Total Ratings"], IDS["Bot Negative Feedback"]
    answers = doors.send("POST", BATCH, {ratings: {}, feedback: {"botId": "b"}}).json()
    assert answers[feedback].keys() == {"error"}
    assert answers[ratings] == doors.ask(ratings)


# ---- about a bot, about a contact


def bot_figures(busy: Doors, bot: str) -> dict[str, Any]:
    """Of one bot what its own reports say, by the name of the report that says it of the account."""
    stats = busy.ask(IDS["Bot Stats"], botId=bot)
    average = busy.ask(IDS["Bot Conversation Quality"], botId=bot)["avgMessagesPerConversation"]
    return {
        "Total Conversations": stats["totalConversations"],
        "Total Messages": stats["totalMessages"],
        "Total Ratings": stats["totalRatings"],
        "Thumbs Up": stats["thumbsUp"],
        "Thumbs Down": stats["thumbsDown"],
        "Total Tokens": stats["totalTokens"],
        "Average User Messages per Conversation": average["user"],
        "Average Bot Messages per Conversation": average["bot"],
        "Average Actions per Conversation": average["activity"],
        "Average Number of User Requests per Conversation": average["user"],
        "Average Number of Agent Responses per Conversation": average["bot"],
        "Average Number of Actions per Conversation": average["activity"],
    }


def figures(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The figures of an answer about the account, by the name of the report that is about it alone."""
    if "data" in answer:
        return {entry["title"]: entry["value"] for entry in answer["data"]}
    if "topBots" in answer:
        words = {"tokens": "Total Tokens", "conversations": "Total Conversations", "messages": "Total Messages"}
        words |= {"negativeRatings": "Thumbs Down", "positiveRatings": "Thumbs Up"}
        return {title: answer[field]["value"] for field, title in words.items()}
    return {name: answer["value"]}


@each_of(FILTERED)
@pytest.mark.parametrize("bot", ["b-1", "b-2"])
def test_the_account_asked_about_one_bot_says_what_the_reports_of_that_bot_say(
    busy: Doors, report: Report, bot: str
) -> None:
    name = report.name.removesuffix(" Report")
    expected = bot_figures(busy, bot)
    found = figures(busy.ask(report.id, botId=bot, periodDays=30), name)
    compared = found.keys() & expected.keys()
    assert {title: found[title] for title in compared} == {title: expected[title] for title in compared}
    assert compared or name not in expected
    everybodys = figures(busy.ask(report.id, periodDays=30), name)
    assert not compared or found != everybodys


@each_of(FILTERED)
def test_an_unknown_bot_is_not_found_and_the_others_answer(busy: Doors, report: Report) -> None:
    asked = {"botId": "b-unknown"}
    assert busy.send("POST", single(report.id), asked).error == (404, "NOT_FOUND", "Bot not found")
    contacts = IDS["Total Contacts"]
    answers = busy.send("POST", BATCH, {report.id: asked, contacts: {}}).json()
    assert answers == {report.id: {"error": "Bot not found"}, contacts: busy.ask(contacts)}


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("bot", [None, "b-1"])
@pytest.mark.parametrize("contact", ["p-1", "p-2", "p-unknown"])
def test_what_one_contact_did_is_what_a_recount_finds(
    busy: Doors, events: list[Event], name: str, bot: str | None, contact: str
) -> None:
    def mine(event: Event) -> bool:
        return COUNTED[name](event) and event.get("contactId") == contact and bot in (None, event.get("botId"))

    start, end = parse_instant("2026-10-01T00:00:00Z"), parse_instant("2026-11-01T00:00:00Z")
    found, before = between(events, start, end, mine), between(events, 2 * start - end, start, mine)
    asked: dict[str, Any] = {"contactId": contact, "botId": bot, "startDate": "2026-10-01", "endDate": "2026-10-31"}
    answer = busy.ask(IDS[name], **asked, granularity="week")
    assert (answer["value"], answer["change"]) == (len(found), len(found) - len(before))
    assert sum(part["total"] for part in answer["breakdown"]) == len(found)
    if name == "Total Ratings":
        values = [event["value"] for event in found]
        assert answer["thumbsUp"] == sum(value > 0 for value in values)
        assert answer["thumbsDown"] == sum(value < 0 for value in values)
    assert len(found) > 0 or contact == "p-unknown" or bot


def test_what_is_recounted_for_one_contact_can_be_asked_for() -> None:
    known = {report.name.removesuffix(" Report") for report in REPORTS if "contactId" in takes(report)}
    assert known >= {*COUNTED, "Bot Negative Feedback"}


@pytest.mark.parametrize("contact", ["p-1", "p-2", "p-unknown"])
@pytest.mark.parametrize("limit", [3, 50])
def test_the_negative_feedback_of_one_contact_is_what_a_recount_finds(
    busy: Doors, events: list[Event], contact: str, limit: int
) -> None:
    start, end = parse_instant("2026-10-01T00:00:00Z"), parse_instant("2026-11-01T00:00:00Z")
    about = {"kind": "rating", "botId": "b-1", "contactId": contact}
    rated = between(events, start, end, lambda event: about.items() <= event.items())
    negative = sorted((event for event in rated if event["value"] < 0), key=lambda event: (-at_of(event), event["id"]))
    asked: dict[str, Any] = {
        "botId": "b-1",
        "contactId": contact,
        "startDate": "2026-10-01",
        "endDate": "2026-10-31",
        "limit": limit,
    }
    answer = busy.ask(IDS["Bot Negative Feedback"], **asked)
    assert [item["id"] for item in answer["items"]] == [event["id"] for event in negative[:limit]]
    assert {item["contactId"] for item in answer["items"]} <= {contact}
    assert (answer["total"], answer["thumbsDown"]) == (len(rated), len(negative))


@pytest.mark.parametrize("name", ["botId", "contactId"])
@pytest.mark.parametrize("value", [7, "", "x" * 257, ["b-1"], {}])
def test_an_id_that_can_be_none_is_refused_by_its_name(busy: Doors, name: str, value: Any) -> None:
    messages = refused(busy, [report for report in REPORTS if name in takes(report)], **{name: value})
    assert all(message.startswith(f"{name}: ") for message in messages.values()), messages


# ---- what a report does not take

SENSELESS = {name: [report for report in REPORTS if name not in takes(report)] for name in OPTIONS}
VALUES = {"startDate": "2026-11-01", "endDate": "2026-11-07", "timezone": "UTC", "granularity": "day"}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_that_makes_no_sense_is_refused_by_its_name_with_what_the_report_takes(
    busy: Doors, name: str
) -> None:
    messages = refused(busy, SENSELESS[name], **{name: VALUES.get(name, "b-1")})
    listed = {item["name"]: item["meta"]["input"]["properties"] for item in busy.send("GET", LIST).json()["items"]}
    for report, message in messages.items():
        assert message.startswith(f"{name}: this report "), report
        assert set(message.partition(" takes ")[2].split(", ")) == ({*listed[report]} or {"nothing"})


@pytest.mark.parametrize(
    ("report", "name"),
    [
        ("Total Contacts", "startDate"),
        ("Total Contacts", "botId"),
        ("Average Bot Messages per Conversation", "granularity"),
        ("Average Bot Messages per Conversation", "contactId"),
        ("Active Contacts", "contactId"),
        ("Dataset Records", "botId"),
        ("Dataset Records", "endDate"),
        ("Bot Stats", "granularity"),
        ("Alerts", "botId"),
        ("Conversation Usage", "granularity"),
        ("Platform Overview", "contactId"),
    ],
)
def test_among_these_are(report: str, name: str) -> None:
    assert IDS[report] in {each.id for each in SENSELESS[name]}


@pytest.mark.parametrize("name", ["userId", "PeriodDays", "start_date", "granularities", "🙂", ""])
def test_a_field_that_nothing_knows_is_ignored_by_all(busy: Doors, name: str) -> None:
    plain = {report.id: asked_of(report) for report in REPORTS}
    more = {report.id: asked_of(report) | {name: {"x": [None]}} for report in REPORTS}
    assert busy.send("POST", BATCH, more).json() == busy.send("POST", BATCH, plain).json()


# ---- who is named

AT = "2026-11-21T09:00:00Z"
READ, PII = "read", "read pii"


def named(name: str, version: int) -> list[Event]:
    """A bot and a contact that something calls so since then."""
    since = {"updatedAt": NOW + version, "botId": "b", "contactId": "p", "botName": name, "contactName": f"Mx {name}"}
    conversation = {"kind": "conversation", "id": "c", "startedAt": AT} | since
    rating = {"kind": "rating", "id": f"r-{version}", "createdAt": AT, "value": -1, "reason": "too slow"} | since
    tokens = {"kind": "usage", "id": "u", "createdAt": AT, "type": "output_tokens", "count": 3} | since
    return [conversation, rating, tokens]


def names_in(doors: Doors, scopes: str) -> dict[str, set[str | None]]:
    """How the reports that list things call the bot and the contact."""

    def ask(name: str, **asked: Any) -> Any:
        return doors.send("POST", single(IDS[name]), asked, scopes=scopes).json()

    overviews = [ask(name)["data"] for name in ("Comprehensive Overview", "Comprehensive Analytics")]
    listed = [item for entries in overviews for entry in entries for item in entry.get("details", {}).get("list", [])]
    bots = [*ask("Platform Overview")["topBots"], *(item for item in listed if item["id"] == "b")]
    feedback = ask("Bot Negative Feedback", botId="b")["items"]
    assert bots
    assert feedback
    return {
        "bots": {bot["name"] for bot in bots},
        "contacts": {item["name"] for item in listed if item["id"] == "p"},
        "feedback": {item["contactName"] for item in feedback},
        "reasons": {item["reason"] for item in feedback},
    }


@pytest.mark.parametrize("order", [*permutations([("Old", 1), ("Older", 0), ("New", 2)])], ids=str)
@pytest.mark.parametrize("at_once", [True, False])
def test_things_have_their_latest_name_in_whatever_order_names_come(
    doors: Doors, order: list[tuple[str, int]], at_once: bool
) -> None:
    for name, version in order:
        doors.push(*named(name, version))
        if not at_once:
            doors.world.fold()
    doors.world.fold()
    found = names_in(doors, PII)
    assert found == {"bots": {"New"}, "contacts": {"Mx New"}, "feedback": {"Mx New"}, "reasons": {"too slow"}}


def test_a_name_that_comes_later_without_saying_since_when_is_the_latest(doors: Doors) -> None:
    for kind, id_, field in (("contact", "p", "createdAt"), ("conversation", "c", "startedAt")):
        doors.push({"kind": kind, "id": id_, field: AT, "name": "First", "botId": "b", "botName": "First"})
    doors.push(*named("Former", -5))
    doors.world.at += 1
    doors.push({"kind": "contact", "id": "p", "createdAt": AT, "name": "Second"})
    doors.push({"kind": "resource", "type": "bot", "id": "b", "updatedAt": doors.world.at, "name": "Second"})
    doors.world.fold()
    assert names_in(doors, PII)["bots"] == names_in(doors, PII)["contacts"] == {"Second"}


def test_names_of_people_and_reasons_need_their_scope_and_names_of_bots_do_not(doors: Doors) -> None:
    doors.push(*named("Parrot", 1))
    doors.world.fold()
    assert names_in(doors, READ) == {"bots": {"Parrot"}, "contacts": {"p"}, "feedback": {None}, "reasons": {None}}


@pytest.mark.parametrize(
    ("known", "listed", "in_feedback"),
    [
        ({"name": "Ann", "email": "a@example.org", "nick": "annie"}, "Ann", "Ann"),
        ({"name": "", "email": "a@example.org", "nick": "annie"}, "a@example.org", "a@example.org"),
        ({"nick": "annie"}, "annie", "annie"),
        ({}, "p", None),
    ],
)
def test_a_contact_goes_by_name_address_nick_or_id(
    doors: Doors, known: dict[str, str], listed: str, in_feedback: str | None
) -> None:
    nameless = [{field: value for field, value in event.items() if field != "contactName"} for event in named("Bot", 1)]
    doors.push({"kind": "contact", "id": "p", "createdAt": AT} | known, *nameless)
    doors.world.fold()
    found = names_in(doors, PII)
    assert (found["contacts"], found["feedback"]) == ({listed}, {in_feedback})


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_no_report_names_a_person_to_who_may_not_see_people(doors: Doors, accept: str) -> None:
    """Whatever report there is, by both ways of answering; those that do name people are heard of with the scope."""
    person = {"contactId": "p", "contactName": "CANARY person"}
    more: list[Event] = [{**event, **person, "reason": "CANARY reason"} for event in named("Parrot", 1)]
    more += [{"kind": "contact", "id": "p", "createdAt": AT, "email": "CANARY@example.org", "nick": "CANARY nick"}]
    assert doors.push(*more)["accepted"] == len(more)
    doors.world.fold()

    def told(scopes: str) -> dict[str, str]:
        headers = {**JSON, "accept": accept, "x-api-key": doors.key("acme", *scopes.split())}
        asked = {report.name: (single(report.id), least(report, "b")) for report in REPORTS}
        return {name: doors.knock("POST", target, given, headers).text for name, (target, given) in asked.items()}

    assert [name for name, text in told(READ).items() if "CANARY" in text] == []
    people = {name for name, text in told(PII).items() if "CANARY" in text}
    overviews = {"Comprehensive Analytics Report", "Comprehensive Overview Report"} if "json" in accept else set()
    assert people >= {"Bot Negative Feedback Report", *overviews}


def test_a_resource_with_a_field_that_nothing_knows_spoils_no_report(doors: Doors) -> None:
    """Whatever the field is called."""
    fields = ["created_at", "createdat", "count_", "version", "content", "x"]
    for n, field in enumerate(fields):
        made = {"kind": "resource", "type": "bot", "id": f"b-{n}", "updatedAt": NOW, "createdAt": NOW - DAY, field: "?"}
        assert doors.push(made)["accepted"] == 1
    answer = doors.send("POST", single(IDS["Platform Overview"]), {})
    assert answer.status == 200
    assert answer.json()["resources"]["bots"]["value"] == len(fields)
