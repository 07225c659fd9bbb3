"""Publishing: what is tried of a meeting before everybody reads it, and the meetings that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from casework.db import counted
from casework.errors import Invalid, NotFound
from casework.meetings import queries as meetings
from casework.meetings.models import Meeting
from casework.people.policy import lacking, lift, may
from casework.publishing import queries
from casework.publishing.announcing import announced_with, checksum_of
from casework.publishing.models import KINDS
from casework.publishing.service import (
    LABELS,
    PUBLISHERS,
    Seen,
    Shown,
    hold,
    publish,
    publish_many,
    take_back,
)
from casework.web.components.paging import number_of
from casework.web.frame.asked import day_or_none, fitting, row_number, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, permits, reading, signed_in
from casework.web.shapes import StateLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.publishing.queries import Candidate

PAGE = 30
LONGEST_REASON = 1000

blueprint = Blueprint("publishing", __name__)


@blueprint.get("/publishing")
@permits(*PUBLISHERS)
def listing() -> str:
    """The meetings in which something waits to be tried."""
    review = request.args.get("show") == "review"
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        asked_of = context.organisation_id, signed_in().person_id, context.today
        statement = queries.to_try(*asked_of, review=review, before=before, limit=PAGE + 1)
        rows = list(context.session.scalars(statement))
        everything = queries.to_try(*asked_of, review=review)
        asked = "review" if review else None
        last = rows[PAGE - 1].id if len(rows) > PAGE else None
        return render_template(
            "publishing/list.html",
            rows=rows[:PAGE],
            count=number_of(counted(context.session, everything, Meeting.id)),
            review=review,
            older=url_for(".listing", before=last, show=asked) if last else "",
            newer=url_for(".listing", show=asked) if before else "",
        )


@blueprint.get("/meetings/<int:meeting_id>/publishing")
@permits(*PUBLISHERS)
def show(meeting_id: int) -> str:
    """Each § and title as the public will see it, with what was found and what can be done."""
    with reading() as context:
        meeting = find(context, meeting_id)
        found = queries.candidates(context.session, meeting, context.today)
        waiting = [each for each in found if each.standing in queries.OPEN]
        is_to_come = meeting.body.legal.law.summons_is_public and meeting.summoned_at is None
        return render_template(
            "publishing/show.html",
            meeting=meeting,
            today=context.today,
            clean=[each for each in waiting if each.is_clean],
            doubtful=[each for each in waiting if not each.is_clean],
            up=[each for each in found if each.standing in queries.UP],
            away=[each for each in found if each.standing in queries.AWAY],
            announcement=queries.announcement(context.session, meeting) if is_to_come else [],
            standing_label=standing_label,
        )


@blueprint.post("/meetings/<int:meeting_id>/publishing")
@permits(*PUBLISHERS)
def publish_clean(meeting_id: int) -> Response:
    """One press for all in which nothing was found, as they were seen."""
    with acting() as context:
        meeting = find(context, meeting_id)
        items = {item.id: item for item in meeting.agenda}
        lift(context.session)
        seen = [_seen(each, items) for each in request.form.getlist("seen")]
        published = publish_many(context, meeting, seen, _days())
        count = len(published)
    flash(ngettext("%(num)s är publicerad.", "%(num)s är publicerade.", count), "success")
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


@blueprint.post("/meetings/<int:meeting_id>/publishing/<int:item_id>/<kind>")
@permits(*PUBLISHERS)
def decide(meeting_id: int, item_id: int, kind: str) -> Response:
    """One § or title: publish it, hold it, or take it back."""
    if kind not in KINDS:
        raise NotFound("not_found")
    with acting() as context:
        item = meetings.item(context.session, find(context, meeting_id), item_id)
        lift(context.session)
        seen = Seen(item, kind, request.form.get("seen", ""))
        reason = fitting(request.form.get("reason", ""), LONGEST_REASON)
        verb = request.form.get("verb", "")
        if verb == "publish":
            publish(context, seen, _days(), reason=reason)
            told = _("Det är publicerat.")
        elif verb == "hold":
            hold(context, seen, reason)
            told = _("Det visas inte.")
        elif verb == "take_back":
            take_back(context, seen, reason)
            told = _("Publiceringen är återtagen.")
        else:
            raise Invalid("input_missing", field={"sv": "Val", "en": "Choice"})
    flash(told, "success")
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


def find(context: Context, meeting_id: int) -> Meeting:
    """The meeting, for whoever publishes in its body."""
    meeting = meetings.find(context.session, context.organisation_id, meeting_id)
    if not may(context, meeting, PUBLISHERS):
        raise lacking(PUBLISHERS)
    return meeting


def standing_label(each: Candidate) -> StateLabel:
    """How it stands with a § or a title, in the reader's language."""
    labels: dict[str, StateLabel] = {
        "waiting": StateLabel(_("Inte prövad"), "attention"),
        "changed": StateLabel(_("Ändrad sedan den prövades"), "attention"),
        "review": StateLabel(_("Publik före uppgraderingen"), "attention"),
        "announced": StateLabel(_("Kungjord på anslagstavlan"), "active"),
        "published": StateLabel(_("Publicerad"), "done"),
        "planned": StateLabel(_("Visas senare"), "active"),
        "ended": StateLabel(_("Tiden har gått ut"), "neutral"),
        "held": StateLabel(_("Tillbakahållen"), "neutral"),
        "taken_back": StateLabel(_("Återtagen"), "neutral"),
    }
    return labels[each.standing]


def obstacle_label(code: str) -> str:
    """What stops it from being published now."""
    labels: dict[str, str] = {
        "secret": _("Ärendet är sekretessmarkerat och kan inte publiceras."),
        "untried": _("Sekretessen är inte prövad i ärendet. Gör det först, på ärendets sida."),
        "not_summoned": _("Kallelsen är inte skickad, eller sammanträdet är inställt."),
    }
    return labels[code]


def found_label(what: str) -> str:
    """What was found in a text."""
    return LABELS[what][reader_language()]


def found_labels(kinds: Sequence[str]) -> str:
    """All that was found, in a row."""
    return ", ".join(found_label(each) for each in kinds)


@blueprint.app_context_processor
def _labels() -> dict[str, Any]:
    return {
        "found_label": found_label,
        "found_labels": found_labels,
        "obstacle_label": obstacle_label,
        "announced_with": announced_with,
        "announcement_seen": checksum_of,
    }


def _seen(text: str, items: dict[int, Any]) -> Seen:
    """`kind:item id:checksum`, as the page wrote it."""
    kind, _colon, rest = text.partition(":")
    item_id, _colon, checksum = rest.partition(":")
    item = items.get(row_number(item_id))
    if kind not in KINDS or item is None:
        raise NotFound("not_found")
    return Seen(item, kind, checksum)


def _days() -> Shown:
    return Shown(
        day_or_none(request.form.get("shows_from", "")),
        day_or_none(request.form.get("shows_until", "")),
    )
