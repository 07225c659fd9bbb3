"""How an item ends: the decision with its points, and what it does to the matter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casework.accounts.officials import require_responsible
from casework.delegation.queries import reported_at, unreported
from casework.delegation.service import report, tell
from casework.errors import Conflict, Invalid, Stale
from casework.meetings.agenda.preparing import carry_over, proposing, require_preparing
from casework.meetings.agenda.reporting import REPORTED_KINDS
from casework.meetings.demands import require_in_session
from casework.meetings.holding import hold_item
from casework.meetings.models import DECIDING, OUTCOMES, AgendaItem, DecidedPoint, Decision
from casework.meetings.table.motions import standing
from casework.meetings.table.pause import require_sitting
from casework.meetings.table.questions import outcome_of_questions
from casework.meetings.table.roll import freeze_participants, leading, require_quorum, taking_part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import Meeting

# What an outcome does to the matter that was handled: the trigger fired in its own workflow.
TRIGGERS = {
    "decided": "decide",
    "recommended": "recommend",
    "proposed": "propose",
    "noted": "note",
    "tabled": "table",
    "referred_back": "refer_back",
    "withdrawn": "withdraw",
    "not_handled": "release",
}

# What leaves the agenda only when the meeting ends: until then the item can be taken up again.
LEAVES_LAST = ("proposed", "referred_back", "withdrawn")

# What says its points, as the questions left them.
WITH_POINTS = ("decided", "recommended", "proposed")


# What needs no quorum, since nothing is handled.
UNHANDLED = ("withdrawn", "not_handled")


@dataclass(frozen=True)
class Resolved:
    """A point as decided; with an assignee it gives an assignment."""

    text: str
    assignee_id: int | None = None
    task: str = ""
    report_back_on: date | None = None


def conclude_item(
    context: Context,
    item: AgendaItem,
    outcome: str,
    *,
    points: Sequence[Resolved] | None = None,
    lead_in: str | None = None,
    reason: str = "",
    basis: str | None = None,
) -> Decision | None:
    """Record how an item ended; its matter moves accordingly.

    Without `points` what was decided is what the questions made of the proposed ones; `basis` is
    `basis_of` what they were written from. A formal decision, of no matter, says its points or has
    them in the `reason`, one a line, or as they were planned. Raises Conflict if the meeting is not
    in session, the item is concluded already, the quorum is not met (KL 5:45, 6:27), nobody leads,
    a question is left or said otherwise, another body decides or proposes; Stale if the questions
    have made something else meanwhile; Invalid for an outcome without its reason or a decision
    without points.
    """
    hold_item(context.session, item)
    require_in_session(context, item.meeting)
    require_sitting(item.meeting)
    if item.outcome != "pending":
        raise Conflict("item_concluded", title=item.title)
    _check_outcome(context, item, outcome, reason)
    _check_questions(item, outcome)
    if outcome not in UNHANDLED:
        require_quorum(context, item, taking_part(item))
        _require_leader(context, item)
    if basis is not None and basis != basis_of(item):
        raise Stale("points_changed", title=item.title)
    decision = None
    if outcome in WITH_POINTS:
        if outcome == "proposed" and lead_in is None:
            lead_in = proposing(context, item)
        said = _said(context, item, points, reason or item.outcome_reason)
        decision = _decide(context, item, said, lead_in)
    freeze_participants(context, item)
    _check_reservations(item)
    chair = leading(context, item)
    item.led_by = chair.person if chair else None
    if item.reports and outcome == "noted":
        _tell(context, item)
    item.outcome, item.outcome_reason = outcome, reason.strip() or item.outcome_reason
    item.concluded_at = context.moment
    context.record(
        item.meeting, "item_concluded", title=item.title, item_id=item.id, outcome=outcome
    )
    if item.matter is not None and item.item_type == "decision":
        _move_matter(context, item, item.matter, outcome, reason)
    return decision


def basis_of(item: AgendaItem) -> str:
    """A checksum of what the questions have made of the proposed points so far."""
    points = resolution(item)
    said = [(each.text, each.assignee_id, str(each.report_back_on)) for each in points]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def resolution(item: AgendaItem) -> list[Resolved]:
    """The points as the questions left them: proposed, amended or rejected, with additions."""
    points = item.matter.decision_points if item.matter is not None else []
    proposed = [_as_proposed(point) for point in points]
    answer = outcome_of_questions(item)
    if answer is None:
        return proposed
    moved = {each.id: each for each in standing(item)}
    if is_rejected(item):
        proposed = [Resolved(_rejection(item))]
    elif answer.alternative is not None:
        proposed = [Resolved(moved[answer.alternative].text)]
    for change in (moved[each] for each in answer.changes):
        place = (change.point or 1) - 1
        proposed[place] = replace(proposed[place], text=change.text, task="")
    return proposed + [Resolved(moved[each].text) for each in answer.additions]


def is_rejected(item: AgendaItem) -> bool:
    """Whether a motion for rejection has won; its text is the mover's reason, not the decision."""
    answer = outcome_of_questions(item)
    won = answer.alternative if answer else None
    return any(each.id == won and each.kind == "rejection" for each in item.floor_proposals)


def _rejection(item: AgendaItem) -> str:
    """In the words of whoever decides: a preparing body's points go on under their lead-in."""
    if item.matter is None or not item.is_preparing:
        return f"{item.meeting.body.name} avslår förslaget."
    style = item.matter.body.decision_style
    return "att avslå förslaget" if style == "att" else f"{item.matter.body.name} avslår förslaget."


def _check_outcome(context: Context, item: AgendaItem, outcome: str, reason: str) -> None:
    """Whether an item of its kind, of this body, ends so; a reason where one is asked for."""
    if outcome not in OUTCOMES or outcome == "pending":
        raise Invalid("outcome_unknown", outcome=outcome, known=list(OUTCOMES[1:]))
    if outcome == "referred_back" and not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    if outcome in WITH_POINTS and item.item_type != "decision":
        raise Conflict("item_not_for_decision", title=item.title)
    if outcome == "proposed":
        require_preparing(context, item)
    elif outcome in WITH_POINTS and item.matter is not None and item.is_preparing:
        raise Conflict("another_body_decides", title=item.title, body=item.matter.body.name)


def _check_questions(item: AgendaItem, outcome: str) -> None:
    """What is recorded as the end must be what the questions gave."""
    contested = any(each.kind != "approval" for each in standing(item))
    if not contested or (outcome in UNHANDLED and not item.propositions):
        return
    answer = outcome_of_questions(item)
    if answer is None:
        raise Conflict("question_left", title=item.title)
    given = "decided" if outcome in WITH_POINTS else outcome
    if given != answer.outcome:
        raise Conflict("outcome_contradicts_questions", title=item.title)


def _require_leader(context: Context, item: AgendaItem) -> None:
    """Somebody puts the questions and answers for the minutes (KL 5:53, 5:65, 6:33, 6:35)."""
    if item.meeting.body.is_statutory and leading(context, item) is None:
        raise Conflict("nobody_leads", title=item.title)


def _check_reservations(item: AgendaItem) -> None:
    """A reservation that stands since the item was taken up again is still of one who took part."""
    took_part = {each.person_id for each in item.participants if each.capacity in DECIDING}
    for each in item.statements:
        if each.kind == "reservation" and each.person_id not in took_part:
            raise Conflict("reservation_without_part", name=each.person.name, title=item.title)


def _tell(context: Context, item: AgendaItem) -> None:
    """The list of an item that reports decisions is what was unreported until now (KL 6:40)."""
    kind = REPORTED_KINDS.get(item.reports)
    if kind is None:
        return
    for decision in unreported(context.session, item.organisation_id, item.meeting.body_id, kind):
        tell(decision, item.id)


def _said(
    context: Context, item: AgendaItem, points: Sequence[Resolved] | None, reason: str
) -> Sequence[Resolved]:
    """The points that are decided: as written, else as the questions left them, else the reason."""
    left = resolution(item)
    resolved = points if points is not None else left
    if item.matter is not None:
        asked = {each.assignee_id for each in resolved if each.assignee_id is not None}
        before = {each.assignee_id for each in left}
        require_responsible(context, item.matter.body, asked, before)
        return resolved
    if any(each.assignee_id is not None for each in resolved):
        raise Conflict("assignment_of_no_matter", title=item.title)
    return resolved or [Resolved(line.strip()) for line in reason.split("\n") if line.strip()]


def _decide(
    context: Context, item: AgendaItem, resolved: Sequence[Resolved], lead_in: str | None
) -> Decision:
    matter = item.matter
    if not resolved:
        raise Invalid("decision_points_missing")
    if not all(point.text.strip() for point in resolved):
        raise Invalid("point_missing")
    if lead_in is None:
        lead_in = "" if matter is None or is_rejected(item) else matter.decision_lead_in
    decision = Decision(
        organisation_id=item.organisation_id,
        matter_id=matter.id if matter else None,
        decided_on=item.meeting.day,
        lead_in=lead_in,
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
    """Raises as the matter's own workflow does, also for what waits for the meeting's end."""
    cause = _with_reason(context, matter, outcome, reason).caused_by(item.meeting, "conclude_item")
    if outcome in LEAVES_LAST:
        context.services.engine.check(cause, matter, TRIGGERS[outcome])
    else:
        context.services.engine.fire(cause, matter, TRIGGERS[outcome])


def settle_items(context: Context, meeting: Meeting) -> None:
    """The meeting is over: what it was told is reported, and what it sent away leaves the agenda.

    A matter that somebody has taken off meanwhile, or that left when the meeting ended before,
    is where it should be.
    """
    for item in meeting.agenda:
        for told in reported_at(context.session, item.organisation_id, item.id):
            if told.state == "decided":
                report(context.given().caused_by(meeting, "end"), told)
        matter = item.matter if item.item_type == "decision" else None
        if matter is None or item.outcome not in LEAVES_LAST or matter.state != "on_agenda":
            continue
        if item.outcome == "proposed":
            carry_over(context, item, matter)
        given = _with_reason(context, matter, item.outcome, item.outcome_reason or item.title)
        context.services.engine.fire(
            given.caused_by(meeting, "end"), matter, TRIGGERS[item.outcome]
        )


def _with_reason(context: Context, matter: Matter, outcome: str, reason: str) -> Context:
    """The reason is the input of those steps that ask for one."""
    definition = context.services.engine.definition_of(matter)
    step = definition.step(TRIGGERS[outcome], matter.state)
    asks = step is not None and any(declared.name == "reason" for declared in step.inputs)
    return context.given(reason=reason) if asks else context.given()
