"""Two faces of one set of verbs: what can be done on a page can be done by a program, and back."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from tests.house.source import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house.source import Source

    Name = tuple[str, str]  # a module, and a function in it

FACES = ("casework.web", "casework.api")
ABOVE = (*FACES, "casework.app", "casework.cli", "casework.demo")
RECORDS = ("context.record(", ".engine.fire(", ".engine.start(")

# Verbs that one face has alone, and why.
ALONE = {
    ("casework.accounts.service", "set_password_by_link"): "whoever has the link has no token",
    ("casework.distribution.service", "acknowledge"): "the recipient has a link and no account",
    ("casework.distribution.service", "note_fetched"): "the same link",
    ("casework.meetings.table.roll", "record_attendance"): "a page marks one person at a time",
}


def module_of(source: Source) -> str:
    return source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def functions() -> dict[Name, ast.FunctionDef]:
    """Every function at the top of a module."""
    return {
        (module_of(source), node.name): node
        for source in sources()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
    }


@cache
def imported(source: Source) -> dict[str, Name]:
    """What the module calls by a short name, and where that comes from."""
    return {
        each.asname or each.name: (node.module or "", each.name)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom)
        for each in node.names
    }


def named(source: Source, tree: ast.AST) -> Iterator[Name]:
    """The functions that a piece of a module speaks of, called or handed on."""
    known = imported(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield known.get(node.id, (module_of(source), node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            room, name = known.get(node.value.id, ("", ""))
            yield f"{room}.{name}", node.attr


@cache
def verbs() -> frozenset[Name]:
    """The functions that take a context and write: by themselves, or by one that they call."""
    below = [source for source in sources() if not module_of(source).startswith(ABOVE)]
    calls = {
        (module_of(source), node.name): set(named(source, node))
        for source in below
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args][:1] == ["context"]
    }
    found = {
        name for name in calls if any(each in ast.unparse(functions()[name]) for each in RECORDS)
    }
    while more := {name for name, used in calls.items() if name not in found and used & found}:
        found |= more
    return frozenset(found)


def used_by(face: str) -> set[Name]:
    """The verbs that a face carries out."""
    return {
        name
        for source in sources()
        if module_of(source).startswith(face)
        for name in named(source, source.tree)
        if name in verbs()
    }


def test_both_faces_have_every_verb() -> None:
    """A verb that one face lacks is named with its reason, and none is named in vain."""
    web, api = (used_by(face) for face in FACES)
    assert len(web & api) > 80
    assert web ^ api == set(ALONE)
