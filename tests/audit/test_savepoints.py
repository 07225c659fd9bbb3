"""An entry that was rolled back with its savepoint leaves no trace in the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.audit.verify import verify
from casework.matters.service import register

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.demo.world import World


def test_the_next_entry_follows_the_last_that_stayed(world: tuple[Casework, World]) -> None:
    """Record, roll back, record something else: the chain is whole."""
    casework, scene = world
    with casework.acting(scene.organisation_id) as context:
        matter = register(context, kind="decision", title="Ett ärende", body=scene.committee)
        context.record(matter, "kept")
        context.session.flush()
        with pytest.raises(RuntimeError), context.session.begin_nested():
            context.record(matter, "lost")
            context.session.flush()
            raise RuntimeError
        context.record(matter, "kept again")
    with casework.database.read() as session:
        assert verify(session, casework.services.audit.key).breaks == ()
