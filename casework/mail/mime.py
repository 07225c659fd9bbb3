"""A row of the outbox as a letter on the wire (RFC 5322, MIME): the same row, the same bytes."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.mail.models import Message

# Seven bits pass through every server; text goes as quoted-printable, so no line is too long.
_POLICY = SMTP.clone(cte_type="7bit")


def to_mime(message: Message, read_file: Callable[[str], bytes]) -> bytes:
    """The whole letter with CRLF line ends; `read_file` gives an attachment's bytes by sha256.

    The date is when the letter was enqueued: it was complete then (RFC 5322, 3.6.1), and a
    second try is the same letter.
    """
    letter = EmailMessage(policy=_POLICY)
    _address(letter, message)
    _describe(letter, message)
    letter.set_content(message.text, charset="utf-8", cte="quoted-printable")
    letter.add_alternative(message.html, subtype="html", charset="utf-8", cte="quoted-printable")
    for attachment in message.attachments:
        maintype, _, subtype = attachment["media_type"].partition("/")
        letter.add_attachment(
            read_file(attachment["sha256"]),
            maintype=maintype,
            subtype=subtype,
            filename=attachment["filename"],
        )
    # Last of all: what is named Content- moves into the first part when another is added.
    letter["Content-Language"] = message.language
    _settle_boundaries(letter, message.message_id)
    return letter.as_bytes()


def _address(letter: EmailMessage, message: Message) -> None:
    letter["From"] = _mailbox(message.from_name, message.from_address)
    letter["To"] = _mailbox(message.to_name, message.to_address)
    if message.cc:
        letter["Cc"] = [_mailbox(copy["name"], copy["address"]) for copy in message.cc]
    if message.reply_to:
        letter["Reply-To"] = _mailbox("", message.reply_to)
    letter["Subject"] = message.subject


def _describe(letter: EmailMessage, message: Message) -> None:
    """Date, identity and the headers that keep machines from answering machines (RFC 3834)."""
    letter["Date"] = format_datetime(message.queued_at)
    letter["Message-ID"] = message.message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    if message.group_name:
        letter["List-Id"] = _list_id(message)
        letter["List-Owner"] = f"<mailto:{message.reply_to or message.from_address}>"


def _list_id(message: Message) -> str:
    """A stable identifier (RFC 2919) by which a recipient can sort the group's letters."""
    domain = message.message_id.rstrip(">").rpartition("@")[2]
    digest = sha256(f"{message.organisation_id}\n{message.group_name}".encode()).hexdigest()
    return f"<group-{digest[:12]}.{domain}>"


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=name, addr_spec=address)


def _settle_boundaries(letter: EmailMessage, message_id: str) -> None:
    """Boundaries that follow from the letter, where the standard library would draw lots."""
    digest = sha256(message_id.encode()).hexdigest()[:32]
    multiparts = (part for part in letter.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{digest}_{number}")
