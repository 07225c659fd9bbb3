"""Starting, meeting and cancelling deadlines, as the workflow files ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.deadlines import service
from casework.people.service import holders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from casework.context import Context


def start_deadline(
    context: Context,
    subject: Any,
    *,
    name: str,
    rule: str,
    days: int | None = None,
    remind: Sequence[int] = service.REMIND_BEFORE,
    to: str = "",
    escalate: str = "",
    legal: bool = False,
) -> None:
    """Start a deadline counted from today; one from a meeting counts from the meeting day.

    `to` is the role that is reminded, `escalate` the role that gets a copy when it is late.
    """
    service.start(
        context.session,
        organisation_id=context.organisation_id,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        name=name,
        rule=rule,
        start=_counted_from(context, subject, name),
        days=days,
        remind=remind,
        legal=legal,
        moment=context.moment,
        responsible_person_id=_first_holder(context, subject, to),
        escalate_to_person_id=_first_holder(context, subject, escalate),
    )


def meet_deadline(context: Context, subject: Any, value: str) -> None:
    service.meet(context.session, **_which(context, subject, value))


def cancel_deadline(context: Context, subject: Any, value: str) -> None:
    service.cancel(context.session, **_which(context, subject, value))


def _which(context: Context, subject: Any, name: str) -> dict[str, Any]:
    return {
        "organisation_id": context.organisation_id,
        "subject_type": subject.__tablename__,
        "subject_id": subject.id,
        "name": name,
        "moment": context.moment,
    }


def _counted_from(context: Context, subject: Any, name: str) -> date:
    """Attestation counts from the meeting day (KL 5:69), all else from the day it happens."""
    meeting_day: date | None = getattr(subject, "day", None)
    return meeting_day if name == "attestation" and meeting_day else context.today


def _first_holder(context: Context, subject: Any, role: str) -> int | None:
    people = holders(context, subject, role) if role else []
    return people[0].id if people else None
