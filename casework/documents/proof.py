"""The proof of the documents: each made again, and held against the record of what happened."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.documents.models import Document
from casework.documents.store import NOT_COMPARED, template_of, verify_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from casework.documents.store import FileStore, Maker


@dataclass(frozen=True)
class Proof:
    """What could be proved of a document; `code`, None if all could, has a sentence.

    `is_fault` is False where its file is whole but could not be compared with one made again; then
    `is_data_proven` says whether the record knows its data.
    """

    document: Document
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    is_data_proven: bool = False

    @property
    def is_fault(self) -> bool:
        return self.code is not None and self.code not in NOT_COMPARED


def prove(session: Session, makers: Mapping[str, Maker], files: FileStore) -> Iterator[Proof]:
    """Every document there is, in the order in which they came."""
    statement = select(Document).order_by(Document.id)
    for document in session.scalars(statement.execution_options(yield_per=100)):
        yield _proof(document, _recorded(session, document), makers, files)


def seals(document: Document) -> dict[str, str]:
    """What the record holds of a document: hashes of its file, and of what it was made from."""
    held = {"kind": document.kind, "sha256": document.sha256}
    if document.template_hash is None:
        return held
    text = json.dumps(document.snapshot, sort_keys=True, ensure_ascii=False)
    data = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return held | {"template": document.template_hash, "data": data}


def _proof(
    document: Document,
    recorded: Mapping[str, Any],
    makers: Mapping[str, Maker],
    files: FileStore,
) -> Proof:
    code = verify_document(document, makers, files)
    if code is None or code in NOT_COMPARED:
        held = seals(document)
        # Documents of the first version have neither template nor data in their entry.
        known = {name: recorded[name] for name in held if name in recorded}
        if not known or known != {name: held[name] for name in known}:
            return Proof(document, "document_unrecorded")
    if code == "template_changed" and "template" in recorded:
        return Proof(document, "template_damaged")
    params = {}
    if code == "typesetter_changed":
        maker = makers[document.media_type]
        template = template_of(document, maker, files)
        params = {"then": template.maker if template else "", "now": maker.name}
    return Proof(document, code, params, is_data_proven="data" in recorded)


def _recorded(session: Session, document: Document) -> Mapping[str, Any]:
    """What the entry of its making says of it; {} for none."""
    details = session.scalars(
        select(AuditEntry.detail).where(
            AuditEntry.organisation_id == document.organisation_id,
            AuditEntry.subject_type == document.subject_type,
            AuditEntry.subject_id == document.subject_id,
            AuditEntry.action == "document_kept",
        )
    )
    return next((each for each in details if each.get("document") == document.id), {})
