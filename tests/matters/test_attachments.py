"""Attachments are part of the proposal: changed while it may be, and kept as they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from casework.audit import queries as record
from casework.context import STOCKHOLM, Actor
from casework.demo.road import begin, review, texts, write
from casework.documents import queries as documents
from casework.documents.received import CheckedFile
from casework.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from casework.matters.attachments import (
    attach,
    change_attachment,
    find_attachment,
    remove_attachment,
)
from casework.matters.models import Matter
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Person

__all__ = ["world"]

FIRST = date(2025, 4, 7)


@dataclass
class Desk:
    """A matter that the officer prepares; each act is a unit of work at an hour of the day."""

    road: Road
    matter_id: int
    hour: int = 8

    def act(self, what: Callable[[Context, Matter], Any], who: Person | None = None) -> Any:
        self.hour += 1
        moment = datetime(2025, 4, 8, self.hour, tzinfo=STOCKHOLM)
        person = who or self.road.cast.officer
        with self.road.casework.acting(
            self.road.world.organisation_id, Actor(person.id, person.name), moment
        ) as context:
            return what(context, context.session.get_one(Matter, self.matter_id))

    def attach(self, *titles: str) -> None:
        for title in titles:
            self.act(lambda c, m, t=title: attach(c, m, file(t), t))

    def listed(self) -> list[tuple[int, str]]:
        return self.act(lambda _c, m: [(each.position, each.title) for each in m.attachments])


def file(words: str) -> CheckedFile:
    return CheckedFile(words.encode(), f"{words}.pdf", 3)


def named(matter: Matter, title: str) -> Any:
    return next(each for each in matter.attachments if each.title == title)


@pytest.fixture
def desk(world: tuple[Casework, World], tmp_path: Path) -> Desk:
    road = road_of(world, tmp_path)
    matter = begin(road, "decision", road.world.committee, texts()["plan"], FIRST)
    return Desk(road, matter.id)


def test_they_are_listed_in_order_and_moved(desk: Desk) -> None:
    """A new title, another place, one taken away: the numbers stay without gaps."""
    desk.attach("Karta", "Budget", "Yttrande")
    desk.act(lambda c, m: change_attachment(c, named(m, "Yttrande"), title="Svar", position=1))
    assert desk.listed() == [(1, "Svar"), (2, "Karta"), (3, "Budget")]
    desk.act(lambda c, m: remove_attachment(c, named(m, "Karta")))
    assert desk.listed() == [(1, "Svar"), (2, "Budget")]
    desk.act(lambda c, m: change_attachment(c, named(m, "Svar"), position=2))
    assert desk.listed() == [(1, "Budget"), (2, "Svar")]


def test_what_was_attached_is_still_known(desk: Desk) -> None:
    """At every moment the list is what it was then, and the file of one removed is kept."""
    desk.attach("Karta", "Budget")

    def change(context: Context, matter: Matter) -> Any:
        change_attachment(context, named(matter, "Budget"), title="Kalkyl", position=1)
        remove_attachment(context, named(matter, "Karta"))
        return context.moment, named(matter, "Kalkyl").document_id

    changed_at, document_id = desk.act(change)

    def look(context: Context, matter: Matter) -> Any:
        before = matter.attachments_at(changed_at.replace(hour=changed_at.hour - 1))
        karta = context.services.press.read(before[0].document)
        now = [(each.title, each.document_id) for each in matter.attachments_at(changed_at)]
        return [each.title for each in before], karta, now

    assert desk.act(look) == (["Karta", "Budget"], b"Karta", [("Kalkyl", document_id)])


def test_a_file_without_title_is_called_by_its_name(desk: Desk) -> None:
    """And its number of pages is known."""
    row = desk.act(lambda c, m: attach(c, m, CheckedFile(b"x", "Årsplan.pdf", 7)))
    assert (row.title, row.pages) == ("Årsplan", 7)


def test_the_proposal_lists_them(desk: Desk) -> None:
    """Under Bilagor, in their order, when it is drawn up."""
    desk.attach("Karta", "Budget")
    matter = desk.act(lambda _c, m: m)
    write(desk.road, matter, texts()["plan"], date(2025, 4, 9))
    review(desk.road, date(2025, 4, 10), matter)

    def drawn_up(context: Context, matter: Matter) -> Any:
        papers = documents.of_subject(context.organisation_id, "matter", matter.id)
        return [
            (each.snapshot or {})["attachments"]
            for each in context.session.scalars(papers)
            if each.kind == "proposal"
        ]

    assert desk.act(drawn_up) == [["Karta", "Budget"]] * 4


def test_only_while_the_text_may_be_changed(desk: Desk) -> None:
    """Whoever may not write on the text may not attach, and nobody may once it is ready."""
    desk.attach("Karta")
    with pytest.raises(Forbidden) as refused:
        desk.act(lambda c, m: attach(c, m, file("Budget")), desk.road.cast.registrar)
    assert refused.value.code == "edit_not_allowed"
    matter = desk.act(lambda _c, m: m)
    write(desk.road, matter, texts()["plan"], date(2025, 4, 9))
    review(desk.road, date(2025, 4, 10), matter)
    for what in (
        lambda c, m: attach(c, m, file("Budget")),
        lambda c, m: change_attachment(c, m.attachments[0], title="Plan"),
        lambda c, m: remove_attachment(c, m.attachments[0]),
    ):
        with pytest.raises(Forbidden):
            desk.act(what)
    assert desk.listed() == [(1, "Karta")]


def test_what_cannot_be_done_says_why(desk: Desk) -> None:
    """A stale version, a place that is not there, an empty title, the same file twice."""
    desk.attach("Karta")
    for what, refusal, code in (
        (lambda c, m: attach(c, m, file("B"), expected_version=m.version - 1), Stale, "stale"),
        (lambda c, m: attach(c, m, file("Karta"), "Igen"), Conflict, "attachment_already_there"),
        (
            lambda c, m: change_attachment(c, m.attachments[0], position=2),
            Invalid,
            "attachment_place_wrong",
        ),
        (lambda c, m: change_attachment(c, m.attachments[0], title=" "), Invalid, "title_missing"),
        (lambda _c, m: find_attachment(m, 4711), NotFound, "not_found"),
    ):
        with pytest.raises(refusal) as refused:
            desk.act(what)
        assert refused.value.code == code
        desk.hour -= 1
    assert desk.listed() == [(1, "Karta")]


def test_all_is_in_the_record(desk: Desk) -> None:
    """Who attached, changed and removed what."""
    desk.attach("Karta")
    desk.act(lambda c, m: change_attachment(c, m.attachments[0], title="Plan"))
    desk.act(lambda c, m: remove_attachment(c, m.attachments[0]))

    def told(context: Context, matter: Matter) -> Any:
        entries = record.of_subject(context.organisation_id, "matter", matter.id)
        return [
            (each.action, each.detail.get("title")) for each in context.session.scalars(entries)
        ]

    assert desk.act(told)[:3] == [
        ("attachment_removed", "Plan"),
        ("attachment_changed", "Plan"),
        ("attached", "Karta"),
    ]
