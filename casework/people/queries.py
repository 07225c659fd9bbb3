"""Reading the people room: bodies and persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from casework.errors import NotFound
from casework.people.models import Appointment, Body, Organisation, Person
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from casework.context import Context

UNCALLED = 1_000_000  # after everybody who has a place in the order of calling in


def body_named(context: Context, name: str) -> Body:
    """The body with this name or short name; raises NotFound naming those that exist."""
    of_organisation = Body.organisation_id == context.organisation_id
    body = context.session.scalar(
        select(Body).where(of_organisation, or_(Body.short_name == name, Body.name == name))
    )
    if body is None:
        known = context.session.scalars(select(Body.short_name).where(of_organisation)).all()
        raise NotFound("body_unknown", name=name, known=list(known))
    return body


def organisation(session: Session, organisation_id: int) -> Organisation:
    """The organisation itself."""
    return session.get_one(Organisation, organisation_id)


def bodies(
    organisation_id: int, *, after: int | None = None, limit: int | None = None
) -> Select[Body]:
    """Every body, in the order in which they were set up; a page of them: those after an id."""
    statement = select(Body).where(Body.organisation_id == organisation_id)
    if after is not None:
        statement = statement.where(Body.id > after)
    return statement.order_by(Body.id).limit(limit)


def body(session: Session, organisation_id: int, body_id: int) -> Body:
    """The body with this number; raises NotFound."""
    found = session.scalar(bodies(organisation_id).where(Body.id == body_id))
    if found is None:
        raise NotFound("not_found")
    return found


def kin(session: Session, body: Body) -> set[int]:
    """The numbers of the body, those above it and those below it: who prepares for whom."""
    statement = select(Body.id, Body.parent_id).where(Body.organisation_id == body.organisation_id)
    parents = dict(session.execute(statement).all())
    upwards = _line(parents, body.id)
    return set(upwards) | {each for each in parents if body.id in _line(parents, each)}


def above(session: Session, body: Body) -> list[int]:
    """The numbers of the bodies for which this one prepares, the nearest first."""
    statement = select(Body.id, Body.parent_id).where(Body.organisation_id == body.organisation_id)
    return _line(dict(session.execute(statement).all()), body.id)[1:]


def _line(parents: Mapping[int, int | None], body_id: int) -> list[int]:
    """The body and those above it, the nearest first."""
    above = parents[body_id]
    return [body_id, *(_line(parents, above) if above is not None else ())]


def seats(
    organisation_id: int, body_id: int, *, after: int | None = None, limit: int | None = None
) -> Select[Appointment]:
    """Every appointment to the body, past ones too: by role, then in the order of calling in; a
    page of them: those after the appointment with the id `after`."""
    key = (
        Appointment.role,
        func.coalesce(Appointment.call_order, UNCALLED),
        Person.sort_key,
        Appointment.valid_from,
        Appointment.id,
    )
    statement = (
        select(Appointment)
        .join(Person, Appointment.person_id == Person.id)
        .options(contains_eager(Appointment.person))
        .where(Appointment.organisation_id == organisation_id, Appointment.body_id == body_id)
        .order_by(*key)
        .limit(limit)
    )
    if after is None:
        return statement
    last = select(*key).join(Person, Appointment.person_id == Person.id)
    own = Appointment.organisation_id == organisation_id
    place = last.where(own, Appointment.id == after).correlate(None).scalar_subquery()
    return statement.where(tuple_(*key) > place)


def seat(session: Session, organisation_id: int, body_id: int, appointment_id: int) -> Appointment:
    """One of `seats`; raises NotFound for any other."""
    found = session.scalar(seats(organisation_id, body_id).where(Appointment.id == appointment_id))
    if found is None:
        raise NotFound("not_found")
    return found


def appointments(
    organisation_id: int, person_id: int, *, after: int | None = None, limit: int | None = None
) -> Select[Appointment]:
    """Everything the person is or was appointed to, the latest first; a page of it: what comes
    after the appointment with the id `after`."""
    key = (Appointment.valid_from, Appointment.id)
    statement = (
        select(Appointment)
        .options(joinedload(Appointment.body))
        .where(Appointment.organisation_id == organisation_id, Appointment.person_id == person_id)
        .order_by(*(column.desc() for column in key))
        .limit(limit)
    )
    if after is None:
        return statement
    own = Appointment.organisation_id == organisation_id
    place = select(*key).where(own, Appointment.id == after).correlate(None).scalar_subquery()
    return statement.where(tuple_(*key) < place)


def appointment(
    session: Session, organisation_id: int, person_id: int, appointment_id: int
) -> Appointment:
    """One of `appointments`; raises NotFound for any other."""
    mine = appointments(organisation_id, person_id)
    found = session.scalar(mine.where(Appointment.id == appointment_id))
    if found is None:
        raise NotFound("not_found")
    return found


def persons(
    organisation_id: int, *, named: str = "", after: int | None = None, limit: int = 50
) -> Select[Person]:
    """Everybody in Swedish order, or those with `named` in their name, one page: those after the
    person with the id `after`."""
    statement = (
        select(Person)
        .where(
            Person.organisation_id == organisation_id,
            Person.sort_key.contains(sort_key(named.strip()), autoescape=True),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    if after is not None:
        last = select(Person.sort_key, Person.id).where(
            Person.organisation_id == organisation_id, Person.id == after
        )
        statement = statement.where(tuple_(Person.sort_key, Person.id) > last.scalar_subquery())
    return statement


def person(session: Session, organisation_id: int, person_id: int) -> Person:
    """The person with this number; raises NotFound."""
    [found] = persons_with(session, organisation_id, [person_id])
    return found


def persons_with(
    session: Session, organisation_id: int, person_ids: Iterable[int]
) -> Sequence[Person]:
    """These persons in the order given; raises NotFound if one does not exist here."""
    wanted = list(person_ids)
    found = {
        person.id: person
        for person in session.scalars(
            select(Person).where(Person.organisation_id == organisation_id, Person.id.in_(wanted))
        )
    }
    if any(person_id not in found for person_id in wanted):
        raise NotFound("person_unknown")
    return [found[person_id] for person_id in wanted]
