"""Posting a letter: what all letters share, in the transaction that gives the reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from casework.mail.addresses import Mailbox
from casework.mail.compose import compose
from casework.mail.outbox import Attachment, enqueue
from casework.people.models import Appointment, Body, Organisation, Person, StandIn
from casework.people.papers import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.context import Context
    from casework.documents.models import Document
    from casework.mail.models import Message

SEALED = "sealed"  # the letter that is sent instead of any other about a marked matter


def post(
    context: Context,
    mail: str,
    *,
    key: str,
    subject: Any,
    to: Mailbox,
    content: Mapping[str, Any],
    attached: Sequence[Document] = (),
    copies: Sequence[Mailbox] = (),
    group_name: str = "",
    body: Body | None = None,
    opened: bool = False,
) -> Message:
    """Queue the letter `mail` about `subject`, whose body it comes from; once for each `key`.

    `body` is whom it comes from where the subject is of none.
    `content` is what the template needs beyond organisation, body, link, attachments and `answer`:
    where an answer goes, which is also the letter's Reply-To.

    What a letter is about may carry a secrecy mark (`sealed_as`): then no word of `content` goes
    but its day, and nothing is attached; the letter names the matter by its number and asks the
    reader to sign in (OSL 8:1). `opened` says that a noted decision lets this one go as it is.
    """
    settings = context.services.settings
    body = body or context.session.get_one(Body, subject.body_id)
    organisation = context.session.get_one(Organisation, context.organisation_id)
    called = "" if opened else getattr(subject, "sealed_as", "")
    if called:
        mail, content, attached = SEALED, _sealed(mail, called, content), ()
    attachments = [
        Attachment(each.filename, each.media_type, each.sha256, each.size) for each in attached
    ]
    told = {
        "organisation": {"name": organisation.name},
        "body": {"name": body.name, "short_name": body.short_name},
        "answer": answer_of(organisation, body, subject),
        "link": page_of(context, subject),
        "attachments": [{"filename": each.filename, "size": each.size} for each in attachments],
        **content,
    }
    composed = compose(settings.templates_dir, mail, "sv", told)
    return enqueue(
        context.session,
        organisation_id=context.organisation_id,
        key=key,
        to_name=to.name,
        to_address=to.address,
        composed=composed,
        moment=context.moment,
        sender=sender_of(context, body),
        domain=urlsplit(settings.base_url).hostname or "localhost",
        attachments=attachments,
        cc=copies,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        body_id=body.id,
        reply_to=told["answer"]["email"],
        group_name=group_name,
    )


def _sealed(mail: str, called: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the letter of a marked matter instead of the letter `mail`."""
    return {
        "called": called,
        "instead_of": mail,
        "first_name": content.get("first_name"),
        "due": content.get("due"),
        **({"link": content["link"]} if "link" in content else {}),
    }


def answer_of(
    organisation: Organisation, body: Body, subject: Any, person: Person | None = None
) -> dict[str, str]:
    """Where an answer to a letter is read: {email, phone, address, page}, "" for what there is not.

    The body's own address comes first, then that of the `person` whom the letter names, then the
    organisation's. The installation's sender is none of them: nobody reads what comes to it.
    """
    office = office_of(organisation, body)
    named = person.email if person and person.is_reachable else ""
    return {
        "email": body.email or named or office.email,
        "phone": (person.phone if person else "") or office.phone,
        "address": ", ".join(office.address.split("\n")),
        "page": subject.__tablename__,
    }


def readers_of(context: Context, person: Person, *about: Any) -> list[Person]:
    """Who reads what is written to a person about something today: the person, and whoever stands
    in for them and has no conflict of interest in it (KL 6:28, 7:4).

    Only those whom a letter can reach.
    """
    stand_ins = context.session.scalars(
        select(Person)
        .join(StandIn, StandIn.stand_in_id == Person.id)
        .where(
            StandIn.organisation_id == context.organisation_id,
            StandIn.person_id == person.id,
            StandIn.valid_from <= context.today,
            StandIn.valid_to >= context.today,
            StandIn.ended_at.is_(None),
        )
    ).all()
    left_out = context.services.recused(context, about) if stand_ins else set()
    told = [person, *(each for each in stand_ins if each.id not in left_out)]
    return [each for each in told if each.is_reachable]


def post_to(
    context: Context,
    person: Person,
    mail: str,
    *,
    key: str,
    subject: Any,
    content: Mapping[str, Any],
    copies: Sequence[Mailbox] = (),
) -> None:
    """Queue the letter to a person, and to whoever stands in for them; once each for the key."""
    for reader in readers_of(context, person, subject):
        post(
            context,
            mail,
            key=key if reader.id == person.id else f"{key}:{reader.id}",
            subject=subject,
            to=Mailbox(reader.name, reader.email),
            content={"first_name": reader.name.split()[0], **content},
            copies=copies if reader.id == person.id else (),
        )


def tell_stand_in(context: Context, row: StandIn) -> None:
    """Both know the days: who is away and who stands in, but for the one whose doing it is.

    It comes from a body of the absent one's, or the first there is; without one nothing is sent.
    """
    body = _body_of(context, row.person)
    if body is None:
        return
    for person in (row.stand_in, row.person):
        if person.is_reachable and person.id != context.actor.person_id:
            post(
                context,
                "stand_in",
                key=f"stand_in:{row.id}:{row.version}:{person.id}",
                subject=row,
                body=body,
                to=Mailbox(person.name, person.email),
                content={
                    "first_name": person.name.split()[0],
                    "by": context.actor.name,
                    "absent": row.person.name,
                    "stand_in": row.stand_in.name,
                    "is_stand_in": person is row.stand_in,
                    "has_ended": row.ended_at is not None,
                    "first": row.valid_from.isoformat(),
                    "last": row.valid_to.isoformat(),
                },
            )


def _body_of(context: Context, person: Person) -> Body | None:
    own = select(Appointment.body_id).where(
        Appointment.organisation_id == context.organisation_id,
        Appointment.person_id == person.id,
    )
    return context.session.scalars(
        select(Body)
        .where(Body.organisation_id == context.organisation_id)
        .order_by(Body.id.not_in(own), Body.id)
    ).first()


def sender_of(context: Context, body: Body) -> Mailbox:
    """Who the body's letters come from: its own address, the organisation's, the installation's."""
    organisation = context.session.get_one(Organisation, body.organisation_id)
    own = body.email or organisation.email
    return Mailbox(body.name, own or context.services.settings.sender)


def page_of(context: Context, subject: Any) -> str:
    """The address of the subject's page; of a kind without one, the front page."""
    base = context.services.settings.base_url
    kind = context.services.kinds.get(subject.__tablename__)
    return f"{base}/{kind.page.of(subject)}" if kind else base
