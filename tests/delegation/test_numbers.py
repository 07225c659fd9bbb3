"""A body's decisions made outside its meetings are numbered by year, without gap or duplicate."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from casework.delegation.models import DelegatedDecision
from casework.errors import Refusal
from casework.people.models import Body
from casework.people.service import revise_body
from casework.schema import downgrade, upgrade

if TYPE_CHECKING:
    from .conftest import Office

WRITERS = 8


def numbers(office: Office, year: int) -> list[int | None]:
    with office.casework.database.read() as session:
        drawn = select(DelegatedDecision.number).where(DelegatedDecision.year == year)
        return sorted(session.scalars(drawn), key=lambda number: number or 0)


def test_many_sign_at_once(office: Office) -> None:
    """Each thread's decision has a number of its own, and none is left out."""
    director = office.cast.director
    drafts = [office.draft(director) for _ in range(WRITERS)]
    signing = [
        threading.Thread(
            target=office.fire, args=(director, draft, "decide"), kwargs={"delegable": True}
        )
        for draft in drafts
    ]
    for thread in signing:
        thread.start()
    for thread in signing:
        thread.join()
    assert numbers(office, 2025) == list(range(1, WRITERS + 1))


def test_a_refused_or_withdrawn_draft_takes_no_number(office: Office) -> None:
    """A number that nobody signed for is the next one's; the chair's are in the same series."""
    director = office.cast.director
    office.mandate()
    first = office.draft(director)
    with pytest.raises(Refusal):
        office.fire(director, first, "decide", delegable=False)
    office.fire(director, first, "withdraw")
    assert office.read(office.decide(director)).designation == "RUN D 1/2025"
    urgent = office.decide(office.cast.chair, kind="urgent", urgency="Tiden är ute i morgon.")
    assert office.read(urgent).designation == "RUN D 2/2025"
    assert office.read(first).designation == ""


def test_a_number_stays_when_the_body_gets_another_short_name(office: Office) -> None:
    """What has been signed is called what it was; the next one follows in the same series."""
    director = office.cast.director
    first = office.decide(director)
    with office.casework.acting(office.world.organisation_id) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        revise_body(context, body, short_name="NFT")
    second = office.decide(director)
    found = [office.read(each).designation for each in (first, second)]
    assert found == ["RUN D 1/2025", "NFT D 2/2025"]


def test_an_older_installation_keeps_its_numbers(office: Office) -> None:
    """What was decided before designations were kept gets the one that it had been shown with."""
    signed = office.decide(office.cast.director)
    draft = office.draft(office.cast.director)
    engine = office.casework.database.engine
    engine.dispose()
    url = office.casework.settings.database_url
    downgrade(url, "0001")
    upgrade(url)
    found = [office.read(each).designation for each in (signed, draft)]
    assert found == ["RUN D 1/2025", ""]


def test_each_year_begins_anew(office: Office) -> None:
    """RUN D 1/2026 follows RUN D 2/2025."""
    for day in (date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1)):
        office.decide(office.cast.director, day)
    assert numbers(office, 2025) == [1, 2]
    assert numbers(office, 2026) == [1]
