"""Signing: minutes, one § at once, corrections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.board import service as board
from casework.context import STOCKHOLM
from casework.db import lock as hold
from casework.documents.contexts import item_from_json, item_to_json
from casework.documents.minutes_item import item_checksum
from casework.documents.models import Document
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.inbox.service import settle
from casework.meetings import papers
from casework.meetings.asking import ask_for_signatures
from casework.meetings.keeping import secretaries
from casework.meetings.mending import carry, require_correction, require_no_stray
from casework.meetings.minutes import Edited, apply, missing_of, number_items
from casework.meetings.models import Correction, Minutes, MinutesItem, Signature
from casework.meetings.proof import attestation_proof
from casework.meetings.reporting import reported_lines
from casework.meetings.service import require_in_session, require_secretary
from casework.meetings.signatories import settle_chairs, signatories
from casework.meetings.wording import section_ranges
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from casework.context import Context
    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import AgendaItem, Attestation, Meeting

CONFIRMED = ("password", "single_sign_on")


# --- What is signed ---------------------------------------------------------------------------


def draw_up(
    context: Context, minutes: Minutes, items: Sequence[Content], alone: papers.Alone | None = None
) -> Document:
    """The PDF that the signatures will be over; it supersedes an earlier one."""
    meeting = minutes.meeting
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    before = context.session.get(Document, minutes.document_id) if minutes.document_id else None
    noun = _noun(minutes)
    suffix = "" if minutes.kind == "meeting" else f" § {items[0].number}"
    content = papers.minutes(
        meeting,
        organisation,
        items,
        context.today,
        signatories(minutes),
        alone,
        kept_by=secretaries(context, meeting),
    )
    press = context.services.press
    if minutes.kind == "correction" and meeting.minutes is not None:
        names = press.names_in(context.session, meeting.minutes.document_id)
        content = replace(content, **names)
    document = press.draw_up(
        context,
        meeting,
        content,
        title=f"{noun} {meeting.body.short_name} {meeting.day.isoformat()}{suffix}",
        name=(
            f"{meeting.body.short_name}_{meeting.day.isoformat()}"
            f"_{noun.lower().replace(' ', '-')}{suffix.replace(' § ', '_p')}"
        ),
        is_record=True,
        supersedes=before,
    )
    minutes.document_id = document.id
    return document


def sign(
    context: Context,
    minutes: Minutes,
    *,
    confirmed_by: str,
    dissent: str = "",
    seen: str | None = None,
) -> Signature:
    """The actor's signature over the exact PDF; after the last it is locked for ever (KL 5:69).

    `confirmed_by` says how the person proved who they are just now (CONFIRMED). Somebody who
    thinks that the minutes are wrong still signs, with their `dissent` in words. `seen` is the
    SHA-256 of the PDF that they were shown. Raises Stale if another has been drawn up since
    (KL 5:69: what is signed is what was read), Conflict without a PDF to sign, if signed already or
    where a § says something else than was decided, Forbidden for anybody else than the chair and
    the attesters, the secretary among them.
    """
    meeting = minutes.meeting
    if confirmed_by not in CONFIRMED:
        raise Forbidden("identity_not_confirmed")
    # Of two who sign at once, the second sees the first: one of them is the last.
    hold(context.session, minutes)
    hold(context.session, meeting)
    context.session.expire(minutes, ["signatures"])
    attester = _own_part(context, minutes)
    if minutes.document_id is None or not _is_open(minutes):
        raise Conflict("no_minutes_to_sign")
    if minutes.signature_of(context.actor.person_id) is not None:
        raise Conflict("signed_already")
    if seen is not None and seen != _signable(context, minutes).sha256:
        raise Stale("document_redrawn")
    if minutes.kind == "meeting":
        require_no_stray(minutes)
    signature = _signed(context, minutes, attester.person_id, attester.capacity, dissent.strip())
    context.record(
        meeting,
        "signed",
        kind=minutes.kind,
        sha256=signature.document_sha256,
        confirmed_by=confirmed_by,
        **({"dissent": signature.dissent} if signature.dissent else {}),
    )
    context.session.flush()
    settle(context, minutes, "to_sign", attester.person_id)
    if not awaited(minutes):
        _close(context, minutes)
    return signature


def awaited(minutes: Minutes) -> list[Attestation]:
    """Those who have not signed yet as what they attest as."""
    signed = {each.person_id for each in minutes.signatures if each.capacity != "secretary"}
    return [each for each in signatories(minutes) if each.person_id not in signed]


def sign_as_secretary(context: Context, minutes: Minutes) -> None:
    """Whoever sends the minutes for attestation answers for having written them (KL 5:65).

    The chair who has a § attested at once signs it as chair, after reading it. Raises Conflict for
    an attester: nobody attests what they have written.
    """
    person_id = context.actor.person_id
    parts = {each.person_id: each.capacity for each in minutes.meeting.attestations}
    if person_id is None or parts.get(person_id) == "chair":
        return
    if person_id in parts:
        raise Conflict("secretary_attests")
    if minutes.signature_of(person_id) is None:
        _signed(context, minutes, person_id, "secretary", "")


def void_signatures(context: Context, minutes: Minutes) -> None:
    """The text is taken back to be mended: what was signed is no longer what will stand."""
    names = [each.person.name for each in minutes.signatures]
    for signature in list(minutes.signatures):
        minutes.signatures.remove(signature)
        context.session.delete(signature)
    settle(context, minutes, "to_sign")
    context.record(minutes.meeting, "signatures_voided", names=names)
    context.session.flush()


def lock(context: Context, minutes: Minutes) -> None:
    """From now on it is what it is; a correction is a new document. Its matters are attested."""
    cause = context.given().caused_by(minutes.meeting, "sign")
    context.services.engine.fire(cause, minutes, "lock")
    context.session.flush()
    _draw_up_proof(context, minutes)
    if minutes.kind == "correction":
        carry(context, _correction_of(context, minutes))
        return
    for item in minutes.meeting.agenda:
        row = item.minutes_item
        if row is None or row.minutes_id != minutes.id:
            continue
        if item.matter is not None and item.outcome in ("decided", "recommended"):
            cause = context.given().caused_by(minutes.meeting, "attest")
            context.services.engine.fire(cause, item.matter, "attest")


def set_locked(context: Context, minutes: Minutes) -> None:
    """The moment of the last signature."""
    minutes.locked_at = context.moment


def announce(context: Context, minutes: Minutes) -> None:
    """Post the notice of what was attested (KL 8:12); for statutory bodies only."""
    meeting = minutes.meeting
    if not meeting.body.is_statutory or minutes.kind == "correction":
        return
    numbers = [
        item.minutes_item.section_number
        for item in meeting.agenda
        if item.minutes_item is not None and item.minutes_item.minutes_id == minutes.id
    ]
    at_once = ", omedelbar justering" if minutes.kind == "immediate" else ""
    board.post(
        context,
        body=meeting.body,
        subject_type="minutes",
        subject_id=minutes.id,
        title=f"Protokoll {meeting.body.name} {meeting.day.isoformat()}{at_once}",
        sections=section_ranges(numbers),
        meeting_on=meeting.day,
        attested_on=context.moment.astimezone(STOCKHOLM).date(),
        kept_at=board.kept_at(context, meeting.body),
        responsible=meeting.secretary,
    )


# --- One § at once, and corrections ------------------------------------------------------------


def attest_immediately(context: Context, item: AgendaItem) -> Minutes:
    """Have one § written and attested at the table; it is announced by itself.

    The item keeps its place in the series of §§. Raises Conflict unless it is concluded, the
    meeting goes on and its attesters are named.
    """
    meeting = item.meeting
    require_in_session(context, meeting)
    if not meeting.body.is_statutory:
        raise Conflict("not_attested_by_law")
    if item.outcome == "pending":
        raise Conflict("item_pending", title=item.title)
    settle_chairs(context, meeting)
    if {each.capacity for each in meeting.attestations} != {"chair", "attester"}:
        raise Conflict("attesters_missing")
    number_items(context, meeting, meeting.agenda[: item.position])
    row = item.minutes_item
    if row is None or row.minutes.kind == "immediate":
        raise Conflict("attested_immediately_already", title=item.title)
    minutes = _begin(context, meeting, "immediate", row.section_number)
    content = papers.minutes_item(
        item,
        row.section_number,
        reported=reported_lines(context, item),
        attested_immediately=True,
    )
    row.minutes = minutes
    row.minutes_id = minutes.id
    row.content, row.content_sha256 = item_to_json(content), item_checksum(content)
    if len(signatories(minutes)) < 2:
        raise Conflict("attester_led_it", section=row.section_number)
    document = draw_up(context, minutes, [content], papers.attested_at_once(content.number))
    sign_as_secretary(context, minutes)
    context.record(
        meeting,
        "immediate_attestation",
        section=row.section_number,
        item_id=row.agenda_item_id,
        sha256=document.sha256,
    )
    context.session.flush()
    ask_for_signatures(context, minutes)
    return minutes


def correct(
    context: Context,
    row: MinutesItem,
    edited: Edited,
    reason: str,
    *,
    expected: str | None = None,
    confirmed: Collection[str] = (),
) -> Correction:
    """Begin a correction of an attested §: a document of its own, signed like the minutes.

    It supersedes the § once signed; the § itself is never changed (JO 2571-1999). It mends an
    obvious slip (FL 36); `confirmed` names the KINDS of `changes` that were asked about, `expected`
    the checksum of the wording that was read. Raises Conflict before attestation, while another
    waits, for another outcome and for what must be confirmed; Stale if another wording is in force;
    Invalid without a change or a reason, and for one that takes away what KL 5:67 asks for.
    """
    meeting = row.agenda_item.meeting
    require_secretary(context, meeting)
    hold(context.session, row)
    context.session.expire(row, ["corrections"])
    if row.minutes.locked_at is None:
        raise Conflict("minutes_not_attested")
    if any(each.minutes.state == "open" for each in row.corrections):
        raise Conflict("correction_waits", section=row.section_number)
    now = row.in_force
    if expected is not None and expected != now.content_sha256:
        raise Stale("stale")
    before = item_from_json(now.content)
    content = apply(before, edited)
    if item_checksum(content) == now.content_sha256:
        raise Invalid("nothing_corrected")
    if meeting.body.is_statutory:
        _require_kept(row.agenda_item, before, content)
    require_correction(row, before, content, reason, confirmed)
    content = replace(content, correction=_correction_note(row, reason.strip()))
    minutes = _begin(context, meeting, "correction", row.section_number)
    correction = Correction(
        organisation_id=row.organisation_id,
        minutes_id=minutes.id,
        minutes=minutes,
        number=len(row.corrections) + 1,
        content=item_to_json(content),
        content_sha256=item_checksum(content),
        reason=reason.strip(),
    )
    row.corrections.append(correction)
    alone = papers.correction(content.number, meeting, now.content_sha256)
    draw_up(context, minutes, [content], alone)
    sign_as_secretary(context, minutes)
    context.record(
        meeting,
        "correction_begun",
        section=row.section_number,
        item_id=row.agenda_item_id,
        reason=correction.reason,
    )
    context.session.flush()
    ask_for_signatures(context, minutes, correction.reason)
    return correction


def _require_kept(item: AgendaItem, before: Content, after: Content) -> None:
    """A correction takes away nothing that the law asks of a § (KL 5:67, 6:35)."""
    lacked = list(missing_of(item, before))
    lost = [
        f"p. {each.point}: {each.what}" for each in missing_of(item, after) if each not in lacked
    ]
    if lost:
        raise Invalid("correction_takes_away", section=after.number, what=lost)


# --- Who signs, and what is drawn up ------------------------------------------------------------


def _correction_of(context: Context, minutes: Minutes) -> Correction:
    return context.session.scalars(
        select(Correction).where(
            Correction.organisation_id == minutes.organisation_id,
            Correction.minutes_id == minutes.id,
        )
    ).one()


def _own_part(context: Context, minutes: Minutes) -> Attestation:
    for each in signatories(minutes):
        is_own = each.person_id == context.actor.person_id
        if is_own and each.person_id != minutes.meeting.secretary_id:
            return each
    raise Forbidden("not_an_attester")


def _is_open(minutes: Minutes) -> bool:
    if minutes.state != "open":
        return False
    return minutes.kind != "meeting" or minutes.meeting.state == "attesting"


def _signed(
    context: Context, minutes: Minutes, person_id: int, capacity: str, dissent: str
) -> Signature:
    document = _signable(context, minutes)
    signature = Signature(
        organisation_id=minutes.organisation_id,
        person_id=person_id,
        capacity=capacity,
        signed_at=context.moment,
        document_sha256=document.sha256,
        dissent=dissent,
    )
    minutes.signatures.append(signature)
    return signature


def _signable(context: Context, minutes: Minutes) -> Document:
    """The PDF that signatures are over just now."""
    return context.services.press.document(context.session, minutes.document_id or 0)


def _close(context: Context, minutes: Minutes) -> None:
    """The last has signed."""
    if minutes.kind == "meeting":
        cause = context.given().caused_by(minutes.meeting, "sign")
        context.services.engine.fire(cause, minutes.meeting, "attest")
        return
    lock(context, minutes)
    announce(context, minutes)


def _draw_up_proof(context: Context, minutes: Minutes) -> None:
    """Who signed which bytes and when, on a sheet beside the document that says so itself."""
    meeting = minutes.meeting
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    press = context.services.press
    signed = press.document(context.session, minutes.document_id or 0)
    check_url = f"{context.services.settings.base_url}/check"
    content = attestation_proof(minutes, signed, organisation, context.today, check_url)
    press.draw_up(
        context,
        meeting,
        replace(content, **press.names_in(context.session, signed.id)),
        title=f"Bevis om justering: {signed.title}",
        name=signed.filename.removesuffix(".pdf") + "_bevis",
        is_record=True,
    )


def _begin(context: Context, meeting: Meeting, kind: str, section: int) -> Minutes:
    minutes = Minutes(
        organisation_id=meeting.organisation_id,
        meeting_id=meeting.id,
        meeting=meeting,
        kind=kind,
        first_section=section,
        last_section=section,
    )
    context.services.engine.start(minutes, "minutes", follows=True)
    context.session.add(minutes)
    context.session.flush()
    return minutes


def _correction_note(row: MinutesItem, reason: str) -> str:
    """What stands first in a corrected §: what it replaces and why."""
    attested = row.minutes.locked_at
    day = attested.astimezone(STOCKHOLM).date().isoformat() if attested else ""
    number = sum(each.minutes.locked_at is not None for each in row.corrections) + 1
    return (
        f"Rättelse {number} av §\u00a0{row.section_number} i protokoll justerat {day}."
        f" Ersätter den tidigare lydelsen. Skäl: {reason}"
    )


def _noun(minutes: Minutes) -> str:
    if minutes.kind == "immediate":
        return "Omedelbart justerad"
    if minutes.kind == "correction":
        return "Rättelse"
    return "Protokoll" if minutes.meeting.body.is_statutory else "Minnesanteckningar"
