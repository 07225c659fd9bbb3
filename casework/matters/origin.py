"""Where a matter came from: its sender and how it was raised, as the register tells (OSL 5:2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.db import lock
from casework.deadlines import queries
from casework.deadlines import service as deadlines
from casework.errors import Invalid, Stale
from casework.matters.initiatives import watch_initiative
from casework.matters.service import index, require_initiative
from casework.people.policy import lacking, may
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter

CORRECTING = ("registrar",)
LONGEST_SENDER = 200


def correct_origin(
    context: Context,
    matter: Matter,
    *,
    sender: str | None = None,
    initiative: str | None = None,
    expected_version: int | None = None,
) -> Matter:
    """Correct what the register says, in any state; what stood there before stays on record.

    The year of a motion or a citizen proposal (KL 5:35) follows, counted from the registration.
    Raises Stale, Forbidden unless the actor is one of CORRECTING, and Invalid for a sender that is
    too long and as `register` does for an initiative.
    """
    lock(context.session, matter)
    if expected_version not in (None, matter.version):
        raise Stale("stale")
    if not may(context, matter, CORRECTING):
        raise lacking(CORRECTING)
    given = {"sender": sender, "initiative": initiative}
    wanted = {name: cleaned_line(value) for name, value in given.items() if value is not None}
    workflow = context.services.engine.definition_of(matter)
    require_initiative(wanted.get("initiative", ""), workflow)
    if len(wanted.get("sender", "")) > LONGEST_SENDER:
        raise Invalid("sender_too_long", limit=LONGEST_SENDER)
    before = {
        name: getattr(matter, name) for name in wanted if getattr(matter, name) != wanted[name]
    }
    if not before:
        return matter
    for name in before:
        setattr(matter, name, wanted[name])
    index(matter)
    after = {name: wanted[name] for name in before}
    context.record(matter, "origin_corrected", before=before, after=after)
    if "initiative" in before:
        _keep_time(context, matter)
    return matter


def _keep_time(context: Context, matter: Matter) -> None:
    """The deadline of what the matter is said to be now; one that was met stays met."""
    of_matter = queries.of_subject(context.session, matter.organisation_id, "matter", matter.id)
    last = next((each for each in reversed(of_matter) if each.name == "initiative"), None)
    state = context.services.engine.definition_of(matter).states[matter.state]
    if not matter.initiative:
        deadlines.cancel(
            context.session,
            organisation_id=matter.organisation_id,
            subject_type="matter",
            subject_id=matter.id,
            name="initiative",
            moment=context.moment,
        )
    elif not (state.final or state.holds or (last is not None and last.state == "met")):
        context.session.flush()
        watch_initiative(context, matter)
