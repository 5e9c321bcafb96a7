"""Figures of intervals of the made-up centre, as RingCX adds them up, and who and what there is in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators._ringcx_calls import (
    GROUPS,
    QUEUES,
    Calls,
    Part,
    agent_number,
    goes_to_cloud,
    last_first,
    queued_seconds,
)
from local.simulators.centre import DAY, DISPOSITIONS, MINUTE, SECOND, SLA_SECONDS, Agent, Shift

_SHORT = 5


@dataclass(frozen=True, slots=True)
class Figures(Calls):
    def aggregates(self, what: str, start: int, end: int, minutes: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
        for first in range(start, end, minutes * MINUTE):
            last = first + minutes * MINUTE
            begun = datetime.fromtimestamp(first / 1000, zone).strftime("%m-%d-%YT%H:%M:%S")
            for figures in self._figures(what, first, last):
                yield {"interval": minutes, "dateTimeFrom": begun, **figures}

    def _figures(self, what: str, start: int, end: int) -> Iterator[dict[str, Any]]:
        parts = [part for part in self.parts(start, end) if start <= part[2].accepted_at < end]
        if what == "agg-queue-stats":
            yield from self._by_queue(start, end, parts)
            return
        for agent in self.centre.agents:
            own = [part for part in parts if part[2].agent == agent]
            who = {"agentId": agent_number(agent), "agentName": last_first(agent)}
            if what == "agg-agent-stats":
                login = _overlap([(s.began_at, s.ended_at) for s in self._shifts(agent, start)], start, end)
                if not login and not own:
                    continue
                pauses = [pause[1:] for shift in self._shifts(agent, start) for pause in shift.breaks]
                pause, talk = _overlap(pauses, start, end), sum(leg.seconds for _, _, leg in own)
                out = [leg for call, _, leg in own if call.direction == "outbound"]
                yield who | {
                    "availDur": login,
                    "totWorkDur": login,
                    "pauseDur": pause,
                    "waitDur": max(0, login - pause - talk),
                    "adminDur": 0,
                    "directOutIxnCnt": len(out),
                    "directOutIxnDur": sum(leg.seconds for leg in out),
                    "directInIxnCnt": 0,
                    "directInIxnDur": 0,
                }
                continue
            for queue, (id, name) in QUEUES.items():
                inbound = [part for part in own if part[0].direction == "inbound" and part[0].queue == queue]
                if inbound:
                    yield who | {"queue": id, "queueName": name, **_handled(inbound)}

    def _shifts(self, agent: Agent, at: int) -> list[Shift]:
        return [shift for shift in self.centre.shifts(at - 2 * DAY, at + DAY) if shift.agent == agent]

    def _by_queue(self, start: int, end: int, parts: list[Part]) -> Iterator[dict[str, Any]]:
        queued = [
            call
            for call in self.centre.touching(start, end)
            if call.queued_at is not None and start <= call.queued_at < end and not goes_to_cloud(call)
        ]
        for queue, (id, name) in QUEUES.items():
            own = [call for call in queued if call.queue == queue]
            legs = [part for part in parts if part[0].direction == "inbound" and part[0].queue == queue]
            if not own and not legs:
                continue
            answered = [queued_seconds(call) for call in own if call.legs]
            lost = [queued_seconds(call) for call in own if call.outcome == "abandoned"]
            handled, target = _handled(legs), SLA_SECONDS[queue]
            yield {
                "queue": id,
                "queueName": name,
                "offdDirectIxnCnt": len(own),
                "answIxnCnt": len(answered),
                "abandIxnCnt": len(lost),
                "abandShortIxnCnt": sum(each < _SHORT for each in lost),
                "abandWithinSlCnt": sum(_SHORT <= each <= target for each in lost),
                "ansServicelevelCnt": sum(each <= target for each in answered),
                "completedContacts": len(answered),
                "queuedAndAnswIxnDur": sum(answered),
                "queuedAndAbandIxnDur": sum(lost),
                "queuedAnswLongestQueDur": max(answered, default=0),
                "queuedAbandLongestQueDur": max(lost, default=0),
                "talkingIxnDur": handled["talkingIxnDur"],
                "wrapUpDur": handled["wrapUpDur"],
                "waitDur": 0,
                "segmentHoldTime": sum(leg.hold for _, _, leg in legs) * 1000,
                "overflowInIxnCnt": 0,
                "overflowOutIxnCnt": 0,
            }

    # ---- who and what there is

    def reference(self, name: str) -> list[dict[str, Any]]:
        if name == "agents":
            return [
                {
                    "agentId": agent_number(agent),
                    "rcUserId": 450_000 + agent.number,
                    "agentGroupId": GROUPS[agent.team],
                    "firstName": agent.first,
                    "lastName": agent.last,
                    "email": agent.email,
                }
                for agent in self.centre.agents
            ]
        if name == "queues":
            return [
                {"gateId": id, "gateName": label, "slaTime": SLA_SECONDS[queue], "shortAbandonTime": _SHORT}
                for queue, (id, label) in QUEUES.items()
            ]
        return [
            {"gateDispositionId": 8801 + place, "disposition": label, "isSuccess": success, "rank": place}
            for place, (label, success) in enumerate(DISPOSITIONS)
        ]


def _handled(parts: Sequence[Part]) -> dict[str, int]:
    return {
        "talkingIxnDur": sum(leg.seconds for _, _, leg in parts),
        "wrapUpDur": sum(leg.wrap for _, _, leg in parts),
        "answIxnCnt": len(parts),
        "transferOutIxnCnt": sum(leg is not call.legs[-1] for call, _, leg in parts),
    }


def _overlap(spells: Iterable[tuple[int, int]], start: int, end: int) -> int:
    return sum(max(0, min(over, end) - max(begun, start)) for begun, over in spells) // SECOND
