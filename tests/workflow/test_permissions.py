"""Who may take which step from where, as one file: a change of permission is seen in review.

Written anew by `python -m tests.workflow.test_permissions`.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.workflows import shipped_workflows

GOLDEN = Path(__file__).with_name("permissions.txt")


def permissions() -> str:
    """A line for each workflow, state, trigger and role, in the order of the files."""
    return "".join(
        f"{definition.name} {state} {step.trigger} {role}\n"
        for definition in shipped_workflows().values()
        for state in definition.states
        for step in definition.steps(state)
        for role in step.by
    )


def test_permissions_are_as_reviewed() -> None:
    """If this fails, write the file anew and read what has changed."""
    assert permissions() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(permissions(), encoding="utf-8")
