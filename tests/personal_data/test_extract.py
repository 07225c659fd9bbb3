"""The extract tells everything that is kept about a person, to those who may know, on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.context import Actor
from casework.errors import Forbidden
from casework.matters.models import Matter
from casework.people.models import Appointment, Person
from casework.personal_data.places import LABELS, TOLD_APART, places
from casework.personal_data.service import counted, extract
from casework.schema import tables
from casework.sight import matters_seen
from tests.demo.conftest import NOW, demonstrated, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from tests.support.databases import DatabaseMaker


@pytest.fixture
def casework(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[Casework]:
    """The demonstration's road, this test's own."""
    with database_maker.copied("demonstrated", tmp_path, demonstrated) as (url, _):
        made = opened(url, tmp_path)
        yield made
        made.database.close()


def named(context: Context, name: str) -> Person:
    return context.session.scalars(select(Person).where(Person.name == name)).one()


def made_by(casework: Casework, who: str, whose: str) -> dict[str, Any]:
    """What the extract of `whose` says when `who` asks for it."""
    with casework.acting(1, moment=NOW) as context:
        actor = named(context, who)
        asking = Actor(actor.id, actor.name)
    with casework.acting(1, asking, NOW) as context:
        return extract(context, named(context, whose))


def test_no_reference_to_a_person_is_forgotten() -> None:
    """Each column that refers to a person has its place and its words, in every table there is."""
    found = {place.key for place in places()}
    every = {
        (table.name, column.parent.name)
        for table in tables().sorted_tables
        for constraint in table.foreign_key_constraints
        for column in constraint.elements
        if constraint.referred_table.name == "person" and column.parent.name != "organisation_id"
    }
    assert {key for key in every if key[0] not in TOLD_APART} == found
    assert found == LABELS.keys(), "say in places.py what a person is there"


def test_it_tells_what_a_member_has_done(casework: Casework) -> None:
    """Sat, voted, stated, signed, was sent letters; with the matter and meeting of each."""
    made = made_by(casework, "Ledamoten", "Ledamoten")
    assert made["person"]["email"] == "ledamot@example.org"
    assert [each["role"] for each in made["appointments"]] == ["member"]
    assert made["accounts"][0]["email"] == "ledamot@example.org"
    parts = {each["where"]: each for each in made["named"]}
    assert {"attendance.person_id", "participant.person_id"} <= parts.keys()
    sat = parts["attendance.person_id"]
    assert sat["count"] == len(sat["rows"])
    assert sat["rows"][0]["body"]
    assert sat["rows"][0]["meeting"][:2] == "20"
    assert all(row["matter"] for row in parts["participant.person_id"]["rows"] if "title" in row)
    assert made["letters"]["count"] > 0
    assert "subject" in made["letters"]["rows"][0]


def test_an_officers_matters_and_deeds(casework: Casework) -> None:
    """Number and title, since the officer may read their own matters, and the administrator too."""
    made = made_by(casework, "Registratorn", "Handläggaren")
    [part] = [each for each in made["named"] if each["where"] == "matter.case_officer_id"]
    assert {"matter", "title"} <= part["rows"][0].keys()
    assert made["done"]["count"] > 0
    assert "subject" not in made["letters"]["rows"][0], "the letters are not the administrator's"


def test_a_matter_that_may_not_be_read_is_a_number(casework: Casework) -> None:
    """Whoever asks or is asked about: without the right to read, no title and no words of it."""
    with casework.acting(1, moment=NOW) as context:
        registrar = named(context, "Registratorn")
        for each in context.session.scalars(
            select(Appointment).where(
                Appointment.person_id == registrar.id, Appointment.role == "registrar"
            )
        ):
            context.session.delete(each)
    made = made_by(casework, "Registratorn", "Handläggaren")
    [part] = [each for each in made["named"] if each["where"] == "matter.case_officer_id"]
    assert all("matter" in row and "title" not in row for row in part["rows"])
    own = made_by(casework, "Handläggaren", "Handläggaren")
    [part] = [each for each in own["named"] if each["where"] == "matter.case_officer_id"]
    assert all("title" in row for row in part["rows"])


def test_what_the_person_may_not_read_is_not_handed_out(casework: Casework) -> None:
    """Though whoever makes the extract reads the matter."""
    made = made_by(casework, "Registratorn", "Ledamoten")
    rows = [row for part in made["named"] for row in part["rows"] if "matter" in row]
    with casework.acting(1, moment=NOW) as context:
        read = Matter.registration_number.in_({row["matter"] for row in rows})
        for name, is_read in (("Registratorn", True), ("Ledamoten", False)):
            seen = matters_seen(1, named(context, name).id, context.today)
            found = context.session.scalars(select(Matter.id).where(read, seen)).all()
            assert bool(found) == is_read, name
    assert not any({"title", "words"} & row.keys() for row in rows)


def test_letters_to_the_accounts_address_are_the_persons(casework: Casework) -> None:
    """Also when the address in the register has become another."""
    before = made_by(casework, "Ledamoten", "Ledamoten")["letters"]["count"]
    with casework.acting(1, moment=NOW) as context:
        named(context, "Ledamoten").email = "privat@example.org"
    assert made_by(casework, "Ledamoten", "Ledamoten")["letters"]["count"] == before > 0


def test_nobody_else_gets_it_and_it_is_on_record(casework: Casework) -> None:
    """A secretary is no administrator; who made it, of whom, stands in the person's chain."""
    with casework.acting(1, moment=NOW) as context:
        secretary, officer = named(context, "Nämndsekreteraren"), named(context, "Handläggaren")
        asking = Actor(secretary.id, secretary.name)
    with casework.acting(1, asking, NOW) as context:
        for asked in (extract, counted):
            with pytest.raises(Forbidden, match="role_missing"):
                asked(context, context.session.merge(officer))  # type: ignore[operator]
    made_by(casework, "Registratorn", "Handläggaren")
    with casework.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "extract_made")).one()
        assert (entry.subject_type, entry.subject_id) == ("person", officer.id)
        assert entry.actor_name == "Registratorn"


def test_what_is_counted_is_what_is_told(casework: Casework) -> None:
    """The page's numbers are those of the file."""
    with casework.acting(1, moment=NOW) as context:
        person = named(context, "Ordföranden")
        shown = {each.label["sv"]: each.count for each in counted(context, person)}
        made = extract(context, person)
        told = {each["label"]["sv"]: each["count"] for each in made["named"]}
        for part in (made["letters"], made["done"], made["about"]):
            told |= {part["label"]["sv"]: part["count"]} if part["count"] else {}
        assert shown == told
        assert context.session.scalar(select(Matter.id).limit(1))
