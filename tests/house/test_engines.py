"""What is left out on one engine is there to be left out."""

from __future__ import annotations

import pytest

from tests.house.source import ROOT
from tests.support.engines import MOSTLY_ON_SQLITE


@pytest.mark.parametrize("module", MOSTLY_ON_SQLITE)
def test_a_module_that_is_mostly_on_sqlite_exists(module: str) -> None:
    """Whoever moves a module takes its line in tests/support/engines.py along."""
    assert (ROOT / module).is_file()
