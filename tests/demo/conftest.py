"""The demonstration's road, travelled once per engine and then only read, or copied."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from casework.app import Casework, installation
from casework.config import load_settings
from casework.context import STOCKHOLM
from casework.demo.journey import travel
from casework.demo.road import Road
from casework.demo.telling import Teller
from casework.demo.world import World, found_organisation, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGINNING = datetime(2015, 1, 2, 8, tzinfo=STOCKHOLM)
NOW = datetime(2026, 11, 20, 9, tzinfo=STOCKHOLM)


def begun(url: str, folder: Path) -> tuple[Casework, World]:
    """A world before its first matter."""
    casework = installation(
        load_settings(
            {
                "CASEWORK_DATA_DIR": str(folder),
                "CASEWORK_DATABASE_URL": url,
                "CASEWORK_SECRET_KEY": "k" * 40,
            }
        )
    )
    with casework.acting(0, moment=BEGINNING) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=BEGINNING) as context:
        world = furnish(context, "")
    return casework, world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[tuple[Casework, World]]:
    """An installation with people and bodies, and no matter."""
    made = begun(database_url, tmp_path)
    yield made
    made[0].database.close()


@pytest.fixture
def travelled(world: tuple[Casework, World], tmp_path: Path) -> Casework:
    """The whole road behind it."""
    travel(road_of(world, tmp_path), NOW)
    return world[0]


def road_of(world: tuple[Casework, World], tmp_path: Path) -> Road:
    """A road that tells nobody."""
    quiet: Any = Teller(Console(file=io.StringIO()), tmp_path / "shelf")
    return Road(world[0], world[1], quiet)
