"""What a person sees: put on a session, it holds for every query, also the one that forgets."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import with_loader_criteria

from casework.inbox.models import InboxEntry
from casework.kinds import gathered
from casework.matters.kind import MATTER
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Recusal
from casework.people.policy import absent, appointments_of, readable, restrict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement, Exists, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from casework.context import Context
    from casework.workflow.kinds import Kind


def restrict_to(context: Context, person_id: int) -> None:
    """From now on the session loads only what the person may read.

    Their roles say which rows (`casework.people.policy`); a conflict of interest takes away the
    item and its matter, whatever the role (KL 6:28-30).
    """
    session, organisation_id = context.session, context.organisation_id
    restrict(session, gathered(), organisation_id, person_id, context.today)
    recused_of_matter = _recused(organisation_id, person_id, Matter.id)
    # The tables themselves: a criterion on AgendaItem would reach into an entity's subquery. And
    # under names of their own: a query that has them too would else be asked of its own rows alone.
    recusal = Recusal.__table__.alias("own_recusal")
    own = (recusal.c.organisation_id == organisation_id) & (recusal.c.person_id == person_id)
    recused = exists().where(own, recusal.c.agenda_item_id == AgendaItem.id)
    session.info["visible"] += [
        with_loader_criteria(Matter, ~recused_of_matter, propagate_to_loaders=False),
        with_loader_criteria(AgendaItem, ~recused, propagate_to_loaders=False),
    ]


def matters_seen(organisation_id: int, person_id: int, day: date) -> ColumnElement[bool]:
    """Which matters the person may read on that day, whoever asks."""
    may_read = readable(MATTER, organisation_id, person_id, day)
    return may_read & ~_recused(organisation_id, person_id, Matter.id)


def of_what_is_seen(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    """Which entries of an inbox are about something that the person may see.

    In a query of a session that `restrict_to` has restricted: it is the session that hides the
    rows. What follows from a matter is hidden with it where there is a conflict of interest.
    """

    return or_(
        *(
            and_(
                InboxEntry.subject_type == kind.noun,
                statement.where(statement.selected_columns[0] == InboxEntry.subject_id)
                .correlate(InboxEntry)
                .exists(),
            )
            for kind in gathered()
            for statement in [_seen(kind, organisation_id, person_id)]
        )
    )


def _seen(kind: Kind, organisation_id: int, person_id: int) -> Select[int]:
    if kind.matter_id is None:
        return kind.ids()
    return kind.ids().where(~_recused(organisation_id, person_id, kind.matter_id))


def _recused(organisation_id: int, person_id: int, matter_id: InstrumentedAttribute[int]) -> Exists:
    """Whether the person has a conflict of interest in the matter, at any of its visits."""
    recusal, item = Recusal.__table__.alias("own_recusal"), AgendaItem.__table__.alias("left_item")
    return exists().where(
        recusal.c.organisation_id == organisation_id,
        recusal.c.person_id == person_id,
        recusal.c.agenda_item_id == item.c.id,
        item.c.matter_id == matter_id,
    )


def recused(context: Context, subjects: Iterable[Any]) -> set[int]:
    """Who has a conflict of interest in a matter that one of the subjects is, or follows from."""
    found = (_matter_of(each) for each in subjects)
    matter_ids = {each for each in found if each is not None}
    if not matter_ids:
        return set()
    recusal, item = Recusal.__table__, AgendaItem.__table__
    return set(
        context.session.scalars(
            select(recusal.c.person_id)
            .join(item, item.c.id == recusal.c.agenda_item_id)
            .where(
                recusal.c.organisation_id == context.organisation_id,
                item.c.matter_id.in_(matter_ids),
            )
        )
    )


def _matter_of(subject: Any) -> int | None:
    kind = gathered().get(subject.__tablename__)
    return kind.matter_of(subject) if kind else None


def sight_of(context: Context, person_id: int) -> str:
    """A sum over a person's appointments today, stand-ins among them, and conflicts of interest:
    with another, they see something else than before."""
    session, organisation_id = context.session, context.organisation_id
    today = context.today
    appointed = appointments_of(session, organisation_id, person_id, today)
    away = sorted(absent(session, organisation_id, person_id, today))
    recused = session.scalars(
        select(Recusal.agenda_item_id)
        .where(Recusal.organisation_id == organisation_id, Recusal.person_id == person_id)
        .order_by(Recusal.agenda_item_id)
    ).all()
    return sha256(repr((appointed, away, recused)).encode()).hexdigest()
