"""From an incoming document to a registered matter: what it says, and nothing that it does not."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from casework.documents.incoming import read_document
from casework.matters.service import (
    Proposed,
    Signing,
    Text,
    name_recipients,
    register,
    revise,
)

if TYPE_CHECKING:
    from casework.context import Context
    from casework.documents.incoming import IncomingDocument
    from casework.matters.models import Matter
    from casework.people.models import Body


def register_document(
    context: Context, body: Body, data: bytes, filename: str
) -> tuple[Matter, IncomingDocument]:
    """A new matter with the document's text, points, signatories and recipients; the file is kept.

    Raises Invalid or TooLarge for a file that cannot be read, and what `register` and `revise` do.
    """
    found = read_document(data, filename)
    title = found.title.text if found.title else PurePath(found.filename).stem
    kind = "decision" if body.is_statutory else "advisory"
    matter = register(context, kind=kind, title=title, body=body)
    context.session.flush()
    context.services.press.receive(context, matter, data, filename)
    revise(
        context,
        matter,
        lead_in=found.lead_in.text if found.lead_in else None,
        sections=[Text(section.heading or "", section.text) for section in found.sections],
        points=[Proposed(point.text) for point in found.decision_points],
        signatories=[
            Signing(who.name, who.title or "", acting=who.acting) for who in found.signatories
        ],
    )
    name_recipients(context, matter, [recipient.text for recipient in found.recipients])
    return matter, found
