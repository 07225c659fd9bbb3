"""The proposal that an item was summoned with: what its readers have before them.

A matter that is referred back is written on again, and its draft is the officer's own until it is
submitted (TF 2:12); those who were summoned go on reading what they were sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.documents.contexts import ProposalContext, from_json
from casework.documents.models import Document
from casework.documents.store import PDF
from casework.meetings.agenda.preparing import as_proposed_since, earlier_proposals

if TYPE_CHECKING:
    from datetime import datetime

    from casework.context import Context
    from casework.meetings.agenda.preparing import Earlier
    from casework.meetings.models import AgendaItem, Meeting


def summons_of(context: Context, meeting: Meeting) -> Document | None:
    """The newest summons of the meeting, or supplement to it; None before the first."""
    return context.session.scalar(
        select(Document)
        .where(
            Document.organisation_id == meeting.organisation_id,
            Document.subject_type == "meeting",
            Document.subject_id == meeting.id,
            Document.kind == "summons",
        )
        .order_by(Document.id.desc())
        .limit(1)
    )


def laid_before(context: Context, item: AgendaItem) -> datetime:
    """When the item was sent to its readers: in the summons or its supplement, else until now.

    An item taken up at the table was never sent, and stands as it was when it was concluded.
    """
    meeting = item.meeting
    if meeting.summoned_at is None:
        return context.moment
    sent = context.session.scalars(
        select(Document.drawn_up_at)
        .where(
            Document.organisation_id == meeting.organisation_id,
            Document.subject_type == "meeting",
            Document.subject_id == meeting.id,
            Document.kind == "summons",
        )
        .order_by(Document.id)
    ).all()
    if item.supplement < len(sent):
        return sent[item.supplement]
    return item.concluded_at or context.moment


def proposal_document(context: Context, item: AgendaItem) -> Document | None:
    """The newest proposal drawn up when the item was sent, as PDF; None if there was none."""
    return context.session.scalar(
        select(Document)
        .where(
            Document.organisation_id == item.organisation_id,
            Document.subject_type == "matter",
            Document.subject_id == item.matter_id,
            Document.kind == "proposal",
            Document.media_type == PDF,
            Document.drawn_up_at <= laid_before(context, item),
        )
        .order_by(Document.id.desc())
        .limit(1)
    )


def proposal_of(context: Context, item: AgendaItem) -> ProposalContext | None:
    """What the item's proposal says; None for one that proposes nothing."""
    if item.matter_id is None or item.item_type != "decision":
        return None
    document = proposal_document(context, item)
    if document is None or document.snapshot is None:
        return None
    content = from_json("proposal", document.snapshot)
    if not isinstance(content, ProposalContext):
        return None
    since = _proposed_since(context, item, document)
    return as_proposed_since(content, since) if since else content


def latest_proposer(context: Context, item: AgendaItem) -> str:
    """The body that has proposed something since the officer did; "" where none has."""
    document = proposal_document(context, item) if item.matter is not None else None
    since = _proposed_since(context, item, document) if document else None
    return since.body if since else ""


def _proposed_since(context: Context, item: AgendaItem, document: Document) -> Earlier | None:
    """What a body proposed after the document was drawn up and before the item was sent."""
    sent = laid_before(context, item)
    since = [
        each
        for each in earlier_proposals(context, item)
        if document.drawn_up_at < each.proposed_at <= sent
    ]
    return since[-1] if since else None
