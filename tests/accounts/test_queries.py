"""The administrator's list: in Swedish order, page by page, and searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.accounts.queries import account, accounts, accounts_counted
from casework.errors import NotFound
from tests.accounts.people import acting

if TYPE_CHECKING:
    from tests.accounts.people import World_


def test_pages_follow_each_other(world: World_) -> None:
    """Everybody once, Ö last."""
    with acting(world) as context:
        session, own, names, after = context.session, context.organisation_id, [], None
        while page := session.scalars(accounts(own, after=after, limit=3)).all():
            names += [each.person.name for each in page]
            after = page[-1].id
        assert len(names) == accounts_counted(session, own) == 10
        assert names[0] == "Ersättaren"
        assert names[-1] == "Vice ordföranden"


def test_a_question_finds_names_and_addresses(world: World_) -> None:
    """Whatever the case; the signs of LIKE are letters like others."""
    with acting(world) as context:
        own = context.organisation_id
        found = {
            asked: accounts_counted(context.session, own, asked)
            for asked in ("ORDFÖRANDEN", "vice-ordf", "%", "_", " ", "ingen")
        }
        assert found == {"ORDFÖRANDEN": 2, "vice-ordf": 1, "%": 0, "_": 0, " ": 10, "ingen": 0}


def test_an_account_of_nobody(world: World_) -> None:
    """A number that is no account's here."""
    with acting(world) as context, pytest.raises(NotFound):
        account(context.session, context.organisation_id, 999_999)
