"""A decision of no matter, such as an election: the secretary writes what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casework.documents.contexts import item_from_json
from casework.errors import Conflict, Invalid
from casework.meetings.agenda.items import add_item
from casework.meetings.minutes.text import missing_points, number_items
from casework.meetings.queries import decision as read_decision
from casework.meetings.table.again import reopen_item
from casework.meetings.table.motions import move
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.meetings.table.questions import put_question

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting

    from .conftest import Table

POINTS = [Resolved("Nämnden väljer Ledamoten till ombud."), Resolved("Ersättare utses senare.")]


@pytest.fixture
def formal(table: Table) -> Table:
    """The meeting, with an election of a delegate last."""

    def add(context: Context, meeting: Meeting) -> None:
        given = {"item_type": "decision", "title": "Val av ombud", "is_election": True}
        add_item(context, meeting, late_reason="Nytt val", **given)

    table.act(add)
    return table


def said(context: Context, item: AgendaItem) -> tuple[list[tuple[int, str]], list[Any]]:
    """The points as the minutes print them, and what the law misses there."""
    number_items(context, item.meeting, [item])
    row = item.minutes_item
    assert row is not None
    content = item_from_json(row.content)
    missing = [
        each for each in missing_points(item.meeting.agenda) if each.section == content.number
    ]
    return [(point.number, point.text) for point in content.points], missing


def test_the_points_are_in_the_minutes(formal: Table) -> None:
    """Numbered as any decision's, and nothing of KL 5:67 is missing."""
    formal.on_item(lambda c, item: conclude_item(c, item, "decided", points=POINTS))
    points, missing = formal.on_item(said)
    assert points == [(n, each.text) for n, each in enumerate(POINTS, start=1)]
    assert missing == []
    ids = formal.read(lambda m: (m.organisation_id, m.agenda[-1].decision.id))
    found = formal.act(lambda c, _m: read_decision(c.session, *ids).matter_id)
    assert found is None


def test_one_that_says_nothing_is_refused(formal: Table) -> None:
    """A decision has content (KL 5:67 p. 4); the reason will do, a point a line."""
    with pytest.raises(Invalid, match="decision_points_missing"):
        formal.on_item(lambda c, item: conclude_item(c, item, "decided"))
    with pytest.raises(Invalid, match="point_missing"):
        formal.on_item(lambda c, item: conclude_item(c, item, "decided", points=[Resolved(" ")]))
    told = "\n".join(point.text for point in POINTS)
    formal.on_item(lambda c, item: conclude_item(c, item, "decided", reason=told))
    assert [text for _number, text in formal.on_item(said)[0]] == [each.text for each in POINTS]


def test_it_gives_no_assignment(formal: Table) -> None:
    """An assignment belongs to a matter, where it is followed."""
    given = [Resolved("Utred frågan.", assignee_id=formal.cast.director.id)]
    with pytest.raises(Conflict, match="assignment_of_no_matter"):
        formal.on_item(lambda c, item: conclude_item(c, item, "decided", points=given))


def test_a_proposal_that_won_is_what_is_decided(formal: Table) -> None:
    """Moved and carried at the table, it need not be written once more; and it can be undone."""

    def moved(context: Context, item: AgendaItem) -> None:
        move(context, item, formal.cast.member, "addition", text=POINTS[0].text)
        put_question(context, item, winner="first")
        conclude_item(context, item, "decided")
        assert item.decision is not None
        assert [each.text for each in item.decision.points] == [POINTS[0].text]
        reopen_item(context, item, "Fel ombud.")
        assert item.decision is None

    formal.on_item(moved)
