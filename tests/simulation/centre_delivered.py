"""The columns of reports over what sources deliver already added up again, and those of all others. Standard library only."""

from fractions import Fraction
from typing import Any

from tests.simulation import centre_figures as others
from tests.simulation.centre_details import figures_of
from tests.simulation.centre_figures import Figures, Way, mean, percent, seconds, share, waits
from tests.simulation.centre_recount import View, is_at_work, is_away

OF_AGENTS = {
    "sessionDuration": "session_duration",
    "awayTime": "away_time",
    "acd": "acd",
    "acw": "acw",
    "asa": "asa",
    "averageHoldTime": "avg_hold_time",
    "averageRingTime": "avg_ring_duration",
    "inboundConversations": "inbound_conversations",
    "outboundConversations": "outbound_conversations",
}
ADDED = ("sessionDuration", "awayTime", "inboundConversations", "outboundConversations")
OF_QUEUES = {
    "offered": "offered",
    "answered": "answered",
    "abandoned": "abandoned",
    "shortAbandoned": "short_abandoned",
    "answeredWithin": "answered_within",
    "abandonedWithin": "abandoned_within",
    "completed": "completed",
}
MEANS = {
    "vendorServiceLevel": ("answered_within", "answered", "abandoned"),
    "averageSpeedOfAnswer": ("queue_time_answered", "answered"),
    "averageWaitToAbandon": ("queue_time_abandoned", "abandoned"),
    "averageTalkTime": ("talk", "answered"),
    "averageHoldTime": ("hold", "answered"),
    "averageWrapTime": ("wrap", "answered"),
}


def of_agents(view: View) -> list[dict[str, Fraction]]:
    """What is told of agents as a whole, interval by interval."""
    intervals = [figures_of(each.says) for each in view.of("agent_intervals") if "queueId" not in each.says]
    return [told for told in intervals if told.keys() & OF_AGENTS.values()]


def of_queues(view: View) -> list[dict[str, Fraction]]:
    names = {*OF_QUEUES.values(), *(name for names in MEANS.values() for name in names)}
    return [told for each in view.of("queue_intervals") if names & (told := figures_of(each.says)).keys()]


def added(intervals: list[dict[str, Fraction]], name: str) -> Fraction | None:
    values = [told[name] for told in intervals if name in told]
    return sum(values, Fraction(0)) if values else None


def times_of(view: View, name: str) -> list[int]:
    """Of legs that say how long they were; ringing of all."""
    legs = [leg.says["handled"] for leg in view.of("legs")]
    return [leg[name] for leg in legs if name in leg and ("whole" in leg or name == "ring")]


def productivity(view: View, asked: Figures) -> Figures:
    whole, wrap, hold = (times_of(view, name) for name in ("whole", "wrap", "hold"))
    logged_in, away = (
        seconds(view.attended(keep, name)) if view.tellers else None
        for keep, name in ((is_at_work, "log_in"), (is_away, "away"))
    )
    legs = [(leg.places["direction"], leg.says.get("outcome", "")) for leg in view.of("legs")]
    taken = ("", "accepted", "transferred")
    ours = {
        "sessionDuration": logged_in,
        "awayTime": away,
        "acd": share(seconds(sum(whole) - sum(wrap)), len(whole)),
        "acw": mean(wrap),
        "asa": mean(waits(view, "answered")),
        "averageHoldTime": mean([time for time in hold if time]),
        "averageRingTime": mean([time for time in times_of(view, "ring") if time]),
        "inboundConversations": sum(direction == "inbound" and outcome in taken for direction, outcome in legs),
        "outboundConversations": sum(direction == "outbound" for direction, _ in legs),
    }
    intervals, found = of_agents(view), dict[str, Any]()
    for name, figure in OF_AGENTS.items():
        one = intervals[0].get(figure) if len(intervals) == 1 else None
        vendor = added(intervals, figure) if name in ADDED else one
        found |= {name: ours[name], f"vendor{name[0].upper()}{name[1:]}": vendor}
    return found


def queue_figures(view: View, asked: Figures) -> Figures:
    intervals = of_queues(view)
    found: Figures = {name: added(intervals, figure) for name, figure in OF_QUEUES.items()}
    for name, (part, *whole) in MEANS.items():
        both = [told for told in intervals if {part, *whole} <= told.keys()]
        of = sum(told[each] for told in both for each in whole)
        found[name] = (percent if name == "vendorServiceLevel" else share)(added(both, part), of)
    return found


WAYS = {
    **others.WAYS,
    "wb-productivity": Way(
        productivity,
        lambda view: others.WAYS["wb-agent-summary"].has(view) or of_agents(view),
        usual=("source", "agent"),
    ),
    "wb-queue-figures": Way(queue_figures, of_queues, usual=("source", "queue")),
}
