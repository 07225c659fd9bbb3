"""Whether a PDF is what was attested here, byte for byte, and who signed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM
from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import item_checksum
from casework.documents.models import Document
from casework.errors import TooLarge
from casework.meetings.models import AgendaItem, Correction, Minutes, MinutesItem, Signature
from casework.meetings.signatories import awaited
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from typing import IO

    from sqlalchemy.orm import Session

    from casework.phrases import Language


CHUNK = 1024 * 1024
# What else is drawn up here about minutes, and is told for what it is.
BESIDE = {"minutes": "draft", "certificate": "certificate", "excerpt": "excerpt"}


@dataclass(frozen=True)
class Verified:
    """What is known of a PDF by its SHA-256: which minutes, who signed it, what came after.

    `kind` is one of MINUTES_KINDS; "draft" for minutes that others have replaced, "certificate"
    or "excerpt" (of § `section`) for what is drawn up beside them; "" when nothing of the sort
    was ever drawn up with these bytes. `dated` is the day of the document.

    What is signed is compared with the sealed record. `unrecorded` names whose signature is in
    its table alone, `altered` whose stands otherwise there (moment or dissent), and `removed`
    whose is in the record alone: somebody has tampered with them.
    """

    sha256: str
    kind: str = ""
    title: str = ""
    dated: date | None = None
    section: int | None = None
    is_attested: bool = False
    is_withdrawn: bool = False
    signatures: tuple[Signature, ...] = ()
    awaited: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def is_sound(self) -> bool:
        """No signature differs from the sealed record."""
        return not (self.unrecorded or self.altered or self.removed)


def checksum_of(file: IO[bytes], most: int) -> str:
    """The SHA-256 of a file, read piece by piece; raises TooLarge past `most` bytes."""
    digest, length = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        length += len(piece)
        if length > most:
            raise TooLarge("too_large", limit_mb=most // (1024 * 1024))
        digest.update(piece)
    return digest.hexdigest()


def verify(session: Session, pdf: bytes) -> Verified:
    """Whether these bytes are minutes that were signed here, by whom, and if they still stand."""
    return verify_checksum(session, hashlib.sha256(pdf).hexdigest())


def verify_checksum(session: Session, sha256: str) -> Verified:
    """As `verify`, of the SHA-256 of a file."""
    found = session.execute(
        select(Minutes, Document)
        .join(Document, Minutes.document_id == Document.id)
        .where(Document.sha256 == sha256)
        .order_by(Minutes.state == "withdrawn", Minutes.id)
        .limit(1)
    ).first()
    if found is None:
        return _beside(session, sha256)
    minutes, document = found
    over_this = [each for each in minutes.signatures if each.document_sha256 == sha256]
    is_open = minutes.state == "open"
    unrecorded, altered, removed = _tampered(session, minutes, over_this, sha256)
    return Verified(
        sha256,
        minutes.kind,
        document.title,
        _day(document.drawn_up_at),
        is_attested=minutes.locked_at is not None,
        is_withdrawn=minutes.state == "withdrawn",
        signatures=tuple(over_this),
        awaited=tuple(each.person.name for each in awaited(minutes)) if is_open else (),
        corrections=tuple(_later_corrections(session, minutes, document)),
        unrecorded=unrecorded,
        altered=altered,
        removed=removed,
    )


def _beside(session: Session, sha256: str) -> Verified:
    """A draft of minutes, a certificate or an excerpt that was drawn up here, if it is one."""
    document = session.scalar(
        select(Document)
        .where(Document.sha256 == sha256, Document.kind.in_(BESIDE), Document.snapshot.is_not(None))
        .order_by(Document.id)
        .limit(1)
    )
    if document is None:
        return Verified(sha256)
    kind, snapshot = BESIDE[document.kind], document.snapshot or {}
    corrections: Sequence[Correction] = ()
    section = snapshot["item"]["number"] if kind == "excerpt" else None
    if kind == "excerpt":
        corrections = _corrections_since(session, snapshot["checksum"])
    day = _day(document.drawn_up_at)
    return Verified(sha256, kind, document.title, day, section, corrections=tuple(corrections))


def _corrections_since(session: Session, checksum: str) -> Sequence[Correction]:
    """Those of a § after the wording with this checksum."""
    found = _wording(session, checksum)
    if found is None:
        return ()
    row = found.minutes_item if isinstance(found, Correction) else found
    return list(_after(row, checksum))


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
        yield from _after(row, shown[row.section_number])


def _after(row: MinutesItem, checksum: str) -> Sequence[Correction]:
    """The signed corrections of a § after its wording with this checksum."""
    signed = [each for each in row.corrections if each.minutes.locked_at is not None]
    known = [each.content_sha256 for each in signed]
    return signed[known.index(checksum) + 1 if checksum in known else 0 :]


@dataclass(frozen=True)
class Genuine:
    """A § of attested minutes, and the day on which a correction replaced the wording asked of."""

    body: str
    meeting_on: date
    section: int
    replaced_on: date | None


def genuine(session: Session, checksum: str) -> Genuine | None:
    """The § whose wording, attested or corrected, has a checksum that begins so."""
    found = _wording(session, checksum)
    return _genuine(found) if found is not None else None


def _wording(session: Session, checksum: str) -> MinutesItem | Correction | None:
    """The attested wording of a §, or of its correction, whose checksum begins so."""
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
    return attested or corrected


def _genuine(found: MinutesItem | Correction) -> Genuine:
    item = found.minutes_item if isinstance(found, Correction) else found
    now = item.in_force
    replaced_at = now.minutes.locked_at if now is not found else None
    return Genuine(
        item.minutes.meeting.body.name,
        item.minutes.meeting.day,
        item.section_number,
        _day(replaced_at),
    )


def told(found: Verified, file: str, language: Language, *, in_full: bool) -> Iterator[str]:
    """The answer in sentences: what the file is, who signed it, and what came after.

    `in_full` adds what only the house may read: whose signature is awaited, the words of a
    dissent, the reason of a correction.
    """
    what = {
        "file": file,
        "title": found.title,
        "dated": found.dated,
        "section": found.section,
        "awaited": list(found.awaited),
    }
    yield sentence(_code(found, in_full=in_full), what, language)
    for each in found.signatures:
        words = _signature(each, language)
        dissents = bool(each.dissent)
        code = "pdf_signed_dissenting" if dissents and not in_full else "pdf_signed"
        yield sentence(code, words, language)
        if dissents and in_full:
            yield sentence("pdf_dissent", words, language)
    for code, names in (
        ("pdf_signature_unrecorded", found.unrecorded),
        ("pdf_signature_altered", found.altered),
        ("pdf_signature_removed", found.removed),
    ):
        for name in names:
            yield sentence(code, {"name": name}, language)
    for correction in found.corrections:
        yield sentence(
            "pdf_corrected" if in_full else "pdf_corrected_on",
            {
                "section": correction.minutes_item.section_number,
                "reason": correction.reason,
                "day": _day(correction.minutes.locked_at),
            },
            language,
        )


def _code(found: Verified, *, in_full: bool) -> str:
    if not found.kind:
        return "pdf_unknown"
    if found.kind in BESIDE.values():
        return f"pdf_{found.kind}"
    if found.is_attested:
        return "pdf_attested"
    if found.is_withdrawn:
        return "pdf_withdrawn"
    return "pdf_not_attested" if in_full else "pdf_awaits"


def _signature(each: Signature, language: Language) -> dict[str, str]:
    moment = each.signed_at.astimezone(STOCKHOLM)
    return {
        "name": each.person.name_with_party,
        "capacity": sentence(f"capacity_{each.capacity}", {}, language),
        "at": f"{moment:%Y-%m-%d kl. %H.%M}" if language == "sv" else f"{moment:%Y-%m-%d %H:%M}",
        "dissent": each.dissent,
    }


def _tampered(
    session: Session, minutes: Minutes, signatures: Sequence[Signature], sha256: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Where the table differs from the sealed record, by name: unrecorded, altered, removed."""
    recorded = _recorded(session, minutes, sha256)
    unrecorded, altered = [], []
    for each in signatures:
        if each.capacity == "secretary":  # sent it for attestation; that is another entry
            continue
        entry = recorded.pop(each.person_id, None)
        if entry is None:
            unrecorded.append(each.person.name)
        elif (entry.at, entry.detail.get("dissent", "")) != (each.signed_at, each.dissent):
            altered.append(each.person.name)
    removed = tuple(entry.actor_name for entry in recorded.values())
    return tuple(unrecorded), tuple(altered), removed


def _recorded(session: Session, minutes: Minutes, sha256: str) -> dict[int | None, AuditEntry]:
    """Who has signed these bytes according to the record, since signatures were last voided."""
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == minutes.organisation_id,
            AuditEntry.subject_type == "meeting",
            AuditEntry.subject_id == minutes.meeting_id,
            AuditEntry.action.in_(("signed", "signatures_voided")),
        )
        .order_by(AuditEntry.sequence)
    )
    signed: dict[int | None, AuditEntry] = {}
    for entry in entries:
        if entry.action == "signed" and entry.detail.get("sha256") == sha256:
            signed[entry.actor_id] = entry
        elif entry.action == "signatures_voided" and minutes.kind == "meeting":
            signed.clear()
    return signed


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(STOCKHOLM).date() if moment else None
