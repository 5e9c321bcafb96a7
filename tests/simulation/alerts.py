"""The alert rules, recounted: what they find, but for the titles and messages."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tests.simulation.ledger import Event
from tests.simulation.tally import Tally
from tests.simulation.windows import midnight

Answer = dict[str, Any]
SEVERITIES = ("critical", "warning", "info")
Levels = dict[str, int]
"""From which percentage on a finding has which severity, the worst first."""

SPIKE = {"critical": 100, "warning": 50, "info": 20}
LIMIT = {"critical": 100, "warning": 80}
NEGATIVE = {"critical": 50, "warning": 30}
POINTS = {"critical": 30, "warning": 20}
ACTIVITY = {"info": 200}
TOKENS = {"critical": 100, "warning": 50}
DROP = {"critical": 75, "warning": 50}


def account_alerts(tally: Tally) -> Answer:
    return _answer(
        tally, [*_activity(tally), *_limits(tally), *_negative(tally, 10), *_sentiment(tally), *_usage(tally)]
    )


def bot_alerts(tally: Tally) -> Answer:
    return _answer(tally, [*_abandoned(tally), *_drop(tally), *_negative(tally, 3), *_tokens(tally)])


def _answer(tally: Tally, found: list[Answer]) -> Answer:
    """The worst first, then by type; what one rule finds is in the order of what it is about."""
    found.sort(key=lambda alert: SEVERITIES.index(alert["severity"]))
    counts = {severity: sum(alert["severity"] == severity for alert in found) for severity in SEVERITIES}
    summary = {"totalAlerts": len(found)} | {f"{severity}Count": count for severity, count in counts.items()}
    return {"alerts": found, "summary": summary, "period": tally.period.label}


def _alert(
    type_: str, levels: Levels, reached: Fraction, *, current: float, baseline: float, sign: int = 1
) -> Iterator[Answer]:
    """The alert of the worst level that is reached. `sign` is -1 where a fall is told as a negative percentage."""
    for severity, level in levels.items():
        if reached >= level:
            metric = {"current": current, "baseline": baseline, "percentage": sign * _one_decimal(reached)}
            yield {"type": type_, "severity": severity, "metric": metric}
            return


def _percent(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


def _one_decimal(number: Fraction) -> float:
    """Halves of a tenth upwards; nothing here is below 0."""
    return int(10 * number + Fraction(1, 2)) / 10


def _activity(tally: Tally) -> Iterator[Answer]:
    now, before = tally.total("conversations"), tally.before("conversations")
    if before:
        yield from _alert("activity", ACTIVITY, _percent(now - before, before), current=now, baseline=before)


def _limits(tally: Tally) -> Iterator[Answer]:
    """In the order of their plurals: abilities, datasets, files, records, skillsets. What says its limit and no count is the
    plan, and not one of them. Where no record is known, there are as many as the datasets say."""
    for type_ in ("ability", "dataset", "file", "record", "skillset"):
        known = tally.ledger.resources[type_]
        limits = [(each["updatedAt"], each["limit"]) for each in known if "limit" in each]
        there_are = [each for each in known if "count" in each or "limit" not in each]
        used = len(there_are) if type_ == "dataset" else sum(each.get("count", 1) for each in there_are)
        if type_ == "record" and not there_are:
            used = sum(dataset.get("count", 0) for dataset in tally.ledger.resources["dataset"])
        if limits and used:
            _, limit = max(limits)
            share = _percent(used, limit) if limit else Fraction(100)
            yield from _alert("limit", LIMIT, share, current=used, baseline=limit)


def _negative(tally: Tally, least: int) -> Iterator[Answer]:
    ratings, down = tally.total("ratings"), tally.total("down")
    if ratings >= least:
        yield from _alert("negativeFeedback", NEGATIVE, _percent(down, ratings), current=down, baseline=ratings)


def _sentiment(tally: Tally) -> Iterator[Answer]:
    """In points."""
    ratings, before = tally.total("ratings"), tally.before("ratings")
    if ratings >= 10 and before >= 10:
        share, share_before = _percent(tally.total("down"), ratings), _percent(tally.before("down"), before)
        yield from _alert(
            "sentiment", POINTS, share - share_before, current=_one_decimal(share), baseline=_one_decimal(share_before)
        )


def _usage(tally: Tally) -> Iterator[Answer]:
    """The last day beside the mean of the days before it that have any. A first day that the window cuts is left out."""
    for what in ("conversations", "messages", "tokens"):
        days = list(tally.by_part(what).items())
        if midnight(date.fromisoformat(days[0][0]), tally.period.zone) < tally.period.begin:
            days = days[1:]
        if not days:
            continue
        *earlier, today = [total for _, total in days]
        known = [total for total in earlier if total]
        if known and len(known) + (today > 0) >= 3:
            mean = Fraction(sum(known), len(known))
            yield from _alert(
                "usageSpike", SPIKE, 100 * (today - mean) / mean, current=today, baseline=_one_decimal(mean)
            )


def _tokens(tally: Tally) -> Iterator[Answer]:
    now, before = tally.total("tokens"), tally.before("tokens")
    if before:
        yield from _alert("tokenSpike", TOKENS, _percent(now - before, before), current=now, baseline=before)


def _drop(tally: Tally) -> Iterator[Answer]:
    now, before = tally.total("conversations"), tally.before("conversations")
    if before >= 5:
        fall = _percent(before - now, before)
        yield from _alert("conversationDrop", DROP, fall, current=now, baseline=before, sign=-1)


def _abandoned(tally: Tally) -> Iterator[Answer]:
    """In points."""
    now, before = tally.events("conversation"), tally.events_before("conversation")
    if len(now) >= 5 and len(before) >= 5:
        rate, rate_before = _single_turns(tally, now), _single_turns(tally, before)
        yield from _alert(
            "abandonmentSpike",
            POINTS,
            rate - rate_before,
            current=_one_decimal(rate),
            baseline=_one_decimal(rate_before),
        )


def _single_turns(tally: Tally, conversations: list[Event]) -> Fraction:
    return _percent(tally.depths(conversations)["singleTurn"], len(conversations))
