"""Every small change of a module's source that a test should notice, one at a time."""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Node = TypeVar("Node", bound=ast.AST)

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ASKING = {"where", "filter_by", "and_", "exists"}
# What every question asks besides its own, so that no row of another organisation is met.
ALWAYS_ASKED = "organisation_id"


@dataclass(frozen=True)
class Change:
    """A module as it would be: which line says what instead, and the function it stands in.

    `function` is the qualified name, or "" for what the module itself says.
    """

    path: Path
    line: int
    was: str
    now: str
    function: str
    tree: ast.Module

    def __str__(self) -> str:
        where = f" in {self.function}" if self.function else ""
        return f"{self.path}:{self.line}{where}: {_short(self.was)}  ->  {_short(self.now)}"


def changes(path: Path) -> Iterator[Change]:
    """All of a module, from top to bottom."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for number, (node, function) in enumerate(_places(tree)):
        for choice, instead in enumerate(_instead_of(node)):
            yield Change(
                path,
                node.lineno,
                ast.unparse(node),
                ast.unparse(instead),
                function,
                _changed(tree, number, choice),
            )


def _changed(tree: ast.Module, number: int, choice: int) -> ast.Module:
    """A copy in which one place says something else."""
    copy = deepcopy(tree)
    place = list(_places(copy))[number][0]
    instead = list(_instead_of(place))[choice]
    replaced = _Put(place, ast.copy_location(instead, place)).visit(copy)
    return ast.fix_missing_locations(replaced)


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else super().visit(node)


def _places(tree: ast.Module) -> list[tuple[ast.expr | ast.stmt, str]]:
    """Expressions and statements that run, with the outermost function each stands in.

    What a class says of its own (columns, fields) is no part of it.
    """
    found: list[tuple[ast.expr | ast.stmt, str]] = []

    def walk(node: ast.AST, within: tuple[str, ...], function: str) -> None:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            own = (*within, node.name)
            is_function = isinstance(node, ast.FunctionDef)
            inner = function or (".".join(own) if is_function else "")
            for each in node.body:
                if is_function or isinstance(each, ast.FunctionDef):
                    walk(each, own, inner)
            return
        if _is_for_readers(node):
            return
        if isinstance(node, ast.expr | ast.stmt):
            found.append((node, function))
        for each in ast.iter_child_nodes(node):
            walk(each, within, function)

    walk(tree, (), "")
    return found


def _is_for_readers(node: ast.AST) -> bool:
    """Imports, annotations of what is declared, docstrings."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _instead_of(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """What the place could say instead."""
    for said in (_other_conditions, _other_values, _other_questions, _left_out):
        yield from said(node)


def _other_conditions(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """The opposite, the neighbour of a limit, a part alone, always and never."""
    match node:
        case ast.Compare(left=left, ops=[only], comparators=[right]):
            for other in COMPARED[type(only)]:
                yield ast.Compare(left, [other()], [right])
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for number in range(len(values)):
                left_over = _without(values, number)
                yield left_over[0] if len(left_over) == 1 else ast.BoolOp(op, left_over)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.If(body=body, orelse=orelse):
            yield from (ast.If(ast.Constant(each), body, orelse) for each in (True, False))


def _other_values(node: ast.expr | ast.stmt) -> Iterator[ast.expr]:
    """One more, the other way, one word less."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield ast.BinOp(left, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), right)
        case ast.Tuple(elts=words) if len(words) > 1 and _are_words(words):
            yield from (ast.Tuple(_without(words, n), ast.Load()) for n in range(len(words)))


def _other_questions(node: ast.expr | ast.stmt) -> Iterator[ast.expr]:
    """A condition less in a question to the database."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords) if _asks(func):
            for number, each in enumerate(args):
                if ALWAYS_ASKED not in ast.unparse(each):
                    yield ast.Call(func, _without(args, number), keywords)
            for number, word in enumerate(keywords):
                if word.arg != ALWAYS_ASKED:
                    yield ast.Call(func, args, _without(keywords, number))


def _left_out(node: ast.expr | ast.stmt) -> Iterator[ast.stmt]:
    """What is done, or refused, is not."""
    match node:
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Return(value=ast.Call(func=ast.Name(id="Blocker"))):
            yield ast.Return(ast.Constant(None))


def _without(nodes: list[Node], number: int) -> list[Node]:
    return [*nodes[:number], *nodes[number + 1 :]]


def _are_words(elts: list[ast.expr]) -> bool:
    return all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in elts)


def _asks(func: ast.expr) -> bool:
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in ASKING


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "…"
