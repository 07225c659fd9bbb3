"""Proving the record: every column of every entry, every chain's length and head, every anchor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.audit.chain import anchor_signature, entry_hash, head_seal, merkle_root
from casework.audit.models import AuditAnchor, AuditEntry
from casework.audit.service import audited_models, organisation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Break:
    """Where the record does not hold. `code` names its sentence, `place` as `matter/17 #3`."""

    code: str
    place: str


@dataclass(frozen=True)
class Verification:
    chains: int
    entries: int
    anchors: int
    breaks: tuple[Break, ...]


def verify(session: Session, key: bytes) -> Verification:
    """Walk all chains of all organisations; a whole record has no breaks."""
    breaks: list[Break] = []
    heads: dict[tuple[int, str, int], AuditEntry] = {}
    count = 0
    for entry in _entries(session):
        count += 1
        name = (entry.organisation_id, entry.subject_type, entry.subject_id)
        breaks.extend(_check_link(key, entry, heads.get(name)))
        heads[name] = entry
    chains = 0
    for subject in _subjects(session):
        chains += 1
        name = (organisation_of(subject), subject.__tablename__, subject.id)
        breaks.extend(_check_head(key, subject, heads.pop(name, None)))
    breaks.extend(Break("audit_orphan", _place(entry)) for entry in heads.values())
    anchors = list(session.scalars(select(AuditAnchor).order_by(AuditAnchor.day)))
    for anchor in anchors:
        breaks.extend(_check_anchor(session, key, anchor))
    return Verification(chains, count, len(anchors), tuple(breaks))


def _entries(session: Session) -> Iterator[AuditEntry]:
    order = (
        AuditEntry.organisation_id,
        AuditEntry.subject_type,
        AuditEntry.subject_id,
        AuditEntry.sequence,
    )
    return iter(
        session.scalars(select(AuditEntry).order_by(*order).execution_options(yield_per=1000))
    )


def _subjects(session: Session) -> Iterator[Any]:
    for model in audited_models():
        yield from session.scalars(select(model).execution_options(yield_per=1000))


def _check_link(key: bytes, entry: AuditEntry, before: AuditEntry | None) -> Iterator[Break]:
    expected = before.sequence + 1 if before else 1
    if entry.sequence != expected:
        yield Break("audit_gap", _place(entry))
    elif entry.previous_hash != (before.hash if before else ""):
        yield Break("audit_unlinked", _place(entry))
    if entry.hash != entry_hash(key, entry):
        yield Break("audit_changed", _place(entry))


def _check_head(key: bytes, subject: Any, last: AuditEntry | None) -> Iterator[Break]:
    place = f"{subject.__tablename__}/{subject.id}"
    if last is None:
        if subject.audit_count or subject.audit_head:
            yield Break("audit_missing", place)
    elif subject.audit_count != last.sequence or subject.audit_head != head_seal(key, last):
        yield Break("audit_cut", place)


def _check_anchor(session: Session, key: bytes, anchor: AuditAnchor) -> Iterator[Break]:
    place = f"anchor {anchor.day.isoformat()}"
    root = merkle_root([f"{name}={head}" for name, head in sorted(anchor.heads.items())])
    signed = anchor_signature(
        key, anchor.organisation_id, anchor.day.isoformat(), anchor.chains, anchor.root
    )
    if root != anchor.root or signed != anchor.signature or anchor.chains != len(anchor.heads):
        yield Break("audit_anchor_changed", place)
        return
    for name, (sequence, head) in anchor.heads.items():
        if sequence and not _still_there(
            session, key, anchor.organisation_id, name, sequence, head
        ):
            yield Break("audit_anchor_differs", f"{place}: {name} #{sequence}")


def _still_there(
    session: Session, key: bytes, organisation_id: int, name: str, sequence: int, head: str
) -> bool:
    table, _, row_id = name.partition("/")
    entry = session.scalar(
        select(AuditEntry).filter_by(
            organisation_id=organisation_id,
            subject_type=table,
            subject_id=int(row_id),
            sequence=sequence,
        )
    )
    return entry is not None and head_seal(key, entry) == head


def _place(entry: AuditEntry) -> str:
    return f"{entry.subject_type}/{entry.subject_id} #{entry.sequence}"
