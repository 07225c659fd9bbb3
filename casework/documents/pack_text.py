"""Text from files that anyone may have written, made fit to be set."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from casework.documents.contexts import Block, Inline, Section
from casework.documents.markdown import to_sections
from casework.documents.typeset import UNKNOWN
from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

# Some 70 pages. A longer text is a file of data, and comes separately.
MOST_BYTES = 200_000

# So much of a word may stand on one line; there it may break anywhere.
_ENDLESS = re.compile(r"\S{49}(?=\S)")
_LINE, _LINES_A_PAGE = 90, 40
# Invisible signs that turn the direction of the text or join nothing.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# Latin, Greek, Cyrillic, punctuation and signs: the scripts that the fonts here can set.
_STRANGE = re.compile("[^\t\n\x20-\u058f\u1e00-\u2bff\ufb00-\ufb06\ufffd]")


def settable(text: str, unprintable: Callable[[str], set[str]]) -> str:
    """The text with � for every character that cannot be set; `unprintable` names those."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = _STRANGE.sub(UNKNOWN, text)
    text = text.translate({ord(one): UNKNOWN for one in unprintable(text)})
    return _ENDLESS.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


def decoded(content: bytes) -> str:
    """A text file's text; raises Invalid (pack_file_separate) for what is none, or too long."""
    if len(content) > MOST_BYTES or b"\0" in content:
        raise Invalid("pack_file_separate")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")


def sections(text: str, *, is_markdown: bool) -> tuple[Section, ...]:
    """The text of a .md file, or of a .txt file with its lines kept as they are."""
    if is_markdown:
        return to_sections(text, "")
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
    return (Section("", 2, tuple(Block("paragraph", (Inline(part),)) for part in paragraphs)),)


def pages(text: str) -> int:
    """About how many pages the text fills."""
    return 1 + sum(1 + len(line) // _LINE for line in text.split("\n")) // _LINES_A_PAGE
