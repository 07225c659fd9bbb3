"""Who can hold a task: officials may be given a matter, and they or the presidium an assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, exists, or_, select

from casework.accounts.models import User
from casework.errors import Invalid
from casework.people.models import Appointment, Body, Person
from casework.people.policy import OFFICIALS, PRESIDIUM, is_valid

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from casework.context import Context

# What says nothing of somebody's own post: to run the accounts.
BESIDES = ("administrator",)


def officials(organisation_id: int, day: date) -> Select[Person]:
    """Those who can be case officer on that day, in Swedish order.

    Whoever has an official's appointment that day, or an account and no appointment but to act for
    somebody: a case officer is appointed by each matter. Not those whose account is closed, who
    sit in a body and hold nothing else, or whose appointments have all ended.
    """
    return _sorted(organisation_id).where(_is_official(organisation_id, day))


def responsible(context: Context, body: Body) -> Select[Person]:
    """Those who can be given an assignment by the body today, in Swedish order.

    The officials, and its presidium or that of a body that prepares for it ("Presidiet får i
    uppdrag"): a chair or a vice chair.
    """
    presides = exists().where(
        Appointment.organisation_id == Person.organisation_id,
        Appointment.person_id == Person.id,
        Appointment.role.in_(PRESIDIUM),
        Appointment.body_id.in_(
            select(Body.id).where(
                Body.organisation_id == body.organisation_id,
                or_(Body.id == body.id, Body.parent_id == body.id),
            )
        ),
        is_valid(context.today),
    )
    official = _is_official(context.organisation_id, context.today)
    return _sorted(context.organisation_id).where(or_(official, presides))


def require_official(context: Context, person: Person) -> None:
    """Raise Invalid unless the person can be case officer today."""
    found = officials(context.organisation_id, context.today).where(Person.id == person.id)
    if context.session.scalar(found) is None:
        raise Invalid("not_an_official", name=person.name)


def require_responsible(
    context: Context, body: Body, person_ids: Collection[int], kept: Collection[int | None]
) -> None:
    """Raise Invalid for the first who cannot be given an assignment by the body today.

    Whoever had it already (`kept`) goes on.
    """
    asked = set(person_ids) - set(kept)
    if not asked:
        return
    found = context.session.scalars(responsible(context, body).where(Person.id.in_(asked)))
    lacking = asked - {person.id for person in found}
    others = _sorted(context.organisation_id).where(Person.id.in_(lacking))
    if lacking and (first := context.session.scalars(others).first()):
        raise Invalid("not_responsible", name=first.name, body=body.name)


def _sorted(organisation_id: int) -> Select[Person]:
    own = Person.organisation_id == organisation_id
    return select(Person).where(own).order_by(Person.sort_key, Person.id)


def _is_official(organisation_id: int, day: date) -> ColumnElement[bool]:
    account = exists().where(
        User.organisation_id == organisation_id, User.person_id == Person.id, User.is_active
    )
    closed = ~account & exists().where(
        User.organisation_id == organisation_id, User.person_id == Person.id
    )
    appointed = Appointment.organisation_id == organisation_id, Appointment.person_id == Person.id
    official = exists().where(*appointed, Appointment.role.in_(OFFICIALS), is_valid(day))
    another_post = exists().where(
        *appointed, Appointment.role.not_in(BESIDES), ~Appointment.is_acting
    )
    return (official & ~closed) | (account & ~another_post)
