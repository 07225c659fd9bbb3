"""A mistaken appointment is taken back or corrected, as far as nothing rests on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM, Actor
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.meetings.planning.appointments import revise, take_back
from casework.meetings.planning.plan import plan_series
from casework.people.models import Appointment, Person
from casework.people.service import appoint, create_person
from tests.meetings.conftest import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.meetings.models import Meeting
    from tests.meetings.conftest import Table


def seat_of(context: Context, person: Person, role: str, body_id: int) -> Appointment:
    """The person's appointment to the role in the body."""
    return context.session.scalars(
        select(Appointment).filter_by(person_id=person.id, role=role, body_id=body_id)
    ).one()


def on(table: Table, person: Person, role: str, what: Callable[..., Any], **given: Any) -> Any:
    """Do it to the person's seat, as the secretary."""
    return table.act(
        lambda context, meeting: what(
            context, seat_of(context, person, role, meeting.body_id), **given
        )
    )


def test_a_seat_that_was_used_stands(table: Table) -> None:
    """On the roll, in the chair or as a substitute in the room: it is ended, not undone."""
    cast = table.cast
    for person, role in (
        (cast.chair, "chair"),
        (cast.member, "member"),
        (cast.substitute, "substitute"),
    ):
        with pytest.raises(Conflict, match="appointment_used"):
            on(table, person, role, take_back, reason="Fel person")
        with pytest.raises(Conflict, match="appointment_used_then"):
            on(table, person, role, revise, valid_to=DAY - timedelta(days=1))
        with pytest.raises(Conflict, match="appointment_used_then"):
            on(table, person, role, revise, valid_from=DAY + timedelta(days=1))
        on(table, person, role, revise, valid_from=date(2016, 1, 1), valid_to=DAY)


def test_a_mistaken_seat_leaves_no_trace_but_the_record(table: Table) -> None:
    """Who sits twice by mistake keeps the seat they used; the reason and the days stay."""
    member = table.cast.member

    def mistake(context: Context, meeting: Meeting) -> int:
        member = context.session.get_one(Person, table.cast.member.id)
        seat = appoint(context, member, "substitute", body=meeting.body, call_order=7)
        context.session.flush()
        with pytest.raises(Invalid, match="take_back_reason_missing"):
            take_back(context, seat, reason=" ")
        with pytest.raises(Stale):
            take_back(context, seat, reason="Fel uppdrag", expected_version=seat.version + 1)
        take_back(context, seat, reason=" Fel uppdrag ", expected_version=seat.version)
        context.session.flush()
        entry = context.session.scalars(
            select(AuditEntry).filter_by(action="appointment_taken_back")
        ).one()
        assert entry.detail == {
            "role": "substitute",
            "body": "Regionala utvecklingsnämnden",
            "valid_from": DAY.isoformat(),
            "valid_to": None,
            "is_acting": False,
            "call_order": 7,
            "reason": "Fel uppdrag",
        }
        return seat.id

    taken = table.act(mistake)
    assert table.act(lambda context, _m: context.session.get(Appointment, taken)) is None
    assert table.act(lambda c, m: seat_of(c, member, "member", m.body_id)).valid_to is None


def test_only_who_appoints_takes_back(table: Table) -> None:
    """The chair does not, and an office is the administrator's."""
    cast = table.cast
    with pytest.raises(Forbidden, match="role_missing"):
        table.act(
            lambda c, m: take_back(c, seat_of(c, cast.attester, "member", m.body_id), reason="Fel"),
            cast.chair,
        )
    with pytest.raises(Forbidden, match="role_missing"):
        on(table, cast.manager, "manager", take_back, reason="Fel")


def test_an_office_is_used_by_what_its_holder_does(table: Table) -> None:
    """Nobody can tell in which of their roles they acted; what came before the office is free."""
    officer, registrar = table.cast.officer, table.cast.registrar

    def office(context: Context, meeting: Meeting) -> None:
        officer = context.session.get_one(Person, table.cast.officer.id)
        given = appoint(context, officer, "manager", body=meeting.body, valid_from=date(2025, 1, 1))
        context.session.flush()
        take_back(context, given, reason="Fel person")
        appoint(context, officer, "manager", body=meeting.body)

    table.act(office, registrar)
    table.act(lambda context, meeting: context.record(meeting, "seen"), officer)
    with pytest.raises(Conflict, match="appointment_used"):
        table.act(
            lambda c, m: take_back(c, seat_of(c, officer, "manager", m.body_id), reason="Fel"),
            registrar,
        )


def test_meetings_to_come_get_the_new_chair(table: Table) -> None:
    """A chair who leaves is named on no meeting after their last day; those before stay theirs."""
    before, after = (datetime(2025, month, 4, 9, tzinfo=STOCKHOLM) for month in (9, 11))

    def leaving(context: Context, meeting: Meeting) -> list[tuple[str | None, str | None]]:
        body = meeting.body
        planned = plan_series(context, body, [before, after])
        heir = create_person(context, name="Efterträdaren")
        context.session.flush()
        appoint(context, heir, "chair", body=body, valid_from=date(2025, 10, 2))
        old = seat_of(context, table.cast.chair, "chair", body.id)
        revise(context, old, valid_to=date(2025, 10, 1))
        return [
            (each.chair and each.chair.name, each.secretary and each.secretary.name)
            for each in planned
        ]

    secretary = table.cast.secretary.name
    assert table.act(leaving) == [
        (table.cast.chair.name, secretary),
        ("Efterträdaren", secretary),
    ]
    actor = Actor(table.cast.registrar.id, "Registratorn")
    with table.road.casework.acting(
        table.road.world.organisation_id, actor, datetime(2025, 6, 3, 11, tzinfo=STOCKHOLM)
    ) as context:
        body_id = table.road.world.committee.id
        office = seat_of(context, table.cast.secretary, "committee_secretary", body_id)
        revise(context, office, valid_to=date(2025, 10, 1))
    assert (
        table.act(
            lambda c, _m: len(
                c.session.scalars(
                    select(AuditEntry).filter_by(action="revised", subject_type="meeting")
                ).all()
            )
        )
        == 2
    )
