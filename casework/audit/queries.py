"""Reading the record: what happened to one subject."""

from __future__ import annotations

from sqlalchemy import Select, select

from casework.audit.models import AuditEntry

LARGEST = 2**31 - 1  # what the column of the sequence holds; a reader may ask for any number


def of_subject(
    organisation_id: int,
    subject_type: str,
    subject_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
) -> Select[AuditEntry]:
    """The subject's entries, newest first, one page: those before the sequence `before`."""
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == organisation_id,
            AuditEntry.subject_type == subject_type,
            AuditEntry.subject_id == subject_id,
        )
        .order_by(AuditEntry.sequence.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditEntry.sequence < min(before, LARGEST))
    return statement


def step_into(
    organisation_id: int, subject_type: str, subject_id: int, state: str
) -> Select[AuditEntry]:
    """The newest step by which the subject came into `state` from another."""
    before, after = AuditEntry.detail["from"].as_string(), AuditEntry.detail["to"].as_string()
    return of_subject(organisation_id, subject_type, subject_id, limit=1).where(
        after == state, before != state
    )
