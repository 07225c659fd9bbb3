"""What must hold before a meeting moves, and before a matter goes on an agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casework.board.queries import notice_of as notice_of_subject
from casework.deadlines.calendar import before
from casework.delegation.queries import urgent_unreported
from casework.meetings.attestation import awaited
from casework.meetings.minutes import missing_points
from casework.meetings.models import AgendaItem, Correction, Meeting, MinutesItem
from casework.meetings.roll import quorum_at
from casework.meetings.service import unsigned_at_once
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from datetime import date

    from casework.board.models import BoardNotice
    from casework.context import Context
    from casework.matters.models import Matter
    from casework.meetings.models import Minutes


def has_agenda(_context: Context, meeting: Meeting) -> Blocker | None:
    if not meeting.agenda:
        return Blocker("agenda_empty", place="#agenda")
    return None


def has_day_ahead(context: Context, meeting: Meeting) -> Blocker | None:
    """Nobody is summoned to a day that has passed."""
    if context.today > meeting.day:
        return Blocker("meeting_day_passed", {"day": meeting.day.isoformat()})
    return None


def summons_in_time(context: Context, meeting: Meeting) -> Blocker | None:
    """The last day for the summons: the body's own days before the meeting, moved earlier."""
    last = last_summons_day(meeting)
    if meeting.body.summons_days and context.today > last:
        return Blocker(
            "summons_late",
            {"days": meeting.body.summons_days, "last": last.isoformat()},
            statute=meeting.body.legal.law.summons_statute,
            place="#agenda",
        )
    return None


def summons_may_be_late(context: Context, meeting: Meeting) -> Blocker | None:
    """A late summons is the body's own affair, unless the law itself sets the day (KL 5:13)."""
    law = meeting.body.legal.law
    if summons_in_time(context, meeting) is None:
        return Blocker("summons_not_late", {"last": last_summons_day(meeting).isoformat()})
    if law.summons_binds:
        last = last_summons_day(meeting).isoformat()
        return Blocker("summons_bound_by_law", {"last": last}, law.summons_statute, "#agenda")
    return None


def last_summons_day(meeting: Meeting) -> date:
    """Counted back from the meeting; a day off moves it earlier, never later."""
    return before(meeting.day, meeting.body.summons_days)


def has_supplement(_context: Context, meeting: Meeting) -> Blocker | None:
    if not any(item.supplement > meeting.supplements for item in meeting.agenda):
        return Blocker("supplement_empty", place="#agenda")
    return None


def supplement_in_time(context: Context, meeting: Meeting) -> Blocker | None:
    """An assembly's urgent matters are announced by the last working day before (KL 5:14)."""
    law = meeting.body.legal.law
    if law.supplement_days is None:
        return None
    last = before(meeting.day, law.supplement_days)
    if context.today > last:
        told = {"last": last.isoformat()}
        return Blocker("supplement_late", told, law.supplement_statute, "#agenda")
    return None


def supplement_sent(context: Context, meeting: Meeting) -> Blocker | None:
    """What came after the summons is told before the meeting opens, while the law lets it be."""
    unsent = [item.title for item in meeting.agenda if item.supplement > meeting.supplements]
    if unsent and supplement_in_time(context, meeting) is None:
        return Blocker("supplement_unsent", {"titles": unsent}, place="#agenda")
    return None


def unannounced(context: Context, meeting: Meeting) -> Blocker | None:
    """What an assembly has added without announcing it, for the secretary to be warned of.

    Until the last working day before it can still be announced (KL 5:14); from then on it is
    taken up only if everybody present agrees (KL 5:52). It stops no step by itself.
    """
    law = meeting.body.legal.law
    if law.supplement_days is None or meeting.state not in ("summoned", "in_session"):
        return None
    waiting = [
        item.title
        for item in meeting.agenda
        if item.supplement > meeting.supplements
        and not item.all_agreed
        and item.outcome == "pending"
    ]
    if not waiting:
        return None
    if meeting.state == "summoned" and supplement_in_time(context, meeting) is None:
        last = before(meeting.day, law.supplement_days).isoformat()
        told = {"titles": waiting, "last": last, "statute": law.supplement_statute}
        return Blocker("supplement_waits", told, law.supplement_statute, "#agenda")
    told = {"titles": waiting, "statute": law.supplement_statute, "urgent": law.urgent_statute}
    return Blocker("supplement_missed", told, law.urgent_statute, "#agenda")


def has_chair_present(_context: Context, meeting: Meeting) -> Blocker | None:
    """Somebody leads the meeting; the roll says who."""
    if not any(row.capacity == "chair" and row.is_present for row in meeting.attendances):
        return Blocker("chair_not_present", place="#attendance")
    return None


def urgent_decisions_reported(context: Context, meeting: Meeting) -> Blocker | None:
    """What the chair decided alone is reported at the next meeting (KL 6:40).

    A meeting that lost its quorum can report nothing (KL 6:27): it waits for the one after.
    """
    items = [item for item in meeting.agenda if item.reports == "urgent_decisions"]
    if any(e.outcome == "not_handled" and not quorum_at(context, e).is_met for e in items):
        return None
    left = urgent_unreported(context.session, meeting.organisation_id, meeting.body_id)
    decided = [each.designation for each in left if (each.decided_on or meeting.day) <= meeting.day]
    if decided:
        return Blocker("urgent_unreported", {"decisions": decided}, "KL 6:40", "#agenda")
    return None


def has_six_points(_context: Context, meeting: Meeting) -> Blocker | None:
    """What KL 5:67 (6:35) asks of every §, each lack named."""
    lacking = missing_points(meeting.agenda)
    if lacking:
        what = [f"§\u00a0{each.section} p. {each.point}: {each.what}" for each in lacking]
        return Blocker("six_points_missing", {"what": what}, "KL 5:67, 6:35", "#minutes")
    return None


def all_items_decided(_context: Context, meeting: Meeting) -> Blocker | None:
    left = [item.title for item in meeting.agenda if item.outcome == "pending"]
    if left:
        return Blocker("items_pending", {"titles": left}, place="#agenda")
    return None


def not_adjourned(_context: Context, meeting: Meeting) -> Blocker | None:
    """A meeting that is adjourned goes on before it ends."""
    return Blocker("meeting_adjourned") if meeting.adjournment else None


def day_has_come(context: Context, meeting: Meeting) -> Blocker | None:
    """Nothing is decided, signed or announced of a meeting that has not been held."""
    if context.today < meeting.day:
        return Blocker("meeting_day_ahead", {"day": meeting.day.isoformat()})
    return None


def nothing_recorded(_context: Context, meeting: Meeting) -> Blocker | None:
    """What was recorded at a meeting was recorded of one that was held."""
    begun = [
        item
        for item in meeting.agenda
        if item.outcome != "pending"
        or item.recusals
        or item.floor_proposals
        or item.propositions
        or item.statements
        or item.participants
    ]
    if begun or meeting.attendances or meeting.breaks:
        return Blocker("meeting_recorded", place="#agenda")
    return None


def on_meeting_day(context: Context, meeting: Meeting) -> Blocker | None:
    """What was ended too early goes on the same day, or is another meeting."""
    if context.today != meeting.day:
        return Blocker("meeting_day_over", {"day": meeting.day.isoformat()})
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


def notice_of(context: Context, meeting: Meeting) -> BoardNotice | None:
    """The notice of the meeting's minutes, if it has been posted."""
    if meeting.minutes is None:
        return None
    return notice_of_subject(
        context.session, meeting.organisation_id, "minutes", meeting.minutes.id
    )


def all_signed(context: Context, meeting: Meeting) -> Blocker | None:
    if meeting.minutes is None:
        return Blocker("signatures_missing", {"names": []}, "KL 5:69", "#attestation")
    return signed_by_all(context, meeting.minutes)


def signed_by_all(_context: Context, minutes: Minutes) -> Blocker | None:
    waiting = [each.person.name for each in awaited(minutes)]
    if waiting or not minutes.meeting.attestations:
        return Blocker("signatures_missing", {"names": waiting}, "KL 5:69", "#attestation")
    return None


def signed_by_itself(_context: Context, minutes: Minutes) -> Blocker | None:
    """The minutes of the whole meeting are not withdrawn, but taken back to be changed."""
    if minutes.kind == "meeting":
        return Blocker("minutes_are_taken_back", statute="KL 5:69", place="#next-steps")
    return None


def immediate_signed(context: Context, meeting: Meeting) -> Blocker | None:
    """What is to be attested at once comes before the rest, with a notice of its own."""
    waiting = unsigned_at_once(context.session, meeting)
    if waiting:
        return Blocker("immediate_unsigned", {"sections": waiting}, "KL 5:69, 6:35", "#attestation")
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
    return (
        context.session.scalars(
            select(AgendaItem)
            .join(Meeting, AgendaItem.meeting_id == Meeting.id)
            .where(
                AgendaItem.organisation_id == matter.organisation_id,
                AgendaItem.matter_id == matter.id,
                AgendaItem.outcome.in_(("decided", "recommended")),
            )
            .options(
                joinedload(AgendaItem.minutes_item)
                .joinedload(MinutesItem.corrections)
                .joinedload(Correction.minutes)
            )
            .order_by(Meeting.starts_at.desc(), AgendaItem.id.desc())
            .limit(1)
        )
        .unique()
        .one_or_none()
    )


GUARDS = {
    "has_agenda": has_agenda,
    "has_chair_present": has_chair_present,
    "has_six_points": has_six_points,
    "has_day_ahead": has_day_ahead,
    "has_supplement": has_supplement,
    "supplement_in_time": supplement_in_time,
    "supplement_sent": supplement_sent,
    "summons_in_time": summons_in_time,
    "summons_may_be_late": summons_may_be_late,
    "urgent_decisions_reported": urgent_decisions_reported,
    "all_items_decided": all_items_decided,
    "not_adjourned": not_adjourned,
    "on_meeting_day": on_meeting_day,
    "day_has_come": day_has_come,
    "nothing_recorded": nothing_recorded,
    "has_attesters": has_attesters,
    "has_signers": has_signers,
    "all_signed": all_signed,
    "immediate_signed": immediate_signed,
    "signed_by_all": signed_by_all,
    "signed_by_itself": signed_by_itself,
    "minutes_attested": minutes_attested,
}
