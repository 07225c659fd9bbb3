"""As many simulated meetings as one likes: `python -m tests.meetings.simulate 1000`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import monotonic

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from .simulation import SimulatedMeeting, make_template
from .test_simulated_meetings import SETTINGS


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    started = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)

        class Simulated(SimulatedMeeting):
            template = make_template(place / "template")
            work = place

        run_state_machine_as_test(
            Simulated, settings=settings(SETTINGS, max_examples=wanted, database=None)
        )
    seconds = monotonic() - started
    sys.stdout.write(
        f"{Simulated.count} meetings, {Simulated.events} events, {Simulated.refusals} refused,"
        f" {seconds:.0f} s: every invariant held\n"
    )


if __name__ == "__main__":
    main()
