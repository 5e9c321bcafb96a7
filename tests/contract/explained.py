"""Follows the figures of a report to their records, as a client does, and recounts them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from tests.contract.doors import Answer, Doors
from tests.contract.records import page
from wallboard.measures.durations import Spread, durations

SIDES = ("numerator", "denominator", "values")


def explain(doors: Doors, id: str, **asked: Any) -> Answer:
    return doors.send("POST", f"/api/v1/platform/report/{id}/explain", asked, scopes="read")


def explained(doors: Doors, id: str, **asked: Any) -> Any:
    answer = explain(doors, id, **asked)
    assert answer.status == 200, answer
    return answer.json()


def records(doors: Doors, side: Mapping[str, Any], *, take: int = 1_000, scopes: str = "read") -> list[dict[str, Any]]:
    """All records that a side counts."""
    found = []
    for place in side["records"]:
        cursor: str | None = place["cursor"]
        while cursor:
            answer = page(doors, place["kind"], scopes=scopes, take=take, cursor=cursor)
            assert answer.status == 200, answer
            items, cursor = answer.json()["items"], answer.json().get("cursor")
            assert len(items) <= take
            assert {item["kind"] for item in items} <= {place["kind"]}
            found += items
    return found


def recounted(side: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Fraction:
    """What the rows of a side add up to, by the rule that the explanation states."""
    if field := side.get("distinct"):
        return Fraction(len({(row["source"], row[field] or row["id"]) for row in rows}))
    return sum((Fraction(str(row["counted"])) for row in rows), Fraction(0))


def statistic(name: str, rows: Iterable[Mapping[str, Any]]) -> Any:
    """The percentile or the longest of the durations that the rows have."""
    spread = Spread(*durations(round(Fraction(str(row["counted"])) * 1000) for row in rows))
    share = name.lower().rpartition("p")[2]
    return spread.percentile(int(share)) if share.isdigit() else spread.max


def check_figure(doors: Doors, name: str, figure: Mapping[str, Any], *, take: int = 1_000) -> None:
    """Its sides make the figure, and its records make its sides."""
    times = 100 if figure["unit"] == "percent" else 1
    parts = {side: figure[side] for side in SIDES if side in figure}
    rows = {side: records(doors, part, take=take) for side, part in parts.items()}
    if "values" in parts:
        assert parts["values"]["value"] in (len(rows["values"]), None)
        expected = statistic(name, rows["values"])
    else:
        for side, part in parts.items():
            if part["value"] is None:
                assert part["records"] == []
            else:
                assert round(float(recounted(part, rows[side])), 6) == part["value"], (name, side)
        top = parts["numerator"]["value"]
        below = parts["denominator"]["value"] if "denominator" in parts else 1
        expected = None if top is None or not below or below < 0 else Fraction(str(top)) * times / Fraction(str(below))
    assert figure["value"] == (None if expected is None else float(round(Fraction(expected), 6))), (name, figure)
