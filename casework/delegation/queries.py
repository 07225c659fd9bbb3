"""Reading delegation: the scheme, the decisions made on it, and what was reported where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from casework.db import newest
from casework.delegation.guards import holds_on, is_delegate
from casework.delegation.models import DelegatedDecision, DelegationItem, SubDelegation
from casework.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

_WAITING = (
    DelegatedDecision.reporting == "report",
    DelegatedDecision.state == "decided",
    DelegatedDecision.agenda_item_id.is_(None),
)


def scheme(session: Session, organisation_id: int, body_id: int) -> list[int]:
    """The id of every line that the body's scheme has or has had, by number: 3.2 before 3.10.

    A reader's order of numbers is no database's: the numbers are sorted here, and only the lines
    that are shown are fetched (`lines_in_order`).
    """
    keys = session.execute(
        select(DelegationItem.id, DelegationItem.number, DelegationItem.valid_from).where(
            DelegationItem.organisation_id == organisation_id, DelegationItem.body_id == body_id
        )
    ).all()
    by_number = sorted(keys, key=lambda key: (_by_number(key.number), key.valid_from))
    return [key.id for key in by_number]


def lines_in_order(
    session: Session, organisation_id: int, line_ids: Sequence[int]
) -> list[DelegationItem]:
    """The lines of a scheme with these ids, in the order given."""
    found = session.scalars(_lines(organisation_id).where(DelegationItem.id.in_(line_ids)))
    lines = {line.id: line for line in found}
    return [lines[line_id] for line_id in line_ids]


def line(session: Session, organisation_id: int, item_id: int) -> DelegationItem:
    """The line of a scheme; raises NotFound."""
    item = session.scalar(_lines(organisation_id).where(DelegationItem.id == item_id))
    if item is None:
        raise NotFound("not_found")
    return item


def lines_of(
    session: Session, organisation_id: int, person_id: int, day: date
) -> list[DelegationItem]:
    """The lines in which the person may decide on that day, his own and those lent to him."""
    lent = DelegationItem.subdelegations.any(SubDelegation.person_id == person_id)
    found = session.scalars(
        _lines(organisation_id).where(or_(DelegationItem.delegate_id == person_id, lent))
    )
    usable = [
        item
        for item in found
        if holds_on(item.valid_from, item.valid_to, day) and is_delegate(item, person_id, day)
    ]
    return sorted(usable, key=lambda item: (item.body_id, _by_number(item.number)))


def find(session: Session, organisation_id: int, decision_id: int) -> DelegatedDecision:
    """The decision that the session may see; raises NotFound for none and a hidden one alike."""
    statement = decisions(organisation_id).where(DelegatedDecision.id == decision_id)
    decision = session.scalar(statement)
    if decision is None:
        raise NotFound("not_found")
    return decision


def decisions(
    organisation_id: int,
    *,
    body_id: int | None = None,
    matter_id: int | None = None,
    agenda_item_id: int | None = None,
    waiting: bool = False,
    state: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[DelegatedDecision]:
    """Decisions, newest first, one page: those older than the id `before`; of them those that an
    item of an agenda has reported, or that are `waiting` to be."""
    statement = newest(
        DelegatedDecision,
        organisation_id,
        before=before,
        limit=limit,
        body_id=body_id,
        matter_id=matter_id,
        agenda_item_id=agenda_item_id,
        state=state,
    ).options(joinedload(DelegatedDecision.decider))
    return statement.where(*_WAITING) if waiting else statement


def unreported(
    session: Session, organisation_id: int, body_id: int, *kinds: str
) -> Sequence[DelegatedDecision]:
    """The decisions of these kinds that the body has not been told of, kind by kind, in the order
    of their numbers."""
    return session.scalars(
        select(DelegatedDecision)
        .where(
            DelegatedDecision.organisation_id == organisation_id,
            DelegatedDecision.body_id == body_id,
            DelegatedDecision.kind.in_(kinds),
            *_WAITING,
        )
        .order_by(DelegatedDecision.kind, DelegatedDecision.year, DelegatedDecision.number)
    ).all()


def urgent_unreported(
    session: Session, organisation_id: int, body_id: int
) -> Sequence[DelegatedDecision]:
    """The urgent decisions that the next meeting must be told of (KL 6:40)."""
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


def _lines(organisation_id: int) -> Select[DelegationItem]:
    return (
        select(DelegationItem)
        .where(DelegationItem.organisation_id == organisation_id)
        .options(
            selectinload(DelegationItem.delegate),
            selectinload(DelegationItem.subdelegations).selectinload(SubDelegation.person),
        )
    )


def _by_number(number: str) -> list[tuple[int, str]]:
    """The parts of a number in the order of a reader: figures by their value, words after."""
    return [
        (int(part), "") if part.isdecimal() else (10**9, part)
        for part in re.findall(r"\d{1,9}|[^\W\d_]+", number)
    ]
