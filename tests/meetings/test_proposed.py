"""Members read what they were sent; a draft is the officer's own until it is submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.matters.models import Matter
from casework.matters.service import Proposed, Text, revise
from casework.meetings.agenda.proposed import proposal_of
from casework.meetings.reading.pack import fingerprint, pack, papers_of
from casework.meetings.table.outcome import conclude_item

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem

    from .conftest import Table

DRAFT = "Ett utkast som ingen har lämnat in."


def seen(context: Context, item: AgendaItem) -> list[Any]:
    """All that a member reads of the item: its proposal, its pack and its papers."""
    meeting = item.meeting
    made = pack(context, meeting, meeting.agenda)
    return [
        proposal_of(context, item),
        made.summons,
        [entry.entry for entry in made.items],
        fingerprint(context, meeting, meeting.agenda),
        [(title, document.id) for title, document in papers_of(context, item)],
    ]


def test_a_draft_after_a_referral_back_is_not_read(table: Table) -> None:
    """TF 2:12: what the officer writes anew is seen when it is submitted and summoned."""
    table.on_item(
        lambda c, item: conclude_item(c, item, "referred_back", reason="Kostnaden saknas.")
    )
    table.act(lambda c, m: [conclude_item(c, each, "noted") for each in m.agenda[:-1]])
    table.fire("end")
    before = table.on_item(seen)

    def write(context: Context, item: AgendaItem) -> None:
        matter = context.session.get_one(Matter, item.matter_id)
        revise(context, matter, sections=[Text("Utkast", DRAFT)], points=[Proposed(DRAFT)])

    table.on_item(write, table.cast.officer)
    after = table.on_item(seen)
    assert after == before
    assert DRAFT not in repr(after)
    assert after[0].points
