"""Letters about decisions: what waits for the body nags (KL 6:40), a head is told (KL 7:8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.delegation.models import DelegatedDecision
from casework.mail.addresses import Mailbox
from casework.people.letters import post, readers_of
from casework.people.service import appointed

if TYPE_CHECKING:
    from casework.context import Context
    from casework.deadlines.models import Deadline, Reminder
    from casework.people.models import Person


STATUTE = "KL 6:40"
WEEK = 7


def reminder(context: Context, reminder: Reminder, deadline: Deadline) -> None:
    """Remind whoever decided, with the body's secretaries in copy; the next one is planned as this
    one goes, so that it goes on until the body has been told."""
    days_late = max(reminder.offset_days, (context.today - deadline.due_on).days)
    if days_late > 0:
        deadline.plan("late", days_late + WEEK, context.moment)
    decision = context.session.get_one(DelegatedDecision, deadline.subject_id)
    secretaries = appointed(context, "committee_secretary", decision.body_id)
    known = {
        reader.id: reader
        for each in (decision.decider, *secretaries)
        for reader in readers_of(context, each, decision)
    }
    people = list(known.values())
    if not people:
        return
    first, *copies = [Mailbox(each.name, each.email) for each in people]
    post(
        context,
        "reminder_urgent",
        key=f"reminder:{reminder.id}",
        subject=decision,
        to=first,
        copies=copies,
        content={
            "first_name": people[0].name.split()[0],
            "designation": decision.designation,
            "title": decision.title,
            "decided_on": str(decision.decided_on),
            "days": (context.today - (decision.decided_on or context.today)).days,
            "statute": STATUTE,
            "meeting_on": str(deadline.due_on) if deadline.statute else None,
            "is_late": context.today > deadline.due_on,
        },
    )


def subdelegated(context: Context, decision: DelegatedDecision, head: Person) -> None:
    """Tell the head what was decided in a line that he has let somebody else decide in."""
    if not head.is_reachable:
        return
    item = decision.delegation_item
    post(
        context,
        "subdelegated",
        key=f"subdelegated:{decision.id}",
        subject=decision,
        to=Mailbox(head.name, head.email),
        content={
            "first_name": head.name.split()[0],
            "by": decision.decider.name,
            "designation": decision.designation,
            "title": decision.title,
            "number": item.number if item else "",
            "decided_on": str(decision.decided_on),
            "statute": "KL 7:8",
        },
    )
