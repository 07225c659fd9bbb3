"""An installed wheel carries everything that a checkout has, and finds it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.house.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EDITABLE = ("workflows", "templates", "migrations")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked, as an installer leaves it."""
    built, folder = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files(folder: Path) -> set[str]:
    """Every file in a folder, by its path from there; what Python leaves behind apart."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_whole_package(installed: Path) -> None:
    """Sentences, static files and translations are no modules, and are there all the same."""
    assert files(ROOT / "casework") - files(installed / "casework") == set()


@pytest.mark.parametrize("name", EDITABLE)
def test_the_wheel_holds_what_an_organisation_may_edit(installed: Path, name: str) -> None:
    """Workflows, templates and migrations are the same files as in the checkout."""
    assert files(installed / "casework" / "_shipped" / name) == files(ROOT / name)


@pytest.mark.parametrize("name", EDITABLE)
def test_the_installed_program_finds_its_own_files(installed: Path, name: str) -> None:
    """Not those of a checkout that happens to be near."""
    program = f"from casework.config import shipped; print(shipped({name!r}))"
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        command, cwd=installed, env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(installed / "casework" / "_shipped" / name)
