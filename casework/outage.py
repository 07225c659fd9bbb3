"""Telling that the database or the disk is away from a mistake of the program.

Whatever comes while a database restarts, fails over, is full or out of reach is `Unavailable`:
the reader is told to try again in a while, and no page about it is written in the log.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    PendingRollbackError,
    SQLAlchemyError,
    TimeoutError,
)

from casework.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

# PostgreSQL, appendix A: classes 08 connection exception, 53 insufficient resources, 58 system
# error; shut down, crashed, starting up, dropped, idle too long; a standby that only reads.
AWAY_CLASSES = ("08", "53", "58")
AWAY_STATES = {"57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25006", "55P03"}
# SQLite's result codes: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
AWAY_CODES = {5, 6, 7, 8, 10, 13, 14, 15}
LOCKED_CODES = {5, 6}
CONNECTION_WAS_LOST = "8s2b"
DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}


@contextmanager
def told_as_unavailable(code: str = "database_away") -> Iterator[None]:
    """Raise Unavailable(`code`) for an outage within; everything else passes as it is."""
    try:
        yield
    except SQLAlchemyError as error:
        if not is_outage(error):
            raise
        raise Unavailable("busy" if _is_locked(error) else code) from error
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        raise Unavailable("storage_away") from error


def _is_locked(error: SQLAlchemyError) -> bool:
    """Another has written to SQLite for longer than anybody waits."""
    code: int = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF in LOCKED_CODES


def is_outage(error: BaseException) -> bool:
    """Whether the database is away rather than the statement wrong."""
    if isinstance(error, TimeoutError | DisconnectionError):  # no connection was to be had
        return True
    if isinstance(error, PendingRollbackError):
        return error.code == CONNECTION_WAS_LOST
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _is_away(error.orig)


def _is_away(cause: Any) -> bool:
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in AWAY_CODES
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return state in AWAY_STATES or state.startswith(AWAY_CLASSES)
    # The driver itself found no server, or lost it: then there is no answer with a code.
    kinds = {f"{kind.__module__.split('.')[0]}.{kind.__name__}" for kind in type(cause).__mro__}
    return bool(kinds & {"psycopg.OperationalError", "psycopg.InterfaceError"})
