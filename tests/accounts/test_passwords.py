"""Passwords are kept so that whoever takes the database cannot read them."""

from __future__ import annotations

import subprocess
import sys

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY


def test_a_password_costs_what_the_standard_wants() -> None:
    """RFC 9106, in a process of its own: the tests' own passwords cost little."""
    program = (
        "from casework.accounts.passwords import hash_password as h; print(h('långt lösenord'))"
    )
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()
    kept = extract_parameters(made)
    assert kept.type == RFC_9106_LOW_MEMORY.type
    assert kept.memory_cost >= RFC_9106_LOW_MEMORY.memory_cost
    assert kept.time_cost >= RFC_9106_LOW_MEMORY.time_cost
