"""At the table: who may move, vote, reserve, and what the minutes say of it afterwards."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from casework.meetings.agenda.items import add_item, reorder, revise_item, take_notes
from casework.meetings.table.law import Count
from casework.meetings.table.motions import move, withdraw
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.questions import put_question, take_back_question
from casework.meetings.table.recusal import recuse
from casework.meetings.table.roll import arrive, leave, quorum_at
from casework.meetings.table.statements import state
from casework.people.models import Appointment, Body

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting
    from casework.people.models import Person

    from .conftest import Table

# The law of the table asks nothing of the engine; test_meetings and test_attestation try both.
pytestmark = pytest.mark.parametrize("database_maker", ["sqlite"], indirect=True)

AMENDMENT = "Regionala utvecklingsnämnden antar handlingsplanen i mindre omfattning."


def conclude(table: Table, outcome: str = "decided", **given: Any) -> None:
    table.on_item(lambda c, item: conclude_item(c, item, outcome, **given))


def amend(table: Table, who: Person) -> None:
    table.on_item(lambda c, item: move(c, item, who, "amendment", text=AMENDMENT))


def vote(table: Table, **choices: str) -> None:
    """Everybody's ballot, by what they are called in the cast."""
    ballots = {getattr(table.cast, name).id: choice for name, choice in choices.items()}
    table.on_item(lambda c, item: put_question(c, item, method="vote", ballots=ballots))


def outcome_of(table: Table) -> tuple[str, list[str]]:
    def read(meeting: Any) -> tuple[str, list[str]]:
        item = meeting.agenda[-1]
        return item.outcome, [point.text for point in item.decision.points] if item.decision else []

    found: tuple[str, list[str]] = table.read(read)
    return found


# --- Votes ------------------------------------------------------------------------------------


def test_a_tie_is_settled_by_the_chair_and_minuted(table: Table) -> None:
    """KL 5:56 through 6:33: two against two, and the chair is among the yes."""
    amend(table, table.cast.member)
    vote(table, chair="yes", vice_chair="yes", attester="no", member="no")
    conclude(table)
    proposed = table.read(lambda m: [p.text for p in m.agenda[-1].matter.decision_points])
    assert outcome_of(table) == ("decided", proposed)
    put = table.read(
        lambda m: [(p.is_casting, p.winner, len(p.ballots)) for p in m.agenda[-1].propositions]
    )
    assert put == [(True, "first", 4)]


def test_an_amendment_that_wins_is_what_is_decided(table: Table) -> None:
    """The decision is the words of the amendment, not of the papers."""
    amend(table, table.cast.member)
    vote(table, chair="yes", vice_chair="no", attester="no", member="no")
    conclude(table)
    assert outcome_of(table) == ("decided", [AMENDMENT])


def test_who_may_not_vote(table: Table) -> None:
    """KL 4:22, 6:30: not the absent, the recused, or a substitute who does not serve."""
    cast = table.cast
    amend(table, cast.member)
    everybody = {"chair": "yes", "vice_chair": "yes", "attester": "no", "member": "no"}
    with pytest.raises(Conflict, match="does_not_serve"):
        vote(table, **everybody, substitute="no")
    with pytest.raises(Conflict, match="not_present"):
        vote(table, **everybody, officer="no")
    table.on_item(lambda c, item: recuse(c, item, cast.vice_chair))
    with pytest.raises(Conflict, match="is_recused"):
        vote(table, **everybody)
    table.act(lambda c, m: leave(c, m, cast.attester))
    with pytest.raises(Conflict, match="not_present"):
        vote(table, chair="yes", attester="no", member="no")


def test_every_ballot_is_on_record(table: Table) -> None:
    """KL 5:67 p. 5: somebody who serves and has no ballot is named, not forgotten."""
    amend(table, table.cast.member)
    with pytest.raises(Conflict, match="ballots_missing") as refused:
        vote(table, chair="yes", vice_chair="yes", attester="no")
    assert refused.value.params["names"] == ["Ledamoten"]


def test_a_member_may_abstain_but_not_from_authority(table: Table) -> None:
    """KL 4:25: one may abstain; 4:26: not in the exercise of authority against an individual."""
    amend(table, table.cast.member)
    with pytest.raises(Conflict, match="chair_must_vote"):
        vote(table, chair="abstains", vice_chair="yes", attester="no", member="abstains")

    def authority(_context: Context, item: AgendaItem) -> None:
        item.exercises_authority = True

    table.on_item(authority)
    with pytest.raises(Conflict, match="must_take_part"):
        vote(table, chair="yes", vice_chair="yes", attester="no", member="abstains")
    with pytest.raises(Conflict, match="must_take_part"):
        table.on_item(lambda c, i: state(c, i, table.cast.member, "not_taking_part"))


def test_an_election_is_secret_and_drawn_by_lot(table: Table) -> None:
    """KL 5:54, 5:56: no ballots by name, and a tie is drawn."""

    def election(_context: Context, item: AgendaItem) -> None:
        item.is_election = True

    table.on_item(election)
    amend(table, table.cast.member)
    tie = Count(2, 2)
    with pytest.raises(Invalid, match="lot_needed"):
        table.on_item(lambda c, i: put_question(c, i, method="vote", count=tie))
    table.on_item(lambda c, i: put_question(c, i, method="vote", count=tie, lot="second"))
    put = table.read(lambda m: [(p.method, p.winner, p.ballots) for p in m.agenda[-1].propositions])
    assert put == [("lot", "second", [])]
    with pytest.raises(Conflict, match="no_question_left"):
        table.on_item(lambda c, i: put_question(c, i, winner="first"))


def test_nothing_is_concluded_past_the_questions(table: Table) -> None:
    """KL 5:53: what was moved is put; the outcome is what the questions gave."""
    member = table.cast.member
    table.on_item(lambda c, item: move(c, item, member, "referral_back", text="Mer underlag."))
    with pytest.raises(Conflict, match="question_left"):
        conclude(table)
    table.on_item(lambda c, item: put_question(c, item, winner="second"))
    with pytest.raises(Conflict, match="outcome_contradicts_questions"):
        conclude(table)
    table.on_item(take_back_question)
    table.on_item(lambda c, item: withdraw(c, item.floor_proposals[0]))
    conclude(table)
    assert outcome_of(table)[0] == "decided"


def test_a_committee_has_no_minority_right(table: Table) -> None:
    """KL 6:33 and not 5:50: one in four cannot refer a committee's matter back."""
    member = table.cast.member
    table.on_item(lambda c, item: move(c, item, member, "referral_back", text="Mer underlag."))
    vote(table, chair="yes", vice_chair="yes", attester="no", member="no")
    conclude(table)
    assert outcome_of(table)[0] == "decided"


def test_a_third_of_an_assembly_has_it_referred_back(table: Table) -> None:
    """KL 5:50: the same vote in an assembly refers the matter back."""

    def assembly(context: Context, _item: AgendaItem) -> None:
        context.session.get_one(Body, table.road.world.committee.id).kind = "assembly"

    table.on_item(assembly)
    member = table.cast.member
    table.on_item(lambda c, item: move(c, item, member, "referral_back", text="Mer underlag."))
    vote(table, chair="yes", vice_chair="yes", attester="no", member="no")
    assert table.read(lambda m: m.agenda[-1].propositions[0].method) == "minority"
    conclude(table, "referred_back", reason="Mer underlag.")
    assert outcome_of(table)[0] == "referred_back"


# --- Quorum, recusal, attendance --------------------------------------------------------------


def test_without_quorum_nothing_is_handled(table: Table) -> None:
    """KL 6:27: with two of four there the item cannot be decided, but it can be left."""
    for person in (table.cast.attester, table.cast.member):
        table.act(lambda c, m, person=person: leave(c, m, person))
    with pytest.raises(Conflict, match="no_quorum") as refused:
        conclude(table)
    assert refused.value.params["statute"] == "KL 6:27"
    conclude(table, "not_handled")
    assert outcome_of(table)[0] == "not_handled"


def test_a_vacant_seat_is_served_like_an_empty_one(table: Table) -> None:
    """KL 6:17: a member has resigned and nobody is elected yet; the seat still counts."""
    cast = table.cast

    def resign(context: Context, meeting: Meeting) -> None:
        meeting.body.seats = 4
        held = context.session.scalars(select(Appointment).filter_by(person_id=cast.member.id))
        for row in held:
            row.valid_to = date(2025, 5, 31)
        leave(context, meeting, cast.member)

    table.act(resign)
    table.arrive(cast.substitute, "serving_substitute")
    assert table.act(lambda c, m: quorum_at(c, m.agenda[-1]).serving) == 4


def test_a_substitute_serves_for_the_recused(table: Table) -> None:
    """KL 6:28-32: the member is not there for the item; the substitute is, and votes."""
    cast = table.cast
    table.on_item(
        lambda c, i: recuse(c, i, cast.member, reason="Släkting", substitute=cast.substitute)
    )
    assert table.on_item(lambda c, i: quorum_at(c, i).serving) == 4
    amend(table, cast.substitute)
    vote(table, chair="yes", vice_chair="yes", attester="yes", substitute="no")
    conclude(table)
    taking_part = table.read(
        lambda m: {(p.person.name, p.capacity) for p in m.agenda[-1].participants}
    )
    assert ("Ersättaren", "serving_substitute") in taking_part
    assert "Ledamoten" not in {name for name, _capacity in taking_part}
    with pytest.raises(Conflict, match="is_recused"):
        table.on_item(lambda c, i: state(c, i, cast.member, "reservation"))


def test_seats_and_distance(table: Table) -> None:
    """A substitute takes an empty seat only; distance only where the assembly allowed it (6:24)."""
    cast = table.cast
    with pytest.raises(Conflict, match="no_empty_seat"):
        table.arrive(cast.substitute, "serving_substitute")
    with pytest.raises(Conflict, match="seat_taken"):
        table.arrive(cast.substitute, "serving_substitute", serves_for=cast.member)
    with pytest.raises(Conflict, match="not_a_member"):
        table.arrive(cast.officer, "member")
    with pytest.raises(Conflict, match="remote_not_allowed"):
        table.arrive(cast.member, "member", is_remote=True)
    table.act(lambda c, m: leave(c, m, cast.member))
    table.arrive(cast.substitute, "serving_substitute", serves_for=cast.member)
    conclude(table)
    served = table.read(
        lambda m: [p.serves_for.name for p in m.agenda[-1].participants if p.serves_for]
    )
    assert served == ["Ledamoten"]


# --- Statements -------------------------------------------------------------------------------


def test_reservations_are_for_those_who_took_part_and_in_time(table: Table) -> None:
    """KL 4:27: after the decision, before the end, and not by somebody who stood aside."""
    cast = table.cast
    with pytest.raises(Conflict, match="nothing_to_reserve_against"):
        table.on_item(lambda c, i: state(c, i, cast.member, "reservation"))
    table.on_item(lambda c, i: state(c, i, cast.attester, "not_taking_part"))
    conclude(table)
    with pytest.raises(Conflict, match="does_not_serve"):
        table.on_item(lambda c, i: state(c, i, cast.substitute, "reservation"))
    with pytest.raises(Conflict, match="took_no_part"):
        table.on_item(lambda c, i: state(c, i, cast.attester, "reservation"))
    table.on_item(lambda c, i: state(c, i, cast.member, "reservation", text="För dyrt."))
    with pytest.raises(Invalid, match="statement_empty"):
        table.on_item(lambda c, i: state(c, i, cast.substitute, "separate_statement"))
    conclude_the_rest(table)
    table.fire("end")
    with pytest.raises(Conflict, match="reservation_too_late"):
        table.on_item(lambda c, i: state(c, i, cast.vice_chair, "reservation"))


def conclude_the_rest(table: Table) -> None:
    def each(context: Context, meeting: Any) -> None:
        for item in meeting.agenda:
            if item.outcome == "pending":
                conclude_item(context, item, "noted")

    table.act(each)


# --- Agenda and notes -------------------------------------------------------------------------


def test_what_comes_up_at_the_table_says_why(table: Table) -> None:
    """A committee takes it up with a reason; an assembly only if all agree (KL 5:52)."""
    with pytest.raises(Invalid, match="late_reason_missing"):
        table.act(lambda c, m: add_item(c, m, item_type="information", title="Nytt"))
    table.act(
        lambda c, m: add_item(c, m, item_type="information", title="Nytt", late_reason="Brådskar.")
    )

    def assembly(context: Context, _meeting: Any) -> None:
        context.session.get_one(Body, table.road.world.committee.id).kind = "assembly"

    table.act(assembly)
    more: dict[str, Any] = {
        "item_type": "information",
        "title": "Mer",
        "late_reason": "Brådskar.",
    }
    with pytest.raises(Conflict, match="urgent_needs_all") as refused:
        table.act(lambda c, m: add_item(c, m, **more))
    assert refused.value.params["statute"] == "KL 5:52"
    table.act(lambda c, m: add_item(c, m, **more, all_agree=True))
    with table.road.casework.database.read() as session:
        added = session.scalars(select(AuditEntry).filter_by(action="item_added")).all()
        assert [entry.detail.get("all_agree") for entry in added[-2:]] == [None, True]


def test_two_who_write_at_once_lose_nothing(table: Table) -> None:
    """The second is told, with the stored text; neither text is gone."""
    table.on_item(lambda c, i: take_notes(c, i, "summary", "Första texten.", ""))
    with pytest.raises(Stale, match="notes_changed") as refused:
        table.on_item(lambda c, i: take_notes(c, i, "summary", "Andra texten.", ""))
    assert refused.value.params["stored"] == "Första texten."
    table.on_item(lambda c, i: take_notes(c, i, "summary", "Båda.", "Första texten."))
    assert table.read(lambda m: m.agenda[-1].summary) == "Båda."


def test_the_second_who_changes_an_item_is_told(table: Table) -> None:
    """What the secretary has written is not overwritten by a form that was opened before."""
    version = table.read(lambda m: m.agenda[-1].version)
    table.on_item(lambda c, item: revise_item(c, item, expected_version=version, summary="A"))
    with pytest.raises(Stale, match="stale"):
        table.on_item(lambda c, item: revise_item(c, item, expected_version=version, summary="B"))
    assert table.read(lambda m: m.agenda[-1].summary) == "A"


def test_information_decides_nothing(table: Table) -> None:
    """Only what is up for decision is decided, whatever the form says."""

    def decide(context: Context, meeting: Meeting) -> None:
        given = {"title": "Läget", "late_reason": "Nytt."}
        item = add_item(context, meeting, item_type="information", **given)
        conclude_item(context, item, "decided")

    with pytest.raises(Conflict, match="item_not_for_decision"):
        table.act(decide)


def test_a_vote_of_nobody_is_refused(table: Table) -> None:
    """A ballot in the name of somebody who does not exist counts for nothing."""
    amend(table, table.cast.member)
    with pytest.raises(NotFound, match="person_unknown"):
        table.on_item(lambda c, item: put_question(c, item, method="vote", ballots={0: "yes"}))


def test_the_order_is_of_these_items_or_none(table: Table) -> None:
    """Somebody who orders an agenda that has changed meanwhile is told to look again."""
    ids = table.read(lambda m: [item.id for item in m.agenda])
    table.act(lambda c, m: reorder(c, m, list(reversed(ids))))
    assert table.read(lambda m: [item.id for item in m.agenda]) == list(reversed(ids))
    with pytest.raises(Stale, match="agenda_changed"):
        table.act(lambda c, m: reorder(c, m, ids[:-1]))


def test_only_the_secretary_and_the_chair_record(table: Table) -> None:
    """The verbs themselves refuse, whatever page or program calls them."""
    cast = table.cast
    for who in (cast.member, cast.officer, cast.registrar):
        with pytest.raises(Forbidden, match="role_missing"):
            table.on_item(lambda c, i: conclude_item(c, i, "decided"), who)
        with pytest.raises(Forbidden, match="role_missing"):
            table.act(lambda c, m: arrive(c, m, cast.substitute, "substitute"), who)


def test_a_member_who_comes_takes_the_seat_back(table: Table) -> None:
    """Never more who serve than there are seats, and one in the chair at a time."""
    cast = table.cast
    table.act(lambda c, m: leave(c, m, cast.member))
    table.arrive(cast.substitute, "serving_substitute")
    table.arrive(cast.member, "member")
    roll = table.read(lambda m: {row.person.name: row.capacity for row in m.attendances})
    assert roll["Ersättaren"] == "substitute"
    with pytest.raises(Conflict, match="chair_taken"):
        table.arrive(cast.vice_chair, "chair")


def test_the_vice_chair_leads_while_the_chair_is_recused(table: Table) -> None:
    """The casting vote is that of whoever leads the item."""
    cast = table.cast
    table.on_item(lambda c, i: recuse(c, i, cast.chair, substitute=cast.substitute))
    amend(table, cast.member)
    vote(table, vice_chair="no", attester="yes", member="yes", substitute="no")
    put = table.read(lambda m: [(p.is_casting, p.winner) for p in m.agenda[-1].propositions])
    assert put == [(True, "second")]
