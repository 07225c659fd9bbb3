"""Attesting one § at the table, before the rest of the minutes (KL 5:69)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.documents.contexts import item_to_json
from casework.documents.minutes_item import item_checksum
from casework.errors import Conflict
from casework.meetings.agenda.reporting import reported_lines
from casework.meetings.demands import require_in_session
from casework.meetings.minutes import paper
from casework.meetings.minutes.asking import ask_for_signatures
from casework.meetings.minutes.signing import draw_up, sign_as_secretary
from casework.meetings.minutes.text import begin, number_items
from casework.meetings.signatories import settle_chairs, signatories

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem, Minutes


def attest_immediately(context: Context, item: AgendaItem) -> Minutes:
    """Have one § written and attested at the table; it is announced by itself.

    The item keeps its place in the series of §§. Raises Conflict unless it is concluded, the
    meeting goes on and its attesters are named.
    """
    meeting = item.meeting
    require_in_session(context, meeting)
    if not meeting.body.is_statutory:
        raise Conflict("not_attested_by_law")
    if item.outcome == "pending":
        raise Conflict("item_pending", title=item.title)
    settle_chairs(context, meeting)
    if {each.capacity for each in meeting.attestations} != {"chair", "attester"}:
        raise Conflict("attesters_missing")
    number_items(context, meeting, meeting.agenda[: item.position])
    row = item.minutes_item
    if row is None or row.minutes.kind == "immediate":
        raise Conflict("attested_immediately_already", title=item.title)
    minutes = begin(context, meeting, "immediate", row.section_number)
    content = paper.minutes_item(
        item,
        row.section_number,
        reported=reported_lines(context, item),
        attested_immediately=True,
    )
    row.minutes = minutes
    row.minutes_id = minutes.id
    row.content, row.content_sha256 = item_to_json(content), item_checksum(content)
    if len(signatories(minutes)) < 2:
        raise Conflict("attester_led_it", section=row.section_number)
    document = draw_up(context, minutes, [content], paper.attested_at_once(content.number))
    sign_as_secretary(context, minutes)
    context.record(
        meeting,
        "immediate_attestation",
        section=row.section_number,
        item_id=row.agenda_item_id,
        sha256=document.sha256,
    )
    context.session.flush()
    ask_for_signatures(context, minutes)
    return minutes
