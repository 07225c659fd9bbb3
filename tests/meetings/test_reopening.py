"""What was concluded or ended by mistake is taken up again, while the meeting's day lasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.verify import verify as verify_record
from casework.context import STOCKHOLM, Actor
from casework.deadlines.models import Deadline
from casework.delegation.models import DelegatedDecision
from casework.delegation.service import draft_decision
from casework.errors import Conflict, Forbidden, Invalid
from casework.followup.models import Assignment
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.models import Decision, Meeting
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.table.again import reopen_item
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.meetings.table.recusal import recuse
from casework.meetings.table.roll import leave
from casework.meetings.table.statements import state
from casework.workflow.blockers import Blocked

if TYPE_CHECKING:
    from .conftest import Table

REASON = "Fel utfall antecknades."


def conclude(table: Table, outcome: str = "decided", **given: Any) -> None:
    table.on_item(lambda c, item: conclude_item(c, item, outcome, **given))


def reopen(table: Table, reason: str = REASON) -> None:
    table.on_item(lambda c, item: reopen_item(c, item, reason))


def of_item(table: Table) -> tuple[str, str, bool, int]:
    def read(meeting: Any) -> tuple[str, str, bool, int]:
        item = meeting.agenda[-1]
        return item.outcome, item.matter.state, item.decision is not None, len(item.participants)

    found: tuple[str, str, bool, int] = table.read(read)
    return found


def end(table: Table) -> None:
    def each(context: Any, meeting: Meeting) -> None:
        for item in meeting.agenda:
            if item.outcome == "pending":
                conclude_item(context, item, "noted")

    table.act(each)
    table.fire("end")


def test_a_decision_is_undone_whole(table: Table) -> None:
    """Its points, its assignment and who took part; the next decision is as if the first."""
    officer = table.cast.officer
    given = [Resolved("Nämnden ger ett uppdrag.", officer.id, "Utred", date(2025, 9, 1))]
    conclude(table, points=given)
    table.on_item(lambda c, i: state(c, i, table.cast.member, "reservation", text="För dyrt."))
    reopen(table)
    assert of_item(table) == ("pending", "on_agenda", False, 0)
    with table.road.casework.database.read() as session:
        [assignment] = session.scalars(select(Assignment)).all()
        assert (assignment.state, assignment.decided_point_id) == ("cancelled", None)
        deadlines = session.scalars(select(Deadline).filter_by(subject_type="assignment"))
        assert {each.state for each in deadlines} == {"cancelled"}
    conclude(table, points=given)
    assert of_item(table)[:3] == ("decided", "decided", True)
    with table.road.casework.database.read() as session:
        assert len(session.scalars(select(Decision)).all()) == 1
        states = session.scalars(select(Assignment.state).order_by(Assignment.id)).all()
        assert states == ["cancelled", "open"]
        assert verify_record(session, table.road.casework.services.audit.key).breaks == ()
    assert table.read(lambda m: [each.kind for each in m.agenda[-1].statements]) == ["reservation"]


@pytest.mark.parametrize("outcome", ["tabled", "referred_back", "withdrawn", "not_handled"])
def test_what_was_not_decided_comes_back_too(table: Table, outcome: str) -> None:
    """The matter is on the agenda again, and what is recorded next is what holds."""
    conclude(table, outcome, reason="Underlag saknas.")
    reopen(table)
    assert of_item(table) == ("pending", "on_agenda", False, 0)
    conclude(table)
    end(table)
    assert of_item(table)[:2] == ("decided", "decided")


@pytest.mark.parametrize(
    ("outcome", "state"), [("referred_back", "in_preparation"), ("withdrawn", "withdrawn")]
)
def test_what_is_sent_away_leaves_when_the_meeting_ends(
    table: Table, outcome: str, state: str
) -> None:
    """After that the matter has moved on, and the item cannot be taken up again."""
    conclude(table, outcome, reason="Underlag saknas.")
    assert of_item(table)[:2] == (outcome, "on_agenda")
    end(table)
    assert of_item(table)[:2] == (outcome, state)
    table.fire("resume", reason=REASON)
    with pytest.raises(Conflict, match="matter_moved_on"):
        reopen(table)
    table.fire("end")
    assert of_item(table)[:2] == (outcome, state)


def test_what_the_body_was_told_is_told_again(table: Table) -> None:
    """KL 6:40: an urgent decision is reported when the meeting ends, by the item that told it."""
    cast = table.cast

    def decide(context: Any, meeting: Meeting) -> int:
        meeting.body.urgent_mandate = "RUN 2023-01-17 § 8"
        given = {"kind": "urgent", "title": "Stöd", "text": "Beviljas.", "urgency": "I dag."}
        decision = draft_decision(context, meeting.body, **given)
        context.session.flush()
        context.services.engine.fire(context, decision, "decide")
        meeting.agenda[0].reports = "urgent_decisions"
        return int(decision.id)

    decision_id = table.act(decide, cast.chair)

    def told(context: Any, meeting: Meeting) -> tuple[str, bool]:
        decision = context.session.get_one(DelegatedDecision, decision_id)
        return decision.state, decision.agenda_item_id == meeting.agenda[0].id

    table.act(lambda c, m: conclude_item(c, m.agenda[0], "noted"))
    assert table.act(told) == ("decided", True)
    table.act(lambda c, m: reopen_item(c, m.agenda[0], REASON))
    assert table.act(told) == ("decided", False)
    conclude(table)
    end(table)
    assert table.act(told) == ("reported", True)
    table.fire("resume", reason=REASON)
    with pytest.raises(Conflict, match="telling_stands"):
        table.act(lambda c, m: reopen_item(c, m.agenda[0], REASON))


def test_who_takes_up_what_and_when(table: Table) -> None:
    """With a reason, by secretary or chair, once concluded, in session, not attested at once."""
    with pytest.raises(Conflict, match="item_pending"):
        reopen(table)
    conclude(table)
    with pytest.raises(Invalid, match="input_missing"):
        reopen(table, " ")
    with pytest.raises(Forbidden, match="role_missing"):
        table.on_item(lambda c, i: reopen_item(c, i, REASON), table.cast.member)
    table.act(lambda c, m: name_attesters(c, m, [table.cast.attester]))
    table.on_item(attest_immediately)
    with pytest.raises(Conflict, match="section_stands"):
        reopen(table)
    end(table)
    with pytest.raises(Conflict, match="meeting_not_in_session"):
        reopen(table)


def test_a_reservation_is_of_somebody_who_takes_part(table: Table) -> None:
    """KL 4:27: one that was entered before the item was taken up again is not carried along."""
    member = table.cast.member
    conclude(table)
    table.on_item(lambda c, i: state(c, i, member, "reservation", text="För dyrt."))
    reopen(table)
    table.on_item(lambda c, i: recuse(c, i, member, substitute=table.cast.substitute))
    with pytest.raises(Conflict, match="reservation_without_part"):
        conclude(table)


def test_a_meeting_that_ended_too_early_goes_on(table: Table) -> None:
    """The same day, with a reason; what was promised of the attestation begins anew (KL 5:69)."""
    conclude(table)
    end(table)
    with pytest.raises(Invalid, match="input_missing"):
        table.fire("resume")
    table.fire("resume", reason="En ledamot ville reservera sig.")
    assert table.read(lambda m: (m.state, m.ended_at)) == ("in_session", None)
    table.on_item(lambda c, i: state(c, i, table.cast.member, "reservation", text="För dyrt."))
    reopen(table)
    table.act(lambda c, m: leave(c, m, table.cast.substitute))
    conclude(table)
    table.fire("end")
    with table.road.casework.database.read() as session:
        states = session.scalars(
            select(Deadline.state).filter_by(name="attestation").order_by(Deadline.id)
        )
        assert list(states) == ["cancelled", "running"]
    secretary = table.cast.secretary
    tomorrow = datetime(2025, 6, 3, 10, tzinfo=STOCKHOLM) + timedelta(days=1)
    with (
        pytest.raises(Blocked) as refused,
        table.road.casework.acting(
            table.road.world.organisation_id, Actor(secretary.id, secretary.name), tomorrow
        ) as context,
    ):
        meeting = context.session.get_one(Meeting, table.meeting_id)
        context.services.engine.fire(context.given(reason=REASON), meeting, "resume")
    assert [each.code for each in refused.value.blockers] == ["meeting_day_over"]
