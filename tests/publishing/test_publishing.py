"""The verbs of publishing: by whom, of what, from when until when, and what takes it down again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.audit.verify import verify as verify_record
from casework.demo.road import attest, dispatch, hold, prepare, summon, texts
from casework.documents.contexts import item_from_json
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.matters.models import Matter
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable
from casework.meetings.models import Meeting
from casework.publishing.public_pages import find, public_agenda, publications
from casework.publishing.queries import candidate, candidates, to_try
from casework.publishing.service import Seen, Shown, publish, publish_many, take_back
from casework.publishing.service import hold as hold_back
from casework.secrecy.service import review_secrecy
from tests.demo.conftest import furnished, opened, road_of
from tests.publishing.acting import publish_all, seen, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from casework.context import Context
    from casework.demo.road import Road
    from casework.demo.world import World
    from casework.people.models import Person
    from casework.publishing.public_pages import PublicItem
    from casework.publishing.queries import Candidate
    from tests.support.databases import DatabaseMaker

DAY = date(2025, 6, 3)
ATTESTED = date(2025, 6, 10)
TRIED = date(2025, 6, 11)
NUMBER = "850709-9805"


def attested(url: str, folder: Path) -> World:
    """A committee's minutes of two formal items and one matter, attested."""
    world = furnished(url, folder)
    casework = opened(url, folder)
    made = road_of((casework, world), folder)
    matter = prepare(made, "decision", made.world.committee, texts()["plan"], date(2025, 4, 7))
    meeting = summon(made, made.world.committee, DAY, [(matter, "decision", "")])
    hold(made, meeting, DAY, {"decision": "decided"})
    attest(made, meeting, ATTESTED)
    casework.database.close()
    return world


@pytest.fixture
def road(database_maker: DatabaseMaker, tmp_path: Path) -> Iterator[Road]:
    """The road after the attestation, this test's own."""
    with database_maker.copied("publishing", tmp_path, attested) as (url, world):
        casework = opened(url, tmp_path)
        yield road_of((casework, world), tmp_path)
        casework.database.close()


def act(
    road: Road,
    what: Callable[[Context, Meeting], Any],
    day: date = TRIED,
    who: Person | None = None,
) -> Any:
    """In the secretary's name unless another is given."""
    given: list[Any] = []

    def on_meeting(context: Context) -> Meeting:
        meeting = context.session.scalars(select(Meeting)).one()
        given.append(what(context, meeting))
        return meeting

    road.step(day, who or road.cast.secretary, "prövar", on_meeting, hour=16)
    return given[0]


def last(context: Context, meeting: Meeting) -> Candidate:
    """The § of the matter."""
    found = candidates(context.session, meeting, context.today)
    return candidate(found, meeting.agenda[-1].id, "section")


def told(road: Road, day: date = TRIED) -> list[PublicItem]:
    with road.casework.database.read() as session:
        meeting = find(session, session.scalars(select(Meeting.id)).one())
        return public_agenda(meeting, publications(session, [meeting]), day)


def standing(road: Road, day: date = TRIED) -> str:
    with road.casework.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        return candidates(session, meeting, day)[-1].standing


def listed(road: Road, day: date) -> int:
    """How many meetings wait for the secretary."""
    own, me = road.world.organisation_id, road.cast.secretary.id
    with road.casework.database.read() as session:
        return len(session.scalars(to_try(own, me, day)).all())


def reviewed(context: Context, meeting: Meeting, provision: str = "") -> None:
    matter = meeting.agenda[-1].matter
    assert matter is not None
    review_secrecy(context, matter, provision)


def test_the_last_signature_publishes_nothing(road: Road) -> None:
    """KL 8:9-12: the notice goes up by itself and nothing else; secrecy is tried, then one press
    shows the §§ as they were seen, with their points, and the record says who, when and what."""
    assert [each.title for each in told(road)] == ["", "", ""]
    with pytest.raises(Conflict, match="publishing_untried"):
        act(road, lambda c, m: publish(c, seen(last(c, m)), reason="Ändå"))
    act(road, lambda c, m: reviewed(c, m))
    publish_all(road, act(road, lambda _c, m: m), TRIED)
    first, _second, third = told(road)
    assert first.title
    assert third.section == 3
    assert third.decision[0].startswith("Regionala utvecklingsnämnden ger regiondirektören")
    with road.casework.database.read() as session:
        entries = session.scalars(select(AuditEntry).filter_by(action="published")).all()
        assert [each.actor_name for each in entries] == [road.cast.secretary.name] * 3
        assert entries[-1].detail["section"] == 3
        key = road.casework.services.audit.key
        assert verify_record(session, key).breaks == ()


def test_what_was_found_waits_for_a_reason(road: Road) -> None:
    """One press takes nothing that was found something in; by itself it takes a reason, and what
    certainly is a personal number is masked all the same."""
    text = f"Beslutet gäller {NUMBER} på Storgatan 12"

    def put_in(context: Context, meeting: Meeting) -> None:
        reviewed(context, meeting)
        row = meeting.agenda[-1].minutes_item
        assert row is not None
        row.content = row.content | {"points": [{"number": 0, "text": text}]}

    act(road, put_in)

    def press(context: Context, meeting: Meeting) -> None:
        each = last(context, meeting)
        assert each.wording.found == ["personal_number", "address"]
        assert not each.is_clean
        assert [run.text for run in each.lines[-1] if run.what] == [
            "[personnummer]",
            "Storgatan 12",
        ]
        everything = [seen(one) for one in waiting(context, meeting)]
        publish_many(context, meeting, everything)

    with pytest.raises(Invalid, match="publishing_found"):
        act(road, press)
    assert told(road)[0].title == ""  # all or none
    with pytest.raises(Invalid, match="publishing_found"):
        act(road, lambda c, m: publish(c, seen(last(c, m)), reason="  "))
    act(road, lambda c, m: publish(c, seen(last(c, m)), reason="Bolagets egen adress"))
    assert told(road)[-1].decision[-1] == "Beslutet gäller [personnummer] på Storgatan 12"


def test_held_taken_back_and_shown_again(road: Road) -> None:
    """Each with its reason; what is not up cannot be taken back, what is up is not held."""
    act(road, lambda c, m: reviewed(c, m))
    with pytest.raises(Conflict, match="publishing_not_published"):
        act(road, lambda c, m: take_back(c, seen(last(c, m)), "Fel"))
    with pytest.raises(Invalid, match="input_missing"):
        act(road, lambda c, m: hold_back(c, seen(last(c, m)), " "))
    act(road, lambda c, m: hold_back(c, seen(last(c, m)), "Nämner en enskild"))
    publish_all(road, act(road, lambda _c, m: m), TRIED)
    assert [bool(each.title) for each in told(road)] == [True, True, False]
    act(road, lambda c, m: publish(c, seen(last(c, m))))
    with pytest.raises(Conflict, match="publishing_take_it_back"):
        act(road, lambda c, m: hold_back(c, seen(last(c, m)), "Nej"))
    assert told(road)[-1].title
    act(road, lambda c, m: take_back(c, seen(last(c, m)), "Fel paragraf"))
    away = told(road)[-1]
    assert (away.title, away.decision) == ("", ())
    assert (away.section, away.is_withheld) == (3, True)  # that there is a § 3, and no more
    assert standing(road) == "taken_back"


def test_from_one_day_until_another(road: Road) -> None:
    """Both days included; a last day that has passed is refused."""
    act(road, lambda c, m: reviewed(c, m))
    days = Shown(TRIED + timedelta(days=2), TRIED + timedelta(days=4))
    act(road, lambda c, m: publish(c, seen(last(c, m)), days))
    shown = [bool(told(road, TRIED + timedelta(days=each))[-1].title) for each in range(1, 6)]
    assert shown == [False, True, True, True, False]
    assert [standing(road, TRIED + timedelta(days=each)) for each in (1, 2, 5)] == [
        "planned",
        "published",
        "ended",
    ]
    for wrong in (
        Shown(None, TRIED - timedelta(days=1)),
        Shown(TRIED + timedelta(days=2), TRIED + timedelta(days=1)),
        Shown(TRIED - timedelta(days=3), TRIED - timedelta(days=1)),
    ):
        with pytest.raises(Invalid, match="publishing_days_wrong"):
            act(road, lambda c, m, days=wrong: publish(c, seen(last(c, m)), days))


def test_a_secret_matter_is_never_published(road: Road) -> None:
    """OSL 5:5: not in one press, not by itself with whatever reason; marked later it comes down."""
    act(road, lambda c, m: reviewed(c, m))
    act(road, lambda c, m: publish(c, seen(last(c, m))))
    assert told(road)[-1].title
    act(road, lambda c, m: reviewed(c, m, "OSL 26 kap. 1 §"))
    assert told(road)[-1].title == ""
    assert act(road, lambda c, m: last(c, m).obstacle) == "secret"
    with pytest.raises(Conflict, match="publishing_secret"):
        act(road, lambda c, m: publish(c, seen(last(c, m)), reason="Ändå"))


def test_a_corrected_section_is_tried_anew(road: Road) -> None:
    """JO 2571-1999: while the correction waits the § stands; once it is signed neither wording is
    up until the new one has been tried, and then it says that it was corrected."""
    act(road, lambda c, m: reviewed(c, m))
    publish_all(road, act(road, lambda _c, m: m), TRIED)
    assert listed(road, TRIED) == 0

    def begin(context: Context, meeting: Meeting) -> None:
        row = meeting.agenda[-1].minutes_item
        assert row is not None
        correct(
            context,
            row,
            replace(editable(item_from_json(row.content)), title="Rätt rubrik"),
            "Skrivfel i rubriken",
        )

    act(road, begin)
    assert told(road)[-1].title == texts()["plan"]["title"]

    def sign_it(context: Context, meeting: Meeting) -> None:
        row = meeting.agenda[-1].minutes_item
        assert row is not None
        sign(context, row.corrections[-1].minutes, confirmed_by="password")

    for who in (road.cast.chair, road.cast.attester):
        act(road, sign_it, TRIED + timedelta(days=1), who)
    after = TRIED + timedelta(days=1)
    assert told(road, after)[-1].title == ""
    assert standing(road, after) == "changed"
    assert listed(road, after) == 1
    act(road, lambda c, m: publish(c, seen(last(c, m))), after + timedelta(days=1))
    assert listed(road, after) == 0
    after += timedelta(days=1)
    assert (told(road, after)[-1].title, told(road, after)[-1].corrected_on) == (
        "Rätt rubrik",
        TRIED + timedelta(days=1),
    )


def test_other_words_than_were_seen_are_refused(road: Road) -> None:
    """What is published is what was read."""
    act(road, lambda c, m: reviewed(c, m))
    with pytest.raises(Stale):
        act(road, lambda c, m: publish(c, Seen(m.agenda[-1], "section", "0" * 64)))
    with pytest.raises(Invalid, match="publishing_nothing_chosen"):
        act(road, lambda c, m: publish_many(c, m, []))


@pytest.mark.parametrize("role", ["chair", "officer", "member", "manager", "director"])
def test_others_publish_nothing(road: Road, role: str) -> None:
    """The secretary and the registrar try secrecy for the public; nobody else does."""
    act(road, lambda c, m: reviewed(c, m))
    for verb in (publish, lambda c, s: hold_back(c, s, "x"), lambda c, s: take_back(c, s, "x")):
        with pytest.raises(Forbidden):
            act(
                road,
                lambda c, m, verb=verb: verb(c, seen(last(c, m))),
                who=getattr(road.cast, role),
            )
    with road.casework.database.read() as session:
        own, me = road.world.organisation_id, getattr(road.cast, role).id
        assert session.scalars(to_try(own, me, TRIED)).all() == []


def test_what_waits_is_listed_until_it_is_tried(road: Road) -> None:
    """An attested § that nobody has decided on keeps its meeting on the list."""
    matter = act(road, lambda c, m: c.session.get_one(Matter, m.agenda[-1].matter_id))
    dispatch(road, matter, TRIED)
    own, me = road.world.organisation_id, road.cast.registrar.id
    with road.casework.database.read() as session:
        assert len(session.scalars(to_try(own, me, TRIED)).all()) == 1
        assert session.scalars(to_try(own, me, TRIED, review=True)).all() == []
    publish_all(road, act(road, lambda _c, m: m), TRIED)
    with road.casework.database.read() as session:
        assert session.scalars(to_try(own, me, TRIED)).all() == []
