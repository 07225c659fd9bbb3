"""Whoever is given an assignment, is to accept a report, or to sign, is told with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.documents.contexts import item_from_json
from casework.followup.models import Assignment
from casework.followup.service import report_back
from casework.inbox.models import InboxEntry
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable
from casework.meetings.models import Minutes
from casework.meetings.table.outcome import Resolved, conclude_item
from tests.followup.test_before_the_body import ASKED_FOR, SAT, Office, as_proposed
from tests.inbox.conftest import entries, letters, standing
from tests.meetings.test_attestation import attested, drafted, signing

if TYPE_CHECKING:
    from casework.context import Context
    from casework.people.models import Person
    from tests.meetings.conftest import Table


def given(table: Table) -> None:
    """The committee asks the member for something, by a day."""
    due = date(2025, 9, 1)
    point = Resolved("Utredningen redovisas.", table.cast.director.id, "Redovisa", due)
    table.on_item(lambda c, item: conclude_item(c, item, "decided", points=[point]))


def on_assignment(table: Table, who: Person, what: Any) -> None:
    def act(context: Context, _meeting: Any) -> None:
        what(context, context.session.scalars(select(Assignment)).one())

    table.act(act, who)


def fire(table: Table, who: Person, trigger: str, **inputs: Any) -> None:
    on_assignment(
        table, who, lambda c, row: c.services.engine.fire(c.given(**inputs), row, trigger)
    )


def test_an_assignment_is_told_at_the_decision(table: Table) -> None:
    """The one who is asked, what and by when; its one letter is not sent twice."""
    given(table)
    assert standing(table.road, table.cast.director) == [("assignment", "")]
    [letter] = letters(table.road, table.cast.director, "assignment:")
    assert "Redovisa" in letter.text
    assert "2025-09-01" in letter.text


def test_a_report_waits_for_whoever_accepts_it(table: Table) -> None:
    """Secretary and manager may; what one of them does is done for both. A report that is sent
    back lands at the assignee with the reason and the new day."""
    road, cast = table.road, table.cast
    given(table)
    on_assignment(table, cast.director, lambda c, row: report_back(c, row, "Klart."))
    assert standing(road, cast.director) == []
    for judge in (cast.secretary, cast.manager):
        assert ("report_waiting", "") in standing(road, judge)
        assert len(letters(road, judge, "reported")) == 1
    again = {"report_back_on": date(2025, 8, 20), "reason": "Tidplanen saknas."}
    fire(table, cast.manager, "send_back", **again)
    for judge in (cast.secretary, cast.manager):
        assert ("report_waiting", "") not in standing(road, judge)
    assert standing(road, cast.director) == [("more_wanted", "Tidplanen saknas.")]
    [letter] = letters(road, cast.director, "more_wanted")
    assert "Tidplanen saknas." in letter.text
    assert "2025-08-20" in letter.text
    on_assignment(table, cast.director, lambda c, row: report_back(c, row, "Med tidplan."))
    assert standing(road, cast.director) == []


def test_what_changes_for_the_assignee_is_told(table: Table) -> None:
    """The day that the body moved it to, with the reason."""
    road, cast, office = table.road, table.cast, Office(table)
    office.sit("another_day", as_proposed, reason="Underlag saknas", report_back_on=ASKED_FOR)
    why = {"report_back_on": ASKED_FOR, "reason": "Nämndens beslut."}
    office.fire(cast.secretary, "extend", SAT, **why)
    assert ("assignment_moved", "Nämndens beslut.") in standing(road, cast.director)
    assert ASKED_FOR.isoformat() in letters(road, cast.director, "assignment_moved")[0].text


def test_the_minutes_wait_for_each_who_signs(table: Table) -> None:
    """The chair and the attester; what is taken back waits no more, and is asked for anew."""
    road, cast = table.road, table.cast
    drafted(table)
    for time in (1, 2):
        table.fire("send_for_attestation")
        for who in (cast.chair, cast.attester):
            assert [kind for kind, _ in standing(road, who)] == ["to_sign"]
            assert len(letters(road, who, "minutes_to_sign")) == time
        if time == 1:
            table.fire("recall", reason="Fel datum.")
            assert standing(road, cast.chair) == []
    signing(table, cast.attester)
    assert standing(road, cast.attester) == []
    assert [kind for kind, _ in standing(road, cast.chair)] == ["to_sign"]
    signing(table, cast.chair)
    assert standing(road, cast.chair) == []


def test_one_section_waits_for_each_who_signs_it(table: Table) -> None:
    """A § attested at once is told, with its number and a link to where it is signed."""
    road, cast = table.road, table.cast
    table.act(lambda c, m: [conclude_item(c, item, "noted") for item in m.agenda[:-1]])
    given(table)
    table.on_item(attest_immediately)
    assert [kind for kind, _ in standing(road, cast.chair)] == ["to_sign"]
    [letter] = letters(road, cast.attester, "section_to_sign")
    with road.casework.database.read() as session:
        row = session.scalars(select(Minutes).filter_by(kind="immediate")).one()
        assert f"§\N{NO-BREAK SPACE}{row.first_section}" in letter.text
    assert f"/meetings/{table.meeting_id}#attestation" in letter.text

    def signs(context: Context, meeting: Any) -> None:
        minutes = context.session.scalars(select(Minutes).filter_by(kind="immediate")).one()
        sign(context, minutes, confirmed_by="password")

    table.act(signs, cast.attester)
    assert standing(road, cast.attester) == []
    table.act(signs, cast.chair)
    assert standing(road, cast.chair) == []


def test_a_correction_waits_with_its_reason(table: Table) -> None:
    """Those who sign the correction read why it is made; the secretary learns that all have
    signed the minutes."""
    road, cast = table.road, table.cast
    attested(table)

    def begin(context: Context, item: Any) -> None:
        row = item.minutes_item
        edited = replace(editable(item_from_json(row.content)), title="Rätt rubrik")
        correct(context, row, edited, "Rubriken är felskriven.")

    table.on_item(begin)
    assert standing(road, cast.chair) == [("to_sign", "Rubriken är felskriven.")]
    [letter] = letters(road, cast.chair, "section_to_sign")
    assert "Rubriken är felskriven." in letter.text
    assert "rättelse" in letter.subject
    told = [each.kind for each in entries(road, cast.secretary)]
    assert told.count("minutes_attested") == 1
    with road.casework.database.read() as session:
        about = set(session.scalars(select(InboxEntry.subject_type).filter_by(kind="to_sign")))
    assert about == {"minutes"}
