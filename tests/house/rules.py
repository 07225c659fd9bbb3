"""The rules that can be read off the source. Each gives the places that break it, best fixed first.

A rule takes one module and yields `path:line what is wrong`. What may differ stands in
`exceptions.py`, each with its reason.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.house.source import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.house.source import Source

    Rule = Callable[[Source], Iterator[str]]

CLOCKS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "func.current_timestamp",
    "func.now",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
LONGEST_MODULE = 450
LONGEST_FUNCTION = 60


def commits(source: Source) -> Iterator[str]:
    """A transaction is committed by the unit of work, and nowhere else."""
    for call in _calls(source):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
            yield f"{source.path}:{call.lineno} commits; use Database.unit_of_work()"


def sets_state(source: Source) -> Iterator[str]:
    """A state is set by the engine: fire a trigger, so that guards and audit come with it."""
    for node in ast.walk(source.tree):
        for target in _targets(node):
            if isinstance(target, ast.Attribute) and target.attr == "state":
                yield f"{source.path}:{target.lineno} sets a state; fire a trigger"
    for call in _calls(source):
        if dotted(call.func).endswith("values") and "state" in _keywords(call):
            yield f"{source.path}:{call.lineno} sets a state; fire a trigger"


def reads_clock(source: Source) -> Iterator[str]:
    """The moment is an argument, so that a test and a replay run the same code as today."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            name = ".".join(dotted(node).split(".")[-2:])
            if name in CLOCKS:
                yield f"{source.path}:{node.lineno} reads the clock ({name}); take a moment"


def is_too_long(source: Source) -> Iterator[str]:
    """What does not fit in a head is two things."""
    lines = source.text.count("\n")
    if lines > LONGEST_MODULE:
        yield f"{source.path}:{lines} is longer than {LONGEST_MODULE} lines"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{source.path}:{node.lineno} {node.name} has {length} lines"


def opens_silently(source: Source) -> Iterator[str]:
    """A module opens with one sentence of what lives here."""
    if source.text.strip() and not ast.get_docstring(source.tree):
        yield f"{source.path}:1 does not say what lives here"


def reads_any_number(source: Source) -> Iterator[str]:
    """A number from a form must fit in a column, or the database breaks on it."""
    for call in _calls(source):
        asks = isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "getlist")
        for keyword in call.keywords:
            if asks and keyword.arg == "type" and dotted(keyword.value) == "int":
                yield f"{source.path}:{call.lineno} reads any number; use asked.whole_number"


RULES: tuple[Rule, ...] = (
    *(commits, sets_state, reads_clock),
    *(is_too_long, opens_silently, reads_any_number),
)


def _calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def _keywords(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return [node.target]
    return []
