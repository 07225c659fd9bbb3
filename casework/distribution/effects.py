"""What follows when a matter is dispatched, and when a letter has left or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.distribution import mending, service
from casework.distribution.letters import tell_of_failure
from casework.distribution.models import Dispatch
from casework.distribution.queries import letter_key
from casework.mail.reasons import plain

if TYPE_CHECKING:
    from casework.context import Context
    from casework.mail.models import Message
    from casework.matters.models import Matter


def queue_excerpts(context: Context, matter: Matter) -> None:
    service.queue_excerpts(context, matter)


def send_letter_again(context: Context, dispatch: Dispatch) -> None:
    mending.new_try(
        context,
        dispatch,
        email=context.input.get("email") or "",
        in_address_book=bool(context.input.get("in_address_book")),
    )


def note_returned(context: Context, dispatch: Dispatch) -> None:
    """A server took the letter, and sent it back later: no letter of ours tells of that."""
    dispatch.failure, dispatch.reason = "mail_returned", plain("mail_returned", {})
    tell_of_failure(context, dispatch)


def note_sent_otherwise(context: Context, dispatch: Dispatch) -> None:
    given = context.input
    mending.note_otherwise(
        context, dispatch, how=given["how"], day=given["day"], by=given.get("by") or ""
    )


def note_given_up(context: Context, dispatch: Dispatch) -> None:
    mending.note_given_up(context, dispatch, context.input["reason"])


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
        service.fail(context, dispatch, message.error_code, message.error_params)


def _dispatch_of(context: Context, message: Message) -> Dispatch | None:
    """The dispatch whose newest letter this is."""
    if message.subject_type != "dispatch" or message.subject_id is None:
        return None
    dispatch = context.session.get(Dispatch, message.subject_id)
    return dispatch if dispatch and message.key == letter_key(dispatch) else None
