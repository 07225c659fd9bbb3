"""Meetings in which anything happens: the law holds at the end of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .simulation import SimulatedMeeting, make_template

if TYPE_CHECKING:
    from pathlib import Path

MEETINGS = 10
SETTINGS = settings(
    max_examples=MEETINGS,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def test_the_law_holds_whatever_is_tried(tmp_path: Path) -> None:
    """The invariants of a committee's minutes, after random events lawful and not."""

    class Simulated(SimulatedMeeting):
        template = make_template(tmp_path / "template")
        work = tmp_path

    run_state_machine_as_test(Simulated, settings=SETTINGS)
    assert Simulated.events > Simulated.refusals > 0
