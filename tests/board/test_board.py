"""A notice stays up as long as the law says, its absence is noted, and legal force waits for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from casework.app import web_face
from casework.audit.models import AuditEntry
from casework.background import watch
from casework.board.models import Appeal, BoardNotice, NoticeSpan
from casework.board.service import post
from casework.board.watch import GAP, Absence, absences, extend, seal
from casework.context import STOCKHOLM, SYSTEM, Actor
from casework.deadlines.calendar import is_working_day
from casework.documents.models import Document
from casework.errors import Conflict, Invalid
from casework.people.models import Body
from casework.workflow.blockers import Blocked
from tests.demo.conftest import world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.demo.world import World
    from casework.people.models import Person

__all__ = ["world"]

POSTED = datetime(2025, 6, 10, 14, tzinfo=STOCKHOLM)


class Board:
    """An installation with one notice, and the public that reads it."""

    def __init__(self, casework: Casework, world: World) -> None:
        self.casework, self.world = casework, world
        self._public = web_face(casework).test_client()
        with casework.acting(world.organisation_id, SYSTEM, POSTED) as context:
            self.notice_id = post(
                context,
                body=context.session.get_one(Body, world.committee.id),
                subject_type="minutes",
                subject_id=1,
                title="Protokoll RUN 2025-06-03",
                sections="45–52",
                attested_on=date(2025, 6, 10),
                meeting_on=date(2025, 6, 3),
                kept_at="Region Jämtland Härjedalen",
            ).id

    def page(self) -> str:
        return self._public.get("/board").text

    def seen(self, until: datetime, since: datetime = POSTED, page: Any = None) -> None:
        """The public board is looked at each day until then."""
        moment = since
        while moment < until:
            moment = min(moment + timedelta(days=1), until)
            watch(self.casework, moment, page or self.page, gap=timedelta(days=1))

    def notice(self) -> BoardNotice:
        with self.casework.database.read() as session:
            found = session.get_one(BoardNotice, self.notice_id)
            assert len(found.spans) > 0
            return found

    def fire(self, who: Person, trigger: str, day: date, **given: Any) -> None:
        moment = datetime.combine(day, time(10), STOCKHOLM)
        actor = Actor(who.id, who.name)
        with self.casework.acting(self.world.organisation_id, actor, moment) as context:
            row = context.session.get_one(BoardNotice, self.notice_id)
            context.services.engine.fire(context.given(**given), row, trigger)


@pytest.fixture
def board(world: tuple[Casework, World]) -> Board:
    return Board(*world)


def test_the_notice_says_where_and_when(board: Board) -> None:
    """KL 8:12: where the minutes are, and the day of the announcement, on the public board."""
    page = board.page()
    for fact in ("Region Jämtland Härjedalen", "2025-06-10", "2025-07-01", "2025-07-02", "45–52"):
        assert fact in page
    assert seal(board.notice()) in page


def test_it_is_announced_once(board: Board) -> None:
    """One field holds the day: a second notice of the same minutes is refused."""
    with (
        board.casework.acting(board.world.organisation_id, SYSTEM, POSTED) as context,
        pytest.raises(Conflict, match="notice_posted_already"),
    ):
        post(
            context,
            body=context.session.get_one(Body, board.world.committee.id),
            subject_type="minutes",
            subject_id=1,
            title="Igen",
            sections="",
            attested_on=date(2025, 6, 10),
        )


def test_it_is_not_taken_down_early(board: Board) -> None:
    """KL 8:12, 13:5: not on the last appeal day, but the day after; then by itself."""
    with pytest.raises(Blocked) as refused:
        board.fire(board.world.cast.secretary, "take_down", date(2025, 7, 1))
    assert refused.value.blockers[0].statute == "KL 8:12, 13:5"
    board.seen(datetime(2025, 7, 1, 23, 30, tzinfo=STOCKHOLM))
    assert board.notice().state == "up"
    board.seen(
        datetime(2025, 7, 2, 0, 5, tzinfo=STOCKHOLM), datetime(2025, 7, 1, 23, 30, tzinfo=STOCKHOLM)
    )
    assert board.notice().state == "down"
    assert seal(board.notice()) not in board.page()


def test_an_absence_extends_the_period_and_says_so(board: Board) -> None:
    """KL 13:5 st. 2: away 12-14 June, the period does not run out on 1 July."""
    cast = board.world.cast
    gone, back = (datetime(2025, 6, day, 9, tzinfo=STOCKHOLM) for day in (12, 14))
    board.seen(gone)
    board.seen(back, gone, page=lambda: "Sidan kan inte visas just nu.")
    later = back + timedelta(hours=1)
    watch(board.casework, later, board.page, gap=timedelta(days=1))
    notice = board.notice()
    assert notice.days_interrupted == 3
    assert (notice.appeal_until, notice.take_down_on) == (date(2025, 7, 4), date(2025, 7, 5))
    assert "2025-07-04" in board.page()
    with pytest.raises(Blocked):
        board.fire(cast.secretary, "take_down", date(2025, 7, 2))
    board.seen(datetime(2025, 7, 5, 1, tzinfo=STOCKHOLM), later)
    assert board.notice().state == "down"
    board.fire(
        cast.registrar, "confirm_legal_force", date(2025, 7, 7), court_asked_on=date(2025, 7, 7)
    )


def test_legal_force_needs_a_person_and_the_whole_period(board: Board) -> None:
    """Only from down, only by somebody who asked the court; a secretary or the registrar."""
    cast = board.world.cast
    with pytest.raises(Blocked, match="blocked"):
        board.fire(cast.registrar, "confirm_legal_force", date(2025, 6, 20))
    board.seen(datetime(2025, 7, 2, 1, tzinfo=STOCKHOLM))
    with pytest.raises(Blocked):
        board.fire(cast.officer, "confirm_legal_force", date(2025, 7, 3))
    board.fire(
        cast.registrar, "confirm_legal_force", date(2025, 7, 3), court_asked_on=date(2025, 7, 3)
    )
    notice = board.notice()
    assert (notice.state, notice.has_legal_force_on) == ("has_legal_force", date(2025, 7, 3))


def test_nobody_saw_it_so_it_stays_up(board: Board) -> None:
    """Without sightings nothing comes down by itself, and the absence counts when seen again."""
    watch(board.casework, datetime(2025, 8, 1, 9, tzinfo=STOCKHOLM), lambda: "")
    assert board.notice().state == "up"
    with pytest.raises(Blocked) as refused:
        board.fire(board.world.cast.secretary, "take_down", date(2025, 8, 2))
    assert [blocker.code for blocker in refused.value.blockers] == ["notice_not_seen_throughout"]


def test_looking_twice_changes_nothing(board: Board) -> None:
    """Two processes that look at the same minute count one sighting."""
    moment = POSTED + timedelta(minutes=1)
    for _ in range(2):
        watch(board.casework, moment, board.page)
    with board.casework.database.read() as session:
        spans = session.scalars(select(NoticeSpan)).all()
        assert [(span.up_until, span.sightings) for span in spans] == [(moment, 2)]


def test_an_appeal_stops_legal_force(board: Board) -> None:
    """KL 13:5–6: appealed, it waits for the court, and stays up for everybody else's appeal."""
    registrar = board.world.cast.registrar
    board.fire(registrar, "note_appeal", date(2025, 6, 20), appealed_on=date(2025, 6, 19))
    notice = board.notice()
    assert (notice.state, notice.taken_down_at) == ("appealed", None)
    assert seal(notice) in board.page()
    with pytest.raises(Blocked) as refused:
        board.fire(registrar, "dismiss_appeal", date(2025, 6, 25), reference="Mål nr 123-25")
    assert [blocker.code for blocker in refused.value.blockers] == ["notice_still_up"]
    with pytest.raises(Blocked):
        board.fire(registrar, "take_down", date(2025, 7, 1))
    board.seen(datetime(2025, 7, 2, 1, tzinfo=STOCKHOLM))
    notice = board.notice()
    assert notice.state == "appealed"
    assert notice.taken_down_at is not None
    assert seal(notice) not in board.page()
    board.fire(registrar, "dismiss_appeal", date(2025, 9, 1), reference="Mål nr 123-25")
    assert board.notice().state == "has_legal_force"


def test_a_second_appeal_keeps_the_first_day(board: Board) -> None:
    """The day of the first appeal stays; each one stands in the history."""
    registrar = board.world.cast.registrar
    board.fire(registrar, "note_appeal", date(2025, 6, 20), appealed_on=date(2025, 6, 19))
    board.fire(registrar, "note_appeal", date(2025, 6, 27), appealed_on=date(2025, 6, 26))
    assert board.notice().appealed_on == date(2025, 6, 19)


def test_legal_force_waits_for_the_last_of_several_appeals(board: Board) -> None:
    """One that is dismissed settles itself alone; the decision stands with the last (KL 13:5)."""
    registrar = board.world.cast.registrar
    for day, case in ((19, "Mål nr 123-25"), (26, "Mål nr 140-25")):
        came = date(2025, 6, day)
        board.fire(registrar, "note_appeal", came, appealed_on=came, reference=case)
    board.seen(datetime(2025, 7, 2, 1, tzinfo=STOCKHOLM))
    ruled, ruling = date(2025, 9, 1), {"reference": "Avslag 2025-08-29"}
    with pytest.raises(Blocked) as refused:
        board.fire(registrar, "dismiss_appeal", ruled, **ruling)
    assert [each.code for each in refused.value.blockers] == ["other_appeals_wait"]
    with pytest.raises(Invalid, match="appeal_unknown"):
        board.fire(registrar, "settle_appeal", ruled, appeal=3, **ruling)
    board.fire(registrar, "settle_appeal", ruled, appeal=1, **ruling)
    assert (board.notice().state, board.notice().appeals_pending) == ("appealed", 1)
    with pytest.raises(Blocked) as refused:
        board.fire(registrar, "settle_appeal", ruled, appeal=2, **ruling)
    assert [each.code for each in refused.value.blockers] == ["one_appeal_waits"]
    board.fire(registrar, "dismiss_appeal", date(2025, 10, 1), reference="Återkallat")
    assert (board.notice().state, board.notice().appeals_pending) == ("has_legal_force", 0)
    with board.casework.database.read() as session:
        appeals = session.scalars(select(Appeal).order_by(Appeal.number)).all()
        assert [(each.reference, each.ruling) for each in appeals] == [
            ("Mål nr 123-25", "Avslag 2025-08-29"),
            ("Mål nr 140-25", "Återkallat"),
        ]


def test_an_annulled_decision_leaves_no_appeal_waiting(board: Board) -> None:
    """What the court annuls on one appeal is annulled for all."""
    registrar = board.world.cast.registrar
    for day in (19, 26):
        came = date(2025, 6, day)
        board.fire(registrar, "note_appeal", came, appealed_on=came)
    board.seen(datetime(2025, 7, 2, 1, tzinfo=STOCKHOLM))
    board.fire(registrar, "annul", date(2025, 9, 1), reference="Mål nr 123-25")
    assert (board.notice().state, board.notice().appeals_pending) == ("annulled", 0)


@pytest.mark.parametrize("came", [date(2025, 6, 9), date(2025, 6, 21)])
def test_an_appeal_came_after_the_announcement_and_not_tomorrow(board: Board, came: date) -> None:
    with pytest.raises(Invalid, match="appealed_wrong_day"):
        board.fire(board.world.cast.registrar, "note_appeal", date(2025, 6, 20), appealed_on=came)
    assert board.notice().state == "up"


@pytest.mark.parametrize("asked", [date(2025, 7, 1), date(2025, 7, 4)])
def test_the_court_is_asked_when_the_period_is_over(board: Board, asked: date) -> None:
    """Before that nobody knows whether an appeal came."""
    board.seen(datetime(2025, 7, 2, 1, tzinfo=STOCKHOLM))
    registrar = board.world.cast.registrar
    with pytest.raises(Invalid, match="court_asked_wrong_day"):
        board.fire(registrar, "confirm_legal_force", date(2025, 7, 3), court_asked_on=asked)
    assert board.notice().state == "down"


def test_the_notice_is_drawn_up_again_with_its_new_dates(board: Board) -> None:
    """What is on the board and what is on paper say the same last day."""
    first = board.notice().document_id
    gone, back = (datetime(2025, 6, day, 9, tzinfo=STOCKHOLM) for day in (12, 13))
    board.seen(gone)
    watch(board.casework, back + timedelta(hours=2), board.page, gap=GAP)
    with board.casework.database.read() as session:
        notice = session.get_one(BoardNotice, board.notice_id)
        document = session.get_one(Document, notice.document_id)
        assert document.supersedes_id == first
        assert notice.appeal_until == date(2025, 7, 3)
        assert "2025-07-03" in str(document.snapshot)
        assert "2 dagar" in str(document.snapshot)


def test_two_who_watch_at_once_note_one_absence(board: Board) -> None:
    """Several workers look at the same moment after an outage: one absence, one entry."""
    back = POSTED + timedelta(days=1)
    html = board.page()
    with ThreadPoolExecutor(4) as pool:
        looks = [pool.submit(watch, board.casework, back, lambda: html) for _ in range(4)]
        for look in looks:
            look.result()
    with board.casework.database.read() as session:
        notice = session.get_one(BoardNotice, board.notice_id)
        assert [span.up_from for span in notice.spans] == [POSTED, back]
        assert notice.days_interrupted == 2


def test_a_board_read_without_the_notice_is_an_absence_at_once(board: Board) -> None:
    """KL 13:5: away four minutes of every five is no uninterrupted notice; both ends are sealed."""
    for minute in range(1, 11):
        page = board.page if minute % 5 == 0 else (lambda: "<main>Anslagstavla</main>")
        watch(board.casework, POSTED + timedelta(minutes=minute), page)
    with board.casework.database.read() as session:
        notice = session.get_one(BoardNotice, board.notice_id)
        assert len(absences(notice)) == 2
        assert (notice.days_interrupted, notice.appeal_until) == (1, date(2025, 7, 2))
        actions = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject_type == "board_notice", AuditEntry.subject_id == notice.id)
            .order_by(AuditEntry.sequence)
        )
        ends = [action for action in actions if action in {"missing", "interrupted"}]
        assert ends == ["missing", "interrupted"] * 2


def test_a_board_that_could_not_be_reached_is_a_look_not_made(board: Board) -> None:
    """A few minutes of a slow server are forgiven."""
    for minute in range(1, 6):
        watch(board.casework, POSTED + timedelta(minutes=minute), lambda: "")
    watch(board.casework, POSTED + GAP, board.page)
    assert absences(board.notice()) == []


DAYS = st.dates(date(2018, 1, 1), date(2060, 12, 31))


@settings(max_examples=200)
@given(DAYS, st.lists(st.tuples(st.integers(0, 40 * 24), st.integers(1, 200)), max_size=4))
def test_the_period_never_ends_too_soon(announced: date, gone: list[tuple[int, int]]) -> None:
    """The last appeal day is a working day, three weeks or more after the announcement, and later
    by at least every day of the period on which the notice was away."""
    start = datetime.combine(announced, time(9), UTC)
    spans = [NoticeSpan(up_from=start, up_until=start, sightings=1)]
    for offset, hours in sorted(gone):
        since = start + timedelta(hours=offset)
        if since <= spans[-1].up_from:
            continue
        spans[-1].up_until = since
        back = since + timedelta(hours=hours) + GAP
        spans.append(NoticeSpan(up_from=back, up_until=back, sightings=1))
    notice = BoardNotice(announced_on=announced, spans=spans)
    extend(notice)
    assert is_working_day(notice.appeal_until)
    assert notice.appeal_until >= announced + timedelta(days=21 + notice.days_interrupted)
    assert notice.take_down_on == notice.appeal_until + timedelta(days=1)
    away = {
        day
        for absence in absences(notice)
        for day in _days(absence)
        if announced <= day <= notice.appeal_until
    }
    assert notice.days_interrupted == len(away)


def _days(absence: Absence) -> list[date]:
    first, last = (m.astimezone(STOCKHOLM).date() for m in (absence.since, absence.until))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
