"""A matter goes from a subcommittee by its committee to the assembly, which decides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.app import create_app
from casework.audit.verify import verify as verify_record
from casework.context import STOCKHOLM, Actor
from casework.demo.road import attest, prepare, summon, texts
from casework.distribution.models import Excerpt
from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import item_text
from casework.documents.models import Document
from casework.errors import Conflict
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.meetings import queries
from casework.meetings.agenda.items import add_item
from casework.meetings.agenda.preparing import proposing
from casework.meetings.agenda.proposed import proposal_of
from casework.meetings.minutes.signing import sign
from casework.meetings.models import Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.table.again import reopen_item
from casework.meetings.table.motions import move
from casework.meetings.table.outcome import conclude_item, resolution
from casework.meetings.table.questions import put_question
from casework.meetings.table.roll import record_attendance
from casework.meetings.wording import in_a_sentence, proposal_of_body
from casework.people.models import Body, Person
from casework.people.service import appoint
from casework.publishing.wording import section_of
from casework.workflow.blockers import Blocked
from tests.demo.conftest import road_of, world
from tests.web.test_every_role import entered

if TYPE_CHECKING:
    from pathlib import Path

    from casework.app import Casework
    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.meetings.models import AgendaItem

__all__ = ["world"]

FIRST, SECOND, LAST = date(2025, 6, 3), date(2025, 6, 24), date(2025, 7, 15)
PROPOSED = "Regionfullmäktige antar planen."
AMENDED = "Regionfullmäktige antar planen med en årlig uppföljning."
BEFORE = date(2025, 4, 7)


@dataclass
class Line:
    """Three bodies, each below the next, and a matter of the last that is ready."""

    road: Road
    subcommittee: Body
    committee: Body
    assembly: Body
    matter_id: int

    def act(self, day: date, what: Any) -> Any:
        secretary = self.road.cast.secretary
        moment = datetime(day.year, day.month, day.day, 10, tzinfo=STOCKHOLM)
        with self.road.casework.acting(
            self.road.world.organisation_id, Actor(secretary.id, secretary.name), moment
        ) as context:
            return what(context)

    def read(self, what: Any) -> Any:
        """`what(matter)`"""
        with self.road.casework.database.read() as session:
            return what(session.get_one(Matter, self.matter_id))

    def meet(self, body: Body, day: date) -> Sitting:
        """Summoned with the matter to handle, opened, and everybody there."""
        matter = self.read(lambda matter: matter)
        made = Sitting(self, summon(self.road, body, day, [(matter, "decision", "")]), day)
        made.fire("open")
        cast = self.road.cast
        present = [
            (cast.chair, "chair"),
            (cast.vice_chair, "vice_chair"),
            (cast.attester, "member"),
            (cast.member, "member"),
        ]
        made.act(lambda c, m: record_attendance(c, m, present))
        return made

    def proposed(self, body: Body, day: date) -> Sitting:
        """The body has met, proposed and had its minutes attested a week later."""
        made = self.meet(body, day)
        made.conclude("proposed")
        made.end()
        made.attest()
        return made


@dataclass
class Sitting:
    """A meeting on its own day; the matter is the last item."""

    line: Line
    meeting: Meeting
    day: date

    def act(self, what: Any) -> Any:
        return self.line.act(
            self.day, lambda c: what(c, c.session.get_one(Meeting, self.meeting.id))
        )

    def on_item(self, what: Any) -> Any:
        return self.act(lambda c, m: what(c, m.agenda[-1]))

    def fire(self, trigger: str) -> None:
        self.act(lambda c, m: c.services.engine.fire(c.given(), m, trigger))

    def conclude(self, outcome: str) -> None:
        self.on_item(lambda c, item: conclude_item(c, item, outcome))

    def amend(self) -> None:
        """A member's amendment is moved, put against the proposal, and wins."""

        def put(context: Context, item: AgendaItem) -> None:
            move(context, item, self.line.road.cast.member, "amendment", text=AMENDED)
            put_question(context, item, winner="second")

        self.on_item(put)

    def end(self) -> None:
        self.act(lambda c, m: [conclude_item(c, each, "noted") for each in m.agenda[:-1]])
        self.fire("end")

    def attest(self) -> None:
        """The chair and whoever was elected to attest sign, a week later."""
        road, day = self.line.road, self.day + timedelta(days=7)
        attest(road, self.meeting, day)
        if self.meeting.body_id != road.world.committee.id:  # the road knows its attester alone
            road.step(day, road.cast.attester, "skriver under", self._sign, hour=14)

    def _sign(self, context: Context) -> Meeting:
        row = context.session.get_one(Meeting, self.meeting.id)
        assert row.minutes is not None
        sign(context, row.minutes, confirmed_by="password")
        return row

    def section(self) -> str:
        """The § of the matter, as the minutes print it."""

        def read(_context: Context, item: AgendaItem) -> str:
            assert item.minutes_item is not None
            return item_text(item_from_json(item.minutes_item.content))

        said: str = self.on_item(read)
        return said


def furnish_line(context: Context, world: World, cast: Any) -> tuple[Body, Body, Body]:
    """The presidium made a subcommittee and the forum an assembly, as people are there already."""
    names = (("subcommittee", "Arbetsutskottet"), ("assembly", "Regionfullmäktige"))
    bodies = [context.session.merge(each) for each in (world.presidium, world.forum)]
    for body, (kind, name) in zip(bodies, names, strict=True):
        body.kind, body.name, body.decision_style = kind, name, "sentences"
        for each in (cast.attester, cast.member):
            person = context.session.get_one(Person, each.id)
            appoint(context, person, "member", body=body, valid_from=date(2015, 1, 1))
    committee = context.session.merge(world.committee)
    committee.parent_id = bodies[1].id
    context.session.flush()
    return bodies[0], committee, bodies[1]


@pytest.fixture
def line(world: tuple[Casework, World], tmp_path: Path) -> Line:
    road = road_of(world, tmp_path)
    with road.casework.acting(road.world.organisation_id, moment=road_start()) as context:
        bodies = furnish_line(context, road.world, road.cast)
        context.session.flush()
        ids = [each.id for each in bodies]
    with road.casework.database.read() as session:
        subcommittee, committee, assembly = (session.get_one(Body, each) for each in ids)
    point = {"text": PROPOSED, "task": "Följ upp planen", "report_back_on": date(2026, 1, 1)}
    matter = prepare(road, "decision", assembly, {**texts()["plan"], "points": [point]}, BEFORE)
    return Line(road, subcommittee, committee, assembly, matter.id)


def road_start() -> datetime:
    return datetime(2025, 1, 2, 8, tzinfo=STOCKHOLM)


def text_of(item: AgendaItem) -> list[str]:
    return [point.text for point in item.matter.decision_points] if item.matter else []


def test_a_matter_visits_three_bodies(line: Line) -> None:
    """Each proposes to the next what the assembly should decide, and the last one decides it."""
    first = line.meet(line.subcommittee, FIRST)
    first.amend()
    first.conclude("proposed")
    assert line.read(lambda m: m.state) == "on_agenda"
    first.end()
    first.attest()
    assert line.read(lambda m: (m.state, m.decision_points[0].text)) == ("ready", AMENDED)
    said = first.section()
    assert (
        "Beslut\nArbetsutskottet föreslår att regionala utvecklingsnämnden föreslår att"
        " regionfullmäktige beslutar följande\n" + AMENDED
    ) in said
    assert "Uppdrag" not in said
    assert "Utdrag till" not in said

    second = line.meet(line.committee, SECOND)
    second.on_item(lambda c, i: move(c, i, line.road.cast.member, "approval"))
    second.conclude("proposed")
    second.end()
    second.attest()
    said = second.section()
    assert "bifall till arbetsutskottets förslag" in said
    assert (
        "Regionala utvecklingsnämnden föreslår att regionfullmäktige beslutar följande\n" + AMENDED
    ) in said
    assert "Arbetsutskottets förslag 2025-06-03 §\u00a02" in said

    last = line.meet(line.assembly, LAST)
    last.conclude("decided")
    last.end()
    last.attest()
    said = last.section()
    assert "föreslår" not in said.split("Beslut\n")[-1].split("\n")[0]
    assert AMENDED in said
    assert "Regionala utvecklingsnämndens förslag 2025-06-24" in said
    assert line.read(lambda m: m.state) == "attested"
    with line.road.casework.database.read() as session:
        assert verify_record(session, line.road.casework.services.audit.key).breaks == ()


def test_what_is_proposed_is_prepared_only(line: Line) -> None:
    """KL 13:2: no decision in the matter, no assignment, nothing to send out; it has a §."""
    first = line.proposed(line.subcommittee, FIRST)

    def look(context: Context) -> None:
        matter = context.session.get_one(Matter, line.matter_id)
        assert (
            context.session.scalars(queries.decisions(context.organisation_id, matter.id)).all()
            == []
        )
        assert context.session.scalars(select(Assignment)).all() == []
        assert context.session.scalars(select(Excerpt)).all() == []
        with pytest.raises((Blocked, Conflict)):
            context.services.engine.fire(context.given(), matter, "dispatch")
        wording = section_of(context.session.get_one(Meeting, first.meeting.id).agenda[-1])
        assert wording is not None
        assert wording.decision[0].startswith("Arbetsutskottet föreslår att")

    line.act(FIRST + timedelta(days=8), look)


def test_the_next_body_reads_what_was_proposed_to_it(line: Line) -> None:
    """Under the name of the body that proposed it; the officer's own document stays in the file."""
    first = line.meet(line.subcommittee, FIRST)
    first.amend()
    first.conclude("proposed")
    first.end()
    first.attest()
    second = line.meet(line.committee, SECOND)

    def look(context: Context, item: AgendaItem) -> None:
        proposal = proposal_of(context, item)
        assert proposal is not None
        assert proposal.decision_heading == "Arbetsutskottets förslag 2025-06-03 §\u00a02"
        assert [each.text for each in proposal.points] == [AMENDED]
        documents = context.session.scalars(
            select(Document).filter_by(subject_type="matter", kind="proposal").order_by(Document.id)
        ).all()
        assert PROPOSED in str(documents[-1].snapshot)
        assert AMENDED not in str([each.snapshot for each in documents])
        summons = context.session.scalars(
            select(Document).filter_by(subject_id=item.meeting_id, kind="summons")
        ).all()
        entry = (summons[0].snapshot or {})["agenda"][-1]
        assert entry["decision_heading"] == "Arbetsutskottets förslag"
        assert entry["points"][0]["text"] == AMENDED

    second.on_item(look)
    first.on_item(lambda c, i: points_were(c, i, [PROPOSED]))


def points_were(context: Context, item: AgendaItem, points: list[str]) -> None:
    proposal = proposal_of(context, item)
    assert proposal is not None
    assert [each.text for each in proposal.points] == points


def test_who_proposes_and_who_decides(line: Line) -> None:
    """Only a body below proposes; it does not decide, nor does the deciding body propose."""
    first = line.meet(line.subcommittee, FIRST)
    with pytest.raises(Conflict, match="another_body_decides"):
        first.conclude("decided")
    first.conclude("proposed")
    first.on_item(lambda c, item: reopen_item(c, item, "Fel utfall."))
    assert line.read(lambda m: (m.state, m.decision_points[0].text)) == ("on_agenda", PROPOSED)
    first.conclude("proposed")
    first.end()
    last = line.meet(line.assembly, LAST)
    with pytest.raises(Conflict, match="nobody_to_propose_to"):
        last.conclude("proposed")
    with pytest.raises(Conflict, match="item_not_for_decision"):
        last.act(lambda c, m: conclude_item(c, m.agenda[0], "proposed"))


def test_the_last_body_prepares_for_nobody(line: Line) -> None:
    """An assembly takes up a committee's matter as information, whatever is asked."""
    road = line.road
    matter = prepare(road, "decision", line.committee, texts()["plan"], BEFORE)

    def put(context: Context) -> None:
        starts = datetime(2025, 9, 1, 9, tzinfo=STOCKHOLM)
        meeting = plan_meeting(context, context.session.merge(line.assembly), starts)
        row = context.session.get_one(Matter, matter.id)
        add_item(context, meeting, item_type="decision", matter=row)

    with pytest.raises(Conflict, match="matter_of_another_body"):
        line.act(FIRST, put)


def test_the_screen_offers_what_the_body_may_do(line: Line) -> None:
    """To propose and not to decide; the matter's page then tells what was proposed, and where."""
    first = line.meet(line.subcommittee, FIRST)
    site = create_app(line.road.casework.settings)
    page = entered(site, "namndsekreterare")
    item = first.on_item(lambda _c, item: item.id)
    screen = page.get(f"/meetings/{first.meeting.id}/live/{item}").text
    assert '<option value="proposed">Föreslaget</option>' in screen
    assert '<option value="decided"' not in screen
    first.conclude("proposed")
    first.end()
    first.attest()
    told = page.get(f"/matters/{line.matter_id}").text
    link = f'<a href="/meetings/{first.meeting.id}">Arbetsutskottet föreslog 2025-06-03 § 2</a>'
    assert link in told
    second = line.meet(line.committee, SECOND)
    read = page.get(f"/meetings/{second.meeting.id}/read").text
    assert "Arbetsutskottets förslag 2025-06-03" in read
    site.extensions["casework"].database.close()


def test_the_words_follow_the_style_of_the_body_that_decides(line: Line) -> None:
    """Points that begin with att, the matter's own lead-in, and a rejection in the same form."""
    first = line.meet(line.subcommittee, FIRST)
    begins = "Arbetsutskottet föreslår att regionala utvecklingsnämnden föreslår att"

    def look(context: Context, item: AgendaItem) -> None:
        assert item.matter is not None
        item.matter.body.decision_style = "att"
        assert proposing(context, item) == f"{begins} regionfullmäktige beslutar"
        item.matter.decision_lead_in = "Förvaltningen föreslår att regionfullmäktige beslutar"
        assert proposing(context, item) == f"{begins} regionfullmäktige beslutar"
        item.matter.decision_lead_in = "Regionfullmäktige ställer sig bakom"
        assert proposing(context, item) == f"{begins} regionfullmäktige ställer sig bakom"
        move(context, item, line.road.cast.member, "rejection", text="För dyrt.")
        put_question(context, item, winner="second")
        assert [each.text for each in resolution(item)] == ["att avslå förslaget"]
        item.matter.body.decision_style = "sentences"
        assert [each.text for each in resolution(item)] == ["Regionfullmäktige avslår förslaget."]

    first.on_item(look)


def test_names_in_the_middle_of_a_sentence() -> None:
    names = ["Regionala utvecklingsnämnden", "Kommunalt Forum", "AU", "Regionfullmäktige"]
    assert [in_a_sentence(each) for each in names] == [
        "regionala utvecklingsnämnden",
        "Kommunalt Forum",
        "AU",
        "regionfullmäktige",
    ]
    proposals = [proposal_of_body(each) for each in ("Utskottet", "Campus", "")]
    assert proposals == ["Utskottets förslag", "Campus förslag", ""]
