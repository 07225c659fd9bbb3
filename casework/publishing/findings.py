"""What must be looked at before a text is for everybody: numbers of persons, ways to reach them.

More is found than is somebody's: a person looks at each finding, so a miss costs more than a hit
too many. A personal identity or coordination number is found however dashes and blanks stand in
it, also where the control digit is wrong; a telephone number by its 0 or its country code; an
address by street and number, box, c/o or postcode, or as an e-mail address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.board.screening import MASK, checks, masked, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PERSONAL_NUMBER = "personal_number"

_APART = (
    "(?:[-+\u00ad\u02d7\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0b\uff0d]"
    "|[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]){0,3}"
)
_MONTH = rf"(?:0{_APART}\d|1{_APART}[0-2])"
_BIRTHDAY = rf"(?:[0-2]{_APART}\d|3{_APART}[01]|[6-8]{_APART}\d|9{_APART}[01])"
_SPREAD = re.compile(
    rf"(?<!\d)(?:(?:1{_APART}9|2{_APART}0){_APART})?\d{_APART}\d{_APART}"
    rf"{_MONTH}{_APART}{_BIRTHDAY}(?P<last>(?:{_APART}\d){{4}})(?!\d)"
)
# Another sign in the place of the dash, with nothing else between the digits.
_SIGNED = re.compile(
    r"(?<!\d)(?:19|20)?\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])[/._·•*=~|\\]\d{4}(?!\d)"
)
_ISO_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?!\d)")
_DAY_BEFORE_DAY = re.compile(rf"{_ISO_DAY.pattern}(?={_APART}{_ISO_DAY.pattern})")
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+(?:[ \u00a0]\d+)?")
_TELEPHONE = re.compile(
    r"(?<![\d.,])(?:(?:\+|00)[1-9]\d{0,2}(?:\s?\(0\))?|\(?0[1-9])"
    "(?:[\\s()/\u00ad\u2010-\u2015-]{0,3}\\d){5,11}(?!\\d)"
)
_THOUSANDS = re.compile(r"0\d\d(?:[ \u00a0]\d{3})+")
_DIGIT_BEFORE = re.compile(r"\d[ \u00a0]")
_STREET = (
    "gatan|gata|vägen|väg|gränden|gränd|stigen|stig|torget|torg|allén|allé|backen|backe|liden"
    "|esplanaden|kajen|slingan|svängen|brinken|kroken|udden|strand|stranden|promenaden"
)
_NUMBER = r"\s+(?!(?:19|20)\d\d\b)\d{1,4}(?:\s?[A-Za-z])?\b(?![:.,]\d)"
_ADDRESS = re.compile(
    rf"\b(?!(?i:riks|läns|europa|motor|cykel|gång|järn)väg)[^\W\d_]{{2,}}(?i:{_STREET}){_NUMBER}"
    rf"|\b[A-ZÅÄÖ]\w*s\s(?:gata|väg|gränd|stig|torg|allé|backe|plan|kaj|plats|strand){_NUMBER}"
    rf"|\b[^\W\d_]+\s(?i:gatan|vägen|gränden|stigen|torget|allén|backen){_NUMBER}"
    r"|\b(?i:box|postbox|lgh|lägenhet)\s\d{1,5}\b"
    r"|\b(?i:c/o)\s+\w+"
    "|(?<!\\d)[1-9]\\d{2}[ \u00a0]?\\d{2}\\s+[A-ZÅÄÖ][^\\W\\d_]+"
)
_EMAIL = re.compile(r"(?<![^\s@<>()])[^\s@<>()]{1,64}@[^\s@<>()]{1,200}\.[^\W\d_]{2,}")


@dataclass(frozen=True)
class Finding:
    """What was found (one of KINDS), and where: from `start` to before `end`, in characters."""

    what: str
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """A stretch of a text as the public would see it; `what` was found in it, "" for nothing."""

    text: str
    what: str = ""


def findings(text: str) -> list[Finding]:
    """What is to be looked at in the text, in order and without overlap.

    Where two kinds meet, the one that comes first in KINDS is told.
    """
    found: list[Finding] = []
    rest = text
    for what, places in FOUND_BY.items():
        spans = list(places(rest))
        found += [Finding(what, start, end) for start, end in spans]
        rest = _without(rest, spans)
    return sorted(found, key=lambda each: each.start)


def runs(text: str) -> list[Run]:
    """The text as the public would see it, in stretches that say what was found in them.

    What certainly is somebody's number is never shown, whoever publishes it: its mask stands there.
    """
    shown: list[Run] = []
    at = 0
    for each in findings(text):
        if at < each.start:
            shown.append(Run(text[at : each.start]))
        words = text[each.start : each.end]
        shown.append(Run(_masked(words) if each.what == PERSONAL_NUMBER else words, each.what))
        at = each.end
    return [*shown, Run(text[at:])] if at < len(text) else shown


def as_public(text: str) -> str:
    """The text as the public sees it, with `[personnummer]` in the place of each such number."""
    return "".join(each.text for each in runs(text))


def _masked(words: str) -> str:
    """By its form, or by its control digit however it is spread."""
    return MASK if checks(words) else masked(words)


def _personal_numbers(text: str) -> list[tuple[int, int]]:
    """By the form of the law, and by the digits alone however they are spread."""
    places = [each.span() for each in numbers(text)]
    places += _spread(text)
    places += [each.span() for each in _SIGNED.finditer(text)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _spread(text: str) -> Iterator[tuple[int, int]]:
    """Ten or twelve digits with a birthday among them.

    Not a day that another follows, nor an amount; what is a telephone number is told as one.
    """
    plain = _DAY_BEFORE_DAY.sub(lambda day: "x" * len(day.group()), text)
    at = 0
    while found := _SPREAD.search(plain, at):
        at = found.end()
        is_amount = _GROUPED.fullmatch(found.group()) and not checks(found.group())
        telephone = _TELEPHONE.match(plain, found.start())
        is_telephone = telephone is not None and telephone.end() >= found.end()
        if not (is_amount or is_telephone):
            yield found.span()


def _telephones(text: str) -> Iterator[tuple[int, int]]:
    """Not in a day written with dashes, and not the thousands of an amount."""
    plain = _ISO_DAY.sub(lambda day: "x" * len(day.group()), text)
    for found in _TELEPHONE.finditer(plain):
        before = plain[max(0, found.start() - 2) : found.start()]
        if not (_THOUSANDS.fullmatch(found.group()) and _DIGIT_BEFORE.fullmatch(before)):
            yield found.span()


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for found in _ADDRESS.finditer(text):
        yield found.span()


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for found in _EMAIL.finditer(text):
        yield found.span()


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with nothing to find where something was found already."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], "\ufffd" * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


# How each kind is found, the one that is told first where two meet.
FOUND_BY: dict[str, Callable[[str], Iterable[tuple[int, int]]]] = {
    PERSONAL_NUMBER: _personal_numbers,
    "telephone": _telephones,
    "address": _addresses,
    "email": _emails,
}
KINDS = tuple(FOUND_BY)
