"""What is the same for every installation that a run opens, worked out once for all of them.

Most tests open an installation of their own: a new engine, a new web application. Each would build
the same SQL of the same statements, the same addresses of the same routes and the same code of
the same pages anew, and that took half of the suite's time. The words of a key decide alone, so a
test that changes a statement, a route or a page gets its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from casework import app
from casework.workflow import definition

if TYPE_CHECKING:
    from types import CodeType

    import pytest
    from jinja2.bccache import Bucket

ENOUGH = 5000  # statements; the house has some two thousand


def workflows(patch: pytest.MonkeyPatch) -> None:
    """A definition is never changed once it is read."""
    patch.setattr(definition, "read_definition", cache(definition.read_definition))


def statements(patch: pytest.MonkeyPatch) -> None:
    """Engines of one kind share the statements they have compiled.

    SQLAlchemy keeps them by the dialect, which is a new one for each engine: here two of a kind
    are equal.
    """
    compiled: dict[type, LRUCache[Any, Any]] = {}

    def of_its_kind(engine: Engine) -> LRUCache[Any, Any]:
        return compiled.setdefault(type(engine.dialect), LRUCache(ENOUGH))

    shared = property(of_its_kind, lambda _engine, _its_own: None)
    patch.setattr(Engine, "_compiled_cache", shared, raising=False)
    patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
    patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))


def routes(patch: pytest.MonkeyPatch) -> None:
    """What builds the address of a route is compiled once for the route as it is written."""
    compile_builder = Rule._compile_builder
    built: dict[Any, Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, repr(rule.defaults), tuple(rule._trace), append_unknown)
        if key not in built:
            built[key] = compile_builder(rule, append_unknown)
        return built[key]

    patch.setattr(Rule, "_compile_builder", compiled)


def pages(patch: pytest.MonkeyPatch) -> None:
    """The code of a page is kept by its file and text."""
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": _PageCode()})


def typesetters(patch: pytest.MonkeyPatch) -> None:
    """One for each folder of templates knows its fonts, and which characters they have."""
    patch.setattr(app, "Typesetter", cache(app.Typesetter))


class _PageCode(BytecodeCache):
    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code:
            self._code[bucket.key, bucket.checksum] = bucket.code
