"""Mending a dispatch that did not arrive: a new letter, another way than mail, or giving up.

The steps are the workflow's own, so a page and the API may take them as any other; the verbs here
also bring a dispatch that began on an older version to the steps of today.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from casework.addresses import checked_address
from casework.db import lock
from casework.distribution.address_book import revise_recipient
from casework.distribution.letters import excerpt_letter
from casework.distribution.queries import DISPATCHERS, letter_keys
from casework.distribution.ways import settle_way
from casework.errors import Conflict, Invalid, Stale
from casework.mail.outbox import withdraw
from casework.people.policy import may
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.distribution.models import Dispatch
    from casework.workflow.blockers import Blocker
    from casework.workflow.definition import Definition

SEND_AGAIN, REDIRECT, RETURNED = "retry", "redirect", "returned"
OTHERWISE, GIVE_UP = "send_otherwise", "give_up"
VERBS = (SEND_AGAIN, REDIRECT, RETURNED, OTHERWISE, GIVE_UP)


def open_verbs(context: Context, dispatch: Dispatch) -> dict[str, list[Blocker]]:
    """What the actor can do about the dispatch now, each with what stands in its way for a while.

    Empty for whoever does not dispatch for the body.
    """
    if not may(context, dispatch, DISPATCHERS):
        return {}
    engine = context.services.engine
    steps = _goes_on_with(context, dispatch).steps(dispatch.state)
    return {
        step.trigger: engine.blockers(context, dispatch, step)
        for step in steps
        if step.trigger in VERBS
    }


def send_again(
    context: Context,
    dispatch: Dispatch,
    *,
    email: str = "",
    in_address_book: bool = False,
    expected_version: int | None = None,
) -> None:
    """A new letter with a new link, to `email` from now on if that is given.

    While a letter waits, its address alone can be corrected. Raises Stale, Invalid
    `mail_address_wrong`, Blocked when it is on its way or has arrived, and Conflict
    `dispatch_waits_already` for whoever presses after another.
    """
    _hold(context, dispatch, expected_version)
    waits = dispatch.state == "queued"
    if waits and (not email or checked_address(email) == dispatch.recipient_email):
        raise Conflict("dispatch_waits_already")
    given: dict[str, Any] = {"email": email, "in_address_book": in_address_book}
    _take(context, dispatch, REDIRECT if waits else SEND_AGAIN, given)


def sent_otherwise(
    context: Context,
    dispatch: Dispatch,
    *,
    how: str,
    day: date,
    by: str = "",
    expected_version: int | None = None,
) -> None:
    """It went by another way (one of `models.OTHERWISE`) on that day; `by` the actor if not said.

    Raises Stale, Blocked, and Invalid for a day before the decision or one that has not come.
    """
    _hold(context, dispatch, expected_version)
    _take(context, dispatch, OTHERWISE, {"how": how, "day": day, "by": by})


def give_up(
    context: Context, dispatch: Dispatch, reason: str, expected_version: int | None = None
) -> None:
    """No more is done about it, for a reason that stays on record; raises Stale, Blocked."""
    _hold(context, dispatch, expected_version)
    _take(context, dispatch, GIVE_UP, {"reason": reason})


def returned(
    context: Context, dispatch: Dispatch, reason: str = "", expected_version: int | None = None
) -> None:
    """A letter that had been sent came back to the sender's mailbox; raises Stale, Blocked."""
    _hold(context, dispatch, expected_version)
    _take(context, dispatch, RETURNED, {"reason": reason})


def new_try(context: Context, dispatch: Dispatch, *, email: str, in_address_book: bool) -> None:
    """The old letter is withdrawn and the old link dies; a letter with a new one is queued.

    Raises Invalid `mail_address_wrong` while the address cannot be used, Conflict
    `letter_in_flight` while a deliverer has the old letter, and of a marked matter as `settle_way`.
    """
    before = dispatch.recipient_email
    settle_way(context, dispatch, checked_address(email) if email else "")
    checked_address(dispatch.recipient_email)
    address = dispatch.recipient_email
    settle_letters(context, dispatch)
    if address != before:
        context.record(dispatch, "address_corrected", before=before, after=address)
    if email and in_address_book:
        revise_recipient(context, dispatch.recipient, email=address)
    dispatch.failure = dispatch.reason = dispatch.given_up_because = ""
    dispatch.sent_at = None
    dispatch.link_epoch += 1
    dispatch.link_expires_at = context.moment + timedelta(days=context.services.settings.link_days)
    excerpt_letter(context, dispatch)


def note_otherwise(context: Context, dispatch: Dispatch, *, how: str, day: date, by: str) -> None:
    """How, when and by whom it went instead; raises Invalid for a day that cannot be."""
    decided = dispatch.excerpt.minutes_item.minutes.meeting.day
    if day > context.today:
        raise Invalid("otherwise_day_ahead", day=day.isoformat())
    if day < decided:
        raise Invalid("otherwise_before_decision", day=day.isoformat(), decided=decided.isoformat())
    settle_letters(context, dispatch)
    dispatch.otherwise_how, dispatch.otherwise_on = how, day
    dispatch.otherwise_by = cleaned_line(by) or context.actor.name


def note_given_up(context: Context, dispatch: Dispatch, reason: str) -> None:
    """Why no more is done about it."""
    settle_letters(context, dispatch)
    dispatch.given_up_because = reason.strip()


def settle_letters(context: Context, dispatch: Dispatch) -> None:
    """A person has taken care of it: none of its letters goes any more, or waits to be seen."""
    withdraw(context.session, dispatch.organisation_id, letter_keys(dispatch))


def _hold(context: Context, dispatch: Dispatch, expected_version: int | None) -> None:
    """Nobody else does anything about it until this transaction ends; raises Stale."""
    lock(context.session, dispatch)
    if expected_version not in (None, dispatch.version):
        raise Stale("stale")


def _take(context: Context, dispatch: Dispatch, trigger: str, given: dict[str, Any]) -> None:
    definition = _goes_on_with(context, dispatch)
    if definition.version != dispatch.workflow_version:
        dispatch.workflow_version = definition.version
        here = {"before": dispatch.state, "after": dispatch.state}
        context.record(dispatch, "migrated", version=definition.version, **here)
    stated = {name: value for name, value in given.items() if value not in ("", None, False)}
    context.services.engine.fire(context.given(**stated), dispatch, trigger)


def _goes_on_with(context: Context, dispatch: Dispatch) -> Definition:
    """The workflow of today, if it knows the state that the dispatch is in."""
    engine = context.services.engine
    current = engine.definitions.latest(dispatch.workflow)
    return current if dispatch.state in current.states else engine.definition_of(dispatch)
