"""What must hold when a simulated meeting is over, whatever was tried at it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.deadlines.calendar import is_working_day
from casework.deadlines.models import Deadline
from casework.distribution.models import Excerpt, RecipientGroup
from casework.distribution.service import set_members, settle_as
from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import item_checksum, item_text
from casework.errors import Conflict
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.meetings.minutes.text import editable, missing_points, revise
from casework.meetings.minutes.verification import verify
from casework.meetings.models import DECIDING, Meeting, Minutes, MinutesItem
from casework.meetings.seats import seats
from casework.meetings.table.outcome import UNHANDLED
from casework.secrecy.service import review_secrecy
from casework.workflow.blockers import Blocked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.context import Context


def check_sections(context: Context, _meeting: Meeting) -> None:
    """§§ run without gap per body and year."""
    numbers = sorted(context.session.scalars(select(MinutesItem.section_number)))
    assert numbers == list(range(1, len(numbers) + 1))


def check_who_took_part(context: Context, meeting: Meeting) -> None:
    """Quorum on each item that was handled, nobody recused in it, and no seat twice."""
    elected = seats(context, meeting)
    for item in meeting.agenda:
        recused = {each.person_id for each in item.recusals}
        assert recused & {each.person_id for each in item.participants} == set()
        serving = [each for each in item.participants if each.capacity in DECIDING]
        assert len(serving) <= elected
        if item.outcome not in UNHANDLED:
            assert 2 * len(serving) > elected, item.title
        took_part = {each.person_id for each in serving}
        reserved = {each.person_id for each in item.statements if each.kind == "reservation"}
        assert reserved <= took_part


def check_votes(_context: Context, meeting: Meeting) -> None:
    """Only those who served voted; the casting vote is the chair's, and only of a tie."""
    for item in meeting.agenda:
        serving = {e.person_id: e.capacity for e in item.participants if e.capacity in DECIDING}
        for put in item.propositions:
            assert put.method != "minority"  # a committee has no such right
            if put.is_casting:
                assert put.yes_votes == put.no_votes
            elif put.method == "vote":
                more_yes = (put.yes_votes or 0) > (put.no_votes or 0)
                assert put.winner == ("first" if more_yes else "second")
            recused = {each.person_id for each in item.recusals}
            assert recused & {ballot.person_id for ballot in put.ballots} == set()
        assert serving or item.outcome in UNHANDLED


def check_minutes(context: Context, meeting: Meeting) -> None:
    """Attested, locked, whole by KL 5:67, and no edit takes any more."""
    assert meeting.state == "attested"
    assert missing_points(meeting.agenda) == []
    press = context.services.press
    for minutes in context.session.scalars(select(Minutes)):
        assert minutes.locked_at is not None
        pdf = press.read(press.document(context.session, minutes.document_id or 0))
        found = verify(context.session, pdf)
        assert found.is_attested
        assert found.is_sound
    for item in meeting.agenda:
        row = item.minutes_item
        assert row is not None
        content = item_from_json(row.content)
        assert item_checksum(content) == row.content_sha256
        refused = False
        try:
            revise(context, row, editable(content))
        except Conflict:
            refused = True
        assert refused


def check_who_signed(_context: Context, meeting: Meeting) -> None:
    """Whoever led an item has signed for it (KL 5:65, 5:69)."""
    for item in meeting.agenda:
        row = item.minutes_item
        if row is not None and item.led_by_id is not None:
            assert item.led_by_id in {each.person_id for each in row.minutes.signatures}


def check_notices(context: Context, _meeting: Meeting) -> None:
    """Each announced once; the last day to appeal a working day, three weeks on or more."""
    notices = context.session.scalars(select(BoardNotice)).all()
    assert len(notices) == len(context.session.scalars(select(Minutes)).all())
    for notice in notices:
        assert is_working_day(notice.appeal_until)
        assert notice.appeal_until >= notice.announced_on + timedelta(days=21)


def check_excerpts(context: Context, meeting: Meeting) -> None:
    """What was decided goes out as the § has it, byte for byte; nothing else goes out at all."""
    for item in meeting.agenda:
        matter = item.matter
        if matter is None:
            continue
        fire = context.services.engine.fire
        if item.outcome != "decided":
            try:
                fire(context, matter, "dispatch")
            except Blocked:
                continue
            raise AssertionError("dispatched without a decision")
        review_secrecy(context, matter)
        group = context.session.scalars(select(RecipientGroup)).one()
        settle_as(context, matter, matter.recipients[0], group)
        fire(context, matter, "dispatch")
        context.session.flush()
        excerpt = context.session.scalars(select(Excerpt).filter_by(matter_id=matter.id)).one()
        snapshot = context.services.press.document(context.session, excerpt.document_id).snapshot
        assert snapshot is not None
        assert item.minutes_item is not None
        assert snapshot["item"] == item.minutes_item.content
        words = item_text(item_from_json(snapshot["item"]))
        assert words == item_text(item_from_json(item.minutes_item.content))
        check_frozen(context, excerpt, group)
    assert context.session.scalars(select(Matter.id)).all()


def check_frozen(context: Context, excerpt: Excerpt, group: RecipientGroup) -> None:
    """To whom it went stands, whoever leaves the group afterwards."""
    members = [each.recipient for each in group.members]
    set_members(context, group, members[1:])
    context.session.flush()
    context.session.expire(excerpt, ["dispatches"])
    sent_to = {each.recipient_name for each in excerpt.dispatches}
    assert sent_to == {recipient.name for recipient in members}
    set_members(context, group, members)


def check_nothing_leaves_early(context: Context, meeting: Meeting) -> None:
    """No excerpt before the § is attested (KL 5:69, TF 2:10)."""
    for item in meeting.agenda:
        row = item.minutes_item
        if item.matter is None or (row is not None and row.minutes.locked_at is not None):
            continue
        try:
            context.services.engine.fire(context, item.matter, "dispatch")
        except Blocked:
            continue
        raise AssertionError("dispatched before attestation")


def check_who_voted(meeting: Meeting, served: Mapping[int, set[int]]) -> None:
    """Whoever voted served at that vote, and everybody who served has a ballot (KL 5:67 p. 5)."""
    for item in meeting.agenda:
        aside = {e.person_id for e in item.statements if e.kind == "not_taking_part"}
        for put in item.propositions:
            if put.method == "vote":
                voters = {ballot.person_id for ballot in put.ballots}
                assert voters <= served[put.id]
                assert served[put.id] - voters <= aside


def check_assignments(context: Context, meeting: Meeting) -> None:
    """What was decided in the end, and nothing else, is asked of somebody; by a day, or none."""
    points = [
        point
        for item in meeting.agenda
        if item.outcome != "proposed"  # KL 13:2: prepared only
        for point in (item.decision.points if item.decision else ())
        if point.assignee_id is not None
    ]
    rows = context.session.scalars(select(Assignment)).all()
    still_asked = {each.decided_point_id: each for each in rows if each.state != "cancelled"}
    assert still_asked.keys() == {point.id for point in points}
    for point in points:
        assignment = still_asked[point.id]
        assert (assignment.assignee_id, assignment.task) == (point.assignee_id, point.task)
        assert assignment.report_back_on == point.report_back_on
    due = {
        each.subject_id: each.due_on
        for each in context.session.scalars(
            select(Deadline).filter_by(subject_type="assignment", state="running")
        )
    }
    assert due == {e.id: e.report_back_on for e in still_asked.values() if e.report_back_on}
