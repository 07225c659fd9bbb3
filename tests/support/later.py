"""What still holds after anything was accepted: letters go, documents are made again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.audit.verify import verify
from casework.background import deliver, remind
from casework.documents.models import Document
from casework.documents.store import verify_document
from casework.mail.models import Message

if TYPE_CHECKING:
    from casework.app import Casework


def nothing_fails_later(casework: Casework) -> None:
    """Asserts it: letters and reminders of a year, every document, and the whole record."""
    moment = casework.now() + timedelta(days=365)
    remind(casework, moment)
    deliver(casework, moment)
    press = casework.services.press
    with casework.database.read() as session:
        unsent = [each.key for each in session.scalars(select(Message)) if each.state == "failed"]
        assert unsent == []
        for document in session.scalars(select(Document)):
            assert verify_document(document, press.makers, press.files) is None, document.filename
        assert verify(session, casework.services.audit.key).breaks == ()
