"""A deliverer in a process of its own, to be killed: database URL, mail URL, moment (ISO)."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import casework.people.models  # noqa: F401 (the table that messages refer to)
from casework.db import Database
from casework.mail.delivery import deliver
from casework.mail.transports import open_transport

if __name__ == "__main__":
    database_url, mail_url, moment = sys.argv[1:]
    deliver(
        Database(database_url),
        open_transport(mail_url),
        lambda digest: Path(digest).read_bytes(),
        datetime.fromisoformat(moment),
    )
