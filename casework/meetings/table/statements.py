"""What somebody has noted for themselves: a reservation, a statement, that they take no part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.errors import Conflict, Invalid
from casework.meetings.demands import require_in_session, require_secretary
from casework.meetings.models import (
    ONCE_EACH,
    STATEMENT_KINDS,
    AgendaItem,
    FloorProposal,
    Statement,
)
from casework.meetings.table.acting import decider, participant, require_open_section
from casework.meetings.table.roll import have_voted

if TYPE_CHECKING:
    from casework.context import Context
    from casework.people.models import Person


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
    require_open_section(item)
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
    require_open_section(item)
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
    present = participant(item, person)
    if kind == "separate_statement" and not text.strip():
        raise Invalid("statement_empty")
    given = [each for each in item.statements if (each.person_id, each.kind) == (person.id, kind)]
    if given and (kind in ONCE_EACH or text.strip() in {each.text for each in given}):
        raise Conflict("stated_already", name=person.name, title=item.title)
    if kind in ("reservation", "not_taking_part"):
        decider(item, person)
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
