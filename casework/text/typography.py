"""Swedish typography: what a careful typist does and a keyboard does not.

Registration numbers, addresses and sums are left as they are, but for the space in them that no
line may break at.
"""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"

_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_CLOCK = r"(?:[01]?\d|2[0-4])[.:][0-5]\d"
_UNIT = r"(?:kronor|kr|tkr|mnkr|mkr|mdkr|miljon(?:er)?|miljard(?:er)?|procent)\b"
# A sign or an abbreviation stays with its number or name: § 45, kl. 9.00, dnr RUN/78/2022.
_ABBREVIATED = re.compile(r"(§§?|\b(?:kl|tf|st)\.|\b(?:dnr|nr)) (?=\S)", re.IGNORECASE)
# Where a thing is found: on the web, by mail, in a register (KS-2014/742.912, SFS 2017:725).
# An address has at most 320 characters before its end; without a bound an endless word takes long.
_KEPT = re.compile(
    r"(?:https?://|www\.|mailto:)\S+|\S{1,320}@\S+"
    rf"|(?i:\b(?:dnr|diarienummer|diarienr)[:.]?[ {NO_BREAK}]?)\d\S*"
    r"|\b(?=[-/.:\d]{0,320}[A-ZÅÄÖ])[\dA-ZÅÄÖ]+(?:[-/.:][\dA-ZÅÄÖ]+)+\b"
    rf"|\b[A-ZÅÄÖ]{{2,}}[ {NO_BREAK}]\d[\d./:-]*"
)
_HELD = "\ue000"
_RULES = (
    # Thousands, percentages, statutes: 10 000, 12 %, 28–30 §§.
    (re.compile(r"(?<=\d) (?=(?:\d{3}(?!\d)|[%§]))"), NO_BREAK),
    # An amount stays with what it counts: 400 000 kronor, 1,2 miljoner. A date stays whole.
    (re.compile(rf"(?<=\d) (?=(?:{_UNIT}|(?:{_MONTHS})\b))"), NO_BREAK),
    (re.compile(rf"\b({_MONTHS}) (?=(?:19|20)\d\d\b)"), rf"\1{NO_BREAK}"),
    # Ranges of times, years and sections; never what may be two sums, or the date in a number.
    (
        re.compile(rf"(?<![\d.:,-])({_CLOCK}) ?- ?({_CLOCK})(?![\d-]|[.,]\d|\s?(?:%|{_UNIT}))"),
        r"\1–\2",
    ),
    (re.compile(r"(?<![\w/-])((?:19|20)\d\d)-((?:19|20)\d\d)(?![\w/-])"), r"\1–\2"),
    (re.compile(rf"(§§{NO_BREAK}\d+)-(\d+)"), r"\1–\2"),
    # A dash with spaces around it, but before a number, where it may be a minus.
    (re.compile(r"(?<=\S )-{1,2}(?= [^\s\d])"), "–"),
    # Quotation marks, the apostrophe.
    (re.compile(r'["“„]'), "”"),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
)

# What neither Word nor the typesetter can hold: control characters, halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def swedish(text: str) -> str:
    """The text with no-break spaces, en dashes in ranges, and ”citation”; wording untouched."""
    text = _ABBREVIATED.sub(rf"\1{NO_BREAK}", text)
    held = [] if _HELD in text else _KEPT.findall(text)
    if held:
        text = _KEPT.sub(_HELD, text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    for each in held:
        text = text.replace(_HELD, each, 1)
    return text


def printable(text: str) -> str:
    """The text without the characters that no document can hold."""
    return _UNPRINTABLE.sub("", text)
