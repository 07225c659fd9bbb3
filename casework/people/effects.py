"""Telling people: a letter in the outbox, in the transaction that gives the reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casework.mail.addresses import Mailbox
from casework.mail.compose import compose
from casework.mail.outbox import enqueue
from casework.people.models import Body, Organisation, Person
from casework.people.policy import ROLES, Named
from casework.people.service import appointed

if TYPE_CHECKING:
    from casework.context import Context

_PAGES = {"matter": "matters", "meeting": "meetings", "assignment": "assignments"}


def notify(context: Context, subject: Any, *, mail: str, to: str) -> None:
    """Queue the letter `mail` to everybody who holds the role `to` for the subject."""
    settings = context.services.settings
    body = context.session.get_one(Body, subject.body_id)
    organisation = context.session.get_one(Organisation, context.organisation_id)
    page = _PAGES[subject.__tablename__]
    for person in holders(context, subject, to):
        if not person.email:
            continue
        composed = compose(
            settings.templates_dir,
            mail,
            "sv",
            {
                "first_name": person.name.split()[0],
                "title": getattr(subject, "title", body.name),
                "registration_number": getattr(subject, "registration_number", ""),
                "body": body.name,
                "actor": context.actor.name,
                "reason": context.input.get("reason", ""),
                "organisation": organisation.name,
                "url": f"{settings.base_url}/{page}/{subject.id}",
            },
        )
        enqueue(
            context.session,
            organisation_id=context.organisation_id,
            key=f"{mail}:{subject.__tablename__}:{subject.id}:{subject.version}:{person.id}",
            to_name=person.name,
            to_address=person.email,
            composed=composed,
            moment=context.moment,
            sender=Mailbox(organisation.name, body.email or organisation.email),
            domain=urlsplit(settings.base_url).hostname or "localhost",
            subject_type=subject.__tablename__,
            subject_id=subject.id,
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
