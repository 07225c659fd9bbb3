"""A row becomes the same bytes each time, and says in them what it says in the table."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.addresses import checked_address
from casework.mail.addresses import one_line
from casework.mail.mime import to_mime
from casework.mail.models import Message
from casework.mail.outbox import Attachment, message_id

if TYPE_CHECKING:
    from email.message import EmailMessage

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
EXCERPT = Attachment("RUN_2025-06-03_p42.pdf", "application/pdf", "a" * 64, len(PDF))


def row(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "organisation_id": 1,
        "key": "dispatch:42",
        "to_name": "Länsstyrelsen i länet",
        "to_address": "lansstyrelsen@example.org",
        "cc": [],
        "from_name": "Regionala utvecklingsnämnden",
        "from_address": "run@example.org",
        "reply_to": "",
        "group_name": "",
        "subject": "Protokollsutdrag § 42 – Åtgärder för Östersund",
        "text": "Hej,\nutdraget bifogas.\n.en rad som börjar med punkt\n",
        "html": "<p>Utdraget bifogas – läs det.</p>",
        "attachments": [],
        "language": "sv",
        "message_id": message_id(1, "dispatch:42", "arenden.example.org"),
        "queued_at": datetime(2025, 6, 10, 7, 15, tzinfo=UTC),
    }
    return Message(**(values | changes))


def read_pdf(digest: str) -> bytes:
    assert digest == EXCERPT.sha256
    return PDF


def parsed(message: Message) -> EmailMessage:
    return message_from_bytes(to_mime(message, read_pdf), policy=policy.default)  # type: ignore[return-value]


def test_headers() -> None:
    """Date, identity, language, and the headers that keep machines from answering machines."""
    letter = parsed(row(reply_to="registrator@example.org"))
    assert letter["Subject"] == "Protokollsutdrag § 42 – Åtgärder för Östersund"
    assert str(letter["From"]) == "Regionala utvecklingsnämnden <run@example.org>"
    assert letter["To"].addresses[0].display_name == "Länsstyrelsen i länet"
    assert letter["Reply-To"] == "registrator@example.org"
    assert letter["Date"].datetime == datetime(2025, 6, 10, 7, 15, tzinfo=UTC)
    assert letter["Message-ID"].endswith("@arenden.example.org>")
    assert letter["Content-Language"] == "sv"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert letter["MIME-Version"] == "1.0"
    assert letter["List-Id"] is None


def test_group_letter_can_be_sorted_by_its_list() -> None:
    """A letter through a group carries the group's stable identifier and its owner."""
    first, second = (parsed(row(group_name="Kommunerna i länet", key=key)) for key in "ab")
    other = parsed(row(group_name="Länets bolag"))
    assert first["List-Id"] == second["List-Id"] != other["List-Id"]
    assert first["List-Id"].endswith(".arenden.example.org>")
    assert first["List-Owner"] == "<mailto:run@example.org>"


def test_text_html_and_attachment_come_through() -> None:
    """Both forms of the text and the file arrive byte for byte."""
    letter = parsed(row(attachments=[dataclasses.asdict(EXCERPT)]))
    assert letter.get_content_type() == "multipart/mixed"
    plain, marked_up = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert marked_up is not None
    assert plain.get_content().replace("\r\n", "\n") == row().text
    assert marked_up.get_content().strip() == row().html
    (attached,) = letter.iter_attachments()
    assert attached.get_content() == PDF
    assert attached.get_filename() == EXCERPT.filename
    assert attached.get_content_type() == "application/pdf"


def test_copies_stand_in_the_head() -> None:
    """Who gets a copy is seen by all: a reminder that is escalated is not secret."""
    copies = [{"name": "Områdeschefen", "address": "chef@example.org"}]
    assert str(parsed(row(cc=copies))["Cc"]) == "Områdeschefen <chef@example.org>"


def test_an_address_is_not_read_as_words_in_a_code() -> None:
    """Anybody may be called `=?utf-8?q?x?=` (RFC 5321, 4.1.2): the sweep does not break on it."""
    strange = "=?utf-8?q?x?=@example.org"
    assert checked_address(strange) == strange
    for address in (strange, f"å{strange}"):
        head = to_mime(row(to_address=address, to_name="X"), read_pdf).decode()
        assert f"\r\nTo: X <{address}>\r\n" in head


def test_same_row_same_bytes() -> None:
    """A repeat after a crash is the same letter to the byte, boundaries and all."""
    make = [to_mime(row(attachments=[dataclasses.asdict(EXCERPT)]), read_pdf) for _ in range(2)]
    assert make[0] == make[1]


def test_bytes_that_every_server_takes() -> None:
    """Seven bits, CRLF alone, no line over 998 (RFC 5322, 2.1.1), however long the text."""
    long = "ord " * 3000 + "å" * 3000
    content = to_mime(
        row(text=long, html=f"<p>{long}</p>", subject="Å" * 900, to_name="Ä, " * 90), read_pdf
    )
    content.decode("ascii")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


names = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=("Cc", "Zs", "Cf")),
    max_size=120,
).map(lambda name: " ".join(name.split()))


def decoded(header: str) -> str:
    # Not policy.default: in Python 3.11 it shows a space where two encoded words meet.
    return str(make_header(decode_header(header)))


@given(name=names)
def test_any_name_and_subject_come_through(name: str) -> None:
    """Commas, quotes, brackets, @ and Swedish letters in a name never become an address."""
    message = row(to_name=name, from_name=name, subject=name)
    letter = message_from_bytes(to_mime(message, read_pdf))
    for header, address in (("To", message.to_address), ("From", message.from_address)):
        ((shown, reached),) = getaddresses([letter[header]])
        assert reached == address
        assert decoded(shown) == name
    assert decoded(letter["Subject"]) == name


SWEDISH = st.text(st.sampled_from("aåäöeértnksg AÅÄÖ09 -–:,.()§/\"'=?_&\u00a0\u2019"), max_size=300)


@given(subject=SWEDISH.map(one_line), name=SWEDISH.map(one_line))
@settings(max_examples=1500)
def test_every_header_says_what_was_meant(subject: str, name: str) -> None:
    """RFC 2047, 6.2: read again, subject and names keep every letter and every space."""
    letter = message_from_bytes(
        to_mime(row(subject=subject, to_name=name, from_name=name), read_pdf),
        policy=policy.compat32,
    )
    unfolded = {key: re.sub(r"\r?\n(?=[ \t])", "", str(letter[key])) for key in ("Subject", "To")}
    assert str(make_header(decode_header(unfolded["Subject"]))) == subject
    [(shown, address)] = getaddresses([unfolded["To"]])
    assert str(make_header(decode_header(shown))) == name
    assert address == "lansstyrelsen@example.org"
    assert max(map(len, letter.as_string().split("\n"))) <= 998
