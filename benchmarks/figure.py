"""What a benchmark says: its figure beside a floor measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Figure:
    """`ratio` is figure / floor, `goal` in words, `ok` whether the goal is reached."""

    name: str
    figure: float
    floor: float
    ratio: float
    goal: str
    ok: bool


def interleaved(
    a: Callable[[], object], b: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """The median time of each in seconds, run in turns, so that what disturbs one disturbs both."""
    times_a: list[float] = []
    times_b: list[float] = []
    for number in range(rounds):
        pairs = [(a, times_a), (b, times_b)]
        for work, times in pairs if number % 2 else reversed(pairs):
            start = perf_counter()
            work()
            times.append(perf_counter() - start)
    return median(times_a), median(times_b)
