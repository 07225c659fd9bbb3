"""Who leads the meeting, what that person settles, and that the same person attests it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.delegation.models import DelegatedDecision
from casework.delegation.service import draft_decision
from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import item_text
from casework.errors import Conflict
from casework.meetings.agenda.items import add_item
from casework.meetings.minutes import paper
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Minutes, Signature
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.signatories import signatories
from casework.meetings.table.chair import candidates, elect_chair
from casework.meetings.table.motions import move
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.questions import put_question
from casework.meetings.table.recusal import lift_recusal, recuse
from casework.meetings.table.roll import leave
from casework.meetings.table.statements import state
from casework.people.models import Appointment, Organisation
from casework.workflow.blockers import Blocked

from .conftest import DAY

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting

    from .conftest import Table

# The law of the table asks nothing of the engine; test_meetings and test_attestation try both.
pytestmark = pytest.mark.parametrize("database_maker", ["sqlite"], indirect=True)

AMENDMENT = "Planen antas i mindre omfattning."


def conclude_all(table: Table) -> None:
    def conclude(context: Context, meeting: Meeting) -> None:
        for item in meeting.agenda:
            if item.outcome == "pending":
                conclude_item(context, item, "decided" if item.matter else "noted")

    table.act(conclude)


def write(table: Table) -> None:
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        table.fire(trigger)


def vote(table: Table, **choices: str) -> None:
    ballots = {getattr(table.cast, name).id: choice for name, choice in choices.items()}
    table.on_item(lambda c, item: put_question(c, item, method="vote", ballots=ballots))


def attesting(table: Table) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = table.read(
        lambda m: [(each.person.name, each.capacity) for each in m.attestations]
    )
    return found


def last_section(meeting: Any) -> str:
    return item_text(item_from_json(meeting.agenda[-1].minutes_item.content))


# --- Elected to lead one item ------------------------------------------------------------------


def test_both_recused_the_body_elects_who_leads_the_item(table: Table) -> None:
    """KL 5:53, 6:33: minuted, with the casting vote, and attested by the one who was elected."""
    cast = table.cast
    table.act(lambda c, m: setattr(m.body, "seats", 3))
    table.on_item(lambda c, i: recuse(c, i, cast.chair, substitute=cast.substitute))
    with pytest.raises(Conflict, match="chair_present"):
        table.on_item(lambda c, i: elect_chair(c, i, cast.member))
    table.on_item(lambda c, i: recuse(c, i, cast.vice_chair))
    names = table.on_item(lambda c, i: [each.person.name for each in candidates(c, i)])
    assert set(names) == {cast.attester.name, cast.member.name, cast.substitute.name}
    with pytest.raises(Conflict, match="nobody_leads"):
        table.on_item(lambda c, i: conclude_item(c, i, "decided"))
    with pytest.raises(Conflict, match="does_not_serve"):
        table.on_item(lambda c, i: elect_chair(c, i, cast.chair))
    table.on_item(lambda c, i: elect_chair(c, i, cast.member))
    conclude_all(table)
    write(table)
    assert ("Ledamoten", "chair") in attesting(table)
    said = table.read(last_section)
    assert "Ordförande i ärendet" in said
    assert "Regionala utvecklingsnämnden väljer Ledamoten" in said


def test_a_chair_who_comes_back_leads(table: Table) -> None:
    """The conflict of interest was none: the election is not minuted, nothing else is needed."""
    cast = table.cast
    for each in (cast.chair, cast.vice_chair):
        table.on_item(lambda c, i, each=each: recuse(c, i, each))
    table.act(lambda c, m: setattr(m.body, "seats", 3))
    table.on_item(lambda c, i: elect_chair(c, i, cast.member))
    table.on_item(lambda c, i: lift_recusal(c, i, cast.chair))
    conclude_all(table)
    write(table)
    assert attesting(table)[0] == (cast.chair.name, "chair")
    assert "Ordförande i ärendet" not in table.read(last_section)


# --- Attesting what one has led ----------------------------------------------------------------


def test_the_vice_chair_who_led_it_all_signs_as_chair(table: Table) -> None:
    """KL 5:65, 5:69: the chair was never there, and does not answer for what others led."""
    cast = table.cast
    table.act(lambda c, m: leave(c, m, cast.chair))
    table.arrive(cast.vice_chair, "chair")
    conclude_all(table)
    write(table)
    assert attesting(table) == [("Vice ordföranden", "chair"), ("Justeraren", "attester")]
    for who in (cast.vice_chair, cast.attester):
        table.act(lambda c, m: sign(c, m.minutes, confirmed_by="password") and None, who)
    assert table.read(lambda m: m.state) == "attested"


def test_each_signs_for_the_sections_they_led(table: Table) -> None:
    """While the chair has a conflict of interest the vice chair leads, and both sign."""
    table.on_item(lambda c, item: recuse(c, item, table.cast.chair) and None)
    conclude_all(table)
    write(table)
    assert attesting(table) == [
        ("Ordföranden", "chair"),
        ("Vice ordföranden", "chair"),
        ("Justeraren", "attester"),
    ]
    organisation = Organisation(name="Region Exempel", short_name="RE")
    roles = table.read(
        lambda m: [
            each.role
            for each in paper.minutes(
                m, organisation, [], DAY, m.attestations, kept_by=()
            ).signatures
        ]
    )
    assert roles == [
        "Ordförande §§\u00a01–2",
        "Ordförande §\u00a03",
        "Justerare",
    ]


def test_a_section_attested_at_once_waits_for_whoever_led_it(table: Table) -> None:
    """The chair who asks for it signs as chair, after reading, like everybody else."""
    conclude_all(table)
    table.on_item(lambda c, item: attest_immediately(c, item) and None, table.cast.chair)

    def at_once(context: Context, _meeting: Meeting) -> Minutes:
        minutes = context.session.scalars(select(Minutes).filter_by(kind="immediate")).one()
        sign(context, minutes, confirmed_by="password")
        return minutes

    assert table.act(at_once, table.cast.attester).locked_at is None
    assert table.act(at_once, table.cast.chair).locked_at is not None
    with table.road.casework.database.read() as session:
        capacities = session.scalars(select(Signature.capacity).order_by(Signature.id)).all()
    assert capacities == ["attester", "chair"]


def test_whoever_was_recused_signs_no_section_by_itself(table: Table) -> None:
    """KL 6:30: both chairs were away; an attester was elected to lead, and another signs too."""
    cast = table.cast
    table.act(lambda c, m: setattr(m.body, "seats", 3))
    for each in (cast.chair, cast.vice_chair):
        table.on_item(lambda c, i, each=each: recuse(c, i, each) and None)
    table.on_item(lambda c, i: elect_chair(c, i, cast.attester))
    conclude_all(table)
    with pytest.raises(Conflict, match="attester_led_it"):
        table.on_item(lambda c, i: attest_immediately(c, i) and None)
    table.act(lambda c, m: name_attesters(c, m, [cast.attester, cast.member]))
    minutes = table.on_item(attest_immediately)
    with table.road.casework.database.read() as session:
        signing = signatories(session.get_one(Minutes, minutes.id))
        assert {each.person_id for each in signing} == {cast.attester.id, cast.member.id}


def test_nobody_attests_what_they_sent_for_attestation(table: Table) -> None:
    """KL 5:65, 5:69: also where the one who writes is not the secretary who was planned."""
    table.act(
        lambda c, m: c.session.add(
            Appointment(
                organisation_id=m.organisation_id,
                person_id=table.cast.attester.id,
                body_id=m.body_id,
                role="committee_secretary",
                valid_from=DAY,
                recorded_at=c.moment,
            )
        )
    )
    conclude_all(table)
    for trigger in ("end", "draft_minutes"):
        table.fire(trigger)
    with pytest.raises(Conflict, match="secretary_attests"):
        table.fire("send_for_attestation", table.cast.attester)
    table.fire("send_for_attestation")


def test_an_attester_who_led_it_all_is_no_second_pair_of_eyes(table: Table) -> None:
    """The chair of the meeting signs as chair; somebody else is elected to attest."""
    cast = table.cast
    for gone in (cast.chair, cast.vice_chair):
        table.act(lambda c, m, gone=gone: leave(c, m, gone))
    table.arrive(cast.substitute, "serving_substitute", serves_for=cast.chair)
    table.arrive(cast.attester, "chair")
    conclude_all(table)
    table.fire("end")
    with pytest.raises(Blocked, match="blocked"):
        table.fire("draft_minutes")
    table.act(lambda c, m: name_attesters(c, m, [cast.member]))
    table.fire("draft_minutes")
    assert attesting(table) == [("Justeraren", "chair"), ("Ledamoten", "attester")]


# --- Settling a tie ----------------------------------------------------------------------------


def test_a_chair_who_stands_aside_leaves_no_tie_to_others(table: Table) -> None:
    """KL 4:25: the chair votes when it is needed, and nobody else has the casting vote."""
    cast = table.cast
    table.on_item(lambda c, item: move(c, item, cast.member, "amendment", text=AMENDMENT))
    table.on_item(lambda c, item: state(c, item, cast.chair, "not_taking_part"))
    with pytest.raises(Conflict, match="chair_must_vote"):
        vote(table, vice_chair="no", attester="yes", member="abstains")


def test_the_first_vice_chair_settles_for_the_recused_chair(table: Table) -> None:
    """Of two vice chairs the first in order leads."""
    cast = table.cast

    def second_vice_chair(context: Context, _meeting: Meeting) -> None:
        rows = context.session.scalars(select(Appointment)).all()
        for row in rows:
            if row.person_id == cast.vice_chair.id and row.role == "vice_chair":
                row.call_order = 1
            if row.person_id == cast.member.id and row.role == "member":
                row.role, row.call_order = "vice_chair", 2

    table.act(second_vice_chair)
    table.arrive(cast.member, "vice_chair")

    def recused(context: Context, item: AgendaItem) -> None:
        recuse(context, item, cast.chair, substitute=cast.substitute)
        move(context, item, cast.attester, "amendment", text=AMENDMENT)

    table.on_item(recused)
    vote(table, vice_chair="yes", member="no", attester="no", substitute="yes")
    put = table.read(lambda m: [(p.is_casting, p.winner) for p in m.agenda[-1].propositions])
    assert put == [(True, "first")]


# --- What stands once it is said ---------------------------------------------------------------


def test_who_has_voted_is_not_recused_afterwards(table: Table) -> None:
    """KL 6:30: nobody is both a voter and absent; the question is taken back first."""
    cast = table.cast
    table.on_item(lambda c, item: move(c, item, cast.member, "amendment", text=AMENDMENT))
    vote(table, chair="yes", vice_chair="yes", attester="yes", member="no")
    with pytest.raises(Conflict, match="has_voted"):
        table.on_item(lambda c, item: recuse(c, item, cast.member))
    with pytest.raises(Conflict, match="has_voted"):
        table.on_item(lambda c, item: state(c, item, cast.member, "not_taking_part"))


def test_who_voted_and_left_took_part(table: Table) -> None:
    """KL 4:27: between the vote and the gavel somebody leaves; the reservation is still theirs."""
    cast = table.cast
    table.on_item(lambda c, item: move(c, item, cast.member, "amendment", text=AMENDMENT))
    vote(table, chair="yes", vice_chair="yes", attester="yes", member="no")
    table.act(lambda c, m: leave(c, m, cast.member))
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))
    table.on_item(lambda c, item: state(c, item, cast.member, "reservation"))
    names = table.read(lambda m: [each.person.name for each in m.agenda[-1].participants])
    assert "Ledamoten" in names


def test_a_rejection_is_decided_without_its_motive(table: Table) -> None:
    """KL 5:67 p. 4: the motive belongs to the motion; the decision is that the proposal falls."""
    cast = table.cast
    motive = "Kostnaden är för hög."
    table.on_item(lambda c, item: move(c, item, cast.member, "rejection", text=motive))
    table.on_item(lambda c, item: put_question(c, item, winner="second"))
    conclude_all(table)
    table.fire("end")
    table.fire("draft_minutes")
    decision = table.read(lambda m: m.agenda[-1].decision)
    assert decision.lead_in == ""
    assert table.read(lambda m: [point.text for point in m.agenda[-1].decision.points]) == [
        "Regionala utvecklingsnämnden avslår förslaget."
    ]
    assert f"avslag med följande motivering: {motive}" in table.read(last_section)


def test_a_meeting_that_loses_its_quorum_can_end(table: Table) -> None:
    """KL 6:27, 6:40: nothing more is handled, and the urgent decision waits for the next one."""
    cast = table.cast

    def mandate(context: Context, meeting: Meeting) -> None:
        meeting.body.urgent_mandate = "RUN 2025-01-14 § 2"

    def decide(context: Context, meeting: Meeting) -> None:
        given = {
            "kind": "urgent",
            "title": "Avtal",
            "text": "Avtalet tecknas.",
            "urgency": "Snart.",
        }
        decision = draft_decision(context, meeting.body, **given)
        context.services.engine.fire(context.given(), decision, "decide")

    table.act(mandate)
    table.act(decide, cast.chair)

    def leave_undone(context: Context, meeting: Meeting) -> None:
        reports = "urgent_decisions"
        if not any(item.reports == reports for item in meeting.agenda):
            given = {"title": "Anmälan", "reports": reports, "late_reason": "Brådskande beslut."}
            add_item(context, meeting, item_type="notification", **given)
        for item in meeting.agenda:
            conclude_item(context, item, "not_handled", reason="Beslutsförheten förlorades.")

    def with_quorum(context: Context, meeting: Meeting) -> None:
        leave_undone(context, meeting)
        context.services.engine.fire(context.given(), meeting, "end")

    with pytest.raises(Blocked, match="blocked"):
        table.act(with_quorum)
    for gone in (cast.attester, cast.member):
        table.act(lambda c, m, gone=gone: leave(c, m, gone))
    table.act(leave_undone)
    table.fire("end")
    with table.road.casework.database.read() as session:
        assert session.scalars(select(DelegatedDecision.state)).one() == "decided"
