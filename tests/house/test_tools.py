"""No test is passed over for want of a tool: CI fails instead, and `.ci/test` installs it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.house.exceptions import SKIPS
from tests.house.source import ROOT, Source, dotted
from tests.support import tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAYS = {
    *("pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip"),
    *("shutil.which", "unittest.skip", "unittest.skipIf", "unittest.skipUnless"),
}


def modules() -> tuple[Source, ...]:
    """Every module under tests/."""
    return tuple(
        Source.of(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "node_modules" not in path.parts
    )


def passes_over(source: Source) -> Iterator[str]:
    """The places where a module looks for a tool, or skips, by its own hand."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in WAYS:
            yield f"{source.path}:{node.lineno} {dotted(node)}; use tests/support/tools.py"
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                if f"{node.module}.{name.name}" in WAYS:
                    yield f"{source.path}:{node.lineno} {name.name}; use tests/support/tools.py"


def programs() -> set[str]:
    """Every program that a test asks for by name."""
    return {
        argument.value
        for source in modules()
        if source.path != "tests/house/test_tools.py"
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and dotted(call.func) == "tools.needed"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }


def test_no_other_skip_for_a_missing_tool() -> None:
    """Each line names the place."""
    found = [place for source in modules() for place in passes_over(source)]
    assert [place for place in found if place.split(":")[0] not in SKIPS] == []
    assert {place.split(":")[0] for place in found} == set(SKIPS)  # no exception is left over


@pytest.mark.parametrize(
    "text",
    [
        "import shutil\nshutil.which('qpdf')",
        "@pytest.mark.skipif(True, reason='')\ndef test(): ...",
        "from shutil import which",
        "pytest.importorskip('playwright')",
    ],
)
def test_a_skip_is_found(text: str) -> None:
    """Else the test above would prove nothing."""
    assert list(passes_over(Source.of(text))) != []


def test_every_program_is_installed_by_ci() -> None:
    """What a test asks for has its line in `.ci/test`."""
    installed = re.findall(r"^ *has (\S+) \|\|", (ROOT / ".ci/test").read_text(), re.MULTILINE)
    assert programs()
    assert programs() - set(installed) == set()


def test_a_missing_program_fails_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On somebody's own machine the test is skipped, with the reason."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not on this machine"):
        tools.needed("no-such-program")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=r"sh \.ci/test"):
        tools.needed("no-such-program")


def test_a_program_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first of several names that is here."""
    program = tmp_path / "second"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tools.needed("first", "second") == str(program)
