"""The process apart: a Word file on stdin, `{"lines": [...], "not_read": [[kind, number]]}` out.

It is started by `casework.documents.incoming.word.reading`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.documents.incoming.apart import answer_apart
from casework.documents.incoming.headings import heading_kind
from casework.documents.incoming.vocabulary import TITLE_LABEL
from casework.documents.incoming.word.clean import clean
from casework.documents.incoming.word.decency import opened
from casework.documents.incoming.word.ledger import Ledger
from casework.documents.incoming.word.names import W
from casework.documents.incoming.word.numbering import Numbering
from casework.documents.incoming.word.package import Package, relationship
from casework.documents.incoming.word.styles import Styles
from casework.documents.incoming.word.walk import Walk

if TYPE_CHECKING:
    from lxml import etree

SEPARATORS = {"separator", "continuationSeparator", "continuationNotice"}


def _read(data: bytes) -> dict[str, Any]:
    with opened(data) as archive:
        package, ledger = Package(archive), Ledger()
        styles = Styles.of(package.part("styles"))
        numbering = Numbering(package.part("numbering"))
        document = package.document()
        notes = _notes(package, styles, ledger)
        walk = Walk(styles, numbering, ledger, _is_heading)
        walk.unit = "header"
        for header in _headers(package, document):
            _written(header, walk, notes)
        walk.unit, walk.tables = "paragraph", 0
        _written(document, walk, notes)
        _tell_of_the_rest(package, ledger)
    return {"lines": walk.lines, "not_read": ledger.close()}


def _written(part: etree._Element, walk: Walk, notes: dict[tuple[str, str], str]) -> None:

    clean(part, walk.styles, notes, walk.ledger)
    walk.over(part)


def _is_heading(text: str) -> bool:
    """Whether a cell is a heading, and not the label of a title beside it."""
    named = bool(text) and heading_kind(text) is not None
    return named and not TITLE_LABEL.fullmatch(f"{text.removesuffix(':')}:")


def _notes(package: Package, styles: Styles, ledger: Ledger) -> dict[tuple[str, str], str]:
    """The text of each note by (kind, identity)."""
    notes: dict[tuple[str, str], str] = {}
    for kind in ("footnote", "endnote"):
        part = package.part(f"{kind}s")
        if part is None:
            continue
        for note in part.findall(W + kind):
            if note.get(W + "type") in SEPARATORS:
                continue
            clean(note, styles, {}, ledger)
            walk = Walk(styles, Numbering(None), ledger, lambda text: False)
            walk.over(note)
            words = " ".join(" ".join(line["text"] for line in walk.lines).split())
            notes[kind, note.get(W + "id", "")] = words
    return notes


def _headers(package: Package, document: etree._Element) -> list[etree._Element]:
    """The page headers in the order in which the pages show them, each once."""
    parts = package.parts("header")
    order = {"first": 0, "default": 1, "even": 2}
    named = sorted(
        document.iter(W + "headerReference"),
        key=lambda each: order.get(each.get(W + "type", ""), 3),
    )
    keys = dict.fromkeys([relationship(each) for each in named] or parts)
    return [parts[key] for key in keys if key in parts]


def _tell_of_the_rest(package: Package, ledger: Ledger) -> None:
    """Comments, and page feet with words in them, are not read."""
    if package.count("comments"):
        ledger.told.append(("comments", None))
    for footer in package.parts("footer").values():
        words = "".join(each.text or "" for each in footer.iter(W + "t")).casefold()
        if any(map(str.isalpha, words.replace("sida", "").replace("av", ""))):
            ledger.told.append(("footer", None))
            break


if __name__ == "__main__":
    answer_apart(_read)
