"""The letter that carries an excerpt, one for each dispatch, and the one that tells it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.context import STOCKHOLM
from casework.distribution.links import token_for
from casework.distribution.models import OPEN_MAIL, SIGN_IN
from casework.distribution.queries import DISPATCHERS, letter_key
from casework.inbox.service import tell
from casework.mail.addresses import Mailbox
from casework.matters.outside import SEALED
from casework.people.letters import post
from casework.people.models import Organisation, Person
from casework.people.papers import office_of
from casework.people.service import holders
from casework.phrases import sentence

if TYPE_CHECKING:
    from casework.context import Context
    from casework.distribution.models import Dispatch
    from casework.mail.models import Message


def excerpt_letter(context: Context, dispatch: Dispatch) -> Message:
    """Queue the letter of a dispatch, in the transaction that made the dispatch.

    By `sign_in` it names the matter alone, goes to the address of the reader's account and has
    nothing attached; a marked matter's title stands in none. What goes by post has no letter.
    """
    if dispatch.way == SIGN_IN:
        return _sealed_letter(context, dispatch)
    excerpt = dispatch.excerpt
    item = excerpt.minutes_item
    meeting = item.minutes.meeting
    attested = (meeting.attested_at or context.moment).astimezone(STOCKHOLM)
    organisation = context.session.get_one(Organisation, context.organisation_id)
    sender = (
        context.session.get(Person, excerpt.certified_by_id) if excerpt.certified_by_id else None
    )
    return post(
        context,
        "excerpt",
        key=letter_key(dispatch),
        subject=dispatch,
        to=Mailbox(dispatch.recipient_name, dispatch.recipient_email),
        attached=[context.services.press.document(context.session, excerpt.document_id)],
        group_name=dispatch.group_name,
        opened=dispatch.way == OPEN_MAIL,
        content={
            "registration_number": excerpt.matter.registration_number,
            "title": SEALED if dispatch.sealed_as else item.content["title"],
            "section": item.section_number,
            "meeting_date": meeting.day.isoformat(),
            "attested_on": attested.date().isoformat(),
            "action": None,
            **_link(context, dispatch),
            "acknowledge": True,
            "appeal": False,
            "group": dispatch.group_name or None,
            "sender": {
                "name": sender.name if sender else context.actor.name,
                "title": sender.title if sender else "",
                "phone": (sender.phone if sender else "")
                or office_of(organisation, item.agenda_item.meeting.body).phone,
            },
        },
    )


def _sealed_letter(context: Context, dispatch: Dispatch) -> Message:
    return post(
        context,
        "excerpt_sealed",
        key=letter_key(dispatch),
        subject=dispatch,
        to=Mailbox(dispatch.recipient_name, dispatch.recipient_email),
        opened=True,
        content={"called": dispatch.sealed_as, **_link(context, dispatch)},
    )


def _link(context: Context, dispatch: Dispatch) -> dict[str, str]:
    settings = context.services.settings
    return {
        "link": f"{settings.base_url}/r/{token_for(settings.secret_key, dispatch)}",
        "link_until": dispatch.link_expires_at.astimezone(STOCKHOLM).date().isoformat(),
    }


def tell_of_failure(context: Context, dispatch: Dispatch) -> None:
    """Those who dispatch for the body are told that it did not arrive, and why; once each try."""
    matter, person_ids = dispatch.excerpt.matter, set()
    for role in DISPATCHERS:
        for person in holders(context, dispatch, role):
            if person.id in person_ids:
                continue
            person_ids.add(person.id)
            tell(
                context,
                person,
                dispatch,
                "dispatch_failed",
                reason=sentence(dispatch.reason, {}, "sv"),
                content={
                    "recipient": dispatch.recipient_name,
                    "address": dispatch.recipient_email,
                    "why": sentence(dispatch.reason, {}, "sv"),
                    "registration_number": matter.registration_number,
                    "title": matter.title,
                },
                occasion=str(dispatch.link_epoch),
            )
        if person_ids:
            return
