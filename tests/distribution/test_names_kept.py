"""A body that gets another name: what is drawn up from then on has it, what was keeps the old."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from casework.app import web_face
from casework.context import STOCKHOLM
from casework.demo.road import begin, dispatch, review, texts, write
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch
from casework.documents.contexts import item_from_json
from casework.documents.models import Document
from casework.documents.store import verify_document
from casework.mail.models import Message
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.text import editable
from casework.meetings.models import Meeting, MinutesItem
from casework.meetings.reading.pack import pack
from casework.people.models import Body
from casework.people.queries import organisation
from casework.people.service import revise_body, revise_organisation

from .test_distribution import acting, copy, decided, road, sent

if TYPE_CHECKING:
    from casework.demo.road import Road
    from casework.matters.models import Matter

__all__ = ["copy", "decided", "road"]

OLD = ("Region Jämtland Härjedalen", "Regionala utvecklingsnämnden")
OFFICE = {"address": "Box 1, Östersund", "phone": "063-1", "email": "nft@example.org"}
NEW = ("Region Mitt", "Nämnden för tillväxt")


@pytest.fixture
def renamed(road: Road) -> Road:
    """The minutes were attested on 10 June; the day after both have other names."""
    with road.casework.acting(road.world.organisation_id, moment=moment(11)) as context:
        row = organisation(context.session, context.organisation_id)
        revise_organisation(context, row, name=NEW[0])
        body = context.session.get_one(Body, road.world.committee.id)
        given = {"name": NEW[1], "short_name": "NFT", "email": "nft@example.org"}
        revise_body(context, body, **given, address="Box 1, Östersund", phone="063-1")
    return road


def moment(day: int, month: int = 6) -> datetime:
    return datetime(2025, month, day, 8, tzinfo=STOCKHOLM)


def drawn(road: Road, kind: str, title: str = "") -> list[Any]:
    """The data of the documents of a kind, the oldest first."""
    with road.casework.database.read() as session:
        rows = session.scalars(select(Document).filter_by(kind=kind).order_by(Document.id))
        return [each.snapshot for each in rows if title in each.title]


def names(snapshot: Any) -> tuple[str, str]:
    return snapshot["organisation"], snapshot["body"]


def test_an_excerpt_calls_the_body_what_its_minutes_do(renamed: Road, decided: Matter) -> None:
    """And so does the recipient's page; the letter itself comes from the body as it is now."""
    dispatch(renamed, decided, date(2025, 6, 12))
    [excerpt] = drawn(renamed, "excerpt")
    assert names(excerpt) == OLD
    assert excerpt["office"] == OFFICE
    with renamed.casework.database.unit_of_work() as session:
        session.execute(update(Dispatch).values(link_expires_at=moment(12).replace(year=2099)))
    link = f"/r/{token_for(renamed.casework.settings.secret_key, sent(renamed)[0])}"
    page = web_face(renamed.casework).test_client().get(link)
    assert page.status_code == 200
    assert OLD[1] in page.text
    assert NEW[1] not in page.text
    with renamed.casework.database.read() as session:
        letter = session.scalars(select(Message).where(Message.key.startswith("dispatch:"))).first()
        assert letter is not None
        assert (letter.from_name, letter.from_address) == (NEW[1], "nft@example.org")


def test_a_correction_is_of_the_minutes_as_they_were(road: Road, decided: Matter) -> None:
    """The corrected § and its excerpt go on under the old names and the old designation."""
    dispatch(road, decided, date(2025, 6, 10))
    with road.casework.acting(road.world.organisation_id) as context:
        body = context.session.get_one(Body, road.world.committee.id)
        revise_body(context, body, name=NEW[1], short_name="NFT")
    with acting(road) as context:
        row = context.session.scalars(
            select(MinutesItem).order_by(MinutesItem.section_number.desc())
        ).first()
        assert row is not None
        now = editable(item_from_json(row.content))
        correct(
            context, row, type(now)(**{**vars(now), "title": "Rätt rubrik"}), "Rubriken blev fel"
        )
    assert {names(each) for each in drawn(road, "minutes")} == {OLD}


def test_the_notice_comes_down_under_the_name_it_was_put_up(renamed: Road) -> None:
    """The proof that it was up names the body as the notice did (KL 8:12)."""
    renamed.watched = moment(10)
    renamed.pass_time(moment(4, month=7))
    [proof] = drawn(renamed, "certificate", "Anslagsbevis")
    assert names(proof) == OLD
    assert {"label": "Organ", "value": OLD[1]} in proof["rows"]


def test_what_was_drawn_up_stands_and_what_comes_is_new(renamed: Road) -> None:
    """Each is made again byte for byte; the pack has the summons' names, the proposal today's.

    Its officer has a telephone and an address to write to, so the office adds where it lies.
    """
    press = renamed.casework.services.press
    with renamed.casework.database.read() as session:
        context = renamed.casework.context(session, renamed.world.organisation_id)
        for document in session.scalars(select(Document)):
            assert verify_document(document, press.makers, press.files) is None
        meeting = session.scalars(select(Meeting)).one()
        assert names(vars(pack(context, meeting, meeting.agenda).summons)) == OLD
    text = texts()["plan"]
    matter = begin(renamed, "decision", renamed.world.committee, text, date(2025, 6, 12))
    write(renamed, matter, text, date(2025, 6, 13))
    review(renamed, date(2025, 6, 14), matter)
    proposal = drawn(renamed, "proposal")[-1]
    assert names(proposal) == NEW
    assert proposal["office"] == {"address": OFFICE["address"], "phone": "", "email": ""}
