"""Reading delegated and urgent decisions: what is to be reported, and what was reported where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.delegation.models import DelegatedDecision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def unreported(
    session: Session, organisation_id: int, body_id: int, kind: str
) -> Sequence[DelegatedDecision]:
    """The decisions of a kind that the body has not been told of, in the order of their numbers."""
    return session.scalars(
        select(DelegatedDecision)
        .where(
            DelegatedDecision.organisation_id == organisation_id,
            DelegatedDecision.body_id == body_id,
            DelegatedDecision.kind == kind,
            DelegatedDecision.reporting == "report",
            DelegatedDecision.state == "decided",
        )
        .order_by(DelegatedDecision.year, DelegatedDecision.number)
    ).all()


def urgent_unreported(
    session: Session, organisation_id: int, body_id: int
) -> Sequence[DelegatedDecision]:
    """The chair's urgent decisions that the next meeting must be told of (KL 6:40)."""
    return unreported(session, organisation_id, body_id, "urgent")


def reported_at(
    session: Session, organisation_id: int, agenda_item_id: int
) -> Sequence[DelegatedDecision]:
    """What an item of an agenda reported, in the order of their numbers."""
    return session.scalars(
        select(DelegatedDecision)
        .where(
            DelegatedDecision.organisation_id == organisation_id,
            DelegatedDecision.agenda_item_id == agenda_item_id,
        )
        .order_by(DelegatedDecision.year, DelegatedDecision.number)
    ).all()
