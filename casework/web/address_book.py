"""The address book: recipients of excerpts and the groups that they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.distribution import queries
from casework.distribution.service import KEEPERS, add_group, add_recipient, set_members
from casework.errors import Refusal
from casework.phrases import sentence
from casework.web.asked import fitting, whole_number
from casework.web.language import reader_language
from casework.web.session import SIGNED_IN, acting, permits, reading, signed_in

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

MOST = 1000

blueprint = Blueprint("address_book", __name__, url_prefix="/recipients")


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Everybody in the address book, and the groups with their members."""
    return _page()


@blueprint.post("")
@permits(*sorted(KEEPERS))
def add() -> str | tuple[str, int] | Response:
    """A new recipient; what was written stays when something is wrong with it."""
    written = {
        "name": fitting(request.form.get("name", ""), 200),
        "email": request.form.get("email", ""),
    }
    try:
        with acting() as context:
            add_recipient(context, **written)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        return _page(written, problem), refusal.status
    flash(_("%(name)s finns nu i adressboken.", name=written["name"]), "success")
    return redirect(url_for(".listing"), 303)


@blueprint.post("/groups")
@permits(*sorted(KEEPERS))
def new_group() -> Response:
    """A new group, without members yet."""
    with acting() as context:
        group = add_group(context, name=fitting(request.form.get("name", ""), 200), members=[])
        context.session.flush()
        place = f"#group-{group.id}"
    return redirect(url_for(".listing") + place, 303)


@blueprint.post("/groups/<int:group_id>")
@permits(*sorted(KEEPERS))
def members(group_id: int) -> Response:
    """Who is in a group from now on; what was sent before stays as it was."""
    with acting() as context:
        group = queries.group(context.session, context.organisation_id, group_id)
        ids = request.form.getlist("member", type=whole_number)
        chosen = queries.recipients_named(context.session, context.organisation_id, ids)
        set_members(context, group, chosen)
    flash(_("Gruppen är sparad."), "success")
    return redirect(url_for(".listing") + f"#group-{group_id}", 303)


def _page(written: dict[str, str] | None = None, problem: str = "") -> str:
    with reading() as context:
        own = context.organisation_id
        return render_template(
            "recipients/list.html",
            recipients=list(context.session.scalars(queries.recipients(own, limit=MOST))),
            groups=list(context.session.scalars(queries.groups(own, limit=MOST))),
            keeps=bool(signed_in().roles & KEEPERS),
            written=written or {"name": "", "email": ""},
            problem=problem,
        )
