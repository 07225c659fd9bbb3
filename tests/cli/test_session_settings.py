"""How long a sign-in lives is a setting, and a wrong one stops the start."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from casework.config import load_settings
from casework.errors import Invalid
from casework.phrases import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from casework.config import Settings

IDLE, LIFE = "CASEWORK_SESSION_IDLE", "CASEWORK_SESSION_LIFE"


def settings(folder: Path, **environ: str) -> Settings:
    return load_settings({"CASEWORK_DATA_DIR": str(folder), **environ})


@pytest.mark.parametrize(
    ("idle", "life", "minutes"),
    [
        ("", "", (8 * 60, 7 * 24 * 60)),
        ("30m", "12h", (30, 12 * 60)),
        (" 2H ", "30d", (120, 30 * 24 * 60)),
        ("14d", "", (14 * 24 * 60, 14 * 24 * 60)),
    ],
)
def test_spans(tmp_path: Path, idle: str, life: str, minutes: tuple[int, int]) -> None:
    """Minutes, hours or days; a process of our own keeps them."""
    found = settings(tmp_path, **{IDLE: idle, LIFE: life})
    wanted = tuple(timedelta(minutes=each) for each in minutes)
    assert (found.session_idle, found.session_life) == wanted
    again = load_settings(found.as_environ())
    assert (again.session_idle, again.session_life) == wanted


@pytest.mark.parametrize("name", [IDLE, LIFE])
@pytest.mark.parametrize(
    "wrong", ["0h", "4m", "366d", "-1h", "8", "h", "1.5h", "åtta timmar", "٣h", "9" * 5000 + "m"]
)
def test_a_wrong_span_stops_the_start(tmp_path: Path, name: str, wrong: str) -> None:
    """One sentence, which names the setting."""
    with pytest.raises(Invalid, match="setting_wrong") as refused:
        settings(tmp_path, **{name: wrong})
    told = sentence("setting_wrong", refused.value.params, "sv")
    assert name in told
    assert len(told) < 200


def test_unused_no_longer_than_in_all(tmp_path: Path) -> None:
    """A limit that never comes is a mistake."""
    with pytest.raises(Invalid, match=IDLE):
        settings(tmp_path, **{IDLE: "2d", LIFE: "1d"})
