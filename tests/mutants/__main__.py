"""Which changes of a room's code its tests do not notice: `python -m tests.mutants followup`.

Changed are the room's guards, effects, letters and dates, or the modules that are named. Its own
tests are asked on SQLite, and more if they are named; those in a browser are not. A change that
means the same as before can stay in the list.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.mutants.changes import changes
from tests.mutants.trial import Trial

USUAL = ("guards", "effects", "letters", "laws", "calendar", "watch")
NOT_WANTED = ("terminal", "cacheprovider", "xdist")
LEFT_OUT = ("-k", "not postgres", "-m", "not browser and not crash and not loopback")


def main() -> int:
    asked = _asked()
    paths = sorted(
        path
        for path in Path("casework", asked.room).rglob("*.py")
        if path.stem in (asked.modules or USUAL)
    )
    planned = [change for path in paths for change in changes(path)]
    trial = Trial(planned, partial(print, flush=True))
    wanted = ("-o", "addopts=", *(f"-pno:{each}" for each in NOT_WANTED), *LEFT_OUT)
    pytest.main([f"tests/{asked.room}", *asked.tests, *wanted], plugins=[trial])
    if trial.failing:
        sys.stderr.write(f"The tests fail as it is:\n{trial.failing}\n")
        return 2
    sys.stdout.write(f"{len(trial.unnoticed)} of {trial.tried} changes went unnoticed\n")
    return 1 if trial.unnoticed or not trial.tried else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("room", help="a folder of casework/")
    parser.add_argument("modules", nargs="*", help=f"in it; usually {', '.join(USUAL)}")
    parser.add_argument("--tests", nargs="*", default=[], help="besides the room's own")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
