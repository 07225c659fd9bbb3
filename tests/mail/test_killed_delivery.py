"""kill -9 in the middle of a sweep: nothing lost, and nothing repeated without saying so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

import casework
from casework.mail.delivery import LEASE, deliver
from casework.mail.models import Message
from casework.mail.transports import open_transport

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from casework.db import Database

pytestmark = pytest.mark.crash

LETTERS = 12


@pytest.mark.parametrize(
    ("when", "arrivals"),
    [
        (("RCPT", 5), 1),  # before the letter was handed over
        (("DATA", 5), 2),  # after it was taken, before the deliverer could know
        (("QUIT", 5), 2),  # after it was told, before it was written down
    ],
)
def test_killed_in_the_middle(
    post: Callable[..., Message],
    serve: Callable[..., Any],
    database: Database,
    database_url: str,
    moment: datetime,
    when: tuple[str, int],
    arrivals: int,
) -> None:
    """After the restart every letter went exactly once, or is marked and has one Message-ID."""
    messages = [post(f"dispatch:{number}") for number in range(LETTERS)]
    with serve() as server:
        server.kill_at = when
        mail_url = f"smtp://127.0.0.1:{server.port}"
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.mail.delivering", database_url, mail_url, str(moment)],
            cwd=Path(casework.__file__).parents[1],
            env={"PATH": os.environ["PATH"]},
        )
        server.kill(child.pid)
        assert child.wait(timeout=60) == -9

        transport = open_transport(mail_url)
        deliver(database, transport, lambda _: b"", moment + LEASE / 2)
        deliver(database, transport, lambda _: b"", moment + LEASE)

    with database.read() as session:
        rows = {row.message_id: row for row in session.scalars(select(Message))}
    arrived = Counter(letter["Message-ID"] for letter in server.letters)
    assert set(arrived) == {message.message_id for message in messages}
    assert {row.state for row in rows.values()} == {"sent"}
    interrupted = messages[when[1] - 1].message_id
    assert arrived[interrupted] == arrivals
    assert arrived.total() == LETTERS + arrivals - 1
    assert [key for key, row in rows.items() if row.possibly_repeated] == [interrupted]
