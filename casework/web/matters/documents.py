"""Putting a document that has come in among those of a matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from casework.errors import Invalid
from casework.matters.received import receive
from casework.people.policy import lift
from casework.web.frame.asked import fitting
from casework.web.frame.session import SIGNED_IN, acting, permits
from casework.web.matters.pages import find

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

LONGEST = 200

blueprint = Blueprint("matter_documents", __name__, url_prefix="/matters/<int:matter_id>/documents")


@blueprint.post("")
@permits(SIGNED_IN)
def receive_document(matter_id: int) -> Response:
    """Keep the file as it is; the case officer is told."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("attachment_not_chosen")
    title, sender = (fitting(request.form.get(name, ""), LONGEST) for name in ("title", "sender"))
    with acting() as context:
        matter = find(context, matter_id)
        lift(context.session)
        receive(context, matter, file.read(), file.filename, title, sender)
    flash(_("Handlingen är inlagd."), "success")
    return redirect(url_for("matters.show", matter_id=matter_id) + "#documents", 303)
