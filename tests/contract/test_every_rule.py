"""What every alert rule must do: fire at its level and not before, by exact arithmetic, and say what it measured. The levels
are those of the contract, written here again; a new rule is asked for its own."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wallboard.alerts
from tests.contract.doors import Doors
from wallboard.alerts._rule import Evidence, Finding, Rule
from wallboard.measures.blocks import Block
from wallboard.measures.cube import Cells
from wallboard.measures.cubes import CUBES
from wallboard.measures.figures import Figures
from wallboard.model.gauges import COUNTED, Gauge
from wallboard.model.periods import Period
from wallboard.model.results import PeriodInput
from wallboard.model.time import HOUR, QUARTER, QUARTERS_A_DAY, parse_instant, quarter_day, zone_named
from wallboard.registry import Family

FAMILY = Family(wallboard.alerts, attribute="RULE", member=Rule)
RULES = {name: FAMILY.load(name) for name in FAMILY.names()}
NOW = "2026-11-21T10:20:00Z"
TYPES = {
    "account": {"usageSpike", "limit", "sentiment", "activity", "negativeFeedback"},
    "bot": {"negativeFeedback", "tokenSpike", "conversationDrop", "abandonmentSpike"},
}
WORST_FIRST = ("critical", "warning", "info")
Happened = dict[tuple[Any, ...], tuple[int, ...]]


def evidence(
    happened: Mapping[str, Happened] | None = None,
    *,
    now: str = NOW,
    zone: str = "UTC",
    bot: str | None = None,
    gauges: Mapping[str, list[Gauge]] | None = None,
    newest: int | None = None,
    **asked: Any,
) -> Evidence:
    """What a rule meets where these cells (dimensions and absolute quarter → values) are, by cube."""
    period = Period.of(
        PeriodInput.model_validate(asked or {"periodDays": 7}), zone=zone_named(zone), now=parse_instant(now)
    )
    blocks = {name: _blocks(name, (happened or {}).get(name, {})) for name in CUBES}
    return Evidence(
        period=period,
        figures=Figures(blocks, period.parts(), period.previous),
        gauges={type_: (gauges or {}).get(type_, []) for type_ in COUNTED},
        filters={} if bot is None else {"bot": bot},
        newest=newest,
    )


def _blocks(cube: str, happened: Happened) -> list[Block]:
    days: dict[str, Cells] = defaultdict(dict)
    for (*dimensions, quarter), values in happened.items():
        days[quarter_day(quarter)][(*dimensions, quarter % QUARTERS_A_DAY)] = values
    return [Block.of(CUBES[cube], day, cells, hours={}, newest={}) for day, cells in days.items()]


def quarter(text: str) -> int:
    return parse_instant(text) // QUARTER


THIS, LAST = quarter("2026-11-18T09:15:00Z"), quarter("2026-11-10T09:15:00Z")
"""Quarters in the last seven days, and in the seven days before."""


def conversations(count: int, single_turns: int = 0) -> tuple[Any, ...]:
    return (count, set(), single_turns, count - single_turns, 0, 0, 0, 0, 0)


def find(name: str, seen: Evidence) -> list[Finding]:
    """What a rule finds, without what it reads while all is well."""
    rule = RULES[name]
    return [finding for finding in rule.find(rule, seen) if finding.severity is not None]


# ---- the contract


def _conversations(now: int, before: int, *, bot: str | None = None) -> Evidence:
    both: Happened = {("b", THIS): conversations(now), ("b", LAST): conversations(before)}
    elsewhere: Happened = {("other", THIS): conversations(7), ("other", LAST): conversations(1)} if bot else {}
    return evidence({"conversations": both | elsewhere}, bot=bot)


def _tokens(now: int, before: int) -> Evidence:
    used: Happened = {("b", "X_TOKEN", THIS): (now,), ("b", "X_TOKEN", LAST): (before,)}
    ignored: Happened = {("b", "images", THIS): (10**6,), ("other", "X_TOKEN", LAST): (10**6,)}
    return evidence({"usage": used | ignored}, bot="b")


def _days(now: int, before: int) -> Evidence:
    """Today, and two earlier days with as many each."""
    days = ((quarter("2026-11-21T08:00:00Z"), now), (THIS, before), (THIS - QUARTERS_A_DAY, before))
    return evidence({"messages": {("b", "user", at): (count,) for at, count in days if count}})


def _used(used: int, allowed: int) -> Evidence:
    return evidence(gauges={"file": [Gauge("file", "all", 1, {"count": used, "limit": allowed})]})


def _ratings(down: int, ratings: int, *, bot: str | None = None) -> Evidence:
    rated: Happened = {("b", THIS): (ratings, ratings - down, down), ("b", LAST): (9, 0, 9)}
    elsewhere: Happened = {("other", THIS): (50, 0, 50)} if bot else {}
    return evidence({"ratings": rated | elsewhere}, bot=bot)


def _moods(down: int, ratings: int, down_before: int, before: int) -> Evidence:
    return evidence({"ratings": {("b", THIS): (ratings, 0, down), ("b", LAST): (before, 0, down_before)}})


def _depths(single: int, count: int, single_before: int, before: int) -> Evidence:
    both: Happened = {("b", THIS): conversations(count, single), ("b", LAST): conversations(before, single_before)}
    return evidence({"conversations": both}, bot="b")


def growth(now: int, before: int) -> Fraction | None:
    return Fraction(100 * (now - before), before) if before else None


def at_least(least: int, of: int) -> Callable[..., Fraction | None]:
    """part ÷ whole in percent, or the points from one such share to another, where every whole is large enough."""

    def percent(*parts_and_wholes: int) -> Fraction | None:
        pairs = list(zip(parts_and_wholes[::2], parts_and_wholes[1::2], strict=True))
        assert len(pairs) == of
        if min(whole for _, whole in pairs) < least:
            return None
        now, *before = (Fraction(100 * part, whole) for part, whole in pairs)
        return now - sum(before)

    return percent


MANY = 10**6
few = st.integers(0, 24)
"""So that thirds, sevenths, nothing before and too few to tell all come about."""
two = st.tuples(few, few)
part_and_whole = two.map(sorted).map(tuple)
two_shares = st.tuples(part_and_whole, part_and_whole).map(lambda shares: shares[0] + shares[1])


def tenths(exact: Fraction) -> float:
    """To one decimal, halves away from 0."""
    return (-1 if exact < 0 else 1) * int(abs(exact) * 10 + Fraction(1, 2)) / 10


@dataclass(frozen=True, slots=True)
class Promise:
    """What the contract says of a rule: its type, its levels, how to bring about what it looks at (`seen`), and the percentage
    that follows from the same numbers (`percent`). `few`: any such numbers; `many`: those of a percentage, given in millionths.
    """

    about: Literal["account", "bot"]
    type: str
    levels: Mapping[int, str]
    seen: Callable[..., Evidence]
    percent: Callable[..., Fraction | None]
    few: st.SearchStrategy[tuple[int, ...]]
    many: Callable[[int], tuple[int, ...]]
    compared: Callable[..., tuple[float, float]] = field(default=lambda now, before: (now, before))

    def severities(self, percentage: Fraction | None) -> list[str]:
        """The worst that there is for a percentage, if any."""
        if percentage is None:
            return []
        reached = [word for level, word in self.levels.items() if percentage / level >= 1]
        return sorted(reached, key=WORST_FIRST.index)[:1]


def _growth(**what: Any) -> Promise:
    """`now` beside `before`."""
    usual: dict[str, Any] = {"percent": growth, "few": two, "many": lambda n: (MANY + n // 100, MANY)}
    return Promise(**(usual | what))


def _share(least: int, **what: Any) -> Promise:
    """A part of a whole."""
    usual: dict[str, Any] = {
        "percent": at_least(least, of=1),
        "few": part_and_whole,
        "many": lambda n: (n // 100, MANY),
    }
    return Promise(**(usual | what))


def _points(least: int, **what: Any) -> Promise:
    """A share beside an earlier one, of a third, so that neither is a decimal."""
    return Promise(
        percent=at_least(least, of=2),
        few=two_shares,
        many=lambda n: (MANY + 3 * n // 100, 3 * MANY, 10, 30),
        compared=lambda part, whole, part_before, before: (
            tenths(Fraction(100 * part, whole)),
            tenths(Fraction(100 * part_before, before)),
        ),
        **what,
    )


def percent_of_limit(used: int, allowed: int) -> Fraction | None:
    """Whoever may have nothing and has something has used it up."""
    return Fraction(100 * used, allowed) if allowed else Fraction(100) if used else None


PROMISES = {
    "activity": _growth(about="account", type="activity", levels={200: "info"}, seen=_conversations),
    "usage_spike": _growth(
        about="account",
        type="usageSpike",
        levels={20: "info", 50: "warning", 100: "critical"},
        seen=_days,
        percent=lambda now, before: growth(now, before) if now else None,  # two days are too few
    ),
    "limit": _share(
        1,
        about="account",
        type="limit",
        levels={80: "warning", 100: "critical"},
        seen=_used,
        few=two,
        percent=percent_of_limit,
    ),
    "negative_feedback": _share(
        10, about="account", type="negativeFeedback", levels={30: "warning", 50: "critical"}, seen=_ratings
    ),
    "sentiment": _points(10, about="account", type="sentiment", levels={20: "warning", 30: "critical"}, seen=_moods),
    "bot_negative_feedback": _share(
        3,
        about="bot",
        type="negativeFeedback",
        levels={30: "warning", 50: "critical"},
        seen=lambda down, ratings: _ratings(down, ratings, bot="b"),
    ),
    "bot_token_spike": _growth(about="bot", type="tokenSpike", levels={50: "warning", 100: "critical"}, seen=_tokens),
    "bot_conversation_drop": _growth(
        about="bot",
        type="conversationDrop",
        levels={-50: "warning", -75: "critical"},
        seen=lambda now, before: _conversations(now, before, bot="b"),
        percent=lambda now, before: growth(now, before) if before >= 5 else None,
    ),
    "bot_abandonment_spike": _points(
        5, about="bot", type="abandonmentSpike", levels={20: "warning", 30: "critical"}, seen=_depths
    ),
}
promised = pytest.mark.parametrize("name", PROMISES)


@pytest.mark.parametrize("about", TYPES)
def test_reports_know_the_types_of_the_contract_and_each_of_them(about: str) -> None:
    reported = {name: rule for name, rule in RULES.items() if rule.is_reported and rule.about == about}
    assert {rule.type for rule in reported.values()} == TYPES[about]
    assert {name: rule.type for name, rule in reported.items()} == {
        name: promise.type for name, promise in PROMISES.items() if promise.about == about
    }


# ---- levels


@pytest.mark.parametrize(
    ("name", "level", "beside"),
    [(name, level, beside) for name in PROMISES for level in PROMISES[name].levels for beside in (-1, 0, 1)],
)
def test_it_fires_at_its_level_and_not_a_millionth_before(name: str, level: int, beside: int) -> None:
    promise = PROMISES[name]
    numbers = promise.many(level * MANY + beside * 100)
    percentage = promise.percent(*numbers)
    assert percentage == level + Fraction(beside * 100, MANY)
    assert [finding.severity for finding in find(name, promise.seen(*numbers))] == promise.severities(percentage)


@promised
@given(chance=st.data())
def test_whatever_the_numbers_it_says_what_exact_arithmetic_says(name: str, chance: st.DataObject) -> None:
    promise = PROMISES[name]
    numbers = chance.draw(promise.few)
    percentage = promise.percent(*numbers)
    found = find(name, promise.seen(*numbers))
    assert [finding.severity for finding in found] == promise.severities(percentage)
    for finding in found:
        assert finding.percentage == tenths(percentage or Fraction(0))
        assert (finding.current, finding.baseline) == promise.compared(*numbers)


@pytest.mark.parametrize(
    ("name", "enough", "too_few"),
    [
        ("negative_feedback", (10, 10), (9, 9)),
        ("bot_negative_feedback", (3, 3), (2, 2)),
        ("sentiment", (10, 10, 0, 10), (10, 10, 0, 9)),
        ("sentiment", (10, 10, 0, 10), (9, 9, 0, 10)),
        ("bot_abandonment_spike", (5, 5, 0, 5), (5, 5, 0, 4)),
        ("bot_abandonment_spike", (5, 5, 0, 5), (4, 4, 0, 5)),
        ("bot_conversation_drop", (0, 5), (0, 4)),
        ("bot_token_spike", (2, 1), (10**9, 0)),
        ("activity", (3, 1), (10**9, 0)),
        ("usage_spike", (2, 1), (10**9, 0)),
        ("limit", (1, 1), (0, 0)),
    ],
)
def test_of_too_few_nothing_is_said(name: str, enough: tuple[int, ...], too_few: tuple[int, ...]) -> None:
    assert [finding.severity for finding in find(name, PROMISES[name].seen(*enough))] == (
        ["info"] if name == "activity" else ["critical"]
    )
    assert find(name, PROMISES[name].seen(*too_few)) == []


@pytest.mark.parametrize("name", RULES)
def test_where_nothing_ever_happened_nothing_is_said(name: str) -> None:
    assert find(name, evidence(bot="b" if RULES[name].about == "bot" else None)) == []


def test_every_limited_type_is_looked_at_and_one_without_a_limit_is_not() -> None:
    gauges = {type_: [Gauge(type_, "all", 1, {"count": 9, "limit": 10})] for type_ in COUNTED}
    gauges["dataset"] = [Gauge("dataset", f"d-{n}", 1, {"count": 1, "limit": 10}) for n in range(8)]
    gauges["ability"] = [Gauge("ability", "all", 1, {"count": 10**9})]
    found = {finding.subject: finding.current for finding in find("limit", evidence(gauges=gauges))}
    assert found == {"datasets": 8, "records": 9, "skillsets": 9, "files": 9}


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (-QUARTER, []),
        (24 * HOUR - 1, []),
        (24 * HOUR, ["warning"]),
        (72 * HOUR - 1, ["warning"]),
        (72 * HOUR, ["critical"]),
    ],
)
def test_that_nothing_comes_in_is_said_after_a_day_to_the_millisecond(ago: int, expected: list[str]) -> None:
    found = find("stale_source", evidence(newest=parse_instant(NOW) - ago))
    assert [finding.severity for finding in found] == expected


# ---- today beside an ordinary day


def day(text: str, zone: str, hour: int = 12) -> int:
    """The quarter of a full hour on a day of a zone."""
    moment = datetime.fromisoformat(f"{text}T{hour:02}:00").replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp()) // 900


def spikes(days: Mapping[int, int], **how: Any) -> list[tuple[str, float, float]]:
    seen = evidence({"messages": {("", "user", at): (count,) for at, count in days.items()}}, **how)
    return [(finding.subject, finding.current, finding.baseline) for finding in find("usage_spike", seen)]


def test_days_without_any_do_not_lower_the_mean() -> None:
    days = {day("2026-11-21", "UTC", 9): 12, day("2026-11-20", "UTC"): 10, day("2026-11-17", "UTC"): 10}
    assert spikes(days) == [("messages", 12, 10)]


def test_two_days_are_too_few_to_be_ordinary() -> None:
    assert spikes({day("2026-11-21", "UTC", 9): 100, day("2026-11-20", "UTC"): 10}) == []


def test_a_first_day_that_the_window_cuts_is_no_ordinary_day() -> None:
    """The last seven days began at 10:15 on the 14th; asked for by its date, that day is whole."""
    days = {day(f"2026-11-{n}", "UTC", 11): 10 for n in (15, 16)}
    days |= {day("2026-11-14", "UTC", 23): 1, day("2026-11-21", "UTC", 9): 12}
    assert spikes(days) == [("messages", 12, 10)]
    assert spikes(days, startDate="2026-11-14") == [("messages", 12, 7)]
    assert spikes(days, startDate="2026-11-14", endDate="2026-11-21") == [("messages", 12, 7)]


@pytest.mark.parametrize(("changed", "length"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_clocks_change_is_counted_from_midnight_to_midnight(changed: str, length: int) -> None:
    zone, month = "Europe/Berlin", changed[:8]
    midnight = day(changed, zone, 0)
    hourly = {midnight + 4 * hour: 1 for hour in range(length)}
    ordinary = {day(f"{month}{int(changed[8:]) - ago}", zone): 10 for ago in (1, 2, 3)}
    beyond = {midnight - 1: 10, midnight + 4 * length: 10}
    found = spikes(
        ordinary | hourly | beyond,
        zone=zone,
        startDate=f"{month}{int(changed[8:]) - 3}",
        endDate=changed,
    )
    assert found == [("messages", length, round(40 / 3, 1))]


@pytest.mark.parametrize("begin", ["2026-11-21T05:00:00Z", "2026-11-21", "2026-11-20T12:00:00Z"])
def test_a_period_of_hardly_a_day_has_no_spike(begin: str) -> None:
    assert spikes({day("2026-11-21", "UTC", 9): 12}, startDate=begin) == []


# ---- words


def numbers_in(message: str) -> list[float]:
    return [float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*(?:\.\d+)?", message)]


TOLD: dict[str, tuple[tuple[int, ...], list[float]]] = {
    "activity": ((1_200, 300), [1_200, 300, 300]),
    "usage_spike": ((1_500, 1_000), [1_500, 50, 1_000]),
    "limit": ((8_500, 10_000), [8_500, 10_000, 85]),
    "negative_feedback": ((1_000, 3_000), [1_000, 3_000, 33.3]),
    "bot_negative_feedback": ((2, 3), [2, 3, 66.7]),
    "sentiment": ((6_000, 12_000, 1, 10), [50, 12_000, 10, 10]),
    "bot_token_spike": ((3_500_000, 2_000_000), [3_500_000, 75, 2_000_000]),
    "bot_conversation_drop": ((300, 1_200), [300, 75, 1_200]),
    "bot_abandonment_spike": ((1_000, 1_500, 1, 6), [66.7, 1_500, 16.7]),
}
"""Numbers, and those that the message of what they are must tell, in this order."""


@promised
def test_its_message_tells_what_was_measured_in_one_sentence(name: str) -> None:
    numbers, told = TOLD[name]
    [finding] = find(name, PROMISES[name].seen(*numbers))
    assert numbers_in(finding.message) == told
    assert re.fullmatch(r"[^{}\n]+\.", finding.message)
    assert re.fullmatch(r"[A-Z][^{}]+[a-z]", finding.title)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("activity", (3, 1)),
        ("usage_spike", (2, 1)),
        ("limit", (1, 1)),
        ("bot_token_spike", (2, 1)),
        ("bot_conversation_drop", (1, 5)),
    ],
)
def test_one_is_told_in_the_singular(name: str, numbers: tuple[int, ...]) -> None:
    [finding] = find(name, PROMISES[name].seen(*numbers))
    assert 1 in numbers_in(finding.message)
    assert not re.search(r"\b1 \w+s\b", finding.message)


def test_the_last_day_of_a_period_that_is_over_is_not_called_today() -> None:
    days = {day(f"2026-11-{n}", "UTC"): 10 for n in (11, 12, 13)} | {day("2026-11-14", "UTC"): 30}
    happened: Happened = {("", "user", at): (count,) for at, count in days.items()}
    [finding] = find("usage_spike", evidence({"messages": happened}, startDate="2026-11-10", endDate="2026-11-14"))
    assert finding.current == 30
    assert "today" not in finding.message


@promised
@given(chance=st.data())
def test_the_numbers_of_its_message_are_those_of_its_metric(name: str, chance: st.DataObject) -> None:
    promise = PROMISES[name]
    percent = chance.draw(st.integers(min(promise.levels), {two: 990, part_and_whole: 99, two_shares: 60}[promise.few]))
    cents = chance.draw(st.integers(0, 99))
    for finding in find(name, promise.seen(*promise.many(percent * MANY + cents * 10_000))):
        assert "e+" not in finding.message
        told = numbers_in(finding.message)
        assert {finding.current, finding.baseline} <= set(told)
        assert abs(finding.percentage) in told or promise.few is two_shares


@pytest.mark.parametrize("name", ["activity", "usage_spike", "bot_token_spike"])
def test_a_change_of_any_size_is_told_in_plain_digits(name: str) -> None:
    """A bot that was tried yesterday and is opened today has grown ten-thousandfold."""
    [finding] = find(name, PROMISES[name].seen(1_234_567, 11))
    assert "e+" not in finding.message
    assert finding.percentage in numbers_in(finding.message)


def test_an_ordinary_day_is_told_as_it_was_compared() -> None:
    days = {day("2026-11-21", "UTC", 9): 2, day("2026-11-20", "UTC"): 1, day("2026-11-19", "UTC"): 2}
    [finding] = find("usage_spike", evidence({"messages": {("", "user", at): (count,) for at, count in days.items()}}))
    assert (finding.current, finding.baseline, finding.percentage) == (2, 1.5, 33.3)
    assert finding.baseline in numbers_in(finding.message)


# ---- in reports


def test_reports_list_the_worst_first_and_count_them(doors: Doors) -> None:
    at, earlier = "2026-11-18T09:20:00Z", "2026-11-10T09:20:00Z"
    ratings = [{"kind": "rating", "id": f"r-{n}", "createdAt": at, "value": n - 4.5, "botId": "b"} for n in range(10)]
    begun = [(f"c-{n}", at if n else earlier) for n in range(4)]
    doors.push(
        *ratings,
        *({"kind": "conversation", "id": name, "startedAt": when, "botId": "b"} for name, when in begun),
        {"kind": "resource", "id": "all", "type": "file", "updatedAt": at, "count": 10, "limit": 10},
        {"kind": "resource", "id": "all", "type": "skillset", "updatedAt": at, "count": 9, "limit": 10},
    )
    doors.world.fold()
    found = doors.ask("clr3m5n8k000f08jqcs1u2v6p", periodDays=7)
    told = [(alert["type"], alert["severity"], alert["metric"]["percentage"]) for alert in found["alerts"]]
    assert told == [
        ("limit", "critical", 100),
        ("negativeFeedback", "critical", 50),
        ("limit", "warning", 90),
        ("activity", "info", 200),
    ]
    assert found["summary"] == {"totalAlerts": 4, "criticalCount": 2, "warningCount": 1, "infoCount": 1}
    of_bot = doors.ask("clr3m5n8k000i08jqfv3w4x9s", botId="b", periodDays=7)
    assert [(alert["type"], alert["severity"]) for alert in of_bot["alerts"]] == [("negativeFeedback", "critical")]
    assert of_bot["summary"] == {"totalAlerts": 1, "criticalCount": 1, "warningCount": 0, "infoCount": 0}
