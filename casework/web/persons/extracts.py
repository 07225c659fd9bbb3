"""The extract of what is kept about a person: what it holds, and the file to hand out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext as _

from casework.personal_data.service import MOST, counted, extract, require_reader
from casework.web.bodies.pages import role_label
from casework.web.components.devices import device_name
from casework.web.components.lines import verb
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading
from casework.web.persons.pages import find

if TYPE_CHECKING:
    from flask import Response as Reply

blueprint = Blueprint("extracts", __name__)


@blueprint.get("/persons/<int:person_id>/extract")
@permits(SIGNED_IN)
def show(person_id: int) -> str:
    """What is kept, by kind; the file is made when it is asked for, and that is on record."""
    with reading() as context:
        person = find(context, person_id)
        return render_template(
            "extracts/show.html",
            person=person,
            counted=counted(context, person),
            is_own=context.actor.person_id == person.id,
        )


@blueprint.post("/persons/<int:person_id>/extract")
@permits(SIGNED_IN)
def make(person_id: int) -> Reply:
    """The whole extract as a file: a page to read and print, or JSON."""
    as_json = request.form.get("form") == "json"
    with acting() as context:
        person = find(context, person_id)
        require_reader(context, person)
        made, name, day = extract(context, person), person.id, context.today
    if as_json:
        reply = make_response(json.dumps(made, ensure_ascii=False, indent=1))
    else:
        reply = make_response(
            render_template(
                "extracts/file.html",
                made=made,
                most=MOST,
                title=_("Registerutdrag"),
                language=reader_language(),
                role_label=role_label,
                device_name=device_name,
                done=lambda action: verb(action, reader_language()),
            )
        )
    ending = "json" if as_json else "html"
    reply.mimetype = "application/json" if as_json else "text/html"
    filename = f"registerutdrag-{name}-{day.isoformat()}.{ending}"
    reply.headers.set("Content-Disposition", "attachment", filename=filename)
    return reply
