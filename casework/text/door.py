"""The door that every text from outside passes once: what is kept is what a reader sees.

Text is made NFC (Unicode Standard Annex 15). Control characters and characters that nobody sees
go; a space of another kind becomes the usual one, or the no-break space where it holds a line
together. Passwords, tokens and the bytes of files do not pass here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

NO_BREAK = "\N{NO-BREAK SPACE}"

# Line ends of Word (soft return), of old printers, and of Unicode's own.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_WIDE = re.compile(f"[ \n\t{NO_BREAK}]*[ \n\t][ \n\t{NO_BREAK}]*")
# Thin spaces between digits set off thousands, and such a number is never broken.
_IN_NUMBERS = re.compile("(?<=[0-9])[\u2006\u2008\u2009\u200a](?=[0-9])")
_HOLDING = str.maketrans(dict.fromkeys("\u2007\u202f", NO_BREAK))
_SPACES = str.maketrans(
    dict.fromkeys(map(chr, [*range(0x2000, 0x200B), 0x1680, 0x205F, 0x2800, 0x3000]), " ")
)
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
# Letters in name only, and a mark: they take no place, or one that looks empty.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
# Format characters (Cf) that are seen all the same: they stand around Arabic numbers and the like.
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
_NEVER_JOINED = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "CJK")
_VIRAMA = 9
MOST_MARKS = 30  # UAX 15, 13: no language needs more
_KEPT_CONTROLS = "\n\t"


def cleaned(text: str) -> str:
    """`text` as it is kept, with line feeds between its lines; the same again if it is clean."""
    text = _LINE_ENDS.sub("\n", text)
    text = _IN_NUMBERS.sub(NO_BREAK, text).translate(_HOLDING).translate(_SPACES)
    if text.isascii() and (text.isprintable() or not any(map(_is_unseen, text))):
        return text
    seen = "".join(
        one for place, one in enumerate(text) if not _is_unseen(one) or _joins(text, place)
    )
    return _borne(unicodedata.normalize("NFC", seen))


def cleaned_line(text: str) -> str:
    """`text` as one line: whatever breaks it, or is wider than a space, becomes one space.

    A no-break space stays where it stands alone between two words.
    """
    return _WIDE.sub(" ", cleaned(text)).strip(f" {NO_BREAK}")


def cleaned_data(data: Any) -> Any:
    """Data read from JSON with every text in it cleaned, names of fields as well.

    What stands under a name with `password` in it stays as it was typed.
    """
    if isinstance(data, str):
        return cleaned(data)
    if isinstance(data, list):
        return [cleaned_data(each) for each in data]
    if isinstance(data, dict):
        return {
            cleaned(name): value if is_secret(name) else cleaned_data(value)
            for name, value in data.items()
        }
    return data


def is_secret(field: str) -> bool:
    """Whether what is typed in a field of that name is kept to the letter."""
    return "password" in field


def _borne(text: str) -> str:
    """`text` with no more marks on a letter than a stream-safe text has."""
    kept, marks = [], 0
    for one in text:
        marks = marks + 1 if unicodedata.category(one)[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(one)
    return text if len(kept) == len(text) else unicodedata.normalize("NFC", "".join(kept))


def _is_unseen(one: str) -> bool:
    """Whether a character has no look of its own: it is removed."""
    kind = unicodedata.category(one)
    if kind == "Cc":
        return one not in _KEPT_CONTROLS
    if kind == "Cf":
        return not _SEEN.match(one)
    return kind == "Cs" or one in _UNSEEN or _is_no_character(ord(one))


def _is_no_character(code: int) -> bool:
    """The 66 codes that Unicode promises never to use."""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where it is needed: after a virama, or inside a script (or a
    picture) whose signs change by their neighbours (RFC 5892, A.1 and A.2)."""
    if text[place] not in _JOINERS or place == 0:
        return False
    before, after = text[place - 1], text[place + 1 : place + 2]
    if unicodedata.combining(before) == _VIRAMA:
        return True
    return bool(after) and _may_join(before) and _may_join(after)


def _may_join(one: str) -> bool:
    kind = unicodedata.category(one)
    is_sign = kind[0] in "LM" or kind in {"So", "Sk"}
    return is_sign and not unicodedata.name(one, "LATIN").startswith(_NEVER_JOINED)
