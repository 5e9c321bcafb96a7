"""A source that is late: told by its name and with the vendor's reason, believed no more, and well again when it is pulled."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.contract.scripted_vendor import SECRET, Script, Vendors, pulling
from tests.fakes.pulling import TENANT, Pulling
from tests.fakes.world import World, scripted
from wallboard.alerts._decide import Alert
from wallboard.alerts._rule import Rule, sound_rules
from wallboard.errors import VendorRefuses
from wallboard.measures.cubes import CUBES
from wallboard.model.pulls import Feed
from wallboard.model.time import HOUR, iso, parse_instant
from wallboard.services.manage_sources import Sync, sync
from wallboard.services.read_feeds import ReadFeeds

DUE = "2026-11-21T02:20:00Z"
STALE = sound_rules().sound["stale_source"]


def desk(*names: str, kinds: tuple[str, ...] = ("interaction", "leg"), every_hours: int = 24) -> tuple[Pulling, Script]:
    """Sources whose `calls` bring these kinds; `logs` bring log-ins and `things` resources, as always."""
    script = Script()
    return pulling(script, *names, now=DUE, every_hours=every_hours, calls={"kinds": kinds}), script


def pull(at: Pulling) -> None:
    """What the clock begins, and its end."""
    at.parts.plan_pulls.due(TENANT, now=at.world.at)
    at.work()


def catch_up(at: Pulling) -> None:
    """What somebody asks for who is told that a source is late; a quarter of an hour passes."""
    sync(TENANT, "desk", Sync(), plan=at.parts.plan_pulls, now=at.world.at)
    at.work()
    at.world.at += 15 * 60_000


def stale(at: Pulling) -> dict[str, Alert]:
    """The alerts of sources, by subject."""
    at.world.evaluate()
    found = at.parts.alerts.all(TENANT)
    return {alert.subject: alert for alert in found if alert.rule == "stale_source"}


def firing(at: Pulling) -> dict[str, str]:
    """The severity of each source that is late, by subject."""
    return {name: alert.severity for name, alert in stale(at).items() if alert.status == "firing"}


# ---- when it is late


@pytest.mark.parametrize("every_hours", [1, 6, 24])
@pytest.mark.parametrize(("level", "severity"), [(24, "warning"), (72, "critical")])
def test_a_source_is_late_by_its_level_beyond_its_rhythm_and_not_a_millisecond_before(
    every_hours: int, level: int, severity: str
) -> None:
    at, _ = desk(every_hours=every_hours)
    pull(at)
    through = at.world.at - HOUR // 4  # the lag of the stream that is furthest behind
    at.world.at = through + (every_hours + level) * HOUR - 1
    assert firing(at).get("data of desk") != severity
    at.world.at += 1
    assert firing(at) == {"data of desk": severity}


def test_a_source_that_keeps_its_rhythm_is_never_late() -> None:
    at, _ = desk()
    for _ in range(5):
        pull(at)
        at.world.at += 24 * HOUR - 60_000
        assert firing(at) == {}
        at.world.at += 60_000


def test_the_message_says_how_far_it_is_and_how_late() -> None:
    at, _ = desk("eu")
    pull(at)
    at.world.at += 50 * HOUR
    alert = stale(at)["data of eu"]
    assert alert.title == "No new data of eu"
    assert alert.message == "eu has been pulled up to 2026-11-21T02:05:00.000Z; it is 26 hours late."
    assert (alert.current, alert.baseline) == (26.3, 24)


def test_the_message_gives_the_vendor_s_reason() -> None:
    at, script = desk()
    pull(at)

    def refuse(*_: Any) -> None:
        raise VendorRefuses("Desk does not know the key {x}: make a new one")

    script.fault = refuse
    for _ in range(4):
        at.world.at += 24 * HOUR
        pull(at)
    assert stale(at)["data of desk"].message.endswith(
        "hours late. The last error: Desk does not know the key (x): make a new one"
    )
    [(subject, body, _)] = at.world.told.letters
    assert "data of desk" in subject
    assert "make a new one" in body


def test_a_reason_that_is_over_is_not_given() -> None:
    at, script = desk()

    def refuse(*_: Any) -> None:
        raise VendorRefuses("Desk is closed")

    script.fault = refuse
    pull(at)
    script.fault = None
    at.world.at += 24 * HOUR
    pull(at)
    at.world.at += 60 * HOUR
    assert "closed" not in stale(at)["data of desk"].message


def test_the_slowest_stream_decides() -> None:
    at, script = desk()
    pull(at)
    through = at.world.at - HOUR // 4

    def calls_fail(stream: str, *_: Any) -> None:
        if stream == "calls":
            raise VendorRefuses("no calls")

    script.fault = calls_fail
    for _ in range(3):
        at.world.at += 24 * HOUR
        pull(at)
    assert iso(through) in stale(at)["data of desk"].message


def test_each_source_is_late_by_itself() -> None:
    at, _ = desk("east", "west")
    pull(at)
    at.parts.source_settings.set_up(TENANT, "west", "desk", {"api_key": SECRET}, enabled=False)
    at.world.at += 24 * HOUR
    pull(at)
    at.parts.source_settings.set_up(TENANT, "west", "desk", {"api_key": SECRET})
    at.world.at += 26 * HOUR
    assert firing(at) == {"data of west": "warning"}


def test_it_is_resolved_when_it_is_pulled() -> None:
    at, _ = desk()
    pull(at)
    at.world.at += 60 * HOUR
    assert firing(at) == {"data of desk": "warning"}
    catch_up(at)
    statuses = []
    for _ in range(2):
        statuses.append(stale(at)["data of desk"].status)
        at.world.at += 15 * 60_000
    assert statuses == ["firing", "resolved"]


# ---- what is never late


def test_a_source_on_request_only_is_never_late() -> None:
    at, _ = desk(every_hours=0)
    at.pull("desk", "2026-11-19", "2026-11-20")
    at.world.at += 2000 * HOUR
    assert stale(at) == {}


@pytest.mark.parametrize("how", ["disabled", "removed", "on request"])
def test_whoever_stops_a_source_on_purpose_is_not_told_that_it_is_late(how: str) -> None:
    at, _ = desk()
    pull(at)
    at.world.at += 60 * HOUR
    assert firing(at) == {"data of desk": "warning"}
    if how == "removed":
        at.parts.sources.remove(TENANT, "desk")
    else:
        told: dict[str, Any] = {"enabled": False} if how == "disabled" else {"every_hours": 0}
        at.parts.source_settings.set_up(TENANT, "desk", "desk", {"api_key": SECRET}, **told)
    for _ in range(2):
        at.world.at += 15 * 60_000
        firing(at)
    assert firing(at) == {}


def test_a_source_that_was_never_asked_for_anything_is_not_late() -> None:
    at, _ = desk()
    at.world.at += 2000 * HOUR
    assert stale(at) == {}


def test_a_source_whose_every_pull_has_failed_is_late() -> None:
    at, script = desk()

    def refuse(*_: Any) -> None:
        raise VendorRefuses("Desk is closed")

    script.fault = refuse
    pull(at)
    at.world.at += 24 * HOUR
    assert "The last error: Desk is closed" in stale(at)["data of desk"].message


def test_a_stream_that_nobody_wants_any_more_makes_nothing_late() -> None:
    at, _ = desk()
    pull(at)
    at.parts.source_settings.set_up(TENANT, "desk", "desk", {"api_key": SECRET, "with_things": False})
    for _ in range(4):
        at.world.at += 24 * HOUR
        pull(at)
    assert firing(at) == {}


# ---- what is held back


def some_rules() -> Mapping[str, Rule]:
    """A rule for each cube, named after it, one for all conversations and messages, and one that needs no facts."""
    says: dict[str, dict[str, Any]] = {}
    rules = {name: scripted(name, says, cubes=(name,)) for name in CUBES}
    rules["both"] = scripted("both", says, cubes=("conversations", "messages"))
    rules["limit"] = scripted("limit", says, gauges=("file",))
    return {**rules, "stale_source": STALE}


@pytest.mark.parametrize(
    "kinds",
    [("interaction", "leg"), ("conversation",), ("message",), ("rating", "usage"), ("survey",), ("resource",)],
    ids=str,
)
def test_just_those_rules_are_held_whose_cubes_are_folded_from_what_a_late_source_brings(
    kinds: tuple[str, ...],
) -> None:
    at, _ = desk(kinds=kinds)
    rules = some_rules()
    at.world.use_rules(**rules)
    pull(at)
    assert at.world.evaluate().held == []
    at.world.at += 60 * HOUR
    brought = {*kinds, "session", "status", "resource"}
    expected = {name for name, rule in rules.items() if any(brought & set(CUBES[cube].kinds) for cube in rule.cubes)}
    assert set(at.world.evaluate().held) == expected
    assert ("both" in expected) == bool({"conversation", "message", "turn"} & brought)


def test_of_two_sources_only_the_late_one_holds_anything_back() -> None:
    at, _ = desk()
    at.world.use_rules(**some_rules())
    evaluate = replace(at.parts.evaluate_alerts, feeds=lambda tenant: feeds)
    now = at.world.at
    feeds = [
        Feed("late", now - 90 * HOUR, 24, frozenset({"rating"})),
        Feed("fine", now - 20 * HOUR, 24, frozenset({"message", "usage"})),
    ]
    assert set(evaluate(TENANT, now=now).held) == {name for name, cube in CUBES.items() if "rating" in cube.kinds}


def test_rules_that_were_held_are_read_again_when_the_source_has_been_pulled() -> None:
    at, _ = desk(kinds=("rating",))
    says = {"ratings": {"x": 100}}
    at.world.use_rules(ratings=scripted("ratings", says, cubes=("ratings",)), stale_source=STALE)
    pull(at)
    at.world.at += 60 * HOUR
    assert at.world.evaluate().held == ["ratings"]
    assert not [alert for alert in at.parts.alerts.all(TENANT) if alert.rule == "ratings"]
    catch_up(at)
    assert at.world.evaluate().held == []
    assert [alert.status for alert in at.parts.alerts.all(TENANT) if alert.rule == "ratings"] == ["firing"]


def test_events_that_are_pushed_are_late_beside_any_source() -> None:
    """A source that is in time does not hide that nothing else has come."""
    at, _ = desk()
    at.world.push(
        {"kind": "message", "id": "m", "type": "user", "conversationId": "c", **_times("2026-11-18T02:00:00Z")}
    )
    at.world.fold()
    pull(at)
    assert firing(at) == {"events": "critical"}
    at.world.at += 50 * HOUR
    assert firing(at) == {"events": "critical", "data of desk": "warning"}
    assert set(at.world.evaluate().held) == {name for name, rule in sound_rules().sound.items() if rule.cubes}


def _times(at: str) -> dict[str, str]:
    return {"createdAt": at, "conversationStartedAt": at}


# ---- how far sources are


def test_feeds_are_read_without_any_secret_and_by_tenant() -> None:
    at, _ = desk("east", "west")
    pull(at)
    at.world.vault.kept.clear()
    feeds = at.parts.evaluate_alerts.feeds(TENANT)
    assert [feed.source for feed in feeds] == ["east", "west"]
    assert feeds[0] == Feed(
        "east", parse_instant(DUE) - HOUR // 4, 24, frozenset({"interaction", "leg", "session", "status", "resource"})
    )
    assert at.parts.evaluate_alerts.feeds("umbrella") == []


def test_a_source_whose_vendor_cannot_be_loaded_is_late_as_any_other() -> None:
    at, _ = desk()
    pull(at)
    nothing = ReadFeeds(Vendors(), at.parts.sources)
    [feed] = nothing(TENANT)
    assert (feed.source, feed.kinds) == ("desk", frozenset())


def test_a_world_without_sources_has_nothing_late() -> None:
    world = World(now=DUE)
    assert (world.evaluate().held, world.parts.alerts.all("acme")) == ([], [])
