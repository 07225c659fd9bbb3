"""A matter from an incoming document: what was read becomes its text, the file its first record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.errors import Invalid
from casework.matters.models import MatterRecipient
from casework.matters.service import Proposed, Signing, Text, register, replace_text
from casework.text.door import cleaned, cleaned_line

if TYPE_CHECKING:
    from casework.context import Context
    from casework.documents.incoming import IncomingDocument
    from casework.matters.models import Matter
    from casework.people.models import Body


@dataclass(frozen=True)
class Beside:
    """What was typed beside the file; where something was, it goes before what was read."""

    title: str = ""
    kind: str = ""
    sender: str = ""
    initiative: str = ""


def matter_from(
    context: Context,
    document: IncomingDocument,
    content: bytes,
    body: Body,
    beside: Beside | None = None,
) -> Matter:
    """Register a matter of `body` with everything that the document says; raises Invalid untitled.

    It is of the kind given, else of that which matters of the body commonly are.

    What the document leaves open stays open: nothing is filled in that it does not say. Its words
    pass the door; the file is kept as it is.
    """
    typed = beside or Beside()
    title = typed.title.strip() or (document.title.text if document.title else "")
    if not title:
        raise Invalid("title_missing")
    matter = register(
        context,
        kind=typed.kind,
        title=title,
        body=body,
        sender=typed.sender,
        initiative=typed.initiative,
    )
    replace_text(
        context,
        matter,
        lead_in=cleaned(document.lead_in.text) if document.lead_in else "",
        sections=[
            Text(cleaned(section.heading or ""), cleaned(section.markdown))
            for section in document.sections
        ],
        points=[
            Proposed(text) for each in document.decision_points if (text := cleaned(each.text))
        ],
        signatories=[
            Signing(name, cleaned_line(each.title or ""), each.acting)
            for each in document.signatories
            if (name := cleaned_line(each.name))
        ],
    )
    names = dict.fromkeys(filter(None, (cleaned_line(each.text) for each in document.recipients)))
    matter.recipients = [
        MatterRecipient(organisation_id=matter.organisation_id, position=position, name=name)
        for position, name in enumerate(names, start=1)
    ]
    context.services.press.receive(context, matter, content, document.filename)
    return matter
