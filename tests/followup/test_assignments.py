"""What an assignee is told before and after the day, and what an assignment holds open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.background import remind
from casework.context import STOCKHOLM
from casework.deadlines.models import Deadline
from casework.followup.guards import has_report, no_open_assignments
from casework.mail.models import Message
from casework.matters.service import register
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.planning.series import paper_stop
from casework.people.models import Body, Person
from tests.followup.test_before_the_body import Office

if TYPE_CHECKING:
    from casework.context import Context
    from casework.followup.models import Assignment
    from tests.meetings.conftest import Table

DUE, OPENED = date(2025, 10, 14), date(2025, 11, 18)
BEFORE, LATE = timedelta(days=-14), timedelta(days=1)


@pytest.fixture
def office(table: Table) -> Office:
    return Office(table)


def meets(office: Office, *days: date, other: Body | None = None) -> None:
    """The committee, or another body, plans these meetings besides the one in June."""

    def plan(context: Context, assignment: Assignment) -> None:
        body = context.session.get_one(Body, other.id if other else assignment.body_id)
        for day in days:
            plan_meeting(context, body, datetime(day.year, day.month, day.day, 9, tzinfo=STOCKHOLM))

    office.act(office.cast.secretary, plan)


def reminded(office: Office, after: timedelta) -> Message:
    """The newest reminder, at eight on a day counted from the due day."""
    casework, day = office.table.road.casework, DUE + after
    remind(casework, datetime(day.year, day.month, day.day, 8, tzinfo=STOCKHOLM))
    with casework.database.read() as session:
        letters = select(Message).where(
            Message.key.startswith("reminder:"), Message.subject_type == "assignment"
        )
        return session.scalars(letters.order_by(Message.id)).all()[-1]


def test_before_the_day_one_reads_what_was_decided_and_where_to_report(office: Office) -> None:
    """With when the papers stop; nobody else reads it."""
    meets(office, date(2025, 9, 30), DUE, date(2025, 11, 18))
    letter = reminded(office, BEFORE)
    assert letter.subject.startswith("Påminnelse: ")
    assert (letter.to_address, letter.cc) == (office.cast.director.email, [])
    assert (
        "Det ska återrapporteras till Regionala utvecklingsnämnden den 2025-10-14." in letter.text
    )
    papers = office.read(lambda a: paper_stop(a.matter.body, DUE)).isoformat()
    assert f"Handlingar till mötet ska vara inne senast {papers}." in letter.text
    assert "Begär ändrad tidplan" in letter.text


def test_a_decision_that_stands_in_minutes_is_named_by_its_section(office: Office) -> None:
    office.table.fire("draft_minutes")
    section = office.read(
        lambda a: a.decided_point.decision.agenda_item.minutes_item.section_number
    )
    text = reminded(office, BEFORE).text.replace("\xa0", " ")
    assert f"Enligt RUN 2025-06-03 § {section} ska det" in text


def test_without_a_meeting_on_the_day_it_is_only_due(office: Office) -> None:
    """Neither the meeting before nor the one after takes the report."""
    meets(office, date(2025, 9, 30), date(2025, 11, 18))
    meets(office, DUE, other=office.table.road.world.presidium)
    letter = reminded(office, BEFORE)
    assert "Det ska vara klart 2025-10-14." in letter.text
    assert "Handlingar till mötet" not in letter.text


def test_after_the_day_the_manager_reads_it_and_the_next_meeting_is_named(office: Office) -> None:
    """The next that comes of its own body, and none that has been."""
    meets(office, date(2025, 10, 7), date(2025, 12, 9), date(2025, 11, 18))
    meets(office, date(2025, 11, 4), other=office.table.road.world.presidium)
    letter = reminded(office, LATE)
    manager = office.cast.manager
    assert letter.subject.startswith("Försenat: ")
    assert letter.to_address == office.cast.director.email
    assert [each["address"] for each in letter.cc] == [manager.email]
    assert f"{manager.name} får kopia." in letter.text
    assert "sammanträder den 2025-11-18" in letter.text


def test_a_late_one_names_no_meeting_that_has_been(office: Office) -> None:
    """And copies nobody who has left."""

    def leaves(context: Context, _assignment: Assignment) -> None:
        context.session.get_one(Person, office.cast.manager.id).email = ""

    office.act(office.cast.secretary, leaves)
    letter = reminded(office, LATE)
    assert letter.cc == []
    assert "får kopia" not in letter.text
    assert "sammanträder" not in letter.text


def test_a_matter_is_held_open_until_each_assignment_ended(office: Office) -> None:
    """KL 6:4: what was asked for is followed to its end, answered or not."""

    def holds(context: Context, assignment: Assignment) -> list[str]:
        blocker = no_open_assignments(context, assignment.matter)
        return [] if blocker is None else [blocker.code, *blocker.params["tasks"]]

    secretary = office.cast.secretary
    task = office.read(lambda a: a.task)
    assert office.act(secretary, holds) == ["assignments_open", task]
    office.report()
    assert office.act(secretary, holds) == ["assignments_open", task]
    for ended in ("accepted", "cancelled"):
        assert office.act(secretary, lambda c, a, s=ended: _in_state(holds, c, a, s)) == []


def test_another_matter_is_held_by_none_of_it(office: Office) -> None:
    def other(context: Context, assignment: Assignment) -> Any:
        body = context.session.get_one(Body, assignment.body_id)
        matter = register(context, kind="decision", title="Ett annat", body=body)
        context.session.flush()
        return no_open_assignments(context, matter)

    assert office.act(office.cast.registrar, other) is None


def _in_state(holds: Any, context: Context, assignment: Assignment, state: str) -> list[str]:
    """What would be held, were it in another state; the engine's road there is long."""
    assignment.state = state
    context.session.flush()
    found: list[str] = holds(context, assignment)
    assignment.state = "reported"
    return found


def test_without_a_word_nothing_is_reported(office: Office) -> None:
    def missing(context: Context, assignment: Assignment) -> str | None:
        blocker = has_report(context, assignment)
        return blocker and blocker.code

    assert office.act(office.cast.director, missing) == "report_missing"
    office.report()
    assert office.act(office.cast.director, missing) is None


def test_another_day_runs_with_reminders_of_its_own(office: Office) -> None:
    """Sent back with a day within the body's: the former day is no longer waited for."""
    office.report()
    again = date(2025, 10, 1)
    given = {"report_back_on": again, "reason": "Ange kostnaden"}
    office.fire(office.cast.secretary, "send_back", **given)

    def running(context: Context, _assignment: Assignment) -> list[tuple[date, int | None]]:
        rows = context.session.scalars(
            select(Deadline).filter_by(subject_type="assignment", state="running")
        )
        return [(row.due_on, row.responsible_person_id) for row in rows]

    assert office.act(office.cast.secretary, running) == [(again, office.cast.director.id)]


def test_the_agenda_lists_what_is_open(office: Office) -> None:
    """Each with its person and day, late or not, on the item that follows them up and no other."""
    secretary = office.cast.secretary

    def planned(context: Context, assignment: Assignment) -> int:
        body = context.session.get_one(Body, assignment.body_id)
        starts_at = datetime(OPENED.year, OPENED.month, OPENED.day, 9, tzinfo=STOCKHOLM)
        meeting = plan_meeting(
            context, body, starts_at, chair=office.cast.chair, secretary=secretary
        )
        for position, follows in enumerate(("assignments", ""), start=50):
            meeting.agenda.append(
                AgendaItem(
                    organisation_id=context.organisation_id,
                    position=position,
                    title="Uppföljning" if follows else "Information",
                    item_type="information",
                    reports=follows,
                )
            )
        context.session.flush()
        return meeting.id

    meeting_id = office.act(secretary, planned)

    def step(context: Context, trigger: str) -> dict[str, str]:
        meeting = context.session.get_one(Meeting, meeting_id)
        context.services.engine.fire(context.given(), meeting, trigger)
        return {item.title: item.summary for item in meeting.agenda if item.position >= 50}

    office.act(secretary, lambda c, _a: step(c, "summon"), DUE + LATE)
    found = office.act(secretary, lambda c, _a: step(c, "open"), OPENED)
    task = office.read(lambda a: a.task)
    director = office.cast.director.name
    assert found["Uppföljning"] == f"{director}: {task} (återrapporteras 2025-10-14, försenat)"
    assert found["Information"] == ""
