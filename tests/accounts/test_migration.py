"""An installation in which a person has several accounts is upgraded all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from casework.db import open_engine
from casework.schema import downgrade, upgrade

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker

# Two accounts of one person, both open; the newest of another's closed already.
ACCOUNTS = [(1, 1, True), (2, 1, True), (3, 2, True), (4, 2, False)]


def test_the_newest_that_is_open_stays_so(database_maker: DatabaseMaker) -> None:
    """Nothing is lost: the other is closed, and the way back is open."""
    with database_maker.fresh(empty=True) as url:
        upgrade(url, "0004")
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO organisation (id, name, short_name, address, phone, email,"
                    " audit_count, audit_head, version) VALUES (1, 'R', 'R', '', '', '', 0, '', 1)"
                )
            )
            for person in (1, 2):
                connection.execute(
                    text(
                        "INSERT INTO person (organisation_id, id, name, sort_key, title, email,"
                        " phone, party_code, version, audit_count, audit_head)"
                        " VALUES (1, :id, 'P', 'p', '', '', '', '', 1, 0, '')"
                    ),
                    {"id": person},
                )
            for number, person, is_open in ACCOUNTS:
                connection.execute(
                    text(
                        "INSERT INTO user_account (organisation_id, id, person_id, email,"
                        " password_hash, language, is_active, failed_attempts, session_epoch,"
                        " version, audit_count, audit_head)"
                        " VALUES (1, :id, :person, :email, '', 'sv', :is_open, 0, 3, 1, 0, '')"
                    ),
                    {
                        "id": number,
                        "person": person,
                        "email": f"{number}@x.example",
                        "is_open": is_open,
                    },
                )
        upgrade(url)
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT id, is_active, calendar_epoch FROM user_account ORDER BY id")
            ).all()
        assert [(number, bool(is_open)) for number, is_open, _ in rows] == [
            (1, False),
            (2, True),
            (3, True),
            (4, False),
        ]
        assert {epoch for *_, epoch in rows} == {3}
        engine.dispose()
        downgrade(url, "0004")
        upgrade(url)
