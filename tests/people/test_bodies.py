"""A body's settings and seats: changed by its keepers, within the law, each change on record."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM, Actor
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.meetings.models import ITEM_TYPES, REPORTS
from casework.people.body_kinds import ASSEMBLY_ITEMS, BODY_KINDS, COMMITTEE_ITEMS
from casework.people.body_settings import FORMAL_TYPES, REPORTING, checked_settings
from casework.people.corrections import revise_appointment
from casework.people.models import Appointment, Body, Person
from casework.people.service import (
    appoint,
    create_body,
    create_person,
    revise_body,
)
from tests.demo.conftest import world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import World

    World_ = tuple[Casework, World]

__all__ = ["world"]

NOW = datetime(2025, 5, 2, 9, tzinfo=STOCKHOLM)
USUAL = {"summons_days": 7, "paper_stop_days": 14}


@contextmanager
def acting(world: World_, who: str) -> Iterator[tuple[Context, Body, Person]]:
    """One of the cast at work, with the committee and somebody new."""
    casework, region = world
    actor = Actor(getattr(region.cast, who).id, who)
    with casework.acting(region.organisation_id, actor, NOW) as context:
        person = create_person(context, name="Nykomlingen", party_code="C")
        context.session.flush()
        yield context, context.session.merge(region.committee), person


@pytest.mark.parametrize("who", ["registrar", "secretary"])
def test_a_keeper_changes_the_settings(world: World_, who: str) -> None:
    """The administrator and the body's secretary may; the record keeps what became of it."""
    with acting(world, who) as (context, body, _person):
        revise_body(context, body, seats=17, summons_days=7, urgent_mandate="RF 2022-12-14 § 9")
        assert (body.seats, body.urgent_mandate) == (17, "RF 2022-12-14 § 9")
        context.session.flush()
        entry = context.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "revised")
        ).one()
        assert entry.detail == {
            "before": {"seats": None, "urgent_mandate": "RUN 2023-01-24 § 5"},
            "after": {"seats": 17, "urgent_mandate": "RF 2022-12-14 § 9"},
        }


@pytest.mark.parametrize("who", ["chair", "member", "officer", "manager"])
def test_nobody_else_does(world: World_, who: str) -> None:
    """Neither the settings nor a seat, not even the chair's."""
    with acting(world, who) as (context, body, person):
        seat = context.session.scalars(
            select(Appointment).where(Appointment.role == "substitute")
        ).one()
        with pytest.raises(Forbidden, match="role_missing"):
            revise_body(context, body, seats=17)
        with pytest.raises(Forbidden, match="role_missing"):
            appoint(context, person, "member", body=body)
        with pytest.raises(Forbidden, match="role_missing"):
            revise_appointment(context, seat, used=None, valid_to=NOW.date())


def test_a_secretary_makes_nobody_a_keeper(world: World_) -> None:
    """Seats in the body are the secretary's to record; offices are the administrator's."""
    with acting(world, "secretary") as (context, body, person):
        for role, where in (
            ("administrator", body),
            ("committee_secretary", body),
            ("chair", None),
        ):
            with pytest.raises(Forbidden, match="role_missing"):
                appoint(context, person, role, body=where)
        office = context.session.scalars(
            select(Appointment).where(Appointment.role == "administrator")
        ).one()
        with pytest.raises(Forbidden, match="role_missing"):
            revise_appointment(context, office, used=None, valid_to=NOW.date())
    with acting(world, "registrar") as (context, body, person):
        assert appoint(context, person, "committee_secretary", body=body).body_id == body.id


def test_the_second_of_two_is_told(world: World_) -> None:
    """Two who change the settings at once: the first stands."""
    with acting(world, "secretary") as (context, body, _person):
        with pytest.raises(Stale):
            revise_body(context, body, expected_version=body.version - 1, seats=9)
        assert body.seats is None


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("assembly", {"summons_days": 6}, "summons_days_bound"),
        ("assembly", {"open_doors": False}, "doors_open_by_law"),
        ("assembly", {"urgent_mandate": "beslut"}, "urgent_mandate_misplaced"),
        ("presidium", {"urgent_mandate": "beslut"}, "urgent_mandate_misplaced"),
        ("committee", {"seats": 0}, "seats_wrong"),
        ("committee", {"summons_days": -1}, "days_before_wrong"),
        ("committee", {"summons_days": 0}, "summons_day_missing"),
        ("committee", {"summons_days": 15}, "paper_stop_after_summons"),
        ("committee", {"name": "Annan"}, "setting_unknown"),
        ("committee", {"urgent_mandate": "x" * 301}, "setting_text_wrong"),
        ("committee", {"agenda_template": [{"title": " "}]}, "title_missing"),
        ("committee", {"agenda_template": [{"title": "x", "item_type": "decision"}]}, "item_type"),
        (
            "committee",
            {"agenda_template": [{"title": "x", "reports": "rykten"}]},
            "reports_unknown",
        ),
        ("committee", {"agenda_template": [{"title": "x", "matter": "1"}]}, "setting_unknown"),
        ("committee", {"agenda_template": [{"title": "x"}] * 61}, "template_too_long"),
    ],
)
def test_what_the_law_or_reason_forbids(kind: str, given: dict[str, Any], code: str) -> None:
    """KL 5:13, 5:42, 6:39: refused with its reason."""
    with pytest.raises(Invalid, match=code):
        checked_settings(BODY_KINDS[kind], given, USUAL)


def test_one_member_is_appointed_to_decide_what_cannot_wait(world: World_) -> None:
    """KL 6:39: by the committee's own decision, a member of it, and one at a time."""
    with acting(world, "secretary") as (context, body, person):
        member = context.session.get_one(Person, world[1].cast.member.id)
        with pytest.raises(Invalid, match="urgent_member_elsewhere"):
            appoint(context, person, "urgent_decider", body=body)
        appoint(context, member, "urgent_decider", body=body)
        appoint(context, person, "member", body=body)
        context.session.flush()
        with pytest.raises(Conflict, match="urgent_member_taken"):
            appoint(context, person, "urgent_decider", body=body)
        body.urgent_mandate = ""
        with pytest.raises(Invalid, match="urgent_member_without_mandate"):
            appoint(context, person, "urgent_decider", body=body)


def test_two_members_never_decide_what_cannot_wait_on_one_day(world: World_) -> None:
    """KL 6:39: not by a mandate that begins before the other's, nor by one that is mended."""
    with acting(world, "secretary") as (context, body, person):
        member = context.session.get_one(Person, world[1].cast.member.id)
        appoint(context, person, "member", body=body, valid_from=date(2025, 5, 1))
        later = appoint(context, member, "urgent_decider", body=body, valid_from=date(2025, 9, 1))
        context.session.flush()
        with pytest.raises(Conflict, match="urgent_member_taken"):
            appoint(context, person, "urgent_decider", body=body, valid_from=date(2025, 6, 1))
        days = {"valid_from": date(2025, 6, 1), "valid_to": date(2025, 8, 31)}
        first = appoint(context, person, "urgent_decider", body=body, **days)
        context.session.flush()
        for last in (date(2025, 9, 1), None):
            with pytest.raises(Conflict, match="urgent_member_taken"):
                revise_appointment(context, first, used=None, valid_to=last)
        with pytest.raises(Conflict, match="urgent_member_taken"):
            revise_appointment(context, later, used=None, valid_from=date(2025, 8, 31))
        with pytest.raises(Invalid, match="urgent_member_elsewhere"):
            revise_appointment(context, first, used=None, valid_from=date(2025, 4, 30))
        body.urgent_mandate = ""  # the committee takes it back; what was given can be ended
        revise_appointment(context, first, used=None, valid_to=date(2025, 7, 31))
        assert first.valid_to == date(2025, 7, 31)


def test_a_new_body_begins_as_its_kind_does(world: World_) -> None:
    """Formal items, doors, and days of its kind; an advisory body has no formal items."""
    with acting(world, "registrar") as (context, _body, _person):
        assembly = create_body(context, kind="assembly", name="Fullmäktige", short_name="RF")
        forum = create_body(context, kind="advisory_forum", name="Forum", short_name="F")
        assert [item["title"] for item in assembly.agenda_template] == [
            item["title"] for item in ASSEMBLY_ITEMS
        ]
        assert (assembly.open_doors, assembly.paper_stop_days) == (True, 21)
        assert forum.agenda_template == []


def test_the_formal_items_are_ones_an_agenda_can_hold() -> None:
    """The shipped template passes the rules of its own settings, which are those of agendas."""
    assert set(FORMAL_TYPES) < set(ITEM_TYPES)
    assert set(REPORTING) - {""} == set(REPORTS)
    given = {"agenda_template": [dict(item) for item in COMMITTEE_ITEMS]}
    found = checked_settings(BODY_KINDS["committee"], given, USUAL)["agenda_template"]
    assert len(found) == 9
    told = "Anmälan av brådskande beslut (6 kap. 40 § kommunallagen)"  # the chair's or a member's
    assert told in [item["title"] for item in found]
    assert [item["reports"] for item in found if item["reports"]] == [
        "assignments",
        "delegated_decisions",
        "urgent_decisions",
    ]


def test_a_seat_has_its_days_and_its_place(world: World_) -> None:
    """One holds a role once at a time; after its last day it can be held anew."""
    with acting(world, "secretary") as (context, body, person):
        first, last = date(2025, 6, 1), date(2025, 6, 30)
        seat = appoint(
            context, person, "substitute", body=body, valid_from=first, valid_to=last, call_order=3
        )
        context.session.flush()
        assert seat.call_order == 3
        with pytest.raises(Conflict, match="appointed_already"):
            appoint(context, person, "substitute", body=body, valid_from=last)
        with pytest.raises(Conflict, match="appointed_already"):
            appoint(context, person, "substitute", body=body, valid_from=date(2025, 5, 1))
        with pytest.raises(Invalid, match="call_order_wrong"):
            appoint(context, person, "member", body=body, call_order=0)
        with pytest.raises(Invalid, match="appointment_ends_before_start"):
            appoint(context, person, "member", body=body, valid_from=last, valid_to=first)
        later = appoint(context, person, "substitute", body=body, valid_from=date(2025, 7, 1))
        context.session.flush()
        with pytest.raises(Conflict, match="appointed_already"):
            revise_appointment(context, seat, used=None, valid_to=date(2025, 7, 1))
        with pytest.raises(Invalid, match="appointment_ends_before_start"):
            revise_appointment(context, later, used=None, valid_to=last)
        revise_appointment(context, seat, used=None, valid_to=date(2025, 6, 10))
        assert seat.valid_to == date(2025, 6, 10)
