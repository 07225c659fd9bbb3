"""A long agenda is put in another order by a handful of statements, however long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

from casework.meetings.agenda import add_item, reorder

if TYPE_CHECKING:
    from typing import Any

    from .conftest import Table

ITEMS, MOST = 60, 10


def test_sixty_items_are_reordered_in_under_ten_statements(table: Table) -> None:
    """The count does not follow the length: one statement moves them all."""

    def fill(context: Any, meeting: Any) -> None:
        for number in range(ITEMS - len(meeting.agenda)):
            add_item(
                context,
                meeting,
                item_type="information",
                title=f"Ärende {number}",
                late_reason="Brådskar.",
            )

    table.act(fill)
    wanted = list(reversed(table.read(lambda meeting: [item.id for item in meeting.agenda])))
    assert len(wanted) == ITEMS
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engine = table.road.casework.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        table.act(lambda context, meeting: reorder(context, meeting, wanted))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert table.read(lambda meeting: [item.id for item in meeting.agenda]) == wanted
    assert 0 < len(statements) < MOST, "\n".join(statements)
