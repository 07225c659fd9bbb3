"""Downloading a stored document, by whoever may read what it belongs to."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, send_file
from sqlalchemy import select

from casework.board import queries as board
from casework.delegation import queries as delegation
from casework.documents import queries as documents
from casework.documents.models import Document
from casework.errors import NotFound
from casework.followup import queries as followup
from casework.matters import queries as matters
from casework.meetings import queries as meetings
from casework.web.frame.session import SIGNED_IN, permits, reading, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from sqlalchemy.orm import Session

blueprint = Blueprint("files", __name__)

FIND: dict[str, Callable[..., Any]] = {
    "matter": matters.find,
    "meeting": meetings.find,
    "assignment": followup.find,
    "delegated_decision": delegation.find,
    "board_notice": board.find,
}


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
        if document is None or document.subject_type not in FIND:
            raise NotFound("not_found")
        find = FIND[document.subject_type]
        subject = find(context.session, context.organisation_id, document.subject_id)
        if document.subject_type == "meeting":
            asked = subject, signed_in().person_id, context.today
            meetings.require_open_papers(context.session, *asked)
            documents.find(
                context.session,
                *(context.organisation_id, "meeting", subject.id, document.id),
                meetings.open_papers(*asked),
            )
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
