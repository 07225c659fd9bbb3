"""What must hold before a decision is sent, and before its matter is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from casework.distribution import queries
from casework.distribution.models import Dispatch, Excerpt
from casework.matters.models import Matter
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from casework.context import Context

OPEN = ("queued", "failed", "to_post")


def recipients_settled(context: Context, matter: Matter) -> Blocker | None:
    """Every recipient as written means somebody in the address book who is still in use."""
    if not matter.recipients:
        return Blocker("recipients_missing", place="#recipients")
    left = [written.name for written in matter.recipients if not written.is_settled]
    if left:
        return Blocker("recipients_unsettled", {"names": left}, place="#recipients")
    ended = queries.out_of_use(context.session, matter)
    names = [written.name for written in matter.recipients if written.id in ended]
    return Blocker("recipients_inactive", {"names": names}, place="#recipients") if names else None


def no_open_dispatches(context: Context, matter: Matter) -> Blocker | None:
    """Nothing queued or failed is left unseen."""
    statement = (
        select(func.count())
        .select_from(Dispatch)
        .join(Excerpt, Dispatch.excerpt_id == Excerpt.id)
        .where(
            Dispatch.organisation_id == matter.organisation_id,
            Excerpt.matter_id == matter.id,
            Dispatch.state.in_(OPEN),
        )
    )
    count = context.session.scalar(statement)
    if count:
        return Blocker("dispatches_open", {"count": count}, place="#dispatches")
    return None


def letter_at_rest(context: Context, dispatch: Dispatch) -> Blocker | None:
    """Nobody has the letter in hand: what is on its way to a server may arrive."""
    letter = queries.letters_of(context.session, [dispatch]).get(dispatch.id)
    if letter is not None and letter.state == "sending":
        return Blocker("letter_in_flight")
    return None


def all_sent(_person_id: int) -> ColumnElement[bool]:
    """Which matters `no_open_dispatches` lets through, for anybody."""
    # The tables themselves: what hides a dispatch from a reader does not send it.
    sent, row = Excerpt.__table__.alias("sent_excerpt"), Dispatch.__table__.alias("open_dispatch")
    return ~exists().where(
        row.c.organisation_id == Matter.organisation_id,
        row.c.excerpt_id == sent.c.id,
        row.c.state.in_(OPEN),
        sent.c.organisation_id == Matter.organisation_id,
        sent.c.matter_id == Matter.id,
    )
