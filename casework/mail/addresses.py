"""What may stand in an address header: mailboxes that cannot smuggle in another header."""

from __future__ import annotations

import re
from dataclasses import dataclass

from casework.errors import Invalid

# RFC 5322 dot-atom; quoted local parts are lawful but never seen, and a common way to smuggle.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


@dataclass(frozen=True)
class Mailbox:
    """A name as people read it, and an address as servers read it."""

    name: str
    address: str

    def checked(self) -> Mailbox:
        """The same mailbox with its domain in ASCII; raises Invalid if it cannot be used."""
        return Mailbox(one_line(self.name), checked_address(self.address))


def checked_address(address: str) -> str:
    """`address` with an international domain in its ASCII form (RFC 5890).

    Raises Invalid `mail_address_wrong`: no or several @, a space, a control character, a local
    part that is not ASCII, or longer than RFC 5321 allows.
    """
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Invalid("mail_address_wrong", address=repr(address)) from error
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(local) > 64:
        raise Invalid("mail_address_wrong", address=repr(address))
    return f"{local}@{domain}"


def one_line(text: str) -> str:
    """`text` unchanged; raises Invalid `mail_text_wrong` if it would break a header line."""
    if not text.isprintable():
        raise Invalid("mail_text_wrong", text=repr(text))
    return text
