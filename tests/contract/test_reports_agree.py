"""One figure is the same wherever it stands: in the overviews, the single reports, those of bots, in alerts, in tables, and in
what all conversations add up to. On the events of the examples and on many random ones; and 0 where nothing happened."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest

import wallboard.reports
from tests.contract.doors import JSON, Doors, single
from tests.fakes.world import World, least
from wallboard.model.results import BotInput
from wallboard.model.time import DAY, HOUR, QUARTER, iso, parse_instant
from wallboard.registry import Family
from wallboard.reports._report import Report
from wallboard.runtime import wiring
from wallboard.services.write_table import MARK

Event: TypeAlias = dict[str, Any]
Fields: TypeAlias = dict[str, Any]
EXAMPLES = Path(__file__).parents[1] / "examples/reports/events.json"
NOW = "2026-11-21T10:20:00Z"
AT = parse_instant(NOW)
REPORTS = Family(wallboard.reports, attribute="REPORT", member=Report)
AVERAGES = {
    "user": "average_user_messages_per_conversation",
    "bot": "average_bot_messages_per_conversation",
    "activity": "average_actions_per_conversation",
}
ENTRIES = {
    "Total Ratings": "total_ratings",
    "Thumbs Up": "thumbs_up",
    "Thumbs Down": "thumbs_down",
    "Active Users": "active_contacts",
    "Total Conversations": "total_conversations",
    "Total Messages": "total_messages",
    "Total User Requests": "user_messages",
    "Total Agent Responses": "bot_messages",
    "Total Agent Actions": "activity_messages",
    "Average Number of User Requests per Conversation": AVERAGES["user"],
    "Average Number of Agent Responses per Conversation": AVERAGES["bot"],
    "Average Number of Actions per Conversation": AVERAGES["activity"],
}
LISTS = {  # entry → the report that says the same of one contact, and the kind of event that names the contact
    "Total Ratings": ("total_ratings", "rating"),
    "Thumbs Up": ("thumbs_up", "rating"),
    "Thumbs Down": ("thumbs_down", "rating"),
    "Active Users": ("total_conversations", "conversation"),
    "Total Conversations": ("total_conversations", "conversation"),
    "Total Messages": ("total_messages", "message"),
}
ADDITIVE = sorted(set(ENTRIES.values()) - {"active_contacts", *AVERAGES.values()})
NULLABLE = {"reason", "conversationId", "messageId", "contactId", "contactName", "thumbsUpRate", "name"}
"""Fields that the contract has as null where nothing is known, or nothing can be computed."""

zones = pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
periods = pytest.mark.parametrize("days", [3, 7, 30])
OF_AGENTS = [name for name in REPORTS.names() if REPORTS.load(name).category != "centre"]
every_report = pytest.mark.parametrize("report", OF_AGENTS)


@dataclass(frozen=True, slots=True)
class Told:
    """A world in which something happened. `live` is what is left of its events after corrections and deletions."""

    world: World
    live: list[Event]
    bots: list[str]
    conversations: list[str]

    def ask(self, report: str, accept: str = "application/json", **asked: Any) -> Any:
        """The answer of a report, named by its module: its JSON, or the text of another type."""
        path, headers = single(REPORTS.load(report).id), {**JSON, "accept": accept}
        answer = Doors(self.world).send("POST", path, asked, headers, scopes="ingest read pii")
        assert answer.status == 200, (report, asked, answer)
        return answer.json() if accept == "application/json" else answer.text

    def entries(self, report: str = "comprehensive_overview", **asked: Any) -> dict[str, Any]:
        """The entries of an overview by their titles."""
        return {entry["title"]: entry for entry in self.ask(report, **asked)["data"]}

    def of(self, kind: str, days: int, **fields: Any) -> list[Event]:
        """The live events of a kind in the last so many days; of nobody, where a field is asked to be None."""
        begin = (AT - days * DAY) // QUARTER * QUARTER
        return [
            event
            for event in self.live
            if event["kind"] == kind and time_of(event) >= begin
            if all(event.get(name) == value for name, value in fields.items())
        ]


def time_of(event: Event) -> int:
    field = {"conversation": "startedAt", "resource": "updatedAt"}.get(event["kind"], "createdAt")
    return parse_instant(event[field])


def is_token(usage: Event) -> bool:
    word: str = usage["type"].upper()
    return word.endswith("TOKEN")


def examples() -> list[Event]:
    events: list[Event] = json.loads(EXAMPLES.read_text())["events"]
    return events


def many() -> list[Event]:
    """Forty days of four bots, with conversations of every depth, and much that names no bot, no contact, or a conversation
    that nobody described."""
    chance = Random(7)
    events: list[Event] = []
    for n in range(400):
        start = AT - int(chance.triangular(0, 40 * DAY, 0))
        who = {"botId": chance.choice(["b-1", "b-1", "b#2", "b/3 🙂", "b-4", None]), "contactId": f"p-{n % 37}"}
        who = {name: value for name, value in who.items() if value and chance.random() < 0.9}
        conversation = {"conversationId": f"c-{n}", **who}
        if n % 20:
            events.append({"kind": "conversation", "id": f"c-{n}", "startedAt": iso(start), **who})
        types = ["user"] * chance.choice([0, 1, 1, 2, 3, 4, 10, 11]) + ["bot"] * chance.randrange(4)
        for m, type_ in enumerate([*types, *chance.choices(["activity", "reasoning"], k=chance.randrange(3))]):
            at = min(start + chance.randrange(30 * HOUR if m % 5 == 4 else HOUR), AT)
            message = {"kind": "message", "id": f"c-{n}.{m}", "createdAt": iso(at), "type": type_, **conversation}
            tokens = {"tokens": chance.randrange(300)} if chance.random() < 0.5 else {}
            events.append(message | {"conversationStartedAt": iso(start)} | tokens)
        then = {"createdAt": iso(start)}
        if n % 3 == 0:
            events.append(
                {"kind": "rating", "id": f"r-{n}", "value": chance.choice([-100, -1, 0, 1]), **then, **conversation}
            )
        if n % 4 == 0:
            type_ = chance.choice(["CHATBOTKIT_BASE_TOKEN", "GPT_TOKEN", "CHATBOTKIT_MESSAGE"])
            usage = {"kind": "usage", "id": f"u-{n}", "type": type_, "count": chance.randrange(900), **then}
            events.append(usage | (conversation if n % 8 else who))
        if n % 5 == 0:
            name = {"type": f"action.{n % 2}", "name": f"tool {n % 3}"}
            events.append({"kind": "action", "id": f"a-{n}", **name, **then, **who})
    for n in range(5):
        dataset = {"kind": "resource", "id": f"d-{n}", "type": "dataset", "updatedAt": iso(AT)}
        events.append(dataset | {"count": 17 * n, "limit": 6})
    return events


@cache
def told(make: Callable[[], list[Event]]) -> Told:
    events, world, live = make(), World(now=NOW), {}
    wiring.use(world.parts)
    for start in range(0, len(events), 1_000):
        some = events[start : start + 1_000]
        assert Doors(world).push(*some) == {"accepted": len(some), "rejected": []}
    world.fold()
    for event in events:  # each correction comes after what it corrects
        live[event["kind"], event["id"]] = event
    left = [event for event in live.values() if not event.get("deleted")]
    named = {
        event.get("conversationId") or event["id"] for event in left if event["kind"] in ("conversation", "message")
    }
    deleted = {event["id"] for event in events if event["kind"] == "conversation"}
    bots = {event["botId"] for event in left if "botId" in event}
    return Told(world, left, sorted(bots), sorted(named | deleted))


@pytest.fixture(params=[examples, many], ids=["examples", "many"])
def here(request: pytest.FixtureRequest) -> Iterator[Told]:
    """Tests only read in it."""
    found = told(request.param)
    wiring.use(found.world.parts)
    yield found
    wiring.use(None)


def totals(breakdown: list[Any]) -> list[Any]:
    return [(day["date"], day["total"]) for day in breakdown]


def one_decimal(part: int, whole: int) -> float:
    exact = Decimal(part) / Decimal(whole) if whole else Decimal(0)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


# ---- overviews


@periods
@zones
def test_every_entry_of_the_overview_is_what_its_report_says(here: Told, days: int, zone: str) -> None:
    for bot in (None, *here.bots):
        asked: Fields = {"periodDays": days, "timezone": zone} | ({"botId": bot} if bot else {})
        overview = here.entries(**asked)
        for title, report in ENTRIES.items():
            entry, alone = overview[title], here.ask(report, **asked)
            assert (entry["value"], entry["period"]) == (alone["value"], alone["period"]), (title, bot)
            assert entry.get("change") == alone.get("change"), (title, bot)
            if "details" in entry:
                assert entry["details"]["metric"] == {name: entry[name] for name in entry if name != "details"}
            if "chart" in entry.get("details", {}):
                assert totals(entry["details"]["chart"]["data"]) == totals(alone["breakdown"]), (title, bot)
        assert overview["Total Users"]["value"] == here.ask("total_contacts")["value"]


@periods
@zones
def test_analytics_is_the_overview_and_the_tokens_of_the_platform_overview(here: Told, days: int, zone: str) -> None:
    for bot in (None, *here.bots):
        asked: Fields = {"periodDays": days, "timezone": zone} | ({"botId": bot} if bot else {})
        *entries, tokens = here.ask("comprehensive_analytics", **asked)["data"]
        platform = here.ask("platform_overview", **asked)["tokens"]
        assert entries == here.ask("comprehensive_overview", **asked)["data"]
        assert (tokens["value"], tokens["change"]) == (platform["value"], platform["change"])
        assert totals(tokens["details"]["chart"]["data"]) == totals(platform["breakdown"])


@periods
def test_what_a_list_says_of_a_contact_is_what_the_report_says_of_it(here: Told, days: int) -> None:
    overview = here.entries(periodDays=days)
    for title, (report, kind) in LISTS.items():
        listed = {each["id"]: each["tags"][0]["value"] for each in overview[title]["details"]["list"]}
        for contact, value in listed.items():
            assert here.ask(report, periodDays=days, contactId=contact)["value"] == value, (title, contact)
        if "Thumbs" not in title:  # lists of voters end after twenty
            nobodys = len(here.of(kind, days, contactId=None))
            assert sum(listed.values()) + nobodys == here.ask(report, periodDays=days)["value"], title


@periods
@zones
def test_the_charts_of_ratings_are_the_days_of_their_reports(here: Told, days: int, zone: str) -> None:
    asked: Fields = {"periodDays": days, "timezone": zone}
    ratings, chart = (
        here.ask("total_ratings", **asked),
        here.entries(**asked)["Total Ratings"]["details"]["chart"]["data"],
    )
    for field, report in (("thumbsUp", "thumbs_up"), ("thumbsDown", "thumbs_down")):
        alone = here.ask(report, **asked)
        assert ratings[field] == alone["value"]
        assert [(day["date"], day[field]) for day in chart] == totals(alone["breakdown"])


@periods
@zones
def test_the_platform_overview_is_what_the_single_reports_say(here: Told, days: int, zone: str) -> None:
    asked: Fields = {"periodDays": days, "timezone": zone}
    platform = here.ask("platform_overview", **asked, topBotsLimit=20)
    for field, report in (
        ("conversations", "total_conversations"),
        ("messages", "total_messages"),
        ("negativeRatings", "thumbs_down"),
        ("positiveRatings", "thumbs_up"),
    ):
        alone = here.ask(report, **asked)
        assert platform[field] == {name: alone[name] for name in platform[field]}, field
    for top in platform["topBots"]:
        stats = here.ask("bot_stats", **asked, botId=top["id"])
        tokens = here.ask("bot_performance", **asked, botId=top["id"])["tokens"]
        up, down = stats["thumbsUp"], stats["thumbsDown"]
        assert (top["tokens"], top["conversations"]) == (stats["totalTokens"], stats["totalConversations"])
        assert (top["thumbsUp"], top["thumbsDown"]) == (up, down)
        assert top["thumbsUpRate"] == (up / (up + down) if up + down else None)
        assert top["sparkline"] == [day["total"] for day in tokens["breakdown"]]


@periods
@pytest.mark.parametrize("report", ADDITIVE)
def test_the_change_is_what_twice_the_period_says(here: Told, report: str, days: int) -> None:
    once, twice = (here.ask(report, periodDays=many_days) for many_days in (days, 2 * days))
    assert once["change"] == once["value"] - (twice["value"] - once["value"])


# ---- bots


@periods
def test_the_account_is_its_bots_and_what_no_bot_did(here: Told, days: int) -> None:
    messages, ratings = (here.of(kind, days, botId=None) for kind in ("message", "rating"))
    used = [usage["count"] for usage in here.of("usage", days, botId=None) if is_token(usage)]
    beside = {
        "totalConversations": len(here.of("conversation", days, botId=None)),
        "totalMessages": len(messages),
        "totalTokens": sum(used) + sum(message.get("tokens", 0) for message in messages),
        "totalRatings": len(ratings),
        "thumbsUp": sum(rating["value"] > 0 for rating in ratings),
        "thumbsDown": sum(rating["value"] < 0 for rating in ratings),
    }
    ratings_of_all = here.ask("total_ratings", periodDays=days)
    account = {
        "totalConversations": here.ask("total_conversations", periodDays=days)["value"],
        "totalMessages": here.ask("total_messages", periodDays=days)["value"],
        "totalTokens": here.ask("platform_overview", periodDays=days)["tokens"]["value"],
        "totalRatings": ratings_of_all["value"],
        "thumbsUp": ratings_of_all["thumbsUp"],
        "thumbsDown": ratings_of_all["thumbsDown"],
    }
    bots = [here.ask("bot_stats", botId=bot, periodDays=days) for bot in here.bots]
    assert {field: sum(bot[field] for bot in bots) + beside[field] for field in beside} == account


@periods
@zones
def test_the_reports_of_a_bot_are_those_of_the_account_for_this_bot(here: Told, days: int, zone: str) -> None:
    for bot in here.bots:
        asked: Fields = {"botId": bot, "periodDays": days, "timezone": zone}
        stats, performance = here.ask("bot_stats", **asked), here.ask("bot_performance", **asked)
        tokens = here.ask("platform_overview", **asked)["tokens"]
        ratings, feedback = here.ask("total_ratings", **asked), here.ask("bot_negative_feedback", **asked, limit=50)
        for field, alone in (
            ("conversations", here.ask("total_conversations", **asked)),
            ("messages", here.ask("total_messages", **asked)),
            ("tokens", tokens),
        ):
            assert performance[field] == {
                "current": alone["value"],
                "previous": alone["value"] - alone["change"],
                "change": alone["change"],
                "breakdown": alone["breakdown"],
            }
            assert stats[f"total{field.capitalize()}"] == alone["value"]
        assert performance["ratings"]["total"] == stats["totalRatings"] == ratings["value"] == feedback["total"]
        assert performance["ratings"]["change"] == ratings["change"]
        assert totals(performance["ratings"]["breakdown"]) == totals(ratings["breakdown"])
        assert performance["ratings"]["sentimentSignal"] == stats["sentimentSignal"]
        for field in ("thumbsUp", "thumbsDown"):
            assert performance["ratings"][field] == stats[field] == ratings[field] == feedback[field]
        assert len(feedback["items"]) == min(50, stats["thumbsDown"])


@periods
def test_the_depths_add_up_to_the_conversations_and_the_averages_to_their_messages(here: Told, days: int) -> None:
    began = {event["id"]: event for event in here.of("conversation", days)}
    said = [message for message in here.of("message", days) if message["conversationId"] in began]
    for bot in here.bots:
        asked: Fields = {"botId": bot, "periodDays": days}
        quality, stats = here.ask("bot_conversation_quality", **asked), here.ask("bot_stats", **asked)
        count, depth = quality["totalConversations"], quality["conversationDepth"]
        assert sum(depth.values()) == count == stats["totalConversations"]
        assert quality["abandonmentRate"] == one_decimal(100 * depth["singleTurn"], count)
        assert quality["avgTokensPerConversation"] == one_decimal(stats["totalTokens"], count)
        assert quality["avgTokensPerMessage"] == one_decimal(stats["totalTokens"], stats["totalMessages"])
        for type_, average in quality["avgMessagesPerConversation"].items():
            assert average == here.ask(AVERAGES[type_], **asked)["value"]
            mine = [
                each for each in said if began[each["conversationId"]].get("botId") == bot and each["type"] == type_
            ]
            assert average * count == pytest.approx(len(mine))
    for type_, report in AVERAGES.items():
        mean = here.ask(report, periodDays=days)["value"]
        assert mean * len(began) == pytest.approx(sum(each["type"] == type_ for each in said))


@periods
def test_the_top_actions_of_a_bot_are_those_of_the_overview(here: Told, days: int) -> None:
    for bot in here.bots:
        asked: Fields = {"botId": bot, "periodDays": days}
        by_type: Counter[str] = Counter()
        for each in here.ask("bot_conversation_quality", **asked)["topActions"]:
            by_type[each["type"]] += each["count"]
        listed = here.entries(**asked)["Total Agent Actions"]["details"]["list"]
        assert by_type == {each["id"]: each["tags"][0]["value"] for each in listed}


# ---- conversations and datasets


@pytest.mark.parametrize("days", [3, 7, 30, 90])
def test_all_conversations_together_are_the_account(here: Told, days: int) -> None:
    """But for what belongs to a conversation that began before or that nobody described, or to none."""
    began = {event["id"] for event in here.of("conversation", days)}
    found: Counter[str] = Counter()
    for start in range(0, len(here.conversations), 100):
        usage = here.ask("conversation_usage", conversationIds=here.conversations[start : start + 100], periodDays=days)
        sums = Counter({name: value for name, value in usage.items() if name.startswith("total")})
        for item in usage["items"]:
            sums.subtract({f"total{name.capitalize()}": item[name] for name in ("tokens", "conversations", "messages")})
        assert not any(sums.values())
        found.update({name: value for name, value in usage.items() if name.startswith("total")})
    messages = [each for each in here.of("message", days) if each["conversationId"] not in began]
    used = [
        each["count"] for each in here.of("usage", days) if is_token(each) and each.get("conversationId") not in began
    ]
    tokens = sum(used) + sum(each.get("tokens", 0) for each in messages)
    platform = here.ask("platform_overview", periodDays=days)
    assert found["totalConversations"] == platform["conversations"]["value"]
    assert found["totalMessages"] + len(messages) == platform["messages"]["value"]
    assert found["totalTokens"] + tokens == platform["tokens"]["value"]


def test_datasets_one_by_one_are_all_datasets(here: Told) -> None:
    ids = sorted({event["id"] for event in here.live if event.get("type") == "dataset"})
    alone = [here.ask("dataset_records", datasetIds=[id]) for id in ids]
    together = here.ask("dataset_records", datasetIds=ids)
    assert together["totalRecords"] == sum(each["totalRecords"] for each in alone) > 0
    assert together["breakdown"] == [entry for each in alone for entry in each["breakdown"]]


# ---- alerts


Found: TypeAlias = tuple[str, str, Fraction, Fraction, Fraction]
"""An alert as the other reports have it: its type and severity, and the current value, baseline and percentage."""


def level(percentage: Fraction, **levels: int) -> str | None:
    """The first of these levels that a percentage reaches; one below 0 is reached from above."""
    return next((name for name, to in levels.items() if (percentage >= to if to > 0 else percentage <= to)), None)


def alert(type_: str, current: Any, baseline: Any, percentage: Fraction, **levels: int) -> list[Found]:
    severity = level(percentage, **levels)
    return [(type_, severity, Fraction(current), Fraction(baseline), percentage)] if severity else []


def feedback(down: int, ratings: int, least: int) -> list[Found]:
    if ratings < least:
        return []
    return alert("negativeFeedback", down, ratings, Fraction(100 * down, ratings), critical=50, warning=30)


def growth(now: int, before: int) -> Fraction:
    return Fraction(100 * (now - before), before)


def spike(breakdown: list[Any]) -> list[Found]:
    """Today beside the mean of the earlier whole days that have any; 10:20 cuts the first."""
    *earlier, today = [day["total"] for day in breakdown[1:]]
    known = [total for total in earlier if total]
    if not known or len(known) + bool(today) < 3:
        return []
    mean = Fraction(sum(known), len(known))
    return alert("usageSpike", today, mean, 100 * (today - mean) / mean, critical=100, warning=50, info=20)


def account_alerts(here: Told, days: int) -> Iterator[Found]:
    platform, ratings = here.ask("platform_overview", periodDays=days), here.ask("total_ratings", periodDays=days)
    down, conversations = here.ask("thumbs_down", periodDays=days), platform["conversations"]
    for name in ("tokens", "conversations", "messages"):
        yield from spike(platform[name]["breakdown"])
    yield from feedback(down["value"], ratings["value"], 10)
    before, down_before = ratings["value"] - ratings["change"], down["value"] - down["change"]
    if min(ratings["value"], before) >= 10:
        now, then = Fraction(100 * down["value"], ratings["value"]), Fraction(100 * down_before, before)
        yield from alert("sentiment", now, then, now - then, critical=30, warning=20)
    before = conversations["value"] - conversations["change"]
    if before:
        grown = growth(conversations["value"], before)
        yield from alert("activity", conversations["value"], before, grown, info=200)


def bot_alerts(here: Told, bot: str, days: int) -> Iterator[Found]:
    performance = here.ask("bot_performance", botId=bot, periodDays=days)
    yield from feedback(performance["ratings"]["thumbsDown"], performance["ratings"]["total"], 3)
    tokens, conversations = performance["tokens"], performance["conversations"]
    if tokens["previous"]:
        grown = growth(tokens["current"], tokens["previous"])
        yield from alert("tokenSpike", tokens["current"], tokens["previous"], grown, critical=100, warning=50)
    now, before = conversations["current"], conversations["previous"]
    if before >= 5:
        yield from alert("conversationDrop", now, before, growth(now, before), critical=-75, warning=-50)
    if min(now, before) >= 5:
        single_turns = [
            here.ask("bot_conversation_quality", botId=bot, periodDays=some)["conversationDepth"]["singleTurn"]
            for some in (days, 2 * days)
        ]
        rate = Fraction(100 * single_turns[0], now)
        rate_before = Fraction(100 * (single_turns[1] - single_turns[0]), before)
        yield from alert("abandonmentSpike", rate, rate_before, rate - rate_before, critical=30, warning=20)


def compared(alerts: list[Any], expected: list[Found]) -> None:
    """To one decimal, as alerts have it."""
    found = sorted((each["type"], each["severity"], *each["metric"].values()) for each in alerts)
    assert [one[:2] for one in found] == [other[:2] for other in sorted(expected)]
    for one, other in zip(found, sorted(expected), strict=True):
        assert one[2:] == pytest.approx([float(figure) for figure in other[2:]], abs=0.0501)


@pytest.mark.parametrize("days", [1, 3, 7, 14, 30])
def test_alerts_stand_where_the_other_reports_have_the_figures(here: Told, days: int) -> None:
    alerts = here.ask("alerts", periodDays=days)
    severities = Counter(each["severity"] for each in alerts["alerts"])
    counts = {f"{name}Count": severities[name] for name in ("critical", "warning", "info")}
    assert alerts["summary"] == {"totalAlerts": len(alerts["alerts"]), **counts}
    compared([each for each in alerts["alerts"] if each["type"] != "limit"], [*account_alerts(here, days)])
    for bot in here.bots:
        compared(here.ask("bot_alerts", botId=bot, periodDays=days)["alerts"], [*bot_alerts(here, bot, days)])


def test_the_limit_of_datasets_and_records_is_about_what_dataset_records_counts(here: Told) -> None:
    ids = [event["id"] for event in here.live if event.get("type") == "dataset"]
    records = here.ask("dataset_records", datasetIds=ids)
    used = {"Limit of datasets": len(records["breakdown"]), "Limit of records": records["totalRecords"]}
    found = [each for each in here.ask("alerts")["alerts"] if each["type"] == "limit"]
    assert found
    for each in found:
        assert each["metric"]["current"] == used[each["title"]]


def test_an_alert_says_the_figures_that_it_shows(here: Told) -> None:
    """Its text and its metric stand side by side: a reader works the percentage out again."""
    answers = [here.ask("alerts", periodDays=days) for days in (1, 3, 7, 14, 30)]
    answers += [here.ask("bot_alerts", botId=bot, periodDays=days) for bot in here.bots for days in (3, 7, 14)]
    for each in [each for answer in answers for each in answer["alerts"]]:
        said = [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", each["message"])]
        assert {each["metric"]["current"], each["metric"]["baseline"]} <= {*said}, each


# ---- tables


TABLES = [name for name in OF_AGENTS if REPORTS.load(name).table is not None]


@pytest.mark.parametrize("report", TABLES)
def test_a_table_has_the_rows_and_the_values_of_the_answer(here: Told, report: str) -> None:
    """All but lists, which have no place in a row."""
    member = REPORTS.load(report)
    for bot in here.bots:
        asked = (
            {**least(member, bot), "periodDays": 14} if "period_days" in member.input.model_fields else least(member)
        )
        answer = here.ask(report, **asked)
        entries = answer[member.table] if member.table else [answer]
        rows = list(csv.DictReader(StringIO(here.ask(report, "text/csv", **asked).removeprefix(MARK)), strict=True))
        assert len(rows) == len(entries)
        for row, entry in zip(rows, entries, strict=True):
            plain = {path: value for path, value in paths(entry) if not isinstance(value, list)}
            assert plain.keys() <= row.keys()
            for path, text in row.items():
                value = plain.get(path)
                assert text == "" if value is None else same(text, value), (path, text, value)


def paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def same(text: str, value: Any) -> bool:
    return float(text) == value if isinstance(value, int | float) else text == value


# ---- nothing, one thing, a thing taken back


BOT: Event = {"kind": "resource", "id": "b", "type": "bot", "updatedAt": NOW}
WHO = {"botId": "b", "contactId": "p-1", "conversationId": "c-1", "createdAt": iso(AT - HOUR)}
ONE: dict[str, Event] = {
    "conversation": {"id": "c-1", "startedAt": iso(AT - HOUR), "botId": "b", "contactId": "p-1"},
    "message": {"id": "m-1", "type": "user", "tokens": 9, "conversationStartedAt": iso(AT - HOUR), **WHO},
    "usage": {"id": "u-1", "type": "CHATBOTKIT_BASE_TOKEN", "count": 9, **WHO},
    "action": {"id": "a-1", "type": "action.call", "name": "search", **WHO},
    "rating": {"id": "r-1", "value": -100, "reason": "No", **WHO},
    "contact": {"id": "p-1", "createdAt": iso(AT - HOUR), "name": "Ann"},
    "resource": {
        "id": "ds-1",
        "type": "dataset",
        "updatedAt": NOW,
        "createdAt": iso(AT - HOUR),
        "count": 9,
        "limit": 10,
    },
}


def world_of(*events: Event) -> Told:
    world = World(now=NOW)
    wiring.use(world.parts)
    for event in events:
        assert Doors(world).push(event) == {"accepted": 1, "rejected": []}
        world.fold()
        world.at += 1
    return Told(world, [*events], ["b"], ["c-1"])


After: TypeAlias = Callable[..., Told]


@pytest.fixture
def after() -> Iterator[After]:
    yield world_of
    wiring.use(None)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value with the name of the field that it stands in."""
    if isinstance(value, dict | list):
        for inner_name, inner in value.items() if isinstance(value, dict) else ((name, each) for each in value):
            yield from leaves(inner, inner_name)
    else:
        yield name, value


@every_report
def test_an_account_of_which_nobody_has_heard_has_zeros_and_no_bots(after: After, report: str) -> None:
    member = REPORTS.load(report)
    answer = Doors(after().world).send("POST", single(member.id), least(member, "b"))
    if issubclass(member.input, BotInput):
        assert answer.error == (404, "NOT_FOUND", "Bot not found")
    else:
        assert {value for _, value in leaves(answer.json()) if not isinstance(value, str)} <= {0}


@every_report
def test_where_nothing_happened_numbers_are_zero_and_nothing_is_null(after: After, report: str) -> None:
    member = REPORTS.load(report)
    found = [*leaves(after(BOT).ask(report, **least(member, "b")))]
    assert {value for _, value in found if isinstance(value, int | float)} <= {0}
    assert {name for name, value in found if value is None} <= NULLABLE


@every_report
@pytest.mark.parametrize("kind", ONE)
def test_one_thing_makes_whole_and_plain_numbers(after: After, report: str, kind: str) -> None:
    """One of each, 9 tokens or records, a value of -100, and shares of everything or nothing."""
    here = after(BOT, {"kind": kind, **ONE[kind]})
    found = [*leaves(here.ask(report, **least(REPORTS.load(report), "b")))]
    assert {name for name, value in found if value is None} <= NULLABLE
    assert {value for _, value in found if isinstance(value, int | float)} <= {0, 1, 9, -100, 100}


@every_report
@pytest.mark.parametrize("kind", ONE)
def test_a_thing_that_was_taken_back_leaves_nothing(after: After, report: str, kind: str) -> None:
    asked = least(REPORTS.load(report), "b")
    nothing = after(BOT).ask(report, **asked)
    event = {"kind": kind, **ONE[kind]}
    assert after(BOT, event, {**event, "updatedAt": iso(AT + 10), "deleted": True}).ask(report, **asked) == nothing


def test_adding_deleted_to_the_very_event_removes_it(after: After) -> None:
    """With the same updatedAt, and whatever its id. A resource is removed so."""
    for kind, report in (("conversation", "total_conversations"), ("message", "total_messages")):
        for n in range(8):
            event = {"kind": kind, **ONE[kind], "id": f"{kind}-{n}", "updatedAt": iso(AT - HOUR)}
            assert after(event, {**event, "deleted": True}).ask(report)["value"] == 0, event


# ---- to one decimal


def test_the_rate_of_an_abandonment_spike_is_that_of_the_quality_report(after: After) -> None:
    """5 of 16 are 31.25 %: both reports round it the same way."""
    begun = [*(f"now-{n}" for n in range(16)), *(f"then-{n}" for n in range(5))]
    events: list[Event] = []
    for place, id in enumerate(begun):
        at = {"startedAt": iso(AT - (HOUR if id.startswith("now") else 8 * DAY)), "botId": "b"}
        events.append({"kind": "conversation", "id": id, **at})
        said = {
            "conversationId": id,
            "conversationStartedAt": at["startedAt"],
            "createdAt": at["startedAt"],
            "botId": "b",
        }
        if place >= 5:
            events += [{"kind": "message", "type": "user", "id": f"{id}.{n}", **said} for n in range(2)]
    here = after(*events)
    [spike] = [each for each in here.ask("bot_alerts", botId="b")["alerts"] if each["type"] == "abandonmentSpike"]
    quality = here.ask("bot_conversation_quality", botId="b", periodDays=7)
    assert spike["metric"] == {"current": 31.3, "baseline": 0, "percentage": 31.3}
    assert spike["metric"]["current"] == quality["abandonmentRate"]
