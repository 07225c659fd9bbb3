"""Letters come out whole in both languages, from templates that are not trusted."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment, meta
from lxml import html

from casework.config import shipped
from casework.errors import Invalid
from casework.mail.compose import compose
from casework.phrases import sentence

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = shipped("templates")
LETTERS = sorted(path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir())
EXPECTED = [
    "assigned",
    "excerpt",
    "reminder_before",
    "reminder_late",
    "reminder_legal",
    "reminder_urgent",
    "subdelegated",
    "review_wanted",
    "summons",
]

every_letter = pytest.mark.parametrize("name", LETTERS)
every_language = pytest.mark.parametrize("language", ["sv", "en"])


def sample(name: str) -> dict[str, Any]:
    return json.loads((TEMPLATES / "mail" / name / "sample.json").read_text(encoding="utf-8"))


def test_every_letter_is_there() -> None:
    """A letter that was dropped by mistake is missed here, and not by its recipient."""
    assert set(EXPECTED) <= set(LETTERS)


@every_language
@every_letter
def test_sample_composes(name: str, language: Any) -> None:
    """Each letter has a subject on one line, and says the same in text and HTML."""
    letter = compose(TEMPLATES, name, language, sample(name))
    assert letter.subject
    assert letter.subject.isprintable()
    assert sample(name)["link"] in letter.text
    assert sample(name)["link"] in letter.html
    for text in (letter.subject, letter.text, letter.html):
        assert "None" not in text
    assert "\n\n\n\n" not in letter.text


@every_language
@every_letter
def test_empty_where_nothing_applies(name: str, language: Any) -> None:
    """What may be null leaves no trace of itself: no None, no empty brackets, no dangling words."""
    optional = ("action", "group", "decision", "report_to", "papers_due", "extension_link")
    optional += ("manager", "next_meeting")
    given = sample(name)
    bare = {key: None if key in optional else value for key, value in given.items()}
    bare |= {key: "" for key in ("first_name", "statute") if key in given}
    bare |= {key: [] for key in ("attachments", "unsigned") if key in given}
    letter = compose(TEMPLATES, name, language, bare)
    assert not re.search(r"None|\(\)|\[\]| ,|  ", letter.subject + letter.text)
    assert "None" not in letter.html


@every_language
@every_letter
def test_sample_documents_the_variables(name: str, language: str) -> None:
    """sample.json names every variable that the templates use: a secretary finds them there."""
    parser = Environment()  # noqa: S701 (it only parses)
    parser.filters |= {"weekday": str, "file_size": str}
    used = {"organisation"}  # the frame's own
    for path in (TEMPLATES / "mail" / name).glob(f"*.{language}.*"):
        used |= meta.find_undeclared_variables(parser.parse(path.read_text(encoding="utf-8")))
    used -= {"parts", "law"}  # made in the templates themselves
    assert used <= set(sample(name))


@every_language
@every_letter
def test_html_is_plain_and_self_contained(name: str, language: Any) -> None:
    """The HTML names its language, asks nothing of the network and runs no script."""
    page = html.fromstring(compose(TEMPLATES, name, language, sample(name)).html)
    assert page.get("lang") == language
    assert page.findtext(".//title")
    assert len(page.findall(".//h1")) == 1
    assert not page.xpath("//img | //link | //script | //style | //iframe | //*[@src]")
    assert "url(" not in html.tostring(page, encoding="unicode")
    layout = page.xpath("//table[not(@role='presentation') and not(.//th)]")
    assert not layout, "a table for layout needs role=presentation"


@every_language
@every_letter
def test_section_sign_keeps_its_number(name: str, language: Any) -> None:
    """After § stands a no-break space, so that a line never ends with it."""
    letter = compose(TEMPLATES, name, language, sample(name))
    for text in (letter.text, html.fromstring(letter.html).text_content()):
        assert not re.search("(?<!§)§[^§\N{NO-BREAK SPACE}k]", text.replace("§§ k", "§§k"))


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("attest", "Justering RUN 2025-06-03: senast 2025-06-17, tisdag", "justerat senast"),
        ("announce", "Anslag RUN 2025-06-03: senast 2025-06-17, tisdag", "justerades 2025-06-10"),
        ("summons", "Kallelse RUN 2025-06-03: senast 2025-06-17, tisdag", "skickad senast"),
        (
            "take_down",
            "Anslag RUN 2025-06-03: tas ned tidigast 2025-06-17, tisdag",
            "tas ned tidigast",
        ),
    ],
)
def test_legal_reminder_tells_what_to_do(kind: str, subject: str, words: str) -> None:
    """The secretary reads which step, the last day with its weekday, and the statute."""
    context = sample("reminder_legal") | {"kind": kind, "attested_on": "2025-06-10"}
    letter = compose(TEMPLATES, "reminder_legal", "sv", context)
    assert letter.subject == subject
    assert words in letter.text
    assert "tisdagen den 2025-06-17 (KL 5:69)" in letter.text


def test_group_member_learns_why() -> None:
    """A recipient learns through which group the excerpt came, or that the minutes name it."""
    excerpt = sample("excerpt")
    assert "gruppen Kommunerna i länet" in compose(TEMPLATES, "excerpt", "sv", excerpt).text
    alone = compose(TEMPLATES, "excerpt", "sv", excerpt | {"group": None})
    assert "gruppen" not in alone.text
    assert "mottagare i protokollet" in alone.text


def test_text_in_html_is_escaped() -> None:
    """A title cannot bring in markup; in the text part it stands as it was written."""
    title = '<script>alert("1")</script> & C:o'
    letter = compose(TEMPLATES, "assigned", "sv", sample("assigned") | {"title": title})
    assert "<script" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert title in letter.text
    assert title in letter.subject


def test_subject_is_one_line() -> None:
    """A line break in a title cannot become a header of its own."""
    context = sample("assigned") | {"title": "Ett ärende\r\nBcc: annan@example.org"}
    subject = compose(TEMPLATES, "assigned", "sv", context).subject
    assert subject == "Du har fått ett ärende: Ett ärende Bcc: annan@example.org (RUN/91/2025)"


def own_letter(folder: Path, body: str) -> Path:
    letter = folder / "mail" / "own"
    letter.mkdir(parents=True)
    for file in ("subject.sv.txt", "body.sv.html"):
        (letter / file).write_text("Hej", encoding="utf-8")
    (letter / "body.sv.txt").write_text(body, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "body",
    [
        "{{ misspelt }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ rows.append(1) }}",
        "{% if %}",
        "{{ 'x' | weekday }}",
        "{{ 1 / 0 }}",
        "{{ title.missing.deeper }}",
        "{{ nothing }}",
    ],
)
def test_bad_template_is_refused_in_one_sentence(tmp_path: Path, body: str) -> None:
    """Misspelt, hostile or broken: the template is named, and no letter leaves with a hole."""
    with pytest.raises(Invalid) as refused:
        compose(
            own_letter(tmp_path, body), "own", "sv", {"rows": [], "title": "T", "nothing": None}
        )
    assert refused.value.code == "mail_template_wrong"
    shown = sentence(refused.value.code, refused.value.params, "sv")
    assert "own/body.sv.txt" in shown
    assert "\n" not in shown


def test_missing_template_is_named(tmp_path: Path) -> None:
    """A letter without its file in a language is refused with the file's name."""
    with pytest.raises(Invalid) as refused:
        compose(own_letter(tmp_path, "Hej"), "own", "en", {})
    assert refused.value.code == "mail_template_missing"
    assert "own/subject.en.txt" in sentence(refused.value.code, refused.value.params, "en")
