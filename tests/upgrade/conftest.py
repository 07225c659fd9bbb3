"""The data folder of the first version, unpacked once for each file of tests."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

ARCHIVE = Path(__file__).with_name("data-2026-11.tar.xz")


@pytest.fixture(scope="module")
def first_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data/`, the data folder itself, and `backup.tar`, the backup of it."""
    folder = tmp_path_factory.mktemp("first")
    with tarfile.open(ARCHIVE) as tar:
        # Python before 3.11.4, such as Debian 12's, knows no filter. The archive is our own.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)  # noqa: S202
    return folder
