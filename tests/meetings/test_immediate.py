"""One § attested at the table: before the rest, signed by those who led it, or withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from casework.audit.models import AuditEntry
from casework.demo.road import dispatch
from casework.distribution.models import Excerpt
from casework.documents.contexts import item_from_json
from casework.documents.models import Document
from casework.errors import Conflict, Forbidden, Invalid
from casework.matters.models import Matter
from casework.meetings import queries
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable
from casework.meetings.minutes.verification import verify
from casework.meetings.models import Meeting, Minutes, MinutesItem
from casework.meetings.planning.attesters import name_attesters
from casework.meetings.table.again import reopen_item
from casework.meetings.table.outcome import conclude_item
from casework.workflow.blockers import Blocked, RoleBlocked

from .conftest import DAY
from .test_attestation import conclude_all, pdf_of, signing

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import AgendaItem
    from casework.people.models import Person

    from .conftest import Table


@pytest.fixture
def at_once(table: Table) -> Table:
    """The last item is decided, and waits to be attested at once."""
    table.on_item(lambda c, i: conclude_item(c, i, "decided"))
    table.on_item(attest_immediately)
    return table


def sign_section(table: Table, *whom: Person) -> None:
    def act(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        sign(context, item.minutes_item.minutes, confirmed_by="password")

    for who in whom or (table.cast.chair, table.cast.attester):
        table.on_item(act, who)


def sign_correction(table: Table) -> None:
    def act(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        sign(context, item.minutes_item.corrections[-1].minutes, confirmed_by="password")

    for who in (table.cast.chair, table.cast.attester):
        table.on_item(act, who)


def begin_correction(table: Table, title: str = "Rätt rubrik") -> None:
    def act(context: Context, item: AgendaItem) -> None:
        assert item.minutes_item is not None
        now = editable(item_from_json(item.minutes_item.in_force.content))
        correct(
            context,
            item.minutes_item,
            replace(now, title=title),
            "Rubriken blev fel",
            confirmed=["name"],
        )

    table.on_item(act)


def withdraw(
    table: Table, kind: str = "immediate", who: Person | None = None, **given: Any
) -> None:
    def act(context: Context, meeting: Meeting) -> None:
        all_minutes = queries.all_minutes(context.session, meeting)
        minutes = next(each for each in reversed(all_minutes) if each.kind == kind)
        given.setdefault("reason", "Justeraren har gått hem.")
        context.services.engine.fire(context.given(**given), minutes, "withdraw")

    table.act(act, who)


def waiting(table: Table, who: Person) -> list[str]:
    def act(context: Context, _meeting: Meeting) -> list[str]:
        own = queries.to_sign(context.session, context.organisation_id, who.id)
        return [each.kind for each in own]

    found: list[str] = table.act(act)
    return found


def test_the_minutes_wait_for_what_is_attested_at_once(at_once: Table) -> None:
    """KL 5:69: the § is signed, or withdrawn, before the rest goes to the attesters."""
    conclude_all(at_once)
    at_once.fire("end")
    at_once.fire("draft_minutes")
    sign_section(at_once, at_once.cast.chair)
    with pytest.raises(Blocked) as refused:
        at_once.fire("send_for_attestation")
    [blocker] = refused.value.blockers
    assert (blocker.code, blocker.params["sections"]) == ("immediate_unsigned", ["§\u00a03"])
    sign_section(at_once, at_once.cast.attester)
    at_once.fire("send_for_attestation")


def test_a_withdrawn_section_is_attested_with_the_rest(at_once: Table) -> None:
    """It keeps its number, says no longer that it is attested at once, and the record says why."""
    conclude_all(at_once)
    at_once.fire("end")
    at_once.fire("draft_minutes")
    sign_section(at_once, at_once.cast.attester)
    alone = pdf_of(at_once, "immediate")
    with pytest.raises(RoleBlocked):
        withdraw(at_once, who=at_once.cast.chair)
    with pytest.raises(Invalid, match="input_missing"):
        withdraw(at_once, reason="")
    withdraw(at_once)
    assert waiting(at_once, at_once.cast.chair) == []
    with pytest.raises(Forbidden, match="not_an_attester"):
        sign_section(at_once, at_once.cast.member)
    row = at_once.read(
        lambda m: (
            m.agenda[-1].minutes_item.minutes.kind,
            m.agenda[-1].minutes_item.section_number,
            m.agenda[-1].minutes_item.content["attested_immediately"],
        )
    )
    assert row == ("meeting", 3, False)
    at_once.fire("send_for_attestation")
    for who in (at_once.cast.chair, at_once.cast.attester):
        signing(at_once, who)
    assert at_once.read(lambda m: m.state) == "attested"
    with at_once.road.casework.database.read() as session:
        entry = session.scalars(
            select(AuditEntry).filter_by(action="attestation_withdrawn", subject_type="meeting")
        ).one()
        assert entry.detail["names"] == ["Nämndsekreteraren", "Justeraren"]
        assert entry.detail["reason"] == "Justeraren har gått hem."
        assert not verify(session, alone).is_attested


def test_a_withdrawn_section_can_be_taken_up_again(at_once: Table) -> None:
    """While the meeting is in session, and then be attested at once after all."""
    withdraw(at_once)
    at_once.on_item(lambda c, i: reopen_item(c, i, "Fel punkt avgjordes."))
    at_once.on_item(lambda c, i: conclude_item(c, i, "decided"))
    at_once.on_item(attest_immediately)
    sign_section(at_once)
    states = at_once.read(lambda m: [each.state for each in all_of(m) if each.kind == "immediate"])
    assert states == ["withdrawn", "locked"]


def all_of(meeting: Meeting) -> list[Minutes]:
    session = object_session(meeting)
    assert session is not None
    return list(queries.all_minutes(session, meeting))


def test_what_is_attested_is_not_withdrawn(at_once: Table) -> None:
    sign_section(at_once)
    with pytest.raises(Blocked, match="blocked"):
        withdraw(at_once)


def test_the_minutes_as_a_whole_are_taken_back_not_withdrawn(at_once: Table) -> None:
    with pytest.raises(Blocked) as refused:
        withdraw(at_once, "meeting")
    assert [each.code for each in refused.value.blockers] == ["minutes_are_taken_back"]


def test_its_signatures_bind_nobody_to_the_rest(at_once: Table) -> None:
    """The attesters may change after it, but not while it waits for those that it names."""
    cast = at_once.cast
    with pytest.raises(Conflict, match="immediate_unsigned"):
        at_once.act(lambda c, m: name_attesters(c, m, [cast.member]))
    sign_section(at_once)
    at_once.act(lambda c, m: name_attesters(c, m, [cast.member]))
    conclude_all(at_once)
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        at_once.fire(trigger)
    signing(at_once, cast.member)
    with pytest.raises(Conflict, match="attestation_begun"):
        at_once.act(lambda c, m: name_attesters(c, m, [cast.attester]))


def test_only_those_who_sign_it_are_asked(table: Table) -> None:
    """The chair who led the §, and the attesters; another chair of the meeting is not."""
    cast = table.cast
    table.on_item(lambda c, i: conclude_item(c, i, "decided"))
    table.act(lambda c, m: conclude_led_by(c, m, cast.vice_chair))
    table.on_item(attest_immediately)
    asked = {who.name: waiting(table, who) for who in (cast.chair, cast.vice_chair, cast.attester)}
    assert asked == {
        "Ordföranden": ["immediate"],
        "Vice ordföranden": [],
        "Justeraren": ["immediate"],
    }


def conclude_led_by(context: Context, meeting: Meeting, who: Person) -> None:
    conclude_item(context, meeting.agenda[0], "noted")
    meeting.agenda[0].led_by_id = who.id
    context.session.flush()
    context.session.expire(meeting.agenda[0], ["led_by"])


def test_a_correction_before_the_minutes_is_in_them(at_once: Table) -> None:
    """What the § says when the minutes are drawn up is its corrected wording."""
    sign_section(at_once)
    begin_correction(at_once)
    sign_correction(at_once)
    conclude_all(at_once)
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        at_once.fire(trigger)
    with at_once.road.casework.database.read() as session:
        minutes = session.scalars(select(Minutes).filter_by(kind="meeting")).one()
        snapshot = at_once.road.casework.services.press.document(
            session, minutes.document_id or 0
        ).snapshot
        assert snapshot is not None
        last = snapshot["items"][-1]
        assert last["title"] == "Rätt rubrik"
        assert last["correction"].startswith("Rättelse 1 av §\u00a03")


def test_a_section_alone_says_what_it_is_and_who_was_there(at_once: Table) -> None:
    """Its own heading, those who took part in it alone; a correction says what it replaces."""
    sign_section(at_once)
    begin_correction(at_once)
    with at_once.road.casework.database.read() as session:
        found = {}
        for minutes in session.scalars(select(Minutes).where(Minutes.kind != "meeting")):
            document = session.get_one(Document, minutes.document_id)
            found[minutes.kind] = document.snapshot or {}
        proof, notice = session.scalars(select(Document).filter_by(kind="certificate"))
        checksum = session.scalars(select(MinutesItem.content_sha256)).all()[-1]
        told = str((proof.snapshot or {})["sections"])
        posted = {row["label"]: row["value"] for row in (notice.snapshot or {})["rows"]}
    immediate, corrected = found["immediate"], found["correction"]
    assert immediate["heading"] == "Omedelbar justering av §\u00a03"
    assert immediate["deciding"]
    assert corrected["document_type"] == "RÄTTELSE"
    assert checksum[:16] in corrected["introduction"]
    assert "Skäl: Rubriken blev fel" in corrected["items"][0]["correction"]
    assert "Rubriken blev fel" not in corrected["introduction"]
    assert "/check" in told
    assert "casework minutes verify" in told
    assert posted["Paragraf"] == "§\u00a03"
    assert posted["Gäller"].endswith("omedelbar justering")


def test_a_correction_is_withdrawn_and_begun_again(at_once: Table) -> None:
    """The § stands meanwhile; the one that counts is the first, for nobody saw the other."""
    sign_section(at_once)
    begin_correction(at_once, "Fel igen")
    withdraw(at_once, "correction")
    title = at_once.read(lambda m: m.agenda[-1].minutes_item.in_force.content["title"])
    assert title != "Fel igen"
    begin_correction(at_once)
    sign_correction(at_once)
    now = at_once.read(lambda m: m.agenda[-1].minutes_item.in_force.content)
    assert now["title"] == "Rätt rubrik"
    assert now["correction"].startswith("Rättelse 1 av")
    conclude_all(at_once)
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        at_once.fire(trigger)
    for who in (at_once.cast.chair, at_once.cast.attester):
        signing(at_once, who)
    with at_once.road.casework.database.read() as session:
        matter = session.scalars(select(Matter)).one()
    dispatch(at_once.road, matter, DAY)
    with at_once.road.casework.database.read() as session:
        excerpt = session.scalars(select(Excerpt)).one()
        snapshot = session.get_one(Document, excerpt.document_id).snapshot or {}
        assert snapshot["excerpt_id"] == "RUN-2025-3-R1"


def test_a_later_correction_is_told_of_every_pdf_with_the_section(at_once: Table) -> None:
    """Of the § alone, of the minutes of the meeting, and of an earlier correction."""
    sign_section(at_once)
    alone = pdf_of(at_once, "immediate")
    conclude_all(at_once)
    for trigger in ("end", "draft_minutes", "send_for_attestation"):
        at_once.fire(trigger)
    for who in (at_once.cast.chair, at_once.cast.attester):
        signing(at_once, who)
    begin_correction(at_once)
    sign_correction(at_once)
    first = pdf_of(at_once, "correction")
    begin_correction(at_once, "Ännu en rubrik")
    sign_correction(at_once)
    with at_once.road.casework.database.read() as session:
        whole = pdf_of(at_once)
        told = [
            [c.number for c in verify(session, pdf).corrections] for pdf in (alone, whole, first)
        ]
    assert told == [[1, 2], [1, 2], [2]]
