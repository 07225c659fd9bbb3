"""Reminders about matters: a proposal that waits for its review, an initiative for its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.matters.models import Matter
from casework.people.letters import post_to
from casework.people.models import Person

if TYPE_CHECKING:
    from casework.context import Context
    from casework.deadlines.models import Deadline, Reminder


TASKS = {"review": "Granska förslaget", "initiative": "Beslut inom ett år (KL 5:35)"}


def reminder(context: Context, reminder: Reminder, deadline: Deadline) -> None:
    """Remind whoever is to do what the deadline waits for, before or after the day."""
    matter = context.session.get_one(Matter, deadline.subject_id)
    person = (
        context.session.get(Person, deadline.responsible_person_id)
        if deadline.responsible_person_id
        else None
    )
    if person is None:
        return
    late = reminder.kind == "late"
    content: dict[str, str | None] = {
        "task": TASKS[deadline.name],
        "registration_number": matter.registration_number,
        "title": matter.title,
        "due": deadline.due_on.isoformat(),
    }
    content |= (
        {"manager": None, "next_meeting": None}
        if late
        else {"decision": None, "report_to": None, "papers_due": None, "extension_link": None}
    )
    post_to(
        context,
        person,
        "reminder_late" if late else "reminder_before",
        key=f"reminder:{reminder.id}",
        subject=matter,
        content=content,
    )
