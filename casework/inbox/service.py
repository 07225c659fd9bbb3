"""The verbs of the inbox: tell somebody once, settle it when the matter moves on, put it aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework.errors import Conflict, NotFound
from casework.inbox.kinds import ASKING, KINDS
from casework.inbox.models import InboxEntry
from casework.mail.addresses import Mailbox
from casework.people.letters import post, readers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement

    from casework.context import Context
    from casework.people.models import Person
    from casework.workflow.definition import Transition

SEEN = "seen"
PASSED_ON = "passed_on"


def tell(
    context: Context,
    person: Person,
    subject: Any,
    kind: str,
    *,
    reason: str = "",
    content: Mapping[str, Any] | None = None,
    letter: str = "",
    occasion: str = "",
    besides: Iterable[Any] = (),
) -> InboxEntry | None:
    """Put one entry on the person's page and one letter in the outbox, in this transaction.

    `subject` has `__tablename__`, `id`, `version` and `body_id`, and is in the database already.
    `content` is what the letter needs beyond first name, `by`, `reason` and the subject's `facts`;
    `letter` is another folder of templates/mail than the kind's own; `besides` is what else it
    names. Once for each `occasion` (the subject's version unless given). None where the actor would
    be told of their own doing.
    """
    if person.id == context.actor.person_id:
        return None
    known = KINDS[kind]
    cause = f"{subject.__tablename__}:{subject.id}:{occasion or subject.version}"
    everybody = readers_of(context, person, subject, *besides)
    readers = [each for each in everybody if each.id != context.actor.person_id]
    entry = _entered(context, person, subject, kind, cause, reason, bool(readers))
    mail = letter or known.mail
    for reader in readers:
        post(
            context,
            mail,
            key=f"{mail}:{cause}:{reader.id}",
            subject=subject,
            to=Mailbox(reader.name, reader.email),
            content={
                "first_name": reader.name.split()[0],
                "by": context.actor.name,
                "reason": reason or None,
                "due": None,
                **(subject.facts() if hasattr(subject, "facts") else {}),
                **(content or {}),
            },
        )
    return entry


def settle(
    context: Context, subject: Any, kind: str | Iterable[str], person: Person | int | None = None
) -> int:
    """The task was done, by whoever did it: end the open entries; gives how many."""
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    wanted: list[ColumnElement[bool]] = [InboxEntry.kind.in_(kinds)]
    if person is not None:
        wanted.append(InboxEntry.person_id == (person if isinstance(person, int) else person.id))
    return _end(context, subject, "done", *wanted)


def moved_on(context: Context, subject: Any, step: Transition) -> None:
    """The subject leaves its state: what waited for something to be done there has been settled."""
    _end(context, subject, step.trigger)


def pass_on(context: Context, subject: Any, former: Person, new: Person) -> None:
    """Another person takes over: what waits for the former one waits for the new one instead.

    No letter goes: whoever hands over tells of that by itself. What the new person was told of
    already is only ended for the former; what they have passed on themselves stands for them again.
    """
    context.session.flush()
    for entry in context.session.scalars(
        select(InboxEntry).where(
            _about(context, subject),
            InboxEntry.settled_at.is_(None),
            InboxEntry.person_id == former.id,
            InboxEntry.kind.in_(ASKING),
        )
    ).all():
        entry.settled_at, entry.settled_how = context.moment, PASSED_ON
        _insert_once(
            context,
            {
                "person_id": new.id,
                **{
                    name: getattr(entry, name)
                    for name in ("subject_type", "subject_id", "kind", "key", "reason", "caused_by")
                },
                "by_letter": new.is_reachable,
                "created_at": entry.created_at,
            },
        )


def seen(context: Context, entry: InboxEntry) -> None:
    """The person has read what asks for nothing more; a second time changes nothing.

    Raises NotFound for somebody else's entry, Conflict for one that waits for something to be done.
    """
    if entry.person_id != context.actor.person_id:
        raise NotFound("inbox_entry_unknown")
    if entry.settled_at is not None:
        return
    if not entry.may_be_seen:
        raise Conflict("inbox_entry_asks")
    entry.settled_at, entry.settled_how = context.moment, SEEN


def _entered(
    context: Context,
    person: Person,
    subject: Any,
    kind: str,
    cause: str,
    reason: str,
    by_letter: bool,
) -> InboxEntry:
    key = f"{kind}:{cause}"
    _insert_once(
        context,
        {
            "person_id": person.id,
            "subject_type": subject.__tablename__,
            "subject_id": subject.id,
            "kind": kind,
            "key": key,
            "reason": reason,
            "caused_by": context.actor.name,
            "by_letter": by_letter,
            "created_at": context.moment,
        },
    )
    return context.session.scalars(
        select(InboxEntry).where(
            InboxEntry.organisation_id == context.organisation_id,
            InboxEntry.person_id == person.id,
            InboxEntry.key == key,
        )
    ).one()


def _insert_once(context: Context, values: Mapping[str, Any]) -> None:
    dialect = postgresql if context.session.get_bind().dialect.name == "postgresql" else sqlite
    own = {"organisation_id": context.organisation_id, "settled_at": None, "settled_how": ""}
    context.session.execute(
        dialect.insert(InboxEntry)
        .values(**own, **values)
        .on_conflict_do_update(
            index_elements=["organisation_id", "person_id", "key"],
            set_={"settled_at": None, "settled_how": ""},
            where=InboxEntry.settled_how == PASSED_ON,
        )
    )


def _about(context: Context, subject: Any) -> ColumnElement[bool]:
    return and_(
        InboxEntry.organisation_id == context.organisation_id,
        InboxEntry.subject_type == subject.__tablename__,
        InboxEntry.subject_id == subject.id,
    )


def _end(context: Context, subject: Any, how: str, *wanted: ColumnElement[bool]) -> int:
    session = context.session
    done = session.execute(
        _ENDED.where(*wanted) if wanted else _ENDED_ASKING,
        {
            "of_organisation": context.organisation_id,
            "of_type": subject.__tablename__,
            "of_id": subject.id,
            "moment": context.moment,
            "how": how,
        },
    )
    # Sent as it is, since every step asks for it; what the session has read is read anew.
    for row in session.identity_map.values():
        if isinstance(row, InboxEntry) and row not in session.dirty:
            session.expire(row, ["settled_at", "settled_how"])
    return int(getattr(done, "rowcount", 0))


_TABLE = cast("Table", InboxEntry.__table__)
_ENDED = (
    update(_TABLE)
    .where(
        _TABLE.c.organisation_id == bindparam("of_organisation"),
        _TABLE.c.subject_type == bindparam("of_type"),
        _TABLE.c.subject_id == bindparam("of_id"),
        _TABLE.c.settled_at.is_(None),
    )
    .values(settled_at=bindparam("moment"), settled_how=bindparam("how"))
)
_ENDED_ASKING = _ENDED.where(_TABLE.c.kind.in_(ASKING))
