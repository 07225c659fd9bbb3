"""What was decided outside the meetings finds its place on the agenda by itself (KL 6:40, 7:8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.delegation.queries import reported_at, unreported
from casework.meetings.models import AgendaItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.meetings.models import Meeting

from typing import TYPE_CHECKING

from casework.meetings.sections import insert, section_for
from casework.people.body_kinds import COMMITTEE_ITEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.delegation.models import DelegatedDecision
    from casework.meetings.models import Meeting

MOST_LISTED = 40
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


def reported_decisions(context: Context, item: AgendaItem) -> Sequence[DelegatedDecision]:
    """The decisions that the item reports; until it is concluded, those that wait for it."""
    kind = REPORTED_KINDS.get(item.reports)
    if kind is None:
        return []
    if item.outcome == "pending":
        return unreported(context.session, item.organisation_id, item.meeting.body_id, kind)
    return reported_at(context.session, item.organisation_id, item.id)


def reported_lines(context: Context, item: AgendaItem) -> list[str]:
    """A line for each of them, or one that says that there are none."""
    if item.reports not in REPORTED_KINDS:
        return []
    rows = reported_decisions(context, item)
    return [_line(row) for row in rows] or ["Inga beslut finns att anmäla."]


def listed_lines(context: Context, item: AgendaItem) -> list[str]:
    """What the summons and the pack tell of them: each, or how many where there are many."""
    rows = reported_decisions(context, item)
    if len(rows) > MOST_LISTED:
        which = f"{len(rows)} beslut, {rows[0].designation} till {rows[-1].designation}"
        return [f"{which}. Vart och ett finns på sammanträdets sida."]
    return [_line(row) for row in rows]


def still_waiting(context: Context, meeting: Meeting) -> Sequence[DelegatedDecision]:
    """What was decided by the meeting's day and its body has still not been told of (KL 6:40)."""
    kinds = REPORTED_KINDS.values()
    return [
        row
        for row in unreported(context.session, meeting.organisation_id, meeting.body_id, *kinds)
        if row.decided_on is not None and row.decided_on <= meeting.day
    ]


def _line(row: DelegatedDecision) -> str:
    """What stands in papers for all who read the meeting: of a secret matter not what it says."""
    return f"{row.designation} {row.name_outside}, {row.decider.name}, {row.decided_on or ''}"


def _add(context: Context, meeting: Meeting, reports: str, count: int) -> None:
    known = next(entry for entry in COMMITTEE_ITEMS if entry.get("reports") == reports)
    is_late = meeting.summoned_at is not None
    item = AgendaItem(
        organisation_id=meeting.organisation_id,
        item_type=known["item_type"],
        title=known["title"],
        presenter="",  # the summons is drawn up before the row has its defaults
        proposed_by="",
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


# Which decisions made outside the meeting an item of the agenda reports.
REPORTED_KINDS = {"delegated_decisions": "delegated", "urgent_decisions": "urgent"}
