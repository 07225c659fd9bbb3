"""Full text as one normalised column, so that SQLite and PostgreSQL find the same matters.

Words are folded and lightly stemmed in Python (beslut, beslutet and besluten meet). A word is kept
both as written and as its stem, and found by the beginning of either.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, false, func, or_, true

from casework.matters.models import Matter

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:[/-][^\W_]+)*")
_NUMBER = re.compile(
    r"\s*(?:(?:dnr|diarienr|diarienummer)[.:]?\s+)?"
    r"(?:(?P<series>[^\W\d_][\w-]{0,11}?)[\s/:.-]*)?"
    r"(?P<number>\d{1,9})(?:[\s/:.-]+(?P<year>(?:19|20)\d\d))?\s*",
    re.IGNORECASE,
)
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
    """The words of a text, folded; a number such as run/78/2022 is one word."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def search_text(parts: Iterable[str]) -> str:
    """What is kept in the column: every word and its stem once, spaces around each."""
    found = [word for part in parts for word in words(part)]
    unique = dict.fromkeys(form for word in found for form in (word, stem(word)))
    return f" {' '.join(unique)} "


def matches(question: str) -> ColumnElement[bool]:
    """Matters in which every word of the question, or its stem, begins some word; and that of the
    registration number that the question may be: RUN/2/2025, RUN-2-2025, run 2 2025, 2/2025, 2.
    """
    asked = words(question)
    if not asked:
        return true()
    found = and_(*(or_(_contains(word), _contains(stem(word))) for word in asked))
    number = _NUMBER.fullmatch(question)
    return or_(_numbered(number, Matter), found) if number else found


def is_number(question: str, model: type[Matter]) -> ColumnElement[bool]:
    """Matters of `model` with the registration number that the question is; none if it is none."""
    number = _NUMBER.fullmatch(question)
    return _numbered(number, model) if number else false()


def _contains(word: str) -> ColumnElement[bool]:
    """A figure stands for itself: 6 does not begin 60."""
    whole = " " if word.isdecimal() else ""
    return Matter.search_text.contains(f" {word}{whole}", autoescape=True)


def _numbered(found: re.Match[str], model: type[Matter]) -> ColumnElement[bool]:
    asked = [model.register_number == int(found["number"])]
    if found["series"]:
        asked.append(func.lower(model.series_code) == found["series"].lower())
    if found["year"]:
        asked.append(model.register_year == int(found["year"]))
    return and_(*asked)
