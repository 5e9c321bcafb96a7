"""docs/cookbook.md: questions that centres ask, each with the one request that answers it and what came back from the sample
day: `python -m tests.contract.cookbook` writes it anew."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.doors import JSON, Doors, single
from tests.contract.golden_sources import FOLDER
from tests.contract.records import doors_of
from tests.fakes.pulling import Pulling

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
DAY = {"startDate": "2024-03-12", "endDate": "2024-03-12", "timezone": "America/New_York"}

_HEAD = """# Cookbook

Written by `python -m tests.contract.cookbook`; a test fails when it is out of date. The questions are those for which Gladly
recommends its Work Sessions report, and the answers are real ones: of the sample day in `tests/examples/sources/gladly`, pulled
into a source named `gladly`. Every other source answers the same questions in the same words.

Every request is sent with a key that may read. `definitions`, which every report has for each of its figures (unit and
formula), is left out here, and so are of records the vendor's own row and what is null. What the figures mean is in
[reports](reports.md), what can be listed in [records](records.md).
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`request` is a method and where to; `asked`, the body, is None of a GET. `where` says in words where in the answer the
    answer is."""

    question: str
    request: str
    asked: dict[str, Any] | None
    where: str


def _report(id: str) -> str:
    return f"POST {single(id)}"


RECIPES = (
    Recipe(
        "How many contacts were initiated in a given time?",
        _report("wb-interaction-volume"),
        DAY,
        "`totals.interactions`. With `granularity` there is a row for each hour, day, week or month.",
    ),
    Recipe(
        "How many contacts ended in a given time?",
        _report("wb-interactions-ended"),
        DAY | {"endDate": "2024-03-13", "granularity": "day"},
        "`totals.ended`, whenever they began; and of each day in its row.",
    ),
    Recipe(
        "How many contacts were associated with a conversation?",
        _report("wb-interaction-volume"),
        DAY | {"groupBy": ["direction"]},
        "`totals.inConversation`, and of each direction in its row. Of which conversation a contact is part, "
        "`GET /api/v1/record/interaction/list` says of each.",
    ),
    Recipe(
        "How many outbound contacts were started in a given time?",
        _report("wb-interaction-volume"),
        DAY | {"direction": "outbound", "groupBy": ["channel"]},
        "`totals.outbound`, and of each channel in its row.",
    ),
    Recipe(
        "How many agents worked on a given contact?",
        "GET /api/v1/record/leg/list?from=2024-03-12&to=2024-03-13&interactionId=contact:w0sBRttcs9ZTClbo_BxG-A",
        None,
        "The different `agentId` among `items`, but for those whose `outcome` is missed or declined: a leg is the part of one "
        "agent. The dates are those between which the contact began, in UTC, or in the zone of the header `x-timezone`.",
    ),
    Recipe(
        "How many agents worked on a contact, on average?",
        _report("wb-transfers"),
        DAY | {"groupBy": ["direction"]},
        "`agentsPerContact` on average; `byNobody`, `byOne` and `bySeveral` say of how many contacts.",
    ),
    Recipe(
        "What was the average speed of answer?",
        _report("wb-queue-time"),
        DAY | {"groupBy": ["channel"]},
        "`speedOfAnswerMean` in the row of a channel, in seconds. The mean over all channels is that of e-mail, mostly.",
    ),
    Recipe(
        "How did that figure come about?",
        "POST /api/v1/platform/report/wb-queue-time/explain",
        DAY | {"groupBy": ["channel"], "row": {"channel": "voice"}, "figure": "speedOfAnswerMean"},
        "`value` is `numerator` / `denominator`. `GET /api/v1/record/interaction/list?cursor=…` with the cursor of either "
        "lists just the contacts that were counted; each says in `counted` how much it adds.",
    ),
)


def sample_day() -> Doors:
    """The sample files, pulled on the day after. The doors stay open until others are opened."""
    told = {"gladly": {"payloads": FOLDER / "gladly" / "payloads"}}
    pulling = Pulling("gladly", now="2024-03-13T14:00:00Z", simulated=told)
    pulling.pull("gladly", "2024-03-12T04:00:00Z", "2024-03-13T14:00:00Z")
    pulling.world.fold()
    return doors_of(pulling)


def answer(doors: Doors, recipe: Recipe) -> dict[str, Any]:
    """What comes back, without definitions; of records without what is null, and without the vendor's row; of cursors the
    beginning."""
    method, target = recipe.request.split()
    said = doors.send(method, target, b"" if recipe.asked is None else recipe.asked, JSON, scopes="read")
    assert said.status == 200, said
    found = {name: value for name, value in said.json().items() if name != "definitions"}
    if "items" in found:
        found["items"] = [
            {name: value for name, value in item.items() if value is not None and name != "row"}
            for item in found["items"]
        ]
    for figure in found.get("figures", {}).values():
        for side in ("numerator", "denominator"):
            for place in figure[side]["records"]:
                place["cursor"] = "counted.…"
    return found


def page() -> str:
    doors = sample_day()
    return "\n".join([_HEAD, *(line for recipe in RECIPES for line in _section(doors, recipe))])


def _section(doors: Doors, recipe: Recipe) -> Iterator[str]:
    yield f"## {recipe.question}\n"
    yield "\n".join(["```", recipe.request, *(["", _json(recipe.asked)] if recipe.asked else []), "```\n"])
    yield f"{recipe.where}\n"
    yield f"```json\n{_json(answer(doors, recipe))}\n```\n"


def _json(value: Any) -> str:
    """A line for each field, row and item."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    lines = []
    for name, inner in value.items():
        if name in ("rows", "items"):
            rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in inner)
            lines.append(f'  "{name}": [\n{rows}\n  ]')
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(inner, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
