"""Every Kind of the house, gathered from the `kind.py` of each room."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import casework
from casework.workflow.kinds import Kinds


@cache
def gathered() -> Kinds:
    """What each room declares: its `KINDS`, and in `OFFERS` what it adds to others' subjects."""
    package = Path(casework.__file__).parent
    names = sorted(path.parent.name for path in package.glob("*/kind.py"))
    rooms = [importlib.import_module(f"casework.{name}.kind") for name in names]
    return Kinds(
        tuple(kind for room in rooms for kind in room.KINDS),
        tuple(offers for room in rooms for offers in room.OFFERS.items()),
    )
