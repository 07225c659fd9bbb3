"""Who stands in for an official that is away: from which day to which, and when it ends before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, or_, select, tuple_

from casework.accounts.officials import require_official
from casework.db import lock
from casework.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from casework.people.letters import tell_stand_in
from casework.people.models import Appointment, StandIn
from casework.people.policy import OFFICIALS, is_valid, may_oneself, stand_ins_changed
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from casework.context import Context
    from casework.people.models import Person

LONGEST = timedelta(days=366)
REASON = 300


def name_stand_in(
    context: Context,
    person: Person,
    stand_in: Person,
    *,
    valid_from: date,
    valid_to: date,
    reason: str = "",
) -> StandIn:
    """From a day to a day, another official does and sees what the absent one may.

    Raises Forbidden for whoever may not arrange it (`may_arrange`), Invalid for somebody who is no
    official and for days that do not do, Conflict for days on which there is a stand-in already,
    or on which one of the two is away or stands in for somebody: there is no chain.
    """
    require_arranger(context, person)
    if person.id == stand_in.id:
        raise Invalid("stand_in_for_oneself")
    reason = cleaned_line(reason)
    if len(reason) > REASON:
        raise Invalid("stand_in_reason_long", limit=REASON)
    require_official(context, person)
    require_official(context, stand_in)
    _require_days(context, valid_from, valid_to)
    _lock_both(context, person, stand_in)
    _require_free(context, person, stand_in, valid_from, valid_to)
    row = StandIn(
        organisation_id=context.organisation_id,
        person_id=person.id,
        person=person,
        stand_in_id=stand_in.id,
        stand_in=stand_in,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        recorded_at=context.moment,
    )
    context.session.add(row)
    _record(context, row, "stand_in_named")
    tell_stand_in(context, row)
    return row


def change_last_day(
    context: Context, row: StandIn, valid_to: date, expected_version: int | None = None
) -> None:
    """The absence lasts until another day. Refused as `name_stand_in`, and Stale."""
    require_arranger(context, row.person)
    _hold(context, row, expected_version)
    _require_days(context, max(row.valid_from, context.today), valid_to)
    if valid_to - row.valid_from > LONGEST:
        raise Invalid("stand_in_too_long", days=LONGEST.days)
    _require_free(context, row.person, row.stand_in, row.valid_from, valid_to, besides=row)
    row.valid_to = valid_to
    _record(context, row, "stand_in_moved")
    tell_stand_in(context, row)


def end_now(context: Context, row: StandIn, expected_version: int | None = None) -> None:
    """The absent one is back, or the stand-in cannot go on: from this moment it no longer holds.

    Raises Forbidden for all but those who may arrange it and the stand-in, Conflict if it is over.
    """
    if context.actor.person_id != row.stand_in_id:
        require_arranger(context, row.person)
    _hold(context, row, expected_version)
    row.ended_at = context.moment
    _record(context, row, "stand_in_ended")
    if context.actor.person_id != row.stand_in_id:
        tell_stand_in(context, row)


def may_arrange(context: Context, person: Person) -> bool:
    """Whether the actor may name a stand-in for the person: the person, the administrators, a
    manager where the person is an official; a secretary for one who is secretary there alone.

    A manager arranges for whoever has no post of their own, as a case officer may have none. By
    their own right: a stand-in would else prolong what they were lent.
    """
    if context.actor.person_id in (None, person.id) or may_oneself(
        context, None, ("administrator",)
    ):
        return True
    posts = context.session.execute(
        select(Appointment.role, Appointment.body_id).where(
            Appointment.organisation_id == context.organisation_id,
            Appointment.person_id == person.id,
            Appointment.role.in_(OFFICIALS),
            is_valid(context.today),
        )
    ).all()
    roles, bodies = {role for role, _body in posts}, {body_id for _role, body_id in posts}
    if "chief_executive" in roles:
        return False
    arrangers = ("manager", "committee_secretary") if roles == {"committee_secretary"} else None
    if not posts:
        return _is_manager_somewhere(context)
    return any(may_oneself(context, body_id, arrangers or ("manager",)) for body_id in bodies)


def require_arranger(context: Context, person: Person) -> None:
    """Raise Forbidden unless `may_arrange`."""
    if not may_arrange(context, person):
        raise Forbidden("stand_in_not_yours", name=person.name)


def stand_ins_of(
    organisation_id: int, person_id: int, *, after: int | None = None, limit: int | None = None
) -> Select[StandIn]:
    """Those who stand in, have stood in or will stand in for the person, the latest first; a page
    of them: what comes after the one with the id `after`."""
    key = (StandIn.valid_from, StandIn.id)
    statement = (
        select(StandIn)
        .where(StandIn.organisation_id == organisation_id, StandIn.person_id == person_id)
        .order_by(*(column.desc() for column in key))
        .limit(limit)
    )
    if after is None:
        return statement
    own = StandIn.organisation_id == organisation_id
    place = select(*key).where(own, StandIn.id == after).correlate(None).scalar_subquery()
    return statement.where(tuple_(*key) < place)


def stands_in_for(organisation_id: int, person_id: int, today: date) -> Select[StandIn]:
    """Those whom the person stands in for or will do, the latest first."""
    return (
        select(StandIn)
        .where(
            StandIn.organisation_id == organisation_id,
            StandIn.stand_in_id == person_id,
            still_holds(today),
        )
        .order_by(StandIn.valid_from.desc(), StandIn.id.desc())
    )


def find(context: Context, person_id: int, row_id: int) -> StandIn:
    """One of `stand_ins_of`; raises NotFound for any other."""
    own = StandIn.organisation_id == context.organisation_id, StandIn.person_id == person_id
    row = context.session.scalar(select(StandIn).where(*own, StandIn.id == row_id))
    if row is None:
        raise NotFound("not_found")
    return row


def still_holds(day: date) -> ColumnElement[bool]:
    """Which hold on that day, or will; the others are over, as `is_over` says."""
    return StandIn.ended_at.is_(None) & (StandIn.valid_to >= day)


def is_over(row: StandIn, day: date) -> bool:
    """Whether it no longer holds on that day, nor will."""
    return row.ended_at is not None or row.valid_to < day


def _is_manager_somewhere(context: Context) -> bool:
    bodies = context.session.scalars(
        select(Appointment.body_id)
        .where(
            Appointment.organisation_id == context.organisation_id,
            Appointment.role == "manager",
            is_valid(context.today),
        )
        .distinct()
    ).all()
    return any(may_oneself(context, body_id, ("manager",)) for body_id in bodies)


def _require_days(context: Context, first: date, last: date) -> None:
    if last < first:
        raise Invalid("appointment_ends_before_start", first=first.isoformat())
    if first < context.today:
        raise Invalid("stand_in_in_the_past", today=context.today.isoformat())
    if last - first > LONGEST:
        raise Invalid("stand_in_too_long", days=LONGEST.days)


def _require_free(
    context: Context,
    person: Person,
    stand_in: Person,
    first: date,
    last: date,
    besides: StandIn | None = None,
) -> None:
    """Nobody has two stand-ins on a day, and whose tasks are another's does not do a third's."""
    statement = select(StandIn).where(
        StandIn.organisation_id == context.organisation_id,
        StandIn.ended_at.is_(None),
        StandIn.valid_from <= last,
        StandIn.valid_to >= first,
        or_(
            StandIn.person_id.in_((person.id, stand_in.id)),
            StandIn.stand_in_id == person.id,
        ),
    )
    if besides is not None:
        statement = statement.where(StandIn.id != besides.id)
    other = context.session.scalars(statement.order_by(StandIn.valid_from)).first()
    if other is None:
        return
    days = {"first": other.valid_from.isoformat(), "last": other.valid_to.isoformat()}
    if other.person_id == person.id:
        raise Conflict("stand_in_named_already", name=other.stand_in.name, **days)
    if other.person_id == stand_in.id:
        raise Conflict("stand_in_is_away", name=stand_in.name, **days)
    raise Conflict("stand_in_for_another", name=person.name, other=other.person.name, **days)


def _lock_both(context: Context, person: Person, stand_in: Person) -> None:
    """In one order: two that name each other would else wait for each other."""
    for each in sorted((person, stand_in), key=lambda each: each.id):
        lock(context.session, each)


def _hold(context: Context, row: StandIn, expected_version: int | None) -> None:
    _lock_both(context, row.person, row.stand_in)
    context.session.refresh(row)
    if expected_version not in (None, row.version):
        raise Stale("stale")
    if is_over(row, context.today):
        raise Conflict("stand_in_over", name=row.stand_in.name)


def _record(context: Context, row: StandIn, action: str) -> None:
    """On the record of the one who is away, and on that of the one who stands in."""
    context.session.flush()
    stand_ins_changed(context.session)
    days = {"first": row.valid_from.isoformat(), "last": row.valid_to.isoformat()}
    names = {"absent": row.person.name, "stand_in": row.stand_in.name}
    for person in (row.person, row.stand_in):
        context.record(person, action, **names, **days, reason=row.reason)
