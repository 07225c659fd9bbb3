"""A matter from an incoming document: what was read becomes its text, the file its first record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Invalid
from casework.matters.models import MatterRecipient
from casework.matters.service import Proposed, Signing, Text, register, replace_text

if TYPE_CHECKING:
    from casework.context import Context
    from casework.documents.incoming import IncomingDocument
    from casework.matters.models import Matter
    from casework.people.models import Body


def matter_from(
    context: Context,
    document: IncomingDocument,
    content: bytes,
    body: Body,
    sender: str = "",
    initiative: str = "",
) -> Matter:
    """Register a matter of `body` with everything that the document says; raises Invalid untitled.

    What the document leaves open stays open: nothing is filled in that it does not say.
    """
    if document.title is None:
        raise Invalid("title_missing")
    kind = "decision" if body.is_statutory else "advisory"
    matter = register(
        context,
        kind=kind,
        title=document.title.text,
        body=body,
        sender=sender,
        initiative=initiative,
    )
    replace_text(
        context,
        matter,
        lead_in=document.lead_in.text if document.lead_in else "",
        sections=[Text(section.heading or "", section.text) for section in document.sections],
        points=[Proposed(point.text) for point in document.decision_points],
        signatories=[
            Signing(signatory.name, signatory.title or "", signatory.acting)
            for signatory in document.signatories
        ],
    )
    matter.recipients = [
        MatterRecipient(organisation_id=matter.organisation_id, position=position, name=found.text)
        for position, found in enumerate(document.recipients, start=1)
    ]
    context.services.press.receive(context, matter, content, document.filename)
    return matter
