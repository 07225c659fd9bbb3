"""Reading documents: those of a subject, and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from casework.documents.models import Document
from casework.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def of_subject(
    organisation_id: int,
    subject_type: str,
    subject_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
) -> Select[Document]:
    """The subject's documents, newest first, one page: those older than the id `before`."""
    statement = (
        select(Document)
        .where(
            Document.organisation_id == organisation_id,
            Document.subject_type == subject_type,
            Document.subject_id == subject_id,
        )
        .order_by(Document.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Document.id < before)
    return statement


def find(
    session: Session,
    organisation_id: int,
    subject_type: str,
    subject_id: int,
    document_id: int,
    *which: ColumnElement[bool],
) -> Document:
    """The subject's own document, if it is one of those `which`; raises NotFound for any other."""
    document = session.scalar(
        select(Document).where(
            Document.organisation_id == organisation_id,
            Document.subject_type == subject_type,
            Document.subject_id == subject_id,
            Document.id == document_id,
            *which,
        )
    )
    if document is None:
        raise NotFound("not_found")
    return document
