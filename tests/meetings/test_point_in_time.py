"""A matter's file can be seen as it was, and what was drawn up then is made again byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.documents.store import verify_document
from casework.matters.models import Matter
from casework.meetings.reading.as_it_was import file_at, milestones
from casework.meetings.table.outcome import conclude_item

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem

    from .conftest import Table


def test_the_file_as_it_was(table: Table) -> None:
    """When submitted, when summoned, when decided, and now: the state and the words of each."""
    table.on_item(lambda c, item: conclude_item(c, item, "decided"))

    def look(context: Context, item: AgendaItem) -> list[tuple[str, str, int, str]]:
        matter = context.session.get_one(Matter, item.matter_id)
        found = []
        for milestone in milestones(context, matter):
            then = file_at(context, matter, milestone.moment)
            title = (then.proposal or {}).get("title", "")
            found.append((milestone.code, then.state, len(then.documents), title))
        return found

    title = "Handlingsplan för rumsligt perspektiv"
    assert table.on_item(look) == [
        ("submitted", "in_review", 2, title),
        ("summoned", "on_agenda", 4, title),
        ("decided", "decided", 4, title),
        ("now", "decided", 4, title),
    ]


def test_each_document_can_be_made_again(table: Table) -> None:
    """From its own snapshot, the same bytes."""

    def look(context: Context, item: AgendaItem) -> list[Any]:
        matter = context.session.get_one(Matter, item.matter_id)
        press = context.services.press
        documents = file_at(context, matter, context.moment).documents
        return [verify_document(each, press.makers, press.files) for each in documents]

    assert table.on_item(look) == [None] * 4
