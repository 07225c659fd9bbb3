"""What follows when a matter is dispatched, and when a letter has left or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.addresses import checked_address
from casework.distribution import service
from casework.distribution.letters import excerpt_letter
from casework.distribution.models import Dispatch

if TYPE_CHECKING:
    from casework.context import Context
    from casework.mail.models import Message
    from casework.matters.models import Matter


def queue_excerpts(context: Context, matter: Matter) -> None:
    service.queue_excerpts(context, matter)


def send_letter_again(context: Context, dispatch: Dispatch) -> None:
    """A new letter with a new personal link; the old link dies.

    Raises Invalid `mail_address_wrong` while the address cannot be used.
    """
    checked_address(dispatch.recipient_email)
    dispatch.failure = ""
    dispatch.link_epoch += 1
    excerpt_letter(context, dispatch)


def letter_sent(context: Context, message: Message) -> None:
    """The dispatch follows its letter, in the transaction that marks the letter as sent."""
    dispatch = _dispatch_of(context, message)
    if dispatch is not None and dispatch.state in ("queued", "failed"):
        dispatch.sent_at = context.moment
        context.services.engine.fire(context.caused_by(dispatch, "letter"), dispatch, "send")


def letter_failed(context: Context, message: Message) -> None:
    """The dispatch waits for a person, with the reason."""
    dispatch = _dispatch_of(context, message)
    if dispatch is not None and dispatch.state == "queued":
        service.fail(context, dispatch, message.error_code)


def _dispatch_of(context: Context, message: Message) -> Dispatch | None:
    if message.subject_type != "dispatch" or message.subject_id is None:
        return None
    return context.session.get(Dispatch, message.subject_id)


EFFECTS: dict[str, Any] = {
    "queue_excerpts": queue_excerpts,
    "send_letter_again": send_letter_again,
}
