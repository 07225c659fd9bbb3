"""A matter's file at a point in time, and any document of it made again from its own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _

from casework.documents import queries as documents
from casework.documents.contexts import from_json
from casework.errors import NotFound
from casework.meetings.reading.as_it_was import DECIDED, NOW, SUBMITTED, file_at, milestones
from casework.people.policy import lift
from casework.web.components.lines import document_line
from casework.web.components.showing import moment as shown_moment
from casework.web.frame.asked import whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, permits, reading
from casework.web.matters.pages import find

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.meetings.reading.as_it_was import Milestone

blueprint = Blueprint("matter_file", __name__, url_prefix="/matters/<int:matter_id>")


@blueprint.get("/file")
@permits(SIGNED_IN)
def show(matter_id: int) -> str:
    """The file at the moment that `at` names, by its place among the milestones; else now."""
    with reading() as context:
        matter = find(context, matter_id)
        lift(context.session)  # who may read the matter reads all that belongs to it
        known = milestones(context, matter)
        chosen = request.args.get("at", len(known) - 1, type=whole_number)
        if not 0 <= chosen < len(known):
            raise NotFound("not_found")
        then = file_at(context, matter, known[chosen].moment)
        states = context.services.engine.definition_of(matter).states
        return render_template(
            "matters/file.html",
            matter=matter,
            milestones=[(n, _label(each), n == chosen) for n, each in enumerate(known)],
            when=known[chosen].moment,
            state=states[then.state].label[reader_language()],
            proposal=from_json("proposal", then.proposal) if then.proposal else None,
            documents=[
                (
                    document_line(row),
                    url_for(".again", matter_id=matter_id, document_id=row.id)
                    if row.snapshot
                    else "",
                )
                for row in then.documents
            ],
        )


@blueprint.get("/documents/<int:document_id>/again")
@permits(SIGNED_IN)
def again(matter_id: int, document_id: int) -> Response:
    """The document made again from its snapshot; X-Same-Bytes says whether it is the same."""
    with reading() as context:
        matter = find(context, matter_id)
        row = documents.find(
            context.session, context.organisation_id, "matter", matter.id, document_id
        )
        made, is_same = context.services.press.again(row)
    reply: Response = make_response(made)
    reply.headers["Content-Type"] = row.media_type
    reply.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{row.filename}"
    reply.headers["X-Same-Bytes"] = "yes" if is_same else "no"
    return reply


def _label(milestone: Milestone) -> str:
    if milestone.code == NOW:
        return str(_("Nu"))
    if milestone.code == SUBMITTED:
        return str(_("Lämnat för granskning %(when)s", when=shown_moment(milestone.moment)))
    meeting = milestone.visit.meeting if milestone.visit else None
    place = f"{meeting.body.short_name} {meeting.day}" if meeting else ""
    if milestone.code == DECIDED:
        return str(_("Behandlat, %(place)s", place=place))
    return str(_("I kallelsen till %(place)s", place=place))
