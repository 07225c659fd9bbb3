"""Who is in the room: arrivals and departures, serving substitutes, and the quorum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.errors import Conflict, Invalid
from casework.meetings.demands import require_secretary
from casework.meetings.models import (
    CAPACITIES,
    DECIDING,
    AgendaItem,
    Attendance,
    Participant,
)
from casework.meetings.seats import ELECTED, appointed_on, seats
from casework.meetings.table.law import Quorum, quorum

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from casework.context import Context
    from casework.meetings.models import Ballot, Meeting, Proposition
    from casework.people.models import Person

OPEN_FOR_ROLL = ("summoned", "in_session")


@dataclass(frozen=True)
class Present:
    """Somebody who takes part in an item, and in what capacity."""

    person: Person
    capacity: str
    serves_for: Person | None = None
    is_remote: bool = False

    @property
    def decides(self) -> bool:
        return self.capacity in DECIDING


def arrive(
    context: Context,
    meeting: Meeting,
    person: Person,
    capacity: str,
    *,
    serves_for: Person | None = None,
    is_remote: bool = False,
) -> Attendance:
    """Somebody takes a seat, or changes capacity; from now on they take part in what follows.

    A member who comes takes the seat back from the substitute who served there (KL 6:17). Raises
    Conflict for somebody who is not appointed to what they would be (KL 5:43, 6:17), for a
    substitute of somebody who is there, or for distance where the body does not allow it
    (KL 5:16, 6:24).
    """
    _require_open_roll(context, meeting)
    _check_capacity(context, meeting, person, capacity, serves_for)
    if is_remote and not meeting.body.allows_remote:
        raise Conflict("remote_not_allowed", body=meeting.body.name)
    if capacity in ELECTED:
        _make_room(context, meeting, person)
    row = attendance_of(meeting, person.id)
    if row is None:
        row = Attendance(
            organisation_id=meeting.organisation_id,
            person_id=person.id,
            position=max((each.position for each in meeting.attendances), default=0) + 1,
        )
        meeting.attendances.append(row)
    row.capacity, row.is_present, row.is_remote = capacity, True, is_remote
    row.serves_for_id = serves_for.id if serves_for else None
    row.arrived_at, row.left_at = row.arrived_at or context.moment, None
    context.record(
        meeting,
        "arrived",
        person=person.name,
        capacity=capacity,
        serves_for=serves_for.name if serves_for else "",
        is_remote=is_remote,
    )
    context.session.flush()
    return row


def leave(context: Context, meeting: Meeting, person: Person) -> Attendance:
    """Somebody leaves; from now on they take part in nothing until they come back."""
    _require_open_roll(context, meeting)
    row = attendance_of(meeting, person.id)
    if row is None or not row.is_present:
        raise Conflict("not_present", name=person.name)
    row.is_present, row.left_at = False, context.moment
    context.record(meeting, "left", person=person.name)
    return row


def record_attendance(
    context: Context, meeting: Meeting, present: Sequence[tuple[Person, str]]
) -> None:
    """The roll call: who is there and in what capacity, chair first; the others are not there."""
    _require_open_roll(context, meeting)
    here = {person.id for person, _capacity in present}
    if len(here) != len(present):
        raise Conflict("attends_twice")
    for row in meeting.attendances:
        if row.person_id not in here and row.is_present:
            leave(context, meeting, row.person)
    for person, capacity in present:
        row_before = attendance_of(meeting, person.id)
        if row_before is None or not row_before.is_present or row_before.capacity != capacity:
            arrive(context, meeting, person, capacity)


def present_at(item: AgendaItem) -> list[Present]:
    """Who takes part in an item: as fixed when it was concluded, or else as the roll stands."""
    if item.participants:
        return [
            Present(row.person, row.capacity, row.serves_for, row.is_remote)
            for row in item.participants
        ]
    return _on_the_roll(item)


def taking_part(item: AgendaItem) -> list[Present]:
    """As `present_at`; but where a vote by name decided the item, those who took part in that.

    Whoever comes between the vote and the gavel has not taken part in the decision, and whoever
    left has: a seat that changes hands then keeps its voter (KL 4:27, 5:67).
    """
    if item.participants:
        return present_at(item)
    decisive = _decisive_vote(item)
    if decisive is None:
        return _on_the_roll(item, have_voted(item))
    voted = {ballot.person_id for ballot in decisive.ballots}
    aside = {each.person_id for each in item.statements if each.kind == "not_taking_part"}
    others = [
        each
        for each in _on_the_roll(item)
        if each.person.id not in voted and (not each.decides or each.person.id in aside)
    ]
    return [_voter(item, ballot) for ballot in decisive.ballots] + others


def _decisive_vote(item: AgendaItem) -> Proposition | None:
    """The vote by name that the last question was settled with, unless it settled nothing more
    than that the item is decided today."""
    last = item.propositions[-1] if item.propositions else None
    if last is None or not last.ballots:
        return None
    return None if (last.stage, last.winner) == ("settle_today", "first") else last


def _voter(item: AgendaItem, ballot: Ballot) -> Present:
    row = attendance_of(item.meeting, ballot.person_id)
    is_remote = row.is_remote if row else False
    return Present(ballot.person, ballot.capacity, ballot.serves_for, is_remote)


def have_voted(item: AgendaItem) -> set[int]:
    """The persons whose vote on the item is on record."""
    return {ballot.person_id for put in item.propositions for ballot in put.ballots}


def leading(context: Context, item: AgendaItem) -> Present | None:
    """Who leads the item: the chair, or while the chair is away the first vice chair in order.

    Where none of them takes part, whoever was elected to lead it, if they are there.
    """
    here = present_at(item)
    order = list(appointed_on(context, item.meeting, ("vice_chair",)))
    chairs = [each for each in here if each.capacity == "chair"]
    deputies = [each for each in here if each.capacity == "vice_chair"]
    deputies.sort(key=lambda each: order.index(each.person.id) if each.person.id in order else 0)
    elected = [e for e in here if e.decides and e.person.id == item.elected_chair_id]
    return next(iter(chairs + deputies + elected), None)


def _on_the_roll(item: AgendaItem, voted: Collection[int] = ()) -> list[Present]:
    recused = {each.person_id: each for each in item.recusals}
    seated = {
        row.person_id
        for row in item.meeting.attendances
        if row.is_present and row.capacity in DECIDING
    }
    stand_ins = {
        each.substitute_id: each.person
        for each in item.recusals
        if each.substitute_id and each.person_id in seated
    }
    found = []
    for row in item.meeting.attendances:
        if not (row.is_present or row.person_id in voted) or row.person_id in recused:
            continue
        if row.person_id in stand_ins:
            for_whom = stand_ins[row.person_id]
            found.append(Present(row.person, "serving_substitute", for_whom, row.is_remote))
        else:
            found.append(Present(row.person, row.capacity, row.serves_for, row.is_remote))
    return found


def quorum_at(context: Context, item: AgendaItem) -> Quorum:
    """Whether the item may be handled with those who are there now (KL 5:45, 6:27)."""
    return _quorum_of(context, item, taking_part(item))


def require_quorum(context: Context, item: AgendaItem, serving: Sequence[Present]) -> None:
    """Raises Conflict when too few are `serving` for the item to be handled (KL 5:45, 6:27)."""
    found = _quorum_of(context, item, serving)
    if not found.is_met:
        raise Conflict(
            "no_quorum",
            title=item.title,
            serving=found.serving,
            seats=found.seats,
            statute=found.statute,
        )


def _quorum_of(context: Context, item: AgendaItem, taking: Sequence[Present]) -> Quorum:
    serving = sum(each.decides for each in taking)
    replaced = {each.person_id for each in item.recusals if each.substitute_id}
    here = {row.person_id for row in item.meeting.attendances if row.is_present}
    recused = {each.person_id for each in item.recusals} & here - replaced
    return quorum(item.meeting.body.legal.law, seats(context, item.meeting), serving, len(recused))


def freeze_participants(context: Context, item: AgendaItem) -> None:
    """Fix who took part in an item that is being concluded."""
    item.participants = [
        Participant(
            organisation_id=item.organisation_id,
            person_id=each.person.id,
            position=position,
            capacity=each.capacity,
            serves_for_id=each.serves_for.id if each.serves_for else None,
            is_remote=each.is_remote,
        )
        for position, each in enumerate(taking_part(item), start=1)
    ]
    context.session.flush()


def attendance_of(meeting: Meeting, person_id: int) -> Attendance | None:
    """The person's own line on the roll."""
    return next((row for row in meeting.attendances if row.person_id == person_id), None)


def _check_capacity(
    context: Context, meeting: Meeting, person: Person, capacity: str, serves_for: Person | None
) -> None:
    if capacity not in CAPACITIES:
        raise Invalid("capacity_unknown", capacity=capacity, known=list(CAPACITIES))
    if (serves_for is not None) and capacity != "serving_substitute":
        raise Invalid("serves_for_nobody", name=person.name)
    if capacity == "other" or not meeting.body.is_statutory:
        return
    substitutes = appointed_on(context, meeting, ("substitute",))
    elected = appointed_on(context, meeting, ELECTED)
    if capacity in ELECTED and person.id not in elected:
        raise Conflict("not_a_member", name=person.name, body=meeting.body.name)
    if capacity not in ELECTED and person.id not in substitutes:
        raise Conflict("not_a_substitute", name=person.name, body=meeting.body.name)
    if capacity == "chair":
        _check_chair(meeting, person)
    if capacity == "serving_substitute":
        _check_seat(context, meeting, person, serves_for, elected)


def _check_chair(meeting: Meeting, person: Person) -> None:
    """One leads the meeting at a time."""
    for row in meeting.attendances:
        if row.is_present and row.capacity == "chair" and row.person_id != person.id:
            raise Conflict("chair_taken", name=row.person.name)


def _make_room(context: Context, meeting: Meeting, person: Person) -> None:
    """A seat is its member's: whoever serves there, or without a named seat, steps back."""
    others = [row for row in meeting.attendances if row.is_present and row.person_id != person.id]
    serving = [row for row in others if row.capacity == "serving_substitute"]
    stand_in = [row for row in serving if row.serves_for_id == person.id]
    unnamed = [row for row in serving if row.serves_for_id is None]
    is_full = sum(row.capacity in DECIDING for row in others) >= seats(context, meeting)
    for row in stand_in or (unnamed[-1:] if is_full else []):
        row.capacity, row.serves_for_id = "substitute", None
        context.record(meeting, "stepped_back", person=row.person.name, seat_of=person.name)


def _check_seat(
    context: Context,
    meeting: Meeting,
    person: Person,
    serves_for: Person | None,
    elected: dict[int, tuple[Person, str]],
) -> None:
    """A serving substitute takes one empty seat: that of the named member, or else any.

    A seat that nobody has been elected to is as empty as one whose member is away (KL 6:17).
    """
    others = [row for row in meeting.attendances if row.is_present and row.person_id != person.id]
    here = {row.person_id for row in others}
    if serves_for is None:
        if sum(row.capacity in DECIDING for row in others) >= seats(context, meeting):
            raise Conflict("no_empty_seat", name=person.name)
        return
    taken = {row.serves_for_id for row in others}
    if serves_for.id not in elected:
        raise Conflict("not_a_member", name=serves_for.name, body=meeting.body.name)
    if serves_for.id in here or serves_for.id in taken:
        raise Conflict("seat_taken", name=serves_for.name)


def _require_open_roll(context: Context, meeting: Meeting) -> None:
    require_secretary(context, meeting)
    if meeting.state not in OPEN_FOR_ROLL:
        raise Conflict("meeting_not_in_session")
