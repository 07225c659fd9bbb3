"""What may stand in an address header: mailboxes that cannot smuggle in another header."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from casework.errors import Invalid
from casework.text.door import cleaned_line


@dataclass(frozen=True)
class Mailbox:
    """A name as people read it, and an address as servers read it."""

    name: str
    address: str

    def checked(self) -> Mailbox:
        """The same mailbox with its domain in ASCII; raises Invalid if it cannot be used."""
        return Mailbox(one_line(self.name), checked_address(self.address))


def checked_address(address: str) -> str:
    """`address` with an international domain in its ASCII form (RFC 5891).

    Raises Invalid `mail_address_wrong` for what RFC 5321 does not allow, a domain of one word, and
    a local part that is not ASCII: few servers take that (RFC 6531). Nobody is asked whether the
    domain exists.
    """
    address = one_line(address)
    try:
        found = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise Invalid("mail_address_wrong", address=address) from error
    if found.ascii_email is None:  # only of addresses that were allowed SMTPUTF8
        raise Invalid("mail_address_wrong", address=address)
    return found.ascii_email


def is_address(address: str) -> bool:
    """Whether a letter can be sent there; what was kept before addresses were tried may not."""
    try:
        checked_address(address)
    except Invalid:
        return False
    return True


def one_line(text: str) -> str:
    """`text` as it stands in a header: on one line, without what nobody sees."""
    return cleaned_line(text)
