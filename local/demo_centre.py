"""The part of the demo that asks about contact centres: one report over all vendors, and one of its figures call by call."""

from fractions import Fraction
from typing import Any

from rich.console import Console

from local.demo_client import Client
from local.demo_tables import new_table

_REPORT, _FIGURE = "wb-queue-performance", "abandonRate"
_COLUMNS = ("offered", "answered", "abandoned", _FIGURE, "serviceLevel", "averageSpeedOfAnswer", "averageHandleTime")
_HEADINGS = ("source", "offered", "answered", "abandoned", "in %", "in 20 s, %", "answered in, s", "handled in, s")
_SHOWN = 4


def show_centre(client: Client, console: Console, start: str, end: str) -> list[str]:
    """Shows what was pulled of [start, end), as one report. What is not as it should be: a line each."""
    period = {"startDate": f"{start}T00:00:00Z", "endDate": f"{end}T00:00:00Z"}
    answer = client.generate_one(_REPORT, {**period, "groupBy": ["source"]})
    console.print("What that comes to: Queue Performance, by the same definitions for all", style="bold")
    table = new_table(*_HEADINGS)
    for name, values in [*((row["source"], row["values"]) for row in answer["rows"]), ("all", answer["totals"])]:
        table.add_row(name, *(_written(values[column]) for column in _COLUMNS))
    console.print(table)
    return _follow(client, console, period, answer["totals"][_FIGURE])


def _follow(client: Client, console: Console, period: dict[str, str], told: float) -> list[str]:
    figure = client.explain(_REPORT, period, _FIGURE)
    sides = {name: figure[name] for name in ("numerator", "denominator")}
    rows = {name: client.counted(side["records"]) for name, side in sides.items()}
    console.print(
        f"Abandon rate: {figure['formula']} = {sides['numerator']['value']} / {sides['denominator']['value']} = "
        f"{_written(told)} %. The first of those who gave up:"
    )
    table = new_table("source", "interaction", "came at", "left at", numbers=False)
    for row in rows["numerator"][:_SHOWN]:
        table.add_row(row["source"], row["id"], _second(row["startedAt"]), _second(row["endedAt"] or ""))
    console.print(table)
    sums = {name: sum(Fraction(str(row["counted"])) for row in found) for name, found in rows.items()}
    if any(sums[name] != Fraction(str(side["value"])) for name, side in sides.items()):
        return [f"the records behind the abandon rate add up to {sums}, not to {sides}"]
    count = sum(map(len, rows.values()))
    console.print(f"The {count} records behind it were read again, and add up to it.\n", style="dim")
    return []


def _second(at: str) -> str:
    return at[:19].replace("T", " ")


def _written(value: Any) -> str:
    return "–" if value is None else f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
