"""The measure of durations: how many of them were how long, so that a threshold or a percentile can be asked for afterwards.

A bin for each second up to two minutes, so that any whole threshold up to there is exact; beyond it bins that grow by 2 %, so
that a percentile is off by at most 1 %. Sums and the longest are exact, in milliseconds.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from pydantic_core import from_json, to_json

from wallboard.measures.monoids import Packed

EXACT = 120
"""Seconds up to which every second has a bin of its own."""

_GROWTH = 1.02
_EDGES = [*(second * 1000 for second in range(EXACT + 1))]
while _EDGES[-1] < 1_000 * 24 * 3_600_000:  # as long as anything that is kept
    _EDGES.append(round(_EDGES[-1] * _GROWTH))

Bins = dict[int, int]
DurationsValue = tuple[Bins, int, int]
"""Bin → how many; their sum and the longest, in milliseconds."""


def bin_of(milliseconds: int) -> int:
    """Bin n holds what is longer than edge n - 1 and at most as long as edge n."""
    return min(bisect_left(_EDGES, milliseconds), len(_EDGES) - 1)


def durations(values: Iterable[int]) -> DurationsValue:
    """The value of these durations, in milliseconds."""
    found = list(values)
    return dict(Counter(map(bin_of, found))), sum(found), max(found, default=0)


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of a number of durations. Results are in seconds, exact fractions where they can be."""

    bins: Bins
    total: int
    longest: int

    @property
    def count(self) -> int:
        return sum(self.bins.values())

    @property
    def seconds(self) -> Fraction:
        """Their sum."""
        return Fraction(self.total, 1000)

    @property
    def mean(self) -> Fraction | None:
        return Fraction(self.total, 1000 * self.count) if self.bins else None

    @property
    def max(self) -> Fraction | None:
        return Fraction(self.longest, 1000) if self.bins else None

    def within(self, seconds: int) -> int:
        """How many were at most so long. Exact: `seconds` is a whole number of at most EXACT."""
        return sum(count for place, count in self.bins.items() if place <= seconds)

    def percentile(self, share: int) -> Fraction | None:
        """The shortest duration that `share` percent are not longer than (nearest rank): to the second up to two minutes,
        within 1 % beyond; the longest exactly."""
        if not self.bins:
            return None
        rank = max(1, ceil(Fraction(self.count * share, 100)))
        if rank == self.count:
            return self.max
        for place in sorted(self.bins):
            rank -= self.bins[place]
            if rank <= 0:
                break
        if place <= EXACT:
            return min(Fraction(place), Fraction(self.longest, 1000))
        middle = Fraction(_EDGES[place - 1] + _EDGES[place], 2000)
        return min(middle, Fraction(self.longest, 1000))


class Durations:
    """The monoid. A column is a list of values."""

    def gather(self, values: Iterable[int | None]) -> DurationsValue:
        """Of durations in milliseconds."""
        return durations(value for value in values if value is not None)

    def column(self, values: Sequence[DurationsValue]) -> Sequence[DurationsValue]:
        return values

    def values(self, column: Sequence[DurationsValue]) -> list[DurationsValue]:
        return list(column)

    def merge_run(self, column: Sequence[DurationsValue], start: int, end: int) -> DurationsValue:
        return self.merge(column[start:end])

    def merge(self, values: Iterable[DurationsValue]) -> DurationsValue:
        bins: Counter[int] = Counter()
        total = longest = 0
        for more, seconds, most in values:
            for place, count in more.items():
                bins[place] += count
            total += seconds
            longest = max(longest, most)
        return dict(bins), total, longest

    def figure(self, value: DurationsValue) -> Spread:
        return Spread(*value)

    def pack(self, column: Sequence[DurationsValue]) -> Packed:
        flat = [
            [total, longest, *(n for pair in sorted(bins.items()) for n in pair)] for bins, total, longest in column
        ]
        return None, to_json(flat)

    def unpack(self, header: Any, body: bytes) -> Sequence[DurationsValue]:
        return [(dict(zip(flat[2::2], flat[3::2], strict=True)), flat[0], flat[1]) for flat in from_json(body)]
