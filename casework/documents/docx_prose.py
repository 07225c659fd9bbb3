"""Running text as WordprocessingML: what a template's own paragraphs cannot say.

A template writes `{{r block.inlines|runs }}` for the words of a block, and `{{p block|table }}`
for a table. Escaped here, so that the sandbox need not do it again.
"""

from __future__ import annotations

import re
from dataclasses import asdict, is_dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from casework.documents import docx_notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SAFE = ("http://", "https://", "mailto:")
# Twips (a twentieth of a point): the text's width in our templates, and a letter at ten points.
_WIDTH, _LETTER, _GAP = 8500, 105, 160
_LINE = 'w:val="single" w:sz="{size}" w:space="0" w:color="{color}"'
_RULE = _LINE.format(size=4, color="B9C3C9")
_HEAD_RULE = _LINE.format(size=8, color="1F4F5F")
_MARGINS = (
    '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
)
_AIR = '<w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>'
_AFTER = f"<w:p><w:pPr>{_AIR}</w:pPr></w:p>"
_FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def runs(inlines: Sequence[Any]) -> Markup:
    """The inlines of a block as runs, with the look that each has, and links that can be clicked.

    Raises KeyError for what are no inlines.
    """
    return Markup("".join(_runs([_data(inline) for inline in inlines])))  # noqa: S704 (every text in it is escaped)


def table(block: Any) -> Markup:
    """A table block as a table that repeats its head on every page, and a little air after it.

    Raises KeyError for what is no block.
    """
    block = _data(block)
    widths, size = _measured(block)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(block, at, cells, widths, size) for at, cells in enumerate(block["rows"]))
    head = f'<w:tblLook w:val="0020" w:firstRow="{int(block["headed"])}"/>'
    xml = (
        f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders><w:bottom {_RULE}/>'
        f"<w:insideH {_RULE}/></w:tblBorders>{_MARGINS}{head}</w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>{_AFTER}"
    )
    return Markup(xml)  # noqa: S704 (every text in it is escaped)


def _data(value: Any) -> Mapping[str, Any]:
    """A context is read as it is, or as the JSON that is kept of it."""
    data: Mapping[str, Any] = asdict(value) if is_dataclass(value) else value  # type: ignore[arg-type]
    return data


def _runs(inlines: Sequence[Mapping[str, Any]], *, size: int = 0) -> Iterator[str]:
    link = ""
    for inline in (*inlines, {"text": ""}):
        leads = inline.get("link", "")
        leads = leads if leads.startswith(_SAFE) else ""
        if leads != link:
            yield _FIELD.format("end") if link else ""
            yield _link(leads) if leads else ""
            link = leads
        if inline.get("note"):
            yield docx_notes.written(_run(inline, size), "".join(_runs(inline["note"])))
        elif inline["text"]:
            yield _run(inline, size)


def _link(address: str) -> str:
    """A field needs no relationship of the file: it holds the address itself."""
    instruction = escape(f' HYPERLINK "{address}" ', quote=False)
    return (
        _FIELD.format("begin")
        + f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
        + _FIELD.format("separate")
    )


def _run(inline: Mapping[str, Any], size: int) -> str:
    looks = [
        '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
        if inline.get("code")
        else "",
        "<w:b/>" if inline.get("bold") else "",
        "<w:i/>" if inline.get("italic") else "",
        '<w:color w:val="1F4F5F"/>' if inline.get("link", "").startswith(_SAFE) else "",
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else "",
    ]
    look = "".join(looks)
    parts = re.split(r"([\n\t])", inline["text"])
    signs = {"\n": "<w:br/>", "\t": "<w:tab/>"}
    words = "".join(
        signs.get(part, f'<w:t xml:space="preserve">{escape(part, quote=False)}</w:t>')
        for part in parts
        if part
    )
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{words}</w:r>"


def _row(
    block: Mapping[str, Any], at: int, cells: Sequence[Any], widths: Sequence[int], size: int
) -> str:
    is_head = block["headed"] and at == 0
    properties = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "") + "</w:trPr>"
    below = f"<w:tcBorders><w:bottom {_HEAD_RULE}/></w:tcBorders>" if is_head else ""
    keep = "<w:keepNext/>" if is_head else ""
    written = []
    for cell, width, side in zip(cells, widths, block["columns"], strict=True):
        words = [{**inline, "bold": True} for inline in cell] if is_head else cell
        written.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{below}</w:tcPr><w:p><w:pPr>{keep}'
            f'<w:spacing w:before="40" w:after="40"/><w:jc w:val="{side}"/></w:pPr>'
            f"{''.join(_runs(words, size=size))}</w:p></w:tc>"
        )
    return f"<w:tr>{properties}{''.join(written)}</w:tr>"


def _measured(block: Mapping[str, Any]) -> tuple[list[int], int]:
    """The width of each column in twips, and the size of the type in half points.

    Every column has room for its longest word, so that no sum is broken; the rest of the width
    goes where the longest cells are; where there is no rest, the type is smaller.
    """
    texts = [
        ["".join(inline["text"] for inline in row[at]) for row in block["rows"]]
        for at in range(len(block["columns"]))
    ]
    needs = [_GAP + _LETTER * max(map(_longest_word, cells), default=0) for cells in texts]
    likes = [_GAP + _LETTER * max(map(len, cells), default=0) for cells in texts]
    shrunk = min(1.0, _WIDTH / sum(needs))
    more = [like - need for like, need in zip(likes, needs, strict=True)]
    share = max(0.0, _WIDTH - sum(needs)) / max(sum(more), 1)
    widths = [int((need + extra * share) * shrunk) for need, extra in zip(needs, more, strict=True)]
    return widths, max(6, int(20 * shrunk))


def _longest_word(text: str) -> int:
    return max(map(len, re.split(r"[ \n\t]", text)))
