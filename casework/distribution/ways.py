"""How the excerpts of a marked matter reach each recipient: not by open mail, unless decided so.

What is secret is not disclosed to whoever passes by (OSL 8:1), and personal data that harm somebody
are not sent unprotected (GDPR art. 32, as the supervisory authority reads it). So somebody signs in
to read, or it goes by post; a noted decision lets one recipient have it by open mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.accounts.models import User
from casework.db import lock
from casework.distribution.addressees import expand
from casework.distribution.models import MAIL, OPEN_MAIL, SIGN_IN, WAYS, DispatchWay
from casework.distribution.queries import DISPATCHERS
from casework.errors import Conflict, Invalid
from casework.people.policy import lacking, may
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.distribution.models import Dispatch, Recipient
    from casework.matters.models import Matter
    from casework.people.models import Person

STATUTE = "OSL 8:1, dataskyddsförordningen art. 32"
CHOOSERS = (*DISPATCHERS, "case_officer")
CHOICES = tuple(each for each in WAYS if each != MAIL)
LONGEST_REASON = 500


@dataclass(frozen=True)
class Reached:
    """A recipient of a marked matter, and the way that was decided; None for none."""

    recipient: Recipient
    way: DispatchWay | None


def choose_way(
    context: Context,
    matter: Matter,
    recipient: Recipient,
    way: str,
    *,
    reader: Person | None = None,
    reason: str = "",
) -> DispatchWay:
    """Decide how the recipient gets the matter's excerpts; what has left stays as it went.

    By sign_in `reader` reads it: whose account has the recipient's address, if not said. open_mail
    is a noted decision of those who dispatch, with its reason. Raises Forbidden for all but
    CHOOSERS and for who may not know of the matter, Conflict for a matter without a mark, for who
    is no recipient and for a reader with a conflict of interest, Invalid for no such way, no
    account or no reason.
    """
    lock(context.session, matter)
    _require_chooser(context, matter, way)
    if not matter.is_confidential:
        raise Conflict("way_needs_no_choice")
    if way not in CHOICES:
        raise Invalid("way_unknown", way=way, known=list(CHOICES))
    if recipient.id not in {each.recipient.id for each in expand(context, matter)}:
        raise Conflict("way_of_nobody", name=recipient.name)
    why = cleaned_line(reason)
    if (way == OPEN_MAIL and not why) or len(why) > LONGEST_REASON:
        raise Invalid("open_mail_needs_reason", statute=STATUTE, limit=LONGEST_REASON)
    reads = _reader(context, matter, recipient, reader) if way == SIGN_IN else None
    before = way_of(context.session, matter, recipient.id)
    if before is not None:
        before.until = context.moment
        context.session.flush()  # before a new one: only one of a recipient stands at a time
    row = DispatchWay(
        organisation_id=matter.organisation_id,
        matter_id=matter.id,
        recipient_id=recipient.id,
        way=way,
        reader_id=reads.id if reads else None,
        reason=why,
        decided_by_id=context.actor.person_id,
        decided_at=context.moment,
    )
    context.session.add(row)
    context.session.flush()
    told = {"reader": reads.name} if reads else {}
    context.record(
        matter,
        "open_mail_decided" if way == OPEN_MAIL else "dispatch_way_chosen",
        **{"recipient": recipient.name, "way": way, "reason": why, **told},
    )
    return row


def way_of(session: Session, matter: Matter, recipient_id: int) -> DispatchWay | None:
    """The way that stands for the recipient; None where nobody has decided one."""
    return session.scalar(_standing(matter).where(DispatchWay.recipient_id == recipient_id))


def ways_of(session: Session, matter: Matter) -> dict[int, DispatchWay]:
    """The ways that stand, by the recipient's id."""
    return {row.recipient_id: row for row in session.scalars(_standing(matter))}


def reached(context: Context, matter: Matter) -> list[Reached]:
    """Everybody to whom the matter's excerpt goes, with their way."""
    known = ways_of(context.session, matter)
    found = [each.recipient for each in expand(context, matter)]
    return [Reached(each, known.get(each.id)) for each in found]


def may_choose(context: Context, matter: Matter, way: str = "") -> bool:
    """Whether the actor may decide the ways of the matter; of open_mail those who dispatch."""
    own = context.actor.person_id
    who = DISPATCHERS if way == OPEN_MAIL else CHOOSERS
    knows = own is None or context.services.may_know(context, matter, own)
    return knows and may(context, matter, who)


def settle_way(context: Context, dispatch: Dispatch, email: str = "") -> None:
    """From now on the dispatch goes as is decided today: by mail to `email`, if that is given.

    What is read by signing in goes to the address of the reader's account. Raises Conflict
    `open_mail_refused` where nobody decided, `reader_without_account` once that is closed, and
    `reader_has_own_address`.
    """
    matter = dispatch.excerpt.matter
    row = way_of(context.session, matter, dispatch.recipient_id)
    address = email or dispatch.recipient_email
    if not matter.is_confidential:
        dispatch.way = MAIL
    elif row is None:
        raise Conflict("open_mail_refused", names=[dispatch.recipient_name], statute=STATUTE)
    else:
        dispatch.way = row.way
    if row is not None and dispatch.way == SIGN_IN:
        user = _account(context, row.reader_id)
        if user is None:
            raise Conflict("reader_without_account", name=dispatch.recipient_name)
        if email and address.lower() != user.email:
            raise Conflict("reader_has_own_address", name=user.person.name)
        address = user.email
    dispatch.recipient_email = address


def opens_for(session: Session, dispatch: Dispatch, reader_id: int | None) -> bool:
    """Whether the dispatch's link shows the excerpt to whoever holds it: to `reader_id`, the person
    who has signed in, or to anybody (None). While the matter is marked only as was decided."""
    matter = dispatch.excerpt.matter
    if not matter.is_confidential or dispatch.way == OPEN_MAIL:
        return True
    if dispatch.way != SIGN_IN or reader_id is None:
        return False
    row = way_of(session, matter, dispatch.recipient_id)
    return row is not None and row.reader_id == reader_id


def _standing(matter: Matter) -> Select[DispatchWay]:
    return select(DispatchWay).where(
        DispatchWay.organisation_id == matter.organisation_id,
        DispatchWay.matter_id == matter.id,
        DispatchWay.until.is_(None),
    )


def _require_chooser(context: Context, matter: Matter, way: str) -> None:
    if not may_choose(context, matter, way):
        raise lacking(DISPATCHERS if way == OPEN_MAIL else CHOOSERS)


def _reader(
    context: Context, matter: Matter, recipient: Recipient, reader: Person | None
) -> Person:
    if reader is None:
        found = context.session.scalar(
            _accounts(context).where(User.email == recipient.email.lower())
        )
    else:
        found = _account(context, reader.id)
    if found is None:
        raise Invalid("reader_without_account", name=reader.name if reader else recipient.name)
    if found.person_id in context.services.recused(context, [matter]):
        raise Conflict("is_recused", name=found.person.name)
    return found.person


def _account(context: Context, person_id: int | None) -> User | None:
    return context.session.scalar(_accounts(context).where(User.person_id == person_id))


def _accounts(context: Context) -> Select[User]:
    return select(User).where(
        User.organisation_id == context.organisation_id, User.is_active.is_(True)
    )
