"""Two texts beside each other, word by word: what a person wrote and what was saved meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Run:
    """A stretch of text; `changed` when the other text does not have it."""

    text: str
    changed: bool


def compare(theirs: str, yours: str) -> tuple[list[Run], list[Run]]:
    """Both texts whole, as runs: joined again they give back what came in, to the letter."""
    left, right = WORDS.findall(theirs), WORDS.findall(yours)
    pairs = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        _runs(left, [(i, j, kind != "equal") for kind, i, j, _, _ in pairs]),
        _runs(right, [(i, j, kind != "equal") for kind, _, _, i, j in pairs]),
    )


def _runs(words: list[str], stretches: list[tuple[int, int, bool]]) -> list[Run]:
    return [Run("".join(words[i:j]), changed) for i, j, changed in stretches if i < j]
