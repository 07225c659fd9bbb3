"""The attachments on a matter's page: adding a file, its title, its place, taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from casework.documents.received import check_file
from casework.errors import Conflict, Invalid, TooLarge
from casework.matters.attachments import (
    attach,
    change_attachment,
    find_attachment,
    remove_attachment,
)
from casework.matters.service import require_edit
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.components.steps import taking_away
from casework.web.frame.asked import whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, installation, permits, reading
from casework.web.matters.pages import find, page_of
from casework.web.shapes import Link, Step

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.documents.received import CheckedFile

MOVES = {"up": -1, "down": 1}

blueprint = Blueprint(
    "matter_attachments", __name__, url_prefix="/matters/<int:matter_id>/attachments"
)


@blueprint.post("")
@permits(SIGNED_IN)
def add(matter_id: int) -> tuple[str, int] | Response:
    """Attach a file, or show the matter with what is wrong with it."""
    with reading() as context:
        require_edit(context, find(context, matter_id), "text")
    try:
        file = _sent_file()
        with acting() as context:
            matter = find(context, matter_id)
            lift(context.session)
            attach(context, matter, file, request.form.get("title", ""))
    except (Invalid, TooLarge, Conflict) as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            title = request.form.get("title", "")
            return page_of(context, matter_id, problem, title), refusal.status
    return _back(matter_id, _("Bilagan är tillagd."))


@blueprint.post("/<int:document_id>/title")
@permits(SIGNED_IN)
def retitle(matter_id: int, document_id: int) -> Response:
    """Another title."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        attachment = find_attachment(matter, document_id)
        title = request.form.get("title", "")
        change_attachment(context, attachment, title=title, expected_version=_version())
    return _back(matter_id, _("Rubriken är ändrad."))


@blueprint.post("/<int:document_id>/move")
@permits(SIGNED_IN)
def move(matter_id: int, document_id: int) -> Response:
    """One place up or down."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        attachment = find_attachment(matter, document_id)
        place = attachment.position + MOVES.get(request.form.get("to", ""), 0)
        change_attachment(context, attachment, position=place, expected_version=_version())
    return _back(matter_id, _("Bilagan är flyttad."))


@blueprint.get("/<int:document_id>/remove")
@permits(SIGNED_IN)
def ask_removal(matter_id: int, document_id: int) -> str:
    """The page before an attachment is taken off the list."""
    with reading() as context:
        matter = find(context, matter_id)
        require_edit(context, matter, "text")
        title = find_attachment(matter, document_id).title
        url = url_for(".remove", matter_id=matter_id, document_id=document_id)
        does = (
            _("”%(title)s” hör inte längre till förslaget.", title=title),
            _("Filen finns kvar bland ärendets handlingar."),
        )
        back = url_for("matters.show", matter_id=matter_id)
        crumbs = [Link(matter.title, back)]
        step = Step(_("Ta bort bilagan"), url, does)
        return taking_away(step, back + "#attachments", crumbs, matter.version)


@blueprint.post("/<int:document_id>/remove")
@permits(SIGNED_IN)
def remove(matter_id: int, document_id: int) -> Response:
    """Take it off the list; the file stays among the matter's documents."""
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        remove_attachment(context, find_attachment(matter, document_id), _version())
    return _back(matter_id, _("Bilagan är borttagen. Filen finns kvar bland handlingarna."))


def _sent_file() -> CheckedFile:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("attachment_not_chosen")
    return check_file(file.read(), file.filename, installation().settings.max_upload)


def _version() -> int | None:
    return request.form.get("version", type=whole_number)


def _back(matter_id: int, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("matters.show", matter_id=matter_id) + "#attachments", 303)
