"""Who signs the minutes: whoever led the meeting, and those elected to attest (KL 5:65, 5:69).

The chair attests what the chair has led. When somebody else leads an item, since the chair is
away or has a conflict of interest, that person signs as chair too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.meetings.models import Minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.meetings.models import Attestation, Meeting


from typing import TYPE_CHECKING

from casework.meetings.models import Meeting
from casework.meetings.wording import NBSP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from casework.context import Context
    from casework.people.models import Person

from typing import TYPE_CHECKING

from casework.meetings.models import Attestation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.meetings.models import Meeting
    from casework.people.models import Person


def signatories(minutes: Minutes) -> list[Attestation]:
    """Who is to sign: of one § alone (attested at once, or corrected) whoever led it.

    Those who had a conflict of interest sign no § by itself, as long as there are others.
    """
    everybody = list(minutes.meeting.attestations)
    if minutes.kind == "meeting":
        return everybody
    item = next(
        each
        for each in minutes.meeting.agenda
        if each.minutes_item and each.minutes_item.section_number == minutes.first_section
    )
    recused = {each.person_id for each in item.recusals}
    able = [each for each in everybody if each.person_id not in recused]
    led = [each for each in able if each.person_id == item.led_by_id]
    signing = [each for each in able if each.capacity == "attester" or each in led or not led]
    return signing or everybody


def sections_led(meeting: Meeting, person_id: int) -> list[int]:
    """The §§ that the person led."""
    return [
        item.minutes_item.section_number
        for item in meeting.agenda
        if item.minutes_item is not None and item.led_by_id == person_id
    ]


def settle_chairs(context: Context, meeting: Meeting) -> None:
    """Let the chairs among those who attest be those who have led the meeting this far."""
    if not meeting.attestations:
        return
    elected = [each.person for each in meeting.attestations if each.capacity == "attester"]
    wanted = attesting(meeting, elected)
    if wanted != [(each.person, each.capacity) for each in meeting.attestations]:
        replace_attestations(context, meeting, wanted)
        names = [person.name for person, capacity in wanted if capacity == "chair"]
        context.record(meeting, "chairs_settled", names=names)


def attesting(meeting: Meeting, elected: Sequence[Person]) -> list[tuple[Person, str]]:
    """The chairs, then those elected; whoever is both signs once, as elected if another led."""
    led, attesters = _leaders(meeting), {person.id for person in elected}
    chairs = [person for person in led if person.id not in attesters] or led[:1]
    signing = {person.id for person in chairs}
    return [(person, "chair") for person in chairs] + [
        (person, "attester") for person in elected if person.id not in signing
    ]


def replace_attestations(
    context: Context, meeting: Meeting, signing: Sequence[tuple[Person, str]]
) -> None:
    """Store who attests, in this order."""
    for attestation in list(meeting.attestations):
        context.session.delete(attestation)
    context.session.flush()
    meeting.attestations = [
        Attestation(
            organisation_id=meeting.organisation_id,
            person_id=person.id,
            position=position,
            capacity=capacity,
        )
        for position, (person, capacity) in enumerate(signing, start=1)
    ]
    context.session.flush()


def _leaders(meeting: Meeting) -> list[Person]:
    """Those who have led an item; before that whoever leads now, or is to."""
    led = {item.led_by_id: item.led_by for item in meeting.agenda if item.led_by is not None}
    if led:
        return list(led.values())
    here = [row.person for row in meeting.attendances if row.is_present and row.capacity == "chair"]
    return here or ([meeting.chair] if meeting.chair else [])


def unsigned_at_once(session: Session, meeting: Meeting) -> list[str]:
    """The §§ that were to be attested at once and wait for a signature, as `§ 12`."""
    numbers = session.scalars(
        select(Minutes.first_section)
        .where(
            Minutes.organisation_id == meeting.organisation_id,
            Minutes.meeting_id == meeting.id,
            Minutes.kind == "immediate",
            Minutes.state == "open",
        )
        .order_by(Minutes.first_section)
    )
    return [f"§{NBSP}{number}" for number in numbers]


def awaited(minutes: Minutes) -> list[Attestation]:
    """Those who have not signed yet as what they attest as."""
    signed = {each.person_id for each in minutes.signatures if each.capacity != "secretary"}
    return [each for each in signatories(minutes) if each.person_id not in signed]
