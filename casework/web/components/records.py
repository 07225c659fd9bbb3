"""What has happened to something, and its papers: the newest on its own page, the rest by itself.

Alike for everything that has both: a matter, a meeting, an assignment, a decision, a notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from casework.audit.models import AuditEntry
from casework.audit.queries import of_subject as entries_of
from casework.db import counted
from casework.documents.models import Document
from casework.documents.queries import of_subject as papers_of
from casework.errors import NotFound
from casework.web.components.kinds import address_of
from casework.web.components.lines import document_line, history_entry
from casework.web.components.paging import Part, number_of, show_all
from casework.web.frame.asked import whole_number
from casework.web.frame.session import SIGNED_IN, permits, reading, signed_in
from casework.web.shapes import DocumentLine, HistoryEntry, Link

if TYPE_CHECKING:
    from sqlalchemy import Select

    from casework.context import Context

FIRST, PAGE = 15, 50

blueprint = Blueprint("records", __name__, url_prefix="/records")


def history_of(context: Context, subject: Any) -> Part[HistoryEntry]:
    """The newest that has happened to the subject, and the way to all of it."""
    statement = _entries(context, subject)
    rows = context.session.scalars(statement.limit(FIRST + 1)).all()
    told = [history_entry(context, subject, each) for each in rows[:FIRST]]
    if len(rows) <= FIRST:
        return Part(told)
    address = url_for("records.history", noun=subject.__tablename__, row_id=subject.id)
    return Part(told, Link(show_all(counted(context.session, statement, AuditEntry.id)), address))


def papers(context: Context, subject: Any) -> Part[DocumentLine]:
    """The newest papers of the subject, and the way to all of them."""
    statement = _papers(context, subject)
    rows = context.session.scalars(statement.limit(FIRST + 1)).all()
    told = [document_line(each) for each in rows[:FIRST]]
    if len(rows) <= FIRST:
        return Part(told)
    address = url_for("records.documents", noun=subject.__tablename__, row_id=subject.id)
    return Part(told, Link(show_all(counted(context.session, statement, Document.id)), address))


@blueprint.get("/<noun>/<int:row_id>/history")
@permits(SIGNED_IN)
def history(noun: str, row_id: int) -> str:
    """All that has happened to a subject, newest first, page by page."""
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        subject, own_page = _found(context, noun, row_id)
        statement = _entries(context, subject, before)
        rows = context.session.scalars(statement.limit(PAGE + 1)).all()
        return _page(
            own_page,
            _("Historik"),
            count=counted(context.session, _entries(context, subject), AuditEntry.id),
            older=rows[PAGE - 1].sequence if len(rows) > PAGE else None,
            history=[history_entry(context, subject, each) for each in rows[:PAGE]],
        )


@blueprint.get("/<noun>/<int:row_id>/documents")
@permits(SIGNED_IN)
def documents(noun: str, row_id: int) -> str:
    """All papers of a subject, newest first, page by page."""
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        subject, own_page = _found(context, noun, row_id)
        statement = _papers(context, subject, before)
        rows = context.session.scalars(statement.limit(PAGE + 1)).all()
        return _page(
            own_page,
            _("Handlingar"),
            count=counted(context.session, _papers(context, subject), Document.id),
            older=rows[PAGE - 1].id if len(rows) > PAGE else None,
            documents=[document_line(each) for each in rows[:PAGE]],
        )


def _page(own_page: Link, title: str, *, count: int, older: int | None, **rows: Any) -> str:
    """The first page is where no earlier one is asked for."""
    return render_template(
        "records/list.html",
        own_page=own_page,
        title=title,
        count=number_of(count),
        older=f"{request.path}?before={older}" if older else "",
        newer=request.path if request.args.get("before") else "",
        **{"history": [], "documents": []} | rows,
    )


def _found(context: Context, noun: str, row_id: int) -> tuple[Any, Link]:
    """The subject that the reader may see, and its own page."""
    kind = context.services.kinds.get(noun)
    if kind is None or not kind.has_file:
        raise NotFound("not_found")
    subject = kind.find(context.session, context.organisation_id, row_id)
    return subject, Link(kind.name(subject), address_of(kind, subject))


def _entries(context: Context, subject: Any, before: int | None = None) -> Select[AuditEntry]:
    kind = context.services.kinds.of(subject)
    statement = entries_of(context.organisation_id, kind.noun, subject.id, before=before)
    asked = signed_in().person_id, context.today
    return statement.where(kind.open_entries(context.session, subject, *asked))


def _papers(context: Context, subject: Any, before: int | None = None) -> Select[Document]:
    kind = context.services.kinds.of(subject)
    statement = papers_of(context.organisation_id, kind.noun, subject.id, before=before)
    return statement.where(kind.open_papers(subject, signed_in().person_id, context.today))
