"""Gives a rendered Word document the footnotes that its text refers to.

`docx_prose.runs` writes a note where it is referred to, between marks that no text can hold since
text is escaped. Here it goes to the foot of the page, or into brackets where the template has no
part for footnotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PART = "word/footnotes.xml"

_NOTE = re.compile(r"<note><plain>(?P<plain>.*?)</plain>(?P<runs>.*?)</note>", re.DOTALL)
_ID = re.compile(r'<w:footnote [^>]*w:id="(-?[0-9]+)"')
_LOOK = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
_REFERENCE = f'<w:r>{_LOOK}<w:footnoteReference w:id="{{}}"/></w:r>'
_FOOTNOTE = (
    '<w:footnote w:id="{}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
    f'<w:r>{_LOOK}<w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
    "{}</w:p></w:footnote>"
)


def written(plain: str, runs: str) -> str:
    """A note in the text: as a run with brackets around it, and as the runs of a footnote."""
    return f"<note><plain>{plain}</plain>{runs}</note>"


class Notes:
    """The footnotes that a template has by itself, read once."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self._part = members.get(PART, b"")
        known = _ID.findall(self._part.decode("utf-8", "replace"))
        self._last = max(map(int, known), default=0)

    def applied(self, xml: str) -> tuple[str, str]:
        """The rendered `xml` with references, and the footnotes that these are to, "" for none."""
        if "<note>" not in xml:
            return xml, ""
        added: list[str] = []

        def referred(note: re.Match[str]) -> str:
            if not self._part:
                return note["plain"]
            number = self._last + len(added) + 1
            added.append(_FOOTNOTE.format(number, note["runs"]))
            return _REFERENCE.format(number)

        return _NOTE.sub(referred, xml), "".join(added)

    def part(self, added: str, rendered: bytes | None) -> bytes:
        """The footnotes of the template, as they were `rendered` if they were, with those added."""
        before, last, after = (rendered or self._part).rpartition(b"</w:footnotes>")
        return before + added.encode() + last + after
