"""Commands that keep the installation: migrations, backup and restore."""

from __future__ import annotations

from pathlib import Path

import click

from casework.app import now
from casework.cli.speaking import language
from casework.config import load_settings
from casework.phrases import sentence
from casework.schema import current, upgrade


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this program's tables."""
    settings = load_settings()
    upgrade(settings.database_url)
    revision = current(settings.database_url)
    print(sentence("database_current", {"revision": revision}, language()))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Everything, whole and checked, in one FILE."""
    from casework.backup import backup as back_up

    report = back_up(load_settings(), file, now())
    params = {"file": str(file), "rows": report.rows, "files": report.files}
    print(sentence("backed_up", params, language()))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Bring a backup into an empty installation."""
    from casework.backup import restore as bring_back

    report = bring_back(load_settings(), file)
    params = {"file": str(file), "rows": report.rows, "files": report.files}
    print(sentence("restored", params, language()))
