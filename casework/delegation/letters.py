"""The nagging about an urgent decision that the body has not been told of (KL 6:40)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.delegation.models import DelegatedDecision
from casework.mail.addresses import Mailbox
from casework.people.letters import post
from casework.people.service import appointed

if TYPE_CHECKING:
    from casework.context import Context
    from casework.deadlines.models import Deadline, Reminder


def reminder(context: Context, reminder: Reminder, deadline: Deadline) -> None:
    """Remind the chair who decided, with the body's secretaries in copy."""
    decision = context.session.get_one(DelegatedDecision, deadline.subject_id)
    secretaries = appointed(context, "committee_secretary", decision.body_id)
    people = [each for each in (decision.decider, *secretaries) if each.email]
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
            "statute": deadline.statute,
        },
    )
