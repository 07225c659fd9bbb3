"""Withdrawing what waits for signatures by itself: a § that was to be attested at once, or a
correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.db import lock
from casework.meetings.minutes.text import take_in
from casework.meetings.models import Correction, MinutesItem

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Minutes


def withdraw_signing(context: Context, minutes: Minutes) -> None:
    """What not all have signed will not be: its § is attested with the others, or stands.

    Those who had signed it are named in the record; their signatures stay with the PDF that they
    are over. The § keeps its number.
    """
    row = _section(context, minutes)
    lock(context.session, minutes.meeting)
    if minutes.kind == "immediate":
        take_in(context, row)
    context.record(
        minutes.meeting,
        "attestation_withdrawn",
        kind=minutes.kind,
        section=row.section_number,
        item_id=row.agenda_item_id,
        names=[each.person.name for each in minutes.signatures],
        reason=context.input["reason"],
    )


def _section(context: Context, minutes: Minutes) -> MinutesItem:
    own = MinutesItem.minutes_id == minutes.id
    if minutes.kind == "correction":
        of_it = select(Correction.minutes_item_id).where(Correction.minutes_id == minutes.id)
        own = MinutesItem.id.in_(of_it)
    return context.session.scalars(
        select(MinutesItem).where(MinutesItem.organisation_id == minutes.organisation_id, own)
    ).one()
