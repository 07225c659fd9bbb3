"""What is tried on a room: each kind of change is made where it can be, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutants.changes import changes

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''
"""A docstring with 1 number."""
from elsewhere import Row

OPEN = ("queued", "failed")


class Held:
    limit = 3

    def holds(self, day: int = 1) -> bool:
        """Whether 2 days remain."""
        return day < self.limit and not self.over


def guard(context, row):
    tell(row)
    found = ask(Row).where(Row.organisation_id == row.organisation_id, Row.state.in_(OPEN))
    return Blocker("open") if found else None
'''


def test_every_kind_of_change_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    path.write_text(SOURCE, encoding="utf-8")
    made = {(each.function, each.was, each.now) for each in changes(path)}
    asked = "ask(Row).where(Row.organisation_id == row.organisation_id, Row.state.in_(OPEN))"
    condition = "day < self.limit and (not self.over)"
    assert made == {
        ("", "('queued', 'failed')", "('failed',)"),
        ("", "('queued', 'failed')", "('queued',)"),
        ("Held.holds", condition, "day < self.limit or not self.over"),
        ("Held.holds", condition, "day < self.limit"),
        ("Held.holds", condition, "not self.over"),
        ("Held.holds", "day < self.limit", "day <= self.limit"),
        ("Held.holds", "day < self.limit", "day >= self.limit"),
        ("Held.holds", "not self.over", "self.over"),
        ("guard", "tell(row)", "pass"),
        ("guard", asked, "ask(Row).where(Row.organisation_id == row.organisation_id)"),
        (
            "guard",
            "Row.organisation_id == row.organisation_id",
            "Row.organisation_id != row.organisation_id",
        ),
        ("guard", "Blocker('open') if found else None", "Blocker('open')"),
        ("guard", "Blocker('open') if found else None", "None"),
    }
