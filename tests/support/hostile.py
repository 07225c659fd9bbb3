"""Texts as people type and paste them, and as nobody should: Swedish and hostile, by a seed."""

from __future__ import annotations

import os
import unicodedata
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ASKED = "CASEWORK_HOSTILE_TEXTS"

WORDS = (
    *("Kollektivtrafiken", "i", "Åre", "och", "Östersund", "§ 45", "kl. 9.00", "dnr RUN/78/2022"),
    *("regiondirektören", "tf. förvaltningschef", "10 000 kronor", "28-30 §§", "Härjedalen"),
    *(
        "”Länstrafiken”",
        "Ärende",
        "Övertorneå",
        "Hammarén",
        "É",
        "Łukasz",
        "Çelik",
        "Þór",
        "Ælfsson",
    ),
    *(
        "Sápmi",
        "Aarborte",
        "Njaarke",
        "Đoković",
        "Ğ",
        "Ñ",
        "Ẹ̀",
        "½",
        "1,2 milj.",
        "5–7",
        "50 %",
        "m²",
    ),
)
UNSEEN = (
    *("\xad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066"),
    *("\u2069", "\ufeff", "\u2060", "\u034f", "\u115f", "\u3164", "\u180e", "\ufe0f", "\ufff9"),
    *("\ufdd0", "\ufffe", "\U000e0041", "\U0001d173"),
)
CONTROLS = (*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)))
SPACES = (
    *("\xa0", "\u1680", "\u2000", "\u2003", "\u2007", "\u2009", "\u200a", "\u202f", "\u205f"),
    *("\u2800", "\u3000", "\u2028", "\u2029", "\r\n", "\v", "\f", "\t", "\x85", "  "),
)
PICTURES = ("😀", "👨‍👩‍👧", "🇸🇪", "👍🏽", "❤️", "☎", "✓", "☐", "★", "→", "⚖️", "🏳️‍🌈")
SCRIPTS = (
    *("會議記錄", "東京", "اجتماع", "جلسه", "ישיבה", "заседание", "συνεδρίαση", "क्षत्रिय", "한국어"),
    *("ประชุม", "თბილისი", "Հայաստան", "ᐃᓄᒃᑎᑐᑦ", "𝔘𝔫𝔦", "𐍈", "\U0001f9ff", "\U00020000"),
)
PRIVATE = ("\uf0b7", "\uf0a7", "\uf0fc", "\ue000", "\uf8ff", "\U000f0000", "\u0378", "\ufffd")
MARKUP = (
    *("<script>alert(1)</script>", "<b>", "&amp;", "&#0;", "]]>", "<!--", "-->", '" onload="x'),
    *("# Rubrik", "**fet**", "_", "`kod`", "```", "- ", "1. ", "> ", "[a](javascript:alert(1))"),
    *("![](x)", "|a|b|", "---", "\\", "* * *", "<http://x>", "a\\\nb", "#panic()", "$x$", "@ref"),
)
TEMPLATES = (
    *("{{ 7*7 }}", "{% for x in y %}", "{#", "#}", "{{", "}}", "{%p if x %}", "{{r x }}", "%}"),
    *("{_{", "}_}", "${x}", "%s", "%(name)s", "{0}", "{name}", "{", "}", "%"),
)
QUERIES = (
    *("'; DROP TABLE matter; --", "' OR '1'='1", "%", "_", "\\", '"', "*", "NEAR(", "AND", ":*"),
    *("a & b", "!", "(", ")", "<->", "\\'", "E'\\\\'", "-", "+", "~", "^"),
)
LIGATURES = ("ﬁ", "ﬂ", "ﬃ", "ſt", "ĳ", "Ǆ", "ß", "ẞ", "İ", "ı", "Ω", "Å", "Å", "㎏", "№", "…")
HEADERS = ("\r\nBcc: x@example.org", "\nSubject: y", "=?utf-8?q?=C3=A5?=", "\r\n\r\n", "\n.\n", ";")
MARKS = ("\u0301", "\u0308", "\u030a", "\u0338", "\u20dd", "\u0489", "\u1abe")


def how_many(usual: int) -> int:
    """How many texts are tried: as many as `python -m tests.web.hostile` was asked for."""
    return int(os.environ.get(ASKED, usual))


def seeded(number: int) -> Random:
    """The same texts in every run."""
    return Random(number)  # noqa: S311


def hostile_texts(rng: Random, *, surrogates: bool = False) -> Iterator[str]:
    """Texts without end, of each kind in turn; halves of surrogate pairs only where asked for."""
    kinds: list[Callable[[Random], str]] = [
        _swedish,
        *(_among(signs) for signs in (UNSEEN, CONTROLS, SPACES, PICTURES, SCRIPTS, PRIVATE)),
        *(_among(signs) for signs in (MARKUP, TEMPLATES, QUERIES, LIGATURES, HEADERS)),
        _decomposed,
        _marked,
        _long,
        _anything,
        _alone,
    ]
    if surrogates:
        kinds.append(_among(("\ud800", "\udfff", "\udc00\ud800")))
    while True:
        rng.shuffle(kinds)
        for kind in kinds:
            yield kind(rng)


def _swedish(rng: Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(1, 8)))


def _among(signs: tuple[str, ...]) -> Callable[[Random], str]:
    """Swedish with such signs put in anywhere, also first, last and within a word."""

    def made(rng: Random) -> str:
        text = _swedish(rng)
        for sign in rng.choices(signs, k=rng.randint(1, 4)):
            place = rng.choice((0, len(text), rng.randint(0, len(text))))
            text = text[:place] + sign + text[place:]
        return text

    return made


def _decomposed(rng: Random) -> str:
    return unicodedata.normalize("NFD", _swedish(rng))


def _marked(rng: Random) -> str:
    """Letters under a heap of marks."""
    return _swedish(rng) + "".join(rng.choices(MARKS, k=rng.randint(1, 60)))


def _long(rng: Random) -> str:
    return rng.choice(("å", "W", "-", "a\u0301", "1", "😀", "\xa0")) * rng.randint(60, 240)


def _alone(rng: Random) -> str:
    """One sign that may be nothing at all once it is cleaned."""
    return rng.choice((*UNSEEN, *SPACES, *PICTURES, *PRIVATE, *MARKS, *SCRIPTS, "", " ", ".", "0"))


def _anything(rng: Random) -> str:
    """Any characters there are."""
    codes = (rng.randrange(rng.choice((0x250, 0x3000, 0x10000, 0x110000))) for _ in range(12))
    return "".join(map(chr, (code for code in codes if not 0xD800 <= code <= 0xDFFF)))
