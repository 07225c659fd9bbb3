"""Documents that come in to a matter, by letter or e-mail: kept, and its officer told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.inbox.service import tell
from casework.people.policy import lacking, may
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from casework.context import Context
    from casework.documents.models import Document
    from casework.matters.models import Matter

RECEIVERS = ("case_officer", "registrar", "manager", "committee_secretary")


def receive(
    context: Context,
    matter: Matter,
    content: bytes,
    filename: str,
    title: str = "",
    sender: str = "",
) -> Document:
    """Keep a file from outside among the matter's documents; without a title it has its own name.

    `sender` is whom it came from, "" where that is not said. Raises Forbidden for others than
    RECEIVERS, TooLarge past the installation's limit.
    """
    if not may(context, matter, RECEIVERS):
        raise lacking(RECEIVERS)
    given, whom = cleaned_line(title), cleaned_line(sender)
    document = context.services.press.receive(context, matter, content, filename, given)
    tell_officer(context, matter, document, whom)
    return document


def tell_officer(context: Context, matter: Matter, document: Document, sender: str = "") -> None:
    """Tell the case officer of a document that somebody else has put in the matter."""
    if matter.case_officer is not None:
        tell(
            context,
            matter.case_officer,
            matter,
            "received",
            reason=f"{document.title}, {sender}" if sender else document.title,
            content={"document": document.title, "sender": sender or None},
            occasion=f"document:{document.id}",
        )
