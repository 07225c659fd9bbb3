"""A member's reading view: the agenda with its papers, one by one or as one pack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, send_file, url_for

from casework.documents.markdown import to_text
from casework.documents.store import PDF
from casework.errors import NotFound
from casework.meetings.agenda.proposed import proposal_of
from casework.meetings.agenda.reporting import reported_lines
from casework.meetings.knowing import secret_items
from casework.meetings.reading.for_a_person import readable
from casework.meetings.reading.making import making_of
from casework.meetings.reading.pack import pack, pack_filename, papers_of
from casework.meetings.sections import headed
from casework.phrases import sentence
from casework.text.html import to_html
from casework.web.components.lines import document_line
from casework.web.files import attachment
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, permits, reading, signed_in
from casework.web.meetings.pages import find

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.documents.contexts import ProposalContext
    from casework.meetings.models import AgendaItem, Meeting

blueprint = Blueprint("reading", __name__, url_prefix="/meetings/<int:meeting_id>")


@blueprint.get("/read")
@permits(SIGNED_IN)
def read(meeting_id: int) -> str:
    """The agenda with proposals and papers, for those who are to decide."""
    with reading() as context:
        meeting = find(context, meeting_id)
        items = readable(context, meeting, signed_in().person_id)
        secret = secret_items(context, meeting, signed_in().person_id)
        return render_template(
            "reading/read.html",
            meeting=meeting,
            rows=[(heading, *_row(context, meeting, item)) for heading, item in headed(items)],
            hidden=len(meeting.agenda) - len(items) - len(secret),
            secret=[each.number for each in secret],
        )


@blueprint.get("/papers/<int:document_id>")
@permits(SIGNED_IN)
def paper(meeting_id: int, document_id: int) -> Response:
    """A paper of the agenda, for whoever sees the item."""
    with reading() as context:
        meeting = find(context, meeting_id)
        for item in readable(context, meeting, signed_in().person_id):
            for _title, document in papers_of(context, item):
                if document.id == document_id:
                    content = context.services.press.read(document)
                    return attachment(context.session, content, document)
    raise NotFound("not_found")


@blueprint.get("/pack")
@permits(SIGNED_IN)
def packed(meeting_id: int) -> str | Response:
    """The whole pack as one PDF; while it is being made, how far that has come."""
    with reading() as context:
        meeting = find(context, meeting_id)
        items = readable(context, meeting, signed_in().person_id)
        making = making_of(context, meeting, items)
        if making.is_made():
            name = pack_filename(meeting)
            return send_file(making.file, PDF, as_attachment=True, download_name=name, max_age=0)
        progress = making.progress() or making.start(
            pack(context, meeting, items), context.services.settings.templates_dir
        )
        problem = progress.problem
        told = sentence(problem, progress.params, reader_language()) if problem else ""
        page = make_response(
            render_template("reading/making.html", meeting=meeting, progress=progress, told=told)
        )
    if problem:
        making.forget()
        page.status_code = 422
    else:
        page.headers["Refresh"] = "2"
    page.headers["Cache-Control"] = "no-store"
    return page


def _row(context: Context, meeting: Meeting, item: AgendaItem) -> tuple[object, ...]:
    """An item with its proposal, as it was sent, its papers, and the decisions it reports."""
    proposal = proposal_of(context, item)
    papers, reported = _papers(context, meeting, item), reported_lines(context, item)
    return item, proposal, _sections(proposal), papers, reported


def _papers(context: Context, meeting: Meeting, item: AgendaItem) -> list[object]:
    return [
        replace(
            document_line(row, url_for(".paper", meeting_id=meeting.id, document_id=row.id)),
            title=title,
        )
        for title, row in papers_of(context, item)
    ]


def _sections(proposal: ProposalContext | None) -> list[tuple[str, str]]:
    """The proposal's own text, as safe HTML."""
    parts = proposal.sections if proposal else ()
    return [(part.heading, to_html(to_text(part.blocks))) for part in parts]
