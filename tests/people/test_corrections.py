"""Persons are corrected by their keepers; what was written before stays on their record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.people.corrections import revise_appointment, revise_person, take_back_appointment
from casework.people.models import Appointment
from casework.people.queries import persons
from casework.people.service import appoint, create_person
from tests.demo.conftest import world
from tests.people.test_bodies import NOW, acting

if TYPE_CHECKING:
    from tests.people.test_bodies import World_

__all__ = ["world"]


@pytest.mark.parametrize("who", ["registrar", "secretary"])
def test_a_keeper_corrects_a_person(world: World_, who: str) -> None:
    """The order of names follows, and the record tells what stood there before."""
    with acting(world, who) as (context, body, person):
        appoint(context, person, "member", body=body)
        context.session.flush()
        revise_person(context, person, name=" Åsa Nykomling ", party_code="", phone="063-1")
        context.session.flush()
        assert (person.name, person.party_code, person.phone) == ("Åsa Nykomling", "", "063-1")
        last = context.session.scalars(persons(context.organisation_id)).all()[-1]
        assert last.id == person.id
        entry = context.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "revised")
        ).one()
        assert entry.detail == {
            "before": {"name": "Nykomlingen", "phone": "", "party_code": "C"},
            "after": {"name": "Åsa Nykomling", "phone": "063-1", "party_code": ""},
        }


def test_a_secretary_corrects_those_of_their_body_alone(world: World_) -> None:
    """Not whoever sits nowhere or sat there once; a member not even themselves."""
    with acting(world, "secretary") as (context, body, person):
        with pytest.raises(Forbidden, match="role_missing"):
            revise_person(context, person, name="Annan")
        seat = appoint(context, person, "member", body=body)
        context.session.flush()
        revise_person(context, person, name="Annan")
        seat.valid_from = seat.valid_to = NOW.date().replace(day=1)
        context.session.flush()
        with pytest.raises(Forbidden, match="role_missing"):
            revise_person(context, person, name="En till")
    with acting(world, "member") as (context, _body, _person):
        own = context.session.merge(world[1].cast.member)
        with pytest.raises(Forbidden, match="role_missing"):
            revise_person(context, own, name="Annan")


def test_the_second_of_two_corrections_is_told(world: World_) -> None:
    """The first stands."""
    with acting(world, "registrar") as (context, _body, person):
        with pytest.raises(Stale):
            revise_person(context, person, expected_version=person.version - 1, name="Annan")
        assert person.name == "Nykomlingen"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": " "}, "person_name_missing"),
        ({"email": "ingen adress"}, "mail_address_wrong"),
        ({"email": "a@b@c"}, "mail_address_wrong"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "mail_address_wrong"),
        ({"party_code": "x" * 21}, "setting_text_wrong"),
        ({"sort_key": "a"}, "person_field_unknown"),
    ],
)
def test_what_cannot_be_a_persons(world: World_, given: dict[str, Any], code: str) -> None:
    """Neither when they are corrected nor when they are new."""
    with acting(world, "registrar") as (context, _body, person):
        with pytest.raises(Invalid, match=code):
            revise_person(context, person, **given)
        with pytest.raises(Invalid, match=code):
            create_person(context, **{"name": "Ny", **given})


def test_somebody_is_left_to_appoint_others(world: World_) -> None:
    """The last administrator can neither leave nor be taken back."""
    with acting(world, "registrar") as (context, _body, person):
        office = context.session.scalars(
            select(Appointment).where(Appointment.role == "administrator")
        ).one()
        with pytest.raises(Conflict, match="last_administrator"):
            revise_appointment(context, office, used=None, valid_to=NOW.date())
        with pytest.raises(Conflict, match="last_administrator"):
            take_back_appointment(context, office, reason="Fel", used=None)
        appoint(context, person, "administrator")
        context.session.flush()
        revise_appointment(context, office, used=None, valid_to=NOW.date())
        assert office.valid_to == NOW.date()
