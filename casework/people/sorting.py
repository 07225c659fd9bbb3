"""Swedish order without a database collation: a key that sorts å, ä and ö after z."""

from __future__ import annotations

import unicodedata

_LAST = {"å": "{1", "ä": "{2", "æ": "{2", "ö": "{3", "ø": "{3"}


def sort_key(text: str) -> str:
    """A key whose plain order is Swedish order: case and other accents do not count."""
    key = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        if letter in _LAST:
            key.append(_LAST[letter])
        else:
            base = unicodedata.normalize("NFD", letter)
            key.append("".join(part for part in base if not unicodedata.combining(part)))
    return "".join(key)
