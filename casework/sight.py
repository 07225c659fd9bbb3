"""What a person sees: put on a session, it holds for every query, also the one that forgets."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import with_loader_criteria

from casework.delegation.models import DelegatedDecision
from casework.distribution.models import Dispatch, Excerpt
from casework.followup.models import Assignment
from casework.inbox.models import InboxEntry
from casework.kinds import gathered
from casework.matters.entries import ENTRIES, Entry
from casework.matters.kind import MATTER
from casework.matters.models import Matter
from casework.meetings.knowing import unknown_to
from casework.meetings.models import AgendaItem, Decision, Recusal
from casework.people.policy import absent, appointments_of, readable, restrict
from casework.secrecy.readings import note_readings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement, Exists, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from casework.context import Context
    from casework.workflow.kinds import Kind

# What follows from a matter is hidden with it, whoever reads.
OF_A_MATTER = (AgendaItem, Decision, Excerpt)


def restrict_to(context: Context, person_id: int) -> None:
    """From now on the session loads only what the person may read.

    Their roles say which rows (`casework.people.policy`). Whatever the role, a conflict of interest
    takes away the item and its matter (KL 6:28-30), and a secrecy mark all that follows from the
    matter, for everybody who has no need to know of it (decision 0027).
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
        *_unless_secret(organisation_id, person_id, context.today),
    ]
    session.info[ENTRIES] = (
        readable(MATTER, organisation_id, person_id, context.today, Entry)
        & Entry.id.in_(unknown_to(organisation_id, person_id, context.today))
        & ~_recused(organisation_id, person_id, Entry.id)
    )


def _unless_secret(organisation_id: int, person_id: int, day: date) -> list[Any]:
    """What hides a marked matter, and each row that follows from one."""
    secret = unknown_to(organisation_id, person_id, day)
    excerpt = Excerpt.__table__.alias("secret_excerpt")
    excerpts = select(excerpt.c.id).where(excerpt.c.matter_id.in_(secret))
    # Whoever is to carry out a task, or to decide, is told of that, though not of the matter.
    own_task = Assignment.assignee_id == person_id
    own_decision = DelegatedDecision.decider_id == person_id
    rows: list[tuple[type[Any], ColumnElement[bool]]] = [
        (Matter, Matter.id.not_in(secret)),
        (Dispatch, Dispatch.excerpt_id.not_in(excerpts)),
        (Assignment, _is_open(Assignment.matter_id, secret) | own_task),
        (DelegatedDecision, _is_open(DelegatedDecision.matter_id, secret) | own_decision),
        *((model, _is_open(model.matter_id, secret)) for model in OF_A_MATTER),
    ]
    return [
        with_loader_criteria(model, condition, propagate_to_loaders=False)
        for model, condition in rows
    ]


def _is_open(column: InstrumentedAttribute[Any], secret: Select[int]) -> ColumnElement[bool]:
    return or_(column.is_(None), column.not_in(secret))


def is_secret(context: Context, subject: Any) -> bool:
    """Whether the subject is a marked matter, or follows from one."""
    return _secret_matter_of(context, subject) is not None


def may_know(context: Context, subject: Any, person_id: int) -> bool:
    """Whether a secrecy mark leaves the person what the subject says: no mark, or a need to know,
    and then no conflict of interest."""
    matter_id = _secret_matter_of(context, subject)
    if matter_id is None:
        return True
    secret = unknown_to(context.organisation_id, person_id, context.today).subquery()
    hidden = context.session.scalar(select(secret.c.id).where(secret.c.id == matter_id))
    return hidden is None and person_id not in recused(context, [subject])


def note_read(context: Context, matter_ids: Iterable[int], *, face: str, address: str) -> None:
    """Write down that the actor was shown these marked matters at the address.

    Not those that a page has loaded and left out, since the actor may not know of them.
    """
    secret = unknown_to(context.organisation_id, context.actor.person_id or 0, context.today)
    known = set(matter_ids) - set(context.session.scalars(secret))
    if known:
        note_readings(context, known, face=face, address=address)


def _secret_matter_of(context: Context, subject: Any) -> int | None:
    matter_id = _matter_of(subject)
    if matter_id is None:
        return None
    matter = Matter.__table__
    return context.session.scalar(
        select(matter.c.id).where(
            matter.c.organisation_id == context.organisation_id,
            matter.c.id == matter_id,
            matter.c.secrecy_provision != "",
        )
    )


def matters_seen(organisation_id: int, person_id: int, day: date) -> ColumnElement[bool]:
    """Which matters the person may read on that day, whoever asks."""
    may_read = readable(MATTER, organisation_id, person_id, day)
    may_read &= Matter.id.not_in(unknown_to(organisation_id, person_id, day))
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
