"""What happens on an item: proposals from the floor, the chair's questions, votes, statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.errors import Conflict, Invalid, Stale
from casework.meetings.adjournment import require_sitting
from casework.meetings.holding import hold_item
from casework.meetings.models import (
    CHOICES,
    METHODS,
    ONCE_EACH,
    PROPOSAL_KINDS,
    STATEMENT_KINDS,
    AgendaItem,
    Ballot,
    FloorProposal,
    Proposition,
    Statement,
)
from casework.meetings.procedure import (
    Answer,
    Count,
    Moved,
    Question,
    Result,
    Settled,
    next_question,
    result,
    settle,
)
from casework.meetings.roll import Present, have_voted, leading, present_at, require_quorum
from casework.meetings.service import require_in_session, require_secretary
from casework.people.queries import persons_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.context import Context
    from casework.meetings.procedure import Side
    from casework.people.models import Person


# --- Proposals --------------------------------------------------------------------------------


def move(
    context: Context,
    item: AgendaItem,
    mover: Person,
    kind: str,
    *,
    text: str = "",
    point: int | None = None,
    supporters: Sequence[Person] = (),
) -> FloorProposal:
    """Record a proposal from the floor (yrkande), with those who joined it.

    `point` numbers the proposed decision point that an amendment would change, None for all.
    Only somebody who takes part may move, and only where there is something to decide. Raises
    Conflict else, and Invalid for an amendment or addition that does not say what it decides.
    """
    _require_open(context, item)
    if item.item_type != "decision":
        raise Conflict("item_not_for_decision", title=item.title)
    if kind not in PROPOSAL_KINDS:
        raise Invalid("proposal_kind_unknown", kind=kind, known=list(PROPOSAL_KINDS))
    if kind in ("amendment", "addition") and not text.strip():
        raise Invalid("proposal_says_nothing")
    if point is not None:
        _check_point(item, kind, point)
    _require_unsettled(item)
    for person in (mover, *supporters):
        _deciding(item, person)
    proposal = FloorProposal(
        organisation_id=item.organisation_id,
        position=max((each.position for each in item.floor_proposals), default=0) + 1,
        kind=kind,
        mover_id=mover.id,
        supporters=[person.id for person in supporters],
        text=text.strip(),
        point=point,
    )
    item.floor_proposals.append(proposal)
    context.record(
        item.meeting, "moved", title=item.title, item_id=item.id, person=mover.name, kind=kind
    )
    context.session.flush()
    return proposal


def withdraw(context: Context, proposal: FloorProposal) -> None:
    """The mover takes the proposal back, before any question has been put."""
    item = proposal.agenda_item
    _require_open(context, item)
    _require_unsettled(item)
    if proposal.withdrawn_at is not None:
        raise Conflict("proposal_withdrawn")
    proposal.withdrawn_at = context.moment
    context.record(
        item.meeting,
        "proposal_withdrawn",
        title=item.title,
        item_id=item.id,
        person=proposal.mover.name,
    )


def standing(item: AgendaItem) -> list[FloorProposal]:
    """The proposals that have not been taken back."""
    return [each for each in item.floor_proposals if each.withdrawn_at is None]


# --- Questions and votes ----------------------------------------------------------------------


def put_question(
    context: Context,
    item: AgendaItem,
    *,
    method: str = "acclamation",
    winner: Side | None = None,
    ballots: Mapping[int, str] | None = None,
    count: Count | None = None,
    lot: Side | None = None,
    asked: Question | None = None,
) -> Proposition:
    """Record the chair's next question and how it was settled (KL 5:53-56, 6:33).

    `asked` is the question that the one who records it had before them; raises Stale if another
    is next by now, so that no answer lands on a question that nobody put.

    By acclamation the `winner` is what the chair found. A vote takes everybody's ballot by name:
    person id -> yes, no or abstains; an election, being secret, takes the `count` (and the `lot`
    of a tie). Raises Conflict when no question is left, when somebody votes who is absent,
    recused or does not serve, when somebody who is there has no ballot, when the chair must
    vote, or without a quorum (KL 5:45, 6:27).
    """
    hold_item(context.session, item)
    _require_open(context, item)
    question = open_question(item)
    if asked is not None and asked != question:
        raise Stale("question_changed", title=item.title)
    if question is None:
        raise Conflict("no_question_left", title=item.title)
    if method == "acclamation":
        if winner is None:
            raise Invalid("winner_missing")
        return _record(context, item, question, Settled(winner, "acclamation"), None, {})
    if method != "vote":
        raise Invalid("method_unknown", method=method, known=list(METHODS[:2]))
    if is_secret(item, question):
        return _secret_vote(context, item, question, count, lot)
    return _open_vote(context, item, question, ballots or {})


def is_secret(item: AgendaItem, question: Question) -> bool:
    """Whether a vote on the question is secret: elections are (KL 5:54), not when they are held."""
    return item.is_election and question.stage != "settle_today"


def take_back_question(context: Context, item: AgendaItem, *, recorded: int | None = None) -> None:
    """The last question was recorded wrongly: it is asked again. The record keeps that it was.

    `recorded` is the id of the one that is meant; raises Stale if it is no longer the last.
    """
    hold_item(context.session, item)
    _require_open(context, item)
    if not item.propositions:
        raise Conflict("no_question_put", title=item.title)
    last = item.propositions[-1]
    if recorded is not None and recorded != last.id:
        raise Stale("question_changed", title=item.title)
    for ballot in list(last.ballots):
        context.session.delete(ballot)
    context.session.flush()
    item.propositions.remove(last)
    context.session.delete(last)
    context.record(
        item.meeting, "question_taken_back", title=item.title, item_id=item.id, stage=last.stage
    )
    context.session.flush()


def open_question(item: AgendaItem) -> Question | None:
    """What the chair has to ask next, from what has been moved and settled."""
    return next_question(_moved(item), _answers(item), item.meeting.body.legal.law)


def outcome_of_questions(item: AgendaItem) -> Result | None:
    """What the questions have decided; None while one is left."""
    return result(_moved(item), _answers(item), item.meeting.body.legal.law)


def _moved(item: AgendaItem) -> list[Moved]:
    return [Moved(each.id, each.kind, each.point) for each in standing(item)]


def _answers(item: AgendaItem) -> list[Answer]:
    return [
        Answer(
            Question(each.stage, each.first_id, each.second_id),
            "first" if each.winner == "first" else "second",
        )
        for each in item.propositions
    ]


def _open_vote(
    context: Context, item: AgendaItem, question: Question, ballots: Mapping[int, str]
) -> Proposition:
    aside = {each.person_id for each in item.statements if each.kind == "not_taking_part"}
    voters = {
        each.person.id: each
        for each in present_at(item)
        if each.decides and each.person.id not in aside
    }
    named = persons_with(context.session, item.organisation_id, ballots)
    for person, (person_id, choice) in zip(named, ballots.items(), strict=True):
        _deciding(item, person)
        if person_id in aside:
            raise Conflict("took_no_part", name=person.name)
        if choice not in CHOICES:
            raise Invalid("choice_unknown", choice=choice, known=list(CHOICES))
        if choice == "abstains" and item.exercises_authority:
            raise Conflict("must_take_part", name=voters[person_id].person.name)
    silent = [each.person.name for each in voters.values() if each.person.id not in ballots]
    if silent:
        raise Conflict("ballots_missing", names=silent)
    count = Count(*(list(ballots.values()).count(choice) for choice in CHOICES))
    chair = leading(context, item)
    settled = settle(
        count,
        item.meeting.body.legal.law,
        stage=question.stage,
        chair=ballots.get(chair.person.id, "") if chair else "",
        present=len(voters) + len(aside),
        deferred_by_minority=_was_deferred_by_minority(context, item),
    )
    return _record(context, item, question, settled, count, ballots)


def _secret_vote(
    context: Context, item: AgendaItem, question: Question, count: Count | None, lot: Side | None
) -> Proposition:
    if count is None:
        raise Invalid("count_missing")
    here = sum(each.decides for each in present_at(item))
    voters = here - sum(each.kind == "not_taking_part" for each in item.statements)
    if min(count.yes, count.no, count.abstains) < 0 or count.given == 0:
        raise Invalid("count_missing")
    if count.given > voters:
        raise Conflict("too_many_votes", count=count.given, voters=voters)
    settled = settle(
        count,
        item.meeting.body.legal.law,
        stage=question.stage,
        chair="",
        present=here,
        is_election=True,
        lot=lot,
    )
    return _record(context, item, question, settled, count, {})


def _record(
    context: Context,
    item: AgendaItem,
    question: Question,
    settled: Settled,
    count: Count | None,
    ballots: Mapping[int, str],
) -> Proposition:
    require_quorum(context, item, present_at(item))
    proposition = Proposition(
        organisation_id=item.organisation_id,
        position=len(item.propositions) + 1,
        stage=question.stage,
        first_id=question.first,
        second_id=question.second,
        method=settled.method,
        winner=settled.winner,
        is_casting=settled.is_casting,
        yes_votes=count.yes if count else None,
        no_votes=count.no if count else None,
        abstentions=count.abstains if count else None,
    )
    proposition.ballots = [
        Ballot(
            organisation_id=item.organisation_id,
            person_id=each.person.id,
            position=position,
            choice=ballots[each.person.id],
            capacity=each.capacity,
            serves_for_id=each.serves_for.id if each.serves_for else None,
        )
        for position, each in enumerate(present_at(item), start=1)
        if each.person.id in ballots
    ]
    item.propositions.append(proposition)
    context.record(
        item.meeting,
        "question_put",
        title=item.title,
        item_id=item.id,
        stage=question.stage,
        method=settled.method,
        winner=settled.winner,
    )
    context.session.flush()
    return proposition


def _was_deferred_by_minority(context: Context, item: AgendaItem) -> bool:
    """Whether a minority has had this matter tabled or referred back before (KL 5:50)."""
    earlier = (
        select(Proposition.id)
        .join(AgendaItem, Proposition.agenda_item_id == AgendaItem.id)
        .where(
            AgendaItem.organisation_id == item.organisation_id,
            AgendaItem.matter_id == item.matter_id,
            AgendaItem.id != item.id,
            Proposition.method == "minority",
        )
    )
    return context.session.scalar(earlier.limit(1)) is not None


# --- Statements -------------------------------------------------------------------------------


def state(
    context: Context,
    item: AgendaItem,
    person: Person,
    kind: str,
    *,
    text: str = "",
    favours: FloorProposal | None = None,
) -> Statement:
    """Record a reservation, a separate statement, a note, or that somebody takes no part.

    A reservation is for those who took part, and before the meeting ends (KL 4:27); nobody may
    stand aside in the exercise of authority against an individual (KL 4:26).
    """
    meeting = item.meeting
    require_secretary(context, meeting)
    if kind not in STATEMENT_KINDS:
        raise Invalid("statement_kind_unknown", kind=kind, known=list(STATEMENT_KINDS))
    if meeting.state != "in_session":
        raise Conflict("reservation_too_late" if kind == "reservation" else "meeting_over")
    _require_open_section(item)
    _check_statement(item, person, kind, text)
    row = Statement(
        organisation_id=item.organisation_id,
        person_id=person.id,
        kind=kind,
        text=text.strip(),
        favours_id=favours.id if favours else None,
        given_at=context.moment,
    )
    item.statements.append(row)
    context.record(
        meeting, "stated", title=item.title, item_id=item.id, person=person.name, kind=kind
    )
    context.session.flush()
    return row


def take_back_statement(context: Context, item: AgendaItem, statement: Statement) -> None:
    """It was recorded wrongly, or taken back before the meeting ended."""
    require_in_session(context, item.meeting)
    _require_open_section(item)
    item.statements.remove(statement)
    context.session.delete(statement)
    context.record(
        item.meeting,
        "statement_taken_back",
        title=item.title,
        item_id=item.id,
        person=statement.person.name,
    )


def _check_statement(item: AgendaItem, person: Person, kind: str, text: str) -> None:
    present = _present(item, person)
    if kind == "separate_statement" and not text.strip():
        raise Invalid("statement_empty")
    given = [each for each in item.statements if (each.person_id, each.kind) == (person.id, kind)]
    if given and (kind in ONCE_EACH or text.strip() in {each.text for each in given}):
        raise Conflict("stated_already", name=person.name, title=item.title)
    if kind in ("reservation", "not_taking_part"):
        _deciding(item, person)
    if kind == "reservation":
        if item.outcome == "pending":
            raise Conflict("nothing_to_reserve_against", title=item.title)
        if any((e.person_id, e.kind) == (person.id, "not_taking_part") for e in item.statements):
            raise Conflict("took_no_part", name=person.name)
    if kind == "not_taking_part" and item.exercises_authority:
        raise Conflict("must_take_part", name=present.person.name)
    if kind == "not_taking_part" and item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)
    if kind == "not_taking_part" and person.id in have_voted(item):
        raise Conflict("has_voted", name=person.name)


# --- What is asked of whoever acts -------------------------------------------------------------


def _check_point(item: AgendaItem, kind: str, point: int) -> None:
    points = len(item.matter.decision_points) if item.matter else 0
    if kind != "amendment" or not 1 <= point <= points:
        raise Invalid("point_unknown", point=point, points=points)


def _present(item: AgendaItem, person: Person) -> Present:
    for each in present_at(item):
        if each.person.id == person.id:
            return each
    if any(recusal.person_id == person.id for recusal in item.recusals):
        raise Conflict("is_recused", name=person.name)
    raise Conflict("not_present", name=person.name)


def _deciding(item: AgendaItem, person: Person) -> Present:
    present = _present(item, person)
    if not present.decides:
        raise Conflict("does_not_serve", name=person.name)
    return present


def _require_open(context: Context, item: AgendaItem) -> None:
    require_in_session(context, item.meeting)
    require_sitting(item.meeting)
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)


def _require_open_section(item: AgendaItem) -> None:
    """What is attested at the table stands: a reservation comes before that."""
    if item.minutes_item is not None and item.minutes_item.minutes.kind == "immediate":
        raise Conflict("section_attested_already", title=item.title)


def _require_unsettled(item: AgendaItem) -> None:
    if item.propositions:
        raise Conflict("questions_begun", title=item.title)
