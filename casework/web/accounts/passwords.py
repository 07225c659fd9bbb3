"""A password chosen from outside: the letter one asks for, and the page that its link opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts.passwords import SHORTEST_PASSWORD
from casework.accounts.service import ask_for_reset, link_owner, set_password_by_link
from casework.errors import Invalid, Refusal
from casework.phrases import sentence
from casework.web.frame.asked import fitting
from casework.web.frame.language import reader_language
from casework.web.frame.proxies import caller_address
from casework.web.frame.session import PUBLIC, installation, permits

if TYPE_CHECKING:
    from flask import Response as Reply
    from werkzeug.wrappers import Response

LONGEST_ADDRESS, LONGEST_PASSWORD = 254, 1024

blueprint = Blueprint("passwords", __name__)


@blueprint.route("/forgotten", methods=["GET", "POST"])
@permits(PUBLIC)
def forgotten() -> str | tuple[str, int] | Response:
    """Ask for a letter; the answer is the same whether there is such an account or not."""
    if request.method == "GET":
        return render_template("passwords/forgotten.html", email="", problem="")
    email = request.form.get("email", "").strip()
    try:
        if "@" not in fitting(email, LONGEST_ADDRESS):
            raise Invalid("mail_address_wrong", address=email)
        with installation().acting(0) as context:
            ask_for_reset(context, email, caller_address())
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        page = render_template(
            "passwords/forgotten.html", email=email[:LONGEST_ADDRESS], problem=problem
        )
        return page, refusal.status
    return redirect(url_for(".asked"), 303)


@blueprint.get("/forgotten/asked")
@permits(PUBLIC)
def asked() -> str:
    """What happens now, whoever asked."""
    return render_template("passwords/asked.html")


@blueprint.get("/account/link/<secret>")
@permits(PUBLIC)
def choose(secret: str) -> Reply:
    """The page on which the password is chosen; a dead link says the way forward."""
    return _page(secret)


@blueprint.post("/account/link/<secret>")
@permits(PUBLIC)
def save(secret: str) -> Reply | Response:
    """Choose the password, once; one that does not do is told, and the link lives on."""
    chosen = request.form.get("password", "")
    try:
        check_chosen(chosen, request.form.get("password_again", ""))
        with installation().acting(0) as context:
            set_password_by_link(context, secret, chosen)
    except Refusal as refusal:
        return _page(secret, refusal)
    flash(_("Ditt lösenord är sparat. Logga in med det."), "success")
    return redirect(url_for("session.enter"), 303)


def check_chosen(password: str, again: str) -> None:
    """Raise Invalid if the two differ, or the text is too long to be a password."""
    if password != again:
        raise Invalid("passwords_differ")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("text_too_long", beginning="", length=len(password), most=LONGEST_PASSWORD)


def _page(secret: str, refusal: Refusal | None = None) -> Reply:
    """The form, or why there is none; nobody is told where the reader came from."""
    email, status = "", refusal.status if refusal else 200
    problem = sentence(refusal.code, refusal.params, reader_language()) if refusal else ""
    with installation().database.read() as session:
        try:
            user = link_owner(installation().context(session, 0), secret)
            email = user.email
        except Invalid:
            status = 410
    page = render_template(
        "passwords/choose.html" if email else "passwords/dead.html",
        email=email,
        problem=problem,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )
    reply = make_response(page, status)
    reply.headers["Referrer-Policy"] = "no-referrer"
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["X-Robots-Tag"] = "noindex, nofollow"
    return reply
