"""Which marked matters, and items of them, a person is not to know of; and what is told instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Date, Select, exists, func, or_, select

from casework.matters.models import Matter
from casework.meetings.models import (
    DECIDING,
    Absence,
    AgendaItem,
    Attendance,
    Attestation,
    Meeting,
    Participant,
    Recusal,
)
from casework.people.models import Appointment, Person
from casework.secrecy.models import NeedToKnow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.db import Base

SITTING = ("chair", "vice_chair", "member")

# The tables themselves, under names of their own: what hides rows from a session asks here, and a
# query that has the same tables would else be asked of its own rows alone.
_matter = Matter.__table__.alias("secret_matter")
_listed = NeedToKnow.__table__.alias("knows_of")
_item = AgendaItem.__table__.alias("known_item")
_meeting = Meeting.__table__.alias("known_meeting")
_seat = Appointment.__table__.alias("known_seat")
_person = Person.__table__.alias("known_person")


def unknown_to(organisation_id: int, person_id: int, day: date) -> Select[int]:
    """The ids of the marked matters that the person may not know of on that day.

    They may who are on the list, who prepares it, and for whom it lies on the agenda of a meeting:
    its chair and members on the day of the meeting, substitutes called in or serving, its
    secretary and those of the body, the attesters, and whoever presents it. No role alone opens
    one. Conflicts of interest are asked of elsewhere (decision 0008), and take away what this
    gives.
    """
    listed = exists().where(
        _listed.c.organisation_id == organisation_id,
        _listed.c.matter_id == _matter.c.id,
        _listed.c.person_id == person_id,
        _listed.c.until.is_(None),
    )
    at_a_meeting = exists().where(
        _item.c.organisation_id == organisation_id,
        _item.c.matter_id == _matter.c.id,
        _meeting.c.id == _item.c.meeting_id,
        _meeting.c.state != "cancelled",
        _takes_part(organisation_id, person_id, day),
    )
    return select(_matter.c.id).where(
        _matter.c.organisation_id == organisation_id,
        _matter.c.secrecy_provision != "",
        or_(_matter.c.case_officer_id.is_(None), _matter.c.case_officer_id != person_id),
        ~listed,
        ~at_a_meeting,
    )


def meetings_of(session: Session, matter: Matter) -> Sequence[Meeting]:
    """The meetings on whose agenda the matter lies or has lain: those who handle it there know."""
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.organisation_id == matter.organisation_id,
            Meeting.state != "cancelled",
            Meeting.id.in_(
                select(AgendaItem.meeting_id).where(
                    AgendaItem.organisation_id == matter.organisation_id,
                    AgendaItem.matter_id == matter.id,
                )
            ),
        )
        .order_by(Meeting.starts_at)
    ).all()


def items_unknown_to(organisation_id: int, person_id: int, day: date) -> Select[int]:
    """The ids of the agenda items of such matters."""
    item = AgendaItem.__table__.alias("secret_item")
    return select(item.c.id).where(
        item.c.organisation_id == organisation_id,
        item.c.matter_id.in_(unknown_to(organisation_id, person_id, day)),
    )


@dataclass(frozen=True)
class SecretItem:
    """An item of which the reader is told its number, and that it is covered by secrecy."""

    number: int
    position: int
    is_hidden: bool = True


def secret_items(context: Context, meeting: Meeting, person_id: int) -> list[SecretItem]:
    """The items of the agenda that secrecy hides from the person, in order; not those in which
    they have a conflict of interest, of which they are told nothing."""
    item = AgendaItem.__table__.alias("told_item")
    recusal = Recusal.__table__.alias("told_recusal")
    own = meeting.organisation_id
    rows = context.session.execute(
        select(func.coalesce(item.c.summoned_number, item.c.position), item.c.position)
        .where(
            item.c.organisation_id == own,
            item.c.meeting_id == meeting.id,
            item.c.id.in_(items_unknown_to(own, person_id, context.today)),
            ~exists().where(
                recusal.c.agenda_item_id == item.c.id, recusal.c.person_id == person_id
            ),
        )
        .order_by(item.c.position)
    )
    return [SecretItem(number, position) for number, position in rows]


def _takes_part(organisation_id: int, person_id: int, day: date) -> ColumnElement[bool]:
    """Whether the person handles the item, or has the meeting's papers in their care."""
    sat = func.date(_meeting.c.starts_at, type_=Date())
    own = (_seat.c.organisation_id == organisation_id) & (_seat.c.person_id == person_id)
    of_body = or_(_seat.c.body_id.is_(None), _seat.c.body_id == _meeting.c.body_id)

    def valid(when: ColumnElement[date] | date) -> ColumnElement[bool]:
        return (_seat.c.valid_from <= when) & or_(
            _seat.c.valid_to.is_(None), _seat.c.valid_to >= when
        )

    seated = exists().where(own, _seat.c.role.in_(SITTING), of_body, valid(sat))
    keeps = exists().where(own, _seat.c.role == "committee_secretary", of_body, valid(day))
    return or_(
        _meeting.c.chair_id == person_id,
        _meeting.c.secretary_id == person_id,
        seated,
        keeps,
        _has(Absence, "substitute_id", person_id),
        _has(Attestation, "person_id", person_id),
        _has(Attendance, "person_id", person_id, DECIDING),
        _has(Participant, "person_id", person_id, DECIDING),
        _has(Recusal, "substitute_id", person_id),
        _presents(organisation_id, person_id),
    )


def _presents(organisation_id: int, person_id: int) -> ColumnElement[bool]:
    """Whether the agenda names the person as presenter of the item; two by one name are nobody."""
    of_that_name = (_person.c.organisation_id == organisation_id) & (
        _person.c.name == _item.c.presenter
    )
    named = exists().where(of_that_name, _person.c.id == person_id)
    return named & ~exists().where(of_that_name, _person.c.id != person_id)


def _has(
    model: type[Base], column: str, person_id: int, capacities: tuple[str, ...] = ()
) -> ColumnElement[bool]:
    """Whether a row of the meeting, or of the item, names the person; in one of `capacities`."""
    row = model.__table__.alias(f"known_{model.__tablename__}")
    belongs = (
        row.c.meeting_id == _meeting.c.id
        if "meeting_id" in row.c
        else row.c.agenda_item_id == _item.c.id
    )
    named = exists().where(belongs, row.c[column] == person_id)
    return named.where(row.c.capacity.in_(capacities)) if capacities else named
