"""The minutes as text: read them, edit a § with every version kept, correct an attested one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from casework.documents.contexts import item_from_json
from casework.documents.minutes_item import PROCEEDINGS, item_text
from casework.documents.store import PDF
from casework.errors import NotFound, Refusal, Stale
from casework.meetings import queries
from casework.meetings.demands import SECRETARIES
from casework.meetings.keepers import secretaries
from casework.meetings.minutes import paper
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.mending import require_correction, texts_of, touches
from casework.meetings.minutes.record import changes, put, said, strays
from casework.meetings.minutes.text import Edited, apply, editable, missing_points, revise
from casework.meetings.models import MinutesItem
from casework.meetings.reading.for_a_person import readable
from casework.people.models import Organisation
from casework.people.policy import lift, may
from casework.phrases import sentence
from casework.web.components import steps
from casework.web.frame.asked import fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading, signed_in
from casework.web.meetings.pages import find
from casework.web.minutes.reviews import Review, review_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting, Minutes

KEEPERS = ("committee_secretary", "chair")
LONGEST = 50_000
FROM_RECORD = ("assignments",)

blueprint = Blueprint("minutes", __name__, url_prefix="/meetings/<int:meeting_id>/minutes")


@blueprint.get("")
@permits(SIGNED_IN)
def read(meeting_id: int) -> str:
    """The minutes § by §, with what the law misses in them."""
    with reading() as context:
        meeting = find(context, meeting_id)
        keeps = may(context, meeting, SECRETARIES)
        if meeting.minutes is None or not (keeps or meeting.state in ("attesting", "attested")):
            raise NotFound("not_found")
        items = readable(context, meeting, signed_in().person_id)
        return render_template(
            "minutes/read.html",
            meeting=meeting,
            rows=[
                (item.minutes_item, item_from_json(item.minutes_item.in_force.content))
                for item in items
                if item.minutes_item is not None
            ],
            strays={
                item.minutes_item.id: item_text(put(content, said(item.minutes_item)))
                for item in items
                if keeps and item.minutes_item is not None and strays(item.minutes_item)
                for content in [item_from_json(item.minutes_item.content)]
            },
            text_of=item_text,
            unsummed=_unsummed(items) if keeps else set(),
            missing=missing_points(items) if keeps and meeting.body.is_statutory else [],
            keeps=keeps,
            is_editable=keeps and meeting.state == "minutes_drafted",
            is_correctable=keeps,
        )


def _unsummed(items: Iterable[AgendaItem]) -> set[int]:
    """The §§ that say nothing of what their matter is about, although its proposal does."""
    return {
        item.minutes_item.id
        for item in items
        if item.minutes_item is not None and paper.is_unsummed(item)
        for content in [item_from_json(item.minutes_item.content)]
        if not any(each.heading == PROCEEDINGS["summary"] for each in content.sections)
    }


@blueprint.get("/preview.pdf")
@permits(*KEEPERS)
def preview(meeting_id: int) -> Response:
    """The minutes as the reader would have them printed now; a draft, kept nowhere."""
    with reading() as context:
        meeting = find(context, meeting_id)
        organisation = context.session.get_one(Organisation, meeting.organisation_id)
        items = [
            item_from_json(item.minutes_item.in_force.content)
            for item in readable(context, meeting, signed_in().person_id)
            if item.minutes_item is not None
        ]
        content = paper.minutes(
            meeting,
            organisation,
            items,
            context.today,
            meeting.attestations,
            kept_by=secretaries(context, meeting),
        )
        press = context.services.press
        if meeting.minutes is not None and meeting.minutes.locked_at is not None:
            names = press.names_in(context.session, meeting.minutes.document_id)
            content = replace(content, **names)
        made = press.trial(content)
    reply: Response = make_response(made)
    reply.headers["Content-Type"] = PDF
    reply.headers["Cache-Control"] = "no-store"
    return reply


@blueprint.get("/<int:row_id>")
@permits(*KEEPERS)
def edit(meeting_id: int, row_id: int) -> str:
    """A § ready to be written on, beside its history."""
    with reading() as context:
        row = section_of(context, find(context, meeting_id), row_id)
        lift(context.session)
        return _page(row, editable(item_from_json(row.in_force.content)))


@blueprint.post("/<int:row_id>")
@permits(*KEEPERS)
def save(meeting_id: int, row_id: int) -> str | tuple[str, int] | Response:
    """Save the text, or begin a correction; what was written is never lost."""
    edited, note = _edited(), fitting(request.form.get("note", ""), 1000)
    try:
        with acting() as context:
            row = section_of(context, find(context, meeting_id), row_id)
            lift(context.session)
            if row.minutes.locked_at is not None:
                review = _to_review(row, edited, note)
                if review is not None:
                    return _page(row, edited, note=note, review=review)
                wording, confirmed = (
                    request.form.get("wording", ""),
                    request.form.getlist("confirm"),
                )
                correct(context, row, edited, note, expected=wording, confirmed=confirmed)
                done = _("Rättelsen väntar på underskrift av ordföranden och justerarna.")
            else:
                edited = _with_decision(row, edited)
                version = request.form.get("version", 0, type=whole_number)
                revise(context, row, edited, note=note, expected_version=version)
                done = _("Texten är sparad.")
    except Refusal as refusal:
        if refusal.status not in (409, 412, 422):
            raise
        return _again(meeting_id, row_id, edited, note, refusal), refusal.status
    flash(done, "success")
    return redirect(url_for(".read", meeting_id=meeting_id) + f"#item-{row_id}", 303)


@blueprint.get("/signed/<int:minutes_id>")
@permits(SIGNED_IN)
def signed(meeting_id: int, minutes_id: int) -> Response:
    """What is signed by itself stands on the meeting's page."""
    page = url_for("meetings.show", meeting_id=meeting_id)
    return redirect(f"{page}#signed-{minutes_id}", 303)


@blueprint.get("/signed/<int:minutes_id>/steps/<trigger>")
@permits(SIGNED_IN)
def ask(meeting_id: int, minutes_id: int, trigger: str) -> str:
    """The page before a step of what is signed."""
    url = url_for(".signed", meeting_id=meeting_id, minutes_id=minutes_id)
    return steps.ask(_signed_of(meeting_id), minutes_id, trigger, url)


@blueprint.post("/signed/<int:minutes_id>/steps/<trigger>")
@permits(SIGNED_IN)
def take(meeting_id: int, minutes_id: int, trigger: str) -> str | tuple[str, int] | Response:
    """Take a step; the engine knows whose it is."""
    url = url_for(".signed", meeting_id=meeting_id, minutes_id=minutes_id)
    return steps.take(_signed_of(meeting_id), minutes_id, trigger, url)


def _to_be_signed(_context: Context, meeting: Meeting) -> Any:
    """What the secretary signs by sending it: the minutes, and what of them has changed."""
    if meeting.minutes is None:
        return None
    return meeting.minutes, changes(meeting.minutes, meeting.agenda)


steps.ALSO_SHOWN["meeting", "send_for_attestation"] = _to_be_signed


def _signed_of(meeting_id: int) -> Callable[[Context, int], Minutes]:
    def find_signed(context: Context, minutes_id: int) -> Minutes:
        return queries.minutes(context.session, find(context, meeting_id), minutes_id)

    return find_signed


def _again(meeting_id: int, row_id: int, edited: Edited, note: str, refusal: Refusal) -> str:
    """The same form with the person's own words, and what is in the way."""
    with reading() as context:
        row = section_of(context, find(context, meeting_id), row_id)
        lift(context.session)
        differs = isinstance(refusal, Stale) or refusal.code == "words_stand_in_record"
        theirs = row.in_force if differs else None
        if refusal.code == "correction_waits":
            theirs = next((e for e in row.corrections if e.minutes.state == "open"), None)
        asks = refusal.code == "change_asks_twice"
        return _page(
            row,
            edited,
            note=note,
            review=_review(row, edited) if asks else None,
            problem=sentence(refusal.code, refusal.params, reader_language()),
            theirs=_plain(editable(item_from_json(theirs.content))) if theirs else "",
        )


def _page(
    row: MinutesItem,
    edited: Edited,
    *,
    note: str = "",
    review: Review | None = None,
    problem: str = "",
    theirs: str = "",
) -> str:
    known = {revision.number: revision for revision in row.revisions}
    older = known.get(request.args.get("from", 0, type=whole_number))
    newer = known.get(request.args.get("to", 0, type=whole_number))
    return render_template(
        "minutes/edit.html",
        meeting=row.agenda_item.meeting,
        row=row,
        edited=edited,
        note=note,
        headings=PROCEEDINGS,
        review=review,
        confirmed=request.form.getlist("confirm"),
        words=said(row),
        mendings=row.agenda_item.mendings,
        revisions=row.revisions,
        versions=(older, newer) if older and newer else None,
        from_record=FROM_RECORD,
        text_of=lambda revision: item_text(item_from_json(revision.content)),
        is_correction=row.minutes.locked_at is not None,
        problem=problem,
        theirs=theirs,
        yours=_plain(edited),
        title=f"§ {row.section_number} {edited.title}",
    )


def _to_review(row: MinutesItem, edited: Edited, note: str) -> Review | None:
    """The correction to be read before it is sent; None if this very one has been read.

    Raises what would stand in its way whatever is confirmed.
    """
    review = _review(row, edited)
    if request.form.get("reviewed") == review.checksum:
        return None
    before = item_from_json(row.in_force.content)
    kinds = [kind for kind, _lines in review.touched]
    if review.before != review.after:
        require_correction(row, before, apply(before, edited), note, kinds)
    return review if review.before != review.after else None


def _review(row: MinutesItem, edited: Edited) -> Review:
    before = item_from_json(row.in_force.content)
    after = apply(before, edited)
    return review_of(before, after, touches(row, texts_of(before), texts_of(after)))


def _with_decision(row: MinutesItem, edited: Edited) -> Edited:
    """The text with the decision that it has, which the page shows and does not ask for."""
    now = editable(item_from_json(row.content))
    given = {name: now.sections[name] for name in FROM_RECORD if name in now.sections}
    if "point" in request.form:  # from a page of an earlier version, still open somewhere
        return replace(edited, sections={**edited.sections, **given})
    return replace(
        edited, lead_in=now.lead_in, points=now.points, sections={**edited.sections, **given}
    )


def section_of(context: Context, meeting: Meeting, row_id: int) -> MinutesItem:
    """The § with this number among those of the meeting that the person may see."""
    found = context.session.scalar(
        select(MinutesItem).where(
            MinutesItem.organisation_id == meeting.organisation_id,
            MinutesItem.id == row_id,
            MinutesItem.agenda_item_id.in_([item.id for item in meeting.agenda]),
        )
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _edited() -> Edited:
    def text(name: str) -> str:
        return fitting(request.form.get(name, ""), LONGEST)

    points = [fitting(each, LONGEST).strip() for each in request.form.getlist("point")]
    sections = {name: text(name) for name in PROCEEDINGS}
    return Edited(
        title=text("title"),
        lead_in=text("lead_in"),
        points=tuple(each for each in points if each),
        sections={name: body for name, body in sections.items() if body.strip()},
    )


def _plain(edited: Edited) -> str:
    """The whole text on its own, to compare two versions."""
    parts = [edited.title, edited.lead_in, *edited.points]
    parts += [f"{PROCEEDINGS[name]}\n{body}" for name, body in edited.sections.items()]
    return "\n\n".join(part.strip() for part in parts if part.strip())
