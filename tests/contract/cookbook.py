"""docs/cookbook.md: questions that centres ask, each with the one request that answers it and what came back from the sample
day: `python -m tests.contract.cookbook` writes it anew."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.golden_sources import FOLDER
from tests.fakes.pulling import Pulling
from tests.fakes.world import World

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
DAY = {"startDate": "2024-03-12", "endDate": "2024-03-12", "timezone": "America/New_York"}

_HEAD = """# Cookbook

Written by `python -m tests.contract.cookbook`; a test fails when it is out of date. The questions are those for which Gladly
recommends its Work Sessions report, and the answers are real ones: of the sample day in `tests/examples/sources/gladly`, pulled
into a source named `gladly`. Every other source answers the same questions in the same words.

A request is a `POST` to `/api/v1/platform/report/<id>/generate` with a key that may read. `definitions`, which every answer
has for each of its figures (unit and formula), is left out here. What the figures mean is in [reports](reports.md).
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`where` says in words where in the answer the answer is."""

    question: str
    report: str
    asked: dict[str, Any]
    where: str


RECIPES = (
    Recipe(
        "How many contacts were initiated in a given time?",
        "wb-interaction-volume",
        DAY,
        "`totals.interactions`. With `granularity` there is a row for each hour, day, week or month.",
    ),
    Recipe(
        "How many outbound contacts were started in a given time?",
        "wb-interaction-volume",
        DAY | {"direction": "outbound", "groupBy": ["channel"]},
        "`totals.outbound`, and of each channel in its row.",
    ),
    Recipe(
        "How many agents worked on a contact?",
        "wb-transfers",
        DAY | {"groupBy": ["direction"]},
        "`agentsPerContact` on average; `byNobody`, `byOne` and `bySeveral` say of how many contacts.",
    ),
    Recipe(
        "What was the average speed of answer?",
        "wb-queue-time",
        DAY | {"groupBy": ["channel"]},
        "`speedOfAnswerMean` in the row of a channel, in seconds. The mean over all channels is that of e-mail, mostly.",
    ),
)


def sample_day() -> World:
    """The sample files, pulled on the day after."""
    told = {"gladly": {"payloads": FOLDER / "gladly" / "payloads"}}
    pulling = Pulling("gladly", now="2024-03-13T14:00:00Z", simulated=told)
    pulling.pull("gladly", "2024-03-12T04:00:00Z", "2024-03-13T14:00:00Z")
    pulling.world.fold()
    return pulling.world


def answer(world: World, recipe: Recipe) -> dict[str, Any]:
    """What the report says, without its definitions."""
    found = world.ask(recipe.report, **recipe.asked)
    return {name: value for name, value in found.items() if name != "definitions"}


def page() -> str:
    world = sample_day()
    return "\n".join([_HEAD, *(line for recipe in RECIPES for line in _section(world, recipe))])


def _section(world: World, recipe: Recipe) -> Iterator[str]:
    yield f"## {recipe.question}\n"
    yield f"```\nPOST /api/v1/platform/report/{recipe.report}/generate\n\n{_json(recipe.asked)}\n```\n"
    yield f"{recipe.where}\n"
    yield f"```json\n{_json(answer(world, recipe))}\n```\n"


def _json(value: Any) -> str:
    """A line for each field and row."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    lines = []
    for name, inner in value.items():
        if name == "rows":
            rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in inner)
            lines.append(f'  "rows": [\n{rows}\n  ]')
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(inner, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
