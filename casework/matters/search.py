"""Full text as one normalised column, so that SQLite and PostgreSQL find the same matters.

Words are folded and lightly stemmed in Python (beslut, beslutet and besluten meet); the database
only looks for whole words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, true

from casework.matters.models import Matter

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[0-9a-zåäöéü]+(?:[/-][0-9a-zåäöéü]+)*")
_ENDINGS = (
    *("heternas", "heterna", "heten", "heter", "arnas", "ornas", "ernas", "arna", "orna", "erna"),
    *("aren", "aste", "anden", "andet", "ens", "ets", "ans", "ars", "ers", "ors"),
    *("ar", "er", "or", "en", "et", "an", "es", "as", "na", "a", "e", "s"),
)
_SHORTEST_STEM = 4


def stem(word: str) -> str:
    """The word without its longest usual ending, if at least four letters are left."""
    if any(letter.isdigit() for letter in word):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def words(text: str) -> list[str]:
    """The searchable words of a text: folded, stemmed; a number such as run/78/2022 is whole."""
    return [stem(word) for word in _WORD.findall(text.casefold())]


def search_text(parts: Iterable[str]) -> str:
    """What is kept in the column: every word once, spaces around each."""
    unique = dict.fromkeys(word for part in parts for word in words(part))
    return f" {' '.join(unique)} "


def matches(question: str) -> ColumnElement[bool]:
    """Matters in which every word of the question begins some word."""
    asked = words(question)
    if not asked:
        return true()
    return and_(*(_contains(word) for word in asked))


def _contains(word: str) -> ColumnElement[bool]:
    return Matter.search_text.contains(f" {word}", autoescape=True)
