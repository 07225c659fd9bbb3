"""What others already run on is never changed, only followed: migrations, workflows, templates."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from casework.app import vocabulary
from casework.config import load_settings
from casework.documents.contexts import KINDS
from casework.documents.store import FORMER
from casework.workflow.check import check
from casework.workflow.definition import read_definition
from tests.house.source import ROOT
from tests.support.workflows import shipped_workflows

if TYPE_CHECKING:
    from pathlib import Path

    from casework.workflow.definition import Definition

KEPT = ROOT / "tests" / "upgrade"
FROZEN = KEPT / "migrations.sha256"
MIGRATIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
EVERY_VERSION = sorted((KEPT / "workflows").glob("*.yaml"))
WORKFLOWS = shipped_workflows().values()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def thawed(files: list[Path], frozen: str) -> list[str]:
    """What is to be done for each migration that is not as `frozen`, lines of sha256sum, says."""
    known = {name: sum_ for sum_, name in (line.split() for line in frozen.splitlines())}
    found = []
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        if name not in known:
            found.append(f"Freeze it: sha256sum {name} >> {FROZEN.relative_to(ROOT)}")
        elif known.pop(name) != sha256(file):
            found.append(
                f"{name} is frozen: databases stand on it. Put it back, and change the tables by a "
                'new one: sh .ci/migration "Say what changes"'
            )
    return found + [f"{name} is frozen and gone: databases stand on it" for name in known]


def test_a_migration_is_never_changed() -> None:
    """A database that stands on it never sees the change: a schema change is a new migration."""
    assert thawed(MIGRATIONS, FROZEN.read_text()) == []


def test_a_changed_migration_would_be_found() -> None:
    """The rule sees a new one, a changed one and a lost one, and says what to do."""
    [first, *_] = MIGRATIONS
    name = first.relative_to(ROOT).as_posix()
    assert "Freeze it" in thawed([first], "")[0]
    assert "new one" in thawed([first], f"{'0' * 64}  {name}\n")[0]
    assert "gone" in thawed([], f"{sha256(first)}  {name}\n")[0]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_a_changed_workflow_has_a_new_version(workflow: Definition) -> None:
    """An installation keeps each version as it first met it, and refuses to start on another."""
    kept = KEPT / "workflows" / f"{workflow.name}-{workflow.version}.yaml"
    name, path = f"workflows/{workflow.name}.yaml", kept.relative_to(ROOT)
    assert kept.exists(), f"Keep the new version: cp {name} {path}"
    assert kept.read_text(encoding="utf-8") == workflow.source, f"{name}: raise its `version`"


@pytest.mark.parametrize("file", EVERY_VERSION, ids=lambda each: each.stem)
def test_running_subjects_can_go_on(file: Path, tmp_path: Path) -> None:
    """What began on an earlier version stays on it: its guards, effects and letters are there."""
    words = vocabulary(load_settings({"CASEWORK_DATA_DIR": str(tmp_path)}))
    assert (
        check(read_definition(file.read_text(encoding="utf-8"), file.name), words, is_kept=True)
        == []
    )


def test_the_first_templates_come_with_the_program() -> None:
    """Documents of the first version kept none. Later ones keep theirs: nothing is added here."""
    files = [file for file in FORMER.folder.rglob("*") if file.is_file()]
    held = {file.name: FORMER.read(file.name) for file in files}
    manifests = [text.decode() for text in held.values() if text.startswith(b"typst 0.15.0\n")]
    named = [line.rsplit(" ", 1) for text in manifests for line in text.splitlines()[1:]]
    assert {sum_ for _, sum_ in named} <= set(held)
    kinds = Counter(path.split("/")[0] for path, _ in named if path.endswith("template.typ"))
    assert kinds == Counter(KINDS.keys())
    assert sum(content.startswith(b"PK") for content in held.values()) == len(KINDS)
