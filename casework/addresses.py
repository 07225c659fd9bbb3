"""What an e-mail address is: the one place that says whether letters can be sent to or from it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email

from casework.errors import Invalid
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 254  # characters: RFC 5321, 4.5.3.1 and erratum 1690 of RFC 3696
# What a machine without a name of its own is called in a letter: an address of a network (RFC
# 5321, 4.1.3) may stand there by the standard, but mail servers and readers turn it away.
_NAMELESS = "localhost.localdomain"


@dataclass
class _Server:
    """Whether the installation's mail server takes a local part that is not ASCII (RFC 6531)."""

    takes_international: Callable[[], bool]


_server = _Server(lambda: False)


def rely_on(takes_international: Callable[[], bool]) -> None:
    """From now on that is asked when somebody gives an address whose local part is not ASCII."""
    _server.takes_international = takes_international


def checked_address(address: str) -> str:
    """`address` with an international domain in its ASCII form (RFC 5891).

    Raises Invalid `mail_address_wrong` for what RFC 5321 does not allow, a domain of one word, and
    a local part that is not ASCII unless the mail server takes it (RFC 6531; few do). Nobody is
    asked whether the domain exists.
    """
    address = cleaned_line(address)
    try:
        found = validate_email(
            address, check_deliverability=False, allow_smtputf8=not address.isascii(), strict=True
        )
    except EmailNotValidError as error:
        raise Invalid("mail_address_wrong", address=address) from error
    if found.ascii_email is not None:
        return found.ascii_email
    if found.ascii_domain is None or not _server.takes_international():
        raise Invalid("mail_address_wrong", address=address)
    return f"{found.local_part}@{found.ascii_domain}"


def is_usable(address: str) -> bool:
    """Whether a letter can be sent to or from `address`, as far as its form can tell."""
    try:
        checked_address(address)
    except Invalid:
        return False
    return True


def address_at(host: str, local: str = "casework") -> str:
    """An address at the host of a web address, always one that `checked_address` takes.

    `arenden.region.example` gives casework@arenden.region.example; a host that letters cannot
    come from (an IP address, `localhost`) gives one at a name that no other machine has.
    """
    host = host.rstrip(".")
    wanted = f"{local}@{host}"
    return f"{local}@{_NAMELESS}" if _is_number(host) or not is_usable(wanted) else wanted


def _is_number(host: str) -> bool:
    """An IP address, also in the short forms that browsers take, such as 127.1."""
    try:
        ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdigit()
    return True
