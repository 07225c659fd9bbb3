"""What was decided outside a meeting reaches the body, or the board, and nags until it does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.background import remind
from casework.board.queries import notice_of
from casework.context import STOCKHOLM
from casework.deadlines.models import Deadline
from casework.delegation.kind import DELEGATED_DECISION
from casework.delegation.models import DelegatedDecision
from casework.delegation.queries import reported_at, unreported, urgent_unreported
from casework.delegation.service import report, revise_decision, tell
from casework.documents.contexts import from_json
from casework.documents.models import Document
from casework.errors import Forbidden
from casework.mail.models import Message
from casework.matters.service import register
from casework.meetings.agenda.items import add_item
from casework.meetings.agenda.reporting import (
    MOST_LISTED,
    listed_lines,
    reported_decisions,
    reported_lines,
    still_waiting,
)
from casework.meetings.models import Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.planning.revising import revise_meeting
from casework.meetings.reading.pack import pack
from casework.people.models import Body
from casework.people.policy import restrict
from casework.workflow.blockers import Blocked

from .conftest import DAY

if TYPE_CHECKING:
    from datetime import date

    from .conftest import Office

URGENT: dict[str, Any] = {"kind": "urgent", "urgency": "Ansökan stänger i morgon."}
MEETING = datetime(2025, 4, 1, 9, tzinfo=STOCKHOLM)


def waiting(office: Office, kind: str = "delegated") -> list[str]:
    """The designations that the next meeting would report."""
    own, body = office.world.organisation_id, office.world.committee.id
    with office.casework.database.read() as session:
        return [each.designation for each in unreported(session, own, body, kind)]


def report_all(office: Office, kind: str) -> int:
    """A meeting of the committee reports what waits; the id of its item."""
    with office.acting(office.cast.secretary) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        body.agenda_template = [{"title": "Anmälan av beslut", "reports": "delegated_decisions"}]
        meeting = plan_meeting(context, body, MEETING)
        context.session.flush()
        item = meeting.agenda[0]
        cause = context.caused_by(meeting, "end")
        for each in unreported(context.session, body.organisation_id, body.id, kind):
            tell(each, item.id)
            report(cause, each)
        return int(item.id)


def test_the_list_builds_itself(office: Office) -> None:
    """KL 6:40: what is decided and to be reported, in number order; no draft, and nothing else."""
    director = office.cast.director
    office.draft(director)
    first, second = office.decide(director), office.decide(director, DAY + timedelta(days=1))
    office.decide(director, reporting="separately")
    assert waiting(office) == ["RUN D 1/2025", "RUN D 2/2025"]
    item = report_all(office, "delegated")
    assert waiting(office) == []
    with office.casework.database.read() as session:
        told = reported_at(session, office.world.organisation_id, item)
        assert [each.id for each in told] == [first, second]
        assert {each.state for each in told} == {"reported"}
        causes = session.scalars(select(AuditEntry.cause).filter_by(action="report")).all()
        assert len(causes) == 2
        assert all(cause.startswith("meeting/") for cause in causes)


def test_what_waits_finds_its_place(office: Office) -> None:
    """KL 6:40: what no item reports gets one by itself, at the summons and at the opening."""
    secretary, opened = office.cast.secretary, MEETING.date()
    office.mandate()
    office.decide(office.cast.director)
    with office.acting(secretary) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        body.agenda_template = [{"title": "Övriga frågor", "section": "closing"}]
        meeting = plan_meeting(context, body, MEETING)
        context.session.flush()
        meeting_id = meeting.id

    def fire(trigger: str, day: date) -> list[tuple[str, int]]:
        with office.acting(secretary, day) as context:
            meeting = context.session.get_one(Meeting, meeting_id)
            context.services.engine.fire(context.given(), meeting, trigger)
            return [(item.reports, item.supplement) for item in meeting.agenda]

    assert fire("summon", DAY) == [("delegated_decisions", 0), ("", 0)]
    office.decide(office.cast.chair, **URGENT)
    listed = [("delegated_decisions", 0), ("urgent_decisions", 1), ("", 0)]
    with office.acting(secretary, opened) as context:
        meeting = context.session.get_one(Meeting, meeting_id)
        [line] = reported_lines(context, meeting.agenda[0])
        assert line.startswith("RUN D 1/2025 Stöd, Regiondirektören")
    assert fire("open", opened) == listed
    with office.casework.database.read() as session:
        added = session.scalars(select(AuditEntry).filter_by(action="item_added")).all()
        assert [each.detail["by_itself"] for each in added] == [True, True]


def test_the_summons_and_the_pack_tell_what_is_to_be_reported(office: Office) -> None:
    """KL 6:40: members read beforehand what they will be told of; of many, how many."""
    first = office.decide(office.cast.director, title="Stöd till <Åre> & co")
    with office.acting(office.cast.secretary) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        body.agenda_template = []
        meeting = plan_meeting(context, body, MEETING)
        add_item(context, meeting, item_type="information", title="Läget")
        context.services.engine.fire(context.given(), meeting, "summon")
        (document,) = context.session.scalars(select(Document).filter_by(kind="summons"))
        agenda = from_json("summons", document.snapshot or "").agenda
        line = f"RUN D 1/2025 Stöd till <Åre> & co, {office.cast.director.name}, {DAY}"
        assert agenda[1].reported == (line,)
        told = pack(context, meeting, meeting.agenda)
        assert [item.entry.reported for item in told.items] == [(), (line,)]
        assert [row.id for row in reported_decisions(context, meeting.agenda[1])] == [first]
        assert still_waiting(context, meeting)
    for _ in range(MOST_LISTED):
        office.decide(office.cast.director)
    with office.acting(office.cast.secretary) as context:
        item = context.session.get_one(Meeting, meeting.id).agenda[1]
        (line,) = listed_lines(context, item)
        assert line.startswith("41 beslut, RUN D 1/2025 till RUN D 41/2025.")


def test_the_body_decides_what_it_is_told_of(office: Office) -> None:
    """KL 6:40, 7:8: a decision follows its line; the decider may report more, never less."""
    director = office.cast.director
    silent = office.silent
    for item, asked, expected in (
        (office.item, None, "report"),
        (silent, None, "separately"),
        (silent, "report", "report"),
    ):
        draft = office.draft(director, item=item, reporting=asked)
        assert office.read(draft).reporting == expected
    with pytest.raises(Blocked) as refused:
        office.draft(director, item=office.item, reporting="separately")
    (blocker,) = refused.value.blockers
    assert (blocker.code, blocker.statute) == ("line_is_reported", "KL 6:40, 7:8")
    draft = office.draft(director)
    with pytest.raises(Blocked), office.acting(director) as context:
        decision = context.session.get_one(DelegatedDecision, draft)
        revise_decision(context, decision, reporting="separately")


def test_nobody_reports_by_hand(office: Office) -> None:
    """Only a meeting can say that its body was told."""
    decided = office.decide(office.cast.director)
    for who in (office.cast.director, office.cast.secretary):
        with pytest.raises(Forbidden):
            office.fire(who, decided, "report")


def test_what_is_not_reported_is_announced(office: Office) -> None:
    """KL 6:40, 7:8, 8:10 p. 3: an appealable one gets a notice and a period of its own."""
    decided = office.decide(office.cast.director, reporting="separately")
    with pytest.raises(Blocked):
        office.fire(office.cast.secretary, decided, "file")
    office.fire(office.cast.secretary, decided, "announce", DAY + timedelta(days=1))
    assert office.read(decided).state == "announced"
    with office.casework.database.read() as session:
        own = office.world.organisation_id
        notice = notice_of(session, own, "delegated_decision", decided)
        assert notice is not None
        assert notice.title == "Delegationsbeslut RUN D 1/2025"  # no word of what it is about
        assert notice.attested_on is None
        assert (notice.number, notice.decided_on) == ("RUN D 1/2025", DAY)
        assert notice.decided_as == "Regiondirektör"
        assert notice.kept_at.startswith("Region Jämtland Härjedalen, Regional utveckling, Box 654")
        assert notice.announced_on == DAY + timedelta(days=1)
        assert notice.appeal_until == DAY + timedelta(days=22)


def test_a_secret_matter_is_announced_by_its_number_alone(office: Office) -> None:
    """The board is for everybody: what its matter hides, the notice does not tell."""
    decided = office.decide(office.cast.director, reporting="separately")
    with office.acting(office.cast.registrar) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        matter = register(context, kind="decision", title="Ett ärende", body=body)
        matter.secrecy_provision = "OSL 25:1"
        context.session.get_one(DelegatedDecision, decided).matter = matter
    office.fire(office.cast.secretary, decided, "announce")
    with office.casework.database.read() as session:
        notice = notice_of(session, office.world.organisation_id, "delegated_decision", decided)
        assert notice is not None
        assert notice.title == "Delegationsbeslut RUN D 1/2025"


def test_what_is_reported_gets_no_notice_of_its_own(office: Office) -> None:
    """Its period runs from the notice of the minutes in which it is reported."""
    decided = office.decide(office.cast.director)
    for trigger in ("announce", "file"):
        with pytest.raises(Blocked):
            office.fire(office.cast.secretary, decided, trigger)


def test_what_cannot_be_appealed_is_filed(office: Office) -> None:
    """KL 13:2: neither reported nor appealable, it needs no notice."""
    decided = office.decide(office.cast.director, reporting="separately", is_appealable=False)
    with pytest.raises(Blocked):
        office.fire(office.cast.secretary, decided, "announce")
    office.fire(office.cast.secretary, decided, "file")
    assert office.read(decided).state == "filed"


def test_a_partys_own_appeal_needs_no_notice(office: Office) -> None:
    """KL 6:40 speaks of ch. 13; a party's appeal counts from when the party was told (FL 44)."""
    decided = office.decide(office.cast.director, reporting="separately")
    with office.acting(office.cast.registrar) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        matter = register(context, kind="decision", title="Stöd till en förening", body=body)
        matter.appeal_route = "administrative_appeal"
        context.session.get_one(DelegatedDecision, decided).matter = matter
    with pytest.raises(Blocked):
        office.fire(office.cast.secretary, decided, "announce")
    office.fire(office.cast.secretary, decided, "file")
    assert office.read(decided).state == "filed"


def test_an_urgent_decision_nags_until_it_is_reported(office: Office) -> None:
    """KL 6:40: chair and secretary are told each week; the meeting's report ends it."""
    office.mandate()
    chair, secretary = office.cast.chair, office.cast.secretary
    decided = office.decide(chair, **URGENT)
    for days in (6, 7, 8, 14, 21):
        remind(office.casework, datetime(2025, 3, 3, 12, tzinfo=STOCKHOLM) + timedelta(days=days))
    letters = sent(office)
    assert [letter.to_address for letter in letters] == [chair.email] * 3
    assert all(secretary.email in str(letter.cc) for letter in letters)
    assert f"/delegation/decisions/{decided}" in letters[0].text
    own, body = office.world.organisation_id, office.world.committee.id
    with office.casework.database.read() as session:
        assert [each.id for each in urgent_unreported(session, own, body)] == [decided]
    report_all(office, "urgent")
    remind(office.casework, datetime(2025, 6, 1, 12, tzinfo=STOCKHOLM))
    assert len(sent(office)) == 3
    with office.casework.database.read() as session:
        assert urgent_unreported(session, own, body) == []
        deadline = session.scalars(select(Deadline).filter_by(state="met")).one()
        assert (deadline.state, deadline.statute) == ("met", "KL 6:40")


def test_an_urgent_decision_is_due_at_the_next_meeting(office: Office) -> None:
    """KL 6:40: the day follows the meeting that is planned, put sooner, moved and cancelled."""
    office.mandate()
    secretary = office.cast.secretary
    decided = office.decide(office.cast.chair, **URGENT)

    def due() -> tuple[str, str]:
        with office.casework.database.read() as session:
            running = select(Deadline).filter_by(name="urgent_report", state="running")
            deadline = session.scalars(running).one()
            return deadline.due_on.isoformat(), deadline.statute

    def plan(day: int) -> int:
        with office.acting(secretary) as context:
            body = context.session.get_one(Body, office.world.committee.id)
            return int(plan_meeting(context, body, MEETING.replace(day=day)).id)

    assert due() == ("2025-03-10", "")
    later, sooner = plan(22), plan(8)
    assert due() == ("2025-04-08", "KL 6:40")
    with office.acting(secretary) as context:
        meeting = context.session.get_one(Meeting, sooner)
        revise_meeting(context, meeting, starts_at=MEETING.replace(day=29))
    assert due() == ("2025-04-22", "KL 6:40")
    for cancelled, day in ((later, "2025-04-29"), (sooner, "2025-03-10")):
        with office.acting(secretary) as context:
            meeting = context.session.get_one(Meeting, cancelled)
            given = context.given(reason="För få ärenden")
            context.services.engine.fire(given, meeting, "cancel")
        assert due()[0] == day
    assert due() == ("2025-03-10", "")
    assert office.read(decided).state == "decided"


def test_the_nagging_has_no_last_day(office: Office) -> None:
    """KL 6:40: a week before the meeting, on its day, and then each week, years later too."""
    office.mandate()
    with office.acting(office.cast.secretary) as context:
        body = context.session.get_one(Body, office.world.committee.id)
        plan_meeting(context, body, MEETING)
    office.decide(office.cast.chair, **URGENT)
    noon = MEETING.replace(hour=12)
    for days in (-8, -7, 0, 1, 2, 8, 15):
        remind(office.casework, noon + timedelta(days=days))
    told = [letter.text for letter in sent(office)]
    assert len(told) == 5
    assert "ska anmälas vid nästa sammanträde" in told[1]
    assert "skulle ha anmälts" in told[2]
    for weeks in (104, 105, 106):
        remind(office.casework, noon + timedelta(weeks=weeks))
    assert len(sent(office)) == 8


def sent(office: Office) -> list[Message]:
    with office.casework.database.read() as session:
        letters = select(Message).filter_by(subject_type="delegated_decision").order_by(Message.id)
        return list(session.scalars(letters))


def test_members_see_what_is_signed_and_no_draft(office: Office) -> None:
    """A member reads the body's decisions; a draft is the decider's and the office's own."""
    draft, decided = office.draft(office.cast.director), office.decide(office.cast.director)
    seen = {"member": [decided], "substitute": [decided], "officer": list[int]()}
    seen |= {who: [draft, decided] for who in ("director", "secretary", "registrar", "chair")}
    for who, expected in seen.items():
        with office.acting(getattr(office.cast, who)) as context:
            person = getattr(office.cast, who).id
            own = office.world.organisation_id
            restrict(context.session, [DELEGATED_DECISION], own, person, context.today)
            ids = context.session.scalars(select(DelegatedDecision.id).order_by("id")).all()
            assert ids == expected, who
