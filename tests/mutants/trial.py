"""The tests of a room against each change of its code, each in a process of its own.

The program is imported and the tests collected once; whatever runs, runs in a forked process,
since the typesetter's threads do not survive a fork. A first round notes which test comes through
which function, and leaves the worlds it made to the others. Each change is then tried by those
tests alone, the quickest first, until one fails. No file is touched.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType, ModuleType

    from tests.mutants.changes import Change


class _Nothing:
    """What comes after the last test: what the session keeps is kept."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[pytest.Session]:
        return [self._session]


class Trial:
    """A pytest plugin: `unnoticed` are the changes that no test minded, of `tried`.

    `failing` says which tests fail without any change; then none is tried.
    """

    def __init__(self, planned: Sequence[Change], tell: Callable[[str], None]) -> None:
        self.planned = planned
        self.tell = tell
        self.failing = ""
        self.tried = 0
        self.unnoticed: list[Change] = []
        self._failed: list[str] = []
        self._seconds: dict[str, float] = {}
        self._passing: dict[tuple[str, str], set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        so_far = self._seconds.get(report.nodeid, 0.0)
        self._seconds[report.nodeid] = so_far + report.duration
        if report.failed:
            self._failed.append(f"{report.nodeid}\n{report.longreprtext[-2000:]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._first_round(session)
        items = {item.nodeid: item for item in session.items}
        for change in () if self.failing else self.planned:
            chosen = sorted(self._that_come_through(change), key=self._seconds.__getitem__)
            self.tried += 1
            if not self._is_noticed(session, change, [items[each] for each in chosen]):
                self.unnoticed.append(change)
                self.tell(str(change) if chosen else f"{change} (no test comes here)")
        return True

    def _first_round(self, session: pytest.Session) -> None:
        with TemporaryDirectory() as folder:
            notes = Path(folder, "notes")
            child = os.fork()
            if child == 0:
                try:
                    self._note_passing(session)
                    notes.write_bytes(pickle.dumps((self._failed, self._seconds, self._passing)))
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
            failed, self._seconds, self._passing = pickle.loads(  # noqa: S301 (written above)
                notes.read_bytes()
            )
        self.failing = "\n".join(failed)

    def _note_passing(self, session: pytest.Session) -> None:
        codes = dict(_codes({change.path for change in self.planned}))
        for item, following in _in_turn(session, session.items):
            coming = self._comer(codes, item.nodeid)
            threading.setprofile(coming)
            sys.setprofile(coming)
            try:
                _run(item, following)
            finally:
                sys.setprofile(None)
                threading.setprofile(None)  # type: ignore[arg-type]

    def _comer(self, codes: Mapping[CodeType, tuple[str, str]], test: str) -> Any:
        def note(frame: FrameType, event: str, _argument: Any) -> None:
            if event == "call" and frame.f_code in codes:
                self._passing.setdefault(codes[frame.f_code], set()).add(test)

        return note

    def _that_come_through(self, change: Change) -> set[str]:
        """Of a change outside the functions, every test that comes into the module."""
        return {
            test
            for (path, function), tests in self._passing.items()
            if path == str(change.path) and change.function in (function, "")
            for test in tests
        }

    def _is_noticed(
        self, session: pytest.Session, change: Change, chosen: list[pytest.Item]
    ) -> bool:
        if not chosen:
            return False
        child = os.fork()
        if child == 0:
            signal.alarm(60 + 10 * int(sum(self._seconds[item.nodeid] for item in chosen)))
            minded = 1
            try:
                put_in(change)
                minded = int(self._is_minded(session, chosen))
            finally:
                os._exit(minded)
        return os.waitpid(child, 0)[1] != 0

    def _is_minded(self, session: pytest.Session, chosen: list[pytest.Item]) -> bool:
        for item, following in _in_turn(session, chosen):
            _run(item, following)
            if self._failed:
                return True
        return False


def _in_turn(
    session: pytest.Session, items: Sequence[pytest.Item]
) -> Iterator[tuple[pytest.Item, Any]]:
    yield from zip(items, [*items[1:], _Nothing(session)], strict=True)


def _run(item: pytest.Item, following: Any) -> None:
    item.config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, nextitem=following, log=False):
        item.ihook.pytest_runtest_logreport(report=report)


# --- Putting a change into the program that runs -------------------------------------------------


def put_in(change: Change) -> None:
    """From now on this process runs the changed code, wherever the old was imported."""
    module = _module(change.path)
    if change.function:
        changed = compile(change.tree, str(change.path), "exec")
        [code] = [each for each in _within(changed) if each.co_qualname == change.function]
        _function(module, change.function).__code__ = code
        return
    original = ast.parse(change.path.read_text(encoding="utf-8"))
    for old, new in zip(original.body, change.tree.body, strict=True):
        if ast.dump(old) != ast.dump(new):
            _say_again(module, new)


def _module(path: Path) -> ModuleType:
    name = ".".join(path.with_suffix("").parts)
    return importlib.import_module(name.removesuffix(".__init__"))


def _function(module: ModuleType, qualified: str) -> FunctionType:
    found: Any = module
    for name in qualified.split("."):
        found = inspect.getattr_static(found, name)
    while not isinstance(found, FunctionType):  # what decorates it keeps it under one of these
        found = next(
            inner
            for name in ("__wrapped__", "__func__", "fget", "func")
            if (inner := getattr(found, name, None)) is not None
        )
    return inspect.unwrap(found)


def _say_again(module: ModuleType, statement: ast.stmt) -> None:
    """A constant of the module gets its other value, also where it was imported by its name."""
    names = {**vars(module)}
    exec(compile(ast.Module([statement], []), str(module.__file__), "exec"), names)  # noqa: S102
    for name in {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}:
        old = vars(module).get(name)
        if names.get(name) is not old:
            for other in list(sys.modules.values()):
                if other.__name__.startswith("casework") and vars(other).get(name) is old:
                    setattr(other, name, names[name])


def _codes(paths: set[Path]) -> Iterator[tuple[CodeType, tuple[str, str]]]:
    """Each function's code as it is in the running program, with its path and name."""
    for path in paths:
        module = _module(path)
        for code in _within(compile(path.read_text(encoding="utf-8"), str(path), "exec")):
            with suppress(AttributeError, StopIteration):  # a function within another
                function = _function(module, code.co_qualname)
                yield function.__code__, (str(path), code.co_qualname)


def _within(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _within(each)
