"""Files and folders of the installation's own: for the user it runs as, and for nobody else."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE, FOLDER = 0o600, 0o700
OTHERS = 0o077


def keep_to_oneself() -> None:
    """Whatever this process and its children make from now on is closed to others."""
    os.umask(OTHERS)


def opener(path: str, flags: int) -> int:
    """For `open(..., opener=opener)`: a file that is made is closed to others from the start."""
    return os.open(path, flags, FILE)


def made(folder: Path) -> Path:
    """The folder, made for us alone where it is not there yet; raises OSError."""
    if not folder.is_dir():
        made(folder.parent)
        try:
            folder.mkdir(mode=FOLDER)
        except FileExistsError:
            if not folder.is_dir():  # else another was first
                raise
    return folder


def tighten(paths: Iterable[Path]) -> None:
    """Close to others what was left open earlier: each path, and all that lies in it.

    What belongs to somebody else, or is a link to elsewhere, is left as it is.
    """
    for path in filter(close, paths):
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                close(Path(folder, name))


def close(path: Path) -> bool:
    """Close one file or folder to others if it is ours; gives whether it is.

    A folder that everybody shares, as /tmp, is none of ours.
    """
    with suppress(FileNotFoundError):  # a file in the making, finished meanwhile
        found = path.lstat()
        mode = stat.S_IMODE(found.st_mode)
        is_ours = found.st_uid == os.geteuid() and not mode & stat.S_ISVTX
        if not is_ours or stat.S_ISLNK(found.st_mode):
            return False
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)
        return True
    return False
