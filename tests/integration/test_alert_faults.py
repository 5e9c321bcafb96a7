"""Alerts where things go wrong: calls that fail, processes that die, feeds that stop, rules that are broken, and everybody at
once. No transition is lost or invented, each is told once or twice, and what is only late is not taken for a drop."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any, get_args

import pytest

from tests.contract.doors import Doors, invoke
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.faults import Fault, FaultyClient, Killed
from tests.fakes.turns import Turns
from tests.fakes.world import World, scripted
from wallboard.adapters.sns import SnsTopic
from wallboard.alerts._decide import OPEN, Alert, Transition
from wallboard.alerts._rule import SEVERITIES, Evidence, Finding, Rule, Rules, sound_rules
from wallboard.alerts._settings import AlertSettings, NotifySettings
from wallboard.errors import BrokenMember, InvalidRequest, TryAgain
from wallboard.model.time import DAY, HOUR, iso, parse_instant
from wallboard.runtime import wiring
from wallboard.services.evaluate_alerts import Evaluation
from wallboard.services.manage_alerts import Actor, Note

NOW = "2026-11-21T10:20:00Z"
QUARTER = 900_000
REDELIVERY = 720_000
"""When the queue delivers again what failed."""

Says = dict[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def _own_parts() -> Iterator[None]:
    yield
    wiring.use(None)


class Services:
    """The store and the topic as one client, so that a fault may meet any call of either. Remembers what was published."""

    def __init__(self, store: FakeDynamoDB) -> None:
        self.published: list[dict[str, Any]] = []
        self._store = store

    def publish(self, **request: Any) -> dict[str, Any]:
        self.published.append(request)
        return {"MessageId": str(len(self.published))}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def told(self) -> Counter[tuple[str, int]]:
        """How often each transition was published, by alert and number."""
        bodies = [json.loads(request["Message"].rpartition("\n")[2]) for request in self.published]
        return Counter((body["alert"], body["number"]) for body in bodies)


def copy_of(store: FakeDynamoDB) -> FakeDynamoDB:
    """Another store with the same in it."""
    other = FakeDynamoDB()
    other.tables, other.sorts = deepcopy(store.tables), deepcopy(store.sorts)
    return other


def world_on(services: Services, client: Any, store: FakeDynamoDB, at: int) -> World:
    world = World(store=store, client=client)
    world.at = at
    world.parts = replace(world.parts, topic=SnsTopic(client, "arn:topic"))
    return world


# ---- any one call fails


Step = tuple[str | None, str, str, str, float, str | None]
"""A transition without its time: before, after, severity, reason, percentage, by."""


def life(transition: Transition) -> Step:
    each = transition
    return each.before, each.after, each.severity, each.reason, each.percentage, each.by


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a story has come to. `lives` are the transitions of each alert, `told` how often each was published, by its
    number; `wanted` those that people want to know of."""

    states: Mapping[str, tuple[str, str, float]]
    lives: Mapping[str, list[Step]]
    told: Counter[tuple[str, int]]
    wanted: set[tuple[str, int]]
    audited: int
    waiting: int


def outcome(world: World, services: Services) -> Outcome:
    alerts = world.parts.alerts
    histories = {alert.id: alerts.history("acme", alert.id) for alert in alerts.all("acme")}
    for history in histories.values():
        assert [each.number for each in history] == list(range(1, len(history) + 1))
        assert [each.before for each in history[1:]] == [each.after for each in history[:-1]]
    audited = [items for name, items in world.store.tables["state"].items() if name.startswith("acme#audit#")]
    return Outcome(
        states={alert.id: (alert.status, alert.severity, alert.percentage) for alert in alerts.all("acme")},
        lives={name: [life(each) for each in history] for name, history in histories.items()},
        told=services.told(),
        wanted={(each.alert, each.number) for history in histories.values() for each in history if _is_wanted(each)},
        audited=sum(map(len, audited)),
        waiting=len(alerts.outbox("acme")),
    )


def _is_wanted(transition: Transition) -> bool:
    """What fires, gets worse, is acknowledged, or ends after having been told."""
    if transition.after == "resolved":
        return transition.before in ("firing", "acknowledged")
    return transition.after in ("firing", "acknowledged")


def turn(world: World, turns: int = 1) -> None:
    """Turns from the queue, a quarter of an hour apart; one that fails is delivered again."""
    for _ in range(turns):
        world.at += QUARTER
        for _ in range(3):
            try:
                answer = invoke("EvaluateAlertsFunction", {"Records": [{"messageId": "m", "body": "acme"}]})
            except Killed:
                answer = {"batchItemFailures": ["killed"]}
            if not answer["batchItemFailures"]:
                break
            world.at += REDELIVERY


def by_hand(world: World, verb: str, subject: str, **body: Any) -> None:
    """What a person does: look, act if that is not done yet, and try again if it fails."""
    doors, done = Doors(world), {"acknowledge": "acknowledged", "silence": "silenced", "resolve": "resolved"}[verb]
    for _ in range(3):
        try:
            listed = doors.send("GET", "/api/v1/alert/list", scopes="read admin")
            if listed.status == 200:
                [alert] = [each for each in listed.json()["items"] if each["subject"] == subject]
                if alert["status"] == done:
                    return
                path = f"/api/v1/alert/{alert['id']}/{verb}"
                assert doors.send("POST", path, {"by": "Ann", **body}, scopes="read admin").status in (200, 503)
        except Killed:
            continue


SILENT_UNTIL = "2026-11-21T16:00:00Z"


def story(world: World, says: Says) -> None:
    """Alerts that fire, get worse, are acknowledged, silenced and resolved, and end."""
    says |= {"limit": {"files": 60, "seats": 100}, "rate": {"calls": 120}}
    turn(world, 3)
    by_hand(world, "acknowledge", "files", note="on it")
    by_hand(world, "silence", "seats", until=SILENT_UNTIL)
    by_hand(world, "resolve", "calls")
    says["rate"] = {}
    turn(world, 2)
    says["limit"] = {"files": 100, "seats": 100}
    turn(world, 2)
    world.at = max(world.at, parse_instant(SILENT_UNTIL))
    turn(world, 2)
    says |= {"limit": {"files": 79}, "rate": {"calls": 19}}
    turn(world, 2)
    says["limit"] = {"files": 1}
    turn(world, 3)


def told_story(at: int, fault: Fault) -> tuple[Outcome, FaultyClient]:
    says: Says = {}
    store = FakeDynamoDB()
    services = Services(store)
    client = FaultyClient(services, at=at, fault=fault)
    world = world_on(services, client, store, parse_instant(NOW))
    world.use_rules(limit=scripted("limit", says), rate=scripted("rate", says, times=2, of=2))
    wiring.use(world.parts)
    plain = World(store=store)
    plain.parts.alerts.configure("acme", AlertSettings(notify=NotifySettings(level="info")))
    story(world, says)
    return outcome(plain, services), client


def check(found: Outcome, undisturbed: Outcome) -> None:
    assert found.states == undisturbed.states
    assert found.lives == undisturbed.lives
    assert found.wanted == undisturbed.wanted
    assert found.told.keys() == found.wanted, "none is lost, and none is invented"
    assert set(found.told.values()) <= {1, 2}
    assert found.audited == sum(map(len, found.lives.values()))
    assert found.waiting == 0


@pytest.mark.parametrize("fault", get_args(Fault))
def test_whatever_call_fails_no_transition_is_lost_or_invented_and_none_is_told_thrice(fault: Fault) -> None:
    undisturbed, _ = told_story(0, fault)
    assert set(undisturbed.told.values()) == {1}
    assert {step[1] for steps in undisturbed.lives.values() for step in steps} == {*OPEN, "pending", "resolved"}
    calls = 0
    for at in range(1, 1_000):
        found, client = told_story(at, fault)
        check(found, undisturbed)
        if not client.met:
            break
        calls = at
    assert calls > 90, "the fault met too few calls to show anything"


def event(kind: str, id: str, at: str, **more: Any) -> dict[str, Any]:
    when = {"conversation": "startedAt", "resource": "updatedAt"}.get(kind, "createdAt")
    return {"kind": kind, "id": id, when: at, **({"botId": "b"} if kind != "resource" else {}), **more}


def push(world: World, *events: dict[str, Any], tenant: str = "acme") -> None:
    assert world.push(*events, tenant=tenant).rejected == []
    world.fold()


EVENTS = [
    *(event("conversation", f"old-{n}", f"2026-11-10T09:20:{n:02}Z", botName="Bee") for n in range(10)),
    event("conversation", "new", "2026-11-21T09:20:00Z", botName="Bee"),
    *(event("rating", f"r-{n}", "2026-11-20T09:20:00Z", value=-1) for n in range(12)),
    event("resource", "all", "2026-11-20T09:20:00Z", type="file", count=100, limit=100),
]
"""Of which the rules find a limit, negative feedback (of the account and of a bot) and a drop in conversations."""


def test_a_read_that_is_refused_is_not_taken_for_nothing() -> None:
    """With the real rules: what cannot be read neither resolves what is open nor fires what is not."""
    base = FakeDynamoDB()
    push(World(now=NOW, store=base), *EVENTS)

    def told(at: int) -> tuple[Outcome, FaultyClient]:
        store = copy_of(base)
        services = Services(store)
        client = FaultyClient(services, at=at, fault="throttled")
        world = world_on(services, client, store, parse_instant(NOW))
        wiring.use(world.parts)
        turn(world, 4)
        return outcome(World(store=store), services), client

    undisturbed, _ = told(0)
    assert sorted(steps[-1][1] for steps in undisturbed.lives.values()) == ["firing"] * 4
    assert len(undisturbed.told) == 4
    for at in range(1, 1_000):
        found, client = told(at)
        check(found, undisturbed)
        if not client.met:
            assert at > 100, "the fault met too few calls to show anything"
            return


def test_one_letter_that_cannot_be_sent_does_not_hold_up_the_others() -> None:
    world = World(now=NOW)
    world.use_rules(limit=scripted("limit", {"limit": {"files": 100, "seats": 100, "calls": 100}}))
    world.told.deaf = 1
    with pytest.raises(TryAgain):
        world.evaluate()
    assert len(world.told.letters) == 2
    world.at += QUARTER
    assert world.evaluate().transitions == []
    assert len({json.loads(body.rpartition("\n")[2])["subject"] for _, body, _ in world.told.letters}) == 3
    assert len(world.told.letters) == 3


def test_while_the_topic_refuses_for_hours_letters_wait_in_the_order_of_time() -> None:
    says: Says = {"limit": {"files": 60}}
    world = World(now=NOW)
    world.use_rules(limit=scripted("limit", says))
    world.parts.alerts.configure("acme", AlertSettings(notify=NotifySettings(level="info")))
    world.told.deaf = 1_000
    for percentage in (60, 100, 0, 0):
        says["limit"] = {"files": percentage}
        with pytest.raises(TryAgain):
            world.evaluate()
        world.at += QUARTER
    world.told.deaf = 0
    world.evaluate()
    told = [json.loads(body.rpartition("\n")[2]) for _, body, _ in world.told.letters]
    assert [(each["number"], each["to"]) for each in told] == [(1, "firing"), (2, "firing"), (3, "resolved")]


# ---- a feed that stops


def feed(world: World, first: int, last: int, bot: str = "b") -> None:
    """Ten conversations a day of these days from now (below 0: ago), as far as they have come."""
    starts = [world.at + day * DAY + hour * HOUR for day in range(first, last) for hour in range(0, 20, 2)]
    known = [iso(start) for start in starts if start <= world.at]
    push(world, *(event("conversation", f"{bot}-{at}", at, botId=bot, botName="Bee") for at in known))


def evaluations(world: World, count: int, every: int = HOUR) -> list[Evaluation]:
    found = []
    for _ in range(count):
        found.append(world.evaluate())
        world.at += every
    return found


def told_types(world: World) -> list[tuple[str, str]]:
    return [(attributes["type"], attributes["state"]) for *_, attributes in world.told.letters]


def test_a_feed_that_stops_is_one_stale_source_and_no_drop() -> None:
    """For ten days: the last week has nothing at all, the week before has plenty."""
    world = World(now=NOW)
    feed(world, -14, 0)
    transitions = [each for done in evaluations(world, 240) for each in done.transitions]
    [alert] = world.parts.alerts.all("acme")
    assert (alert.type, alert.status, alert.severity) == ("staleSource", "firing", "critical")
    assert [(each.before, each.after, each.severity) for each in transitions] == [
        (None, "firing", "warning"),
        ("firing", "firing", "critical"),
    ]
    assert told_types(world) == [("staleSource", "firing")], "from critical on"
    latest = parse_instant(NOW) - 6 * HOUR
    assert [(each.at - latest) // HOUR for each in transitions] == [24, 72]


def test_without_the_stale_source_the_same_would_be_a_drop() -> None:
    """So that the test before is one of what holds it back."""
    world = World(now=NOW)
    feed(world, -14, 0)
    world.at += 7 * DAY
    rules = {name: rule for name, rule in sound_rules().sound.items() if name != "stale_source"}
    world.use_rules(**rules)
    evaluations(world, 2)
    drops = [alert for alert in world.parts.alerts.all("acme") if alert.type == "conversationDrop"]
    assert [(alert.status, alert.severity, alert.percentage) for alert in drops] == [("firing", "critical", -100)]


def test_when_what_was_late_comes_in_the_stale_source_resolves_and_no_drop_was_one() -> None:
    world = World(now=NOW)
    feed(world, -14, 0)
    evaluations(world, 96)
    feed(world, -4, 1)
    assert evaluations(world, 1)[0].held == []
    evaluations(world, 20)
    [alert] = world.parts.alerts.all("acme")
    assert (alert.type, alert.status) == ("staleSource", "resolved")
    assert told_types(world) == [("staleSource", "firing"), ("staleSource", "resolved")]


def test_a_drop_that_is_real_fires_once_the_feed_is_back() -> None:
    """Of one bot there is something again; the other has gone."""
    world = World(now=NOW)
    feed(world, -14, 0)
    feed(world, -14, 0, bot="gone")
    evaluations(world, 8 * 24 // 2, every=2 * HOUR)
    assert {alert.type for alert in world.parts.alerts.all("acme")} == {"staleSource"}
    feed(world, -8, 1)
    evaluations(world, 3)
    now = {(alert.type, alert.bot): alert.status for alert in world.parts.alerts.all("acme")}
    assert now == {("staleSource", ""): "resolved", ("conversationDrop", "gone"): "firing"}


def test_what_is_held_neither_fires_nor_resolves_nor_counts_and_the_rest_goes_on() -> None:
    world = World(now=NOW)
    says: Says = {"rate": {"open": 60, "silent": 60, "pending": 0}, "limit": {}}
    world.use_rules(
        rate=scripted("rate", says, times=2, of=2, cubes=("conversations",)),
        limit=scripted("limit", says),
        stale_source=sound_rules().sound["stale_source"],
    )
    push(world, event("conversation", "c", iso(world.at)))
    evaluations(world, 2)
    says["rate"] |= {"pending": 60}
    world.evaluate()
    [silent] = [alert for alert in world.parts.alerts.all("acme") if alert.subject == "silent"]
    silenced = replace(silent, status="silenced", silenced_until=world.at + HOUR)
    world.parts.alerts.save("acme", silenced, None, None)
    stored = {alert.id: alert for alert in world.parts.alerts.all("acme")}
    assert sorted(alert.status for alert in stored.values()) == ["firing", "pending", "silenced"]
    world.at += DAY

    says |= {"rate": {"open": 0, "silent": 60, "pending": 60, "new": 200}, "limit": {"files": 100}}
    for done in evaluations(world, 4):
        assert (done.held, done.broken) == (["rate"], {})
    now = {alert.id: alert for alert in world.parts.alerts.all("acme")}
    assert {name: now[name] for name in stored} == stored
    assert {alert.subject for name, alert in now.items() if name not in stored} == {"events", "files"}

    push(world, event("conversation", "d", iso(world.at)))
    says["limit"] = {"files": 10}
    reasons = [each.reason for done in evaluations(world, 2) for each in done.transitions]
    assert Counter(reasons) == Counter(
        {
            "found in 2 of 2 evaluations": 2,
            "the silence has ended, and it goes on": 1,
            "found for the first time": 1,
            "quiet in 2 evaluations": 3,
        }
    )


def test_where_nothing_ever_came_in_nothing_is_stale_and_nothing_is_held() -> None:
    world = World(now=NOW)
    push(world, event("resource", "all", "2026-09-01T00:00:00Z", type="file", count=100, limit=100))
    for done in evaluations(world, 3):
        assert (done.held, done.broken) == ([], {})
    assert told_types(world) == [("limit", "firing")]


def test_after_a_period_with_nothing_nothing_is_said_to_have_grown() -> None:
    """A bot that is new this week: no growth over nothing, no drop from nothing."""
    world = World(now=NOW)
    feed(world, -2, 0)
    used = [event("usage", f"u-{hour}", iso(world.at - hour * HOUR), type="x_token", count=10**6) for hour in range(9)]
    push(world, *used)
    assert [done.transitions for done in evaluations(world, 3)] == [[], [], []]


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"], ids=["spring", "autumn"])
def test_on_days_when_clocks_change_what_comes_every_day_is_nothing(change: str) -> None:
    """Evaluations go by UTC. In Berlin the 25th of October has what comes at 22:05 twice, and the 29th of March not at all."""
    world = World(now=f"{change}T00:20:00Z")
    every_day = [parse_instant(f"{change}T22:05:00Z") + day * DAY for day in range(-22, 4)]

    def pass_by(time: int) -> None:
        started = [at + second * 1_000 for at in every_day if world.at < at <= world.at + time for second in range(10)]
        world.at += time
        push(world, *(event("conversation", f"c-{at}", iso(at)) for at in started))

    world.at -= 23 * DAY
    pass_by(21 * DAY)
    for _ in range(4 * 24):
        pass_by(HOUR)
        assert world.evaluate() == Evaluation(transitions=[], held=[], broken={})


# ---- rules that are broken


def _raises(rule: Rule, evidence: Evidence) -> list[Finding]:
    raise RuntimeError("out of order")


def _raises_midway(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    yield from _finding(rule)
    raise RuntimeError("out of order")


def _finds_none(rule: Rule, evidence: Evidence) -> Any:
    return [None]


def _finds_a_severity_that_there_is_not(rule: Rule, evidence: Evidence) -> Any:
    return [replace(each, severity="fatal") for each in _finding(rule)]  # type: ignore[arg-type]


def _measures_no_number(rule: Rule, evidence: Evidence) -> Any:
    return [replace(each, current=float("nan")) for each in _finding(rule)]


def _finding(rule: Rule) -> Iterable[Finding]:
    return rule.finding(Fraction(100), current=1, baseline=1, message="", subject="files")


@pytest.mark.parametrize(
    "find", [_raises, _raises_midway, _finds_none, _finds_a_severity_that_there_is_not, _measures_no_number]
)
def test_a_broken_rule_leaves_the_others_to_their_work(find: Callable[[Rule, Evidence], Any]) -> None:
    """Those before it and those behind it, and in the next evaluation too."""
    says: Says = {"a": {"files": 100}, "m": {"files": 100}, "z": {"files": 100}}
    world = World(now=NOW)
    rules = {name: scripted(name, says) for name in says}
    world.use_rules(**rules)
    world.evaluate()
    before = next(alert for alert in world.parts.alerts.all("acme") if alert.rule == "m")
    world.use_rules(**rules | {"m": replace(rules["m"], find=find)})
    says |= {"a": {}, "z": {}}
    for done in evaluations(world, 2):
        assert list(done.broken) == ["m"]
    now = {alert.rule: alert for alert in world.parts.alerts.all("acme")}
    assert {name: alert.status for name, alert in now.items()} == {"a": "resolved", "m": "firing", "z": "resolved"}
    assert now["m"] == before, "what cannot be evaluated stays as it is"


def test_a_rule_file_that_cannot_be_loaded_leaves_the_others_and_its_alert() -> None:
    says: Says = {"a": {"files": 100}, "m": {"files": 100}}
    world = World(now=NOW)
    rules = {name: scripted(name, says) for name in says}
    world.use_rules(**rules)
    world.evaluate()
    broken = {"m": BrokenMember("wallboard.alerts.m cannot be imported: SyntaxError")}
    world.parts = replace(world.parts, rules=lambda: Rules({"a": rules["a"]}, broken))
    says["a"] = {}
    for done in evaluations(world, 2):
        assert done.broken == {"m": "wallboard.alerts.m cannot be imported: SyntaxError"}
    assert {alert.rule: alert.status for alert in world.parts.alerts.all("acme")} == {"a": "resolved", "m": "firing"}


def test_a_broken_rule_does_not_have_its_tenant_delivered_again() -> None:
    world = World(now=NOW)
    world.use_rules(a=replace(scripted("a", {}), find=_raises))
    wiring.use(world.parts)
    assert invoke("EvaluateAlertsFunction", {"Records": [{"messageId": "m", "body": "acme"}]}) == {
        "batchItemFailures": []
    }


# ---- everybody at once


def two_and_a_person(seed: int, says: Says, then: Says, verb: str | None) -> tuple[World, list[Any]]:
    """Two evaluations and a person at the same time, in an order that the seed decides, after one evaluation alone."""
    store = FakeDynamoDB()
    turns = Turns(store, Random(seed))
    world = World(now=NOW, store=store, client=turns)
    world.use_rules(limit=scripted("limit", says), rate=scripted("rate", says, times=2, of=2))
    world.parts.alerts.configure("acme", AlertSettings(notify=NotifySettings(level="info")))
    world.evaluate()
    says |= then
    world.at += QUARTER
    done: list[Any] = []

    def evaluate() -> None:
        done.append(world.evaluate())

    def person() -> None:
        alerts = world.parts.alerts
        actor = Actor("acme", "Ann", world.at, alerts, world.parts.directory)
        [alert] = [each for each in alerts.all("acme") if each.subject == "files"]
        try:
            done.append(getattr(actor, str(verb))(alert.id, Note(note="on it")))
        except (InvalidRequest, TryAgain) as refused:
            done.append(refused)

    turns.run([evaluate, evaluate, *([person] if verb else [])])
    world.at += QUARTER
    world.evaluate()
    return world, done


def evaluating(world: World) -> Callable[[], None]:
    def evaluate() -> None:
        world.evaluate()

    return evaluate


def histories(world: World) -> dict[str, list[Transition]]:
    """The transitions by subject; each follows from the one before it."""
    found: dict[str, list[Transition]] = {}
    for alert in world.parts.alerts.all("acme"):
        found[alert.subject] = world.parts.alerts.history("acme", alert.id)
        assert [each.number for each in found[alert.subject]] == list(range(1, alert.number + 1))
        for one, other in zip(found[alert.subject], found[alert.subject][1:], strict=False):
            assert other.before == one.after
            if one.after in OPEN and other.after in OPEN:
                assert SEVERITIES.index(other.severity) <= SEVERITIES.index(one.severity)
    return found


def check_letters(world: World) -> None:
    """Each transition that people want to know of is told, once; and nothing waits."""
    told = Counter((body["alert"], body["number"]) for _, text, _ in world.told.letters for body in [_body(text)])
    wanted = {
        (each.alert, each.number) for history in histories(world).values() for each in history if _is_wanted(each)
    }
    assert told == Counter(wanted)
    assert world.parts.alerts.outbox("acme") == []


def _body(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.rpartition("\n")[2])
    return found


def test_two_evaluations_at_once_give_each_transition_once() -> None:
    """A limit fires, another gets worse, a third goes away, a rate is found again."""
    for seed in range(40):
        says: Says = {"limit": {"files": 60, "seats": 0}, "rate": {"calls": 60}}
        then: Says = {"limit": {"files": 100, "seats": 60}, "rate": {"calls": 60}}
        world, done = two_and_a_person(seed, says, then, None)
        told = Counter((each.alert, each.number) for evaluation in done for each in evaluation.transitions)
        assert set(told.values()) == {1}, "each is the doing of one"
        lives = {subject: [life(each)[:3] for each in history] for subject, history in histories(world).items()}
        assert lives == {
            "files": [(None, "firing", "warning"), ("firing", "firing", "critical")],
            "seats": [(None, "firing", "warning")],
            "calls": [(None, "pending", "warning"), ("pending", "firing", "warning")],
        }
        check_letters(world)


FIRST, WORSE = ((None, "firing", "warning", None), ("firing", "firing", "critical", None))
ENDS = {
    "acknowledge": {
        (FIRST, WORSE, ("firing", "acknowledged", "critical", "Ann")),
        (FIRST, ("firing", "acknowledged", "warning", "Ann"), ("acknowledged", "firing", "critical", None)),
    },
    "resolve": {
        (FIRST, WORSE, ("firing", "resolved", "critical", "Ann"), ("resolved", "firing", "critical", None)),
        (FIRST, ("firing", "resolved", "warning", "Ann"), ("resolved", "firing", "critical", None)),
    },
}


@pytest.mark.parametrize("verb", ENDS)
def test_two_evaluations_and_a_person_at_once_give_each_transition_once(verb: str) -> None:
    """Whoever comes second sees what the first has done: both orders come about, and no other end."""
    ends = set()
    for seed in range(60):
        world, done = two_and_a_person(seed, {"limit": {"files": 60}}, {"limit": {"files": 100}}, verb)
        assert not any(isinstance(each, Exception) for each in done)
        ends.add(tuple((each.before, each.after, each.severity, each.by) for each in histories(world)["files"]))
        check_letters(world)
    assert ends == ENDS[verb]


def test_a_person_who_comes_too_late_is_told_that_it_is_over() -> None:
    """It resolves while somebody acknowledges it: one of the two, never both."""
    ends = set()
    for seed in range(60):
        says: Says = {"limit": {"files": 60}}
        store = FakeDynamoDB()
        turns = Turns(store, Random(seed))
        world = World(now=NOW, store=store, client=turns)
        world.use_rules(limit=scripted("limit", says))
        world.evaluate()
        says["limit"] = {}
        world.evaluate()
        [alert] = world.parts.alerts.all("acme")
        refused: list[str] = []
        actor = Actor("acme", "Ann", world.at, world.parts.alerts, world.parts.directory)

        def person(actor: Actor = actor, alert: Alert = alert, refused: list[str] = refused) -> None:
            try:
                actor.acknowledge(alert.id, Note())
            except InvalidRequest as error:
                refused.append(str(error))

        turns.run([evaluating(world), person])
        world.evaluate()
        [history] = histories(world).values()
        ends.add((tuple(each.after for each in history), bool(refused)))
    assert ends == {(("firing", "resolved"), True), (("firing", "acknowledged", "resolved"), False)}


def test_letters_that_two_send_at_once_are_sent_by_one() -> None:
    """The letters are there already; both runs see them."""
    for seed in range(40):
        store = FakeDynamoDB()
        turns = Turns(store, Random(seed))
        world = World(now=NOW, store=store, client=turns)
        world.use_rules(limit=scripted("limit", {"limit": {"files": 100, "seats": 100}}))
        world.parts.evaluate_alerts("acme", now=world.at)
        assert len(world.parts.alerts.outbox("acme")) == 2
        turns.run([evaluating(world)] * 2)
        check_letters(world)
