"""Reading the address book, excerpts and dispatches."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, Select, false, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from casework.db import newest
from casework.distribution.models import (
    Dispatch,
    Excerpt,
    Recipient,
    RecipientGroup,
    RecipientGroupMember,
)
from casework.errors import NotFound
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.matters.search import matches, words
from casework.people.policy import ROLES
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from casework.context import Context

DISPATCHERS = ("committee_secretary", "registrar")
DISPATCH_KEY = "dispatch:"
MOST_LETTERS = 50

_Entry = TypeVar("_Entry", Recipient, RecipientGroup)
_Row = TypeVar("_Row")


def recipients(
    organisation_id: int,
    *,
    question: str = "",
    is_active: bool | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Select[Recipient]:
    """The address book in Swedish order, one page: those after the entry with the id `after`.

    Of them those whose name or address has `question` in it; those in use, or no longer, if asked.
    """
    statement = _sorted(Recipient, organisation_id, after, limit)
    return statement.where(*_among_recipients(question, is_active))


def count_recipients(
    session: Session, organisation_id: int, question: str = "", is_active: bool | None = None
) -> int:
    """How many `recipients` gives on all its pages."""
    statement = select(func.count(Recipient.id)).where(
        Recipient.organisation_id == organisation_id, *_among_recipients(question, is_active)
    )
    return session.scalar(statement) or 0


def recipient(session: Session, organisation_id: int, recipient_id: int) -> Recipient:
    """The entry of the address book; raises NotFound."""
    return _entry(session, Recipient, organisation_id, recipient_id)


def groups_of(organisation_id: int, recipient_id: int) -> Select[RecipientGroup]:
    """All the groups in which the recipient is, in Swedish order."""
    inside = RecipientGroup.members.any(RecipientGroupMember.recipient_id == recipient_id)
    return _sorted(RecipientGroup, organisation_id, None, None).where(inside)


def groups(
    organisation_id: int, *, after: int | None = None, limit: int = 50
) -> Select[RecipientGroup]:
    """The groups with their members, in Swedish order, one page after the id `after`."""
    members = selectinload(RecipientGroup.members).joinedload(RecipientGroupMember.recipient)
    return _sorted(RecipientGroup, organisation_id, after, limit).options(members)


def sizes(session: Session, rows: Sequence[RecipientGroup]) -> dict[int, int]:
    """How many recipients there are in each of these groups."""
    found = session.execute(
        select(RecipientGroupMember.group_id, func.count())
        .where(RecipientGroupMember.group_id.in_([row.id for row in rows]))
        .group_by(RecipientGroupMember.group_id)
    )
    return dict(found.all())


def group_names(
    organisation_id: int, *, after: int | None = None, limit: int = 50
) -> Select[RecipientGroup]:
    """The groups without their members, in Swedish order, one page after the id `after`."""
    return _sorted(RecipientGroup, organisation_id, after, limit)


def recipients_named(
    session: Session, organisation_id: int, recipient_ids: Iterable[int]
) -> Sequence[Recipient]:
    """These entries in the order given; raises NotFound if one does not exist here."""
    return [_entry(session, Recipient, organisation_id, each) for each in recipient_ids]


def group(session: Session, organisation_id: int, group_id: int) -> RecipientGroup:
    """The group; raises NotFound."""
    return _entry(session, RecipientGroup, organisation_id, group_id)


def excerpts(
    organisation_id: int,
    *,
    matter_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Select[Excerpt]:
    """Excerpts of matters that the session may see, newest first, one page before an id."""
    return newest(Excerpt, organisation_id, before=before, limit=limit, matter_id=matter_id).join(
        Matter, Excerpt.matter_id == Matter.id
    )


def excerpt(session: Session, organisation_id: int, excerpt_id: int) -> Excerpt:
    """The excerpt of a matter that the session may see; raises NotFound."""
    found = session.scalar(excerpts(organisation_id).where(Excerpt.id == excerpt_id))
    if found is None:
        raise NotFound("not_found")
    return found


def dispatches(
    organisation_id: int,
    *,
    matter_id: int | None = None,
    excerpt_id: int | None = None,
    body_id: int | None = None,
    state: str = "",
    question: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[Dispatch]:
    """Dispatches of matters that the session may see, newest first, one page before an id.

    `state` is a state of the workflow; `question` stands in the matter, or in the recipient's name
    or address.
    """
    equal = {"excerpt_id": excerpt_id, "body_id": body_id, "state": state}
    statement = newest(Dispatch, organisation_id, before=before, limit=limit, **equal)
    whole = contains_eager(Dispatch.excerpt).contains_eager(Excerpt.matter)
    found = _of_matters(statement, matter_id, question)
    return found.options(whole, joinedload(Dispatch.recipient))


def count_dispatches(
    session: Session,
    organisation_id: int,
    *,
    body_id: int | None = None,
    state: str = "",
    question: str = "",
) -> int:
    """How many `dispatches` gives on all its pages."""
    equal = {"body_id": body_id, "state": state}
    wanted = {name: value for name, value in equal.items() if value not in (None, "")}
    statement = (
        select(func.count(Dispatch.id))
        .where(Dispatch.organisation_id == organisation_id)
        .filter_by(**wanted)
    )
    return session.scalar(_of_matters(statement, None, question)) or 0


def count_to_mend(context: Context) -> int:
    """How many dispatches failed and wait for the actor: of bodies for which they dispatch."""
    actor = context.actor.person_id or 0
    mends = [ROLES[name].criteria(actor, Dispatch, context.today) for name in DISPATCHERS]
    statement = select(func.count(Dispatch.id)).where(
        Dispatch.organisation_id == context.organisation_id,
        Dispatch.state == "failed",
        or_(*mends),
    )
    return context.session.scalar(_of_matters(statement, None, "")) or 0


def letter_key(dispatch: Dispatch, epoch: int | None = None) -> str:
    """What the outbox calls the dispatch's letter: another one for each link, the newest if not
    said."""
    return f"{DISPATCH_KEY}{dispatch.id}:{dispatch.link_epoch if epoch is None else epoch}"


def letter_keys(dispatch: Dispatch) -> list[str]:
    """The names of the dispatch's letters, the newest first, at most MOST_LETTERS of them."""
    newest_first = range(dispatch.link_epoch, -1, -1)
    return [letter_key(dispatch, epoch) for epoch in newest_first[:MOST_LETTERS]]


def letters_of(session: Session, rows: Sequence[Dispatch]) -> dict[int, Message]:
    """The newest letter of each of an organisation's dispatches, by the dispatch's id."""
    found = {each.key: each for each in _letters(session, rows, map(letter_key, rows))}
    named = {row.id: letter_key(row) for row in rows}
    return {row_id: found[key] for row_id, key in named.items() if key in found}


def letters(session: Session, dispatch: Dispatch) -> Sequence[Message]:
    """Every letter of the dispatch, the newest first; there is one for each link."""
    return _letters(session, [dispatch], letter_keys(dispatch))


def _letters(session: Session, rows: Sequence[Dispatch], keys: Iterable[str]) -> Sequence[Message]:
    own = {row.organisation_id for row in rows}
    return session.scalars(
        select(Message)
        .where(Message.organisation_id.in_(own), Message.key.in_(list(keys)))
        .order_by(Message.id.desc())
    ).all()


def out_of_use(session: Session, matter: Matter) -> set[int]:
    """Which recipients as written mean somebody who is no longer in use, or nobody who is."""
    recipient_ids = {each.recipient_id for each in matter.recipients if each.recipient_id}
    group_ids = {each.group_id for each in matter.recipients if each.group_id}
    own = matter.organisation_id
    used, reaching = set[int](), set[int]()
    if recipient_ids:
        in_use = select(Recipient.id).where(
            Recipient.organisation_id == own, Recipient.id.in_(recipient_ids), Recipient.is_active
        )
        used = set(session.scalars(in_use))
    if group_ids:
        not_empty = (
            select(RecipientGroupMember.group_id)
            .join(RecipientGroupMember.recipient)
            .where(
                RecipientGroupMember.organisation_id == own,
                RecipientGroupMember.group_id.in_(group_ids),
                Recipient.is_active,
            )
        )
        reaching = set(session.scalars(not_empty))
    return {
        each.id
        for each in matter.recipients
        if (each.recipient_id and each.recipient_id not in used)
        or (each.group_id and each.group_id not in reaching)
    }


def dispatch(session: Session, organisation_id: int, dispatch_id: int) -> Dispatch:
    """The dispatch that the session may see; raises NotFound for none and a hidden one alike."""
    found = session.scalar(dispatches(organisation_id).where(Dispatch.id == dispatch_id))
    if found is None:
        raise NotFound("not_found")
    return found


def _entry(session: Session, model: type[_Entry], organisation_id: int, entry_id: int) -> _Entry:
    found = session.scalar(
        select(model).where(model.organisation_id == organisation_id, model.id == entry_id)
    )
    if found is None:
        raise NotFound("entry_unknown", id=entry_id)
    return found


def _sorted(
    model: type[_Entry], organisation_id: int, after: int | None, limit: int | None
) -> Select[_Entry]:
    statement = (
        select(model)
        .where(model.organisation_id == organisation_id)
        .order_by(model.sort_key, model.id)
        .limit(limit)
    )
    if after is not None:
        last = select(model.sort_key, model.id).where(
            model.organisation_id == organisation_id, model.id == after
        )
        statement = statement.where(tuple_(model.sort_key, model.id) > last.scalar_subquery())
    return statement


def _among_recipients(question: str, is_active: bool | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if question.strip():
        key = sort_key(question.strip())
        wanted.append(
            Recipient.sort_key.contains(key, autoescape=True)
            | Recipient.email.icontains(question.strip(), autoescape=True)
        )
    return wanted if is_active is None else [*wanted, Recipient.is_active.is_(is_active)]


def _of_matters(statement: Select[_Row], matter_id: int | None, question: str) -> Select[_Row]:
    """The dispatches among them whose matter the session may see, and which have the question."""
    joined = statement.join(Excerpt, Dispatch.excerpt_id == Excerpt.id).join(
        Matter, Excerpt.matter_id == Matter.id
    )
    if matter_id is not None:
        joined = joined.where(Matter.id == matter_id)
    asked = question.strip()
    if not asked:
        return joined
    in_matter = matches(asked) if words(asked) else false()
    return joined.join(Recipient, Dispatch.recipient_id == Recipient.id).where(
        in_matter
        | Recipient.sort_key.contains(sort_key(asked), autoescape=True)
        | Dispatch.recipient_name.icontains(asked, autoescape=True)
        | Dispatch.recipient_email.icontains(asked, autoescape=True)
    )
