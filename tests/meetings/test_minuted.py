"""What of a proposal goes into the §, by what its sections are for, and how it reads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.documents.minutes_item import section_text
from casework.errors import Invalid
from casework.matters.models import Section
from casework.meetings.minutes.paper import is_unsummed, minutes_item
from casework.meetings.models import Statement
from casework.people.section_roles import role_of
from casework.people.service import revise_body

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem
    from tests.meetings.conftest import Table


def written(context: Context, item: AgendaItem, **sections: str) -> None:
    """The matter's proposal says this instead, a section for each heading."""
    matter = item.matter
    assert matter is not None
    matter.sections.clear()
    context.session.flush()
    matter.sections += [
        Section(
            organisation_id=matter.organisation_id,
            position=place,
            heading=heading.replace("_", " "),
            body=body,
        )
        for place, (heading, body) in enumerate(sections.items(), 1)
    ]


def read(item: AgendaItem, heading: str) -> str:
    parts = [each for each in minutes_item(item, 3).sections if each.heading == heading]
    return "\n".join(map(section_text, parts))


def test_the_body_says_what_sums_a_matter_up(table: Table) -> None:
    """By role, not by one exact word; with its heading where it is no summary; else it is told."""

    def summed(context: Context, item: AgendaItem) -> None:
        body = item.meeting.body
        written(context, item, Ärendet_i_korthet="Kort **sagt**.", Bakgrund="| a |\n|---|\n| 1 |")
        assert read(item, "Sammanfattning av ärendet") == "Kort sagt."
        revise_body(context, body, minuted_roles=["background", "summary"])
        assert read(item, "Sammanfattning av ärendet") == "Kort sagt.\nBakgrund\na\n1"
        assert not is_unsummed(item)
        revise_body(context, body, minuted_roles=["assessment"])
        assert read(item, "Sammanfattning av ärendet") == ""
        assert is_unsummed(item)
        item.summary = "Skrivet vid bordet."
        assert not is_unsummed(item)
        with pytest.raises(Invalid, match="section_role_unknown"):
            revise_body(context, body, minuted_roles=["fika"])

    table.on_item(summed)


def test_a_reservation_keeps_its_form(table: Table) -> None:
    """It is prose: a list in it is a list in the §, and a sign that was meant is a sign."""

    def reserved(context: Context, item: AgendaItem) -> None:
        person = table.cast.member
        item.statements.append(
            Statement(
                organisation_id=item.organisation_id,
                person_id=person.id,
                kind="separate_statement",
                text="Vi vill *säga*:\n\n- ett\n- två\n\n+ 3 procent",
                given_at=context.moment,
            )
        )
        context.session.flush()
        context.session.expire(item, ["statements"])
        name = f"{person.name_with_party} lämnar ett särskilt yttrande"
        assert read(item, "Särskilt yttrande") == (
            f"{name}: Vi vill säga:\n– ett\n– två\n+ 3\u00a0procent"
        )

    table.on_item(reserved)


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Sammanfattning av ärendet", "summary"),
        ("Sammandrag", "summary"),
        ("Bakgrund", "background"),
        ("Ärendebeskrivning", "background"),
        ("Ärendet", "background"),
        ("Förvaltningens bedömning", "assessment"),
        ("Ekonomiska konsekvenser", "consequences"),
        ("Barnets bästa", ""),
    ],
)
def test_a_heading_says_what_its_section_is_for(heading: str, role: str) -> None:
    """In the words that officials use."""
    assert role_of(heading) == role
