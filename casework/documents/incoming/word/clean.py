"""The cleaning pass: after it a part holds only paragraphs, tables and runs that a reader sees."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from lxml import etree

from casework.documents.incoming.word.formulas import spelled
from casework.documents.incoming.word.ledger import PLACE, A, Ledger, V, drop, unwrap
from casework.documents.incoming.word.names import MC, M, W, switched, value
from casework.documents.incoming.word.symbols import sign

if TYPE_CHECKING:
    from casework.documents.incoming.word.styles import Style, Styles

WPS_BOX, TEXT_BOX = W + "txbxContent", V + "textbox"
CHANGES = [
    W + name
    for name in (
        *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange"),
        *("tcPrChange", "tblPrExChange", "numberingChange"),
    )
]
DELETED = [W + "del", W + "moveFrom"]
WRAPPERS = [
    W + name for name in ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "bdo", "dir")
]
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
CONTENTS_FIELD = ("TOC", "TOA", "INDEX")


def clean(
    root: etree._Element, styles: Styles, notes: dict[tuple[str, str], str], ledger: Ledger
) -> None:
    """Clean one part in place; `notes` gives the text of a note by (kind, identity)."""
    for number, paragraph in enumerate(_counted(root), start=1):
        paragraph.set(PLACE, str(number))
    _alternatives(root)
    ledger.open(root)
    _revisions(root, ledger)
    _fields(root, ledger)
    _controls(root, ledger)
    for element in list(root.iter(*WRAPPERS)):
        unwrap(element)
    _boxes(root)
    _objects(root, ledger)
    _signs(root, ledger)
    _formulas(root, ledger)
    _notes(root, notes, ledger)
    _hidden(root, styles, ledger)
    _joined_marks(root)


def _counted(root: etree._Element) -> list[etree._Element]:
    """The paragraphs as they are counted: a text box lies beside the text."""
    boxed = {each for box in root.iter(WPS_BOX) for each in box.iter(W + "p")}
    return [each for each in root.iter(W + "p") if each not in boxed]


def _alternatives(root: etree._Element) -> None:
    """What newer programs read stays; what is kept for older ones says the same again."""
    for element in list(root.iter(MC + "AlternateContent")):
        chosen = element.find(MC + "Choice")
        if chosen is None or not len(chosen):
            chosen = element.find(MC + "Fallback")
        if chosen is not None:
            element[:] = list(chosen)
        unwrap(element)
    for element in list(root.iter(MC + "Fallback")):
        drop(element)


def _revisions(root: etree._Element, ledger: Ledger) -> None:
    """Accept every tracked change: what is deleted or moved away goes, properties of before too."""
    for element in list(root.iter(*CHANGES)):
        drop(element)
    for row in list(root.iter(W + "tr")):
        if row.find(f"{W}trPr/{W}del") is not None:
            ledger.leave_out(row)
            drop(row)
    for cell in list(root.iter(W + "tc")):
        if cell.find(f"{W}tcPr/{W}cellDel") is not None:
            ledger.leave_out(cell)
            drop(cell)
    for element in list(root.iter(*DELETED)):
        parent = element.getparent()
        if parent is not None and parent.tag == W + "rPr":
            continue  # the mark of a paragraph: see _joined_marks
        ledger.leave_out(element)
        drop(element)


def _fields(root: etree._Element, ledger: Ledger) -> None:
    """A list of contents goes; a form's box becomes a sign; other results stay as they are."""
    for simple in list(root.iter(W + "fldSimple")):
        if _is_contents(simple.get(W + "instr", "")):
            ledger.leave_out(simple)
            drop(simple)
        else:
            unwrap(simple)
    for paragraph in dict.fromkeys(run.getparent() for run in _contents_runs(root)):
        if paragraph is None:
            continue
        for run in list(paragraph.iter(W + "r")):  # a page number may stand after the field
            ledger.leave_out(run)
            drop(run)


def _contents_runs(root: etree._Element) -> list[etree._Element]:
    """The runs that a field for a list of contents has filled, one field inside another."""
    fields: list[str] = []
    found: list[etree._Element] = []
    for element in root.iter(W + "fldChar", W + "instrText", W + "r"):
        kind = element.get(W + "fldCharType")
        if element.tag == W + "instrText" and fields:
            fields[-1] += element.text or ""
        elif kind == "begin":
            fields.append("")
            _form_box(element)
        elif kind == "end" and fields:
            fields.pop()
        elif element.tag == W + "r" and any(map(_is_contents, fields)):
            found.append(element)
    return found


def _is_contents(instruction: str) -> bool:
    return instruction.split(maxsplit=1)[:1] != [] and instruction.split()[0] in CONTENTS_FIELD


def _form_box(begin: etree._Element) -> None:
    box = begin.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return
    ticked = switched(box, "checked")
    ticked = switched(box, "default") if ticked is None else ticked
    begin.addnext(_text("☒" if ticked else "☐"))


def _text(words: str) -> etree._Element:
    element = etree.Element(W + "t")
    element.text = words
    return element


def _controls(root: etree._Element, ledger: Ledger) -> None:
    """Content controls are opened; what only invites to write, and lists of contents, go."""
    for control in list(root.iter(W + "sdt")):
        properties = control.find(W + "sdtPr")
        content = control.find(W + "sdtContent")
        gallery = value(properties, "docPartObj/docPartGallery") or ""
        if content is None:
            drop(control)
        elif "Contents" in gallery:
            ledger.leave_out(control)
            drop(control)
        elif switched(properties, "showingPlcHdr"):
            _emptied(content, ledger)
            control[:] = list(content)
            unwrap(control)
        else:
            control[:] = list(content)
            unwrap(control)


def _emptied(content: etree._Element, ledger: Ledger) -> None:
    """A control without what it invites to; its paragraphs and cells keep their places."""
    ledger.leave_out(content)
    for run in list(content.iter(W + "r")):
        drop(run)


def _boxes(root: etree._Element) -> None:
    """The paragraphs of a text box follow the paragraph that it hangs on."""
    for box in list(root.iter(WPS_BOX)):
        paragraph: etree._Element | None = box
        while paragraph is not None and paragraph.tag != W + "p":
            paragraph = paragraph.getparent()
        if paragraph is None:
            continue
        for each in box.iter(W + "p"):
            each.set(PLACE, paragraph.get(PLACE, "0"))
        after = paragraph
        for each in list(box):
            after.addnext(each)
            after = each


def _objects(root: etree._Element, ledger: Ledger) -> None:
    """Pictures, charts, embedded parts: told; a line or an empty frame says nothing."""
    for element in list(root.iter(W + "drawing", W + "pict", W + "object")):
        kind = _object_kind(element)
        if kind:
            ledger.tell(kind, element)
        else:
            ledger.leave_out(element)
        drop(element)
    for element in list(root.iter(W + "altChunk", W + "subDoc")):
        before = element.getprevious()
        element.set(PLACE, "0" if before is None else before.get(PLACE, "0"))
        ledger.tell("part", element)
        drop(element)


def _object_kind(element: etree._Element) -> str | None:
    if element.tag == W + "object":
        return "object"
    for name, kind in ((PICTURE, "picture"), (V + "imagedata", "picture"), (CHART, "chart")):
        if next(element.iter(name), None) is not None:
            return kind
    if next(element.iter(DIAGRAM, A + "t"), None) is not None:
        return "diagram"
    return "art" if next(element.iter(V + "textpath"), None) is not None else None


def _signs(root: etree._Element, ledger: Ledger) -> None:
    """Signs of the symbol fonts become letters of Unicode, also where a run is set in one."""
    for symbol in list(root.iter(W + "sym")):
        shown = sign(_code(symbol.get(W + "char")), symbol.get(W + "font", ""))
        if shown is None:
            ledger.tell("symbol", symbol)
            drop(symbol)
        else:
            _replaced(symbol, shown, ledger)
    for run in root.iter(W + "r"):
        for text in run.findall(W + "t"):
            if any("\uf000" <= one <= "\uf0ff" for one in text.text or ""):
                _translate(text, _font(run), ledger)


def _code(hexadecimal: str | None) -> int:
    try:
        return int(hexadecimal or "", 16)
    except ValueError:
        return 0


def _font(run: etree._Element) -> str:
    fonts = run.find(f"{W}rPr/{W}rFonts")
    names = [] if fonts is None else [fonts.get(W + each, "") for each in ("ascii", "hAnsi", "cs")]
    return next(filter(None, names), "symbol")


def _translate(text: etree._Element, font: str, ledger: Ledger) -> None:
    shown = [sign(ord(one), font) if one >= "\uf000" else one for one in text.text or ""]
    if None in shown:
        ledger.told.append(("symbol", None))
    text.text = "".join(filter(None, shown))


def _replaced(element: etree._Element, words: str, ledger: Ledger) -> None:
    """The element gives way to text, which the walk puts out."""
    parent = element.getparent()
    if parent is not None:
        ledger.leave_out(element)
        parent.replace(element, _text(words))


def _formulas(root: etree._Element, ledger: Ledger) -> None:
    """A formula becomes a run that says it on one line."""
    for formula in list(root.iter(M + "oMathPara")):
        unwrap(formula)
    for formula in list(root.iter(M + "oMath")):
        parent = formula.getparent()
        if parent is None:
            continue
        ledger.leave_out(formula)
        run = etree.Element(W + "r")
        run.append(_text(spelled(formula)))
        parent.replace(formula, run)
        if parent.tag in {W + "body", W + "tc"}:
            run.getparent().replace(run, _paragraph_of(run))  # type: ignore[union-attr]


def _paragraph_of(run: etree._Element) -> etree._Element:
    paragraph = etree.Element(W + "p")
    paragraph.append(copy.deepcopy(run))
    return paragraph


def _notes(root: etree._Element, notes: dict[tuple[str, str], str], ledger: Ledger) -> None:
    """A note stands in brackets where it is referred to."""
    for kind in ("footnote", "endnote"):
        for reference in list(root.iter(f"{W}{kind}Reference")):
            words = notes.get((kind, reference.get(W + "id", "")))
            if words:
                _replaced(reference, f" [{words}]", ledger)
            else:
                ledger.tell("note", reference)
                drop(reference)


def _hidden(root: etree._Element, styles: Styles, ledger: Ledger) -> None:
    """Hidden text goes, whether the run says so or its style or that of its paragraph."""
    for paragraph in root.iter(W + "p"):
        style = styles.of_paragraph(paragraph.find(W + "pPr"))
        for run in list(paragraph.iter(W + "r")):
            if _is_hidden(run.find(W + "rPr"), style, styles):
                ledger.leave_out(run)
                drop(run)
    for reading in list(root.iter(W + "rt")):
        ledger.leave_out(reading)
        drop(reading)


def _is_hidden(properties: etree._Element | None, style: Style, styles: Styles) -> bool:
    own = switched(properties, "vanish")
    return own if own is not None else styles.of_run(properties).hidden != style.hidden


def _joined_marks(root: etree._Element) -> None:
    """A paragraph whose mark is deleted, moved or hidden goes on in the next one, as Word does."""
    for paragraph in reversed(list(root.iter(W + "p"))):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        gone = mark is not None and any(mark.find(name) is not None for name in DELETED)
        hidden = bool(switched(mark, "vanish")) and not switched(mark, "specVanish")
        if not gone and not hidden:
            continue
        content = [each for each in paragraph if each.tag != W + "pPr"]
        following = paragraph.getnext()
        if not any(True for each in content for _ in each.iter(W + "t")):
            cell = paragraph.getparent()
            if cell is None or cell.tag != W + "tc" or len(cell.findall(W + "p")) > 1:
                drop(paragraph)
        elif following is not None and following.tag == W + "p":
            first = 1 if following.find(W + "pPr") is not None else 0
            following[first:first] = content
            following.set(PLACE, paragraph.get(PLACE, "0"))
            drop(paragraph)
