"""Drawing up documents: from a context to files in the store and rows beside their subject."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from casework.counters import draw
from casework.documents.contexts import KINDS, kind_of, to_json
from casework.documents.models import Document
from casework.documents.proof import seals
from casework.documents.store import DOCX, PDF, template_of
from casework.errors import NotFound, TooLarge
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.documents.contexts import DocumentContext
    from casework.documents.store import FileStore, Maker

_SUFFIX = {PDF: ".pdf", DOCX: ".docx"}
# What many machines' own lists of media types lack.
_OFFICE = {
    ".docx": DOCX,
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


class Press:
    """Makes and keeps documents. `makers` has one maker per media type."""

    def __init__(self, files: FileStore, makers: dict[str, Maker]) -> None:
        self.files = files
        self.makers = makers

    def draw_up(
        self,
        context: Context,
        subject: Any,
        content: DocumentContext,
        *,
        title: str,
        name: str,
        media_type: str = PDF,
        is_record: bool = False,
        supersedes: Document | None = None,
    ) -> Document:
        """Make a document of `content` for `subject`; `name` is its file name without ending.

        A character that no font here has stands as � in it, and nobody is stopped by it. The file
        is on the disk before its row is written. Raises Invalid for a faulty template.
        """
        maker = self.makers[media_type]
        kind, snapshot = kind_of(content), maker.fitted(to_json(content))
        made = maker.make(kind, snapshot)
        document = self._row(context, subject, made, kind, title, name + _SUFFIX[media_type])
        document.media_type = media_type
        document.template_hash = maker.template(kind).keep(self.files)
        document.snapshot = snapshot
        document.is_record = is_record
        document.supersedes_id = supersedes.id if supersedes else None
        return self._kept(context, subject, document)

    def trial(self, content: DocumentContext) -> bytes:
        """The PDF as it would be drawn up now; kept nowhere."""
        maker = self.makers[PDF]
        return maker.make(kind_of(content), maker.fitted(to_json(content)))

    def unprintable(self, text: str) -> set[str]:
        """The characters that stand as � in a PDF."""
        maker = self.makers[PDF]
        return {one for one in set(text) if maker.fitted(one) != one}

    def keep_templates(self) -> None:
        """Keep every template that stands here, so that a later change of it harms nothing.

        Also under the name of the first maker, whose documents have that hash and kept none.
        """
        for kind, maker in product(KINDS, self.makers.values()):
            with suppress(NotFound):
                template = maker.template(kind)
                for name in (maker.name, maker.first):
                    replace(template, maker=name).keep(self.files)

    def receive(
        self, context: Context, subject: Any, content: bytes, filename: str, title: str = ""
    ) -> Document:
        """Keep a file from outside as it is; raises TooLarge past the installation's limit."""
        limit = context.services.settings.max_upload
        if len(content) > limit:
            raise TooLarge("too_large", limit_mb=limit // (1024 * 1024))
        safe = safe_filename(filename)
        document = self._row(context, subject, content, "received", title or safe, safe)
        ending = PurePath(safe).suffix.lower()
        guess = _OFFICE.get(ending) or mimetypes.guess_type(safe)[0]
        document.media_type = guess or "application/octet-stream"
        return self._kept(context, subject, document)

    def document(self, session: Session, document_id: int) -> Document:
        """The document's row; raises NotFound."""
        document = session.get(Document, document_id)
        if document is None:
            raise NotFound("not_found")
        return document

    def names_in(self, session: Session, document_id: int | None) -> dict[str, Any]:
        """`organisation` and `body` as a document calls them; nothing without a document.

        What belongs to it later (its excerpt, its proof) calls them the same, whatever they are
        called by then.
        """
        kept = self.document(session, document_id).snapshot if document_id else None
        return {name: kept[name] for name in ("organisation", "body")} if kept else {}

    def read(self, document: Document) -> bytes:
        return self.files.read(document.sha256)

    def again(self, document: Document) -> tuple[bytes, bool]:
        """The document made anew from its own snapshot, and whether it is the same byte for byte.

        Made with its own template, or today's where that was not kept. Raises NotFound for one
        that was received, Invalid where no template can make it any more.
        """
        if document.snapshot is None:
            raise NotFound("not_found")
        maker = self.makers[document.media_type]
        template = template_of(document, maker, self.files)
        made = maker.make(document.kind, document.snapshot, template)
        return made, hashlib.sha256(made).hexdigest() == document.sha256

    def _row(
        self, context: Context, subject: Any, content: bytes, kind: str, title: str, filename: str
    ) -> Document:
        if subject.id is None:
            context.session.flush()
        series = f"document {subject.__tablename__} {subject.id}"
        return Document(
            organisation_id=context.organisation_id,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            kind=kind,
            title=title,
            filename=filename,
            sha256=self.files.put(content),
            size=len(content),
            number=draw(context.session, context.organisation_id, series),
            drawn_up_at=context.moment,
            created_by=context.actor.person_id,
        )

    def _kept(self, context: Context, subject: Any, document: Document) -> Document:
        context.session.add(document)
        context.session.flush()
        context.record(
            subject,
            "document_kept",
            document=document.id,
            filename=document.filename,
            **seals(document),
        )
        return document


def safe_filename(filename: str) -> str:
    """The last part of the name with only harmless characters, at most 120 of them."""
    last = PurePath(cleaned_line(filename).replace("\\", "/")).name
    harmless = re.sub(r"[^0-9A-Za-zÅÄÖåäöÉéÜü ._()-]", "_", last).strip(" .")
    return harmless[-120:] or "fil"
