"""Who is offered on the pages that give somebody a task, and what they answer to a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.matters.models import Matter
from casework.meetings.models import Attendance, Meeting
from casework.people.models import Person
from casework.people.service import appoint, create_person
from casework.web.components.holders import MOST_LISTED
from tests.web.test_attachments import WRITTEN_ON, Desk, app, enter

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["app"]
POLITICIANS = ("Ordföranden", "Vice ordföranden", "Justeraren", "Ledamoten", "Ersättaren")


def registered(desk: Desk) -> str:
    page = desk.client.get("/matters/new").text
    [body] = re.findall(r'value="(\d+)">Regionala utvecklingsnämnden<', page)
    made = desk.post("/matters/new", body=body, kind="decision", title="Ny bro")
    assert made.status_code == 303, made.text
    return str(made.location)


def officer_of(app: Flask, path: str) -> str:
    with app.extensions["casework"].database.read() as session:
        matter = session.get_one(Matter, int(path.rsplit("/", 1)[1]))
        return matter.case_officer.name if matter.case_officer else ""


def employ(app: Flask, count: int) -> list[int]:
    """So many officials more, `Ny 0`, `Ny 1` ...; their numbers."""
    casework = app.extensions["casework"]
    with casework.acting(1) as context:
        people = [create_person(context, name=f"Ny {n}", title="Jurist") for n in range(count)]
        context.session.flush()
        for person in people:
            appoint(context, person, "registrar")
        return [person.id for person in people]


def test_a_matter_is_given_to_an_official(app: Flask) -> None:
    """No politician is offered, and one who is sent all the same is refused by name."""
    desk = enter(app, "registrator")
    at = registered(desk)
    page = desk.client.get(f"{at}/steps/assign").text
    offered = dict(re.findall(r'<option value="(\d*)">([^<]+)<', page))
    assert "Handläggaren, Regional utvecklare" in offered.values()
    assert not [name for name in offered.values() if name.startswith(POLITICIANS)]
    with app.extensions["casework"].database.read() as session:
        [member] = session.scalars(select(Person.id).where(Person.name == "Ledamoten"))
    refused = desk.post(f"{at}/steps/assign", case_officer=member)
    assert refused.status_code == 422
    assert "Ledamoten kan inte handlägga ärenden" in refused.text
    [officer] = [key for key, name in offered.items() if name.startswith("Handläggaren")]
    assert desk.post(f"{at}/steps/assign", case_officer=officer).status_code == 303
    assert officer_of(app, at) == "Handläggaren"


def test_among_many_one_is_found_by_name(app: Flask) -> None:
    """A field with suggestions takes the place of the list; a name that several share is asked
    about, one that nobody has is told, and what was written stays."""
    employ(app, MOST_LISTED)
    desk = enter(app, "registrator")
    at = registered(desk)
    page = desk.client.get(f"{at}/steps/assign").text
    assert 'list="case_officer-among"' in page
    assert '<option value="Ny 1, Jurist">' in page
    for written, told in (
        ("Ledamoten", "Ingen som kan ha uppgiften heter ”Ledamoten”"),
        ("ny", "Flera stämmer med ”ny”: Ny 0, Jurist, Ny 1, Jurist"),
        ("", "Fyll i ”Handläggare”"),
    ):
        answer = desk.post(f"{at}/steps/assign", case_officer=written)
        assert answer.status_code == 422, written
        assert told in answer.text
        assert f'value="{written}"' in answer.text
    assert desk.post(f"{at}/steps/assign", case_officer="Ny 2").status_code == 303
    assert officer_of(app, at) == "Ny 2"


def test_a_point_offers_the_presidium_besides(app: Flask) -> None:
    """”Presidiet får i uppdrag”: but no member, unless the point has them already."""
    page = enter(app, "handlaggare").client.get(f"{WRITTEN_ON}/text").text
    [offered] = re.findall(r'<select[^>]*id="assignee-1".*?</select>', page, re.DOTALL)
    assert "Ordföranden" in offered
    assert "Regiondirektören" in offered
    assert "Ledamoten" not in offered
    with app.extensions["casework"].acting(1) as context:
        matter = context.session.get_one(Matter, int(WRITTEN_ON.rsplit("/", 1)[1]))
        [member] = context.session.scalars(select(Person.id).where(Person.name == "Ledamoten"))
        point = matter.decision_points[0]
        point.assignee_id, point.task = member, "Utred."
    desk = enter(app, "handlaggare")
    page = desk.client.get(f"{WRITTEN_ON}/text").text
    [offered] = re.findall(r'<select[^>]*id="assignee-1".*?</select>', page, re.DOTALL)
    assert f'<option value="{member}" selected>Ledamoten, Ledamot<' in offered


def test_whoever_else_is_there_is_found_among_many(app: Flask) -> None:
    """At the meeting everybody can be written down, however many there are."""
    with app.extensions["casework"].database.read() as session:
        today = session.scalars(select(Meeting).where(Meeting.state == "summoned")).one().id
    desk = enter(app, "namndsekreterare")
    assert desk.post(f"/meetings/{today}/steps/open").status_code == 303
    at = str(desk.client.get(f"/meetings/{today}/live").location)
    assert '<select class="form-select" id="other-person"' in desk.client.get(at).text
    employ(app, MOST_LISTED + 1)
    assert 'list="anybody"' in desk.client.get(at).text
    for written, status in (("Ny 7", 303), ("Ingen alls", 422), ("", 422)):
        answer = desk.post(f"{at}/arrive", person=written, capacity="other")
        assert answer.status_code == status, answer.text
    with app.extensions["casework"].database.read() as session:
        came = select(Attendance).where(Attendance.meeting_id == today)
        assert [each.person.name for each in session.scalars(came)] == ["Ny 7"]
