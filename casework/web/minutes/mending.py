"""Mending a slip in what was decided: looked at word by word first, then saved with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.documents.contexts import item_from_json
from casework.errors import Refusal
from casework.meetings.minutes.mending import (
    follow_record,
    mend,
    require_reason,
    require_slip,
    touches,
)
from casework.meetings.minutes.record import Words, put, said, words
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.frame.asked import fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, permits, reading
from casework.web.meetings.pages import find
from casework.web.minutes.pages import KEEPERS, LONGEST, section_of
from casework.web.minutes.reviews import Review, review_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.meetings.models import MinutesItem

AT = "/meetings/<int:meeting_id>/minutes/<int:row_id>"

blueprint = Blueprint("mending", __name__)


@blueprint.get(f"{AT}/words")
@permits(*KEEPERS)
def edit(meeting_id: int, row_id: int) -> str:
    """The words of the decision, ready to be mended."""
    with reading() as context:
        row = section_of(context, find(context, meeting_id), row_id)
        lift(context.session)
        return _page(row, said(row))


@blueprint.post(f"{AT}/words")
@permits(*KEEPERS)
def save(meeting_id: int, row_id: int) -> str | tuple[str, int] | Response:
    """Show what the change makes of the §; when that has been seen, mend it."""
    saying, reason = _written(), fitting(request.form.get("note", ""), 1000)
    try:
        with acting() as context:
            row = section_of(context, find(context, meeting_id), row_id)
            lift(context.session)
            shown = _review(row, saying)
            if request.form.get("reviewed") != shown.checksum:
                require_reason(reason)
                require_slip(row, said(row), saying)
                return _page(row, saying, reason, review=shown)
            mend(
                context,
                row,
                saying,
                reason,
                confirmed=request.form.getlist("confirm"),
                expected_version=request.form.get("version", 0, type=whole_number),
            )
    except Refusal as refusal:
        if refusal.status not in (409, 412, 422):
            raise
        return _again(meeting_id, row_id, saying, reason, refusal), refusal.status
    flash(_("Skrivfelet är rättat. Den tidigare lydelsen är sparad."), "success")
    return _back(meeting_id, row_id)


@blueprint.post(f"{AT}/follow-record")
@permits(*KEEPERS)
def follow(meeting_id: int, row_id: int) -> Response:
    """Let a draft that says something else say what was decided."""
    with acting() as context:
        row = section_of(context, find(context, meeting_id), row_id)
        lift(context.session)
        version = request.form.get("version", 0, type=whole_number)
        follow_record(context, row, expected_version=version)
    flash(
        _("Paragrafen säger det som beslutades. Utkastet är sparat bland versionerna."), "success"
    )
    return _back(meeting_id, row_id)


def _again(meeting_id: int, row_id: int, saying: Words, reason: str, refusal: Refusal) -> str:
    """The same form with the person's own words, and what is in the way."""
    with reading() as context:
        row = section_of(context, find(context, meeting_id), row_id)
        lift(context.session)
        problem = sentence(refusal.code, refusal.params, reader_language())
        asks = refusal.code == "change_asks_twice"
        review = _review(row, saying) if asks else None
        return _page(row, saying, reason, review=review, problem=problem)


def _page(
    row: MinutesItem,
    saying: Words,
    reason: str = "",
    *,
    review: Review | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "minutes/words.html",
        meeting=row.agenda_item.meeting,
        row=row,
        was=said(row),
        saying=saying,
        reason=reason,
        review=review,
        confirmed=request.form.getlist("confirm"),
        problem=problem,
    )


def _review(row: MinutesItem, saying: Words) -> Review:
    former, now = said(row), item_from_json(row.content)
    found = touches(row, former.texts, saying.texts)
    return review_of(put(now, former), put(now, saying), found)


def _written() -> Words:
    points = [fitting(each, LONGEST) for each in request.form.getlist("point")]
    return words(fitting(request.form.get("lead_in", ""), LONGEST), points)


def _back(meeting_id: int, row_id: int) -> Response:
    return redirect(url_for("minutes.read", meeting_id=meeting_id) + f"#item-{row_id}", 303)
