"""The project's own source, read as text and as syntax, for the rules that look at code."""

from __future__ import annotations

import ast
import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One module: `path` from the root of the checkout."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, text: str, path: str = "casework/example.py") -> Source:
        return cls(path, text, ast.parse(text))

    def module(self) -> ModuleType:
        """The module itself, imported."""
        return importlib.import_module(
            self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        )


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the package."""
    paths = sorted((ROOT / "casework").rglob("*.py"))
    return tuple(
        Source.of(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
        for path in paths
        if "_shipped" not in path.parts
    )


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression; the last name alone where it begins otherwise."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
