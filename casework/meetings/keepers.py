"""Who kept the minutes: the meeting's secretary, and whoever stood in for them on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.documents.contexts import Signature
from casework.meetings.wording import section_ranges
from casework.people.policy import absent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.context import Context
    from casework.meetings.models import Meeting

WROTE, KEPT = "Har upprättat protokollet", "Har fört protokollet"


def secretaries(context: Context, meeting: Meeting) -> tuple[Signature, ...]:
    """The lines under the minutes of those who kept them, each with the §§ that were theirs.

    The law names no secretary: the minutes are kept on the chair's responsibility (KL 5:65, 6:35).
    So each is named who did keep them, and whoever draws them up answers for having done so, in
    whose place they did.
    """
    secretary = meeting.secretary
    if secretary is None:
        return ()
    stood_in = _concluded_in_place(context, meeting, secretary.name)
    writer = _writer(context, meeting) or secretary.name
    kept: dict[str, list[int]] = {writer: []}
    for item in meeting.agenda:
        if item.minutes_item is not None:
            name = stood_in.get(item.id, secretary.name)
            kept.setdefault(name, []).append(item.minutes_item.section_number)
    if list(kept) == [secretary.name]:
        return (Signature("Sekreterare", secretary.name, WROTE),)
    order = sorted(kept, key=lambda name: kept[name] or [0])
    return tuple(_line(name, kept[name], writer, secretary.name, len(kept)) for name in order)


def _line(
    name: str, sections: Sequence[int], writer: str, secretary: str, several: int
) -> Signature:
    sign = "§" if len(sections) == 1 else "§§"
    own = f" {sign}\u00a0{section_ranges(list(sections))}" if sections and several > 1 else ""
    part = WROTE if name == writer else KEPT
    place = "" if name == secretary else f", i stället för {secretary}"
    return Signature(f"Sekreterare{own}", name, f"{part}{place}")


def _concluded_in_place(context: Context, meeting: Meeting, secretary: str) -> Mapping[int, str]:
    """Each item that was concluded in the secretary's place, and by whom; the last time counts."""
    entries = context.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.organisation_id == meeting.organisation_id,
            AuditEntry.subject_type == meeting.__tablename__,
            AuditEntry.subject_id == meeting.id,
            AuditEntry.action == "item_concluded",
        )
        .order_by(AuditEntry.sequence)
    )
    last = {each.detail["item_id"]: each for each in entries}
    return {
        item_id: each.actor_name
        for item_id, each in last.items()
        if each.detail.get("in_place_of") == secretary
    }


def _writer(context: Context, meeting: Meeting) -> str | None:
    """Who draws them up in the secretary's place: who has signed so, or is about to."""
    signed = [
        each.person.name
        for each in (meeting.minutes.signatures if meeting.minutes else ())
        if each.capacity == "secretary"
    ]
    if signed:
        return signed[0]
    person_id = context.actor.person_id
    if person_id is None or person_id == meeting.secretary_id:
        return None
    away = absent(context.session, meeting.organisation_id, person_id, context.today)
    return context.actor.name if meeting.secretary_id in away else None
