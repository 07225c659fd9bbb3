"""The demonstration's road, travelled once per engine and then only read, or copied."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from casework.app import Casework, installation
from casework.config import Settings, load_settings
from casework.context import STOCKHOLM
from casework.demo.journey import travel
from casework.demo.road import Road
from casework.demo.telling import Teller
from casework.demo.world import World, found_organisation, furnish
from tests.support.databases import do_not_wait_for_the_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.databases import DatabaseMaker

BEGINNING = datetime(2015, 1, 2, 8, tzinfo=STOCKHOLM)
NOW = datetime(2026, 11, 20, 9, tzinfo=STOCKHOLM)


PASSWORD = "ett-hemligt-losenord"


def settings_of(url: str, folder: Path) -> Settings:
    """The settings of this database and folder; the same key for all."""
    return load_settings(
        {
            "CASEWORK_DATA_DIR": str(folder),
            "CASEWORK_DATABASE_URL": url,
            "CASEWORK_SECRET_KEY": "k" * 40,
        }
    )


def opened(url: str, folder: Path) -> Casework:
    """The installation whose database and folder these are."""
    casework = installation(settings_of(url, folder))
    do_not_wait_for_the_disk(casework.database.engine)
    return casework


def furnished(url: str, folder: Path) -> World:
    """A world before its first matter."""
    casework = opened(url, folder)
    with casework.acting(0, moment=BEGINNING) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, moment=BEGINNING) as context:
        world = furnish(context, PASSWORD)
    casework.database.close()
    return world


def demonstrated(url: str, folder: Path) -> World:
    """The whole road behind it."""
    world = furnished(url, folder)
    casework = opened(url, folder)
    travel(road_of((casework, world), folder), NOW)
    casework.database.close()
    return world


@pytest.fixture
def world(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[tuple[Casework, World]]:
    """An installation with people and bodies, and no matter."""
    with database_maker.copied("furnished", tmp_path, furnished) as (url, made):
        casework = opened(url, tmp_path)
        yield casework, made
        casework.database.close()


@pytest.fixture(scope="module", params=["sqlite_maker", "postgres_maker"])
def travelled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Casework]:
    """The whole road behind it, on each engine in turn; for those who change nothing."""
    maker: DatabaseMaker = request.getfixturevalue(request.param)
    folder = tmp_path_factory.mktemp("travelled")
    with maker.copied("demonstrated", folder, demonstrated) as (url, _):
        casework = opened(url, folder)
        yield casework
        casework.database.close()


def road_of(world: tuple[Casework, World], tmp_path: Path) -> Road:
    """A road that tells nobody."""
    quiet: Any = Teller(Console(file=io.StringIO()), tmp_path / "shelf")
    return Road(world[0], world[1], quiet)
