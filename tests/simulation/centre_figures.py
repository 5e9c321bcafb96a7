"""The columns of every contact-centre report again, over what lies in a view. Standard library only."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tests.simulation.centre_recount import Contact, View, is_at_work, is_away

Figures = dict[str, Any]
OUTCOMES = ("answered", "abandoned", "abandoned_in_menu", "voicemail", "deflected", "missed", "failed", "scheduled",
            "in_progress", "unknown")  # fmt: skip


class Near(NamedTuple):
    """A percentile (milliseconds), which is told to the second up to two minutes, and within 1 % beyond; never more than the
    longest."""

    exact: int
    longest: int

    def is_told_by(self, found: float) -> bool:
        told = Fraction(str(found)) * 1000
        if self.exact > 120_000:
            return abs(told - self.exact) <= Fraction(self.exact, 100) and told <= self.longest
        return self.exact <= told <= min(self.longest, -(-self.exact // 1000) * 1000)


def share(part: Any, whole: Any) -> Fraction | None:
    return None if part is None or not whole else Fraction(part) / whole


def percent(part: Any, whole: Any) -> Fraction | None:
    found = share(part, whole)
    return None if found is None else 100 * found


def seconds(milliseconds: Any) -> Fraction | None:
    return None if milliseconds is None else Fraction(milliseconds) / 1000


def mean(values: Sequence[int]) -> Fraction | None:
    return Fraction(sum(values), 1000 * len(values)) if values else None


def longest(values: Sequence[int]) -> Fraction | None:
    return seconds(max(values, default=None))


def percentile(values: Sequence[int], part: int) -> Near | None:
    """Nearest rank."""
    if not values:
        return None
    rank = -(-len(values) * part // 100)
    return Near(sorted(values)[max(rank, 1) - 1], max(values))


def spread(name: str, values: Sequence[int]) -> Figures:
    return {
        f"{name}Mean": mean(values),
        **{f"{name}P{part}": percentile(values, part) for part in (50, 90, 95)},
        f"{name}Max": longest(values),
    }


def offered(view: View, outcome: str = "") -> list[Contact]:
    return view.contacts(lambda contact: contact.is_offered and outcome in ("", contact.outcome))


def waits(view: View, outcome: str) -> list[int]:
    return [wait for contact in offered(view, outcome) if (wait := contact.wait) is not None]


def within(view: View, outcome: str, limit: int) -> int:
    return sum(wait <= limit * 1000 for wait in waits(view, outcome))


def volume(view: View, asked: Figures) -> Figures:
    contacts = view.contacts()
    directions = [contact.row["direction"] for contact in contacts]
    outcomes = [contact.outcome for contact in contacts]
    return {
        "interactions": len(contacts),
        **{name: directions.count(name) for name in ("inbound", "outbound", "internal")},
        "offered": len(offered(view)),
        **{"outcome" + "".join(map(str.capitalize, name.split("_"))): outcomes.count(name) for name in OUTCOMES},
        "inConversation": sum("conversationId" in contact.row for contact in contacts),
    }


def ended(view: View, asked: Figures) -> Figures:
    contacts = [thing.says["contact"] for thing in view.of("endings")]
    directions = [contact.row["direction"] for contact in contacts]
    outcomes = [contact.outcome for contact in contacts]
    return {
        "ended": len(contacts),
        **{name: directions.count(name) for name in ("inbound", "outbound", "internal")},
        **{name: outcomes.count(name) for name in ("answered", "abandoned")},
    }


def queue_time(view: View, asked: Figures) -> Figures:
    return {
        "offered": len(offered(view)),
        "answered": len(offered(view, "answered")),
        **spread("speedOfAnswer", waits(view, "answered")),
        "abandoned": len(offered(view, "abandoned")),
        **spread("waitToAbandon", waits(view, "abandoned")),
    }


def abandonment(view: View, asked: Figures) -> Figures:
    all_, gone = len(offered(view)), len(offered(view, "abandoned"))
    short = within(view, "abandoned", asked.get("grace", 5))
    return {
        "offered": all_,
        "abandoned": gone,
        "shortAbandoned": short,
        "abandonRate": percent(gone, all_),
        "strictAbandonRate": percent(gone - short, all_ - short),
        "abandonedInMenu": len(view.contacts(lambda contact: contact.outcome == "abandoned_in_menu")),
        **spread("waitToAbandon", waits(view, "abandoned")),
    }


def service_level(view: View, asked: Figures) -> Figures:
    limit = asked.get("threshold", 20)
    an, ab = len(offered(view, "answered")), len(offered(view, "abandoned"))
    an_in, ab_in = within(view, "answered", limit), within(view, "abandoned", limit)
    short = within(view, "abandoned", asked.get("grace", 5))
    met, missed = (len(view.contacts(lambda each, said=said: each.row.get("slaMet") is said)) for said in (True, False))  # type: ignore[misc]
    ways = {
        "answered_plus_abandoned_in": percent(an_in + ab_in, an + ab),
        "answered_only": percent(an_in, an),
        "offered": percent(an_in, an + ab),
        "exclude_abandoned_in": percent(an_in, an + ab - ab_in),
        "short_as_met": percent(an_in + short, an + ab),
        "exclude_short": percent(an_in, an + ab - short),
    }
    return {
        "serviceLevel": ways[asked.get("formula", "offered")],
        "offered": len(offered(view)),
        "answered": an,
        "answeredWithin": an_in,
        "abandoned": ab,
        "abandonedWithin": ab_in,
        "shortAbandoned": short,
        **{"by" + "".join(map(str.capitalize, name.split("_"))): value for name, value in ways.items()},
        "vendorMet": met,
        "vendorMissed": missed,
        "vendorServiceLevel": percent(met, met + missed),
    }


def transfers(view: View, asked: Figures) -> Figures:
    contacts = view.contacts()
    agents = [contact.agents for contact in contacts]
    transferred = sum(contact.is_transferred for contact in contacts)
    return {
        "interactions": len(contacts),
        "transferred": transferred,
        "transferRate": percent(transferred, sum(number > 0 for number in agents)),
        "transfers": sum(contact.transfers for contact in contacts),
        "agentsPerContact": share(sum(agents), len(agents)),
        "byNobody": agents.count(0),
        "byOne": agents.count(1),
        "bySeveral": sum(number > 1 for number in agents),
    }


def _times(view: View, name: str) -> list[int]:
    """Of legs that say how long they were; ringing of all."""
    legs = [leg.says["handled"] for leg in view.of("legs")]
    return [leg[name] for leg in legs if name in leg and ("whole" in leg or name == "ring")]


def _worked(view: View) -> Figures:
    return {
        "handled": len(_times(view, "whole")),
        "averageHandleTime": mean(_times(view, "whole")),
        "averageTalkTime": mean(_times(view, "talk")),
        "averageHoldTime": mean(_times(view, "hold")),
        "averageWrapTime": mean(_times(view, "wrap")),
    }


def handle_time(view: View, asked: Figures) -> Figures:
    whole = _times(view, "whole")
    return {
        "legs": len(view.of("legs")),
        **_worked(view),
        "handleTime": seconds(sum(whole)),
        "handleTimeP90": percentile(whole, 90),
        "handleTimeMax": longest(whole),
        "held": sum(time > 0 for time in _times(view, "hold")) if _times(view, "hold") else None,
        "averageRingTime": mean(_times(view, "ring")),
    }


def queue_performance(view: View, asked: Figures) -> Figures:
    level, gone = service_level(view, asked), abandonment(view, asked)
    worked = _worked(view)
    return {
        **{name: level[name] for name in ("offered", "answered", "abandoned", "shortAbandoned")},
        "abandonRate": gone["abandonRate"],
        "serviceLevel": level["serviceLevel"],
        "averageSpeedOfAnswer": mean(waits(view, "answered")),
        **{name: worked[name] for name in ("handled", "averageHandleTime", "averageHoldTime")},
    }


def agent_summary(view: View, asked: Figures) -> Figures:
    whole = seconds(sum(_times(view, "whole")))
    logged_in, away = (
        seconds(view.attended(keep, name)) if view.tellers else None
        for keep, name in ((is_at_work, "log_in"), (is_away, "away"))
    )
    at_work = None if logged_in is None or away is None else max(Fraction(0), logged_in - away)
    told = [leg.says["handled"] for leg in view.of("legs") if leg.places["source"] in view.tellers]
    worked = seconds(sum(leg.get("whole", 0) for leg in told))
    return {
        "contacts": len(view.of("legs")),
        "handled": len(_times(view, "whole")),
        "missed": sum(leg.says.get("outcome") == "missed" for leg in view.of("legs")),
        **_worked(view),
        "workTime": whole,
        "logInTime": logged_in,
        "awayTime": away,
        "occupancy": percent(worked, at_work),
        "utilisation": percent(worked, logged_in),
    }


def status_time(view: View, asked: Figures) -> Figures:
    return {"time": seconds(view.time("statuses")), "spells": view.began()}


def csat(view: View, asked: Figures) -> Figures:
    scores = [(Fraction(str(each.says["score"])), each.says.get("scale", 5)) for each in view.of("answers")]
    surveyed = {(each.says["source"], each.says.get("interactionId") or each.says["id"]) for each in view.of("answers")}
    inbound = None
    if view.surveyors:
        inbound = sum(
            each.says["contact"].row["direction"] == "inbound"
            and each.says["contact"].outcome == "answered"
            and each.places["source"] in view.surveyors
            for each in view.across("contacts")
        )
    return {
        "answers": len(scores),
        "mean": share(sum(score for score, _ in scores), len(scores)),
        "topTwo": percent(sum(score > scale - 2 for score, scale in scores), len(scores)),
        **{f"score{each}": sum(score == each for score, _ in scores) for each in range(1, 6)},
        "scoreOther": sum(score not in range(1, 6) for score, _ in scores),
        "surveyed": len(surveyed),
        "answeredInbound": inbound,
        "responseRate": percent(len(surveyed), inbound),
    }


def segments(view: View, asked: Figures) -> Figures:
    times = [each.says["time"] for each in view.of("segments")]
    told = {"interactions": len(times), "time": seconds(sum(times)), "mean": mean(times)}
    return told | {"p90": percentile(times, 90), "max": longest(times)}


def dispositions(view: View, asked: Figures) -> Figures:
    return {"interactions": len(view.of("dispositions"))}


class Way(NamedTuple):
    """How a report is recounted: its figures, of what a group must have something, what always groups, and what groups where
    nothing is asked."""

    figures: Callable[[View, Figures], Figures]
    has: Callable[[View], Any]
    keys: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()


_OF_CONTACTS = Way(volume, lambda view: view.of("contacts"))
WAYS = {
    "wb-interaction-volume": _OF_CONTACTS,
    "wb-interactions-ended": Way(ended, lambda view: view.of("endings")),
    "wb-abandonment": _OF_CONTACTS._replace(figures=abandonment),
    "wb-transfers": _OF_CONTACTS._replace(figures=transfers),
    "wb-queue-time": Way(queue_time, offered),
    "wb-service-level": Way(
        service_level, lambda view: view.contacts(lambda each: each.is_offered or "slaMet" in each.row)
    ),
    "wb-handle-time": Way(handle_time, lambda view: view.of("legs")),
    "wb-queue-performance": Way(
        queue_performance, lambda view: offered(view) or _times(view, "whole"), usual=("source", "queue")
    ),
    "wb-agent-summary": Way(
        agent_summary,
        lambda view: view.of("legs") or view.attended(is_at_work, "log_in") or view.attended(is_away, "away"),
        usual=("source", "agent"),
    ),
    "wb-agent-status-time": Way(
        status_time, lambda view: view.time("statuses") or view.began(), keys=("status",), usual=("source", "agent")
    ),
    "wb-csat": Way(csat, lambda view: view.of("answers"), keys=("question_number", "question")),
    "wb-dispositions": Way(dispositions, lambda view: view.of("dispositions"), keys=("disposition", "success")),
    "wb-call-segments": Way(segments, lambda view: view.of("segments"), keys=("segment",)),
}
