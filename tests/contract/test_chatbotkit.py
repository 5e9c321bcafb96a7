"""ChatBotKit: what the reports count of it, and what is particular about how it is asked."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from local.simulators._agents import BOTS, Conversation
from local.simulators._simulator import Answer, Request, as_json
from local.simulators.centre import Centre
from local.simulators.chatbotkit import ChatBotKit
from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import TENANT, Pulling
from tests.fakes.vendors import Vendor
from wallboard.errors import VendorRefuses, VendorUnavailable
from wallboard.model.time import DAY, QUARTER, parse_instant

PAYLOADS = FOLDER / "chatbotkit" / "payloads"
NOW = "2026-11-21T10:20:00Z"
FROM = "2026-11-06"
SMALL = Centre(seed=3, calls_a_day=15)
WEEK = 7 * DAY
Facts = list[dict[str, Any]]


def pulling(*, now: str = NOW, settings: dict[str, Any] | None = None, unlimited: bool = True, **how: Any) -> Pulling:
    told = {"reread_days": 30, **(settings or {})}
    simulated = {"centre": SMALL, **how}
    return Pulling(
        "chatbotkit",
        now=now,
        settings={"chatbotkit": told},
        simulated={"chatbotkit": simulated},
        unlimited=unlimited,
    )


def simulator(at: Pulling) -> ChatBotKit:
    found = at.vendors["chatbotkit"].simulator
    assert isinstance(found, ChatBotKit)
    return found


def text_of(at: Pulling) -> list[str]:
    """The facts as text that can be compared."""
    facts = [{name: value for name, value in fact.items() if name != "received"} for fact in at.facts()]
    return sorted(json.dumps(fact, sort_keys=True) for fact in facts)


# ---- the figures


@pytest.fixture(scope="module")
def pulled() -> Pulling:
    """Pulled, and a part of it pulled again."""
    at = pulling()
    at.pull("chatbotkit", FROM, NOW)
    at.pull("chatbotkit", "2026-11-15", NOW)
    at.world.fold()
    return at


class Recount:
    """What there is to be counted in the week before now, and in the one before that, of what the simulator has made up."""

    def __init__(self, at: Pulling) -> None:
        self.now = at.world.at
        self.start = (self.now - WEEK) // QUARTER * QUARTER
        self.ever = simulator(at).world.conversations(self.now)
        self.there = [each for each in self.ever if each.gone_at is None or each.gone_at > self.now]

    def inside(self, at: int, *, before: bool = False) -> bool:
        if before:
            return self.start - (self.now // QUARTER + 1) * QUARTER + self.start <= at < self.start
        return self.start <= at <= self.now

    def begun(self, **when: bool) -> list[Conversation]:
        return [each for each in self.there if self.inside(each.created_at, **when)]

    def messages(self, *types: str, of: Iterable[Conversation] | None = None, **when: bool) -> int:
        said = chain.from_iterable(each.messages for each in (self.there if of is None else of))
        return sum(self.inside(each.at, **when) and (not types or each.type in types) for each in said)

    def ratings(self, sign: Callable[[int], bool] = lambda value: True, bot: str | None = None, **when: bool) -> int:
        given = [rating for each in self.ever if bot in (None, each.bot) for rating in each.ratings]
        return sum(sign(each.value) and self.inside(each.at, **when) for each in given)

    def tokens(self, bot: str | None = None, **when: bool) -> int:
        used = [each for each in self.ever if bot in (None, each.bot)]
        rows = [row for each in used for row in each.usage if row.type.endswith("_TOKEN")]
        return sum(row.count for row in rows if self.inside(row.at, **when))


def test_conversations_and_messages_are_as_many_as_there_were(pulled: Pulling) -> None:
    recount, ask = Recount(pulled), pulled.world.ask
    begun, before = len(recount.begun()), len(recount.begun(before=True))
    assert begun > 20 < before
    told = ask("clr3m5n8k000508jq2j9k0l6f", periodDays=7)
    assert (told["value"], told["change"]) == (begun, begun - before)
    for report, types in (
        ("clr3m5n8k000608jq3k0l1m7g", ()),
        ("clr3m5n8k000708jq4l1m2n8h", ("user",)),
        ("clr3m5n8k000808jq5m2n3o9i", ("bot",)),
        ("clr3m5n8k000908jq6n3o4p0j", ("activity",)),
    ):
        told = ask(report, periodDays=7)
        said, earlier = recount.messages(*types), recount.messages(*types, before=True)
        assert (told["value"], told["change"]) == (said, said - earlier), types


def test_ratings_are_counted_by_their_sign(pulled: Pulling) -> None:
    recount = Recount(pulled)
    told = pulled.world.ask("clr3m5n8k000008jq7h9e5b1a", periodDays=7)
    up, down = (recount.ratings(sign) for sign in (lambda value: value > 0, lambda value: value < 0))
    assert (told["value"], told["thumbsUp"], told["thumbsDown"]) == (recount.ratings(), up, down)
    assert told["change"] == recount.ratings() - recount.ratings(before=True)
    assert up > 3 < down


def test_people_are_counted_once(pulled: Pulling) -> None:
    recount = Recount(pulled)
    active = {each.contact.id for each in recount.begun() if each.contact and each.known_at <= recount.now}
    assert pulled.world.ask("clr3m5n8k000408jq9i8j9k5e", periodDays=7)["value"] == len(active)
    start = parse_instant(f"{FROM}T00:00:00Z")
    made = [each for each in simulator(pulled).world.contacts(recount.now) if each.created_at >= start - 30 * DAY]
    known = {each.id for each in made if each.created_at >= start or start <= each.named_at <= recount.now}
    known |= {
        each.contact.id
        for each in recount.there
        if each.contact and (each.created_at >= start or each.known_at >= start) and each.known_at <= recount.now
    }
    assert pulled.world.ask("clr3m5n8k000308jq1h7i8j4d")["value"] == len(known)


@pytest.mark.parametrize("bot", BOTS)
def test_a_bot_is_told_as_it_was(pulled: Pulling, bot: str) -> None:
    recount, ask = Recount(pulled), pulled.world.ask
    told = ask("clr3m5n8k000e08jqbs0t1u5o", botId=bot, periodDays=7)
    own = [each for each in recount.there if each.bot == bot]
    assert told["totalConversations"] == len([each for each in recount.begun() if each.bot == bot]) > 3
    assert told["totalMessages"] == recount.messages(of=own)
    assert told["totalTokens"] == recount.tokens(bot) > 1000
    assert told["totalRatings"] == recount.ratings(bot=bot)


def test_depth_and_top_actions_are_those_of_the_week(pulled: Pulling) -> None:
    recount = Recount(pulled)
    told = pulled.world.ask("clr3m5n8k000h08jqeu2v3w8r", botId=BOTS[0], periodDays=7)
    depths = Counter(_depth(each, recount.now) for each in recount.begun() if each.bot == BOTS[0])
    assert told["conversationDepth"] == {name: depths[name] for name in ("singleTurn", "short", "medium", "long")}
    actions = Counter(
        (entry.type, entry.name)
        for each in recount.ever
        if each.bot == BOTS[0]
        for entry in each.log
        if entry.name and recount.inside(entry.at)
    )
    assert {(each["type"], each["name"]): each["count"] for each in told["topActions"]} == actions
    assert actions


def _depth(conversation: Conversation, now: int) -> str:
    said = sum(each.type == "user" and each.at <= now for each in conversation.messages)
    return "singleTurn" if said <= 1 else "short" if said <= 3 else "medium" if said <= 10 else "long"


def test_the_platform_counts_what_was_made_in_the_week_and_what_was_used(pulled: Pulling) -> None:
    recount, world = Recount(pulled), simulator(pulled).world
    told = pulled.world.ask("pov1s2k3l4m5n6o7p8q9r0sov")
    for name, kind in (("blueprints", "blueprint"), ("portals", "portal"), ("bots", "bot")):
        made = sum(recount.inside(each.created_at) for each in world.things(kind, recount.now))
        assert told["resources"][name]["value"] == made == 1
    assert told["tokens"]["value"] == recount.tokens()
    assert told["negativeRatings"]["value"] == recount.ratings(lambda value: value < 0)
    assert {each["name"] for each in told["topBots"]} == {"Shop", "Help", "Night"}


def test_records_are_counted_page_by_page(pulled: Pulling) -> None:
    things = simulator(pulled).world.things("dataset", pulled.world.at)
    assert max(each.records for each in things) > 200
    told = pulled.world.ask("cm7k3m5n8k000008jq7h9e5b1a", datasetIds=[each.id for each in things])
    assert told["breakdown"] == [{"datasetId": each.id, "records": each.records} for each in things]


def test_negative_feedback_names_reason_conversation_and_contact(pulled: Pulling) -> None:
    recount = Recount(pulled)
    told = pulled.world.ask("clr3m5n8k000j08jqgw4x5y0t", botId=BOTS[0], periodDays=7, limit=50)
    expected = {
        (rating.id, each.id, each.contact.id, rating.reason)
        for each in recount.ever
        if each.bot == BOTS[0] and each.contact
        for rating in each.ratings
        if rating.value < 0 and recount.inside(rating.at)
    }
    found = {(each["id"], each["conversationId"], each["contactId"], each["reason"]) for each in told["items"]}
    assert found == expected != set()


def test_usage_alone_brings_tokens(pulled: Pulling) -> None:
    assert not [message for message in pulled.facts("message") if "tokens" in message]


# ---- what comes late


def test_pulled_night_by_night_it_tells_the_same_as_at_once() -> None:
    """Conversations that go on days later, contacts that get a name, ratings that come late. Only what has been deleted
    meanwhile is known to those who came in time."""
    busy = Centre(seed=1, calls_a_day=45)
    nightly = pulling(now="2026-11-14T02:20:00Z", centre=busy)
    for _ in range(6):
        assert nightly.parts.plan_pulls.due(TENANT, now=nightly.world.at)
        nightly.work()
        nightly.world.at += DAY
    late = pulling(now="2026-11-19T02:20:00Z", centre=busy)
    late.pull("chatbotkit", "2026-11-13T02:20:00Z", "2026-11-19T02:20:00Z")
    world, now = simulator(late).world, late.world.at
    gone = {each.id for each in world.conversations(now) if each.gone_at is not None and each.gone_at <= now}
    assert text_of(late) == [fact for fact in text_of(nightly) if _conversation_of(fact) not in gone]
    assert any(_conversation_of(fact) in gone for fact in text_of(nightly))
    begun = {fact["id"]: fact["at"] for fact in late.facts("conversation")}
    lasted = [
        said["at"] - begun[said["conversation"]] for said in late.facts("message") if said["conversation"] in begun
    ]
    assert max(lasted) > DAY


def _conversation_of(fact: str) -> str | None:
    """The conversation that a fact is, or that it is a part of."""
    said = json.loads(fact)
    name: str | None = said["id"] if said["kind"] == "conversation" else said.get("conversation")
    return name if said["kind"] in ("conversation", "message", "turn") else None


@pytest.mark.parametrize(("days", "is_met"), [(7, False), (9, True)])
def test_a_conversation_that_goes_on_is_met_within_the_days_of_the_setting(days: int, is_met: bool) -> None:
    at = Vendor.of("chatbotkit", now="2026-06-10T12:00:00Z", payloads=PAYLOADS, settings={"reread_days": days})
    window = ("2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z")
    found = {event["conversationId"] for event in at.events("messages", *window)}
    assert ("conv_older" in found, "conv_quiet" in found) == (is_met, True)
    assert ("conv_older" in {event["id"] for event in at.events("conversations", *window)}) is is_met


def test_a_returning_contact_is_asked_for_ratings_however_old_it_is(tmp_path: Path) -> None:
    for path in PAYLOADS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    contacts = json.loads((PAYLOADS / "chatbotkit_contacts.json").read_text("utf-8"))
    for contact in contacts["items"]:
        contact["createdAt"] = contact["updatedAt"] = parse_instant("2024-01-01T00:00:00Z")
    (tmp_path / "chatbotkit_contacts.json").write_text(json.dumps(contacts), "utf-8")
    at = Vendor.of("chatbotkit", now="2026-06-10T12:00:00Z", payloads=tmp_path, settings={"reread_days": 30})
    found = at.events("ratings", "2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z")
    assert {event["id"] for event in found} == {"rat_1", "rat_2", "rat_3", "rat_4"}
    asked = [path for _, path in at.simulator.calls if "/rating/" in path]
    assert asked.count("/v1/contact/con_oskar/rating/list") == 1, "of two conversations"


# ---- how it is asked


@pytest.mark.parametrize("largest", [1, 100])
@pytest.mark.parametrize("stream", ["conversations", "contacts", "usage", "event_log"])
def test_a_window_has_its_first_millisecond_and_not_its_last(stream: str, largest: int, tmp_path: Path) -> None:
    """Whatever the pages, and although a list is left as soon as it is older than the window."""
    start, end = parse_instant("2026-06-09T00:00:00Z"), parse_instant("2026-06-10T00:00:00Z")
    moments = {"before": start - 1, "first": start, "second": start + 1, "last": end - 1, "after": end}
    items = [
        {"id": name, "createdAt": at, "updatedAt": at, "type": "action.call", "count": 1}
        for name, at in moments.items()
    ]
    (tmp_path / f"chatbotkit_{stream}.json").write_text(json.dumps({"items": items}), "utf-8")
    at = Vendor.of("chatbotkit", payloads=tmp_path, largest_page=largest)
    found = at.events(stream, "2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z")
    assert [event["id"] for event in found] == ["last", "second", "first"]


def pulled_with(fault: Callable[[Vendor, Request], Answer | None] | None = None, **how: Any) -> Pulling:
    at = pulling(**how)
    vendor = at.vendors["chatbotkit"]
    vendor.fault = (lambda request: fault(vendor, request)) if fault else None
    at.pull("chatbotkit", "2026-11-19", "2026-11-21")
    return at


@pytest.fixture(scope="module")
def usual() -> list[str]:
    return text_of(pulled_with())


@pytest.mark.parametrize("largest", [1, 3])
def test_a_plan_that_allows_shorter_pages_loses_nothing(usual: list[str], largest: int) -> None:
    assert text_of(pulled_with(largest_page=largest)) == usual


def test_an_error_that_comes_with_status_200_is_asked_for_again(usual: list[str]) -> None:
    """When an answer takes long, the vendor has said 200 before it knows better."""
    seen: set[str] = set()

    def late(vendor: Vendor, request: Request) -> Answer | None:
        if request.path in seen:
            return None
        seen.add(request.path)
        return as_json({"message": "Limits reached", "code": "LIMITS_REACHED"})

    assert text_of(pulled_with(late)) == usual
    assert len(seen) > 20


def test_a_conversation_that_is_deleted_before_its_messages_are_asked_for_is_left_out() -> None:
    at = pulling()
    vendor, deleted = at.vendors["chatbotkit"], set[str]()

    def delete(request: Request) -> None:
        if request.path.endswith("/message/list") and not deleted:
            deleted.add(request.path.split("/")[3])
            simulator(at).gone |= deleted

    vendor.fault = delete
    at.pull("chatbotkit", "2026-11-19", "2026-11-21", streams=["messages"])
    whole = pulling()
    whole.pull("chatbotkit", "2026-11-19", "2026-11-21", streams=["messages"])
    expected = [fact for fact in whole.facts("message") if fact["conversation"] not in deleted]
    assert deleted
    assert [fact["id"] for fact in at.facts("message")] == [fact["id"] for fact in expected]


def test_the_limit_is_kept_and_where_it_is_not_the_vendor_is_left_alone_for_a_while(usual: list[str]) -> None:
    careful = pulled_with(limited=True, unlimited=False)
    assert (text_of(careful), simulator(careful).refused) == (usual, 0)
    hasty = pulled_with(limited=True)
    assert text_of(hasty) == usual
    assert simulator(hasty).refused > 3


def test_a_list_that_never_ends_is_not_read_for_ever() -> None:
    at = Vendor.of("chatbotkit", centre=SMALL)
    page = as_json({"items": [{"id": "x", "createdAt": at.clock.at, "updatedAt": at.clock.at}], "cursor": "x"})
    at.fault = lambda request: page
    with pytest.raises(VendorUnavailable, match="the same page"):
        at.rows("bots", "2026-11-19T00:00:00Z", NOW)


def test_a_cursor_that_is_null_is_the_end() -> None:
    """Records that lie in a store of their own end like this."""
    at = Vendor.of("chatbotkit", payloads=PAYLOADS)
    records = as_json({"items": [{"id": "r-1"}, {"id": "r-2"}], "cursor": None})
    at.fault = lambda request: records if request.path.endswith("/record/list") else None
    assert [event["count"] for event in at.events("datasets", "2026-06-09T00:00:00Z", NOW)] == [2, 2]


def test_a_cursor_that_is_left_out_is_the_last_id(usual: list[str]) -> None:
    def without(vendor: Vendor, request: Request) -> Answer:
        answer = vendor.simulator.answer(request)
        content = json.loads(answer.body)
        content.pop("cursor", None)
        return as_json(content, answer.status)

    assert text_of(pulled_with(without, largest_page=4)) == usual


@pytest.mark.parametrize("settings", [{"secret": "sk-of-somebody-else"}, {"run_as_user_id": "user-of-others"}])
def test_a_wrong_key_and_a_wrong_child_are_named(settings: dict[str, Any]) -> None:
    at = Vendor.of("chatbotkit", settings=settings)
    with pytest.raises(VendorRefuses, match="does not know the secret, or the user to run as"):
        at.rows("bots", "2026-11-19T00:00:00Z", NOW)


def test_what_a_child_account_has_can_be_read() -> None:
    at = Vendor.of("chatbotkit", settings={"run_as_user_id": "user-child-7"})
    assert at.rows("bots", "2026-11-19T00:00:00Z", NOW)


@pytest.mark.parametrize(("keep", "expected"), [(False, set()), (True, {"Where is my order?"})])
def test_what_was_said_is_kept_only_on_request(keep: bool, expected: set[str]) -> None:
    at = Vendor.of("chatbotkit", payloads=PAYLOADS, settings={"message_texts": keep})
    events = at.events("messages", "2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z")
    assert {event["row"]["text"] for event in events if event["id"] == "msg_02" and "text" in event["row"]} == expected


def test_how_an_agent_is_set_up_is_not_kept() -> None:
    at = Vendor.of("chatbotkit", payloads=PAYLOADS, settings={"reread_days": 30})
    for stream in ("bots", "conversations", "datasets", "portals"):
        text = json.dumps(at.events(stream, "2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z"))
        assert not [word for word in ("You are", "Use it.", "plain") if word in text], stream
