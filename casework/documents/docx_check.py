"""Checks a Word template before it is used: its fields against the context, its samples filled in.

`check_template` gives all faults at once, each with its paragraph, so that whoever edits the
template in Word finds the place.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree

from casework.documents.compile import DOCUMENT, CompiledTemplate, Part, plain_text
from casework.documents.contexts import KINDS, DocumentContext, from_json, to_json
from casework.documents.docx_fields import unknown_fields
from casework.documents.docx_numbering import Numbering
from casework.documents.docx_package import read_members
from casework.errors import BadRequest, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_LENIENT = etree.XMLParser(recover=True, resolve_entities=False)
_LOOP = re.compile(r"\{%[-\w]*\s*for\b")
_LOOP_END = re.compile(r"\{%[-\w]*\s*endfor\b")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a template. `paragraph` counts from 1 in its part; 0 is the whole file.

    `code` and `params` make the sentence (`casework.phrases.sentence`).
    """

    paragraph: int
    text: str
    variable: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def check_file(path: Path, kind: str | None, templates_dir: Path) -> list[Fault]:
    """The faults of the template at `path`, with the samples that `templates_dir` has.

    Without `kind` it is the name of the template's folder, or else the kind that fits best.
    Raises NotFound for no such file and BadRequest for a kind that does not exist.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise NotFound("template_not_found", path=str(path)) from None
    if kind is None and path.resolve().parent.name in KINDS:
        kind = path.resolve().parent.name
    if kind is not None:
        return check_template(data, kind, _samples(templates_dir, kind))
    faults = (
        check_template(data, any_kind, _samples(templates_dir, any_kind)) for any_kind in KINDS
    )
    return min(faults, key=len)


def check_template(data: bytes, kind: str, samples: Iterable[DocumentContext]) -> list[Fault]:
    """All faults of a .docx template for documents of `kind`, in the order of the document.

    Raises BadRequest for a kind that does not exist.
    """
    if kind not in KINDS:
        raise BadRequest("template_kind_unknown", kind=kind, kinds=sorted(KINDS))
    try:
        template = CompiledTemplate(data)
    except Refusal as refusal:
        return [_fault(refusal)]
    members = read_members(data)
    faults = [*_outside(members)]
    for part in template.parts.values():
        faults += _unknown(part, template.patched(part), KINDS[kind])
    faults += _counting_on(template.parts[DOCUMENT], Numbering(members))
    return faults or [*_filled_in(template, samples)]


def _samples(templates_dir: Path, kind: str) -> list[DocumentContext]:
    file = templates_dir / "documents" / kind / "sample.json"
    if not file.exists():
        return []
    kept = json.loads(file.read_text(encoding="utf-8"))
    return [from_json(kind, sample["data"]) for sample in kept["samples"]]


def _unknown(part: Part, source: str, context: type) -> Iterator[Fault]:
    for unknown in unknown_fields(source, context):
        paragraph = max(unknown.line - 1, 1)
        text = part.paragraph_text(paragraph)
        params = {
            "place": part.place,
            "paragraph": paragraph,
            "text": text,
            "variable": unknown.variable,
        }
        code = "template_variable"
        if unknown.suggestion:
            code, params["suggestion"] = "template_variable_suggestion", unknown.suggestion
        yield Fault(paragraph, text, unknown.variable, code, params)


def _counting_on(part: Part, numbering: Numbering) -> Iterator[Fault]:
    """Numbered paragraphs in a loop that do not take their number from the context."""
    depth = 0
    for number, paragraph in enumerate(part.paragraphs(), 1):
        text = plain_text(paragraph)
        depth += len(_LOOP.findall(text)) - len(_LOOP_END.findall(text))
        if depth and "{{" in text and "list_number" not in text and numbering.counts(paragraph):
            where = {"place": part.place, "paragraph": number, "text": part.paragraph_text(number)}
            yield Fault(number, part.paragraph_text(number), "", "template_list_counts_on", where)


def _filled_in(template: CompiledTemplate, samples: Iterable[DocumentContext]) -> Iterator[Fault]:
    """What goes wrong with a sample although every field exists; each fault once."""
    seen = set()
    for sample in samples:
        try:
            template.render(to_json(sample))
        except Refusal as refusal:
            if str(refusal) not in seen:
                yield _fault(refusal)
            seen.add(str(refusal))


def _outside(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """What Word would fetch from elsewhere when it opens the document."""
    for name, member in members.items():
        links = etree.fromstring(member, _LENIENT) if name.endswith(".rels") else None
        for link in links if links is not None else ():
            external = link.get("TargetMode") == "External"
            if external and not link.get("Type", "").endswith("/hyperlink"):  # one clicks on that
                yield Fault(0, "", "", "template_external", {"target": link.get("Target", "")})


def _fault(refusal: Refusal) -> Fault:
    params = refusal.params
    return Fault(
        params.get("paragraph", 0),
        params.get("text", ""),
        params.get("variable", ""),
        refusal.code,
        params,
    )
