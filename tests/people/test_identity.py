"""What a body and the organisation are: changed by their keepers, with what stood before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.matters.service import register
from casework.people.letters import sender_of
from casework.people.queries import organisation
from casework.people.service import create_body, revise_body, revise_organisation
from tests.people.test_bodies import acting, world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.context import Context
    from casework.demo.world import World

    World_ = tuple[Casework, World]

__all__ = ["world"]


def revised(context: Context, row: Any) -> list[Any]:
    """What the row's record says of its changes."""
    context.session.flush()
    entries = select(AuditEntry).filter_by(
        subject_type=row.__tablename__, subject_id=row.id, action="revised"
    )
    return [each.detail for each in context.session.scalars(entries.order_by(AuditEntry.id))]


@pytest.mark.parametrize("who", ["registrar", "secretary"])
def test_a_keeper_changes_what_a_body_is(world: World_, who: str) -> None:
    """Blanks are made one; what did not change is not on record; facts and settings go together."""
    with acting(world, who) as (context, body, _person):
        revise_body(context, body, unit="  Hållbar\u00a0 tillväxt ", email=body.email, seats=9)
        assert (body.unit, body.seats) == ("Hållbar tillväxt", 9)
        revise_body(context, body, unit="Hållbar tillväxt")
        assert revised(context, body) == [
            {
                "before": {"unit": "Regional utveckling", "seats": None},
                "after": {"unit": "Hållbar tillväxt", "seats": 9},
            }
        ]


def test_an_administrator_changes_what_the_organisation_is(world: World_) -> None:
    """Nobody else; the second of two is told."""
    with acting(world, "registrar") as (context, _body, _person):
        row = organisation(context.session, context.organisation_id)
        first = row.version
        revise_organisation(context, row, name="Region Mitt", phone="1", expected_version=first)
        [detail] = revised(context, row)
        assert detail["before"] == {"name": "Region Jämtland Härjedalen", "phone": "063-00 00 00"}
        with pytest.raises(Stale):
            revise_organisation(context, row, phone="2", expected_version=first)
    for who in ("secretary", "chair", "officer", "manager"):
        with acting(world, who) as (context, body, _person):
            row = organisation(context.session, context.organisation_id)
            with pytest.raises(Forbidden, match="role_missing"):
                revise_organisation(context, row, phone="2")
            if who != "secretary":
                with pytest.raises(Forbidden, match="role_missing"):
                    revise_body(context, body, phone="2")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": " "}, "body_name_missing"),
        ({"name": "x" * 301}, "fact_wrong"),
        ({"name": "\x00"}, "fact_missing"),
        ({"short_name": "KoF"}, "short_name_taken"),
        ({"short_name": "R N"}, "short_name_wrong"),
        ({"email": "run@region"}, "mail_address_wrong"),
        ({"email": "run@region.example, b@region.example"}, "mail_address_wrong"),
        ({"proposal_heading": ""}, "fact_missing"),
        ({"decision_style": "versaler"}, "decision_style_unknown"),
        ({"series_code": "RN"}, "setting_unknown"),
    ],
)
def test_what_cannot_stand_is_refused(world: World_, given: dict[str, str], code: str) -> None:
    """At creation as at a change, and nothing of it is kept."""
    with acting(world, "registrar") as (context, body, _person):
        with pytest.raises((Invalid, Conflict), match=code):
            revise_body(context, body, **given, unit="Ny")
        assert body.unit == "Regional utveckling"
        if code != "setting_unknown":
            new = {"name": "Nämnd", "short_name": "N"} | given
            with pytest.raises((Invalid, Conflict), match=code):
                create_body(context, kind="committee", **new)


def test_another_short_name_leaves_the_register_alone(world: World_) -> None:
    """The numbers go on in the series, without a gap and without a new beginning."""
    with acting(world, "registrar") as (context, body, _person):
        first = register(context, kind="decision", title="Ett", body=body)
        revise_body(context, body, short_name="NFT")
        second = register(context, kind="decision", title="Två", body=body)
        assert [first.registration_number, second.registration_number] == [
            "RUN/1/2025",
            "RUN/2/2025",
        ]


def test_a_letter_always_comes_from_somebody(world: World_) -> None:
    """The body's own address, else the organisation's, else the installation's."""
    with acting(world, "registrar") as (context, body, _person):
        row = organisation(context.session, context.organisation_id)
        assert sender_of(context, body).address == "run@example.org"
        revise_body(context, body, email="")
        assert sender_of(context, body).address == "region@example.org"
        revise_organisation(context, row, email="")
        found = sender_of(context, body)
        assert (found.name, found.address) == (body.name, "casework@localhost.localdomain")
        assert found.checked() == found
