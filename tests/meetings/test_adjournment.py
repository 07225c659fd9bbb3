"""A meeting that is adjourned for a while: when is minuted, and nothing is concluded in between."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from casework.context import STOCKHOLM, Actor
from casework.errors import Conflict
from casework.meetings.agenda.items import take_notes
from casework.meetings.minutes.paper import minutes
from casework.meetings.models import Meeting
from casework.meetings.table.motions import move, withdraw
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.pause import adjourn, resume_session
from casework.meetings.table.questions import put_question, take_back_question
from casework.meetings.table.statements import state
from casework.people.models import Organisation
from casework.workflow.blockers import Blocked

from .conftest import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.meetings.models import AgendaItem

    from .conftest import Table


def at(table: Table, hour: int, minute: int, what: Callable[[Context, Meeting], object]) -> None:
    secretary = table.cast.secretary
    moment = datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=STOCKHOLM)
    with table.road.casework.acting(
        table.road.world.organisation_id, Actor(secretary.id, secretary.name), moment
    ) as context:
        what(context, context.session.get_one(Meeting, table.meeting_id))


def test_the_first_page_says_when(table: Table) -> None:
    """Plats och tid: the hours, then each adjournment."""

    def time(context: Context, meeting: Meeting) -> str:
        organisation = context.session.get_one(Organisation, meeting.organisation_id)
        return minutes(meeting, organisation, (), DAY, (), kept_by=()).time

    for begins, ends in (((10, 0), (10, 20)), ((12, 0), (13, 0))):
        at(table, *begins, adjourn)
        at(table, *ends, resume_session)
    wanted = ", ajournering kl.\u00a010.00–10.20 och kl.\u00a012.00–13.00"
    assert table.act(time).endswith(wanted)


def test_nothing_is_moved_or_voted_on_meanwhile(table: Table) -> None:
    """A proposal and a vote need those who sit; what the secretary writes, and a note, do not."""
    member = table.cast.member
    proposal = table.on_item(lambda c, item: move(c, item, member, "rejection", text="För dyrt."))
    table.act(adjourn)
    acts: list[Callable[[Context, AgendaItem], object]] = [
        lambda c, item: move(c, item, member, "approval"),
        lambda c, item: withdraw(c, item.floor_proposals[0]),
        lambda c, item: put_question(c, item, winner="first"),
        lambda c, item: take_back_question(c, item),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="meeting_adjourned"):
            table.on_item(act)
    table.on_item(lambda c, item: take_notes(c, item, "summary", "Paus för gruppmöten.", ""))
    table.on_item(lambda c, item: state(c, item, member, "minutes_note", text="Vi återkommer."))
    table.act(resume_session)
    table.on_item(lambda c, item: put_question(c, item, winner="first"))
    assert table.on_item(lambda _c, item: item.propositions[0].second_id) == proposal.id


def test_nothing_is_concluded_and_nothing_ends_meanwhile(table: Table) -> None:
    """The decision is made by those who are there, and in a break nobody is."""
    with pytest.raises(Conflict, match="meeting_not_adjourned"):
        table.act(resume_session)
    table.act(adjourn)
    with pytest.raises(Conflict, match="meeting_adjourned"):
        table.act(adjourn)
    with pytest.raises(Conflict, match="meeting_adjourned"):
        table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    with pytest.raises(Blocked) as refused:
        table.fire("end")
    assert "meeting_adjourned" in [each.code for each in refused.value.blockers]
    table.act(resume_session)
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
