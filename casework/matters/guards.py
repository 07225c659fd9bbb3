"""What must hold before a matter moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from casework.audit import queries as record
from casework.audit.models import AuditEntry
from casework.matters.models import Matter
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from casework.context import Context


def has_case_officer(_context: Context, matter: Matter) -> Blocker | None:
    if matter.case_officer_id is None:
        return Blocker("case_officer_missing", place="#next-steps")
    return None


def has_decision_points(_context: Context, matter: Matter) -> Blocker | None:
    if not matter.decision_points:
        return Blocker("decision_points_missing", statute="KL 6:4", place="#decision-points")
    return None


def has_text(_context: Context, matter: Matter) -> Blocker | None:
    if not any(section.body for section in matter.sections):
        return Blocker("text_missing", place="#text")
    return None


def has_signatories(_context: Context, matter: Matter) -> Blocker | None:
    if not matter.signatories:
        return Blocker("signatories_missing", place="#signatories")
    return None


def secrecy_reviewed(_context: Context, matter: Matter) -> Blocker | None:
    if matter.secrecy_reviewed_at is None:
        return Blocker("secrecy_not_reviewed", statute="TF 2:10, OSL", place="#secrecy")
    return None


def not_sole_drafter(context: Context, matter: Matter) -> Blocker | None:
    """Whoever wrote the proposal may not also be the one who approves it.

    That is the case officer, and whoever submitted it: they may have stood in for the officer, or
    have handed the matter over since.
    """
    person_id = context.actor.person_id
    if person_id is None:
        return None
    if person_id == matter.case_officer_id or person_id == _submitter(context, matter):
        return Blocker("approver_is_drafter", place="#next-steps")
    return None


def _submitter(context: Context, matter: Matter) -> int | None:
    entries = record.of_subject(matter.organisation_id, matter.__tablename__, matter.id, limit=1)
    entry = context.session.scalar(entries.where(AuditEntry.action == "submit"))
    return entry.actor_id if entry else None


def not_an_initiative(_context: Context, matter: Matter) -> Blocker | None:
    """Only the assembly strikes off a motion or a citizen proposal (KL 5:35)."""
    if matter.initiative:
        return Blocker("initiative_is_the_assemblys", statute="KL 5:35", place="#next-steps")
    return None


def drafted_by_another(person_id: int) -> ColumnElement[bool]:
    """Which matters `not_sole_drafter` lets the person approve."""
    submitter = (
        select(AuditEntry.actor_id)
        .where(
            AuditEntry.organisation_id == Matter.organisation_id,
            AuditEntry.subject_type == Matter.__tablename__,
            AuditEntry.subject_id == Matter.id,
            AuditEntry.action == "submit",
        )
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
        .correlate(Matter)
        .scalar_subquery()
    )
    return and_(
        Matter.case_officer_id.is_distinct_from(person_id), submitter.is_distinct_from(person_id)
    )
