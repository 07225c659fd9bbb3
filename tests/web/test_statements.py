"""What a page asks of the database: a ceiling for the matter's and the meeting's, whoever reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.app import Casework, create_app
from casework.matters.models import Matter
from casework.meetings.models import Meeting
from tests.demo.conftest import PASSWORD
from tests.support.statements import counted

if TYPE_CHECKING:
    from flask import Flask

    from casework.config import Settings

# The signing in and each BEGIN among them.
PAGE = 26  # one of them asks what secrecy hides of a meeting's agenda
# Of a marked matter also who may know of it, and how its excerpt reaches each.
OF_A_MARK = 7
# Once in a minute a session notes that it was used, and that of a marked matter was read.
IN_PASSING = (
    *("PRAGMA", "BEGIN IMMEDIATE", "UPDATE account_session"),
    *("SELECT secret_matter", "SELECT secret_reading", "INSERT INTO secret_reading"),
)
READERS = ("namndsekreterare", "registrator", "ordforande", "handlaggare")


@pytest.fixture(scope="module")
def app(travelled: Settings) -> Flask:
    return create_app(travelled)


@pytest.mark.parametrize("reader", READERS)
def test_a_page_asks_the_same_however_much_stands_on_it(app: Flask, reader: str) -> None:
    """Twenty items with their §§, a dozen steps with their roles: each kind is asked for once."""
    casework: Casework = app.extensions["casework"]
    with casework.database.read() as session:
        pages = [f"/matters/{each}" for each in session.scalars(select(Matter.id))]
        is_marked = Matter.secrecy_provision != ""
        marked = {
            f"/matters/{each}" for each in session.scalars(select(Matter.id).where(is_marked))
        }
        pages += [f"/meetings/{each}" for each in session.scalars(select(Meeting.id))]
        longest = max(len(each.agenda) for each in session.scalars(select(Meeting)))
    assert longest >= 20
    client = app.test_client()
    [token] = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[-1:]
    form = {"email": f"{reader}@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 303
    client.get("/")  # what the process learns once, and that the session was used today
    seen = 0
    for page in pages:
        with counted(casework.database) as sent:
            seen += client.get(page).status_code == 200
        asked = [each for each in sent if not each.startswith(IN_PASSING)]
        most = PAGE + OF_A_MARK * (page in marked)
        assert len(asked) <= most, "\n".join((page, *asked))
    assert seen > 3
