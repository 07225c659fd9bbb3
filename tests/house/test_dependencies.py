"""What the program imports is what it declares, and the locks hold hashes without addresses."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.house.source import ROOT, sources

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.txt", "requirements-dev.txt")
NOT_IMPORTED = {
    "psycopg": "SQLAlchemy imports it for an address that names it",
    "tzdata": "data for zoneinfo, where the system has none",
}


PINNED = re.compile(r"^[a-z0-9]\S*==\S+.*?(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    """The names of every package that pyproject.toml asks for."""
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["postgres"]
    return {canonical(re.split(r"[\[<>=~ ]", line)[0]) for line in wanted}


def imported() -> dict[str, set[str]]:
    """Each module from outside that the program imports, with the packages that bring it."""
    names = {
        name.split(".")[0]
        for source in sources()
        for node in ast.walk(source.tree)
        for name in _names(node)
    }
    outside = names - set(sys.stdlib_module_names) - {"casework"}
    brought = packages_distributions()
    return {name: {canonical(package) for package in brought[name]} for name in outside}


def pinned(lock: str) -> dict[str, str]:
    """Each package of a lock: its first line, and all its lines."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {entry.splitlines()[0]: entry for entry in PINNED.findall(text)}


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module]
    return []


def test_every_import_is_declared() -> None:
    """A package that another one happens to bring can vanish with its next version."""
    undeclared = {name for name, packages in imported().items() if not packages & declared()}
    assert undeclared == set()


def test_nothing_is_declared_in_vain() -> None:
    """A package that nobody imports is only a risk."""
    used = set().union(*imported().values())
    assert declared() - used == set(NOT_IMPORTED)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    """An address would tie everybody to one server; the hash alone says what is right."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    assert len(pinned(lock)) > 50
    assert [line for line, rest in pinned(lock).items() if "--hash=sha256:" not in rest] == []


def test_the_tests_run_on_what_is_shipped() -> None:
    """The lock for development holds every line of the lock for running."""
    assert set(pinned("requirements.txt")) - set(pinned("requirements-dev.txt")) == set()
