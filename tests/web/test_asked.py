"""Numbers and moments from a form: what no column holds is refused before it gets there."""

from __future__ import annotations

from datetime import datetime

import pytest

from casework.context import STOCKHOLM
from casework.errors import Invalid
from casework.web.frame.asked import local_moment, row_number, whole_number


@pytest.mark.parametrize("text", ["", "x", "9" * 19, "9" * 5000, "1.5", "²"])
def test_what_is_no_number(text: str) -> None:
    """No row has the number 0, so a form that somebody has meddled with finds nothing."""
    assert row_number(text) == 0
    with pytest.raises(ValueError):  # noqa: PT011 (it is werkzeug's contract)
        whole_number(text)


def test_a_number_is_read_as_one() -> None:
    assert row_number("42") == whole_number("42") == 42


@pytest.mark.parametrize(
    "text", ["", "i dag", "0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30"]
)
def test_what_is_no_moment(text: str) -> None:
    """A year that the calendar does not reach would break the database's own clock."""
    with pytest.raises(Invalid, match="meeting_time_wrong"):
        local_moment(text)


def test_a_moment_is_in_stockholm() -> None:
    assert local_moment("2026-02-03T09:00") == datetime(2026, 2, 3, 9, tzinfo=STOCKHOLM)
