"""Naming those who attest the minutes beside whoever led the meeting (KL 5:69)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.errors import Conflict, Invalid
from casework.meetings.demands import require_secretary
from casework.meetings.models import Meeting, Minutes, Signature
from casework.meetings.signatories import attesting, replace_attestations, unsigned_at_once
from casework.people.service import SEATED, appointed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.people.models import Person


def name_attesters(context: Context, meeting: Meeting, attesters: Sequence[Person]) -> None:
    """Who signs the minutes beside the chair; the secretary may not (KL 5:69, praxis).

    A § attested at once binds nobody to the rest. Raises Conflict once the minutes of the meeting
    are signed, and while a § waits for those who are named in it; Invalid for a stranger.
    """
    require_secretary(context, meeting)
    if _signed(context, meeting):
        raise Conflict("attestation_begun")
    waiting = unsigned_at_once(context.session, meeting)
    if waiting:
        raise Conflict("immediate_unsigned", sections=waiting)
    if any(person.id == meeting.secretary_id for person in attesters):
        raise Conflict("secretary_attests")
    _require_elected(context, meeting, attesters)
    replace_attestations(context, meeting, attesting(meeting, attesters))
    context.record(meeting, "attesters_named", names=[person.name for person in attesters])


def _require_elected(context: Context, meeting: Meeting, attesters: Sequence[Person]) -> None:
    """Where the law has minutes attested, those who sit in the body do it."""
    if not meeting.body.is_statutory:
        return
    seated = {
        person.id
        for role in SEATED
        for person in appointed(context, role, meeting.body_id, meeting.day)
    }
    strangers = [person.name for person in attesters if person.id not in seated]
    if strangers:
        raise Invalid("attester_not_elected", names=strangers)


def _signed(context: Context, meeting: Meeting) -> bool:
    signed = (
        select(Signature.id)
        .join(Minutes, Signature.minutes_id == Minutes.id)
        .where(
            Minutes.organisation_id == meeting.organisation_id,
            Minutes.meeting_id == meeting.id,
            Minutes.kind == "meeting",
            Signature.capacity != "secretary",
        )
    )
    return context.session.scalar(signed.limit(1)) is not None
