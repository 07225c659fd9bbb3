"""Compiles a Word template once, so that each document made from it costs almost nothing.

docxtpl is the compiler: its `patch_xml` turns what Word saved into Jinja. What it does anew for
every document (unpack, parse, compile, pack again) is done here once; the parts that it renders
come out byte for byte the same.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx.opc.oxml import serialize_part_xml
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from lxml import etree

from casework.documents import docx_notes, docx_numbering, docx_xml
from casework.documents.docx_package import Package, read_members
from casework.documents.docx_sandbox import Sandbox
from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Template

DOCUMENT = "word/document.xml"

_SMALL_PARTS = ("docProps/core.xml", "word/footnotes.xml")
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_TAG = re.compile(r"<[^>]*>")
_COLUMN_TAG = re.compile(r"\{[%{]-?(?:tc |\s*(?:colspan|hm)\b)")
_LISTING = "\n\t\a\f"  # what docxtpl turns into breaks, tabs, paragraphs and pages
_BRACES = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}
_FIRST_DRAWING = 1001  # as docxtpl counts
_PLACES = {
    "word/document": {"sv": "dokumentet", "en": "the document"},
    "header": {"sv": "sidhuvudet", "en": "the header"},
    "footer": {"sv": "sidfoten", "en": "the footer"},
    "footnotes": {"sv": "fotnoterna", "en": "the footnotes"},
    "": {"sv": "egenskaperna", "en": "the properties"},
}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


@dataclass(frozen=True)
class Embedded:
    """A picture or subdocument in a context, which only docxtpl itself can place.

    `make` gets the open DocxTemplate and gives an InlineImage or a Subdoc.
    """

    make: Callable[[Any], object]


@dataclass(frozen=True)
class Part:
    """A part of the template that holds Jinja: its name in the zip, its XML as Word saved it."""

    name: str
    xml: str

    @property
    def place(self) -> dict[str, str]:
        """What a reader calls this part, per language."""
        return next(label for word, label in _PLACES.items() if word in self.name)

    def paragraph_text(self, number: int) -> str:
        """The beginning of the text of paragraph `number`, counted from 1 in this part."""
        paragraphs = self.paragraphs()
        text = plain_text(paragraphs[min(number, len(paragraphs)) - 1]) if paragraphs else ""
        return text if len(text) <= 60 else text[:59] + "…"

    def paragraphs(self) -> list[str]:
        """The XML of each paragraph."""
        return ["<w:p" + chunk for chunk in _PARAGRAPH.split(self.xml)[1:]]


def plain_text(xml: str) -> str:
    """The text in a piece of XML."""
    return unescape(_TAG.sub("", xml)).strip()


@lru_cache(maxsize=64)
def compile_template(data: bytes) -> CompiledTemplate:
    """The compiled template of a .docx; raises Invalid or TooLarge for one that cannot be used."""
    return CompiledTemplate(data)


class CompiledTemplate:
    """A .docx template, ready to be filled in again and again; safe to share between threads."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sandbox = Sandbox()
        members = read_members(data)
        try:
            self._open(members)
        except Exception:  # python-docx lets a broken file fail wherever it happens to
            raise Invalid("template_not_docx") from None
        self._templates = {name: self._compile(part) for name, part in self.parts.items()}
        self._proven = {name for name, part in self.parts.items() if self._is_proven(part)}
        rendered = {*self.parts, docx_numbering.PART}
        alike = {n: data for n, data in members.items() if n not in rendered}
        self._package = Package(alike)
        alike.pop(docx_notes.PART, None)
        self._noted_package = Package(alike)

    def patched(self, part: Part) -> str:
        """The Jinja source of a part, one paragraph of the Word file to a line."""
        source: str = self._docxtpl.patch_xml(_PARAGRAPH.sub("\n<w:p", part.xml))
        return source

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The finished .docx; the same context gives the same bytes.

        Raises Invalid naming the paragraph for a variable that is not in the context, and for
        anything else that the template cannot or may not do.
        """
        if any(isinstance(value, Embedded) for value in context.values()):
            return self._render_by_docxtpl(context)
        try:
            texts = {name: self._fill(part, context) for name, part in self._templates.items()}
        except Exception:  # a stranger's template can fail in any way there is
            raise self._diagnosis(context) from None
        texts[DOCUMENT], numbering = self._numbering.applied(texts[DOCUMENT])
        texts[DOCUMENT], notes = self._notes.applied(texts[DOCUMENT])
        parts = {name: self._part_bytes(name, text) for name, text in texts.items()}
        if numbering:
            parts[docx_numbering.PART] = numbering
        if not notes:
            return self._package.with_parts(parts)
        parts[docx_notes.PART] = self._notes.part(notes, parts.get(docx_notes.PART))
        return self._noted_package.with_parts(parts)

    def _open(self, members: Mapping[str, bytes]) -> None:
        self._docxtpl = DocxTemplate(BytesIO(self._data))
        self._docxtpl.init_docx()
        self._numbering = docx_numbering.Numbering(members)
        self._notes = docx_notes.Notes(members)
        self._before_body, self._after_body = _around_body(self._docxtpl)
        self._tables_vary = _tables_vary(self._docxtpl.docx.element)
        self.parts = {part.name: part for part in self._find_parts(members)}

    def _find_parts(self, members: Mapping[str, bytes]) -> Iterator[Part]:
        yield Part(DOCUMENT, self._docxtpl.get_xml())
        for uri in (self._docxtpl.HEADER_URI, self._docxtpl.FOOTER_URI):
            for _, part in self._docxtpl.get_headers_footers(uri):
                yield Part(part.partname.lstrip("/"), self._docxtpl.get_part_xml(part))
        for name in _SMALL_PARTS:
            xml = members.get(name, b"").decode("utf-8", "replace")
            if "{" in xml:
                yield Part(name, xml)

    def _compile(self, part: Part) -> Template:
        try:
            return self._sandbox.from_string(self._docxtpl.patch_xml(part.xml))
        except Exception:  # constants are computed while compiling, so this is any error at all
            raise self._failure(part, {}) or _unexplained(part) from None

    def _is_proven(self, part: Part) -> bool:
        if part.name == DOCUMENT and (self._tables_vary or "<wp:docPr" in part.xml):
            return False
        return docx_xml.is_proven(self._docxtpl.patch_xml(part.xml), self._sandbox)

    def _fill(self, template: Template, context: Mapping[str, Any]) -> str:
        text = template.render(context)
        if "{_" in text or "_}" in text:
            for escaped, brace in _BRACES.items():
                text = text.replace(escaped, brace)
        if any(character in text for character in _LISTING):
            text = self._docxtpl.resolve_listing(text)
        return text

    def _part_bytes(self, name: str, text: str) -> bytes:
        proven = docx_xml.proven_bytes(text) if name in self._proven else None
        if name == DOCUMENT:
            xml = proven or self._rewritten_body(text)
            inside = xml[xml.index(b">") + 1 : xml.rindex(b"<")]
            return self._before_body + inside + self._after_body
        if proven:
            return proven if name in _SMALL_PARTS else docx_xml.DECLARATION + proven
        return _saved(docx_xml.parsed(text, docx_xml.BLANKLESS_PARSER, self.parts[name].place))

    def _rewritten_body(self, text: str) -> bytes:
        body = docx_xml.parsed(text, docx_xml.PARSER, self.parts[DOCUMENT].place)
        if self._tables_vary:
            body = self._docxtpl.fix_tables(etree.tostring(body, encoding="unicode"))
        for number, drawing in enumerate(body.iter(_DRAWING), _FIRST_DRAWING):
            drawing.set("id", str(number))
        return etree.tostring(body, encoding="UTF-8", xml_declaration=False)

    def _render_by_docxtpl(self, context: Mapping[str, Any]) -> bytes:
        """Twenty milliseconds instead of a fraction of one, for pictures and subdocuments."""
        template = DocxTemplate(BytesIO(self._data))
        template.init_docx()
        values = {
            name: value.make(template) if isinstance(value, Embedded) else value
            for name, value in context.items()
        }
        saved = BytesIO()
        try:
            template.render(values, jinja_env=self._sandbox)
            template.save(saved)
        except Exception:  # as in `render`
            raise self._diagnosis(values) from None
        members = read_members(saved.getvalue())
        document, numbering = self._numbering.applied(members[DOCUMENT].decode())
        document, notes = self._notes.applied(document)
        members[DOCUMENT] = document.encode()
        if notes:
            members[docx_notes.PART] = self._notes.part(notes, members.get(docx_notes.PART))
        if numbering:
            members[docx_numbering.PART] = numbering
        return Package(members).with_parts({})

    def _diagnosis(self, context: Mapping[str, Any]) -> Invalid:
        """Why the template failed with `context`: the first part that fails says it."""
        failures = (self._failure(part, context) for part in self.parts.values())
        return next(filter(None, failures), _unexplained(self.parts[DOCUMENT]))

    def _failure(self, part: Part, context: Mapping[str, Any]) -> Invalid | None:
        """What goes wrong in `part`, done again with a line for every paragraph."""
        try:
            self._sandbox.from_string(self.patched(part)).render(context)
        except Exception as error:  # as in `render`
            paragraph = max(_line(error) - 1, 1)
            text = part.paragraph_text(paragraph)
            return _refusal(error, place=part.place, paragraph=paragraph, text=text)
        return None


def _around_body(template: Any) -> tuple[bytes, bytes]:
    """The document part before and after what is inside its body."""
    document = deepcopy(template.docx.element)
    body = document.body
    for child in list(body):
        body.remove(child)
    body.text = "|"
    xml = _saved(document)
    end = xml.rindex(b"|")
    return xml[:end], xml[end + 1 :]


def _tables_vary(document: Any) -> bool:
    """Whether a table may come out with other columns than its grid says, which docxtpl mends."""
    uneven = any(
        len(row.tc_lst) != len(table.tblGrid.gridCol_lst) or row.xpath("./w:tc/w:tcPr/w:gridSpan")
        for table in document.iter(_W + "tbl")
        for row in table.tr_lst
    )
    return uneven or _COLUMN_TAG.search("".join(document.itertext())) is not None


def _saved(root: etree._Element) -> bytes:
    xml: bytes = serialize_part_xml(root)
    return xml


def _line(error: BaseException) -> int:
    """The line of the template where `error` arose; Jinja puts it into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    trace, line = error.__traceback__, 1
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _unexplained(part: Part) -> Invalid:
    return Invalid("template_breaks", place=part.place)


def _refusal(error: Exception, **where: Any) -> Invalid:
    if isinstance(error, SecurityError):
        return Invalid("template_forbidden", **where)
    if isinstance(error, UndefinedError):
        names = re.findall(r"'([^']*)'", str(error))
        return Invalid("template_variable", variable=names[-1] if names else "", **where)
    if isinstance(error, TemplateSyntaxError):
        return Invalid("template_syntax", reason=error.message or "", **where)
    return Invalid("template_fails", reason=type(error).__name__, **where)
