"""My account: password, language, where I am signed in, and the tokens of programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts import sessions, tokens
from casework.accounts.models import User
from casework.accounts.passwords import SHORTEST_PASSWORD
from casework.accounts.preferences import change_language
from casework.accounts.service import change_password
from casework.errors import Refusal
from casework.phrases import sentence
from casework.web.accounts.passwords import LONGEST_PASSWORD, check_chosen
from casework.web.components.devices import device_name
from casework.web.frame.asked import fitting
from casework.web.frame.language import LANGUAGES, reader_language
from casework.web.frame.session import (
    SIGNED_IN,
    acting,
    confirm_identity,
    lifetime,
    permits,
    reading,
    signed_in,
)

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from casework.context import Context

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@permits(SIGNED_IN)
def mine() -> str:
    """Everything about my own account on one page."""
    return _page()


@blueprint.post("/password")
@permits(SIGNED_IN)
def password() -> tuple[str, int] | Response:
    """Another password; whoever is signed in elsewhere signs in anew."""
    current, new = request.form.get("current_password", ""), request.form.get("password", "")
    try:
        check_chosen(new, request.form.get("password_again", ""))
        confirm_identity(current, "password_wrong")
        with acting() as context:
            change_password(context, own(context), current, new, here=signed_in().secret)
    except Refusal as refusal:
        return _refused(refusal, "password")
    flash(_("Lösenordet är ändrat. Du är utloggad överallt utom här."), "success")
    return redirect(url_for(".mine"), 303)


@blueprint.post("/language")
@permits(SIGNED_IN)
def language() -> Response:
    """The language of my letters."""
    with acting() as context:
        change_language(context, own(context), request.form.get("language", ""))
    flash(_("Språket är sparat."), "success")
    return redirect(url_for(".mine"), 303)


@blueprint.post("/sessions/<int:session_id>/end")
@permits(SIGNED_IN)
def end_session(session_id: int) -> Response:
    """Sign out somewhere else."""
    with acting() as context:
        user = own(context)
        sessions.end_one(context, sessions.session_with(context, user, session_id))
    flash(_("Den är utloggad."), "success")
    return redirect(url_for(".mine") + "#sessions", 303)


@blueprint.post("/sessions/end-others")
@permits(SIGNED_IN)
def end_others() -> Response:
    """Sign out everywhere but here."""
    with acting() as context:
        sessions.end_all(context, own(context), but=signed_in().secret)
    flash(_("Du är utloggad överallt utom här."), "success")
    return redirect(url_for(".mine") + "#sessions", 303)


@blueprint.post("/tokens")
@permits(SIGNED_IN)
def make_token() -> tuple[str, int] | Response:
    """A token for a program; it is shown this once, and what is sent twice makes one."""
    name, scope = request.form.get("name", ""), request.form.get("scope", "read")
    try:
        confirm_identity(request.form.get("confirming_password", ""), "password_wrong")
        with acting() as context:
            named = fitting(name.strip(), tokens.LONGEST_NAME)
            made = tokens.create_token(context, own(context), [scope], named)
            context.session.flush()
            answer = make_response(_shown(context, made=made))
    except Refusal as refusal:
        return _refused(refusal, "token", name=name[: tokens.LONGEST_NAME], scope=scope)
    answer.headers["Content-Location"] = url_for(".mine") + "#tokens"  # sent twice, it leads there
    return answer


@blueprint.post("/tokens/<int:token_id>/revoke")
@permits(SIGNED_IN)
def revoke_token(token_id: int) -> Response:
    """The token opens nothing from now on."""
    with acting() as context:
        tokens.revoke_token(context, tokens.token_with(context, own(context), token_id))
    flash(_("Nyckeln är återkallad."), "success")
    return redirect(url_for(".mine") + "#tokens", 303)


def own(context: Context) -> User:
    """The account of whoever is signed in."""
    return context.session.get_one(User, signed_in().user_id)


def scopes() -> list[tuple[str, str]]:
    """What a token may be for."""
    return [
        ("read", _("Läsa")),
        ("write", _("Läsa och skriva")),
        ("admin", _("Läsa, skriva och sköta konton")),
    ]


def _refused(refusal: Refusal, form: str, **written: Any) -> tuple[str, int]:
    """The page again with what is in the way; no password is given back."""
    problem = sentence(refusal.code, refusal.params, reader_language())
    return _page(problem=problem, refused=form, written=written), refusal.status


def _page(**shown: Any) -> str:
    with reading() as context:
        return _shown(context, **shown)


def _shown(
    context: Context,
    *,
    problem: str = "",
    refused: str = "",
    written: dict[str, Any] | None = None,
    made: str = "",
) -> str:
    user = own(context)
    living = sessions.sessions_of(context, user, lifetime())
    return render_template(
        "accounts/mine.html",
        user=user,
        here={each.id for each in living if sessions.is_secret_of(each, signed_in().secret)},
        sessions=living,
        tokens=[each for each in tokens.tokens_of(context, user) if not each.revoked_at],
        moment=context.moment,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
        languages=LANGUAGES,
        scopes=scopes(),
        longest_name=tokens.LONGEST_NAME,
        device_name=device_name,
        problem=problem,
        refused=refused,
        written=written or {},
        made=made,
    )
