"""Swedish typography: what a careful typist does and a keyboard does not."""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"

_RULES = (
    # A sign or an abbreviation stays with its number or name: § 45, kl. 9.00, dnr RUN/78/2022.
    (re.compile(r"(§§?|\b(?:kl|tf|st)\.|\b(?:dnr|nr)) (?=\S)", re.IGNORECASE), rf"\1{NO_BREAK}"),
    # Thousands, percentages, statutes: 10 000, 12 %, 28–30 §§.
    (re.compile(r"(?<=\d) (?=(?:\d{3}(?!\d)|[%§]))"), NO_BREAK),
    # An amount stays with what it counts: 400 000 kronor, 1,2 miljoner.
    (
        re.compile(r"(?<=\d) (?=(?:kronor|kr|tkr|mnkr|miljon(?:er)?|miljard(?:er)?|procent)\b)"),
        NO_BREAK,
    ),
    # Ranges of times, years and sections. A date or a registration number has its hyphens.
    (re.compile(r"(?<![\d.:-])(\d{1,2}[.:]\d\d) ?- ?(\d{1,2}[.:]\d\d)(?![\d-])"), r"\1–\2"),
    (re.compile(r"(?<![\w/-])((?:19|20)\d\d)-((?:19|20)\d\d)(?![\w/-])"), r"\1–\2"),
    (re.compile(rf"(§§{NO_BREAK}\d+)-(\d+)"), r"\1–\2"),
    # A dash with spaces around it, quotation marks, the apostrophe.
    (re.compile(r"(?<=\S) -{1,2} (?=\S)"), " – "),
    (re.compile(r'["“„]'), "”"),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
)

# What neither Word nor the typesetter can hold: control characters, halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def swedish(text: str) -> str:
    """The text with no-break spaces, en dashes in ranges, and ”citation”; wording untouched."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def printable(text: str) -> str:
    """The text without the characters that no document can hold."""
    return _UNPRINTABLE.sub("", text)
