"""What an e-mail address is: the one place that says whether letters can be sent to or from it."""

from __future__ import annotations

import re
from ipaddress import ip_address

from casework.errors import Invalid

# RFC 5322 dot-atom; quoted local parts are lawful but never seen, and a common way to smuggle.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
LONGEST_LOCAL, LONGEST = 64, 254  # RFC 5321, 4.5.3.1 and erratum 1690 of RFC 3696
# What a machine without a name of its own is called in a letter: an address of a network (RFC
# 5321, 4.1.3) may stand there by the standard, but mail servers and readers turn it away.
_NAMELESS = "localhost.localdomain"


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
    checked = f"{local}@{domain}"
    is_long = len(local) > LONGEST_LOCAL or len(checked) > LONGEST
    if is_long or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Invalid("mail_address_wrong", address=repr(address))
    return checked


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
