"""Somebody who comes new: a person, an account and a letter; and how far they have come with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select, tuple_

from casework.accounts.models import AccountLink, User
from casework.accounts.rights import require_administrator
from casework.accounts.service import invite, person_for
from casework.addresses import checked_address
from casework.people.models import Person
from casework.people.service import appoint, create_person
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.people.models import Body


@dataclass(frozen=True)
class LinkState:
    """The latest link that was sent to the owner of an account, and what became of it."""

    purpose: str
    sent_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: Literal["waiting", "used", "expired"]


def welcome(
    context: Context,
    *,
    name: str,
    email: str,
    title: str = "",
    role: str = "",
    body: Body | None = None,
) -> User:
    """A new person with an account, who is sent a letter to choose a password.

    Somebody who has the address and no account is given the account: nobody is added twice.
    `role` is held from today, in `body` or the whole organisation; "" for a case officer, who
    needs none. Raises Forbidden for all but administrators and the system, Invalid for what does
    not do, Conflict for an address that has an account.
    """
    require_administrator(context)
    person = person_for(context, email)
    if person is None:
        person = create_person(context, name=name, title=title, email=checked_address(email))
    context.session.flush()
    if role:
        appoint(context, person, role, body=body)
    return invite(context, person, email)


def latest_link(session: Session, user: User, moment: datetime) -> LinkState | None:
    """What became of the latest link by letter, None where none was ever sent."""
    return latest_links(session, [user], moment).get(user.id)


def latest_links(session: Session, users: Sequence[User], moment: datetime) -> dict[int, LinkState]:
    """What became of the latest link by letter of each account to whose owner one was sent."""
    latest = (
        select(func.max(AccountLink.id))
        .where(AccountLink.user_id.in_([each.id for each in users]))
        .group_by(AccountLink.user_id)
    )
    links = session.scalars(select(AccountLink).where(AccountLink.id.in_(latest)))
    return {link.user_id: _state(link, moment) for link in links}


def _state(link: AccountLink, moment: datetime) -> LinkState:
    state: Literal["waiting", "used", "expired"] = (
        "used" if link.used_at else "waiting" if link.expires_at > moment else "expired"
    )
    return LinkState(link.purpose, link.created_at, link.expires_at, link.used_at, state)


def without_account(
    organisation_id: int, *, after: int | None = None, limit: int = 50, question: str = ""
) -> Select[Person]:
    """Persons who never had an account, in Swedish order, one page: those after the id `after`."""
    statement = (
        _lacking(select(Person), organisation_id, question)
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    if after is not None:
        last = select(Person.sort_key, Person.id).where(
            Person.organisation_id == organisation_id, Person.id == after
        )
        statement = statement.where(tuple_(Person.sort_key, Person.id) > last.scalar_subquery())
    return statement


def without_account_counted(session: Session, organisation_id: int, question: str = "") -> int:
    """How many they are on all pages together."""
    return session.scalar(_lacking(select(func.count(Person.id)), organisation_id, question)) or 0


def _lacking(statement: Select[Person], organisation_id: int, question: str) -> Select[Person]:
    owners = select(User.person_id).where(User.organisation_id == organisation_id)
    statement = statement.where(Person.organisation_id == organisation_id, Person.id.not_in(owners))
    if wanted := question.strip():
        named = Person.sort_key.contains(sort_key(wanted), autoescape=True)
        addressed = func.lower(Person.email).contains(wanted.lower(), autoescape=True)
        statement = statement.where(named | addressed)
    return statement
