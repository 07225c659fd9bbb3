"""What must hold before a meeting moves, and before a matter goes on an agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.meetings.models import AgendaItem, Meeting
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter


def has_agenda(_context: Context, meeting: Meeting) -> Blocker | None:
    if not meeting.agenda:
        return Blocker("agenda_empty", place="#agenda")
    return None


def summons_in_time(context: Context, meeting: Meeting) -> Blocker | None:
    """The body's own number of days before the meeting, counted back and never shortened."""
    days = meeting.body.summons_days
    last = meeting.day - timedelta(days=days)
    if context.today > last:
        return Blocker(
            "summons_late",
            {"days": days, "last": last.isoformat()},
            statute=meeting.body.legal.statute,
            place="#summons",
        )
    return None


def all_items_decided(_context: Context, meeting: Meeting) -> Blocker | None:
    left = [item.title for item in meeting.agenda if item.outcome == "pending"]
    if left:
        return Blocker("items_pending", {"count": len(left), "titles": left}, place="#agenda")
    return None


def has_attesters(_context: Context, meeting: Meeting) -> Blocker | None:
    capacities = {attestation.capacity for attestation in meeting.attestations}
    if capacities != {"chair", "attester"}:
        return Blocker("attesters_missing", statute="KL 5:69, 6:35", place="#attestation")
    return None


def has_signers(_context: Context, meeting: Meeting) -> Blocker | None:
    """Notes are confirmed by somebody, usually the chair."""
    if not meeting.attestations:
        return Blocker("signers_missing", place="#attestation")
    return None


def no_scheduled_matters(_context: Context, meeting: Meeting) -> Blocker | None:
    """A meeting with matters on its agenda is not cancelled from under them."""
    waiting = [
        item.title
        for item in meeting.agenda
        if item.item_type == "decision" and item.outcome == "pending" and item.matter_id
    ]
    if waiting:
        return Blocker("matters_scheduled", {"titles": waiting}, place="#agenda")
    return None


def appeal_period_over(context: Context, meeting: Meeting) -> Blocker | None:
    """The notice stays up until the appeal period has run out (KL 8:12, 13:5)."""
    notice = notice_of(context, meeting)
    if notice is not None and context.today < notice.take_down_on:
        params = {"day": notice.take_down_on.isoformat()}
        return Blocker("notice_must_stay", params, "KL 8:12, 13:5", "#notice")
    return None


def notice_of(context: Context, meeting: Meeting) -> BoardNotice | None:
    """The notice of the meeting's minutes, if it has been posted."""
    if meeting.minutes is None:
        return None
    return context.session.scalar(
        select(BoardNotice).where(
            BoardNotice.organisation_id == meeting.organisation_id,
            BoardNotice.minutes_id == meeting.minutes.id,
        )
    )


def all_signed(_context: Context, meeting: Meeting) -> Blocker | None:
    waiting = [each.person.name for each in meeting.attestations if each.signed_at is None]
    if waiting or not meeting.attestations:
        return Blocker("signatures_missing", {"names": waiting}, "KL 5:69", "#attestation")
    return None


def minutes_attested(context: Context, matter: Matter) -> Blocker | None:
    """The newest meeting that decided the matter has locked minutes (KL 5:69)."""
    item = latest_decided_item(context, matter)
    minutes = item.minutes_item.minutes if item and item.minutes_item else None
    if minutes is None or minutes.locked_at is None:
        return Blocker("minutes_not_attested", statute="KL 5:69", place="#meetings")
    return None


def latest_decided_item(context: Context, matter: Matter) -> AgendaItem | None:
    """The matter's newest visit that ended in a decision or recommendation."""
    return context.session.scalar(
        select(AgendaItem)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(
            AgendaItem.organisation_id == matter.organisation_id,
            AgendaItem.matter_id == matter.id,
            AgendaItem.outcome.in_(("decided", "recommended")),
        )
        .order_by(Meeting.starts_at.desc(), AgendaItem.id.desc())
        .limit(1)
    )


GUARDS = {
    "has_agenda": has_agenda,
    "summons_in_time": summons_in_time,
    "all_items_decided": all_items_decided,
    "has_attesters": has_attesters,
    "has_signers": has_signers,
    "appeal_period_over": appeal_period_over,
    "no_scheduled_matters": no_scheduled_matters,
    "all_signed": all_signed,
    "minutes_attested": minutes_attested,
}
