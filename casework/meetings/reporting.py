"""What was decided outside the meetings finds its place on the agenda by itself (KL 6:40, 7:8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.delegation.queries import reported_at, unreported
from casework.meetings.decisions import REPORTED_KINDS
from casework.meetings.models import AgendaItem
from casework.meetings.sections import insert, section_for
from casework.people.body_kinds import COMMITTEE_ITEMS

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting

LATE = "Beslut som ska anmälas har fattats efter kallelsen."


def add_missing_reports(context: Context, meeting: Meeting) -> None:
    """An item for each list of decisions that waits and that no item of the agenda reports.

    Without it a meeting could not end: an urgent decision is reported at the next (KL 6:40).
    """
    for reports, kind in REPORTED_KINDS.items():
        has_item = any(item.reports == reports for item in meeting.agenda)
        waiting = unreported(context.session, meeting.organisation_id, meeting.body_id, kind)
        if waiting and not has_item:
            _add(context, meeting, reports, len(waiting))


def reported_lines(context: Context, item: AgendaItem) -> list[str]:
    """The decisions that the item reports; until it is concluded, those that wait for it."""
    kind = REPORTED_KINDS.get(item.reports)
    if kind is None:
        return []
    if item.outcome == "pending":
        rows = unreported(context.session, item.organisation_id, item.meeting.body_id, kind)
    else:
        rows = reported_at(context.session, item.organisation_id, item.id)
    if not rows:
        return ["Inga beslut finns att anmäla."]
    return [
        f"{row.designation} {row.title}, {row.decider.name}, {row.decided_on or ''}" for row in rows
    ]


def _add(context: Context, meeting: Meeting, reports: str, count: int) -> None:
    known = next(entry for entry in COMMITTEE_ITEMS if entry.get("reports") == reports)
    is_late = meeting.summoned_at is not None
    item = AgendaItem(
        organisation_id=meeting.organisation_id,
        item_type=known["item_type"],
        title=known["title"],
        reports=reports,
        section=section_for(meeting.body, known["item_type"]),
        late_reason=LATE if is_late else "",
        supplement=meeting.supplements + 1 if is_late else 0,
    )
    insert(meeting, item)
    context.record(
        meeting,
        "item_added",
        title=item.title,
        item_type=item.item_type,
        by_itself=True,
        decisions=count,
    )
