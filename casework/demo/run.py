"""`casework demo`: make the installation anew, travel the road, show the table."""

from __future__ import annotations

import secrets
import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from casework.app import installation, now
from casework.context import STOCKHOLM, SYSTEM
from casework.demo.journey import travel
from casework.demo.road import Road
from casework.demo.telling import Teller, summary
from casework.demo.world import found_organisation, furnish
from casework.errors import Conflict
from casework.schema import upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from casework.app import Casework
    from casework.config import Settings

MARK = "casework-demo"
BEGINNING = datetime(2015, 1, 2, 8, tzinfo=STOCKHOLM)


def clear(folder: Path) -> None:
    """Empty the demo's own folder; raises Conflict for one that is not the demo's."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise Conflict("demo_folder_in_use", folder=str(folder))
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def run(settings: Settings, console: Console) -> tuple[Casework, str]:
    """Everything up to the table; gives the installation and the password of all its users."""
    upgrade(settings.database_url)
    casework = installation(settings)
    password = secrets.token_urlsafe(9)
    with casework.acting(0, SYSTEM, BEGINNING) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, SYSTEM, BEGINNING) as context:
        world = furnish(context, password)
    travel(Road(casework, world, Teller(console, settings.data_dir / "documents")), now())
    verification = summary(casework, console)
    if verification.breaks:
        raise Conflict(verification.breaks[0].code, place=verification.breaks[0].place)
    return casework, password
