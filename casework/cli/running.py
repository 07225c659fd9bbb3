"""Commands that run: the demonstration, the server, the worker and the two sweeps by hand."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casework import background
from casework.cli.serving import listening, serve_web, work
from casework.cli.speaking import language
from casework.cli.terminal import at_option, console, moment, opened
from casework.config import load_settings
from casework.errors import Invalid
from casework.phrases import sentence

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.config import Settings

LOOPBACK, EVERY_HOST = "127.0.0.1", "0.0.0.0"  # noqa: S104 (only compared with)
PORT = 8000
DEMO_LINK_DAYS = 3650  # the road lies in the past, and its letters are still to be tried


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("var/demo"), metavar="DIR")
@click.option("--no-serve", is_flag=True, help="End with the table.")
@click.option("--port", type=int, default=PORT, metavar="N")
def demo(data: Path, no_serve: bool, port: int) -> None:
    """A fresh installation in DIR, and real matters taken the whole road; then the web."""
    from casework.demo.run import clear, run
    from casework.demo.telling import how_to_sign_in

    if not no_serve:
        listening(LOOPBACK, port).close()
    clear(data)
    settings = _demo_settings(data, port)
    terminal = console()
    casework, password = run(settings, terminal)
    how_to_sign_in(casework, terminal, password)
    casework.database.close()
    if not no_serve:
        _become_server(settings, port)


@click.command()
@click.option("--host", default=LOOPBACK, metavar="H")
@click.option("--port", type=int, default=PORT, metavar="N")
@click.option("--workers", type=click.IntRange(1, 64), default=2, metavar="W")
def serve(host: str, port: int, workers: int) -> None:
    """The web, and on one machine the scheduler."""
    settings = load_settings({"CASEWORK_BASE_URL": _own_address(host, port), **os.environ})
    with listening(host, port) as own:
        tell_of_workflows(_opened_once(settings))
        for code in settings.warnings():
            print(sentence(code, {}, language()), file=sys.stderr)
        print(f"http://{host}:{port}", flush=True)
        serve_web(settings, own, workers=workers, ticking=settings.embedded)


@click.command()
def worker() -> None:
    """Background work on PostgreSQL; any number of them."""
    settings = load_settings()
    if settings.embedded:
        raise Invalid("worker_needs_postgresql")
    tell_of_workflows(_opened_once(settings))
    work(settings)


@click.command()
@at_option
def remind(at: str | None) -> None:
    """Queue the reminders that are due, once."""
    result = background.remind(opened(), moment(at))
    params = {"sent": result.sent, "cancelled": result.cancelled, "missed": result.missed}
    print(sentence("swept", params, language()))
    for failure in result.failures:
        print(f"{failure.reminder_id}: {failure.error}")


@click.command()
@at_option
def deliver(at: str | None) -> None:
    """Send the letters that are due, once."""
    result = background.deliver(opened(), moment(at))
    for message in [*result.sent, *result.retrying, *result.failed]:
        reason = message.error(language())
        print(f"{message.state} {message.to_address} {message.message_id} {reason}".rstrip())
    params = {
        "sent": len(result.sent),
        "retrying": len(result.retrying),
        "failed": len(result.failed),
    }
    print(sentence("delivered", params, language()))


def _opened_once(settings: Settings) -> Casework:
    """The installation as it is opened before the processes of the server are begun."""
    casework = opened(settings)
    casework.database.close()
    return casework


def tell_of_workflows(casework: Casework) -> None:
    """Whoever starts it reads which files are refused, and why; it runs all the same."""
    for fault in casework.services.engine.definitions.faults:
        print(fault.sentence(language()), file=sys.stderr)
    for each in casework.services.engine.definitions.refused.values():
        print(
            sentence("workflow_refused_goes_on", {"label": each.label}, language()), file=sys.stderr
        )


def _become_server(settings: Settings, port: int) -> None:
    """Serve in a process begun anew: what the demonstration held is let go of."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "casework.cli", "serve", "--port", str(port)]
    os.execve(sys.executable, command, {**os.environ, **settings.as_environ()})  # noqa: S606 (our own program, no shell)


def _own_address(host: str, port: int) -> str:
    """Where this machine reaches its own server, also one that listens on every address."""
    return f"http://{LOOPBACK if host == EVERY_HOST else host}:{port}"


def _demo_settings(data: Path, port: int) -> Settings:
    """The demo keeps to its folder, whatever else the environment says."""
    kept = {name: value for name, value in os.environ.items() if name in _DEMO_KEEPS}
    settings = load_settings(
        {
            **kept,
            "CASEWORK_DATA_DIR": str(data),
            "CASEWORK_BASE_URL": f"http://{LOOPBACK}:{port}",
        }
    )
    return replace(settings, link_days=DEMO_LINK_DAYS)


_DEMO_KEEPS = {"CASEWORK_WORKFLOWS", "CASEWORK_TEMPLATES"}
