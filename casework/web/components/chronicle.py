"""What has happened to a person, a body or a recipient: the newest, and the way to all of it.

What has papers too has pages of its own for both (`casework.web.components.records`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.audit.models import AuditEntry
from casework.audit.queries import of_subject
from casework.db import counted
from casework.web.components.paging import Part, Stretch
from casework.web.shapes import HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.web.shapes import HistoryEntry

FIRST, ALL = 50, 1000


def chronicle(
    context: Context, row: Any, own_page: str, told: Callable[[AuditEntry], HistoryEntry]
) -> Part[HistoryEntry]:
    """The newest entries in the words of `told`; all of them where the address asks for it."""
    stretch = Stretch("history", FIRST, ALL)
    statement = of_subject(context.organisation_id, row.__tablename__, row.id)
    entries = context.session.scalars(stretch.of(statement)).all()
    lines = [told(each) for each in entries[: stretch.size]]
    if len(entries) <= stretch.size:
        return Part(lines)
    count = counted(context.session, statement, AuditEntry.id)
    return Part(lines, stretch.rest(own_page, count))
