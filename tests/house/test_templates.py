"""Every template folder is whole: an organisation copies it, edits it and can try it out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.house.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = ROOT / "templates"
WANTED = {
    "documents": {"template.docx", "template.typ", "sample.json"},
    "mail": {
        *(f"{part}.{language}.txt" for part in ("subject", "body") for language in ("sv", "en")),
        *(f"body.{language}.html" for language in ("sv", "en")),
        "sample.json",
    },
}
FOLDERS = [
    folder
    for room in WANTED
    for folder in sorted((TEMPLATES / room).iterdir())
    if folder.is_dir() and not folder.name.startswith("_")
]


def missing(folder: Path) -> set[str]:
    """The files that a folder of its room must hold and does not."""
    return WANTED[folder.parent.name] - {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}"
)
def test_the_folder_is_whole(folder: Path) -> None:
    """All its files are there, and the sample can be read."""
    assert missing(folder) == set()
    assert json.loads((folder / "sample.json").read_text(encoding="utf-8"))


def test_a_missing_file_would_be_found(tmp_path: Path) -> None:
    """The look-out names what is not there."""
    folder = tmp_path / "documents" / "notice"
    folder.mkdir(parents=True)
    (folder / "template.typ").touch()
    (folder / "sample.json").touch()
    assert missing(folder) == {"template.docx"}
