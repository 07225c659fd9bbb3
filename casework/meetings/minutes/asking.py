"""Asking for signatures: whoever is to sign is told, with a link to what there is to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.inbox.service import tell
from casework.meetings.signatories import signatories
from casework.people.letters import page_of

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Minutes


def ask_for_signatures(context: Context, minutes: Minutes, reason: str = "") -> None:
    """Tell the chair and the attesters that there is a document to sign; once for each PDF."""
    whole, meeting = minutes.kind == "meeting", minutes.meeting
    content = {
        **meeting.facts(),
        "link": f"{page_of(context, meeting)}#attestation",
        "section": minutes.first_section,
        "is_correction": minutes.kind == "correction",
    }
    for each in signatories(minutes):
        tell(
            context,
            each.person,
            minutes,
            "to_sign",
            reason=reason,
            letter="minutes_to_sign" if whole else "",
            content=content,
            occasion=str(minutes.document_id),
        )
