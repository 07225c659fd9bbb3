"""Nobody decides for the body beyond what it has delegated, and each refusal names its statute."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.delegation.exceptions import UNDELEGABLE
from casework.delegation.models import DelegatedDecision
from casework.delegation.service import revise_decision
from casework.documents.contexts import from_json
from casework.documents.models import Document
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.mail.models import Message
from casework.meetings.planning.appointments import revise, take_back
from casework.people.corrections import revise_appointment, take_back_appointment
from casework.people.models import Appointment, Body, Person
from casework.people.service import appoint
from casework.workflow.blockers import Blocked

from .conftest import DAY

if TYPE_CHECKING:
    from casework.context import Context

    from .conftest import Office

LATER = DAY + timedelta(days=60)


def reasons(refused: pytest.ExceptionInfo[Blocked]) -> dict[str, str]:
    """Code -> statute of every blocker."""
    return {each.code: each.statute for each in refused.value.blockers}


def test_the_delegate_decides(office: Office) -> None:
    """KL 6:37: number, day, signature and document come with the decision."""
    decision = office.read(office.decide(office.cast.director))
    assert decision.state == "decided"
    assert decision.designation == "RUN D 1/2025"
    assert decision.decided_on == DAY
    assert decision.signed_at is not None
    assert decision.document_id is not None


def test_the_document_says_who_is_told_and_how_to_appeal(office: Office) -> None:
    """FL 33, KL 13:1, 13:5: whoever gets the decision is told how to appeal, if one can."""
    director = office.cast.director
    told = "Bergs kommun\nÅre kommun"
    papers = []
    for given in ({}, {"reporting": "separately"}, {"is_appealable": False}):
        decided = office.read(office.decide(director, notified=told, **given))
        with office.casework.database.read() as session:
            snapshot = session.get_one(Document, decided.document_id).snapshot or ""
        papers.append(from_json("delegated_decision", snapshot))
    assert [paper.notified for paper in papers] == [
        f"Bergs kommun; Åre kommun, {DAY}, med överklagandehänvisning",
        f"Bergs kommun; Åre kommun, {DAY}, med överklagandehänvisning",
        f"Bergs kommun; Åre kommun, {DAY}",
    ]
    assert "protokoll där beslutet anmäls har tillkännagetts" in papers[0].instruction[1]
    assert "då beslutet har tillkännagetts" in papers[1].instruction[1]
    assert papers[2].instruction == ()


def test_a_stranger_cannot_even_draft(office: Office) -> None:
    """KL 6:37, 7:5–6: the line is the director's."""
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.manager)
    assert reasons(refused) == {"decider_not_delegate": "KL 6:37, 7:5–6"}


def test_a_lent_line_is_used_until_its_last_day(office: Office) -> None:
    """KL 7:6: the loan holds from its day to its last, both counted, and not the day after."""
    manager = office.cast.manager
    office.lend(manager, LATER)
    assert office.read(office.decide(manager, LATER)).decider_id == manager.id
    draft = office.draft(manager, LATER)
    with pytest.raises(Blocked) as refused:
        office.fire(manager, draft, "decide", LATER + timedelta(days=1), delegable=True)
    assert reasons(refused) == {"subdelegation_over": "KL 7:6"}


def test_a_loan_without_leave_carries_nothing(office: Office) -> None:
    """KL 7:6: a sub-delegation alone is not enough; the body must allow it in the line."""
    manager = office.cast.manager
    office.lend(manager, None)
    draft = office.draft(manager)
    with office.acting(office.cast.secretary) as context:
        office.line(context).may_subdelegate = False
    with pytest.raises(Blocked) as refused:
        office.fire(manager, draft, "decide", delegable=True)
    assert reasons(refused) == {"subdelegation_not_allowed": "KL 7:6"}


def test_the_head_is_told_what_was_decided_in_his_line(office: Office) -> None:
    """KL 7:8: what is decided by sub-delegation is reported to the head; what he decides is not."""
    manager, director = office.cast.manager, office.cast.director
    office.lend(manager, None)
    office.decide(director)
    office.decide(manager)
    with office.casework.database.read() as session:
        (letter,) = session.scalars(select(Message).filter_by(subject_type="delegated_decision"))
        assert letter.to_address == director.email
        assert "RUN D 2/2025" in letter.text
        assert "KL 7:8" in letter.text


@pytest.mark.parametrize("case", UNDELEGABLE)
def test_what_may_not_be_delegated_is_not_even_drafted(office: Office, case: str) -> None:
    """KL 6:38: each of the five cases, stated, is refused with its statute."""
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.director, undelegable=case)
    assert reasons(refused) == {"undelegable": "KL 6:38"}
    with pytest.raises(Invalid):
        office.draft(office.cast.director, undelegable="other")


@pytest.mark.parametrize("day", [date(2025, 2, 28), date(2027, 1, 1)])
def test_a_line_out_of_force_carries_nothing(office: Office, day: date) -> None:
    """KL 6:37: neither the day before it begins nor the day after it has ended."""
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.director, day)
    assert reasons(refused) == {"delegation_line_not_in_force": "KL 6:37"}


@pytest.mark.parametrize("given", [{}, {"delegable": False}])
def test_the_exceptions_must_be_vouched_for(office: Office, given: Any) -> None:
    """KL 6:38: a decision is not signed unless the decider says that it may be delegated."""
    draft = office.draft(office.cast.director)
    with pytest.raises(Invalid):
        office.fire(office.cast.director, draft, "decide", **given)
    assert office.read(draft).state == "draft"


def test_nobody_signs_in_anothers_name(office: Office) -> None:
    """Only the decider himself decides and withdraws."""
    draft = office.draft(office.cast.director)
    with pytest.raises(Forbidden):
        office.fire(office.cast.secretary, draft, "decide", delegable=True)
    with pytest.raises(Forbidden):
        office.fire(office.cast.secretary, draft, "withdraw")


def test_without_text_there_is_no_decision(office: Office) -> None:
    """A heading alone decides nothing."""
    draft = office.draft(office.cast.director, text=" ")
    with pytest.raises(Blocked) as refused:
        office.fire(office.cast.director, draft, "decide", delegable=True)
    assert [each.code for each in refused.value.blockers] == ["decision_text_missing"]


def test_a_title_with_a_personal_number_is_not_signed(office: Office) -> None:
    """It is read in the summons, in the minutes, and on the board (KL 8:10 p. 3)."""
    draft = office.draft(office.cast.director, title="Stöd till 811228-9874")
    with pytest.raises(Blocked) as refused:
        office.fire(office.cast.director, draft, "decide", delegable=True)
    assert [each.code for each in refused.value.blockers] == ["title_has_personal_number"]


def test_a_draft_is_rewritten_by_its_decider_and_nothing_later(office: Office) -> None:
    """What is signed stands; before that the second of two writers is told."""
    director = office.cast.director
    draft = office.draft(director)

    def revise(who: Any, **given: Any) -> None:
        with office.acting(who) as context:
            decision = context.session.get_one(DelegatedDecision, draft)
            revise_decision(context, decision, **given)

    version = office.read(draft).version
    revise(director, reasons="Ramen räcker.", expected_version=version)
    with pytest.raises(Stale):
        revise(director, reasons="Något annat.", expected_version=version)
    with pytest.raises(Forbidden):
        revise(office.cast.manager, reasons="Något annat.")
    office.fire(director, draft, "decide", delegable=True)
    with pytest.raises(Forbidden):
        revise(director, text="Stödet avslås.")
    assert office.read(draft).reasons == "Ramen räcker."


def test_the_chair_needs_the_bodys_mandate(office: Office) -> None:
    """KL 6:39: without the body's own decision the chair decides nothing alone."""
    office.mandate("")
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.chair, kind="urgent", urgency="Sista dag är i morgon.")
    assert reasons(refused) == {"urgent_mandate_missing": "KL 6:39"}


def test_only_the_chair_decides_what_cannot_wait(office: Office) -> None:
    """KL 6:39: not the director, however urgent."""
    office.mandate()
    with pytest.raises(Blocked) as refused:
        office.draft(office.cast.director, kind="urgent", urgency="Sista dag är i morgon.")
    assert reasons(refused) == {"urgent_by_chair_alone": "KL 6:39"}


def test_the_member_whom_the_body_appointed_decides_what_cannot_wait(office: Office) -> None:
    """KL 6:39: the chair or another member; whom the body has named, and then nobody else."""
    office.mandate()
    chair, member, urgent = office.cast.chair, office.cast.member, {"kind": "urgent"}
    with office.acting(office.cast.secretary) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        person = context.session.get_one(Person, member.id)
        appoint(context, person, "urgent_decider", body=body, valid_to=LATER)
    with pytest.raises(Blocked) as refused:
        office.draft(chair, **urgent)
    assert reasons(refused) == {"urgent_by_member_alone": "KL 6:39"}
    assert member.name in refused.value.blockers[0].sentence()
    decided = office.decide(member, urgency="Sista dag är i morgon.", **urgent)
    with office.casework.database.read() as session:
        paper = session.get_one(Document, office.read(decided).document_id)
        assert paper.title == "Brådskande beslut RUN D 1/2025"
    office.draft(chair, LATER + timedelta(days=1), **urgent)
    with pytest.raises(Blocked) as refused:
        office.draft(member, LATER + timedelta(days=1), **urgent)
    assert reasons(refused) == {"urgent_by_chair_alone": "KL 6:39"}


def test_a_member_who_leaves_takes_the_urgent_mandate_along(office: Office) -> None:
    """KL 6:39: only a member has it, and somebody can always decide: it ends before the seat."""
    office.mandate()
    member, next_day = office.cast.member, DAY + timedelta(days=1)

    def held(context: Context, role: str) -> Appointment:
        own = select(Appointment).filter_by(person_id=member.id, role=role)
        return context.session.scalars(own).one()

    with office.acting(office.cast.secretary) as context:
        seat = held(context, "member")
        appoint(context, seat.person, "urgent_decider", body=seat.body, valid_to=LATER)
        revise_appointment(context, seat, used=None, valid_to=LATER)
        with pytest.raises(Conflict, match="urgent_member_leaves") as refused:
            revise_appointment(context, seat, used=None, valid_to=DAY)
        assert refused.value.params["day"] == next_day.isoformat()
        with pytest.raises(Conflict, match="urgent_member_leaves"):
            take_back_appointment(context, seat, reason="Fel person", used=None)
        revise_appointment(context, held(context, "urgent_decider"), used=None, valid_to=DAY)
        revise_appointment(context, seat, used=None, valid_to=DAY)
    office.draft(office.cast.chair, next_day, kind="urgent")


def test_a_member_who_becomes_chair_keeps_the_urgent_mandate(office: Office) -> None:
    """KL 6:39: another seat from the next day is as good."""
    office.mandate()
    with office.acting(office.cast.secretary) as context:
        own = select(Appointment).filter_by(person_id=office.cast.member.id, role="member")
        seat = context.session.scalars(own).one()
        next_day = DAY + timedelta(days=1)
        appoint(context, seat.person, "urgent_decider", body=seat.body)
        appoint(context, seat.person, "vice_chair", body=seat.body, valid_from=next_day)
        revise_appointment(context, seat, used=None, valid_to=DAY)
    office.draft(office.cast.member, next_day, kind="urgent")


def test_a_mistaken_urgent_mandate_is_taken_back(office: Office) -> None:
    """What else its holder does rests on other roles; an urgent decision rests on it (KL 6:39)."""
    office.mandate()
    member, secretary = office.cast.member, office.cast.secretary

    def held(context: Context) -> Appointment:
        own = select(Appointment).filter_by(person_id=member.id, role="urgent_decider")
        return context.session.scalars(own).one()

    for is_decided in (False, True):
        with office.acting(secretary) as context:
            person = context.session.get_one(Person, member.id)
            body = context.session.get_one(Body, office.world.committee.id)
            appoint(context, person, "urgent_decider", body=body)
        with office.acting(member) as context:
            context.record(context.session.get_one(Person, member.id), "seen")
        if not is_decided:
            with office.acting(secretary) as context:
                take_back(context, held(context), reason="Fel person")
    next_day = DAY + timedelta(days=1)
    office.decide(member, next_day, kind="urgent", urgency="Sista dag är i morgon.")
    with office.acting(secretary, next_day) as context:
        with pytest.raises(Conflict, match="appointment_used"):
            take_back(context, held(context), reason="Fel person")
        with pytest.raises(Conflict, match="appointment_used_then"):
            revise(context, held(context), valid_to=DAY)
        revise(context, held(context), valid_to=next_day)


def test_the_chair_says_what_is_urgent(office: Office) -> None:
    """KL 6:39: the reason is written before the signature; and such a decision is reported."""
    office.mandate()
    draft = office.draft(office.cast.chair, kind="urgent")
    with pytest.raises(Blocked) as refused:
        office.fire(office.cast.chair, draft, "decide")
    assert reasons(refused) == {"urgency_missing": "KL 6:39"}
    with pytest.raises(Invalid):
        office.draft(office.cast.chair, kind="urgent", reporting="separately")
