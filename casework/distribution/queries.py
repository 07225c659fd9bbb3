"""Reading the address book, excerpts and dispatches."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import selectinload

from casework.db import newest
from casework.distribution.models import (
    Dispatch,
    Excerpt,
    Recipient,
    RecipientGroup,
    RecipientGroupMember,
)
from casework.errors import NotFound
from casework.matters.models import Matter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

_Entry = TypeVar("_Entry", Recipient, RecipientGroup)


def recipients(
    organisation_id: int, *, after: int | None = None, limit: int = 50
) -> Select[Recipient]:
    """The address book in Swedish order, one page: those after the entry with the id `after`."""
    return _sorted(Recipient, organisation_id, after, limit)


def groups(
    organisation_id: int, *, after: int | None = None, limit: int = 50
) -> Select[RecipientGroup]:
    """The groups with their members, in Swedish order, one page after the id `after`."""
    members = selectinload(RecipientGroup.members).joinedload(RecipientGroupMember.recipient)
    return _sorted(RecipientGroup, organisation_id, after, limit).options(members)


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
    state: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Select[Dispatch]:
    """Dispatches, newest first, one page: those older than the id `before`."""
    statement = newest(
        Dispatch,
        organisation_id,
        before=before,
        limit=limit,
        excerpt_id=excerpt_id,
        state=state,
    )
    if matter_id is None:
        return statement
    return statement.join(Excerpt, Dispatch.excerpt_id == Excerpt.id).where(
        Excerpt.matter_id == matter_id
    )


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
    model: type[_Entry], organisation_id: int, after: int | None, limit: int
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
