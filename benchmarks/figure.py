"""What a benchmark says: its figure beside a floor measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`ratio` is figure / floor, `goal` in words, `ok` whether the goal is reached."""

    name: str
    figure: float
    floor: float
    ratio: float
    goal: str
    ok: bool
