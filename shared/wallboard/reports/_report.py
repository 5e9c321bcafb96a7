"""What a report is: its words, its input, what it reads, and how it builds its answer. It never meets the store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from wallboard.measures.figures import Figures
from wallboard.model.results import Input, Output

Category = Literal["engagement", "performance", "quality", "contact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`days` tells the window from the input: how many days back from now, or None for all time. `bot` tells which bot the
    report is about: one that nobody has heard of is answered by the service. `created` is the day (ISO) it was added."""

    id: str
    name: str
    description: str
    category: Category
    definition: str
    unit: str
    time_basis: str
    created: str
    input: type[Input]
    output: type[Output]
    cubes: tuple[str, ...]
    days: Callable[[Any], int | None]
    build: Callable[[Any, Figures], Output]
    compares: bool = True
    bot: Callable[[Any], str] | None = None
