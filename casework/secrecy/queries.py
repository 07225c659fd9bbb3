"""Reading marks, lists of who needs to know, and the log of who has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.people.models import Person
from casework.secrecy.models import NeedToKnow, SecrecyMark, SecretReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from casework.matters.models import Matter


MOST_LEFT = 100


def current_mark(session: Session, matter: Matter) -> SecrecyMark | None:
    """The mark that stands now, if there is one."""
    return session.scalar(
        select(SecrecyMark).where(
            SecrecyMark.organisation_id == matter.organisation_id,
            SecrecyMark.matter_id == matter.id,
            SecrecyMark.until.is_(None),
        )
    )


def marks(session: Session, matter: Matter) -> Sequence[SecrecyMark]:
    """Every mark that the matter has had, the newest first."""
    return session.scalars(
        select(SecrecyMark)
        .where(
            SecrecyMark.organisation_id == matter.organisation_id,
            SecrecyMark.matter_id == matter.id,
        )
        .order_by(SecrecyMark.id.desc())
    ).all()


def knowing(session: Session, matter: Matter) -> Sequence[NeedToKnow]:
    """Who is on the list by a row of their own, in the order in which they came there."""
    return session.scalars(
        select(NeedToKnow)
        .where(
            NeedToKnow.organisation_id == matter.organisation_id,
            NeedToKnow.matter_id == matter.id,
            NeedToKnow.until.is_(None),
        )
        .order_by(NeedToKnow.id)
    ).all()


def left(session: Session, matter: Matter) -> Sequence[NeedToKnow]:
    """Who has been taken off the list, the latest first."""
    return session.scalars(
        select(NeedToKnow)
        .where(
            NeedToKnow.organisation_id == matter.organisation_id,
            NeedToKnow.matter_id == matter.id,
            NeedToKnow.until.is_not(None),
        )
        .order_by(NeedToKnow.until.desc(), NeedToKnow.id.desc())
        .limit(MOST_LEFT)
    ).all()


def readers(session: Session, matter: Matter) -> Sequence[Person]:
    """Everybody who has read of the matter, in Swedish order."""
    read = select(SecretReading.person_id).where(
        SecretReading.organisation_id == matter.organisation_id,
        SecretReading.matter_id == matter.id,
    )
    return session.scalars(
        select(Person)
        .where(Person.organisation_id == matter.organisation_id, Person.id.in_(read))
        .order_by(Person.sort_key, Person.id)
    ).all()


def listed_ids(session: Session, matter: Matter) -> set[int]:
    """The persons who are on the list by a row of their own, or because they prepare the matter."""
    found = {each.person_id for each in knowing(session, matter)}
    return found if matter.case_officer_id is None else found | {matter.case_officer_id}
