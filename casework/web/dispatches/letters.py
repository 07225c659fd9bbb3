"""Letters that did not arrive and are no dispatch: why, and what a person does about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.addresses import LONGEST
from casework.distribution import undelivered
from casework.errors import Refusal
from casework.people import queries as people
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.components.kinds import numbered
from casework.web.dispatches.pages import LONGEST_REASON, reason_of
from casework.web.frame.asked import fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.mail.models import Message
    from casework.people.models import Person

PAGE = 30

blueprint = Blueprint("letters", __name__, url_prefix="/letters")


@dataclass(frozen=True)
class Line:
    """A letter as one row: about what, why it did not arrive, and whose address it was."""

    row: Message
    url: str
    reason: str
    technical: str
    person: Person | None


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """The letters that the reader may mend: those that failed, or those given up."""
    return _page(_asked(request.args), request.args.get("before", type=whole_number))


@blueprint.post("/<int:letter_id>/send-again")
@permits(SIGNED_IN)
def send_again(letter_id: int) -> tuple[str, int] | Response:
    """Try it from the beginning, to the address as it was or as it is corrected."""

    def act(context: Context, message: Message) -> None:
        undelivered.send_again(
            context,
            message,
            email=fitting(request.form.get("email", ""), LONGEST),
            with_person="with_person" in request.form,
        )

    return _mended(letter_id, act, _("Brevet är skickat igen."))


@blueprint.post("/<int:letter_id>/give-up")
@permits(SIGNED_IN)
def give_up(letter_id: int) -> tuple[str, int] | Response:
    """No more is done about it; the reason stays with what the letter was about."""

    def act(context: Context, message: Message) -> None:
        because = fitting(request.form.get("because", ""), LONGEST_REASON)
        undelivered.give_up(context, message, because)

    return _mended(letter_id, act, _("Brevet är uppgivet."))


def _mended(
    letter_id: int, act: Callable[[Context, Message], None], done: str
) -> tuple[str, int] | Response:
    asked = _asked(request.form)
    try:
        with acting() as context:
            message = undelivered.find(context, letter_id)
            lift(context.session)
            act(context, message)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        return _page(asked, problem=problem, at=letter_id), refusal.status
    flash(done, "success")
    return redirect(url_for(".listing", **_filled(asked)), 303)


def _page(
    asked: dict[str, Any], before: int | None = None, problem: str = "", at: int | None = None
) -> str:
    with reading() as context:
        statement = undelivered.undelivered(context, **asked, before=before, limit=PAGE + 1)
        rows = list(context.session.scalars(statement))
        filled = _filled(asked)
        return render_template(
            "letters/list.html",
            lines=[_line(context, row) for row in rows[:PAGE]],
            count=undelivered.count(context, **asked),
            asked=asked,
            filled=filled,
            bodies=list(context.session.scalars(people.bodies(context.organisation_id))),
            older=url_for(".listing", **filled, before=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else "",
            newer=url_for(".listing", **filled) if before else "",
            problem=problem,
            at=at,
            written=request.form,
            longest_reason=LONGEST_REASON,
            longest_address=LONGEST,
        )


def _line(context: Context, row: Message) -> Line:
    kind = context.services.kinds.get(row.subject_type)
    return Line(
        row,
        numbered(kind, row.subject_id) if kind and kind.has_file and row.subject_id else "",
        reason_of(row),
        row.error(reader_language()),
        undelivered.person_of(context, row) if row.state == "failed" else None,
    )


def _asked(given: Any) -> dict[str, Any]:
    state = given.get("state", "")
    return {
        "question": given.get("q", "")[:200],
        "state": state if state in undelivered.STATES else "failed",
        "body_id": given.get("body", type=whole_number),
    }


def _filled(asked: dict[str, Any]) -> dict[str, Any]:
    state = "" if asked["state"] == "failed" else asked["state"]
    named = {"q": asked["question"], "state": state, "body": asked["body_id"]}
    return {name: value for name, value in named.items() if value}
