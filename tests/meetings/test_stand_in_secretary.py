"""The secretary falls ill in the middle of a meeting: another keeps the minutes on, and says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.accounts.stand_ins import name_stand_in
from casework.audit.models import AuditEntry
from casework.documents.contexts import from_json
from casework.documents.models import Document
from casework.errors import Conflict, Forbidden
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Attestation
from casework.meetings.table.outcome import conclude_item
from casework.people.models import Person
from tests.meetings.conftest import DAY, table, world

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting
    from tests.meetings.conftest import Table

__all__ = ["table", "world"]


def conclude(context: Context, meeting: Meeting, count: int) -> None:
    """The next items of those that are still to be dealt with."""
    for item in [each for each in meeting.agenda if each.outcome == "pending"][:count]:
        conclude_item(context, item, "decided" if item.item_type == "decision" else "noted")


def fall_ill(table: Table) -> None:
    """The secretary goes home and names the officer from the phone on the way."""
    cast = table.cast

    def named(context: Context, _meeting: Meeting) -> None:
        ill, other = (
            context.session.get_one(Person, each.id) for each in (cast.secretary, cast.officer)
        )
        name_stand_in(context, ill, other, valid_from=DAY, valid_to=DAY + timedelta(days=14))

    table.act(named)


def test_another_keeps_the_minutes_on_and_each_is_named(table: Table) -> None:
    """From the open meeting to the attested minutes; who kept which §§ stands under them."""
    cast = table.cast
    table.act(lambda c, m: conclude(c, m, 1))
    with pytest.raises(Forbidden, match="role_missing"):
        table.act(lambda c, m: conclude(c, m, 1), cast.officer)
    fall_ill(table)
    table.act(lambda c, m: conclude(c, m, 99), cast.officer)
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        table.fire(trigger, cast.officer)
    sections = table.read(lambda m: [each.minutes_item.section_number for each in m.agenda])
    assert len(sections) == 3
    table.act(lambda c, m: _shows(c, m, sections))
    for who in (cast.chair, cast.attester):
        table.act(lambda c, m: sign(c, m.minutes, confirmed_by="password") and None, who)
    assert table.read(lambda m: m.state) == "attested"
    signed = table.read(
        lambda m: [(each.person.name, each.capacity) for each in m.minutes.signatures]
    )
    assert sorted(signed) == [
        ("Handläggaren", "secretary"),
        ("Justeraren", "attester"),
        ("Ordföranden", "chair"),
    ]
    table.act(_is_recorded)


def _shows(context: Context, meeting: Meeting, sections: list[int]) -> None:
    assert meeting.minutes is not None
    document = context.session.get_one(Document, meeting.minutes.document_id)
    content = from_json("minutes", document.snapshot or {})
    first, last = sections[0], sections[-1]
    assert [(each.role, each.name, each.signed) for each in content.signatures[:2]] == [
        (
            f"Sekreterare §\u00a0{first}",
            "Nämndsekreteraren",
            "Har fört protokollet",
        ),
        (
            f"Sekreterare §§\u00a0{first + 1}–{last}",
            "Handläggaren",
            "Har upprättat protokollet, i stället för Nämndsekreteraren",
        ),
    ]


def _is_recorded(context: Context, meeting: Meeting) -> None:
    entries = context.session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_type == "meeting",
            AuditEntry.subject_id == meeting.id,
            AuditEntry.action.in_(("item_concluded", "end", "send_for_attestation", "signed")),
        )
    ).all()
    for each in entries:
        is_stand_ins = each.actor_name == "Handläggaren"
        assert ("in_place_of" in each.detail) is is_stand_ins, each.action
    assert {each.action for each in entries if "in_place_of" in each.detail} == {
        "item_concluded",
        "end",
        "send_for_attestation",
    }


def test_who_wrote_them_does_not_attest_them(table: Table) -> None:
    """Nobody attests what they have written, not in another's place either."""
    cast = table.cast
    fall_ill(table)
    table.act(lambda c, m: conclude(c, m, 99), cast.officer)
    for trigger in ("end", "draft_minutes"):
        table.fire(trigger, cast.officer)

    def attests(context: Context, meeting: Meeting) -> None:
        attester = next(each for each in meeting.attestations if each.capacity == "attester")
        row = context.session.get_one(Attestation, attester.id)
        row.person_id = cast.officer.id

    table.act(attests)
    with pytest.raises(Conflict, match="secretary_attests"):
        table.fire("send_for_attestation", cast.officer)


def test_alone_the_secretary_stands_as_before(table: Table) -> None:
    """A stand-in who was named and did nothing is not named under the minutes."""
    fall_ill(table)
    table.act(lambda c, m: conclude(c, m, 99))
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        table.fire(trigger)

    def shows(context: Context, meeting: Meeting) -> None:
        assert meeting.minutes is not None
        document = context.session.get_one(Document, meeting.minutes.document_id)
        first = from_json("minutes", document.snapshot or {}).signatures[0]
        assert (first.role, first.name) == ("Sekreterare", "Nämndsekreteraren")

    table.act(shows)
