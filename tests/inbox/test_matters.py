"""Whoever gets a matter, gets it back, or is to judge it, is told at once and with the reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from casework.context import STOCKHOLM, Actor
from casework.demo.road import begin, texts, write
from casework.documents.received import check_file
from casework.errors import Conflict, Forbidden, NotFound
from casework.inbox.models import InboxEntry
from casework.inbox.service import pass_on, seen, settle, tell
from casework.mail.mime import to_mime
from casework.mail.models import Message
from casework.matters.attachments import attach
from casework.matters.models import Matter
from casework.matters.received import receive
from casework.meetings.table.outcome import conclude_item
from casework.people.models import Body, Organisation, Person
from tests.inbox.conftest import entries, letters, standing
from tests.support.files import pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.demo.road import Road
    from tests.meetings.conftest import Table

DAY = date(2025, 3, 3)
REASON = "Kostnaden saknas.\nLägg till en kalkyl."


def begun(road: Road) -> Matter:
    """A matter that the officer has, with a text to submit."""
    matter = begin(road, "decision", road.world.committee, texts()["plan"], DAY)
    write(road, matter, texts()["plan"], DAY + timedelta(days=1))
    return matter


def act(road: Road, who: Person, what: Callable[[Context], Any], minute: int = 0) -> Any:
    """One unit of work in the person's name."""
    moment = datetime(2025, 3, 10, 9, minute, tzinfo=STOCKHOLM)
    own = road.world.organisation_id
    with road.casework.acting(own, Actor(who.id, who.name), moment) as context:
        return what(context)


def fire(road: Road, matter: Matter, who: Person, trigger: str, **given: Any) -> None:
    def step(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        context.services.engine.fire(context.given(**given), row, trigger)

    act(road, who, step)


def test_whoever_is_assigned_a_matter_is_told_once(road: Road) -> None:
    """One letter and one row, with who did it; the row goes when the matter moves on."""
    matter, cast = begun(road), road.cast
    [entry] = entries(road, cast.officer)
    assert (entry.kind, entry.subject_type, entry.subject_id) == ("assigned", "matter", matter.id)
    assert (entry.caused_by, entry.by_letter) == (cast.manager.name, True)
    assert len(letters(road, cast.officer, "assigned")) == 1
    fire(road, matter, cast.officer, "submit")
    [entry] = entries(road, cast.officer)
    assert entry.settled_how == "submit"
    assert standing(road, cast.manager) == [("review_wanted", "")]


def test_referring_back_tells_the_officer_with_the_reason(road: Road) -> None:
    """The reason stands in the letter and on the row until the proposal is handed in again; a
    second time is told anew, and what the manager was to do is settled."""
    matter, cast = begun(road), road.cast
    for time in (1, 2):
        fire(road, matter, cast.officer, "submit")
        assert standing(road, cast.officer) == []
        fire(road, matter, cast.manager, "refer_back", reason=REASON)
        assert standing(road, cast.officer) == [("referred_back", REASON)]
        assert standing(road, cast.manager) == []
        back = letters(road, cast.officer, "referred_back")
        assert len(back) == time
        assert REASON in back[-1].text
        assert "Kostnaden saknas." in back[-1].html
        assert cast.manager.name in back[-1].text
        assert f"/matters/{matter.id}" in back[-1].text
    assert [each.settled_how for each in entries(road, cast.manager)] == ["refer_back"] * 2


def test_what_is_approved_waits_for_the_secretary_and_the_presidium(road: Road) -> None:
    """Each next person is told in turn, and what waited is settled by whoever did it."""
    matter, cast = begun(road), road.cast
    fire(road, matter, cast.officer, "submit")
    fire(road, matter, cast.manager, "approve")
    assert standing(road, cast.secretary) == [("ready", "")]
    fire(road, matter, cast.secretary, "propose_to_presidium")
    assert standing(road, cast.secretary) == []
    assert standing(road, cast.chair) == [("presidium_review", "")]
    assert len(letters(road, cast.chair, "presidium_review")) == 1
    fire(road, matter, cast.secretary, "refer_back", reason="Presidiet vill veta mer.")
    assert standing(road, cast.chair) == []
    assert standing(road, cast.officer) == [("referred_back", "Presidiet vill veta mer.")]


def test_a_matter_that_ends_is_told_to_its_officer(road: Road) -> None:
    """Withdrawn or struck off: news with the reason, and nothing is left to do."""
    for trigger in ("withdraw", "strike_off"):
        fire(road, begun(road), road.cast.registrar, trigger, reason=f"Skäl till {trigger}.")
    found = standing(road, road.cast.officer)
    assert found == [("ended", "Skäl till withdraw."), ("ended", "Skäl till strike_off.")]
    assert len(letters(road, road.cast.officer, "ended")) == 2


def test_the_committee_refers_back_to_the_officer(table: Table) -> None:
    """An item that the committee refers back lands at the officer when the meeting ends."""
    road, cast = table.road, table.cast

    def refer(context: Context, meeting: Any) -> None:
        for item in meeting.agenda[:-1]:
            conclude_item(context, item, "noted")
        conclude_item(context, meeting.agenda[-1], "referred_back", reason="Utred kostnaden.")

    table.act(refer)
    table.fire("end")
    assert standing(road, cast.officer) == [("referred_back", "Utred kostnaden.")]
    [letter] = letters(road, cast.officer, "referred_back")
    assert "Utred kostnaden." in letter.text


def test_nobody_is_told_of_their_own_doing(road: Road) -> None:
    """A manager who takes a matter needs no letter about it."""
    cast = road.cast
    matter = begin(road, "decision", road.world.committee, texts()["plan"], DAY)
    fire(road, matter, cast.registrar, "withdraw", reason="Fel.")
    before = len(letters(road, cast.manager))

    def own(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        manager = context.session.get_one(Person, cast.manager.id)
        assert tell(context, manager, row, "ended") is None

    act(road, cast.manager, own)
    assert entries(road, cast.manager) == []
    assert len(letters(road, cast.manager)) == before


def test_without_an_address_the_row_says_that_no_letter_went(road: Road) -> None:
    """Somebody without an e-mail address finds it on the page alone."""

    def forget(context: Context) -> None:
        context.session.get_one(Person, road.cast.officer.id).email = ""

    act(road, road.cast.registrar, forget)
    begin(road, "decision", road.world.committee, texts()["plan"], DAY)
    [entry] = entries(road, road.cast.officer)
    assert not entry.by_letter
    with road.casework.database.read() as session:
        assert not session.scalar(
            select(func.count()).select_from(Message).where(Message.key.startswith("assigned"))
        )


def test_an_answer_goes_to_a_mailbox_that_is_read(road: Road) -> None:
    """Reply-To is the body's address, else the organisation's; the installation's own sender is
    nobody's mailbox, and the letter then says that it cannot be answered."""
    own, cast = road.world.organisation_id, road.cast

    def addresses(body: str, organisation: str) -> Callable[[Context], None]:
        def change(context: Context) -> None:
            context.session.get_one(Body, road.world.committee.id).email = body
            context.session.get_one(Organisation, own).email = organisation

        return change

    sender = road.casework.settings.sender
    for number, (body, organisation, reply_to) in enumerate(
        (
            ("run@example.org", "regionen@example.org", "run@example.org"),
            ("", "regionen@example.org", "regionen@example.org"),
            ("", "", ""),
        )
    ):
        act(road, cast.registrar, addresses(body, organisation))
        begin(road, "decision", road.world.committee, texts()["plan"], DAY)
        letter = letters(road, cast.officer, "assigned")[number]
        assert letter.reply_to == reply_to
        assert letter.from_address == (reply_to or sender)
        assert (reply_to or "Det går inte att svara") in letter.text
        assert sender not in letter.text
        written = to_mime(letter, lambda _: b"")
        assert (f"Reply-To: {reply_to}".encode() in written) == bool(reply_to)


def test_the_same_cause_tells_once(road: Road) -> None:
    """Told twice of one occasion there is one row and one letter; of another, two."""
    matter, cast = begun(road), road.cast

    def twice(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        officer = context.session.get_one(Person, cast.officer.id)
        news = {"document": "Svar", "sender": None}
        first, again, other = (
            tell(context, officer, row, "received", content=news, occasion=occasion)
            for occasion in ("a", "a", "b")
        )
        assert first is again
        assert first is not other

    act(road, cast.registrar, twice)
    assert [kind for kind, _ in standing(road, cast.officer)] == [
        "assigned",
        "received",
        "received",
    ]
    assert len(letters(road, cast.officer, "received")) == 2


def test_a_document_that_comes_in_is_told_to_the_officer(road: Road) -> None:
    """What somebody else puts in, with whom it is from; not what the officer puts in."""
    matter, cast = begun(road), road.cast

    def put(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        receive(context, row, b"Svar", "svar.txt", "Yttrande", "Bräcke kommun")

    act(road, cast.registrar, put)
    assert standing(road, cast.officer)[1:] == [("received", "Yttrande, Bräcke kommun")]
    [letter] = letters(road, cast.officer, "received")
    assert "Bräcke kommun" in letter.text
    act(road, cast.officer, put)
    assert len(standing(road, cast.officer)) == 2
    with pytest.raises(Forbidden):
        act(road, cast.member, put)


def test_one_who_has_seen_it_puts_it_aside(road: Road) -> None:
    """Only one's own, and only what asks for nothing more; a second time changes nothing."""
    matter, cast = begun(road), road.cast
    [entry] = entries(road, cast.officer)

    def press(context: Context) -> None:
        seen(context, context.session.get_one(InboxEntry, entry.id))

    with pytest.raises(NotFound, match="inbox_entry_unknown"):
        act(road, cast.manager, press)
    act(road, cast.officer, press)
    [before] = entries(road, cast.officer)
    assert before.settled_how == "seen"
    act(road, cast.officer, press, minute=5)
    assert entries(road, cast.officer)[0].settled_at == before.settled_at
    fire(road, matter, cast.officer, "submit")
    [waiting] = entries(road, cast.manager)
    with pytest.raises(Conflict, match="inbox_entry_asks"):
        act(road, cast.manager, lambda c: seen(c, c.session.get_one(InboxEntry, waiting.id)))


def test_what_waits_is_passed_on_to_whoever_takes_over(road: Road) -> None:
    """Tasks move with their reason; news stays with whoever had it. One task can be settled."""
    matter, cast = begun(road), road.cast
    fire(road, matter, cast.officer, "submit")
    fire(road, matter, cast.manager, "refer_back", reason=REASON)

    def hand_over(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        former = context.session.get_one(Person, cast.officer.id)
        new = context.session.get_one(Person, cast.registrar.id)
        pass_on(context, row, former, new)
        assert settle(context, row, "referred_back", former) == 0

    act(road, cast.manager, hand_over)
    assert standing(road, cast.officer) == []
    assert standing(road, cast.registrar) == [("referred_back", REASON)]

    def done(context: Context) -> int:
        return settle(context, context.session.get_one(Matter, matter.id), "referred_back")

    assert act(road, cast.manager, done) == 1
    assert standing(road, cast.registrar) == []


def test_what_comes_back_to_whoever_passed_it_on_stands_for_them_again(road: Road) -> None:
    """There and back: the task is the officer's as before, once; what is done stays done."""
    matter, cast = begun(road), road.cast
    fire(road, matter, cast.officer, "submit")
    fire(road, matter, cast.manager, "refer_back", reason=REASON)
    pairs = ((cast.officer, cast.registrar), (cast.registrar, cast.officer))

    def hand_over(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        for former, new in pairs:
            people = (context.session.get_one(Person, each.id) for each in (former, new))
            pass_on(context, row, *people)

    act(road, cast.manager, hand_over)
    assert standing(road, cast.officer) == [("referred_back", REASON)]
    assert standing(road, cast.registrar) == []
    fire(road, matter, cast.officer, "submit")
    act(road, cast.manager, hand_over)
    assert standing(road, cast.officer) == []


def test_an_attachment_by_somebody_else_is_told(road: Road) -> None:
    """The manager who reviews attaches a file: the officer sees it."""
    matter, cast = begun(road), road.cast
    fire(road, matter, cast.officer, "submit")

    def attached(context: Context) -> None:
        row = context.session.get_one(Matter, matter.id)
        attach(context, row, check_file(pdf("Kalkyl"), "kalkyl.pdf", 1_000_000), "Kalkyl")

    act(road, cast.manager, attached)
    assert standing(road, cast.officer) == [("received", "Kalkyl")]
