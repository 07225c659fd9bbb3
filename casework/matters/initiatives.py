"""Motions and citizen proposals: the assembly decides on them within a year (KL 5:35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.deadlines import service as deadlines
from casework.people.service import holders

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter

REMIND = (90, 30, 7)  # days before: what cannot be decided in time is reported to the assembly


def watch_initiative(context: Context, matter: Matter) -> None:
    """Start the year that runs from the day the initiative was raised, its registration.

    The secretary of the body is reminded. A matter of any other origin has no such time.
    """
    if not matter.initiative:
        return
    secretary = next(iter(holders(context, matter, "committee_secretary")), None)
    deadlines.start(
        context.session,
        rule=matter.initiative,
        start=matter.registered_on,
        organisation_id=matter.organisation_id,
        subject_type=matter.__tablename__,
        subject_id=matter.id,
        name="initiative",
        moment=context.moment,
        remind=REMIND,
        responsible_person_id=secretary.id if secretary else None,
    )
