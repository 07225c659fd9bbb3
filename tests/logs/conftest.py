"""The log as it stands on standard error, with the logging of the test run put back afterwards."""

from __future__ import annotations

import json
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from casework import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARKER = "hemlig-markör-7f3a9c"


@pytest.fixture(autouse=True)
def _logging_is_put_back() -> Iterator[None]:
    """`configure` changes the process; another test is not to meet it."""
    root = logging.getLogger()
    kept = [(handler, handler.formatter) for handler in root.handlers]
    hooks, told = (sys.excepthook, threading.excepthook), logging.raiseExceptions
    yield
    root.handlers[:] = [handler for handler, _formatter in kept]
    for handler, formatter in kept:
        handler.setFormatter(formatter)
    (sys.excepthook, threading.excepthook), logging.raiseExceptions = hooks, told


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Every line of the log since it was last asked; no line is longer than 5 kB or holds the
    marker, and nothing but lines of the log stands on standard error."""
    logs.configure()

    def read() -> list[dict[str, Any]]:
        lines = capfd.readouterr().err.splitlines()
        assert not [line for line in lines if MARKER in line or "7f3a9c" in line]
        assert max(map(len, lines), default=0) < 5000
        return [json.loads(line) for line in lines]

    return read


def explode(*_: Any, **__: Any) -> Any:
    """Breaks with secrets around it: in a local, in the arguments and in the message."""
    password = MARKER
    try:
        int(password)
    except ValueError as error:
        raise RuntimeError(f"cannot use {password}") from error
