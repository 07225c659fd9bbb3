"""Telling people what they are now to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.mail.addresses import Mailbox
from casework.people.letters import post
from casework.people.models import Person
from casework.people.policy import ROLES, Named
from casework.people.service import appointed

if TYPE_CHECKING:
    from casework.context import Context


def notify(context: Context, subject: Any, *, mail: str, to: str) -> None:
    """Queue the letter `mail` to everybody who holds the role `to` for the subject."""
    for person in holders(context, subject, to):
        if person.is_reachable:
            post(
                context,
                mail,
                key=f"{mail}:{subject.__tablename__}:{subject.id}:{subject.version}:{person.id}",
                subject=subject,
                to=Mailbox(person.name, person.email),
                content={
                    "first_name": person.name.split()[0],
                    "by": context.actor.name,
                    "due": None,
                    **subject.facts(),
                },
            )


def holders(context: Context, subject: Any, role: str) -> list[Person]:
    """Who holds a role for the subject today: named on the row, or appointed."""
    known = ROLES[role]
    if isinstance(known, Named):
        person_id = getattr(subject, known.attribute, None)
        person = context.session.get(Person, person_id) if person_id else None
        return [person] if person else []
    return appointed(context, role, subject.body_id)


EFFECTS: dict[str, Any] = {"notify": notify}
