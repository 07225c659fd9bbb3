"""Reading accounts: one person's, one by its address, and the administrator's list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import contains_eager

from casework.accounts.models import User
from casework.errors import NotFound
from casework.people.models import Person
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def accounts(
    organisation_id: int, *, after: int | None = None, limit: int = 50, question: str = ""
) -> Select[User]:
    """Every account in the Swedish order of its person, one page: those after the id `after`.

    `question` is a part of the person's name or of the address.
    """
    statement = (
        _found(select(User), organisation_id, question)
        .options(contains_eager(User.person))
        .order_by(Person.sort_key, User.id)
        .limit(limit)
    )
    if after is not None:
        last = (
            select(Person.sort_key, User.id)
            .join(User, User.person_id == Person.id)
            .where(User.organisation_id == organisation_id, User.id == after)
        )
        statement = statement.where(tuple_(Person.sort_key, User.id) > last.scalar_subquery())
    return statement


def accounts_counted(session: Session, organisation_id: int, question: str = "") -> int:
    """How many accounts there are on all pages together."""
    statement = _found(select(func.count(User.id)), organisation_id, question)
    return session.scalar(statement) or 0


def account(session: Session, organisation_id: int, user_id: int) -> User:
    """The account with this number; raises NotFound."""
    user = session.scalar(
        select(User).where(User.organisation_id == organisation_id, User.id == user_id)
    )
    if user is None:
        raise NotFound("not_found")
    return user


def _found(statement: Select[User], organisation_id: int, question: str) -> Select[User]:
    statement = statement.join(Person, Person.id == User.person_id).where(
        User.organisation_id == organisation_id
    )
    if wanted := question.strip():
        named = Person.sort_key.contains(sort_key(wanted), autoescape=True)
        addressed = User.email.contains(wanted.lower(), autoescape=True)
        statement = statement.where(named | addressed)
    return statement
