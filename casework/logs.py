"""The log: one line an event on stderr, and nothing in it that opens a door or names a reader.

A fault is told by its type, where it happened and what it says about the program. What it says
about the data stays out: no locals, no parameters, no values of a database, no addresses.
Every way into the program says `configure()` first.
"""

from __future__ import annotations

import errno
import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    Event = dict[str, Any]

# Of a fault: how many exceptions behind it are told, how many frames of each, and how many of
# these are where it broke, in whose code ever; the others are ours.
CHAIN, FRAMES, INNERMOST = 3, 10, 3
LINE = 100
LONGEST = 300
OWN = Path(__file__).resolve().parent
# These speak of the program's names; what other exceptions say may hold what somebody wrote.
SPEAKS_OF_THE_PROGRAM = {
    "AttributeError",
    "BuildError",
    "ImportError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "TemplateNotFound",
    "TypeError",
    "UnboundLocalError",
    "UndefinedError",
}
HIDDEN = "[…]"
_SECRETS = (
    (re.compile(r"(?<=://)[^/\s]*@"), f"{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), rf"\1 {HIDDEN}"),
    (re.compile(r"[\w.%+'-]+@[\w.-]+"), HIDDEN),
)
# In a line that another library wrote an address may carry a personal link: its first step stays.
_LINKS = (
    (re.compile(r"(?<![\w/.])(/[\w-]+)/[^\s\"']+"), rf"\1/{HIDDEN}"),
    (re.compile(r"(?<=\S)\?[^\s\"']+"), f"?{HIDDEN}"),
    (re.compile(r"[A-Za-z0-9_-]{20,}"), HIDDEN),
)


class Log:
    """What a module tells: `log.warning("queue_full", count=3)`, an event with its values.

    `exc_info` is a fault, or True for the one that is being handled.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **values: Any) -> None:
        self._tell(logging.INFO, event, values)

    def warning(self, event: str, **values: Any) -> None:
        self._tell(logging.WARNING, event, values)

    def error(self, event: str, **values: Any) -> None:
        self._tell(logging.ERROR, event, values)

    def critical(self, event: str, **values: Any) -> None:
        self._tell(logging.CRITICAL, event, values)

    def exception(self, event: str, **values: Any) -> None:
        """An error, with the fault that is being handled."""
        self._tell(logging.ERROR, event, {"exc_info": True, **values})

    def _tell(self, level: int, event: str, values: Event) -> None:
        """The line is finished here, so that none is written otherwise before `configure`."""
        if self._logger.isEnabledFor(level):
            mark = {"casework_line": True}  # ours, so that no formatter touches it again
            made = self._logger.makeRecord(
                self._logger.name, level, "", 0, event, (), None, extra=mark
            )
            made.msg = _line(
                _made({**values, "event": event}, made.levelname, made.name, made.created)
            )
            self._logger.handle(made)


def get_logger(name: str = "casework.process") -> Log:
    """The log of the module that asks, by its `__name__`."""
    return Log(name)


def configure() -> None:
    """Send every log of this process to stderr in this form, those of other libraries too."""
    root = logging.getLogger()
    if not any(isinstance(handler, _Stderr) for handler in root.handlers):
        root.addHandler(_Stderr())
    root.setLevel(logging.WARNING)
    logging.getLogger("casework").setLevel(logging.INFO)
    logging.raiseExceptions = False  # would print a line's arguments in clear
    for handler in _handlers():
        handler.setFormatter(_Formatter())
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def told(error: BaseException) -> str:
    """An exception in a few words: its type, and its `meaning`."""
    cause = getattr(error, "orig", None)
    if cause is not None:  # SQLAlchemy's coat around the driver's own
        return _of_database(cause)
    return f"{type(error).__name__} {_meaning(error)}".rstrip()


def _meaning(error: BaseException) -> str:
    """What an exception says about the program and its surroundings; "" if only about data."""
    if type(error).__name__ in SPEAKS_OF_THE_PROGRAM:
        return _first_line(str(error))
    for name in ("code", "smtp_code"):
        value = getattr(error, name, None)
        if isinstance(value, str | int):
            return str(value)
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0, "")
    return ""


def _of_database(cause: BaseException) -> str:
    """The driver's type and code and the constraint; its sentence would quote the row, unless
    the driver found no server: then there is no code, and nobody's words in it."""
    kind = type(cause).__name__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    if code is None and kind in ("OperationalError", "ConnectionTimeout"):
        return f"{kind} {_first_line(str(cause))}".rstrip()
    if str(cause).startswith("no such "):  # a table or a column: the database was not upgraded
        return f"{kind} {_first_line(str(cause))}"
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return " ".join(str(part) for part in (kind, code, constraint) if part)


def _first_line(text: str) -> str:
    return _scrubbed((text.splitlines() or [""])[0][:LONGEST])


def _trace(error: BaseException) -> Iterator[str]:
    """The exception and those behind it, outermost first, each with its innermost frames."""
    shown: BaseException | None = error
    for _ in range(CHAIN):
        if shown is None:
            return
        yield told(shown)
        frames = traceback.StackSummary.extract(
            traceback.walk_tb(shown.__traceback__), lookup_lines=False
        )
        ours = [frame for frame in frames[:-INNERMOST] if Path(frame.filename).is_relative_to(OWN)]
        for frame in (ours + frames[-INNERMOST:])[-FRAMES:]:
            place = f"  {_place(frame.filename)}:{frame.lineno} {frame.name}"
            yield f"{place}: {(frame.line or '')[:LINE]}".rstrip(": ")
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)


def _place(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(OWN):
        return str(path.relative_to(OWN.parent))
    return "/".join(path.parts[-3:])


def _scrubbed(text: str, patterns: Any = _SECRETS) -> str:
    for pattern, instead in patterns:
        text = pattern.sub(instead, text)
    return text


def _made(event: Event, level: str, logger: str, seconds: float) -> Event:
    """An event as it is written: with its place and time, its fault shortened, and no secret."""
    moment = datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    whole = event | {"level": level.lower(), "logger": logger, "timestamp": moment}
    return _hide(_shorten(whole))


def _shorten(event: Event) -> Event:
    """A fault as its type and a short trace, without a single value of the running program."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["fault"] = told(error)
        event["trace"] = "\n".join(_trace(error))
    return event


def _hide(event: Event) -> Event:
    for name, value in event.items():
        if name != "trace" and not isinstance(value, int | float | None):
            event[name] = _scrubbed(str(value))[:LONGEST]
    return event


def _line(event: Event) -> str:
    """JSON on one line; on a terminal, text for a person."""
    rest = dict(event)
    first = {name: rest.pop(name) for name in ("timestamp", "level", "event")}
    if not sys.stderr.isatty():
        return json.dumps(first | rest, ensure_ascii=False)
    trace = str(rest.pop("trace", "")).splitlines()
    words = [*first.values(), *(f"{name}={value}" for name, value in rest.items())]
    return "\n  ".join([" ".join(map(str, words)), *trace])


class _Formatter(logging.Formatter):
    """The same form for what other libraries log."""

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "casework_line", False):
            return record.getMessage()
        event: Event = {
            "event": _scrubbed(record.getMessage(), _SECRETS + _LINKS),
            "exc_info": record.exc_info,
        }
        return _line(_made(event, record.levelname, record.name, record.created))


class _Stderr(logging.StreamHandler[Any]):
    """Writes to whatever standard error is at the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def _handlers() -> Iterator[logging.Handler]:
    """Every handler there is: a web server has set up its own before it loads the program."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.Logger.manager.loggerDict)]
    for logger in loggers:
        yield from logger.handlers


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        get_logger().critical("uncaught", exc_info=error)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        get_logger().critical("uncaught_in_thread", exc_info=args.exc_value)
