"""What vendors deliver already added up, over their sample files: beside our own figures, and as it stands."""

from statistics import mean

import pytest

from tests.contract.test_centre_vendors import RINGCX, listed, pulled, some, table, totals
from tests.fakes.world import World


@pytest.fixture(scope="module")
def samespace() -> World:
    return pulled("samespace", "2024-03-05", "2024-03-06", "2024-03-06T12:00:00Z")


PRODUCTIVITY = {
    "acd": "acd",
    "asa": "asa",
    "averageRingTime": "avg_ring_duration",
    "inboundConversations": "inbound_conversations",
    "outboundConversations": "outbound_conversations",
    "awayTime": "away_time",
}


def test_productivity_of_ours_is_that_of_samespace_in_whole_seconds(samespace: World) -> None:
    """But for the speed of answer of Quinn, who also took a call that had been answered before: 4 s after its transfer."""
    answer = samespace.ask("wb-productivity", startDate="2024-03-05", endDate="2024-03-05")
    own = {row["agentName"]: row["values"] for row in answer["rows"] if row["agent"]}
    vendor = {row["user"]: row for row in listed("samespace", "samespace_productivity.json")}
    assert own.keys() == vendor.keys()
    other = set()
    for name, values in own.items():
        for ours, its in PRODUCTIVITY.items():
            assert values[f"vendor{ours[0].upper()}{ours[1:]}"] == vendor[name][its]
            if round(values[ours]) != vendor[name][its]:
                other.add((name, ours, values[ours], vendor[name][its]))
    assert other == {("Quinn Adler", "asa", 22.5, 16)}
    assert mean([20, 25]) == 22.5
    assert round(mean([20, 25, 4])) == 16
    told = {name: some(own[name], "acd", "vendorAsa", "inboundConversations", "outboundConversations") for name in own}
    assert {name: [round(each) for each in four] for name, four in told.items()} == {
        "Nadia Birch": [243, 12, 4, 1],
        "Oren Falk": [173, 13, 4, 1],
        "Priya Wells": [365, 8, 2, 3],
        "Quinn Adler": [434, 16, 3, 2],
    }


def test_productivity_of_samespace_that_ours_cannot_be(samespace: World) -> None:
    """Nobody on hold is null with us, and 0 there. Wrap is told of the calls of surveys alone, so ours is a mean of fewer. The
    log-ins of the file reach beyond midnight with Nadia, and one of Priya is still open: ours are cut at the day, and the
    vendor's count for it as a whole, or not at all."""
    answer = samespace.ask("wb-productivity", startDate="2024-03-05", endDate="2024-03-05")
    own = {row["agentName"].split()[0]: row["values"] for row in answer["rows"] if row["agent"]}
    hold = {name: some(values, "averageHoldTime", "vendorAverageHoldTime") for name, values in own.items()}
    assert hold == {"Nadia": [86, 86], "Oren": [None, 0], "Priya": [None, 0], "Quinn": [57.5, 58]}
    wrap = {name: some(values, "acw", "vendorAcw") for name, values in own.items()}
    assert wrap == {"Nadia": [38.333333, 38], "Oren": [23.333333, 22], "Priya": [66.5, 61], "Quinn": [49, 45]}
    there = {
        name: [*map(round, some(values, "sessionDuration", "vendorSessionDuration"))] for name, values in own.items()
    }
    assert {name: there[name] for name in ("Oren", "Quinn")} == {"Oren": [9300, 9300], "Quinn": [9060, 9060]}
    assert there["Nadia"] == [9300 - 15 * 60 - 1, 9300]
    assert there["Priya"][0] > there["Priya"][1] == 8100


def test_log_in_and_time_away_of_the_integration_api_are_the_sums_of_its_agent_statistics() -> None:
    """Not of the rows of agents and queues, which are about the same time."""
    world = pulled("ringcx", *RINGCX, zone="US/Eastern")
    rows = listed("ringcx", "ringcx_agg_agent_stats.json")
    logged_in, away = (sum(row[name] for row in rows) for name in ("totWorkDur", "pauseDur"))
    assert logged_in > away > 0
    assert some(totals(world, "agent-summary"), "logInTime", "awayTime") == [logged_in, away]
    told = {
        row["agent"]: some(row["values"], "logInTime", "awayTime")
        for row in world.ask("wb-agent-summary", periodDays=60)["rows"]
    }
    assert {agent for agent, (there, _) in told.items() if there} == {str(row["agentId"]) for row in rows}
    for agent, found in told.items():
        own = [row for row in rows if str(row["agentId"]) == agent]
        assert found == [sum(row[name] for row in own) for name in ("totWorkDur", "pauseDur")]


def test_queue_figures_of_ringcx_are_the_sums_of_its_queue_statistics() -> None:
    world = pulled("ringcx", *RINGCX, zone="US/Eastern")
    rows = listed("ringcx", "ringcx_agg_queue_stats.json")
    total = {
        name: sum(row[name] for row in rows) for name in rows[0] if name.endswith(("Cnt", "Dur", "Contacts", "Time"))
    }
    found = totals(world, "queue-figures")
    counts = (
        "offdDirectIxnCnt",
        "answIxnCnt",
        "abandIxnCnt",
        "abandShortIxnCnt",
        "ansServicelevelCnt",
        "abandWithinSlCnt",
    )
    names = ("offered", "answered", "abandoned", "shortAbandoned", "answeredWithin", "abandonedWithin")
    assert some(found, *names) == [total[name] for name in counts]
    assert found["completed"] == total["completedContacts"]
    answered, gone = total["answIxnCnt"], total["abandIxnCnt"]
    assert found["averageSpeedOfAnswer"] == round(total["queuedAndAnswIxnDur"] / answered, 6)
    assert found["averageWaitToAbandon"] == round(total["queuedAndAbandIxnDur"] / gone, 6)
    worked = [
        total["talkingIxnDur"] / answered,
        total["segmentHoldTime"] / 1000 / answered,
        total["wrapUpDur"] / answered,
    ]
    assert some(found, "averageTalkTime", "averageHoldTime", "averageWrapTime") == [round(time, 6) for time in worked]
    assert found["vendorServiceLevel"] == round(100 * total["ansServicelevelCnt"] / (answered + gone), 6)
    by_queue = {row["queue"]: row["values"]["answered"] for row in world.ask("wb-queue-figures", periodDays=60)["rows"]}
    assert by_queue == {
        queue: sum(row["answIxnCnt"] for row in rows if str(row["queue"]) == queue) for queue in by_queue
    }
    assert sum(by_queue.values()) == answered


def test_log_in_and_time_away_of_gladly_are_those_of_its_agent_summary() -> None:
    """Once for an agent and a day, whatever channels and teams the row tells of."""
    world = pulled("gladly", "2024-03-12T04:00:00Z", "2024-03-13T14:00:00Z", "2024-03-13T14:00:00Z")
    day = {"startDate": "2024-03-12", "endDate": "2024-03-12", "timezone": "America/New_York"}
    told = {
        row["agentName"]: some(row["values"], "logInTime", "awayTime")
        for row in world.ask("wb-agent-summary", **day)["rows"]
    }
    assert told["Ada Quill"] == [28109.25, 2017.119]
    assert told == {
        row["Name"]: [float(row[f"{what} Time in seconds"]) for what in ("Logged In", "Away")]
        for row in table("gladly", "gladly_agent_summary.csv")
    }
