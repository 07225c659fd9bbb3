"""Whether a PDF is what was attested here, byte for byte, and who signed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM
from casework.documents.contexts import item_checksum, item_from_json
from casework.documents.models import Document
from casework.meetings.attestation import awaited
from casework.meetings.models import AgendaItem, Correction, Minutes, MinutesItem, Signature
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from casework.phrases import Language


@dataclass(frozen=True)
class Verified:
    """What is known of a PDF by its SHA-256: which minutes, who signed it, what came after.

    `kind` is "" when no minutes were ever drawn up with these bytes. `unrecorded` names whose
    signature stands in its table but not in the sealed record: somebody has tampered with it.
    """

    sha256: str
    kind: str = ""
    title: str = ""
    is_attested: bool = False
    signatures: tuple[Signature, ...] = ()
    awaited: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()


def verify(session: Session, pdf: bytes) -> Verified:
    """Whether these bytes are minutes that were signed here, by whom, and if they still stand."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    found = session.execute(
        select(Minutes, Document)
        .join(Document, Minutes.document_id == Document.id)
        .where(Document.sha256 == sha256)
        .order_by(Minutes.id)
        .limit(1)
    ).first()
    if found is None:
        return Verified(sha256)
    minutes, document = found
    over_this = [each for each in minutes.signatures if each.document_sha256 == sha256]
    return Verified(
        sha256,
        minutes.kind,
        document.title,
        is_attested=minutes.locked_at is not None,
        signatures=tuple(over_this),
        awaited=tuple(each.person.name for each in awaited(minutes)),
        unrecorded=tuple(_unrecorded(session, minutes, over_this)),
        corrections=tuple(_later_corrections(session, minutes, document)),
    )


def _later_corrections(
    session: Session, minutes: Minutes, document: Document
) -> Iterator[Correction]:
    """The signed corrections of its §§ that came after the wording in the document."""
    items = [item_from_json(each) for each in (document.snapshot or {}).get("items", ())]
    shown = {item.number: item_checksum(item) for item in items}
    rows = session.scalars(
        select(MinutesItem)
        .join(AgendaItem, MinutesItem.agenda_item_id == AgendaItem.id)
        .where(
            MinutesItem.organisation_id == minutes.organisation_id,
            AgendaItem.meeting_id == minutes.meeting_id,
            MinutesItem.section_number.in_(shown),
        )
        .order_by(MinutesItem.section_number)
    )
    for row in rows:
        signed = [each for each in row.corrections if each.minutes.locked_at is not None]
        known = [each.content_sha256 for each in signed]
        checksum = shown[row.section_number]
        yield from signed[known.index(checksum) + 1 if checksum in known else 0 :]


@dataclass(frozen=True)
class Genuine:
    """A § of attested minutes, and the day on which a correction replaced the wording asked of."""

    body: str
    meeting_on: date
    section: int
    replaced_on: date | None


def genuine(session: Session, checksum: str) -> Genuine | None:
    """The § whose wording, attested or corrected, has a checksum that begins so."""
    attested = session.scalar(
        select(MinutesItem)
        .join(Minutes, MinutesItem.minutes_id == Minutes.id)
        .where(
            MinutesItem.content_sha256.startswith(checksum, autoescape=True),
            Minutes.locked_at.is_not(None),
        )
    )
    corrected = session.scalar(
        select(Correction)
        .join(Minutes, Correction.minutes_id == Minutes.id)
        .where(
            Correction.content_sha256.startswith(checksum, autoescape=True),
            Minutes.locked_at.is_not(None),
        )
    )
    found = attested or corrected
    return _genuine(found) if found is not None else None


def _genuine(found: MinutesItem | Correction) -> Genuine:
    item = found.minutes_item if isinstance(found, Correction) else found
    now = item.in_force
    replaced_at = now.minutes.locked_at if now is not found else None
    return Genuine(
        item.minutes.meeting.body.name,
        item.minutes.meeting.day,
        item.section_number,
        replaced_at.astimezone(STOCKHOLM).date() if replaced_at else None,
    )


def told(found: Verified, file: str, language: Language) -> Iterator[str]:
    """The answer in sentences: what the file is, who signed it, and what came after."""
    if not found.kind:
        yield sentence("pdf_unknown", {"file": file}, language)
        return
    code = "pdf_attested" if found.is_attested else "pdf_not_attested"
    yield sentence(code, {"title": found.title, "awaited": list(found.awaited)}, language)
    for each in found.signatures:
        yield sentence("pdf_signed", _signature(each, language), language)
        if each.dissent:
            yield sentence("pdf_dissent", _signature(each, language), language)
    for name in found.unrecorded:
        yield sentence("pdf_signature_unrecorded", {"name": name}, language)
    for correction in found.corrections:
        section = correction.minutes_item.section_number
        yield sentence("pdf_corrected", {"section": section, "reason": correction.reason}, language)


def _signature(each: Signature, language: Language) -> dict[str, str]:
    moment = each.signed_at.astimezone(STOCKHOLM)
    return {
        "name": each.person.name_with_party,
        "capacity": sentence(f"capacity_{each.capacity}", {}, language),
        "at": f"{moment:%Y-%m-%d %H.%M}",
        "dissent": each.dissent,
    }


def _unrecorded(
    session: Session, minutes: Minutes, signatures: Sequence[Signature]
) -> Iterator[str]:
    entries = session.scalars(
        select(AuditEntry).where(
            AuditEntry.organisation_id == minutes.organisation_id,
            AuditEntry.subject_type == "meeting",
            AuditEntry.subject_id == minutes.meeting_id,
            AuditEntry.action == "signed",
        )
    )
    recorded = {(entry.actor_id, entry.detail.get("sha256")) for entry in entries}
    for each in signatures:
        key = (each.person_id, each.document_sha256)
        if each.capacity != "secretary" and key not in recorded:
            yield each.person.name
