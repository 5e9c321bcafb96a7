"""What becomes of an alert: every state with every reading, and whatever series of them comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wallboard.alerts
from tests.fakes.world import scripted
from wallboard.alerts._decide import OPEN, Alert, Decision, Transition, decide, fingerprint
from wallboard.alerts._rule import SEVERITIES, Finding, Rule
from wallboard.registry import Family

NOW = 1_795_256_400_000
TURN = 900_000

LIMIT = scripted("limit", {}, levels={"warning": 80, "critical": 100})
RATE = scripted("rate", {}, times=2, of=2)
DROP = scripted("drop", {}, levels={"warning": -50, "critical": -75})
FAMILY = Family(wallboard.alerts, attribute="RULE", member=Rule)
RULES = {name: FAMILY.load(name) for name in FAMILY.names()}

Percentage = int | Fraction | None


def reading_of(rule: Rule, percentage: Percentage) -> Finding | None:
    """What a rule reads of its subject; None where it has nothing to say."""
    exact = None if percentage is None else Fraction(percentage)
    figures = {"current": 0.0 if exact is None else float(exact), "baseline": 100.0}
    return next(iter(rule.finding(exact, message="It is at {percent}.", subject="files", **figures)), None)


def seen_as(reading: Finding | None, now: int) -> Alert | None:
    """The alert that a reading would make."""
    if reading is None:
        return None
    return Alert(
        id="a",
        rule="rule",
        type=reading.type,
        bot="",
        subject=reading.subject,
        status="pending",
        severity=reading.severity or "info",
        title=reading.title,
        message=reading.message,
        current=reading.current,
        baseline=reading.baseline,
        percentage=reading.percentage,
        since=now,
    )


def step(alert: Alert | None, percentage: Percentage, rule: Rule, now: int = NOW) -> Decision:
    reading = reading_of(rule, percentage)
    return decide(alert, seen_as(reading, now), reading, rule, now=now)


def known(status: Any, severity: Any = "warning", **more: Any) -> Alert:
    """An alert that was noted before, seen at 42 %."""
    found = seen_as(reading_of(RATE, 42), NOW - TURN)
    assert found is not None
    return replace(found, status=status, severity=severity, number=3, version=7, **more)


# ---- every state with every reading


NOTHING, CLEAR, BETWEEN, FOUND, WORSE, LESS = None, 15, 18, 60, 130, 30
"""Of a rule with the levels 20, 50 and 100 and an alert that is a warning."""

PENDING = known("pending", hits=(True,))
FIRING = known("firing")
ACKNOWLEDGED = known("acknowledged", by="Ann", note="on it")
SILENCED = known("silenced", silenced_until=NOW + 1, by="Ann")
OVER = known("silenced", silenced_until=NOW, by="Ann")
RESOLVED = known("resolved")

STAYS = None
SILENCE_OVER = "the silence has ended, and it goes on"

OUTCOMES = [
    (None, NOTHING, None, STAYS),
    (None, CLEAR, None, STAYS),
    (None, BETWEEN, None, STAYS),
    (None, FOUND, "pending", "found for the first time"),
    (None, WORSE, "pending", "found for the first time"),
    (RESOLVED, NOTHING, "resolved", STAYS),
    (RESOLVED, CLEAR, "resolved", STAYS),
    (RESOLVED, BETWEEN, "resolved", STAYS),
    (RESOLVED, FOUND, "pending", "found for the first time"),
    (RESOLVED, WORSE, "pending", "found for the first time"),
    (PENDING, NOTHING, "pending", STAYS),
    (PENDING, BETWEEN, "pending", STAYS),
    (PENDING, FOUND, "firing", "found in 2 of 2 evaluations"),
    (PENDING, WORSE, "firing", "found in 2 of 2 evaluations"),
    (PENDING, LESS, "firing", "found in 2 of 2 evaluations"),
    (replace(PENDING, hits=(True, False)), NOTHING, "resolved", "went away before it fired"),
    (replace(PENDING, hits=(True, False)), CLEAR, "resolved", "went away before it fired"),
    (replace(PENDING, hits=(True, False)), BETWEEN, "resolved", "went away before it fired"),
    (replace(PENDING, hits=(True, False)), FOUND, "pending", STAYS),
    (FIRING, NOTHING, "firing", STAYS),
    (FIRING, CLEAR, "firing", STAYS),
    (FIRING, BETWEEN, "firing", STAYS),
    (FIRING, LESS, "firing", STAYS),
    (FIRING, FOUND, "firing", STAYS),
    (FIRING, WORSE, "firing", "went from warning to critical"),
    (replace(FIRING, quiet=1), NOTHING, "resolved", "quiet in 2 evaluations"),
    (replace(FIRING, quiet=1), CLEAR, "resolved", "quiet in 2 evaluations"),
    (replace(FIRING, quiet=1), BETWEEN, "firing", STAYS),
    (replace(FIRING, quiet=1), FOUND, "firing", STAYS),
    (ACKNOWLEDGED, NOTHING, "acknowledged", STAYS),
    (ACKNOWLEDGED, BETWEEN, "acknowledged", STAYS),
    (ACKNOWLEDGED, LESS, "acknowledged", STAYS),
    (ACKNOWLEDGED, FOUND, "acknowledged", STAYS),
    (ACKNOWLEDGED, WORSE, "firing", "went from warning to critical"),
    (replace(ACKNOWLEDGED, quiet=1), CLEAR, "resolved", "quiet in 2 evaluations"),
    (replace(ACKNOWLEDGED, quiet=1), BETWEEN, "acknowledged", STAYS),
    (SILENCED, NOTHING, "silenced", STAYS),
    (SILENCED, BETWEEN, "silenced", STAYS),
    (SILENCED, LESS, "silenced", STAYS),
    (SILENCED, FOUND, "silenced", STAYS),
    (SILENCED, WORSE, "silenced", "went from warning to critical"),
    (replace(SILENCED, quiet=1), CLEAR, "resolved", "quiet in 2 evaluations"),
    (OVER, NOTHING, "silenced", STAYS),
    (OVER, BETWEEN, "silenced", STAYS),
    (OVER, LESS, "firing", SILENCE_OVER),
    (OVER, FOUND, "firing", SILENCE_OVER),
    (OVER, WORSE, "firing", "went from warning to critical"),
    (replace(OVER, quiet=1), CLEAR, "resolved", "quiet in 2 evaluations"),
]


def check_transition(before: Alert | None, after: Alert | None, transition: Transition | None) -> None:
    """A transition is the next of its alert, and tells just what has become of it. Without one, the state stays."""
    if transition is None:
        assert after is None if before is None else after is not None
        if before is not None and after is not None:
            assert (after.status, after.number, after.since) == (before.status, before.number, before.since)
        return
    assert after is not None
    assert after.number == transition.number == (before.number if before else 0) + 1
    assert (transition.alert, transition.after, transition.severity) == (after.id, after.status, after.severity)
    assert transition.before == (before.status if before else None)
    assert transition.at == after.since
    assert (transition.current, transition.baseline, transition.percentage) == (
        after.current,
        after.baseline,
        after.percentage,
    )
    assert (transition.by, transition.note) == (None, None), "the evaluation is nobody"


@pytest.mark.parametrize(("alert", "percentage", "status", "reason"), OUTCOMES)
def test_every_state_with_every_reading(
    alert: Alert | None, percentage: Percentage, status: str | None, reason: str | None
) -> None:
    after, transition = step(alert, percentage, RATE)
    assert (after.status if after else None) == status
    assert (transition.reason if transition else None) == reason
    check_transition(alert, after, transition)


def test_the_table_has_every_state() -> None:
    assert {alert.status for alert, *_ in OUTCOMES if alert} == {*OPEN, "pending", "resolved"}


@pytest.mark.parametrize("before", [None, RESOLVED])
def test_what_needs_one_finding_fires_at_once(before: Alert | None) -> None:
    after, transition = step(before, 85, LIMIT)
    assert after is not None
    assert transition is not None
    assert (after.status, after.severity, transition.reason) == ("firing", "warning", "found")
    check_transition(before, after, transition)


@pytest.mark.parametrize("before", [PENDING, FIRING, ACKNOWLEDGED, SILENCED, OVER, RESOLVED])
def test_an_alert_keeps_its_place_in_the_store(before: Alert) -> None:
    for percentage in (NOTHING, CLEAR, FOUND, WORSE):
        after, _ = step(before, percentage, RATE)
        assert after is not None
        assert (after.id, after.version) == (before.id, before.version)


@pytest.mark.parametrize("before", [FIRING, ACKNOWLEDGED, SILENCED])
@pytest.mark.parametrize("percentage", [CLEAR, BETWEEN, LESS, FOUND, WORSE])
def test_an_open_alert_shows_the_latest_figures(before: Alert, percentage: int) -> None:
    after, _ = step(before, percentage, RATE)
    assert after is not None
    assert (after.current, after.percentage, after.message) == (percentage, percentage, f"It is at {percentage} %.")


def test_who_took_care_of_an_alert_is_forgotten_with_it() -> None:
    for before in (ACKNOWLEDGED, SILENCED, OVER):
        after, _ = step(replace(before, quiet=1), CLEAR, RATE)
        assert after is not None
        assert (after.by, after.note, after.quiet, after.hits) == (None, None, 0, ())


def test_a_silence_that_has_not_ended_outlives_its_alert() -> None:
    """What comes and goes is just what people silence: it comes again in silence, and is told of after it."""
    for rule in (LIMIT, RATE):
        alert: Alert | None = replace(SILENCED, quiet=1, silenced_until=NOW + 3 * TURN)
        statuses = []
        for place, percentage in enumerate((0, 100, 100, 100)):
            alert, _ = step(alert, percentage, rule, NOW + place * TURN)
            statuses += [alert.status if alert else None]
        assert statuses == ["resolved", "silenced" if rule is LIMIT else "pending", "silenced", "firing"]


def test_a_silence_that_has_ended_is_no_longer_shown() -> None:
    for percentage in (FOUND, WORSE):
        after, _ = step(OVER, percentage, RATE)
        assert after is not None
        assert (after.status, after.silenced_until) == ("firing", None)


@pytest.mark.parametrize(
    ("rule", "percentage", "is_clear"),
    [
        (LIMIT, Fraction("63.999"), True),
        (LIMIT, 64, False),
        (LIMIT, Fraction("79.999"), False),
        (LIMIT, 0, True),
        (LIMIT, -100, True),
        (DROP, Fraction("-39.999"), True),
        (DROP, -40, False),
        (DROP, Fraction("-49.999"), False),
        (DROP, 0, True),
        (DROP, 300, True),
        (RULES["sentiment"], Fraction("15.999"), True),
        (RULES["sentiment"], 16, False),
        (RULES["stale_source"], Fraction("19.199"), True),
        (RULES["stale_source"], Fraction("19.2"), False),
    ],
)
def test_below_four_fifths_of_its_lowest_level_an_alert_is_clear(
    rule: Rule, percentage: Percentage, is_clear: bool
) -> None:
    """Whatever its severity: it fires again from the lowest level on."""
    for severity in SEVERITIES:
        alert: Alert | None = known("firing", severity)
        for _ in range(2):
            alert, _ = step(alert, percentage, rule)
        assert alert is not None
        assert (alert.status == "resolved") == is_clear


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_fires_gets_worse_and_resolves(rule: Rule) -> None:
    """From nothing over its lowest level to its highest, and back: one transition each."""
    lowest, highest = (level(rule.levels.values(), key=abs) for level in (min, max))
    told = []
    alert: Alert | None = None
    series: list[Percentage] = [lowest] * rule.times
    for percentage in [*series, lowest, highest, highest, lowest, lowest * Fraction(9, 10), 0, 0, 0]:
        alert, transition = step(alert, percentage, rule)
        if transition and transition.after != "pending":
            told.append((transition.before, transition.after, transition.severity))
    severities = [severity for severity in reversed(SEVERITIES) if severity in rule.levels]
    worse = [("firing", "firing", severities[-1])] if len(severities) > 1 else []
    before = "pending" if rule.times > 1 else None
    assert told == [(before, "firing", severities[0]), *worse, ("firing", "resolved", severities[-1])]


@pytest.mark.parametrize("between", [BETWEEN, LESS, FOUND])
def test_what_is_quiet_every_other_time_does_not_resolve(between: int) -> None:
    alert: Alert | None = FIRING
    for percentage in (CLEAR, between, NOTHING, between, CLEAR, between, CLEAR):
        alert, transition = step(alert, percentage, RATE)
        assert transition is None


def test_info_over_warning_to_critical_is_one_transition_each_and_one_when_it_leaps() -> None:
    for series, expected in (
        ((20, 50, 100), ["found", "went from info to warning", "went from warning to critical"]),
        ((20, 100, 50), ["found", "went from info to critical"]),
    ):
        alert: Alert | None = None
        reasons = []
        for percentage in series:
            alert, transition = step(alert, percentage, replace(RATE, times=1, of=1))
            reasons += [transition.reason] if transition else []
        assert reasons == expected


# ---- whatever comes


@dataclass(frozen=True, slots=True)
class Turn:
    """One evaluation: the alert before and after it, and what was read. `clear` and `severity` are told anew."""

    before: Alert | None
    after: Alert | None
    transition: Transition | None
    clear: bool
    severity: str | None
    now: int

    @property
    def was_open(self) -> bool:
        return self.before is not None and self.before.status in OPEN


LEVELS = {"info": 20, "warning": 50, "critical": 100}
PERCENTAGES = st.sampled_from([None, 0, 15, 16, 19, 19, 20, 49, 50, 100, Fraction("15.999"), Fraction("19.999")])
SERIES = st.lists(PERCENTAGES, max_size=40)
BY_HAND = st.sampled_from(["acknowledge", "silence", *[None] * 6])
COUNTS = st.integers(1, 6).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of)))


def play(
    rule: Rule, series: Sequence[Percentage], by_hand: Callable[[], str | None] = lambda: None, sign: int = 1
) -> list[Turn]:
    """The evaluations of a series. Between two of them, somebody may acknowledge the alert, or silence it for 2½ turns."""
    turns: list[Turn] = []
    alert: Alert | None = None
    for place, percentage in enumerate(series):
        now = NOW + place * TURN
        what = by_hand()
        if alert and alert.status in OPEN and what == "acknowledge":
            alert = replace(alert, status="acknowledged", silenced_until=None)
        elif alert and alert.status in OPEN and what == "silence":
            alert = replace(alert, status="silenced", silenced_until=now + 5 * TURN // 2)
        after, transition = step(alert, None if percentage is None else sign * percentage, rule, now)
        severity = next((each for each in SEVERITIES if percentage is not None and percentage >= LEVELS[each]), None)
        turns.append(Turn(alert, after, transition, percentage is None or percentage < 16, severity, now))
        alert = after
    return turns


series_of_any_sign = pytest.mark.parametrize("sign", [1, -1], ids=["above", "below"])


def rule_of(counts: tuple[int, int], sign: int) -> Rule:
    levels = {severity: sign * level for severity, level in LEVELS.items()}
    return scripted("any", {}, levels=levels, times=counts[0], of=counts[1])


@series_of_any_sign
@given(series=SERIES, counts=COUNTS, chance=st.data())
def test_every_transition_tells_just_what_has_become_of_the_alert(
    series: list[Percentage], counts: tuple[int, int], chance: st.DataObject, sign: int
) -> None:
    for turn in play(rule_of(counts, sign), series, lambda: chance.draw(BY_HAND), sign):
        check_transition(turn.before, turn.after, turn.transition)


@series_of_any_sign
@given(series=SERIES, counts=COUNTS, chance=st.data())
def test_an_open_alert_resolves_after_two_clear_readings_in_a_row_and_never_else(
    series: list[Percentage], counts: tuple[int, int], chance: st.DataObject, sign: int
) -> None:
    clear = 0
    for turn in play(rule_of(counts, sign), series, lambda: chance.draw(BY_HAND), sign):
        clear = clear + 1 if turn.was_open and turn.clear else 0
        assert turn.after is not None or not turn.was_open
        if turn.was_open and turn.after:
            assert (turn.after.status == "resolved") == (clear == 2)


@series_of_any_sign
@given(series=SERIES, counts=COUNTS, chance=st.data())
def test_while_an_alert_is_open_its_severity_is_the_worst_that_was_read_and_each_rise_is_one_transition(
    series: list[Percentage], counts: tuple[int, int], chance: st.DataObject, sign: int
) -> None:
    for turn in play(rule_of(counts, sign), series, lambda: chance.draw(BY_HAND), sign):
        if not turn.was_open or turn.before is None or turn.after is None or turn.after.status == "resolved":
            continue
        worst = min(filter(None, (turn.before.severity, turn.severity)), key=SEVERITIES.index)
        assert turn.after.severity == worst
        if worst != turn.before.severity:
            assert turn.transition is not None
            assert turn.transition.reason == f"went from {turn.before.severity} to {worst}"


@series_of_any_sign
@given(series=SERIES, counts=COUNTS)
def test_it_fires_when_found_in_so_many_of_the_last_evaluations_and_never_else(
    series: list[Percentage], counts: tuple[int, int], sign: int
) -> None:
    """What was found before an alert resolved does not count towards the next."""
    times, of = counts
    found: list[bool] = []
    for turn in play(rule_of(counts, sign), series, sign=sign):
        if turn.was_open:
            found = []
            continue
        found.append(turn.severity is not None)
        fires = found[-1] and sum(found[-of:]) >= times
        assert (turn.after is not None and turn.after.status == "firing") == fires
        if turn.after is not None and not fires:
            assert turn.after.status == ("pending" if any(found[-of:]) else "resolved")
            assert turn.after.severity == turn.severity or not found[-1]
        else:
            assert fires or not any(found)


@series_of_any_sign
@given(series=SERIES, counts=COUNTS, chance=st.data())
def test_a_silence_holds_until_it_ends_and_then_it_fires_if_it_is_still_found(
    series: list[Percentage], counts: tuple[int, int], chance: st.DataObject, sign: int
) -> None:
    """Even where the alert ends within it and comes back. Only acknowledging it ends it sooner."""
    until = 0
    for turn in play(rule_of(counts, sign), series, lambda: chance.draw(BY_HAND), sign):
        if turn.before is None or turn.after is None:
            continue
        if turn.before.status == "acknowledged":
            until = 0
        elif turn.before.status == "silenced":
            until = max(until, turn.before.silenced_until or 0)
        if turn.now < until:
            assert turn.after.status != "firing"
        elif turn.before.status == "silenced" and turn.severity:
            assert turn.after.status == "firing"
            assert turn.after.silenced_until is None


@series_of_any_sign
@given(series=SERIES, counts=COUNTS, chance=st.data())
def test_what_is_acknowledged_stays_so_unless_it_gets_worse_or_ends(
    series: list[Percentage], counts: tuple[int, int], chance: st.DataObject, sign: int
) -> None:
    for turn in play(rule_of(counts, sign), series, lambda: chance.draw(BY_HAND), sign):
        if turn.before is None or turn.after is None or turn.before.status != "acknowledged":
            continue
        got_worse = SEVERITIES.index(turn.after.severity) < SEVERITIES.index(turn.before.severity)
        assert turn.after.status == "firing" if got_worse else turn.after.status in ("acknowledged", "resolved")


BETWEEN_THEM = st.lists(st.fractions(16, Fraction(1_999, 100)), max_size=12)


@series_of_any_sign
@settings(max_examples=30)
@given(series=BETWEEN_THEM, counts=COUNTS)
def test_between_its_levels_and_four_fifths_of_the_lowest_nothing_comes_or_goes(
    series: list[Percentage], counts: tuple[int, int], sign: int
) -> None:
    assert [turn.after for turn in play(rule_of(counts, sign), series, sign=sign)] == [None] * len(series)
    turns = play(rule_of(counts, sign), [*[20] * counts[1], *series], sign=sign)
    assert {turn.after.status for turn in turns[counts[1] :] if turn.after} <= {"firing"}


# ---- what an alert is known by


def test_the_id_of_an_alert_is_the_same_for_ever() -> None:
    """Stored alerts are found by it: another id would fire all that is open anew."""
    assert fingerprint("acme", "limit", "", "files") == "901533403dd979528536202b"


NAMES = st.text(st.characters(exclude_characters="\0"), max_size=8)
FOURS = st.tuples(NAMES, NAMES, NAMES, NAMES)


@given(one=FOURS, other=FOURS)
def test_alerts_of_other_tenants_rules_bots_or_subjects_have_other_ids(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


@given(names=FOURS, place=st.integers(0, 2), cut=st.integers(0, 8))
def test_what_moves_from_one_name_to_the_next_changes_the_id(
    names: tuple[str, str, str, str], place: int, cut: int
) -> None:
    moved = list(names)
    moved[place], moved[place + 1] = names[place][:cut], names[place][cut:] + names[place + 1]
    assert (fingerprint(*moved) == fingerprint(*names)) == (tuple(moved) == names)
