"""Letters that did not arrive and are no dispatch: summonses, reminders, letters to sign.

Whoever dispatches for a body mends its letters; those about accounts are the administrators'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from casework.audit.service import audited_models
from casework.db import lock, newest
from casework.distribution.models import Dispatch, Excerpt
from casework.distribution.queries import DISPATCH_KEY, DISPATCHERS
from casework.errors import Conflict, Invalid, NotFound
from casework.mail import outbox
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.people.corrections import may_revise, revise_person
from casework.people.models import Organisation, Person
from casework.people.policy import ROLES

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

    from casework.context import Context

ADMINISTRATOR = "administrator"
# What has a page of its own for the reader to ask: failed, and what somebody has given up.
STATES = ("failed", "seen")


def undelivered(
    context: Context,
    *,
    state: str = "failed",
    body_id: int | None = None,
    question: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[Message]:
    """The actor's letters to mend, newest first, one page before an id; `state` one of STATES."""
    statement = newest(
        Message, context.organisation_id, before=before, limit=limit, state=state, body_id=body_id
    )
    return statement.where(*_mine(context), *_with(question))


def count(
    context: Context, *, state: str = "failed", body_id: int | None = None, question: str = ""
) -> int:
    """How many letters `undelivered` gives on all its pages."""
    equal = {"state": state, "body_id": body_id}
    wanted = {name: value for name, value in equal.items() if value not in (None, "")}
    statement = (
        select(func.count(Message.id))
        .where(Message.organisation_id == context.organisation_id)
        .filter_by(**wanted)
    )
    return context.session.scalar(statement.where(*_mine(context), *_with(question))) or 0


def find(context: Context, message_id: int) -> Message:
    """The letter, if it is the actor's to mend; raises NotFound for all others alike."""
    statement = select(Message).where(
        Message.organisation_id == context.organisation_id, Message.id == message_id
    )
    message = context.session.scalar(statement.where(*_mine(context)))
    if message is None:
        raise NotFound("not_found")
    return message


def person_of(context: Context, message: Message) -> Person | None:
    """Whose address the letter went to, where that is one person and the actor may correct it."""
    found = context.session.scalars(
        select(Person)
        .where(
            Person.organisation_id == context.organisation_id,
            func.lower(Person.email) == message.to_address.lower(),
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 and may_revise(context, found[0]) else None


def send_again(
    context: Context, message: Message, *, email: str = "", with_person: bool = False
) -> None:
    """Try the letter from the beginning, to `email` from now on if that is given.

    With `with_person` the address is corrected where it comes from. The caller has found the letter
    with `find`. Raises Conflict `message_not_failed` for one that waits or has gone, Invalid, and
    Conflict `account_letter_stays`: the link in such a letter opens somebody's account.
    """
    if email and message.body_id is None and email != message.to_address:
        raise Conflict("account_letter_stays")
    before = message.to_address
    person = person_of(context, message) if with_person and email else None
    outbox.send_again(context.session, message, context.moment, email)
    if person is not None:
        revise_person(context, person, email=email)
    _record(context, message, "letter_sent_again", to=message.to_address, before=before)


def give_up(context: Context, message: Message, reason: str) -> None:
    """No more is done about the letter; raises Conflict `message_not_failed`, Invalid."""
    if not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    outbox.seen(context.session, message)
    _record(context, message, "letter_given_up", to=message.to_address, reason=reason.strip())


def _mine(context: Context) -> list[ColumnElement[bool]]:
    """Letters for which the actor answers, about nothing that is hidden from them."""
    actor = context.actor.person_id or 0
    criteria = {
        name: ROLES[name].criteria(actor, Message, context.today)
        for name in (*DISPATCHERS, ADMINISTRATOR)
    }
    of_a_body = Message.body_id.is_not(None) & or_(*(criteria[name] for name in DISPATCHERS))
    of_accounts = Message.body_id.is_(None) & criteria[ADMINISTRATOR]
    return [
        ~Message.key.startswith(DISPATCH_KEY),
        of_a_body | of_accounts,
        *_about_matters_seen(context.organisation_id),
    ]


def _about_matters_seen(organisation_id: int) -> list[ColumnElement[bool]]:
    """A matter that the session hides hides the letters about it, and about what follows from it.

    Of what follows the tables themselves are asked: it is the matter that hides, not the roles.
    """
    matters = select(Matter.id).where(Matter.organisation_id == organisation_id)
    tables = {name: model.__table__.c for name, model in _subjects().items()}
    ties = {name: each.matter_id for name, each in tables.items() if "matter_id" in each}
    excerpt, dispatch = tables[Excerpt.__tablename__], tables[Dispatch.__tablename__]
    about = {
        Matter.__tablename__: matters,
        Dispatch.__tablename__: select(dispatch.id)
        .join(excerpt.id.table, excerpt.id == dispatch.excerpt_id)
        .where(excerpt.matter_id.in_(matters)),
        **{
            name: select(tables[name].id).where(matter_id.is_(None) | matter_id.in_(matters))
            for name, matter_id in ties.items()
        },
    }
    return [
        (Message.subject_type.is_distinct_from(name)) | Message.subject_id.in_(rows)
        for name, rows in about.items()
    ]


def _subjects() -> dict[str, Any]:
    """What a letter can be about and has a record, by the name of its table."""
    return {model.__tablename__: model for model in audited_models()}


def _with(question: str) -> list[ColumnElement[bool]]:
    asked = question.strip()
    if not asked:
        return []
    columns = (Message.to_name, Message.to_address, Message.subject)
    return [or_(*(column.icontains(asked, autoescape=True) for column in columns))]


def _record(context: Context, message: Message, action: str, **detail: Any) -> None:
    """An entry on what the letter is about; on the organisation where that has no record."""
    model = _subjects().get(message.subject_type or "")
    subject = context.session.get(model, message.subject_id) if model else None
    if subject is None:
        subject = context.session.get_one(Organisation, context.organisation_id)
    lock(context.session, subject)
    context.record(subject, action, letter=message.subject, **detail)
