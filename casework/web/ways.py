"""How the excerpts of a marked matter reach each recipient, chosen on the matter's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from casework.accounts.service import account_at
from casework.distribution import queries
from casework.distribution.models import OPEN_MAIL
from casework.distribution.ways import CHOICES, LONGEST_REASON, choose_way, may_choose, reached
from casework.errors import Invalid
from casework.matters.queries import find
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.frame.asked import fitting, row_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.distribution.ways import Reached
    from casework.matters.models import Matter
    from casework.people.models import Person

blueprint = Blueprint("ways", __name__, url_prefix="/matters/<int:matter_id>/ways")


@dataclass(frozen=True)
class Ways:
    """What the page shows: each recipient with their way, and which ways the reader may choose."""

    reached: Sequence[Reached]
    choices: Sequence[tuple[str, str]]
    may_choose: bool
    longest_reason: int = LONGEST_REASON


@blueprint.post("")
@permits(SIGNED_IN)
def choose(matter_id: int) -> Response:
    """The same way for all the recipients that are ticked, or for none of them."""
    chosen = [row_number(each) for each in request.form.getlist("recipient")]
    ids = [each for each in chosen if each]
    way = fitting(request.form.get("way", ""), 20)
    reason = fitting(request.form.get("reason", ""), LONGEST_REASON)
    with acting() as context:
        matter = find(context.session, context.organisation_id, matter_id)
        lift(context.session)
        if not ids:
            raise Invalid("input_missing", field={"sv": "Mottagare", "en": "Recipients"})
        reader = _reader(context, fitting(request.form.get("reader", ""), 254))
        for each in queries.recipients_named(context.session, context.organisation_id, ids):
            choose_way(context, matter, each, way, reader=reader, reason=reason)
    flash(_("Sättet är sparat."), "success")
    return redirect(url_for("matters.show", matter_id=matter_id) + "#ways", 303)


def ways_on(context: Context, matter: Matter) -> Ways | None:
    """The ways of a marked matter; None for one without a mark."""
    if not matter.is_confidential:
        return None
    return Ways(
        reached(context, matter),
        [
            (each, way_label(each))
            for each in CHOICES
            if each != OPEN_MAIL or may_choose(context, matter, each)
        ],
        may_choose(context, matter),
    )


def way_label(way: str) -> str:
    """What a way is called."""
    return sentence(f"way_{way}", {}, reader_language())


def _reader(context: Context, email: str) -> Person | None:
    """Whose account has the address; None where none was written."""
    if not email.strip():
        return None
    user: Any = account_at(context, email)
    if user is None:
        raise Invalid("reader_without_account", name=email.strip())
    person: Person = user.person
    return person
