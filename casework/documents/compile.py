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
from typing import TYPE_CHECKING, Any, cast

from docx.opc.oxml import serialize_part_xml
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from lxml import etree

from casework.documents import docx_numbering
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
_LISTING = re.compile(r"[\n\t\a\f]")
# What XML cannot hold at all; it comes along when somebody pastes from an old program.
_UNPRINTABLE = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ufffe\uffff]")
_ESCAPED_BRACES = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}
_DOCPR = etree.XPath(
    "//wp:docPr",
    namespaces={"wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"},
)
_FIRST_DOCPR = 1001  # as docxtpl counts
_LETTERHEAD_PARSER = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
_BODY_PARSER = etree.XMLParser(resolve_entities=False)


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

    def paragraph_text(self, number: int) -> str:
        """The beginning of the text of paragraph `number`, counted from 1 in this part."""
        chunks = _PARAGRAPH.split(self.xml)
        chunk = "<w:p" + chunks[min(number, len(chunks) - 1)]
        text = unescape(_TAG.sub("", chunk)).strip()
        return text if len(text) <= 60 else text[:59] + "…"


@lru_cache(maxsize=64)
def compile_template(data: bytes) -> CompiledTemplate:
    """The compiled template of a .docx; raises Invalid or TooLarge for one that cannot be used."""
    return CompiledTemplate(data)


class CompiledTemplate:
    """A .docx template, ready to be filled in again and again; safe to share between threads."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        members = read_members(data)
        self._docxtpl, self._numbering = _opened(data, members)
        self._sandbox = Sandbox()
        self._before_body, self._after_body = _around_body(self._docxtpl)
        self.parts = {part.name: part for part in self._find_parts(members)}
        self._templates = {name: self._compile(part) for name, part in self.parts.items()}
        self._numbering_xml = members.pop(docx_numbering.PART, None)
        static = {name: member for name, member in members.items() if name not in self.parts}
        self._package = Package(static)

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
        body = self._body(texts.pop(DOCUMENT))
        parts = {name: _letterhead(name, text) for name, text in texts.items()}
        numbering = self._numbering.applied(body) or self._numbering_xml
        if numbering is not None:
            parts[docx_numbering.PART] = numbering
        return self._package.with_parts(parts | {DOCUMENT: self._document(body)})

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
        except Exception:  # constants are computed while compiling: any error at all
            raise self._failure(part, {}) or _unexplained(part.name) from None

    def _fill(self, template: Template, context: Mapping[str, Any]) -> str:
        text = template.render(context)
        for escaped, brace in _ESCAPED_BRACES.items():
            text = text.replace(escaped, brace)
        return self._docxtpl.resolve_listing(text) if _LISTING.search(text) else text

    def _body(self, xml: str) -> etree._Element:
        body = _parsed(DOCUMENT, xml, _BODY_PARSER)
        if "<w:tbl>" in xml:
            body = self._docxtpl.fix_tables(xml)
        for number, drawing in enumerate(cast("list[etree._Element]", _DOCPR(body)), _FIRST_DOCPR):
            drawing.set("id", str(number))
        return body

    def _document(self, body: etree._Element) -> bytes:
        xml = etree.tostring(body, encoding="UTF-8", xml_declaration=False)
        inside = xml[xml.index(b">") + 1 : xml.rindex(b"<")]
        return self._before_body + inside + self._after_body

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
        document = etree.fromstring(members[DOCUMENT], _BODY_PARSER)
        if numbering := self._numbering.applied(document):
            members[docx_numbering.PART] = numbering
        members[DOCUMENT] = serialize_part_xml(document)
        return Package(members).with_parts({})

    def _diagnosis(self, context: Mapping[str, Any]) -> Invalid:
        """Why the template failed with `context`: the first part that fails says it."""
        for part in self.parts.values():
            failure = self._failure(part, context)
            if failure:
                return failure
        return _unexplained(DOCUMENT)

    def _failure(self, part: Part, context: Mapping[str, Any]) -> Invalid | None:
        """What goes wrong in `part`, done again with a line for every paragraph."""
        lines = self._docxtpl.patch_xml(_PARAGRAPH.sub("\n<w:p", part.xml))
        try:
            self._sandbox.from_string(lines).render(context)
        except Exception as error:  # as in `render`
            paragraph = max(_line(error) - 1, 1)
            where = {"paragraph": paragraph, "text": part.paragraph_text(paragraph)}
            return _refusal(error, place=part.name, **where)
        return None


def _opened(data: bytes, members: Mapping[str, bytes]) -> tuple[Any, docx_numbering.Numbering]:
    """The template opened by docxtpl, and what it says about numbering."""
    template = DocxTemplate(BytesIO(data))
    try:
        template.init_docx()
        return template, docx_numbering.Numbering(members)
    except Exception:  # python-docx lets a broken file fail wherever it happens to
        raise Invalid("template_not_docx") from None


def _around_body(template: Any) -> tuple[bytes, bytes]:
    """The document part before and after what is inside its body."""
    document = deepcopy(template.docx.element)
    body = document.body
    for child in list(body):
        body.remove(child)
    body.text = "\ue000"
    before, _, after = serialize_part_xml(document).partition("\ue000".encode())
    return before, after


def _letterhead(name: str, xml: str) -> bytes:
    """A header, a footer or a small part as python-docx would have saved it."""
    root = _parsed(name, xml, _LETTERHEAD_PARSER)
    return xml.encode() if name in _SMALL_PARTS else serialize_part_xml(root)


def _parsed(name: str, xml: str, parser: etree.XMLParser) -> etree._Element:
    try:
        return etree.fromstring(xml.encode(), parser)
    except etree.XMLSyntaxError:
        printable = _UNPRINTABLE.sub("", xml)
    try:
        return etree.fromstring(printable.encode(), parser)
    except etree.XMLSyntaxError:
        raise Invalid("template_breaks", place=name) from None


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


def _unexplained(place: str) -> Invalid:
    return Invalid("template_breaks", place=place)


def _refusal(error: Exception, **where: Any) -> Invalid:
    if isinstance(error, SecurityError):
        return Invalid("template_forbidden", **where)
    if isinstance(error, UndefinedError):
        names = re.findall(r"'([^']*)'", str(error))
        return Invalid("template_variable", variable=names[-1] if names else "", **where)
    if isinstance(error, TemplateSyntaxError):
        return Invalid("template_syntax", reason=error.message or "", **where)
    return Invalid("template_fails", reason=type(error).__name__, **where)
