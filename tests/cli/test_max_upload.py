"""The size limit of a file is a setting, the same everywhere, and a wrong one stops the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.config import load_settings
from casework.errors import Invalid
from casework.phrases import sentence

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(("given", "limit"), [("", 100), ("1", 1), (" 250 ", 250), ("1000", 1000)])
def test_the_limit_is_a_setting(tmp_path: Path, given: str, limit: int) -> None:
    """In megabytes, 100 if nothing is said; a process of our own keeps it."""
    settings = load_settings({"CASEWORK_DATA_DIR": str(tmp_path), "CASEWORK_MAX_UPLOAD": given})
    assert settings.max_upload == limit * MEGABYTE
    assert load_settings(settings.as_environ()).max_upload == limit * MEGABYTE


@pytest.mark.parametrize("wrong", ["0", "-1", "1001", "1.5", "100 MB", "mycket", "٣", "9" * 5000])
def test_a_wrong_limit_stops_the_start(tmp_path: Path, wrong: str) -> None:
    """One sentence, which names the setting."""
    environ = {"CASEWORK_DATA_DIR": str(tmp_path), "CASEWORK_MAX_UPLOAD": wrong}
    with pytest.raises(Invalid, match="setting_wrong") as refused:
        load_settings(environ)
    told = sentence("setting_wrong", refused.value.params, "sv")
    assert "CASEWORK_MAX_UPLOAD" in told
    assert len(told) < 200
