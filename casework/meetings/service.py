"""The verbs of a meeting: plan it, build its agenda, record what happens, sign its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.errors import Conflict, Forbidden, Invalid
from casework.meetings.models import (
    OUTCOMES,
    AgendaItem,
    Attendance,
    Attestation,
    DecidedPoint,
    Decision,
    Meeting,
)
from casework.people.policy import lacking, may

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.people.models import Body, Person

SECRETARIES = ("committee_secretary", "chair")

# What an outcome does to the matter that was handled: the trigger fired in its own workflow.
TRIGGERS = {
    "decided": "decide",
    "recommended": "recommend",
    "noted": "note",
    "tabled": "table",
    "referred_back": "refer_back",
    "withdrawn": "withdraw",
}


@dataclass(frozen=True)
class Resolved:
    """A point as decided; with an assignee it gives an assignment."""

    text: str
    assignee_id: int | None = None
    task: str = ""
    report_back_on: date | None = None


def plan_meeting(
    context: Context,
    body: Body,
    starts_at: datetime,
    *,
    ends_at: datetime | None = None,
    place: str = "",
    is_public: bool = False,
    chair: Person | None = None,
    secretary: Person | None = None,
) -> Meeting:
    """A new meeting of a body; raises Conflict if it already meets at that moment."""
    taken = context.session.scalar(
        select(Meeting.id).where(
            Meeting.organisation_id == context.organisation_id,
            Meeting.body_id == body.id,
            Meeting.starts_at == starts_at,
        )
    )
    if taken is not None:
        raise Conflict("meeting_taken", body=body.name)
    if ends_at is not None and ends_at < starts_at:
        raise Invalid("meeting_ends_before_start")
    meeting = Meeting(
        organisation_id=context.organisation_id,
        body_id=body.id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        is_public=is_public,
        chair_id=chair.id if chair else None,
        secretary_id=secretary.id if secretary else None,
    )
    if context.actor.person_id is not None:
        _require_secretary(context, meeting)
    context.services.engine.start(meeting, body.legal.meeting_workflow)
    context.session.add(meeting)
    context.record(meeting, "planned", body=body.name, starts_at=starts_at.isoformat())
    return meeting


def add_item(
    context: Context,
    meeting: Meeting,
    *,
    item_type: str,
    matter: Matter | None = None,
    title: str = "",
    presenter: str = "",
    summary: str = "",
) -> AgendaItem:
    """Put an item last on the agenda.

    A matter that is to be decided is moved to the agenda in its own workflow, which refuses one
    that is not ready; an information item leaves the matter where it is.
    """
    _require_secretary(context, meeting)
    if meeting.state not in ("planned", "summoned", "in_session"):
        raise Conflict("agenda_closed")
    if matter is None and not title.strip():
        raise Invalid("title_missing")
    item = AgendaItem(
        organisation_id=meeting.organisation_id,
        meeting_id=meeting.id,
        position=len(meeting.agenda) + 1,
        item_type=item_type,
        matter_id=matter.id if matter else None,
        title=title.strip() or (matter.title if matter else ""),
        presenter=presenter,
        summary=summary,
    )
    meeting.agenda.append(item)
    context.record(meeting, "item_added", title=item.title, item_type=item_type)
    if matter is not None and item_type == "decision":
        context.services.engine.fire(
            context.given().caused_by(meeting, "add_item"), matter, "schedule"
        )
    return item


def name_attesters(context: Context, meeting: Meeting, attesters: Sequence[Person]) -> None:
    """Who signs the minutes beside the chair; the secretary may not (KL 5:69, praxis)."""
    _require_secretary(context, meeting)
    if any(attestation.signed_at for attestation in meeting.attestations):
        raise Conflict("attestation_begun")
    if any(person.id == meeting.secretary_id for person in attesters):
        raise Conflict("secretary_attests")
    for attestation in list(meeting.attestations):
        context.session.delete(attestation)
    context.session.flush()
    signing = [(meeting.chair, "chair")] if meeting.chair else []
    signing += [(person, "attester") for person in attesters]
    meeting.attestations = [
        Attestation(
            organisation_id=meeting.organisation_id,
            person_id=person.id,
            position=position,
            capacity=capacity,
        )
        for position, (person, capacity) in enumerate(signing, start=1)
        if person is not None
    ]
    context.record(meeting, "attesters_named", names=[person.name for person in attesters])


def record_attendance(
    context: Context, meeting: Meeting, present: Sequence[tuple[Person, str]]
) -> None:
    """Who is there and in what capacity, chair first; replaces what was recorded."""
    _require_secretary(context, meeting)
    for attendance in list(meeting.attendances):
        context.session.delete(attendance)
    context.session.flush()
    meeting.attendances = [
        Attendance(
            organisation_id=meeting.organisation_id,
            person_id=person.id,
            position=position,
            capacity=capacity,
        )
        for position, (person, capacity) in enumerate(present, start=1)
    ]
    names = [f"{person.name} ({capacity})" for person, capacity in present]
    context.record(meeting, "attendance_recorded", present=names)


def conclude_item(
    context: Context,
    item: AgendaItem,
    outcome: str,
    *,
    points: Sequence[Resolved] | None = None,
    lead_in: str | None = None,
    reason: str = "",
) -> Decision | None:
    """Record how an item ended; its matter moves accordingly.

    Without `points` the matter's proposed points are what was decided. Raises Conflict if the
    meeting is not in session or the item is concluded already, Invalid for an outcome without
    its reason or a decision without points.
    """
    _require_secretary(context, item.meeting)
    if item.meeting.state != "in_session":
        raise Conflict("meeting_not_in_session")
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)
    if outcome not in OUTCOMES or outcome == "pending":
        raise Invalid("outcome_unknown", outcome=outcome, known=list(OUTCOMES[1:]))
    if outcome == "referred_back" and not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    decision = None
    if item.matter is not None and outcome in ("decided", "recommended"):
        decision = _decide(context, item, item.matter, points, lead_in)
    item.outcome, item.outcome_reason = outcome, reason.strip()
    context.record(item.meeting, "item_concluded", title=item.title, outcome=outcome)
    if item.matter is not None and item.item_type == "decision":
        _move_matter(context, item, item.matter, outcome, reason)
    return decision


def sign(context: Context, meeting: Meeting) -> Attestation:
    """The actor's signature over the exact PDF of the minutes; after the last they are attested.

    Raises Conflict without minutes to sign or if signed already, Forbidden for anybody else than
    the chair and the named attesters.
    """
    minutes = meeting.minutes
    if minutes is None or minutes.document_id is None or meeting.state != "minutes_drafted":
        raise Conflict("no_minutes_to_sign")
    own = [
        attestation
        for attestation in meeting.attestations
        if attestation.person_id == context.actor.person_id
    ]
    if not own:
        raise Forbidden("not_an_attester")
    attestation = own[0]
    if attestation.signed_at is not None:
        raise Conflict("signed_already")
    document = context.services.press.document(context.session, minutes.document_id)
    attestation.signed_at, attestation.document_sha256 = context.moment, document.sha256
    context.record(meeting, "signed", sha256=document.sha256)
    if all(each.signed_at for each in meeting.attestations):
        context.services.engine.fire(context.given().caused_by(meeting, "sign"), meeting, "attest")
    return attestation


def _decide(
    context: Context,
    item: AgendaItem,
    matter: Matter,
    points: Sequence[Resolved] | None,
    lead_in: str | None,
) -> Decision:
    resolved = points if points is not None else [_as_proposed(p) for p in matter.decision_points]
    if not resolved:
        raise Invalid("decision_points_missing")
    if not all(point.text.strip() for point in resolved):
        raise Invalid("point_missing")
    decision = Decision(
        organisation_id=item.organisation_id,
        matter_id=matter.id,
        decided_on=item.meeting.day,
        lead_in=matter.decision_lead_in if lead_in is None else lead_in,
        points=[
            DecidedPoint(
                organisation_id=item.organisation_id,
                position=position,
                text=point.text,
                assignee_id=point.assignee_id,
                task=point.task or (point.text if point.assignee_id else ""),
                report_back_on=point.report_back_on,
            )
            for position, point in enumerate(resolved, start=1)
        ],
    )
    item.decision = decision
    context.session.flush()
    return decision


def _as_proposed(point: Any) -> Resolved:
    return Resolved(point.text, point.assignee_id, point.task, point.report_back_on)


def _move_matter(
    context: Context, item: AgendaItem, matter: Matter, outcome: str, reason: str
) -> None:
    trigger = TRIGGERS[outcome]
    given = {"reason": reason} if outcome in ("referred_back", "tabled", "withdrawn") else {}
    step = context.services.engine.definition_of(matter).step(trigger, matter.state)
    accepted = {declared.name for declared in step.inputs} if step else set()
    cause = context.given(**{k: v for k, v in given.items() if k in accepted})
    context.services.engine.fire(cause.caused_by(item.meeting, "conclude_item"), matter, trigger)


def _require_secretary(context: Context, meeting: Meeting) -> None:
    if not may(context, meeting, SECRETARIES):
        raise lacking(["committee_secretary"])
