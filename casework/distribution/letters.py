"""The letter that carries an excerpt, one for each dispatch (skeleton 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from casework.distribution.links import token_for
from casework.mail.addresses import Mailbox
from casework.mail.compose import compose
from casework.mail.outbox import Attachment, enqueue
from casework.people.models import Organisation, Person

if TYPE_CHECKING:
    from casework.context import Context
    from casework.distribution.models import Dispatch
    from casework.mail.models import Message


def excerpt_letter(context: Context, dispatch: Dispatch) -> Message:
    """Queue the letter of a dispatch, in the transaction that made the dispatch."""
    settings = context.services.settings
    excerpt = dispatch.excerpt
    document = context.services.press.document(context.session, excerpt.document_id)
    meeting = excerpt.minutes_item.minutes.meeting
    organisation = context.session.get_one(Organisation, context.organisation_id)
    sender = (
        context.session.get(Person, excerpt.certified_by_id) if excerpt.certified_by_id else None
    )
    link = f"{settings.base_url}/r/{token_for(settings.secret_key, dispatch)}"
    attested = meeting.attested_at or context.moment
    composed = compose(
        settings.templates_dir,
        "excerpt",
        "sv",
        {
            "organisation": organisation.name,
            "body": meeting.body.name,
            "body_short": meeting.body.short_name,
            "is_notes": not meeting.body.is_statutory,
            "meeting_date": meeting.day.isoformat(),
            "attested_date": attested.date().isoformat(),
            "section_number": excerpt.minutes_item.section_number,
            "title": excerpt.minutes_item.content["title"],
            "registration_number": excerpt.matter.registration_number,
            "action": "",
            "action_due": "",
            "acknowledge_url": link,
            "link_expires": dispatch.link_expires_at.date().isoformat(),
            "appeal_attached": False,
            "recipient_name": dispatch.recipient_name,
            "group_name": dispatch.group_name,
            "sender_name": sender.name if sender else context.actor.name,
            "sender_title": sender.title if sender else "",
            "phone": organisation.phone,
            "filename": document.filename,
            "size": document.size,
        },
    )
    return enqueue(
        context.session,
        organisation_id=context.organisation_id,
        key=f"dispatch:{dispatch.id}:{dispatch.link_epoch}",
        to_name=dispatch.recipient_name,
        to_address=dispatch.recipient_email,
        composed=composed,
        moment=context.moment,
        sender=Mailbox(meeting.body.name, meeting.body.email or organisation.email),
        domain=urlsplit(settings.base_url).hostname or "localhost",
        attachments=[
            Attachment(document.filename, document.media_type, document.sha256, document.size)
        ],
        subject_type="dispatch",
        subject_id=dispatch.id,
        group_name=dispatch.group_name,
    )
