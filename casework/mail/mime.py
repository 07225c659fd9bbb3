"""A row of the outbox as a letter on the wire (RFC 5322, MIME): the same row, the same bytes."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.mail.models import Message

# RFC 2047, 2: an encoded word and the line it stands on have 75 and 76 characters at most.
_LINE = 76
_LONGEST_NAME = len("Reply-To: ")


class _Policy(EmailPolicy):
    """Headers of words are written by `email.header`.

    The policy's own reading and folding lose the space between an encoded word and the next, which
    nobody shows (RFC 2047, 6.2), and add some beside a no-break space.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """A subject is kept as it is; it is one line (`addresses.one_line`)."""
        return (name, value) if name == "Subject" else super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """The header's lines with their ends."""
        if name == "Subject":
            return f"{name}: {_words(value, len(name) + 2)}{self.linesep}"
        if isinstance(value, AddressHeader):
            mailboxes = f",{self.linesep} ".join(map(_written, value.addresses))
            return f"{name}: {mailboxes}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same lines as they are sent; an address alone may hold more than ASCII (RFC 6532)."""
        return self.fold(name, value).encode()


def _words(text: str, before: int) -> str:
    """`text` in words that stand in a header whose line already holds `before` characters."""
    plain = text.isascii() and "=?" not in text
    header = Header(text, "us-ascii" if plain else "utf-8", maxlinelen=_LINE - before)
    return header.encode(linesep="\r\n")


def _written(mailbox: Address) -> str:
    """A mailbox as RFC 5322 writes it; a name in words stands on lines of its own."""
    name = mailbox.display_name
    if name.isascii() and "=?" not in name:
        return str(mailbox)
    return f"{_words(name, _LONGEST_NAME)}\r\n <{mailbox.addr_spec}>"


# Seven bits pass through every server; text goes as quoted-printable, so no line is too long.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


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
        owner = quote(message.reply_to or message.from_address, safe="@+")  # RFC 6068, 2
        letter["List-Owner"] = f"<mailto:{owner}>"


def _list_id(message: Message) -> str:
    """A stable identifier (RFC 2919) by which a recipient can sort the group's letters."""
    domain = message.message_id.rstrip(">").rpartition("@")[2]
    digest = sha256(f"{message.organisation_id}\n{message.group_name}".encode()).hexdigest()
    return f"<group-{digest[:12]}.{domain}>"


def _mailbox(name: str, address: str) -> Address:
    """Of an address that is checked already: read once more it may look like words in a code."""
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _settle_boundaries(letter: EmailMessage, message_id: str) -> None:
    """Boundaries that follow from the letter, where the standard library would draw lots."""
    digest = sha256(message_id.encode()).hexdigest()[:32]
    multiparts = (part for part in letter.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{digest}_{number}")
