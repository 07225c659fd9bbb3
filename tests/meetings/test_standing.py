"""What was decided stands: its words are the record's; what lies before a body is the body's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from casework.context import STOCKHOLM, Actor
from casework.documents.contexts import item_from_json, item_to_json
from casework.documents.minutes_item import item_checksum
from casework.errors import Conflict, Forbidden, Invalid
from casework.matters.models import Matter
from casework.meetings.minutes.at_once import attest_immediately
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.mending import follow_record, mend
from casework.meetings.minutes.record import changes, put, said, words
from casework.meetings.minutes.signing import sign
from casework.meetings.minutes.text import editable, revise
from casework.meetings.models import Meeting, Mending
from casework.meetings.table.outcome import Resolved, conclude_item
from casework.workflow.blockers import Blocked
from tests.meetings.test_attestation import attested, conclude_all, drafted, pdf_of, signing

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.meetings.models import AgendaItem, MinutesItem
    from casework.people.models import Person

    from .conftest import Table

WHY = "Ordet föll bort när beslutet skrevs."
SLIP = "Texten är slut"


def row_of(item: AgendaItem) -> MinutesItem:
    assert item.minutes_item is not None
    return item.minutes_item


def now(item: AgendaItem) -> Any:
    return editable(item_from_json(row_of(item).in_force.content))


def told_points(item: AgendaItem) -> tuple[str, ...]:
    return said(row_of(item)).points


# --- The draft says what the record says ---------------------------------------------------------


def test_the_minutes_cannot_say_another_decision(table: Table) -> None:
    """JO 3339-2013: `ger regiondirektören i uppdrag` was made `avslår förslaget` in the draft."""
    drafted(table)

    def other(context: Context, item: AgendaItem) -> None:
        text = now(item)
        for edited in (
            replace(
                text, points=("Regionala utvecklingsnämnden avslår förslaget.", *text.points[1:])
            ),
            replace(text, points=text.points[:-1]),
            replace(text, lead_in="Nämnden avslår att:"),
            replace(text, sections={**text.sections, "assignments": "Ingen får något uppdrag."}),
        ):
            with pytest.raises(Conflict, match="words_stand_in_record") as refused:
                revise(context, row_of(item), edited)
            assert refused.value.params["statute"] == "KL 5:65–67, 6:35"
        assert revise(context, row_of(item), replace(text, title="Ny rubrik")) is not None

    before = table.on_item(lambda _c, i: told_points(i))
    table.on_item(other)
    assert table.on_item(lambda _c, i: (told_points(i), now(i).points)) == (before, before)


def test_a_slip_is_mended_in_the_record_and_seen_by_who_signs(table: Table) -> None:
    """Former words, reason and who are kept; each signer sees word by word what has changed."""
    drafted(table)

    def act(context: Context, item: AgendaItem) -> tuple[str, str]:
        row, before = row_of(item), said(row_of(item))
        first = before.points[0]
        after = replace(before, points=(first + " Texten är slut", *before.points[1:]))
        mend(context, row, after, WHY)
        return first, after.points[0]

    first, mended = table.on_item(act)

    def check(_context: Context, meeting: Meeting) -> None:
        assert meeting.minutes is not None
        item = meeting.agenda[-1]
        assert item.decision is not None
        assert item.decision.points[0].text == now(item).points[0] == mended
        [row] = item.mendings
        assert (row.former["points"][0], row.reason, row.author.name) == (
            first,
            WHY,
            "Nämndsekreteraren",
        )
        [change] = changes(meeting.minutes, meeting.agenda)
        assert first in change.before
        assert mended not in change.before
        assert mended in change.after
        assert row_of(item).revisions[-1].note == WHY

    table.act(check)
    table.fire("send_for_attestation")
    table.act(check, table.cast.chair)


@pytest.mark.parametrize("reason", ["Rättelse.", "Skrivfel", "", "Rättelse rättelse."])
def test_a_slip_says_why_in_more_than_a_word(table: Table, reason: str) -> None:
    drafted(table)

    def act(context: Context, item: AgendaItem) -> None:
        before = said(row_of(item))
        after = replace(before, points=(before.points[0] + " slut", *before.points[1:]))
        with pytest.raises(Invalid, match=r"reason_says_too_little|input_missing"):
            mend(context, row_of(item), after, reason)

    table.on_item(act)


def test_another_outcome_is_no_slip(table: Table) -> None:
    """Adopted is not made rejected, nor is a point added, taken away or turned round."""
    drafted(table)

    def act(context: Context, item: AgendaItem) -> None:
        before = said(row_of(item))
        rest = before.points[1:]
        everything = ("amount", "name", "outcome")
        for points in (
            ("Regionala utvecklingsnämnden avslår förslaget.", *rest),
            (*before.points, "Regionala utvecklingsnämnden beviljar 40 000 kronor."),
            rest,
        ):
            after = words(before.lead_in, points)
            with pytest.raises(Conflict, match="another_outcome") as refused:
                mend(context, row_of(item), after, WHY, confirmed=everything)
            assert "FL 36 §" in refused.value.params["statute"]
        assert context.session.scalars(select(Mending)).all() == []

    table.on_item(act)


def test_a_slip_is_mended_by_the_secretary_while_the_minutes_are_written(table: Table) -> None:
    """Before, the item is taken up again; after, the minutes are taken back, or corrected."""

    def attempt(code: str, who: Person | None = None) -> None:
        def act(context: Context, item: AgendaItem) -> None:
            before = said(row_of(item))
            after = replace(before, points=(before.points[0] + " slut", *before.points[1:]))
            with pytest.raises((Conflict, Forbidden), match=code):
                mend(context, row_of(item), after, WHY)

        table.on_item(act, who)

    drafted(table)
    attempt("role_missing|forbidden|secretary", table.cast.officer)
    attempt("role_missing|forbidden|secretary", table.cast.attester)
    table.fire("send_for_attestation")
    attempt("mending_needs_recall")
    for who in (table.cast.attester, table.cast.chair):
        signing(table, who)
    attempt("mending_is_correction")


def test_there_is_a_slip_and_words_to_mend(table: Table) -> None:
    """The same words mend nothing; an outcome without words of its own has none that slipped."""

    def tabled(context: Context, item: AgendaItem) -> None:
        conclude_item(context, item, "tabled")

    table.on_item(tabled)
    drafted(table)

    def act(context: Context, meeting: Meeting) -> None:
        first, last = row_of(meeting.agenda[0]), row_of(meeting.agenda[-1])
        with pytest.raises(Invalid, match="nothing_mended"):
            mend(context, first, said(first), WHY)
        before = said(last)
        after = words(before.lead_in + " igen", [f"{each} igen" for each in before.points])
        with pytest.raises(Conflict, match="outcome_has_no_words"):
            mend(context, last, after, WHY)

    table.act(act)


def test_what_is_asked_of_whom_follows_the_words(table: Table) -> None:
    """A point that is its own task: the assignment of the § says what the point says."""
    given = [Resolved("Bygg en bro över ån.", assignee_id=table.cast.director.id)]
    table.on_item(lambda c, i: conclude_item(c, i, "decided", points=given))
    drafted(table)
    table.on_item(slip_mended)

    def check(_context: Context, item: AgendaItem) -> None:
        assert item.decision is not None
        [point] = item.decision.points
        assert point.task == point.text == f"Bygg en bro över ån. {SLIP}"
        assert SLIP in now(item).sections["assignments"]

    table.on_item(check)


def test_a_section_attested_at_once_is_mended_by_taking_it_back(table: Table) -> None:
    """Before it is signed it is withdrawn, after it is corrected: never under who signs it."""
    table.on_item(lambda c, i: conclude_item(c, i, "decided"))
    table.on_item(attest_immediately)
    conclude_all(table)

    def attempt(code: str) -> None:
        def act(context: Context, item: AgendaItem) -> None:
            with pytest.raises(Conflict, match=code):
                slip_mended(context, item)

        table.on_item(act)

    def sign_it(context: Context, item: AgendaItem) -> None:
        sign(context, row_of(item).minutes, confirmed_by="password")

    attempt("mending_needs_withdrawal")
    for who in (table.cast.chair, table.cast.attester):
        table.on_item(sign_it, who)
    for trigger in ("end", "draft_minutes"):
        table.fire(trigger)
    attempt("mending_is_correction")


# --- A draft from an earlier version -----------------------------------------------------------


def stray(table: Table, text: str = "Regionala utvecklingsnämnden avslår förslaget.") -> None:
    """As an earlier version let the secretary write it."""

    def act(_context: Context, item: AgendaItem) -> None:
        row = row_of(item)
        content = item_from_json(row.content)
        content = put(content, words("", [text]))
        row.content, row.content_sha256 = item_to_json(content), item_checksum(content)

    table.on_item(act)


def test_a_draft_that_strays_is_told_and_not_lost(table: Table) -> None:
    """It is not sent to be signed; it follows the record again, and the draft is a version."""
    drafted(table)
    stray(table)
    with pytest.raises(Blocked) as refused:
        table.fire("send_for_attestation")
    assert [each.code for each in refused.value.blockers] == ["minutes_stray"]

    def act(context: Context, item: AgendaItem) -> None:
        row = row_of(item)
        # What else is edited meanwhile is saved, with the stray words as they stand.
        revise(context, row, replace(now(item), title="Ny rubrik"))
        follow_record(context, row)
        assert now(item).points == said(row).points
        assert any("avslår" in str(each.content) for each in row.revisions)
        with pytest.raises(Invalid, match="nothing_mended"):
            follow_record(context, row)

    table.on_item(act)
    table.fire("send_for_attestation")


def test_minutes_that_stray_are_not_signed(table: Table) -> None:
    """Sent before the upgrade: the secretary takes them back."""
    drafted(table)
    table.fire("send_for_attestation")
    stray(table)
    with pytest.raises(Conflict, match="minutes_stray"):
        signing(table, table.cast.chair)


def test_a_locked_section_that_strays_is_corrected_to_what_was_decided(table: Table) -> None:
    """That is no other outcome: it is the one that the body decided."""
    attested(table)
    stray(table)

    def act(context: Context, item: AgendaItem) -> None:
        row = row_of(item)
        right = said(row)
        edited = replace(now(item), lead_in=right.lead_in, points=right.points)
        with pytest.raises(Conflict, match="change_asks_twice"):
            correct(context, row, edited, WHY)
        correct(context, row, edited, WHY, confirmed=("outcome", "name", "amount"))

    table.on_item(act)


# --- Corrections ----------------------------------------------------------------------------------


def test_an_amount_is_asked_twice_and_shown_to_who_signs(table: Table) -> None:
    """JO 2571-1999: 40 000 became 4 000 000 kronor for the reason `Rättelse.`"""

    def decide(context: Context, item: AgendaItem) -> None:
        conclude_item(context, item, "decided", points=[Resolved("RUN beviljar 40 000 kronor.")])

    table.on_item(decide)
    attested(table)

    def begin(context: Context, item: AgendaItem) -> None:
        row = row_of(item)
        edited = replace(now(item), points=("RUN beviljar 4 000 000 kronor.",))
        with pytest.raises(Invalid, match="reason_says_too_little"):
            correct(context, row, edited, "Rättelse.", confirmed=["amount"])
        with pytest.raises(Conflict, match="change_asks_twice") as refused:
            correct(context, row, edited, WHY)
        assert "40 000 → 4 000 000" in str(refused.value.params["what"])
        correct(context, row, edited, WHY, confirmed=["amount"])

    table.on_item(begin)

    def sign_it(context: Context, meeting: Meeting) -> None:
        [correction] = row_of(meeting.agenda[-1]).corrections
        [change] = changes(correction.minutes, meeting.agenda)
        assert "40 000" in change.before
        assert "4 000 000" in change.after
        sign(context, correction.minutes, confirmed_by="password")

    assert table.on_item(lambda _c, i: told_points(i)) == ("RUN beviljar 40 000 kronor.",)
    for who in (table.cast.attester, table.cast.chair):
        table.act(sign_it, who)
    assert table.on_item(lambda _c, i: told_points(i)) == ("RUN beviljar 4 000 000 kronor.",)
    [mending] = table.on_item(lambda _c, i: [each.former for each in i.mendings])
    assert mending["points"] == ["RUN beviljar 40 000 kronor."]


def test_a_correction_is_no_new_decision(table: Table) -> None:
    """Another outcome, another point and another assignment are decided at a later meeting."""
    attested(table)

    def act(context: Context, item: AgendaItem) -> None:
        text, all_of_it = now(item), ("amount", "name", "outcome")
        for edited in (
            replace(
                text, points=("Regionala utvecklingsnämnden avslår förslaget.", *text.points[1:])
            ),
            replace(text, points=(*text.points, "Nämnden ger chefen i uppdrag att utreda.")),
            replace(text, sections={k: v for k, v in text.sections.items() if k != "assignments"}),
        ):
            with pytest.raises(Conflict, match="another_outcome"):
                correct(context, row_of(item), edited, WHY, confirmed=all_of_it)

    table.on_item(act)


# --- What lies before the body -----------------------------------------------------------------


def fire_matter(table: Table, who: Person, trigger: str, day: date | None = None) -> None:
    moment = datetime.combine(day or date(2025, 6, 3), datetime.min.time(), STOCKHOLM)
    actor = Actor(who.id, who.name)
    with table.road.casework.acting(table.road.world.organisation_id, actor, moment) as context:
        [matter] = context.session.scalars(select(Matter)).all()
        given = context.given(reason="Behövs inte längre")
        context.services.engine.fire(given, matter, trigger)


def blocked(table: Table, who: Person, trigger: str) -> list[tuple[str, str]]:
    with pytest.raises(Blocked) as refused:
        fire_matter(table, who, trigger)
    return [(each.code, each.statute) for each in refused.value.blockers]


@pytest.mark.parametrize("trigger", ["withdraw", "refer_back"])
def test_what_lies_before_the_body_only_the_body_undoes(table: Table, trigger: str) -> None:
    """KL 6:1-6, 6:13: the registrar took back a matter during the sitting."""
    cast = table.cast
    law = ("matter_before_body", "KL 6:1–6, 6:13")
    who = cast.registrar if trigger == "withdraw" else cast.secretary
    assert blocked(table, who, trigger) == [law]
    assert blocked(table, cast.manager, trigger) == [law]
    table.on_item(lambda c, i: conclude_item(c, i, "tabled"))
    assert blocked(table, who, trigger) == [("matter_is_tabled", "KL 6:1–6, 6:13")]


def test_what_the_body_sent_back_comes_before_it_again(table: Table) -> None:
    """Referred back is not done away with; the body's own outcome `withdrawn` ends it."""
    table.on_item(lambda c, i: conclude_item(c, i, "referred_back", reason="Mer underlag"))
    for item in range(2):
        table.act(lambda c, m, n=item: conclude_item(c, m.agenda[n], "noted"))
    table.fire("end")
    [blocker] = blocked(table, table.cast.registrar, "withdraw")
    assert blocker[0] == "matter_was_referred_back"
    assert blocked(table, table.cast.registrar, "strike_off")[0][0] == "matter_was_referred_back"


def test_the_body_lets_a_matter_go(table: Table) -> None:
    """The initiator withdraws at the meeting: an outcome of the item."""
    table.on_item(lambda c, i: conclude_item(c, i, "withdrawn", reason="Förslaget drogs tillbaka"))
    for item in range(2):
        table.act(lambda c, m, n=item: conclude_item(c, m.agenda[n], "noted"))
    table.fire("end")
    assert table.read(lambda m: m.agenda[-1].matter.state) == "withdrawn"


# --- Two at once ---------------------------------------------------------------------------------


def slip_mended(context: Context, item: AgendaItem) -> None:
    before = said(row_of(item))
    first, *rest = before.points
    mend(context, row_of(item), replace(before, points=(f"{first} {SLIP}", *rest)), WHY)


def retitled(context: Context, item: AgendaItem) -> None:
    revise(context, row_of(item), replace(now(item), title="Ny rubrik"))


def followed(context: Context, item: AgendaItem) -> None:
    follow_record(context, row_of(item))


@pytest.mark.parametrize("database_maker", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("act", "code"),
    [
        (slip_mended, "mending_needs_recall"),
        (followed, "mending_needs_recall"),
        (retitled, "minutes_not_editable"),
    ],
)
def test_what_is_sent_meanwhile_is_not_written_on(
    table: Table, act: Callable[[Context, AgendaItem], None], code: str
) -> None:
    """KL 5:69: who began while the minutes were written, and comes after they were sent, is told:
    what is signed and what the § says would else differ."""
    drafted(table)

    def late(context: Context, item: AgendaItem) -> None:
        assert item.meeting.state == "minutes_drafted"
        table.fire("send_for_attestation")
        with pytest.raises(Conflict, match=code):
            act(context, item)

    table.on_item(late)


@pytest.mark.parametrize("database_maker", ["postgresql"], indirect=True)
def test_what_is_mended_meanwhile_is_what_is_sent(table: Table) -> None:
    """KL 5:69: who read the § before it was mended, and sends it after, has the new words drawn
    up; the record, the § and the signed paper say the same."""
    drafted(table)

    def send(context: Context, meeting: Meeting) -> None:
        assert all(row_of(item).content and told_points(item) for item in meeting.agenda)
        table.on_item(slip_mended)
        context.services.engine.fire(context.given(), meeting, "send_for_attestation")

    table.act(send)
    assert SLIP in table.on_item(lambda _c, i: told_points(i)[0])
    pages = PdfReader(BytesIO(pdf_of(table))).pages
    assert SLIP in " ".join("".join(page.extract_text() for page in pages).split())
