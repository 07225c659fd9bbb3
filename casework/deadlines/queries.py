"""Reads: what falls due for somebody, and what runs on a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, select, tuple_

from casework.deadlines.models import OPEN_STATES, Deadline
from casework.people.policy import is_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def is_due_for(
    organisation_id: int, person_id: int, until: date, today: date
) -> ColumnElement[bool]:
    """Which deadlines are open and due by `until`, what is late included, for the person to see to:
    their own, and of those they stand in for `today`."""
    return and_(
        Deadline.organisation_id == organisation_id,
        is_of(Deadline.responsible_person_id, person_id, today),
        Deadline.state.in_(OPEN_STATES),
        Deadline.due_on <= until,
    )


def upcoming(
    organisation_id: int,
    person_id: int,
    until: date,
    today: date,
    *,
    after: int | None = None,
    limit: int = 50,
) -> Select[Deadline]:
    """What `is_due_for` says, the soonest first, one page: those after the deadline with the id
    `after`."""
    key = (Deadline.due_on, Deadline.id)
    statement = (
        select(Deadline)
        .where(is_due_for(organisation_id, person_id, until, today))
        .order_by(*key)
        .limit(limit)
    )
    if after is None:
        return statement
    own = Deadline.organisation_id == organisation_id
    place = select(*key).where(own, Deadline.id == after).correlate(None).scalar_subquery()
    return statement.where(tuple_(*key) > place)


def of_subject(
    session: Session, organisation_id: int, subject_type: str, subject_id: int
) -> Sequence[Deadline]:
    """Every deadline that the subject has had, laps and moves included, in the order started."""
    return session.scalars(started(organisation_id, subject_type, subject_id)).all()


def started(
    organisation_id: int,
    subject_type: str,
    subject_id: int,
    *,
    after: int | None = None,
    limit: int | None = None,
) -> Select[Deadline]:
    """As `of_subject`; a page: those started after the one with the id `after`."""
    statement = select(Deadline).where(
        Deadline.organisation_id == organisation_id,
        Deadline.subject_type == subject_type,
        Deadline.subject_id == subject_id,
    )
    if after is not None:
        statement = statement.where(Deadline.id > after)
    return statement.order_by(Deadline.id).limit(limit)
