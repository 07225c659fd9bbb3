"""What a meeting's pack holds: the agenda, each matter's proposal as summoned, its attachments."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.documents.contexts import ProposalContext, from_json, to_json
from casework.documents.models import Document
from casework.documents.pack import Attachment, PackContext, PackItem, PackPaper
from casework.documents.store import PDF
from casework.meetings import papers
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting


def pack(context: Context, meeting: Meeting, items: Sequence[AgendaItem]) -> PackContext:
    """The pack of these items of the meeting: those that its reader may see."""
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    sent_on = meeting.summoned_at.date() if meeting.summoned_at else context.today
    return PackContext(
        papers.summons(meeting, organisation, sent_on),
        tuple(
            PackItem(papers.agenda_entry(item, meeting), tuple(_papers(context, item)))
            for item in items
        ),
    )


def fingerprint(context: Context, meeting: Meeting, items: Sequence[AgendaItem]) -> str:
    """The same for the same pack, as 64 hexadecimal digits: its agenda and its files."""
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    said = to_json(papers.summons(meeting, organisation, meeting.day))
    entries = [asdict(papers.agenda_entry(item, meeting)) for item in items]
    files = [document.sha256 for item in items for document in documents_of(context, item)]
    text = json.dumps([said, entries, files], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def documents_of(context: Context, item: AgendaItem) -> list[Document]:
    """The papers of an item: the newest proposal, then the attachments in their order."""
    if item.matter is None:
        return []
    proposal = context.session.scalar(
        select(Document)
        .where(
            Document.organisation_id == item.organisation_id,
            Document.subject_type == "matter",
            Document.subject_id == item.matter_id,
            Document.kind == "proposal",
            Document.media_type == PDF,
        )
        .order_by(Document.id.desc())
        .limit(1)
    )
    attached = [
        context.session.get_one(Document, each.document_id) for each in item.matter.attachments
    ]
    return ([proposal] if proposal else []) + attached


def _papers(context: Context, item: AgendaItem) -> Iterator[PackPaper]:
    number = 0
    for document in documents_of(context, item):
        if document.kind == "proposal" and document.snapshot is not None:
            content = from_json("proposal", document.snapshot)
            if isinstance(content, ProposalContext):
                yield PackPaper("Tjänsteskrivelse", content)
            continue
        number += 1
        read = partial(context.services.press.files.read, document.sha256)
        yield PackPaper(f"Bilaga {number}: {document.title}", Attachment(document.filename, read))
