"""What a meeting's pack holds: the agenda, each matter's proposal as summoned, its attachments."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

from casework.documents.contexts import ProposalContext, from_json, to_json
from casework.documents.pack import Attachment, PackContext, PackItem, PackPaper
from casework.meetings.agenda import paper
from casework.meetings.agenda.proposed import (
    laid_before,
    proposal_document,
    proposal_of,
    summons_of,
)
from casework.meetings.agenda.reporting import listed_lines
from casework.meetings.sections import headed
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from casework.context import Context
    from casework.documents.contexts import AgendaEntry, SummonsContext
    from casework.documents.models import Document
    from casework.meetings.models import AgendaItem, Meeting


def pack_filename(meeting: Meeting) -> str:
    """`RUN_2025-06-03_handlingar.pdf`."""
    return f"{meeting.body.short_name}_{meeting.day}_handlingar.pdf"


def pack(context: Context, meeting: Meeting, items: Sequence[AgendaItem]) -> PackContext:
    """The pack of these items of the meeting: those that its reader may see."""
    sent_on = meeting.summoned_at.date() if meeting.summoned_at else context.today
    return PackContext(
        _summons(context, meeting, sent_on),
        tuple(
            PackItem(_entry(context, item, section), tuple(_papers(context, item)))
            for section, item in headed(items)
        ),
    )


def fingerprint(context: Context, meeting: Meeting, items: Sequence[AgendaItem]) -> str:
    """The same for the same pack, as 64 hexadecimal digits: its agenda and its files."""
    said = to_json(_summons(context, meeting, meeting.day))
    entries = [asdict(_entry(context, item, section)) for section, item in headed(items)]
    files = [
        (title, document.sha256) for item in items for title, document in papers_of(context, item)
    ]
    text = json.dumps([said, entries, files], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def papers_of(context: Context, item: AgendaItem) -> list[tuple[str, Document]]:
    """The papers of an item under their titles: the proposal as summoned, then its attachments.

    The attachments are those that the proposal lists, in its order; of a matter that proposes
    nothing, those that it had when the item was sent.
    """
    if item.matter is None:
        return []
    proposal = proposal_document(context, item)
    moment = proposal.drawn_up_at if proposal else laid_before(context, item)
    attached = item.matter.attachments_at(moment)
    return [
        *([("Tjänsteskrivelse", proposal)] if proposal else []),
        *((f"Bilaga {each.position}: {each.title}", each.document) for each in attached),
    ]


def _summons(context: Context, meeting: Meeting, sent_on: date) -> SummonsContext:
    """What the summons tells of the meeting, under the names that stand in it; the pack's own
    items stand for its agenda."""
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    content = replace(paper.summons(meeting, organisation, sent_on), agenda=())
    sent = summons_of(context, meeting)
    names = context.services.press.names_in(context.session, sent.id) if sent else {}
    return replace(content, **names)


def _entry(context: Context, item: AgendaItem, section: str) -> AgendaEntry:
    proposal, reported = proposal_of(context, item), listed_lines(context, item)
    return paper.agenda_entry(item, item.meeting, proposal, reported, section=section)


def _papers(context: Context, item: AgendaItem) -> Iterator[PackPaper]:
    for title, document in papers_of(context, item):
        if document.kind == "proposal" and document.snapshot is not None:
            content = from_json("proposal", document.snapshot)
            if isinstance(content, ProposalContext):
                yield PackPaper(title, content)
            continue
        read = partial(context.services.press.files.read, document.sha256)
        yield PackPaper(title, Attachment(document.filename, read))
