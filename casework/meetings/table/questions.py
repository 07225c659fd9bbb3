"""What the chair asks on an item, and how it is answered: by acclamation or by a vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.errors import Conflict, Invalid, Stale
from casework.meetings.holding import hold_item
from casework.meetings.models import (
    CHOICES,
    METHODS,
    AgendaItem,
    Ballot,
    Proposition,
)
from casework.meetings.table.acting import decider, require_open
from casework.meetings.table.law import (
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
from casework.meetings.table.motions import standing
from casework.meetings.table.roll import leading, present_at, require_quorum
from casework.people.queries import persons_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.context import Context
    from casework.meetings.table.law import Side


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
    require_open(context, item)
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
    require_open(context, item)
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
        decider(item, person)
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
