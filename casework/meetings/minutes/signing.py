"""Signing: minutes, one § at once, corrections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casework.board import service as board
from casework.context import STOCKHOLM
from casework.db import lock as hold
from casework.documents.models import Document
from casework.errors import Conflict, Forbidden, Stale
from casework.inbox.service import settle
from casework.meetings.keepers import secretaries
from casework.meetings.minutes import paper
from casework.meetings.minutes.certificate import attestation_proof
from casework.meetings.minutes.mending import (
    carry,
    correction_of,
    require_no_stray,
)
from casework.meetings.models import Minutes, Signature
from casework.meetings.signatories import awaited, signatories
from casework.meetings.wording import section_ranges
from casework.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import Attestation

CONFIRMED = ("password", "single_sign_on")


def draw_up(
    context: Context, minutes: Minutes, items: Sequence[Content], alone: paper.Alone | None = None
) -> Document:
    """The PDF that the signatures will be over; it supersedes an earlier one."""
    meeting = minutes.meeting
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    before = context.session.get(Document, minutes.document_id) if minutes.document_id else None
    noun = _noun(minutes)
    suffix = "" if minutes.kind == "meeting" else f" § {items[0].number}"
    content = paper.minutes(
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
        carry(context, correction_of(context, minutes))
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


def _noun(minutes: Minutes) -> str:
    if minutes.kind == "immediate":
        return "Omedelbart justerad"
    if minutes.kind == "correction":
        return "Rättelse"
    return "Protokoll" if minutes.meeting.body.is_statutory else "Minnesanteckningar"
