"""What a person sees: put on a session, it holds for every query, also the one that forgets."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import with_loader_criteria

from casework.delegation.models import DelegatedDecision
from casework.distribution.models import Dispatch
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.meetings.models import AgendaItem, Meeting, Recusal
from casework.people.policy import appointments_of, readable, restrict

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from casework.context import Context

HIDDEN = (Matter, Meeting, Assignment, Dispatch, DelegatedDecision)


def restrict_to(context: Context, person_id: int) -> None:
    """From now on the session loads only what the person may read.

    Their roles say which rows (`casework.people.policy`); a conflict of interest takes away the
    item and its matter, whatever the role (KL 6:28-30).
    """
    session, organisation_id = context.session, context.organisation_id
    restrict(session, HIDDEN, organisation_id, person_id, context.today)
    # The tables themselves: a criterion on AgendaItem would reach into an entity's subquery. And
    # under names of their own: a query that has them too would else be asked of its own rows alone.
    recusal, item = Recusal.__table__.alias("own_recusal"), AgendaItem.__table__.alias("left_item")
    own = (recusal.c.organisation_id == organisation_id) & (recusal.c.person_id == person_id)
    recused_of_matter = exists().where(
        own, recusal.c.agenda_item_id == item.c.id, item.c.matter_id == Matter.id
    )
    recused = exists().where(own, recusal.c.agenda_item_id == AgendaItem.id)
    session.info["visible"] += [
        with_loader_criteria(Matter, ~recused_of_matter, propagate_to_loaders=False),
        with_loader_criteria(AgendaItem, ~recused, propagate_to_loaders=False),
    ]


def matters_seen(organisation_id: int, person_id: int, day: date) -> ColumnElement[bool]:
    """Which matters the person may read on that day, whoever asks."""
    recusal, item = Recusal.__table__.alias(), AgendaItem.__table__.alias()
    recused = exists().where(
        recusal.c.organisation_id == organisation_id,
        recusal.c.person_id == person_id,
        recusal.c.agenda_item_id == item.c.id,
        item.c.matter_id == Matter.id,
    )
    return readable(Matter, organisation_id, person_id, day) & ~recused


def sight_of(context: Context, person_id: int) -> str:
    """A sum over the person's appointments today and conflicts of interest: with another, they see
    something else than before."""
    session, organisation_id = context.session, context.organisation_id
    appointed = appointments_of(session, organisation_id, person_id, context.today)
    recused = session.scalars(
        select(Recusal.agenda_item_id)
        .where(Recusal.organisation_id == organisation_id, Recusal.person_id == person_id)
        .order_by(Recusal.agenda_item_id)
    ).all()
    return sha256(repr((appointed, recused)).encode()).hexdigest()
