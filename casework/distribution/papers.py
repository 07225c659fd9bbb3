"""What an excerpt contains: one § of attested minutes, exactly as the minutes have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.context import STOCKHOLM
from casework.documents.contexts import ExcerptContext, item_from_json
from casework.people.papers import office_of

if TYPE_CHECKING:
    from datetime import date

    from casework.board.models import BoardNotice
    from casework.meetings.models import Meeting, MinutesItem
    from casework.people.models import Organisation


def excerpt(
    item: MinutesItem,
    meeting: Meeting,
    organisation: Organisation,
    board_notice: BoardNotice | None,
    *,
    certified_by: str,
    certifier_title: str,
    certified_on: date,
    excerpt_id: str,
    check_url: str,
) -> ExcerptContext:
    """The excerpt of a §. Its item is the minutes' own, or its correction's, byte for byte."""
    attested, wording = item.minutes.locked_at, item.in_force
    return ExcerptContext(
        organisation=organisation.name,
        body=meeting.body.name,
        meeting_date=meeting.day.isoformat(),
        item=item_from_json(wording.content),
        certified_by=certified_by,
        certifier_title=certifier_title,
        certified_date=certified_on.isoformat(),
        excerpt_id=excerpt_id,
        checksum=wording.content_sha256,
        check_url=check_url,
        document_date=certified_on.isoformat(),
        is_notes=not meeting.body.is_statutory,
        attested_date=attested.astimezone(STOCKHOLM).date().isoformat() if attested else "",
        announced_date=board_notice.announced_on.isoformat() if board_notice else "",
        attachments=_attachments(item),
        office=office_of(organisation, meeting.body),
    )


def filename(item: MinutesItem, meeting: Meeting, registration_number: str) -> str:
    """`RUN_2025-06-03_p45_RUN-78-2022`: no personal data in a file name."""
    number = registration_number.replace("/", "-").replace(" ", "-")
    return f"{meeting.body.short_name}_{meeting.day.isoformat()}_p{item.section_number}_{number}"


def _attachments(item: MinutesItem) -> tuple[str, ...]:
    """What the body had before it when it decided, whatever the matter has become since."""
    visit = item.agenda_item
    if visit.matter is None:
        return ()
    return tuple(each.title for each in visit.matter.attachments_at(visit.concluded_at))
