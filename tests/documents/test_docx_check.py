"""A Word template is checked before anybody is sent a document from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.documents.contexts import KINDS
from casework.documents.docx_check import check_file, check_template
from casework.errors import BadRequest, NotFound
from casework.phrases import sentence
from tests.documents.word_files import TEMPLATES, members, samples, template, word_file, zipped

if TYPE_CHECKING:
    from pathlib import Path


def found(kind: str, *paragraphs: str) -> list[tuple[int, str, str]]:
    """(paragraph, variable, suggestion) of each fault, without samples."""
    faults = check_template(word_file(*paragraphs), kind, [])
    return [(one.paragraph, one.variable, one.params.get("suggestion", "")) for one in faults]


def test_a_misspelt_field_is_named_with_its_paragraph_and_the_right_spelling() -> None:
    """Whoever edits in Word sees where, what, and what was probably meant."""
    [fault] = check_template(word_file("Rubrik", "Nummer {{ registration_numbr }}"), "proposal", [])
    assert (fault.paragraph, fault.text) == (2, "Nummer {{ registration_numbr }}")
    assert sentence(fault.code, dict(fault.params)) == (
        "Stycke 2 (”Nummer {{ registration_numbr }}”) i dokumentet: fältet registration_numbr finns"
        " inte i underlaget; menar du registration_number?"
    )


def test_all_faults_are_given_at_once_in_the_order_of_the_document() -> None:
    """One round of editing is enough."""
    faults = found("proposal", "{{ titel }}", "Rätt: {{ title }}", "{{ officer.fone }}{{ xyz }}")
    assert faults == [
        (1, "titel", "title"),
        (3, "officer.fone", "officer.phone"),
        (3, "xyz", ""),
    ]


def test_fields_are_followed_into_loops_conditions_and_branches_that_no_sample_takes() -> None:
    """A fault in a branch that is seldom printed is found all the same."""
    faults = found(
        "minutes",
        "{%p for item in items %}",
        "{%p if item.attested_immediately and false %}",
        "{{ item.titel }} {{ loop.indx }}",
        "{%p endif %}",
        "{%p for section in item.sections %}",
        "{{ section.blocks[0].inlines[0].txt }}",
        "{%p endfor %}",
        "{%p endfor %}",
        "{{ item.title }}",
    )
    assert [(paragraph, variable) for paragraph, variable, _ in faults] == [
        (3, "item.titel"),
        (3, "loop.indx"),
        (6, "section.blocks.inlines.txt"),
        (9, "item"),
    ]


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{{ title|upper }} {{ points|length }} {{ points[0].text }} {{ title[:3] }}",),
        ("{% set first = points|first %}{{ first.text }}",),
        ("{%p for person in signatories %}", "{{ loop.nextitem.name }}", "{%p endfor %}"),
        ("{{ officer.phone if officer.phone else title }}",),
        ("{% if points|selectattr('number')|list %}x{% endif %}",),
        ("{% macro name(who) %}{{ who.name }}{% endmacro %}{{ name(officer) }}",),
    ],
)
def test_what_is_right_has_no_fault(paragraphs: tuple[str, ...]) -> None:
    """Filters, slices, assignments, macros and neighbours in a loop are understood."""
    assert found("proposal", *paragraphs) == []


def test_the_header_and_the_title_property_are_checked_too() -> None:
    """A fault outside the text itself is found, and the place is named."""
    data = word_file("Text", header="{{ organisatin }}", title="{{ titel }}")
    faults = check_template(data, "proposal", [])
    places = [(one.variable, one.params["place"]["sv"]) for one in faults]
    assert places == [("organisatin", "sidhuvudet"), ("titel", "egenskaperna")]


def test_a_missing_guard_is_found_with_the_samples() -> None:
    """A notice that is not always there must be asked for first: notes have none."""
    contexts = [context for kind, _, context in samples() if kind == "minutes"]
    unguarded = word_file("{{ notice.sections }}")
    assert check_template(unguarded, "minutes", []) == []
    [fault] = check_template(unguarded, "minutes", contexts)
    assert (fault.code, fault.paragraph, fault.variable) == ("template_variable", 1, "sections")
    guarded = word_file("{% if notice %}{{ notice.sections }}{% endif %}")
    assert check_template(guarded, "minutes", contexts) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no zip", "template_not_docx"),
        (word_file("{% if %}"), "template_syntax"),
        (word_file("{{ title.upper() }}"), "template_variable"),
        (word_file("{{ ''.__class__ }}"), "template_forbidden"),
    ],
)
def test_a_template_that_cannot_be_used_is_one_fault(data: bytes, code: str) -> None:
    """Even what is no template at all is answered with a fault, never with a crash."""
    contexts = [context for kind, _, context in samples() if kind == "proposal"]
    faults = check_template(data, "proposal", contexts)
    assert [fault.code for fault in faults] == [code]
    for language in ("sv", "en"):
        assert sentence(faults[0].code, dict(faults[0].params), language)


def test_a_template_that_fetches_from_outside_is_a_fault() -> None:
    """A remote template attached to the file would be fetched by everybody who opens it."""
    parts = members(word_file("{{ title }}"))
    name = "word/_rels/document.xml.rels"
    attached = (
        '<Relationship Id="rIdX" TargetMode="External" Target="https://example.org/mall.dotm"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        "</Relationships>"
    )
    for kind, codes in (("attachedTemplate", ["template_external"]), ("hyperlink", [])):
        rels = parts[name].replace(b"</Relationships>", attached.format(kind=kind).encode())
        faults = check_template(zipped({**parts, name: rels}), "proposal", [])
        assert [fault.code for fault in faults] == codes
    assert check_template(zipped({**parts, "word/x.rels": b"<broken"}), "proposal", []) == []


def test_a_numbered_list_that_would_count_on_is_a_fault() -> None:
    """Trap: a numbered paragraph that is repeated needs its number from the context."""
    loop = ("{%p for point in points %}", "{{ point.text }}", "{%p endfor %}")
    [fault] = check_template(word_file(*loop, style="List Number"), "proposal", [])
    assert (fault.code, fault.paragraph) == ("template_list_counts_on", 2)
    assert check_template(word_file(*loop, style="List Bullet"), "proposal", []) == []
    numbered = (loop[0], "{{ point.number|list_number }}{{ point.text }}", loop[2])
    assert check_template(word_file(*numbered, style="List Number"), "proposal", []) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_the_folder_or_what_fits_best(kind: str, tmp_path: Path) -> None:
    """`casework document check` needs no option for a template where templates are kept."""
    shipped = TEMPLATES / "documents" / kind / "template.docx"
    assert check_file(shipped, None, TEMPLATES) == []
    elsewhere = tmp_path / "ny.docx"
    elsewhere.write_bytes(template(kind))
    assert check_file(elsewhere, None, TEMPLATES) == []
    assert check_file(elsewhere, kind, TEMPLATES) == []


def test_no_such_file_and_no_such_kind_are_refused(tmp_path: Path) -> None:
    """A slip on the command line is one sentence."""
    with pytest.raises(NotFound, match="template_not_found"):
        check_file(tmp_path / "finns-inte.docx", None, TEMPLATES)
    with pytest.raises(BadRequest, match="template_kind_unknown"):
        check_template(template("proposal"), "letter", [])
