"""A HyperLogLog sketch: how many different hashes were seen, with a standard error of 0.4 % (within 1 % in 98 of 100 cases).

The estimator is Ertl's improved raw estimator (O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
2017, algorithm 6): unbiased from one to billions, without correction tables.
"""

from collections import Counter
from collections.abc import Iterable
from math import log, sqrt

PRECISION = 16
RANKS = 64 - PRECISION


class Sketch:
    """2¹⁶ registers; each holds the longest run of zero bits, plus one, among the hashes that fell to it."""

    __slots__ = ("registers",)

    size = 1 << PRECISION

    def __init__(self, registers: bytes) -> None:
        self.registers = registers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sketch) and self.registers == other.registers

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def of(cls, hashes: Iterable[int]) -> "Sketch":
        registers = bytearray(cls.size)
        for value in hashes:
            register, rest = value >> RANKS, value & ((1 << RANKS) - 1)
            rank = RANKS - rest.bit_length() + 1
            registers[register] = max(registers[register], rank)
        return cls(bytes(registers))

    @classmethod
    def union(cls, sketches: Iterable["Sketch"]) -> "Sketch":
        return cls(bytes(map(max, zip(*(sketch.registers for sketch in sketches), strict=True))))

    def estimate(self) -> int:
        registers = Counter(self.registers)
        rest = self.size * _tau(1 - registers[RANKS + 1] / self.size)
        for rank in range(RANKS, 0, -1):
            rest = (rest + registers[rank]) / 2
        empty = registers[0] / self.size
        if empty == 1:
            return 0
        rest += self.size * _sigma(empty)
        return round(self.size**2 / (2 * log(2) * rest))


def _sigma(x: float) -> float:
    """x + Σ x^(2^k) 2^(k-1), for x below 1."""
    weight, total, previous = 1.0, x, -1.0
    while total != previous:
        x *= x
        previous = total
        total += x * weight
        weight += weight
    return total


def _tau(x: float) -> float:
    """(1 - x - Σ (1 - x^(2^-k))² 2^-k) / 3."""
    if x in (0, 1):
        return 0.0
    weight, total, previous = 1.0, 1 - x, -1.0
    while total != previous:
        x = sqrt(x)
        previous = total
        weight /= 2
        total -= (1 - x) ** 2 * weight
    return total / 3
