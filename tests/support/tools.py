"""The programs that tests need beside Python: without one a test is skipped, and in CI it fails.

`.ci/test` installs them; a program named here has its line there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import NoReturn

import pytest

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def needed(*names: str) -> str:
    """The path of the first of these programs that is here."""
    for name in names:
        if path := shutil.which(name):
            return path
    return lacking(f"{names[0]} is not on this machine: `sh .ci/test` says what to install")


def chromium() -> str:
    """The path of a Chromium that the driver can start."""
    path = os.environ.get("CASEWORK_CHROMIUM") or needed(*CHROMIUMS)
    # The driver is a program of its own, with libraries of its own (libatomic1 on Debian).
    driver = [sys.executable, "-m", "playwright", "--version"]
    if subprocess.run(driver, capture_output=True, check=False).returncode != 0:
        lacking("the browser driver does not start: `python -m playwright --version` says why")
    return path


def lacking(sentence: str) -> NoReturn:
    """Skip the test, for the reason in `sentence`; in CI nothing may be missing, so it fails."""
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
