"""The meeting as it happens: one screen for the secretary, made for the tempo at the table.

Every form posts to `act`. With JavaScript only the panel is replaced; without it the same post
leads back to the same page. A refusal is one sentence and changes nothing on the screen.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from casework.errors import Invalid, NotFound
from casework.meetings import queries
from casework.meetings.agenda.items import add_item, take_notes
from casework.meetings.guards import unannounced
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.proceedings import (
    called,
    moved_line,
    question_line,
    stakes_line,
    vote_line,
)
from casework.meetings.table.chair import candidates
from casework.meetings.table.law import Count, Question
from casework.meetings.table.motions import move, standing, withdraw
from casework.meetings.table.outcome import Resolved, basis_of, conclude_item, resolution
from casework.meetings.table.questions import (
    is_secret,
    open_question,
    outcome_of_questions,
    put_question,
    take_back_question,
)
from casework.meetings.table.recusal import lift_recusal, recuse
from casework.meetings.table.roll import (
    OPEN_FOR_ROLL,
    arrive,
    attendance_of,
    leave,
    present_at,
    quorum_at,
)
from casework.meetings.table.statements import state, take_back_statement
from casework.people import queries as people
from casework.people.models import Person
from casework.people.policy import lift
from casework.web.components import steps
from casework.web.components.holders import Holders, chosen, holders
from casework.web.frame.asked import fitting, row_number, whole_number
from casework.web.frame.refusals import PART
from casework.web.frame.session import acting, permits, reading
from casework.web.meetings.pages import capacity_label, find, outcome_label, outcomes_of
from casework.web.table.resolved import LONGEST, assignable, resolved
from casework.web.table.roll_lines import may_lead, roll_lines
from casework.web.table.sitting import SITTING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.meetings.models import (
        AgendaItem,
        DecidedPoint,
        FloorProposal,
        Statement,
    )
    from casework.meetings.table.law import Side
    from casework.web.table.roll_lines import RollLine

    Action = Callable[[Context, AgendaItem], object]
    Answer = str | Response

KEEPERS = ("committee_secretary", "chair")

blueprint = Blueprint("table", __name__, url_prefix="/meetings/<int:meeting_id>/live")


@blueprint.get("")
@permits(*KEEPERS)
def start(meeting_id: int) -> Response:
    """To the item that is handled now: the first that is not concluded."""
    with reading() as context:
        agenda = find(context, meeting_id).agenda
        if not agenda:
            raise NotFound("agenda_empty")
        item = next((each for each in agenda if each.outcome == "pending"), agenda[-1])
        address = url_for(".show", meeting_id=meeting_id, item_id=item.id)
    return redirect(address, 303)


@blueprint.get("/<int:item_id>")
@permits(*KEEPERS)
def show(meeting_id: int, item_id: int) -> str | Response:
    """An item with all that is recorded on it, between the agenda and the roll.

    Whoever has a conflict of interest is led on to an item that they may handle (KL 6:28–32).
    """
    with reading() as context:
        meeting = find(context, meeting_id)
        agenda = list(meeting.agenda)  # what this person sees; nothing they are recused from
        lift(context.session)
        item = queries.item(context.session, meeting, item_id)
        if item not in agenda:
            return redirect(url_for(".start", meeting_id=meeting_id), 303)
        return _page(context, item, agenda)


@blueprint.get("/stamp")
@permits(*KEEPERS)
def stamp(meeting_id: int) -> dict[str, int | str]:
    """A number that grows with everything recorded, so that a second screen knows to look.

    With the token of the sign-in as it is now: after a new one, what is on the screen is still
    sent.
    """
    with reading() as context:
        return {"stamp": find(context, meeting_id).audit_count, "token": generate_csrf()}


@blueprint.post("/<int:item_id>/<action>")
@permits(*KEEPERS)
def act(meeting_id: int, item_id: int, action: str) -> Answer:
    """Record something on an item; refused, nothing has changed and the words are still there."""
    if action not in ACTIONS:
        raise NotFound("not_found")
    with acting() as context:
        item = queries.item(context.session, find(context, meeting_id), item_id)
        lift(context.session)
        ACTIONS[action](context, item)
    address = url_for(".show", meeting_id=meeting_id, item_id=item_id)
    if PART not in request.headers:
        return redirect(address, 303)
    answer = make_response(show(meeting_id, item_id))
    answer.headers.setdefault("Content-Location", address)
    return answer


def _page(context: Context, item: AgendaItem, agenda: Sequence[AgendaItem]) -> str:
    meeting = item.meeting
    template = "table/_part.html" if PART in request.headers else "table/show.html"
    place = agenda.index(item)
    question = open_question(item) if item.outcome == "pending" else None
    moved = {each.id: each for each in standing(item)}
    roll = roll_lines(context, meeting)
    return render_template(
        template,
        meeting=meeting,
        item=item,
        agenda=agenda,
        before=agenda[place - 1] if place else None,
        after=agenda[place + 1] if place + 1 < len(agenda) else None,
        stamp=meeting.audit_count,
        is_open=meeting.state == "in_session" and item.outcome == "pending",
        in_session=meeting.state == "in_session",
        roll_open=meeting.state in OPEN_FOR_ROLL,
        present=present_at(item),
        quorum=quorum_at(context, item),
        roll=roll,
        may_lead=may_lead(roll),
        unannounced=steps.warning(unannounced(context, meeting)),
        electable=candidates(context, item) if meeting.state == "in_session" else (),
        unlisted=_unlisted(context, item, roll),
        absent={each.person_id for each in meeting.absences},
        question=question,
        is_secret=question is not None and is_secret(item, question),
        sides=_sides(item, question, moved) if question else (),
        proposal_lines=[(each, moved_line(item, each)) for each in standing(item)],
        question_lines=[
            (each, question_line(item, each), vote_line(item, each)) for each in item.propositions
        ],
        stakes=stakes_line(item, question, moved) if question else "",
        points=_points(item),
        basis=basis_of(item) if item.outcome == "pending" else "",
        blank_point=Resolved(""),
        responsible=assignable(context, item),
        outcomes=outcomes_of(item),
        favoured=_favoured(item),
        reason=_reason_moved(item),
        capacity_label=capacity_label,
        outcome_label=outcome_label,
    )


def _favoured(item: AgendaItem) -> str:
    """The outcome that is offered first: what the questions gave, else the usual one."""
    answer = outcome_of_questions(item)
    contested = any(each.kind != "approval" for each in standing(item))
    if answer is not None and contested and item.meeting.body.is_statutory:
        is_proposed = item.is_preparing and answer.outcome == "decided"
        return "proposed" if is_proposed else answer.outcome
    return ""


def _reason_moved(item: AgendaItem) -> str:
    """Why the item was tabled or referred back, in the words of the proposal that won; else what a
    formal decision was planned to say."""
    deferring = (
        each.second
        for each in item.propositions
        if each.stage == "settle_today" and each.winner == "second"
    )
    planned = item.outcome_reason if item.matter_id is None else ""
    return next((proposal.text for proposal in deferring if proposal), planned)


def _sides(
    item: AgendaItem, question: Any, moved: dict[int, FloorProposal]
) -> tuple[tuple[str, str], ...]:
    """The two answers of the chair's next question, as the buttons say them."""
    first = called(item, moved.get(question.first or 0))
    second = called(item, moved.get(question.second or 0))
    if question.stage == "settle_today":
        later = moved[question.second].kind
        return (
            ("first", _("Avgörs i dag")),
            ("second", _("Bordläggs") if later == "tabling" else _("Återremitteras")),
        )
    if question.stage == "addition":
        return ("first", _("Bifall till tillägget")), ("second", _("Avslag på tillägget"))
    return ("first", first[:1].upper() + first[1:]), ("second", second[:1].upper() + second[1:])


def _points(item: AgendaItem) -> Sequence[Resolved | DecidedPoint]:
    """What is decided if nothing is changed: the points as the questions left them."""
    if item.decision is not None:
        return item.decision.points
    return resolution(item) if item.item_type == "decision" else []


def _unlisted(context: Context, item: AgendaItem, roll: Sequence[RollLine]) -> Holders:
    """Whoever else may come to the meeting, while there is a form for it."""
    if item.meeting.state not in OPEN_FOR_ROLL:
        return Holders()
    on_roll = [line.person.id for line in roll]
    others = people.persons(context.organisation_id).where(Person.id.not_in(on_roll))
    return holders(context, others)


# --- Actions ----------------------------------------------------------------------------------


def _notes(context: Context, item: AgendaItem) -> None:
    take_notes(context, item, _text("field"), _text("text"), _text("base"))


def _arrive(context: Context, item: AgendaItem) -> None:
    """Whoever is there already changes capacity, not place: at a distance they stay so."""
    person = _named(context, "person")
    row = attendance_of(item.meeting, person.id)
    stays_remote = row is not None and row.is_present and row.is_remote
    arrive(
        context,
        item.meeting,
        person,
        _text("capacity"),
        serves_for=_person_or_none(context, "serves_for"),
        is_remote=stays_remote or bool(request.form.get("is_remote")),
    )


def _leave(context: Context, item: AgendaItem) -> None:
    leave(context, item.meeting, _person(context, "person"))


def _recuse(context: Context, item: AgendaItem) -> None:
    recuse(
        context,
        item,
        _person(context, "person"),
        reason=_text("reason"),
        substitute=_person_or_none(context, "substitute"),
    )


def _lift_recusal(context: Context, item: AgendaItem) -> None:
    lift_recusal(context, item, _person(context, "person"))


def _move(context: Context, item: AgendaItem) -> None:
    supporters = people.persons_with(
        context.session,
        context.organisation_id,
        request.form.getlist("supporter", type=whole_number),
    )
    move(
        context,
        item,
        _person(context, "mover"),
        _text("kind"),
        text=_text("text"),
        point=request.form.get("point", type=row_number) or None,
        supporters=list(supporters),
    )


def _withdraw(context: Context, item: AgendaItem) -> None:
    withdraw(context, _proposal(item))


def _ask(context: Context, item: AgendaItem) -> None:
    """A button says the side that won by acclamation; else the ballots are in the form."""
    side, asked = _text("winner"), _question()
    if side:
        put_question(context, item, winner=_side(side), asked=asked)
        return
    if is_secret(item, asked):
        count = Count(
            *(request.form.get(name, 0, type=whole_number) for name in ("yes", "no", "abstains"))
        )
        lot = _side(_text("lot"))
        put_question(context, item, method="vote", count=count, lot=lot, asked=asked)
        return
    ballots = {
        row_number(name.removeprefix("ballot-")): choice
        for name, choice in request.form.items()
        if name.startswith("ballot-") and choice
    }
    put_question(context, item, method="vote", ballots=ballots, asked=asked)


def _question() -> Question:
    """The question that the screen showed when it was answered."""
    first, second = (request.form.get(name, 0, type=row_number) for name in ("first", "second"))
    return Question(_text("stage"), first or None, second or None)


def _take_back(context: Context, item: AgendaItem) -> None:
    take_back_question(context, item, recorded=request.form.get("put", type=row_number))


def _state(context: Context, item: AgendaItem) -> None:
    favours = _proposal(item) if request.form.get("proposal") else None
    state(
        context,
        item,
        _person(context, "person"),
        _text("kind"),
        text=_text("text"),
        favours=favours,
    )


def _unstate(context: Context, item: AgendaItem) -> None:
    take_back_statement(context, item, _statement(item))


def _conclude(context: Context, item: AgendaItem) -> None:
    texts, assignees, days = map(request.form.getlist, ("point", "point_assignee", "point_day"))
    rows = zip_longest(texts, assignees, days, fillvalue="")
    written = [row for row in rows if row[0].strip()]
    conclude_item(
        context,
        item,
        _text("outcome"),
        points=resolved(context, item, written) if written else None,
        reason=_text("reason"),
        basis=request.form.get("basis") if written else None,
    )


def _add(context: Context, item: AgendaItem) -> None:
    """An item that comes up at the table."""
    add_item(
        context,
        item.meeting,
        item_type="information",
        title=_text("title"),
        late_reason=_text("late_reason"),
        all_agree=bool(request.form.get("all_agree")),
    )


ACTIONS: dict[str, Action] = {
    "notes": _notes,
    "arrive": _arrive,
    "leave": _leave,
    "recuse": _recuse,
    "lift-recusal": _lift_recusal,
    "move": _move,
    "withdraw": _withdraw,
    "ask": _ask,
    "take-back": _take_back,
    "state": _state,
    "unstate": _unstate,
    "conclude": _conclude,
    "attest": attest_immediately,
    "add": _add,
    **SITTING,
}


def _text(name: str) -> str:
    return fitting(request.form.get(name, ""), LONGEST)


def _side(given: str) -> Side | None:
    sides: dict[str, Side] = {"first": "first", "second": "second"}
    return sides.get(given)


def _person(context: Context, name: str) -> Person:
    found = _person_or_none(context, name)
    if found is None:
        raise Invalid("person_missing")
    return found


def _named(context: Context, name: str) -> Person:
    """Anybody, by number or by name."""
    person_id = chosen(context, people.persons(context.organisation_id), _text(name))
    if person_id is None:
        raise Invalid("person_missing")
    return people.person(context.session, context.organisation_id, person_id)


def _person_or_none(context: Context, name: str) -> Person | None:
    person_id = request.form.get(name, 0, type=whole_number)
    if not person_id:
        return None
    found = people.persons_with(context.session, context.organisation_id, [person_id])
    return next(iter(found), None)


def _proposal(item: AgendaItem) -> FloorProposal:
    wanted = request.form.get("proposal", 0, type=whole_number)
    found = next((each for each in item.floor_proposals if each.id == wanted), None)
    if found is None:
        raise NotFound("not_found")
    return found


def _statement(item: AgendaItem) -> Statement:
    wanted = request.form.get("statement", 0, type=whole_number)
    found = next((each for each in item.statements if each.id == wanted), None)
    if found is None:
        raise NotFound("not_found")
    return found
