"""One made-up day, told by four vendors in their own words, gives the same figures wherever all of them can know them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from local.simulators.centre import Call, Centre
from tests.fakes.pulling import Pulling
from tests.fakes.world import World
from wallboard.model.time import DAY, parse_instant

NAMES = ("samespace", "gladly", "ringcx", "ccaip")
THAT_DAY = {"startDate": "2026-11-18", "endDate": "2026-11-18"}
START = parse_instant("2026-11-18T00:00:00Z")


@cache
def told_by(vendor: str) -> World:
    """RingCX by its older reports: the integration API knows no queue."""
    settings = {"ringcx": {"profile": "legacy_reports"}}
    pulling = Pulling(vendor, settings=settings)
    pulling.pull(vendor, "2026-11-17", "2026-11-20")
    pulling.world.fold()
    return pulling.world


def totals(vendor: str, report: str, direction: str = "inbound", **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = told_by(vendor).ask(f"wb-{report}", **THAT_DAY, direction=direction, **asked)["totals"]
    return found


def some(vendor: str, report: str, *names: str, direction: str = "inbound") -> list[Any]:
    found = totals(vendor, report, direction)
    return [found[name] for name in names]


def calls(direction: str = "inbound", outcome: str | None = None) -> list[Call]:
    """What happened on that day."""
    day = Centre().between(START, START + DAY)
    return [call for call in day if call.direction == direction and outcome in (None, call.outcome)]


ANSWERED, ABANDONED, IN_MENU = (calls(outcome=word) for word in ("answered", "abandoned", "abandoned_in_menu"))


@pytest.mark.parametrize("vendor", NAMES)
def test_who_came_was_answered_and_left_is_the_same(vendor: str) -> None:
    found = some(vendor, "interaction-volume", "outcomeAnswered", "outcomeAbandoned")
    assert found == [len(ANSWERED), len(ABANDONED)]
    answered = some(vendor, "interaction-volume", "outcomeAnswered", direction="outbound")
    assert answered == [len(calls("outbound", "answered"))]


@pytest.mark.parametrize("vendor", NAMES)
def test_everybody_is_there_whom_the_vendor_can_know(vendor: str) -> None:
    """Gladly makes no contact of a call that ended in the menu. Samespace does not tell such a call from one that was queued:
    the call is offered there, and its outcome not known."""
    everybody, in_menu = len(calls()), len(IN_MENU)
    assert in_menu > 0
    interactions, offered, left = some(
        vendor, "interaction-volume", "interactions", "offered", "outcomeAbandonedInMenu"
    )
    assert interactions == everybody - (in_menu if vendor == "gladly" else 0)
    assert offered == everybody - (0 if vendor == "samespace" else in_menu)
    assert left == (in_menu if vendor in ("ringcx", "ccaip") else 0)
    # An e-mail that goes out beside an SMS is a contact of its own at Gladly.
    beside = sum(call.number % 3 == 0 for call in calls("outbound", "answered")) if vendor == "gladly" else 0
    beside += sum(bool(call.number % 3 == 0 and call.legs) for call in calls("outbound", "no_answer")) if beside else 0
    assert some(vendor, "interaction-volume", "outbound", direction="outbound") == [len(calls("outbound")) + beside]


def test_speed_of_answer_is_the_same_where_waiting_begins_alike() -> None:
    """Samespace and Gladly do not say when a contact left the menu: they wait from its beginning. CCAI Platform waits from the
    queue to the person; RingCX from the queue until it rings, so that ringing is not in it."""
    from_beginning = [(call.legs[0].accepted_at - call.created_at) / 1000 for call in ANSWERED]
    from_queue = [call.queue_seconds or 0 for call in ANSWERED]
    rang = [(call.legs[0].accepted_at - call.legs[0].offered_at) / 1000 for call in ANSWERED]

    def mean(values: Sequence[float]) -> float:
        return round(sum(values) / len(values), 6)

    found = {vendor: totals(vendor, "queue-time")["speedOfAnswerMean"] for vendor in NAMES}
    assert found["samespace"] == found["gladly"] == mean(from_beginning)
    assert found["ccaip"] == mean(from_queue)
    assert found["ringcx"] == mean([wait - ring for wait, ring in zip(from_queue, rang, strict=True)])
    assert totals("samespace", "queue-time") | {"offered": 0} == totals("gladly", "queue-time") | {"offered": 0}
    assert some("ringcx", "queue-time", "waitToAbandonMean") == some("ccaip", "queue-time", "waitToAbandonMean")


def test_service_levels_are_the_same_where_waiting_begins_alike() -> None:
    """Whom nobody knows the outcome of is in no formula: so the calls in the menu of Samespace do no harm."""
    ways = (
        "byOffered",
        "byAnsweredOnly",
        "byAnsweredPlusAbandonedIn",
        "byExcludeAbandonedIn",
        "byShortAsMet",
        "byExcludeShort",
    )
    assert some("samespace", "service-level", *ways) == some("gladly", "service-level", *ways)


def test_work_is_the_same_where_it_is_told() -> None:
    """Samespace tells the wrap-up of a call, with its survey, and not of each part; Gladly the hold of a phone contact,
    which is that of its part where it has one. RingCX's cloud calls have no legs."""
    legs = [leg for call in ANSWERED for leg in call.legs]
    talk, hold = sum(leg.seconds - leg.hold for leg in legs), sum(leg.hold for leg in legs)
    wrap, count = sum(leg.wrap for leg in legs), len(legs)
    for vendor in ("samespace", "gladly", "ccaip"):
        assert some(vendor, "handle-time", "handled", "handleTime") == [count, talk + hold + wrap]
    for vendor in ("gladly", "ccaip"):
        assert some(vendor, "handle-time", "averageWrapTime") == [round(wrap / count, 6)]
    assert some("samespace", "handle-time", "averageWrapTime") == [round(wrap / len(ANSWERED), 6)]
    for vendor in ("samespace", "ccaip"):
        found = some(vendor, "handle-time", "averageTalkTime", "averageHoldTime", "held")
        assert found == [round(talk / count, 6), round(hold / count, 6), sum(leg.hold > 0 for leg in legs)]
    spoken = [call for call in ANSWERED if call.number % 10 < 6]  # the simulator makes chats and mails of the others
    alone = [call.legs[0] for call in spoken if len(call.legs) == 1]
    mean_hold = round(sum(leg.hold for leg in alone) / len(alone), 6)
    assert some("gladly", "handle-time", "averageHoldTime", "held") == [mean_hold, sum(leg.hold > 0 for leg in alone)]
    [held] = [row for row in told_by("gladly").ask("wb-call-segments", **THAT_DAY, direction="inbound")["rows"]
              if row["segment"] == "hold"]  # fmt: skip
    assert held["values"]["time"] == sum(leg.hold for call in spoken for leg in call.legs)
    outbound = ("handled", "handleTime", "averageTalkTime", "averageHoldTime", "averageWrapTime", "held")
    assert some("ringcx", "handle-time", *outbound, direction="outbound") == some(
        "ccaip", "handle-time", *outbound, direction="outbound"
    )


@pytest.mark.parametrize("vendor", NAMES)
def test_agents_of_a_contact_and_transfers_are_the_same(vendor: str) -> None:
    """RingCX names no agent of cloud calls: who took these is nobody there."""
    several = sum(len({leg.agent for leg in call.legs}) > 1 for call in ANSWERED)
    by_one, by_several, transferred = some(vendor, "transfers", "byOne", "bySeveral", "transferred")
    assert by_several == transferred == several > 0
    if vendor != "ringcx":
        assert by_one == len(ANSWERED) - several
    else:
        assert by_one < len(ANSWERED) - several


def test_scores_of_the_first_question_are_the_same() -> None:
    """Samespace asks a second question, CCAI Platform one; the others ask in products of their own."""
    scores = [call.score for call in ANSWERED if call.score is not None]
    expected = [len(scores), round(sum(scores) / len(scores), 6)]
    first, second = told_by("samespace").ask("wb-csat", **THAT_DAY)["rows"]
    assert (first["questionNumber"], second["questionNumber"]) == ("1", "2")
    assert [first["values"][name] for name in ("answers", "mean")] == expected
    found = told_by("ccaip").ask("wb-csat", **THAT_DAY)["totals"]
    assert [found["answers"], found["mean"]] == expected
    for vendor in ("gladly", "ringcx"):
        assert told_by(vendor).ask("wb-csat", **THAT_DAY)["totals"]["answers"] == 0
