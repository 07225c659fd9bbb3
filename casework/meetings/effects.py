"""What follows when a meeting moves: §§, documents, locks, notice and the matters' own steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.counters import draw
from casework.deadlines.calendar import due
from casework.documents.contexts import item_checksum, item_from_json, item_to_json
from casework.documents.models import Document
from casework.errors import Conflict
from casework.meetings import letters, papers
from casework.meetings.guards import notice_of
from casework.meetings.models import Meeting, Minutes, MinutesItem
from casework.people.models import Organisation

if TYPE_CHECKING:
    from casework.context import Context


def send_summons(context: Context, meeting: Meeting) -> None:
    """The summons that was drawn up just now goes to members and substitutes (KL 6:17)."""
    summons = context.session.scalar(
        select(Document)
        .where(
            Document.organisation_id == meeting.organisation_id,
            Document.subject_type == "meeting",
            Document.subject_id == meeting.id,
            Document.kind == "summons",
        )
        .order_by(Document.id.desc())
        .limit(1)
    )
    if summons is None:
        raise Conflict("summons_not_drawn_up")
    count = letters.send_summons(context, meeting, summons)
    context.record(meeting, "summons_sent", letters=count)


def begin_session(_context: Context, meeting: Meeting) -> None:
    """The meeting is opened; what was on the agenda is what will be handled."""
    meeting.ends_at = None


def end_session(context: Context, meeting: Meeting) -> None:
    meeting.ends_at = max(context.moment, meeting.starts_at)


def number_items(context: Context, meeting: Meeting) -> None:
    """Give each item its §, without gap per body and calendar year, and fix its content."""
    minutes = Minutes(organisation_id=meeting.organisation_id, meeting_id=meeting.id)
    context.session.add(minutes)
    context.session.flush()
    year = meeting.day.year
    first = draw(
        context.session,
        meeting.organisation_id,
        f"section {meeting.body_id} {year}",
        len(meeting.agenda),
    )
    for number, item in enumerate(meeting.agenda, start=first):
        recipients = [row.name for row in item.matter.recipients] if item.matter else []
        content = papers.minutes_item(item, number, recipients)
        item.minutes_item = MinutesItem(
            organisation_id=meeting.organisation_id,
            minutes_id=minutes.id,
            body_id=meeting.body_id,
            year=year,
            section_number=number,
            content=item_to_json(content),
            content_sha256=item_checksum(content),
        )
    minutes.first_section, minutes.last_section = first, first + len(meeting.agenda) - 1
    meeting.minutes = minutes
    context.record(minutes, "numbered", first=first, last=minutes.last_section)


def draw_up_summons(context: Context, meeting: Meeting) -> Document:
    """The summons with its agenda, as PDF."""
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    meeting.summoned_at = context.moment
    return context.services.press.draw_up(
        context,
        meeting,
        papers.summons(meeting, organisation, context.today),
        title=f"Kallelse {meeting.body.short_name} {meeting.day.isoformat()}",
        name=f"{meeting.body.short_name}_{meeting.day.isoformat()}_kallelse",
        is_record=True,
    )


def draw_up_minutes(context: Context, meeting: Meeting) -> Document:
    """The minutes as the PDF that will be signed; raises Conflict before the §§ are numbered."""
    minutes = meeting.minutes
    if minutes is None:
        raise Conflict("no_minutes_to_sign")
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    items = [
        item_from_json(item.minutes_item.content) for item in meeting.agenda if item.minutes_item
    ]
    noun = "Protokoll" if meeting.body.is_statutory else "Minnesanteckningar"
    document = context.services.press.draw_up(
        context,
        meeting,
        papers.minutes(meeting, organisation, items, context.today),
        title=f"{noun} {meeting.body.short_name} {meeting.day.isoformat()}",
        name=f"{meeting.body.short_name}_{meeting.day.isoformat()}_{noun.lower()}",
        is_record=True,
    )
    minutes.document_id = document.id
    return document


def lock_minutes(context: Context, meeting: Meeting) -> None:
    """From now on the minutes are what they are; a correction is a new document."""
    if meeting.minutes is None:
        raise Conflict("no_minutes_to_sign")
    meeting.attested_at = context.moment
    meeting.minutes.locked_at = context.moment
    context.record(meeting.minutes, "locked")


def attest_matters(context: Context, meeting: Meeting) -> None:
    """Each matter that the meeting decided is attested in its own workflow."""
    for item in meeting.agenda:
        if item.matter is not None and item.outcome in ("decided", "recommended"):
            cause = context.given().caused_by(meeting, "attest")
            context.services.engine.fire(cause, item.matter, "attest")


def post_notice(context: Context, meeting: Meeting) -> None:
    """Announce the attested minutes on the board (KL 8:12); all dates come from the one day."""
    if meeting.minutes is None:
        raise Conflict("no_minutes_to_sign")
    announced = context.today
    appeal = due("appeal", announced)
    board_notice = BoardNotice(
        organisation_id=meeting.organisation_id,
        minutes_id=meeting.minutes.id,
        announced_on=announced,
        announced_at=context.moment,
        appeal_until=appeal.due,
        take_down_on=due("take_down", announced).due,
    )
    context.session.add(board_notice)
    context.record(
        board_notice,
        "posted",
        announced_on=announced.isoformat(),
        appeal_until=appeal.due.isoformat(),
        statute=appeal.statute,
    )


def take_notice_down(context: Context, meeting: Meeting) -> None:
    notice = notice_of(context, meeting)
    if notice is None:
        raise Conflict("notice_not_posted")
    notice.taken_down_at = context.moment
    context.record(notice, "taken_down")


PAPERS: dict[str, Any] = {"summons": draw_up_summons, "minutes": draw_up_minutes}

EFFECTS: dict[str, Any] = {
    "send_summons": send_summons,
    "begin_session": begin_session,
    "end_session": end_session,
    "number_items": number_items,
    "lock_minutes": lock_minutes,
    "attest_matters": attest_matters,
    "post_notice": post_notice,
    "take_notice_down": take_notice_down,
}
