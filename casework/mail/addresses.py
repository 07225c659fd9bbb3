"""What may stand in an address header: mailboxes that cannot smuggle in another header."""

from __future__ import annotations

from dataclasses import dataclass

from casework.addresses import checked_address
from casework.text.door import cleaned_line


@dataclass(frozen=True)
class Mailbox:
    """A name as people read it, and an address as servers read it."""

    name: str
    address: str

    def checked(self) -> Mailbox:
        """The same mailbox with its domain in ASCII; raises Invalid if it cannot be used."""
        return Mailbox(one_line(self.name), checked_address(self.address))


def one_line(text: str) -> str:
    """`text` as it stands in a header: on one line, without what nobody sees."""
    return cleaned_line(text)
