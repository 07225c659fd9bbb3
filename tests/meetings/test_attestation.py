"""Minutes: their text with versions, the six points, signatures over bytes, corrections."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.context import STOCKHOLM, Actor
from casework.demo.road import dispatch
from casework.distribution.models import Excerpt
from casework.distribution.service import dispatch_correction
from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import item_text
from casework.documents.models import Document
from casework.errors import Conflict, Forbidden, Invalid, Stale, TooLarge
from casework.matters.models import Matter
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable, missing_points, revise
from casework.meetings.minutes.verification import checksum_of, genuine, told, verify
from casework.meetings.models import Meeting, Minutes, Signature
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.table.outcome import conclude_item
from casework.meetings.table.statements import state
from casework.people.models import Body
from casework.phrases import sentence
from casework.publishing.wording import section_of
from casework.workflow.blockers import Blocked

from .conftest import DAY

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem
    from casework.people.models import Person

    from .conftest import Table


def conclude_all(table: Table, *, reserved: bool = False) -> None:
    def each(context: Context, meeting: Any) -> None:
        for item in meeting.agenda:
            if item.outcome == "pending":
                decided = item.item_type == "decision"
                conclude_item(context, item, "decided" if decided else "noted")
        if reserved:
            state(context, meeting.agenda[-1], table.cast.member, "reservation", text="För dyrt.")

    table.act(each)


def drafted(table: Table, *, reserved: bool = False) -> Table:
    conclude_all(table, reserved=reserved)
    for trigger in ("end", "draft_minutes"):
        table.fire(trigger)
    return table


def signing(table: Table, who: Person, **given: Any) -> Any:
    def act(context: Context, meeting: Meeting) -> Signature:
        assert meeting.minutes is not None
        return sign(context, meeting.minutes, confirmed_by="password", **given)

    return table.act(act, who)


def attested(table: Table) -> Table:
    drafted(table)
    table.fire("send_for_attestation")
    for who in (table.cast.attester, table.cast.chair):  # in any order
        signing(table, who)
    return table


def pdf_of(table: Table, kind: str = "meeting") -> bytes:
    with table.road.casework.database.read() as session:
        minutes = session.scalars(select(Minutes).filter_by(kind=kind)).one()
        press = table.road.casework.services.press
        return press.read(press.document(session, minutes.document_id or 0))


# --- Text -------------------------------------------------------------------------------------


def test_a_section_is_edited_with_every_version_kept(table: Table) -> None:
    """The first version is what was recorded; each edit says who and why."""
    drafted(table)

    def edit(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        row = item.minutes_item
        before = editable(item_from_json(row.content))
        assert revise(context, row, before) is None  # unchanged, no new version
        revise(context, row, replace(before, title="Ny rubrik"), note="Rubriken förtydligas")

    table.on_item(edit)
    found = table.read(
        lambda m: [(r.number, r.note, r.author.name) for r in m.agenda[-1].minutes_item.revisions]
    )
    assert found == [
        (1, "", "Nämndsekreteraren"),
        (2, "Rubriken förtydligas", "Nämndsekreteraren"),
    ]
    with pytest.raises(Stale, match="stale"):
        table.on_item(
            lambda c, i: revise(
                c,
                i.minutes_item,
                editable(item_from_json(i.minutes_item.content)),
                expected_version=0,
            )
        )


def test_the_law_names_what_is_missing(table: Table) -> None:
    """KL 5:67 p. 6 through 6:35: a reservation that has vanished stops the minutes."""
    drafted(table, reserved=True)
    assert table.act(lambda _c, m: missing_points(m.agenda)) == []

    def forget(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        now = editable(item_from_json(item.minutes_item.content))
        left = {name: text for name, text in now.sections.items() if name != "reservations"}
        revise(context, item.minutes_item, replace(now, sections=left))

    table.on_item(forget)
    with pytest.raises(Blocked) as refused:
        table.fire("send_for_attestation")
    [blocker] = refused.value.blockers
    assert blocker.statute == "KL 5:67, 6:35"
    assert "p. 6: Ledamoten" in blocker.sentence("sv")


# --- Signatures -------------------------------------------------------------------------------


def test_a_dissent_is_signed_too(table: Table) -> None:
    """An attester who thinks the minutes are wrong says so, and they are attested all the same."""
    drafted(table)
    table.fire("send_for_attestation")
    signing(table, table.cast.attester, dissent="Tiden för mötets slut är fel.")
    signing(table, table.cast.chair)
    assert table.read(lambda m: m.state) == "attested"
    with table.road.casework.database.read() as session:
        found = verify(session, pdf_of(table))
        assert found.is_attested
        assert [each.dissent for each in found.signatures if each.dissent] == [
            "Tiden för mötets slut är fel."
        ]


def test_a_file_is_read_piece_by_piece_and_no_further_than_allowed() -> None:
    content = b"%PDF" * 1_000_000
    assert checksum_of(BytesIO(content), len(content)) == hashlib.sha256(content).hexdigest()
    with pytest.raises(TooLarge, match="too_large"):
        checksum_of(BytesIO(content), len(content) - 1)


@pytest.mark.parametrize(
    "code",
    ["attestation_begun", "secretary_attests", "not_an_attester", "minutes_not_editable"],
)
def test_a_refusal_at_attestation_names_its_law(code: str) -> None:
    for language in ("sv", "en"):
        assert "KL 5:" in sentence(code, {}, language)


def test_without_proof_of_identity_nothing_is_signed(table: Table) -> None:
    """The person proves who they are at the moment of signing."""
    drafted(table)
    table.fire("send_for_attestation")

    def act(context: Context, meeting: Meeting) -> None:
        assert meeting.minutes is not None
        sign(context, meeting.minutes, confirmed_by="")

    with pytest.raises(Forbidden, match="identity_not_confirmed"):
        table.act(act, table.cast.chair)


def test_taking_back_voids_what_was_signed(table: Table) -> None:
    """A signature is over exactly those bytes; with new bytes it is asked for again."""
    drafted(table)
    table.fire("send_for_attestation")
    first = pdf_of(table)
    signing(table, table.cast.chair)
    table.fire("recall", reason="Ett namn är felskrivet.")
    assert table.read(lambda m: m.minutes.signatures) == []

    def edit(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        now = editable(item_from_json(item.minutes_item.content))
        revise(context, item.minutes_item, replace(now, title="Rättad rubrik"))

    table.on_item(edit)
    table.fire("send_for_attestation")
    assert pdf_of(table) != first
    with table.road.casework.database.read() as session:
        draft = verify(session, first)
        assert (draft.kind, draft.is_attested, draft.dated) == ("draft", False, DAY)


def test_attested_minutes_are_locked_for_ever(table: Table) -> None:
    """KL 5:69: no edit, no signature, no recall after the last one."""
    attested(table)
    with pytest.raises(Conflict, match="minutes_not_editable"):
        table.on_item(
            lambda c, i: revise(c, i.minutes_item, editable(item_from_json(i.minutes_item.content)))
        )
    with pytest.raises(Blocked, match="blocked"):
        table.fire("recall", reason="Ändra mig")
    with pytest.raises(Conflict, match="no_minutes_to_sign"):
        signing(table, table.cast.chair)


def test_a_pdf_is_the_attested_one_or_it_is_not(table: Table) -> None:
    """Byte for byte, with who signed; a changed byte is unknown, unsigned is not attested."""
    drafted(table)
    table.fire("send_for_attestation")
    unsigned = pdf_of(table)
    with table.road.casework.database.read() as session:
        found = verify(session, unsigned)
        assert (found.is_attested, set(found.awaited)) == (False, {"Ordföranden", "Justeraren"})
    for who in (table.cast.chair, table.cast.attester):
        signing(table, who)
    with table.road.casework.database.unit_of_work() as session:
        found = verify(session, unsigned)
        assert found.is_attested
        assert {each.person.name for each in found.signatures} == {
            "Nämndsekreteraren",
            "Ordföranden",
            "Justeraren",
        }
        assert verify(session, unsigned + b" ").kind == ""
        forged = next(each for each in found.signatures if each.capacity == "chair")
        forged.person_id = table.cast.member.id
        session.flush()
        session.expire_all()
        told_of = verify(session, unsigned)
        assert (told_of.unrecorded, told_of.removed) == (("Ledamoten",), ("Ordföranden",))


@pytest.mark.parametrize("column", ["dissent", "signed_at"])
def test_a_signature_that_was_changed_afterwards_is_told(table: Table, column: str) -> None:
    """What the table says is held against the sealed record."""
    attested(table)
    with table.road.casework.database.unit_of_work() as session:
        [forged] = session.scalars(select(Signature).filter_by(capacity="chair")).all()
        words = {"dissent": "Jag höll aldrig med.", "signed_at": forged.signed_at.replace(hour=1)}
        setattr(forged, column, words[column])
        session.flush()
        session.expire_all()
        found = verify(session, pdf_of(table))
        assert (found.is_attested, found.is_sound) == (True, False)
        assert found.altered == ("Ordföranden",)
        lines = list(told(found, "p.pdf", "sv", in_full=False))
        assert any("stämmer inte med den förseglade loggen" in line for line in lines)


def test_the_public_is_told_of_a_dissent_but_not_its_words(table: Table) -> None:
    """Names, days, and that there is a dissent; the words are read in the minutes' certificate."""
    drafted(table)
    table.fire("send_for_attestation")
    signing(table, table.cast.attester, dissent="Tiden är fel.")
    with table.road.casework.database.read() as session:
        found = verify(session, pdf_of(table))
        public, own = (list(told(found, "p.pdf", "sv", in_full=full)) for full in (False, True))
    assert "alla har inte skrivit under" in public[0]
    assert "Ordföranden" not in public[0]
    assert "Ordföranden" in own[0]
    assert any(line.endswith("med avvikande mening.") for line in public)
    assert "Tiden är fel." not in " ".join(public)
    assert "Tiden är fel." in " ".join(own)


def test_what_is_drawn_up_beside_the_minutes_is_told_for_what_it_is(table: Table) -> None:
    """The certificate, the notice and an excerpt are genuine, but they are not the minutes."""
    attested(table)
    road = table.road
    with road.casework.database.read() as session:
        matter = session.scalars(select(Matter)).one()
    dispatch(road, matter, date(2025, 6, 11))
    with road.casework.database.read() as session:
        found = {}
        for document in session.scalars(select(Document).order_by(Document.id)):
            pdf = road.casework.services.press.read(document)
            known = verify(session, pdf)
            found[known.kind, known.title.partition(":")[0]] = (known.is_attested, known.section)
    assert found["certificate", "Bevis om justering"] == (False, None)
    assert found["certificate", "Anslag"] == (False, None)
    assert found["excerpt", "Protokollsutdrag RUN § 3"] == (False, 3)
    assert found["", ""] == (False, None)  # summons and proposals are nobody else's affair


# --- One § at once ----------------------------------------------------------------------------


def test_one_section_is_attested_at_the_table(table: Table) -> None:
    """It keeps its place in the series, and has a PDF and a notice of its own."""
    cast = table.cast
    with pytest.raises(Conflict, match="item_pending"):
        table.on_item(attest_immediately)
    table.on_item(lambda c, i: conclude_item(c, i, "decided"))
    table.on_item(attest_immediately)

    def at_once(context: Context, meeting: Meeting) -> None:
        item = meeting.agenda[-1].minutes_item
        assert item is not None
        sign(context, item.minutes, confirmed_by="password")

    with pytest.raises(Forbidden, match="not_an_attester"):
        table.act(at_once, cast.secretary)
    for who in (cast.chair, cast.attester):
        table.act(at_once, who)
    with table.road.casework.database.read() as session:
        assert session.scalars(select(Matter.state)).one() == "attested"
        [notice] = session.scalars(select(BoardNotice)).all()
        assert notice.sections == "3"
    conclude_all(table)
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        table.fire(trigger)
    for who in (cast.chair, cast.attester):
        signing(table, who)
    with table.road.casework.database.read() as session:
        assert {each.sections for each in session.scalars(select(BoardNotice))} == {"3", "1–2"}
        numbers = [
            item.minutes_item.section_number
            for item in session.scalars(select(Meeting)).one().agenda
            if item.minutes_item
        ]
        assert numbers == [1, 2, 3]


def test_what_is_signed_is_what_was_read(table: Table) -> None:
    """KL 5:69: minutes that were taken back and sent again are another document to read first."""
    drafted(table).fire("send_for_attestation")
    read = hashlib.sha256(pdf_of(table)).hexdigest()
    table.fire("recall", reason="Skrivfel")

    def mend(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        now = editable(item_from_json(item.minutes_item.content))
        revise(context, item.minutes_item, replace(now, title="Rätt rubrik"))

    table.on_item(mend)
    table.fire("send_for_attestation")
    redrawn = hashlib.sha256(pdf_of(table)).hexdigest()
    with pytest.raises(Stale, match="document_redrawn"):
        signing(table, table.cast.chair, seen=read)
    signing(table, table.cast.chair, seen=redrawn)


# --- Corrections ------------------------------------------------------------------------------


def test_a_correction_supersedes_and_the_excerpt_says_so(table: Table) -> None:
    """JO 2571-1999: the § stands; beside it a signed correction, and a new excerpt to the same."""
    attested(table)
    road, cast = table.road, table.cast
    matter_id = table.read(lambda m: m.agenda[-1].matter_id)
    with road.casework.database.read() as session:
        matter = session.get_one(Matter, matter_id)
    dispatch(road, matter, date(2025, 6, 11))

    def begin(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        now = editable(item_from_json(item.minutes_item.in_force.content))
        with pytest.raises(Invalid, match="nothing_corrected"):
            correct(context, item.minutes_item, now, "Utan ändring")
        with pytest.raises(Invalid, match="input_missing"):
            correct(context, item.minutes_item, replace(now, title="Rätt rubrik"), " ")
        correct(context, item.minutes_item, replace(now, title="Rätt rubrik"), "Rubriken blev fel")

    table.on_item(begin)
    original = table.read(lambda m: m.agenda[-1].minutes_item.content)
    again = acting(table, cast.secretary, matter_id)
    with pytest.raises(Conflict, match="nothing_to_send_again"):
        again(dispatch_correction)

    def sign_correction(context: Context, meeting: Meeting) -> None:
        row = meeting.agenda[-1].minutes_item
        assert row is not None
        sign(context, row.corrections[-1].minutes, confirmed_by="password")

    for who in (cast.chair, cast.attester):
        table.act(sign_correction, who)
    again(dispatch_correction)
    with road.casework.database.read() as session:
        first, second = session.scalars(select(Excerpt).order_by(Excerpt.id)).all()
        for excerpt, replaced_on in ((first, DAY), (second, None)):
            known = genuine(session, excerpt.content_sha256[:16])
            assert known is not None
            assert known.replaced_on == replaced_on
        meeting = session.scalars(select(Meeting)).one()
        now = section_of(meeting.agenda[-1])
        assert now is not None
        assert now.title == "Rätt rubrik"
        assert second.supersedes_id == first.id
        recipients = [[d.recipient_name for d in each.dispatches] for each in (first, second)]
        assert recipients[0] == recipients[1]
        press = road.casework.services.press
        snapshot = press.document(session, second.document_id).snapshot or {}
        text = item_text(item_from_json(snapshot["item"]))
        assert "Rättelse 1 av §\u00a03 i protokoll justerat 2025-06-03" in text
        assert "Rätt rubrik" in text
        assert second.minutes_item.content == original
        assert [each.reason for each in verify(session, pdf_of(table)).corrections] == [
            "Rubriken blev fel"
        ]


def test_a_correction_takes_nothing_away_that_the_law_asks_for(table: Table) -> None:
    """KL 5:67 p. 4 and 6 (6:35): the decision and the reservation stay, the rest may change."""
    drafted(table, reserved=True)
    table.fire("send_for_attestation")
    for who in (table.cast.attester, table.cast.chair):
        signing(table, who)

    def attempts(context: Context, item: AgendaItem) -> None:
        row = item.minutes_item
        assert row is not None
        now = editable(item_from_json(row.in_force.content))
        left = {name: text for name, text in now.sections.items() if name != "reservations"}
        for edited, lost in (
            (replace(now, sections=left), "p. 6: Ledamoten"),
            (replace(now, points=(), lead_in=""), "p. 4: Beslut"),
        ):
            with pytest.raises(Invalid, match="correction_takes_away") as refused:
                correct(context, row, edited, "Rubriken blev fel")
            assert refused.value.params["what"] == [lost]
        with pytest.raises(Stale, match="stale"):
            correct(context, row, replace(now, title="Ny"), "Rubriken blev fel", expected="0" * 64)
        correct(
            context, row, replace(now, title="Ny"), "Rubriken blev fel", expected=row.content_sha256
        )

    table.on_item(attempts)


def acting(table: Table, who: Person, matter_id: int) -> Any:
    def run(verb: Any) -> Any:
        moment = datetime(2025, 6, 20, 10, tzinfo=STOCKHOLM)
        with table.road.casework.acting(
            table.road.world.organisation_id, Actor(who.id, who.name), moment
        ) as context:
            return verb(context, context.session.get_one(Matter, matter_id))

    return run


# --- Summons ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "may"), [("committee", True), ("assembly", False)])
def test_a_late_summons_is_the_bodys_affair_unless_the_law_sets_the_day(
    table: Table, kind: str, may: bool
) -> None:
    """A committee sends it late with its reason on record; an assembly cannot (KL 5:13)."""
    secretary = table.cast.secretary
    moment = datetime(2025, 8, 20, 9, tzinfo=STOCKHOLM)
    with table.road.casework.acting(
        table.road.world.organisation_id, Actor(secretary.id, secretary.name), moment
    ) as context:
        body = context.session.get_one(Body, table.road.world.committee.id)
        body.kind = kind
        meeting = plan_meeting(context, body, datetime(2025, 8, 25, 9, tzinfo=STOCKHOLM))
        fire = context.services.engine.fire
        with pytest.raises(Blocked) as refused:
            fire(context, meeting, "summon")
        # 18 August is the last day: a Monday, seven days before.
        assert refused.value.blockers[0].params["last"] == "2025-08-18"
        late = context.given(reason="Underlaget kom sent.")
        if may:
            fire(late, meeting, "summon_late")
            assert meeting.state == "summoned"
        else:
            with pytest.raises(Blocked) as bound:
                fire(late, meeting, "summon_late")
            assert bound.value.blockers[0].statute == "KL 5:13"
