"""The verbs of the people room: the only code that writes its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.errors import Conflict, Invalid, NotFound
from casework.people.accounts import hash_password
from casework.people.body_kinds import BODY_KINDS
from casework.people.models import Appointment, Body, Organisation, Person, User
from casework.people.policy import ROLES, Appointed
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context


def create_body(context: Context, *, kind: str, name: str, short_name: str, **given: Any) -> Body:
    """A new body; raises Invalid for an unknown kind."""
    if kind not in BODY_KINDS:
        raise Invalid("body_kind_unknown", kind=kind, known=list(BODY_KINDS))
    body = Body(
        organisation_id=context.organisation_id,
        kind=kind,
        name=name,
        short_name=short_name,
        **({"summons_days": BODY_KINDS[kind].summons_days} | given),
    )
    context.session.add(body)
    context.record(body, "created", name=name, kind=kind)
    return body


def create_person(context: Context, *, name: str, **given: Any) -> Person:
    """A new person: `title`, `email`, `phone`, `party_code` may be given."""
    person = Person(
        organisation_id=context.organisation_id, name=name, sort_key=sort_key(name), **given
    )
    context.session.add(person)
    context.record(person, "created", name=name)
    return person


def appoint(
    context: Context,
    person: Person,
    role: str,
    *,
    body: Body | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    is_acting: bool = False,
    call_order: int | None = None,
) -> Appointment:
    """Appoint a person to a role, in a body or in the whole organisation, from a day."""
    if not isinstance(ROLES.get(role), Appointed):
        known = [name for name, known_role in ROLES.items() if isinstance(known_role, Appointed)]
        raise Invalid("role_unknown", role=role, known=known)
    appointment = Appointment(
        organisation_id=context.organisation_id,
        person_id=person.id,
        role=role,
        body_id=body.id if body else None,
        valid_from=valid_from or context.today,
        valid_to=valid_to,
        is_acting=is_acting,
        call_order=call_order,
    )
    context.session.add(appointment)
    context.record(
        person, "appointed", role=role, body=body.name if body else "", is_acting=is_acting
    )
    return appointment


def add_user(context: Context, person: Person, email: str, password: str = "") -> User:
    """An account; without a password it can only be used with tokens. Raises Conflict if taken."""
    address = email.strip().lower()
    taken = context.session.scalar(
        select(User.id).where(
            User.organisation_id == context.organisation_id, User.email == address
        )
    )
    if taken is not None:
        raise Conflict("email_taken", email=address)
    if "@" not in address:
        raise Invalid("email_wrong", email=email)
    user = User(
        organisation_id=context.organisation_id,
        person_id=person.id,
        email=address,
        password_hash=hash_password(password) if password else "",
    )
    context.session.add(user)
    context.record(user, "created", email=address)
    return user


def find_user(context: Context, email: str) -> User:
    """The user with this address; raises NotFound."""
    user = context.session.scalar(
        select(User).where(
            User.organisation_id == context.organisation_id, User.email == email.strip().lower()
        )
    )
    if user is None:
        raise NotFound("user_unknown", email=email)
    return user


def create_organisation(
    context: Context, *, name: str, short_name: str, **given: Any
) -> Organisation:
    """A new organisation; everything else belongs to one."""
    organisation = Organisation(name=name, short_name=short_name, **given)
    context.session.add(organisation)
    context.record(organisation, "created", name=name)
    return organisation


def appointed(context: Context, role: str, body_id: int | None) -> list[Person]:
    """The persons who hold `role` today, those of the body before those of the organisation."""
    day = context.today
    statement = (
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.organisation_id == context.organisation_id,
            Appointment.role == role,
            (Appointment.body_id.is_(None)) | (Appointment.body_id == body_id),
            Appointment.valid_from <= day,
            (Appointment.valid_to.is_(None)) | (Appointment.valid_to >= day),
        )
        .order_by(Appointment.body_id.is_(None), Appointment.call_order, Person.sort_key)
    )
    return list(context.session.scalars(statement))
