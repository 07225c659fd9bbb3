"""Every letter says where an answer is read: one place, and never that nobody's mailbox is one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from lxml import html

from casework.config import shipped
from casework.mail.compose import compose
from casework.people.letters import answer_of
from casework.people.models import Body, Organisation, Person

TEMPLATES = shipped("templates")
LETTERS = sorted(path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir())
BODY, OFFICE, SECRETARY = "run@example.org", "regionen@example.org", "sekreterare@example.org"
BODY_PHONE, PHONE = "063-14 65 00", "063-14 75 00"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Whose address a letter names: (body e-mail, body phone, organisation e-mail, organisation phone).
SENDERS = {
    "body": (BODY, BODY_PHONE, OFFICE, PHONE),
    "organisation": ("", "", OFFICE, PHONE),
    "telephone": ("", "", "", PHONE),
    "derived": ("", "", "", ""),
}
CANNOT = {
    "sv": "Det går inte att svara på det här mejlet.",
    "en": "This e-mail cannot be answered.",
}
ELSE_SIGN_IN = {"sv": "Logga in och svara på", "en": "Sign in and answer on"}
# Whoever gets one of these has no page to answer on.
CANNOT_SIGN_IN = {"excerpt", "excerpt_sealed", "account_invited", "password_reset"}
# The address that a letter is about, not one to answer to.
ABOUT = {
    "dispatch_failed": {"kommun@ostersund.example"},
    "account_invited": {"charlie@example.org"},
    "password_reset": {"charlie@example.org"},
}
GOES_TO = {"sv": "Svar på det här mejlet går", "en": "A reply to this e-mail goes"}

every_letter = pytest.mark.parametrize("name", LETTERS)
every_language = pytest.mark.parametrize("language", ["sv", "en"])
every_sender = pytest.mark.parametrize("sender", SENDERS)


class Subject:
    __tablename__ = "matter"


def answer(sender: str, person: Person | None = None) -> dict[str, str]:
    body_email, body_phone, email, phone = SENDERS[sender]
    organisation = Organisation(name="Regionen", email=email, phone=phone, address="Box 1")
    body = Body(name="Nämnden", email=body_email, phone=body_phone, address="")
    return answer_of(organisation, body, Subject(), person)


def letter(name: str, language: Any, given: dict[str, str]) -> tuple[str, str]:
    """The letter as text, and the words of its HTML."""
    content = json.loads((TEMPLATES / "mail" / name / "sample.json").read_text(encoding="utf-8"))
    content["answer"] = given | {"page": content["answer"]["page"]}
    for whom in ("secretary", "sender"):  # as the letters of meetings and excerpts name them
        if whom in content and isinstance(content[whom], dict):
            reached = {"email": given["email"], "phone": given["phone"]}
            content[whom] |= {key: reached[key] for key in content[whom].keys() & reached.keys()}
    made = compose(TEMPLATES, name, language, content)
    words = " ".join(html.fromstring(made.html.encode()).itertext())
    words = re.sub(r" +([.,])", r"\1", " ".join(words.split()))
    return " ".join(made.text.split()), words


@every_sender
@every_language
@every_letter
def test_one_place_to_answer(name: str, language: Any, sender: str) -> None:
    """The body's mailbox, else the organisation's, else the telephone, else the page; in text and
    HTML. A letter that nobody reads the answers to says so, and none says that it can be answered
    without saying where."""
    given = answer(sender)
    for words in letter(name, language, given):
        assert "Du kan svara på det här mejlet" not in words
        assert "You may answer this e-mail" not in words
        named = set(ADDRESS.findall(words)) - ABOUT.get(name, set())
        assert named == ({given["email"]} if given["email"] else set())
        assert (CANNOT[language] in words) == (not given["email"])
        assert (GOES_TO[language] in words) == bool(given["email"])
        if not given["email"] and given["phone"]:
            assert given["phone"] in words
        if sender == "derived" and name not in CANNOT_SIGN_IN:
            assert ELSE_SIGN_IN[language] in words
        if name in CANNOT_SIGN_IN:
            assert ELSE_SIGN_IN[language] not in words


@every_language
@pytest.mark.parametrize("sender", ["body", "organisation"])
def test_an_outside_recipient_reads_address_and_telephone(language: Any, sender: str) -> None:
    """Whoever gets an excerpt cannot sign in: body, address and telephone stand in the letter."""
    given = answer(sender)
    for words in letter("excerpt", language, given):
        assert given["email"] in words
        assert given["phone"] in words
    for words in letter("excerpt", language, answer("derived")):
        assert "Box 1" in words
        assert ELSE_SIGN_IN[language] not in words


def test_a_person_whom_the_letter_names_goes_before_the_organisation() -> None:
    """The secretary of the meeting, but not before the body's own mailbox; one who cannot be
    written to is nobody's address."""
    secretary = Person(name="Robin", email=SECRETARY, phone="070-1")
    assert answer("body", secretary)["email"] == BODY
    assert answer("organisation", secretary)["email"] == SECRETARY
    assert answer("organisation", secretary)["phone"] == "070-1"
    assert answer("organisation", Person(name="Robin", email="fel adress", phone=""))["email"] == (
        OFFICE
    )
