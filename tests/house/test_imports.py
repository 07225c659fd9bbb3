"""Who may import whom: the floors of `.importlinter`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(contracts: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", "--no-logo", "--config", str(contracts)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_room_imports_a_floor_above_it() -> None:
    """A domain room never knows the web; the engine never knows a committee."""
    done = lint(ROOT / ".importlinter")
    assert done.returncode == 0, done.stdout


def test_a_wrong_import_would_be_found(tmp_path: Path) -> None:
    """The same linter refuses a floor that does not hold: people does import the database."""
    contracts = tmp_path / "contracts"
    contracts.write_text(
        "[importlinter]\nroot_package = casework\n"
        "[importlinter:contract:wrong]\nname = wrong\ntype = forbidden\n"
        "source_modules =\n    casework.people\nforbidden_modules =\n    casework.db\n"
    )
    assert lint(contracts).returncode == 1
