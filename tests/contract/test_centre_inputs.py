"""What contact-centre reports are asked: whatever would be missed, or is no filter, is refused by the field that was sent, in
words of this contract; and their tables open right in a spreadsheet."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from tests.contract.centre import CENTRE, waited, world_of
from tests.contract.doors import BATCH, JSON, Doors, single
from tests.fakes.world import World
from wallboard.runtime import wiring
from wallboard.services.write_table import MARK

DAY = {"startDate": "2026-11-20", "endDate": "2026-11-20"}
QUEUES = {"00123": "Zoë", "12345678901234567890": "1E10", "=1+1": "@SUM(A1)", "＝2": "+49", "40": "-5"}
THINGS = ["queue", "team", "agent"]
FILTERS = ["source", "channel", "queueId", "teamId", "agentId"]

every_report = pytest.mark.parametrize("id", CENTRE)


@pytest.fixture(scope="module")
def world() -> World:
    calls = [
        waited(str(number), number, queueId=id, queueName=name, agentId="a", teamId="t")
        for number, (id, name) in enumerate(QUEUES.items())
    ]
    return world_of(*calls)


@pytest.fixture
def doors(world: World) -> Iterator[Doors]:
    wiring.use(world.parts)
    yield Doors(world)
    wiring.use(None)


def refusal(doors: Doors, id: str, **asked: Any) -> str:
    """What a client is told; the same alone and in a batch."""
    status, code, message = doors.send("POST", single(id), asked).error
    assert (status, code) == (400, "BAD_REQUEST")
    assert doors.send("POST", BATCH, {id: asked}).json() == {id: {"error": message}}
    return message


# ---- filters


@every_report
@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("given", ["40", ["40"], None, 7])
def test_a_filter_by_another_name_is_refused_with_the_name_it_has(doors: Doors, id: str, name: str, given: Any) -> None:
    message = refusal(doors, id, **{name: given})
    assert message.startswith(f"{name}: this report knows no such field, use {name}Id; it takes agentId, channel, ")


@every_report
@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (7, "7"),
        (True, "true"),
        ("", '""'),
        ("x" * 257, '"xxx'),
        ([], "[]"),
        (["a", 7], '["a", 7]'),
        ([["a"]], '[["a"]]'),
        (["x"] * 101, '["x", "x"'),
        ({"in": ["a"]}, '{"in": ["a"]}'),
    ],
    ids=lambda given: str(given)[:20],
)
def test_what_is_no_filter_is_told_once_and_plainly(doors: Doors, id: str, name: str, given: Any, shown: str) -> None:
    message = refusal(doors, id, **{name: given})
    allowed = "must be a text of 1 to 256 characters, or a list of 1 to 100 of them"
    assert message.startswith(f"{name}: {allowed}; it was {shown}")
    assert ";" not in message.partition("; it was ")[2]
    assert len(message) < 250


@every_report
@pytest.mark.parametrize("given", ["in", "Inbound", "", [], ["inbound", "sideways"], ["inbound"] * 4, 7, {}])
def test_a_direction_is_one_of_three(doors: Doors, id: str, given: Any) -> None:
    message = refusal(doors, id, direction=given)
    assert message.startswith(
        "direction: must be one of inbound, outbound, internal, or a list of 1 to 3 of them; it was "
    )


@pytest.mark.parametrize(
    ("given", "counted"),
    [("inbound", 5), ("outbound", 0), ("internal", 0), (["outbound", "inbound"], 5), (["internal"], 0), (None, 5)],
    ids=str,
)
def test_a_direction_may_be_a_value_or_a_list(world: World, given: Any, counted: int) -> None:
    assert world.ask("wb-interaction-volume", **DAY, direction=given)["totals"]["interactions"] == counted


@every_report
@pytest.mark.parametrize("given", ["queue", 7, {"queue": "40"}, None])
def test_groups_are_a_list(doors: Doors, id: str, given: Any) -> None:
    message = refusal(doors, id, groupBy=given)
    assert message.startswith("groupBy: must be a list of source, channel, direction, queue, team, agent; it was ")


@every_report
def test_no_complaint_about_a_filter_speaks_of_python(doors: Doors, id: str) -> None:
    asked = dict.fromkeys((*FILTERS, "direction", "groupBy"), 7)
    message = refusal(doors, id, **asked)
    assert [part.partition(":")[0] for part in message.split("7; ")] == ["groupBy", *(
        name for name in ("source", "channel", "direction", "queueId", "teamId", "agentId")
    )]  # fmt: skip
    assert not re.search(r"str|tuple|literal|constrained|valid|Input|\[", message), message


# ---- what a report does not know

SURVEYS = "it can be grouped and filtered by source, team, agent"


@pytest.mark.parametrize(
    ("id", "asked", "said"),
    [
        ("wb-csat", {"queueId": "40"}, f"queueId: this report knows no queue; {SURVEYS}"),
        ("wb-csat", {"channel": ["chat"]}, f"channel: this report knows no channel; {SURVEYS}"),
        ("wb-csat", {"groupBy": ["queue"]}, f"groupBy: this report knows no queue; {SURVEYS}"),
        ("wb-csat", {"groupBy": ["agent"], "queueId": "40"}, f"queueId: this report knows no queue; {SURVEYS}"),
        ("wb-csat", {"groupBy": ["channel"], "queueId": "40"}, f"groupBy: this report knows no channel; {SURVEYS}"),
        (
            "wb-agent-status-time",
            {"teamId": "t", "direction": "inbound"},
            "direction: this report knows no direction; it can be grouped and filtered by source, agent",
        ),
        (
            "wb-queue-figures",
            {"agentId": ["a"]},
            "agentId: this report knows no agent; it can be grouped and filtered by source, queue",
        ),
    ],
    ids=str,
)
def test_what_a_report_does_not_know_is_refused_by_the_field_that_was_sent(
    doors: Doors, id: str, asked: dict[str, Any], said: str
) -> None:
    assert refusal(doors, id, **asked) == said


# ---- tables


def table(doors: Doors, id: str, **asked: Any) -> list[dict[str, str]]:
    answer = doors.send("POST", single(id), asked, {**JSON, "accept": "text/csv"})
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.text.startswith(MARK)
    return list(csv.DictReader(StringIO(answer.text.removeprefix(MARK), newline=""), strict=True))


def test_ids_and_names_open_in_a_spreadsheet_as_they_are(doors: Doors) -> None:
    rows = table(doors, "wb-interaction-volume", **DAY, groupBy=["queue"])
    assert {(row["queue"], row["queueName"], row["values.interactions"]) for row in rows} == {
        ("'00123", "Zoë", "1"),
        ("'12345678901234567890", "'1E10", "1"),
        ("'=1+1", "'@SUM(A1)", "1"),
        ("'＝2", "'+49", "1"),
        ("40", "-5", "1"),
    }


def test_the_period_before_stands_beside_each_row() -> None:
    """10 calls on the one day, of whom 4 on the other; without compare the columns are there, and empty."""
    calls = [waited(str(number), 1, f"2026-11-{20 if number < 10 else 19}T09:00:00Z") for number in range(14)]
    world = world_of(*calls)
    wiring.use(world.parts)
    try:
        [plain] = table(Doors(world), "wb-interaction-volume", **DAY)
        [compared] = table(Doors(world), "wb-interaction-volume", **DAY, compare=True)
    finally:
        wiring.use(None)
    assert list(plain) == list(compared)
    assert (compared["values.interactions"], compared["previous.interactions"]) == ("10", "4")
    assert (plain["values.interactions"], plain["previous.interactions"]) == ("10", "")
    assert {value for name, value in plain.items() if name.startswith("previous.")} == {""}
