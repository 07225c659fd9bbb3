"""Correcting an attested §: a document of its own, signed as the minutes are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casework.context import STOCKHOLM
from casework.db import lock as hold
from casework.documents.contexts import item_from_json, item_to_json
from casework.documents.minutes_item import item_checksum
from casework.errors import Conflict, Invalid, Stale
from casework.meetings.demands import require_secretary
from casework.meetings.minutes import paper
from casework.meetings.minutes.asking import ask_for_signatures
from casework.meetings.minutes.mending import require_correction
from casework.meetings.minutes.signing import draw_up, sign_as_secretary
from casework.meetings.minutes.text import Edited, apply, begin, missing_of
from casework.meetings.models import Correction, MinutesItem

if TYPE_CHECKING:
    from collections.abc import Collection

    from casework.context import Context
    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import AgendaItem


def correct(
    context: Context,
    row: MinutesItem,
    edited: Edited,
    reason: str,
    *,
    expected: str | None = None,
    confirmed: Collection[str] = (),
) -> Correction:
    """Begin a correction of an attested §: a document of its own, signed like the minutes.

    It supersedes the § once signed; the § itself is never changed (JO 2571-1999). It mends an
    obvious slip (FL 36); `confirmed` names the KINDS of `changes` that were asked about, `expected`
    the checksum of the wording that was read. Raises Conflict before attestation, while another
    waits, for another outcome and for what must be confirmed; Stale if another wording is in force;
    Invalid without a change or a reason, and for one that takes away what KL 5:67 asks for.
    """
    meeting = row.agenda_item.meeting
    require_secretary(context, meeting)
    hold(context.session, row)
    context.session.expire(row, ["corrections"])
    if row.minutes.locked_at is None:
        raise Conflict("minutes_not_attested")
    if any(each.minutes.state == "open" for each in row.corrections):
        raise Conflict("correction_waits", section=row.section_number)
    now = row.in_force
    if expected is not None and expected != now.content_sha256:
        raise Stale("stale")
    before = item_from_json(now.content)
    content = apply(before, edited)
    if item_checksum(content) == now.content_sha256:
        raise Invalid("nothing_corrected")
    if meeting.body.is_statutory:
        _require_kept(row.agenda_item, before, content)
    require_correction(row, before, content, reason, confirmed)
    content = replace(content, correction=_correction_note(row, reason.strip()))
    minutes = begin(context, meeting, "correction", row.section_number)
    correction = Correction(
        organisation_id=row.organisation_id,
        minutes_id=minutes.id,
        minutes=minutes,
        number=len(row.corrections) + 1,
        content=item_to_json(content),
        content_sha256=item_checksum(content),
        reason=reason.strip(),
    )
    row.corrections.append(correction)
    alone = paper.correction(content.number, meeting, now.content_sha256)
    draw_up(context, minutes, [content], alone)
    sign_as_secretary(context, minutes)
    context.record(
        meeting,
        "correction_begun",
        section=row.section_number,
        item_id=row.agenda_item_id,
        reason=correction.reason,
    )
    context.session.flush()
    ask_for_signatures(context, minutes, correction.reason)
    return correction


def _require_kept(item: AgendaItem, before: Content, after: Content) -> None:
    """A correction takes away nothing that the law asks of a § (KL 5:67, 6:35)."""
    lacked = list(missing_of(item, before))
    lost = [
        f"p. {each.point}: {each.what}" for each in missing_of(item, after) if each not in lacked
    ]
    if lost:
        raise Invalid("correction_takes_away", section=after.number, what=lost)


def _correction_note(row: MinutesItem, reason: str) -> str:
    """What stands first in a corrected §: what it replaces and why."""
    attested = row.minutes.locked_at
    day = attested.astimezone(STOCKHOLM).date().isoformat() if attested else ""
    number = sum(each.minutes.locked_at is not None for each in row.corrections) + 1
    return (
        f"Rättelse {number} av §\u00a0{row.section_number} i protokoll justerat {day}."
        f" Ersätter den tidigare lydelsen. Skäl: {reason}"
    )
