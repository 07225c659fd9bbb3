"""Writing the record: the one way an entry comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.audit.chain import anchor_signature, derive_key, entry_hash, head_seal, merkle_root
from casework.audit.models import AuditAnchor, Audited, AuditEntry
from casework.db import Base

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session


REMEMBERED = 2000  # chains; half a megabyte


class AuditLog:
    """Writes entries keyed with the installation's secret."""

    def __init__(self, secret: str) -> None:
        self.key = derive_key(secret, "audit")
        # Hashes by the seal that the subject keeps of them: what another transaction, process or
        # backup has made of the chain has another seal, and is asked of the database.
        self._written: dict[str, str] = {}

    def record(
        self,
        session: Session,
        subject: Any,
        action: str,
        *,
        actor_id: int | None,
        actor_name: str,
        moment: datetime,
        detail: dict[str, Any],
        cause: str = "",
    ) -> AuditEntry:
        """Append an entry to the subject's chain, in the caller's transaction.

        The caller holds the subject's row lock (`FOR UPDATE`), so the chain cannot fork; if he
        does not, the unique key on (subject, sequence) refuses the second writer.
        """
        if subject.id is None:
            session.flush()
        entry = AuditEntry(
            organisation_id=organisation_of(subject),
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            sequence=(subject.audit_count or 0) + 1,
            at=moment,
            actor_id=actor_id,
            actor_name=actor_name,
            action=action,
            detail=detail,
            cause=cause,
            previous_hash=self._previous_hash(session, subject),
        )
        entry.hash = entry_hash(self.key, entry)
        session.add(entry)
        subject.audit_count = entry.sequence
        subject.audit_head = head_seal(self.key, entry)
        _last_hashes(session)[(entry.subject_type, entry.subject_id, entry.sequence)] = entry.hash
        self._keep(subject.audit_head, entry.hash)
        return entry

    def anchor(self, session: Session, organisation_id: int, day: date) -> AuditAnchor:
        """Sign the state of all chains of an organisation; kept once a day."""
        heads = dict(_heads(session, organisation_id))
        root = merkle_root([f"{name}={head}" for name, head in sorted(heads.items())])
        signature = anchor_signature(self.key, organisation_id, day.isoformat(), len(heads), root)
        anchor = session.scalar(
            select(AuditAnchor).filter_by(organisation_id=organisation_id, day=day)
        )
        if anchor is None:
            anchor = AuditAnchor(organisation_id=organisation_id, day=day)
            session.add(anchor)
        anchor.chains, anchor.root, anchor.signature = len(heads), root, signature
        anchor.heads = heads
        return anchor

    def _keep(self, seal: str, hash_: str) -> None:
        """Remember the end of a chain, and forget those that were remembered first."""
        self._written[seal] = hash_
        while len(self._written) > REMEMBERED:
            self._written.pop(next(iter(self._written)), None)

    def _previous_hash(self, session: Session, subject: Any) -> str:
        if not subject.audit_count:
            return ""
        known = _last_hashes(session).get((subject.__tablename__, subject.id, subject.audit_count))
        known = known or self._written.get(subject.audit_head)
        if known is not None:
            return known
        return session.execute(
            select(AuditEntry.hash).where(
                AuditEntry.organisation_id == organisation_of(subject),
                AuditEntry.subject_type == subject.__tablename__,
                AuditEntry.subject_id == subject.id,
                AuditEntry.sequence == subject.audit_count,
            )
        ).scalar_one()


def organisation_of(subject: Any) -> int:
    """The organisation a row belongs to; an organisation belongs to itself."""
    owner: int = subject.id if subject.__tablename__ == "organisation" else subject.organisation_id
    return owner


def audited_models() -> list[type[Any]]:
    """Every table whose rows have a chain."""
    mappers = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    return [mapper.class_ for mapper in mappers if issubclass(mapper.class_, Audited)]


def _heads(session: Session, organisation_id: int) -> Iterator[tuple[str, list[Any]]]:
    for model in audited_models():
        owner = model.id if model.__tablename__ == "organisation" else model.organisation_id
        rows = session.execute(
            select(model.id, model.audit_count, model.audit_head).where(owner == organisation_id)
        )
        for row_id, count, head in rows:
            yield f"{model.__tablename__}/{row_id}", [count, head]


def _last_hashes(session: Session) -> dict[tuple[str, int, int], str]:
    """Hashes written in this session, so that a second entry needs no query.

    By sequence: after a savepoint is rolled back the count is back too, and the next entry of that
    sequence takes the place of the lost one.
    """
    known: dict[tuple[str, int, int], str] = session.info.setdefault("audit_last_hashes", {})
    return known
