"""A deliverer in a process of its own, to be killed: data folder, database and mail URL, moment."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from casework.background import deliver
from tests.demo.conftest import opened

if __name__ == "__main__":
    folder, database_url, mail_url, moment = sys.argv[1:]
    casework = opened(database_url, Path(folder))
    reached = replace(casework, settings=replace(casework.settings, mail_url=mail_url))
    deliver(reached, datetime.fromisoformat(moment))
