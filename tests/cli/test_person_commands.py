"""What is kept about a person, by command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from casework.errors import NotFound
from tests.cli.test_account_commands import FIRST, run

if TYPE_CHECKING:
    from tests.cli.test_account_commands import Run

__all__ = ["run"]


def test_an_extract_is_printed_as_data(run: Run) -> None:
    """By the address of the account or the person's number; each time it is on record."""
    made = json.loads(run("person", "extract", FIRST))
    assert made["person"]["name"] == "Första Administratören"
    assert [each["role"] for each in made["appointments"]] == ["administrator"]
    again = json.loads(run("person", "extract", str(made["person"]["id"])))
    assert again["about"]["rows"][0]["action"] == "extract_made"
    with pytest.raises(NotFound, match="user_unknown"):
        run("person", "extract", "ingen@example.org")
