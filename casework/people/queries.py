"""Reading bodies and persons of an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select, tuple_

from casework.errors import NotFound
from casework.people.models import Body, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


def bodies(organisation_id: int) -> Select[Body]:
    """Every body, in the order in which they were set up."""
    return select(Body).where(Body.organisation_id == organisation_id).order_by(Body.id)


def body(session: Session, organisation_id: int, body_id: int) -> Body:
    """The body; raises NotFound."""
    found = session.scalar(bodies(organisation_id).where(Body.id == body_id))
    if found is None:
        raise NotFound("body_unknown")
    return found


def persons(organisation_id: int, *, after: int | None = None, limit: int = 50) -> Select[Person]:
    """Everybody in Swedish order, one page: those after the person with the id `after`."""
    place = tuple_(Person.sort_key, Person.id)
    statement = (
        select(Person)
        .where(Person.organisation_id == organisation_id)
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    if after is not None:
        last = select(Person.sort_key, Person.id).where(
            Person.organisation_id == organisation_id, Person.id == after
        )
        statement = statement.where(place > last.scalar_subquery())
    return statement


def persons_named(
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
