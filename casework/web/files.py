"""Downloading a stored document, by whoever may read what it belongs to."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, send_file
from sqlalchemy import select

from casework.documents import queries as documents
from casework.documents.models import Document
from casework.errors import Forbidden, NotFound
from casework.matters import queries as matters
from casework.web.frame.session import SIGNED_IN, permits, reading, signed_in

if TYPE_CHECKING:
    from flask import Response
    from sqlalchemy.orm import Session

blueprint = Blueprint("files", __name__)


@blueprint.get("/documents/<int:document_id>")
@permits(SIGNED_IN)
def download(document_id: int) -> Response:
    """The file; NotFound for none and for one whose subject is hidden alike."""
    with reading() as context:
        document = context.session.scalar(
            select(Document).where(
                Document.organisation_id == context.organisation_id, Document.id == document_id
            )
        )
        kind = context.services.kinds.get(document.subject_type) if document else None
        if document is None or kind is None or not kind.has_file:
            raise NotFound("not_found")
        own = context.organisation_id
        try:
            subject = kind.find(context.session, own, document.subject_id)
        except Forbidden:  # else who walks the numbers counts the papers of a secret matter
            raise NotFound("not_found") from None
        asked = subject, signed_in().person_id, context.today
        kind.require_open_papers(context.session, *asked)
        open_papers = kind.open_papers(*asked)
        documents.find(context.session, own, kind.noun, subject.id, document.id, open_papers)
        content = context.services.press.read(document)
        return attachment(context.session, content, document)


def attachment(session: Session, content: bytes, document: Document) -> Response:
    """The file as something to keep, never to be run by the browser."""
    return send_file(
        BytesIO(content),
        mimetype=document.media_type,
        as_attachment=True,
        download_name=matters.saved_as(session, document),
        max_age=0,
    )
