"""Signing in again where one stands: the form that was sent is shown once more, and nothing of it
is done before its writer has pressed the button anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g, make_response, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from casework.errors import BadRequest, Forbidden, Invalid, Refusal
from casework.phrases import sentence
from casework.web.frame.given import given, whose, whose_now
from casework.web.frame.language import reader_language
from casework.web.frame.refusals import PART, page, plain_page
from casework.web.frame.returned import AGAIN, sign_in_fields, sign_in_page
from casework.web.frame.session import OPEN_BLUEPRINTS, PUBLIC, checked, guard, hold, let_in

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from casework.accounts.models import User


def init(app: Flask) -> None:
    """Take care of forms whose sign-in has ended. Before the guard: it must know who signs in."""
    app.register_error_handler(CSRFError, _token_wrong)
    app.before_request(_sign_in_here)


def _token_wrong(_: CSRFError) -> Any:
    """The token is checked before the door: whoever is signed out has no valid token either."""
    if PART in request.headers:
        if current_user.is_authenticated:
            return page(BadRequest("signed_in_anew"))
        return page(Forbidden("signed_out_meanwhile"))
    form = given()
    if form is None:
        return plain_page(BadRequest("form_expired"))
    try:
        return _shown_again(form.whose)
    except Exception as error:
        return current_app.handle_user_exception(error)


def _shown_again(owner: str) -> Any:
    """The view shows its form with what was typed, and is stopped before it does anything."""
    view = current_app.view_functions.get(request.endpoint or "")
    whom = getattr(view, "permits", ())
    if owner and whose_now() not in ("", owner):
        return plain_page(Forbidden("form_of_another"))
    if owner and not whose_now():
        return page(Forbidden("sign_in_first"))
    if not owner or view is None or PUBLIC in whom:
        return page(BadRequest("form_renewed"))
    hold(Invalid("form_renewed"))
    g.csrf_valid = True  # so that the view's form finds what else is wrong with it
    guard()
    answer: Response = make_response(current_app.dispatch_request())
    if answer.status_code == Invalid.status:
        answer.status_code = BadRequest.status
    return answer


def _sign_in_here() -> Any:
    """Let the writer in, and show the form again. Anybody else is told that it is not theirs."""
    if request.blueprint in OPEN_BLUEPRINTS or f"{AGAIN}password" not in request.form:
        return None
    form = given()
    if form is None or not form.whose or current_user.is_authenticated:
        return None
    fields, problem = sign_in_fields(), ""
    user: User | None = None
    if fields.validate():
        try:
            user = checked(fields.email.data or "", fields.password.data or "")
        except Refusal as refusal:
            problem = sentence(refusal.code, refusal.params, reader_language())
        problem = problem or ("" if user else sentence("sign_in_wrong", {}, reader_language()))
    if user is None:
        return sign_in_page(fields, problem), 422
    if whose(user) != form.whose:
        return plain_page(Forbidden("form_of_another"))
    let_in(user)
    hold(Invalid("signed_in_again"))
    return None
