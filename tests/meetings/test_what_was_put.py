"""No answer lands on another question than the one seen, and a decision has its own voters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casework.errors import Conflict, Invalid, Stale
from casework.matters.models import DecisionPoint
from casework.meetings.table.law import Count
from casework.meetings.table.motions import move
from casework.meetings.table.outcome import basis_of, conclude_item, resolution
from casework.meetings.table.questions import open_question, put_question, take_back_question
from casework.meetings.table.roll import leave, quorum_at
from casework.meetings.table.statements import state

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem

    from .conftest import Table

pytestmark = pytest.mark.parametrize("database_maker", ["sqlite"], indirect=True)

AMENDMENT = "Regionala utvecklingsnämnden antar handlingsplanen i mindre omfattning."
ADDITION = "Regionala utvecklingsnämnden följer upp planen om ett år."


def amend(table: Table) -> None:
    member = table.cast.member
    table.on_item(lambda c, item: move(c, item, member, "amendment", text=AMENDMENT))


def vote(table: Table, **choices: str) -> None:
    ballots = {getattr(table.cast, name).id: choice for name, choice in choices.items()}
    table.on_item(lambda c, item: put_question(c, item, method="vote", ballots=ballots))


def participants(table: Table) -> dict[str, str]:
    found: dict[str, str] = table.read(
        lambda m: {each.person.name: each.capacity for each in m.agenda[-1].participants}
    )
    return found


def test_an_answer_is_to_the_question_that_was_seen(table: Table) -> None:
    """A second press, or a second screen, does not carry an addition that nobody put."""
    amend(table)
    table.on_item(lambda c, item: move(c, item, table.cast.member, "addition", text=ADDITION))
    seen = table.read(lambda m: open_question(m.agenda[-1]))
    table.on_item(lambda c, item: put_question(c, item, winner="first", asked=seen))
    with pytest.raises(Stale, match="question_changed"):
        table.on_item(lambda c, item: put_question(c, item, winner="first", asked=seen))
    assert table.read(lambda m: len(m.agenda[-1].propositions)) == 1


def test_a_question_is_taken_back_once(table: Table) -> None:
    """The one that was meant, not whichever is the last by now."""
    amend(table)
    table.on_item(lambda c, item: move(c, item, table.cast.member, "addition", text=ADDITION))
    for _each in range(2):
        table.on_item(lambda c, item: put_question(c, item, winner="first"))
    first, last = table.read(lambda m: [put.id for put in m.agenda[-1].propositions])
    table.on_item(lambda c, item: take_back_question(c, item, recorded=last))
    with pytest.raises(Stale, match="question_changed"):
        table.on_item(lambda c, item: take_back_question(c, item, recorded=last))
    assert table.read(lambda m: [put.id for put in m.agenda[-1].propositions]) == [first]


def test_the_points_of_an_old_page_decide_nothing(table: Table) -> None:
    """The amendment won after the page was opened; the papers' own points do not take its place."""
    amend(table)

    def shown(_context: Context, item: AgendaItem) -> tuple[Any, str]:
        assert item.matter is not None
        return resolution(item), basis_of(item)

    points, basis = table.on_item(shown)
    table.on_item(lambda c, item: put_question(c, item, winner="second"))
    with pytest.raises(Stale, match="points_changed"):
        table.on_item(lambda c, i: conclude_item(c, i, "decided", points=points, basis=basis))
    assert table.read(lambda m: m.agenda[-1].outcome) == "pending"


def test_an_amendment_of_a_point_leaves_the_rest(table: Table) -> None:
    """The other points stand with their assignments, and the amended one keeps its own."""
    member = table.cast.member

    def amend_the_second(context: Context, item: AgendaItem) -> list[str]:
        assert item.matter is not None
        points = item.matter.decision_points
        points.append(
            DecisionPoint(organisation_id=item.organisation_id, position=2, text="En punkt till.")
        )
        with pytest.raises(Invalid, match="point_unknown"):
            move(context, item, member, "amendment", text=AMENDMENT, point=3)
        move(context, item, member, "amendment", text=AMENDMENT, point=2)
        return [point.text for point in points]

    first, _second = table.on_item(amend_the_second)
    table.on_item(lambda c, item: put_question(c, item, winner="second"))
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    decided = table.read(
        lambda m: [(each.text, each.assignee_id) for each in m.agenda[-1].decision.points]
    )
    assert decided == [(first, table.cast.director.id), (AMENDMENT, None)]


def test_a_vote_needs_a_quorum(table: Table) -> None:
    """KL 6:27: two of four cannot vote on an item, whoever comes before the gavel."""
    amend(table)
    for person in (table.cast.attester, table.cast.vice_chair):
        table.act(lambda c, m, person=person: leave(c, m, person))
    with pytest.raises(Conflict, match="no_quorum"):
        vote(table, chair="yes", member="no")
    assert table.read(lambda m: m.agenda[-1].propositions) == []


def test_each_question_needs_its_own_quorum(table: Table) -> None:
    """KL 6:27: those who voted on the first and left are not there for the next."""
    amend(table)
    table.on_item(lambda c, item: move(c, item, table.cast.member, "addition", text=ADDITION))
    vote(table, chair="yes", vice_chair="yes", attester="no", member="no")
    for person in (table.cast.attester, table.cast.member):
        table.act(lambda c, m, person=person: leave(c, m, person))
    with pytest.raises(Conflict, match="no_quorum"):
        table.on_item(lambda c, item: put_question(c, item, winner="first"))


def test_who_comes_after_the_vote_has_no_part_in_it(table: Table) -> None:
    """KL 4:27: no reservation from somebody who was not there; one from each who voted and left."""
    cast = table.cast
    amend(table)
    table.act(lambda c, m: leave(c, m, cast.attester))
    vote(table, chair="yes", vice_chair="yes", member="no")
    table.arrive(cast.attester, "member")
    table.act(lambda c, m: leave(c, m, cast.member))
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    assert cast.attester.name not in participants(table)
    with pytest.raises(Conflict, match="not_present"):
        table.on_item(lambda c, item: state(c, item, cast.attester, "reservation"))
    table.on_item(lambda c, item: state(c, item, cast.member, "reservation"))


def test_a_seat_keeps_its_voter(table: Table) -> None:
    """KL 6:17: a member who takes the seat back after the vote does not take over the vote."""
    cast = table.cast
    amend(table)
    table.act(lambda c, m: leave(c, m, cast.member))
    table.arrive(cast.substitute, "serving_substitute", serves_for=cast.member)
    member = table.cast.attester
    vote(table, chair="yes", vice_chair="yes", attester="yes", substitute="no")
    table.arrive(cast.member, "member")
    assert table.on_item(quorum_at).serving == 4
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    assert participants(table)[cast.substitute.name] == "serving_substitute"
    assert cast.member.name not in participants(table)
    assert participants(table)[member.name] == "member"
    table.on_item(lambda c, item: state(c, item, cast.substitute, "reservation"))


def test_somebody_leads(table: Table) -> None:
    """KL 5:53, 6:33: without chair and vice chair a member is put in the chair first."""
    cast = table.cast
    table.act(lambda c, m: setattr(m.body, "seats", 3))
    for person in (cast.chair, cast.vice_chair):
        table.act(lambda c, m, person=person: leave(c, m, person))
    table.arrive(cast.substitute, "serving_substitute", serves_for=cast.chair)
    with pytest.raises(Conflict, match="nobody_leads"):
        table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    table.arrive(cast.attester, "chair")
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    assert table.read(lambda m: m.agenda[-1].led_by.name) == cast.attester.name


@pytest.mark.parametrize("count", [Count(0, 0), Count(-3, 4), Count(2, 1, 2)])
def test_a_secret_count_can_be(table: Table, count: Count) -> None:
    """KL 5:54: somebody voted, and no more than serve and take part."""

    def election(_context: Context, item: AgendaItem) -> None:
        item.is_election = True

    table.on_item(election)
    amend(table)
    with pytest.raises((Invalid, Conflict), match=r"count_missing|too_many_votes"):
        table.on_item(lambda c, i: put_question(c, i, method="vote", count=count, lot="first"))


def test_nobody_reserves_twice_and_nothing_is_written_over(table: Table) -> None:
    """A second reservation with other words is refused; notes are kept beside each other."""
    member = table.cast.member
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    table.on_item(lambda c, item: state(c, item, member, "reservation", text="Skäl A."))
    with pytest.raises(Conflict, match="stated_already"):
        table.on_item(lambda c, item: state(c, item, member, "reservation", text="Skäl B."))
    for text in ("Första anteckningen.", "Andra anteckningen."):
        table.on_item(lambda c, i, text=text: state(c, i, member, "minutes_note", text=text))
    said = table.read(lambda m: [each.text for each in m.agenda[-1].statements])
    assert said == ["Skäl A.", "Första anteckningen.", "Andra anteckningen."]
