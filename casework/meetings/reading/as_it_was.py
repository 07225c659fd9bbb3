"""A matter's file as it was: when submitted, summoned, decided, and now.

Nothing is kept twice for this: documents are never changed, each knows the data it was made from,
and the record says which step was taken when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.documents.models import Document
from casework.meetings.models import AgendaItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from casework.context import Context
    from casework.matters.models import Matter

SUBMITTED, SUMMONED, DECIDED, NOW = "submitted", "summoned", "decided", "now"


@dataclass(frozen=True)
class Milestone:
    """A moment in the matter's life; `visit` is the meeting it came to, if that is what it is."""

    code: str
    moment: datetime
    visit: AgendaItem | None = None


@dataclass(frozen=True)
class FileAt:
    """The matter's file at a moment: its state, its proposal as data, and its documents then.

    `proposal` is the snapshot of the newest proposal (a ProposalContext as JSON), None before one.
    """

    state: str
    proposal: dict[str, Any] | None
    documents: Sequence[Document]


def milestones(context: Context, matter: Matter) -> list[Milestone]:
    """The moments worth looking back to, the first one first; the last is now."""
    submitted = context.session.scalars(
        _record(matter).where(AuditEntry.action == "submit").order_by(AuditEntry.sequence)
    )
    found = [Milestone(SUBMITTED, entry.at) for entry in submitted]
    visits = context.session.scalars(
        select(AgendaItem)
        .where(
            AgendaItem.organisation_id == matter.organisation_id,
            AgendaItem.matter_id == matter.id,
        )
        .order_by(AgendaItem.id)
    )
    for visit in visits:
        if visit.meeting.summoned_at is not None:
            found.append(Milestone(SUMMONED, visit.meeting.summoned_at, visit))
        if visit.concluded_at is not None:
            found.append(Milestone(DECIDED, visit.concluded_at, visit))
    found.sort(key=lambda milestone: milestone.moment)
    return [*found, Milestone(NOW, context.moment)]


def file_at(context: Context, matter: Matter, moment: datetime) -> FileAt:
    """The file as it was right after that moment."""
    documents = context.session.scalars(
        select(Document)
        .where(
            Document.organisation_id == matter.organisation_id,
            Document.subject_type == "matter",
            Document.subject_id == matter.id,
            Document.drawn_up_at <= moment,
        )
        .order_by(Document.id)
    ).all()
    proposals = [each.snapshot for each in documents if each.kind == "proposal" and each.snapshot]
    steps = context.session.scalars(
        _record(matter).where(AuditEntry.at <= moment).order_by(AuditEntry.sequence.desc())
    )
    states = (str(entry.detail["to"]) for entry in steps if "to" in entry.detail)
    definition = context.services.engine.definition_of(matter)
    return FileAt(next(states, definition.initial), proposals[-1] if proposals else None, documents)


def _record(matter: Matter) -> Any:
    return select(AuditEntry).where(
        AuditEntry.organisation_id == matter.organisation_id,
        AuditEntry.subject_type == "matter",
        AuditEntry.subject_id == matter.id,
    )
