"""Streams that list all there is: what is not listed any more has gone, and nothing else goes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.simulators._simulator import Answer, Request, as_json
from local.simulators.centre import Centre
from tests.fakes.pulling import TENANT, Pulling
from wallboard.model.events import Resource
from wallboard.services.lay_out import gauges_of

CENTRE = Centre(seed=5, calls_a_day=5, number_of_agents=6)


def agents(at: Pulling) -> set[str]:
    return {gauge.id for gauge in at.parts.gauges.read(TENANT, ["agent"])["agent"]}


def pulled() -> Pulling:
    at = Pulling("gladly", simulated={"gladly": {"centre": CENTRE}})
    pushed = {"kind": "resource", "type": "agent", "id": "of-mine", "updatedAt": 1, "name": "Ada"}
    at.parts.gauges.put(TENANT, gauges_of([Resource.model_validate(pushed)]))
    at.pull("gladly", "2026-11-20", "2026-11-21", streams=["directory"])
    assert len(agents(at)) == 7
    return at


def fewer(path: str, change: Callable[[Any], Any], at: Pulling) -> Callable[[Request], Answer | None]:
    """A vendor that lists less there."""
    vendor = at.vendors["gladly"]

    def fault(request: Request) -> Answer | None:
        if not request.path.endswith(path):
            return None
        return as_json(change(json.loads(vendor.simulator.answer(request).body)))

    return fault


def test_what_is_not_listed_any_more_has_gone_and_what_others_brought_stays() -> None:
    at = pulled()
    before = agents(at)
    at.world.at += 60_000
    at.vendors["gladly"].fault = fewer("/agents", lambda listed: listed[1:], at)
    at.pull("gladly", "2026-11-20", "2026-11-21", streams=["directory"])
    assert len(before - agents(at)) == 1
    assert "api:of-mine" in agents(at)
    at.world.at += 60_000
    at.vendors["gladly"].fault = None
    at.pull("gladly", "2026-11-20", "2026-11-21", streams=["directory"])
    assert agents(at) == before


@pytest.mark.parametrize("answer", [b"[]", b"{"])
def test_a_list_that_is_empty_or_broken_takes_nothing_away(answer: bytes) -> None:
    at = pulled()
    before = agents(at)
    at.world.at += 60_000
    at.vendors["gladly"].fault = lambda request: Answer(answer, 200, {"content-type": "application/json"})
    at.sync("gladly", "2026-11-20", "2026-11-21", streams=["directory"])
    at.work()
    assert agents(at) == before
