"""What deadlines add to the workflow files of every subject."""

from __future__ import annotations

from casework.deadlines import effects
from casework.workflow.kinds import EVERY, Kind, Offers, by_name

KINDS: tuple[Kind, ...] = ()
OFFERS = {
    EVERY: Offers(
        effects=by_name(effects.start_deadline, effects.meet_deadline, effects.cancel_deadline)
    )
}
