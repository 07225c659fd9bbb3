"""What the law asks of a meeting: who may, in which order, and until when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.background import remind
from casework.board.models import BoardNotice
from casework.context import STOCKHOLM, Actor
from casework.deadlines.models import Deadline
from casework.demo.road import attest, hold, prepare, summon, texts
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.matters.service import register
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Meeting, Signature
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.planning.plan import plan_meeting, plan_series
from casework.meetings.planning.revising import revise_meeting
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.roll import record_attendance
from casework.workflow import versions
from casework.workflow.blockers import Blocked
from casework.workflow.definition import read_definition
from tests.demo.conftest import road_of, world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World

__all__ = ["world"]

KEPT = Path(__file__).parents[1] / "upgrade" / "workflows"
DAY = date(2025, 6, 3)


@pytest.fixture
def road(world: tuple[Casework, World], tmp_path: Path) -> Road:
    return road_of(world, tmp_path)


@pytest.fixture
def matter(road: Road) -> Matter:
    """Approved and ready for the committee."""
    return prepare(road, "decision", road.world.committee, texts()["plan"], date(2025, 4, 7))


@pytest.fixture
def meeting(road: Road, matter: Matter) -> Meeting:
    """Summoned, with the matter on its agenda."""
    return summon(road, road.world.committee, DAY, [(matter, "decision", "")])


def act(road: Road, who: Any, what: Any, day: date = DAY) -> Any:
    """`what(context, meeting row)` in somebody's name."""
    moment = datetime(day.year, day.month, day.day, 10, tzinfo=STOCKHOLM)
    with road.casework.acting(
        road.world.organisation_id, Actor(who.id, who.name), moment
    ) as context:
        return what(context, context.session.scalars(select(Meeting)).one())


def open_meeting(road: Road) -> None:
    """In session, with the four members of the committee there."""
    step(road, road.cast.secretary, "open")
    cast = road.cast
    present = [
        (cast.chair, "chair"),
        (cast.vice_chair, "vice_chair"),
        (cast.attester, "member"),
        (cast.member, "member"),
    ]
    act(road, cast.secretary, lambda c, m: record_attendance(c, m, present))


def signing(context: Any, meeting: Meeting) -> Signature:
    assert meeting.minutes is not None
    return sign(context, meeting.minutes, confirmed_by="password")


def step(road: Road, who: Any, trigger: str, day: date = DAY) -> None:
    act(road, who, lambda c, m: c.services.engine.fire(c, m, trigger), day)


def state_of(road: Road, matter: Matter) -> str:
    with road.casework.database.read() as session:
        return session.get_one(Matter, matter.id).state


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("decided", "decided"), ("tabled", "ready"), ("referred_back", "on_agenda")],
)
def test_an_outcome_moves_the_matter(
    road: Road, matter: Matter, meeting: Meeting, outcome: str, state: str
) -> None:
    """KL 6:33: decided it awaits attestation, tabled it is ready; referred back it leaves last."""
    open_meeting(road)
    act(
        road,
        road.cast.secretary,
        lambda c, m: conclude_item(c, m.agenda[-1], outcome, reason="Mer underlag behövs."),
    )
    assert state_of(road, matter) == state


def test_a_referral_back_says_why(road: Road, meeting: Meeting) -> None:
    """Without its reason nothing is concluded."""
    open_meeting(road)
    with pytest.raises(Invalid, match="input_missing"):
        act(road, road.cast.secretary, lambda c, m: conclude_item(c, m.agenda[-1], "referred_back"))


def test_nothing_is_concluded_before_the_meeting_or_twice(road: Road, meeting: Meeting) -> None:
    """Only while the meeting is in session, and only once."""
    with pytest.raises(Conflict, match="meeting_not_in_session"):
        act(road, road.cast.secretary, lambda c, m: conclude_item(c, m.agenda[-1], "decided"))
    open_meeting(road)
    act(road, road.cast.secretary, lambda c, m: conclude_item(c, m.agenda[-1], "decided"))
    with pytest.raises(Conflict, match="item_concluded"):
        act(road, road.cast.secretary, lambda c, m: conclude_item(c, m.agenda[-1], "tabled"))


def test_a_meeting_does_not_end_with_items_left(road: Road, meeting: Meeting) -> None:
    """The items that are left are named."""
    step(road, road.cast.secretary, "open")
    with pytest.raises(Blocked) as refused:
        step(road, road.cast.secretary, "end")
    assert "Handlingsplan" in refused.value.blockers[0].sentence("sv")


def test_a_late_summons_is_refused_with_its_last_day(road: Road, matter: Matter) -> None:
    """Seven days before the meeting, counted back; on the eighth it is too late."""
    starts = datetime(2025, 6, 3, 9, tzinfo=STOCKHOLM)
    moment = datetime(2025, 5, 28, 9, tzinfo=STOCKHOLM)
    secretary = road.cast.secretary
    with road.casework.acting(
        road.world.organisation_id, Actor(secretary.id, secretary.name), moment
    ) as context:
        late = plan_meeting(context, road.world.committee, starts)
        with pytest.raises(Blocked) as refused:
            context.services.engine.fire(context, late, "summon")
    told = {blocker.code: blocker for blocker in refused.value.blockers}
    assert told["summons_late"].params["last"] == "2025-05-27"


def test_only_the_chair_and_the_attesters_sign(road: Road, meeting: Meeting) -> None:
    """Neither the secretary nor a stranger; nobody twice; then the minutes are locked."""
    cast = road.cast
    with pytest.raises(Conflict, match="secretary_attests"):
        act(road, cast.secretary, lambda c, m: name_attesters(c, m, [cast.secretary]))
    with pytest.raises(Invalid, match="attester_not_elected"):
        act(road, cast.secretary, lambda c, m: name_attesters(c, m, [cast.member, cast.registrar]))
    hold(road, meeting, DAY, {"decision": "decided"})
    step(road, cast.secretary, "draft_minutes")
    with pytest.raises(Conflict, match="no_minutes_to_sign"):
        act(road, cast.chair, signing)
    step(road, cast.secretary, "send_for_attestation")
    for stranger in (cast.secretary, cast.member, cast.officer):
        with pytest.raises(Forbidden, match="not_an_attester"):
            act(road, stranger, signing)
    act(road, cast.chair, signing)
    with pytest.raises(Conflict, match="signed_already"):
        act(road, cast.chair, signing)
    signed = act(road, cast.attester, signing)
    with road.casework.database.read() as session:
        row = session.scalars(select(Meeting)).one()
        assert row.state == "attested"
        assert row.minutes is not None
        assert row.minutes.locked_at is not None
        document = road.casework.services.press.document(session, row.minutes.document_id or 0)
        assert signed.document_sha256 == document.sha256


def test_attestation_announces_the_minutes(road: Road, meeting: Meeting) -> None:
    """KL 8:12 and 13:5: announced 10 June, and with it every other date."""
    hold(road, meeting, DAY, {"decision": "decided"})
    attest(road, meeting, date(2025, 6, 10))
    with road.casework.database.read() as session:
        notice = session.scalars(select(BoardNotice)).one()
    assert notice.announced_on == date(2025, 6, 10)
    assert (notice.appeal_until, notice.take_down_on) == (date(2025, 7, 1), date(2025, 7, 2))


def test_others_neither_plan_nor_register(road: Road) -> None:
    """The verbs themselves refuse, whatever page or program calls them."""
    officer = Actor(road.cast.member.id, road.cast.member.name)
    moment = datetime(2025, 4, 1, 9, tzinfo=STOCKHOLM)
    with road.casework.acting(road.world.organisation_id, officer, moment) as context:
        with pytest.raises(Forbidden, match="role_missing"):
            plan_meeting(context, road.world.committee, moment + timedelta(days=30))
        with pytest.raises(Forbidden, match="role_missing"):
            register(context, kind="decision", title="Ett ärende", body=road.world.committee)


def test_the_secretary_is_reminded_of_the_summons(road: Road) -> None:
    """Counted from the day it was moved to; a cancelled meeting asks for no summons."""
    cast, day = road.cast, datetime(2025, 5, 1, 9, tzinfo=STOCKHOLM)
    with road.casework.acting(
        road.world.organisation_id, Actor(cast.secretary.id, cast.secretary.name), day
    ) as context:
        body = context.session.merge(road.world.committee)
        starts = [datetime(2025, 6, each, 9, tzinfo=STOCKHOLM) for each in (3, 10)]
        meetings = plan_series(context, body, starts)
        context.session.flush()
        fire = context.services.engine.fire
        fire(context.given(reason="Inga ärenden"), meetings[1], "cancel")
        revise_meeting(context, meetings[0], starts_at=starts[0] + timedelta(days=2))
    with road.casework.database.read() as session:
        rows = session.scalars(select(Deadline).order_by(Deadline.id)).all()
        assert [(row.name, row.due_on, row.state) for row in rows] == [
            ("summons", date(2025, 5, 27), "cancelled"),
            ("summons", date(2025, 6, 3), "cancelled"),
            ("summons", date(2025, 5, 28), "running"),
        ]
    remind(road.casework, datetime(2025, 5, 26, 9, tzinfo=STOCKHOLM))
    with road.casework.database.read() as session:
        subjects = [row.subject for row in session.scalars(select(Message).order_by(Message.id))]
    assert subjects == ["Kallelse RUN 2025-06-05: senast 2025-05-28, onsdag"]


def test_what_was_planned_changes_within_its_bounds(road: Road, meeting: Meeting) -> None:
    """The day stands after the summons; offices change until signing; a link is a link."""
    cast = road.cast

    def revise(**given: Any) -> None:
        act(road, cast.secretary, lambda c, m: revise_meeting(c, m, **given), DAY)

    revise(place="Rådhuset", chair=cast.vice_chair)
    with pytest.raises(Conflict, match="meeting_summoned_already"):
        revise(starts_at=meeting.starts_at + timedelta(days=1))
    with pytest.raises(Conflict, match="remote_not_allowed"):
        revise(remote_link="https://video.example.org/run")
    with pytest.raises(Conflict, match="secretary_attests"):
        revise(secretary=cast.attester)
    act(road, cast.secretary, lambda _c, m: setattr(m.body, "allows_remote", True), DAY)
    for link in ("javascript:alert(1)", "https://", "video.example.org"):
        with pytest.raises(Invalid, match="remote_link_wrong"):
            revise(remote_link=link)
    with pytest.raises(Stale, match="stale"):
        revise(expected_version=1, place="Kulturhuset")
    open_meeting(road)
    with pytest.raises(Conflict, match="meeting_begun"):
        revise(place="Kulturhuset")
    revise(secretary=cast.manager)


def test_no_meeting_is_opened_before_its_day(road: Road, meeting: Meeting) -> None:
    """Nothing is minuted or announced of a meeting that has not been held."""
    for opener in (road.cast.secretary, road.cast.chair):
        with pytest.raises(Blocked) as refused:
            step(road, opener, "open", meeting.day - timedelta(days=1))
        assert [each.code for each in refused.value.blockers] == ["meeting_day_ahead"]
    step(road, road.cast.secretary, "open", meeting.day)


def test_nor_is_one_that_was_planned_by_an_earlier_version(road: Road, meeting: Meeting) -> None:
    """The first version of the workflow did not ask for the day; opening asks all the same."""
    first = read_definition((KEPT / "meeting-1.yaml").read_text(encoding="utf-8"), "meeting-1.yaml")
    with road.casework.database.unit_of_work() as session:
        versions.register(session, [first], datetime(2025, 1, 1, tzinfo=STOCKHOLM))
        session.get_one(Meeting, meeting.id).workflow_version = first.version
    with pytest.raises(Blocked) as refused:
        step(road, road.cast.secretary, "open", meeting.day - timedelta(days=1))
    assert [each.code for each in refused.value.blockers] == ["meeting_day_ahead"]
    step(road, road.cast.secretary, "open", meeting.day)


def test_an_opening_by_mistake_is_taken_back_until_something_is_recorded(
    road: Road, meeting: Meeting
) -> None:
    """With its reason; who is present has been recorded."""

    def take_back() -> None:
        def fire(context: Context, row: Meeting) -> None:
            engine = context.services.engine
            engine.fire(context.given(reason="Fel sammanträde."), row, "take_back_opening")

        act(road, road.cast.secretary, fire)

    step(road, road.cast.secretary, "open")
    take_back()
    open_meeting(road)
    with pytest.raises(Blocked) as refused:
        take_back()
    assert [each.code for each in refused.value.blockers] == ["meeting_recorded"]


def test_no_meeting_is_planned_on_a_day_that_has_passed(road: Road, meeting: Meeting) -> None:
    """It would have no step to take. Today is no day that has passed."""

    def plan(starts_at: datetime) -> None:
        act(road, road.cast.secretary, lambda c, m: plan_meeting(c, m.body, starts_at))

    with pytest.raises(Invalid, match="meeting_in_the_past"):
        plan(meeting.starts_at - timedelta(days=1))
    plan(meeting.starts_at - timedelta(hours=1))


def test_a_cancelled_meeting_releases_its_matters(road: Road, matter: Matter) -> None:
    """Those summoned are told why; the matter then visits the next meeting."""
    summon(road, road.world.committee, DAY, [(matter, "decision", "")])
    reason = "Stormvarning: vägarna är stängda."

    def cancel(context: Context, meeting: Meeting) -> None:
        context.services.engine.fire(context.given(reason=reason), meeting, "cancel")

    act(road, road.cast.chair, cancel, DAY - timedelta(days=1))
    with road.casework.database.read() as session:
        assert session.get_one(Matter, matter.id).state == "ready"
        item = session.scalars(select(Meeting)).one().agenda[-1]
        assert (item.outcome, item.outcome_reason) == ("not_handled", reason)
        told = [row for row in session.scalars(select(Message)) if row.subject.startswith("Inst")]
        assert len(told) == 5
        assert told[0].subject == "Inställt: Regionala utvecklingsnämnden tisdag 2025-06-03"
        assert reason in told[0].text
    summon(road, road.world.committee, date(2025, 6, 17), [(matter, "decision", "")])
    with road.casework.database.read() as session:
        assert session.get_one(Matter, matter.id).state == "on_agenda"
