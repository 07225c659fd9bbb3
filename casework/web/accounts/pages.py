"""Accounts, as an administrator keeps them: invite, reset, close, reopen, unlock, sign out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.accounts import newcomers, queries, service, sessions, tokens
from casework.errors import Conflict, NotFound, Refusal
from casework.people import queries as people
from casework.people.details import DETAILS
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.accounts.mine import scopes
from casework.web.bodies.pages import role_label
from casework.web.components.devices import device_name
from casework.web.frame.asked import fitting, row_number, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import acting, lifetime, permits, reading
from casework.web.persons.pages import find
from casework.web.persons.roles import role_choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from casework.accounts.models import User
    from casework.accounts.newcomers import LinkState
    from casework.context import Context
    from casework.people.models import Person

PAGE = 50
LONGEST_ADDRESS = 254

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/accounts")
@permits("administrator")
def listing() -> str:
    """Every account by the name of its person; or, asked for, those who have none."""
    question = request.args.get("q", "")[:200]
    lacking, after = "lacking" in request.args, request.args.get("after", type=whole_number)
    with reading() as context:
        session, own = context.session, context.organisation_id
        asked: dict[str, Any] = {"after": after, "limit": PAGE + 1, "question": question}
        statement = (
            newcomers.without_account(own, **asked) if lacking else queries.accounts(own, **asked)
        )
        rows: list[Any] = list(session.scalars(statement))
        links = {} if lacking else newcomers.latest_links(session, rows, context.moment)
        kept: dict[str, Any] = {"q": question or None, "lacking": "1" if lacking else None}
        further = url_for(".listing", **kept, after=rows[PAGE - 1].id) if len(rows) > PAGE else ""
        return render_template(
            "accounts/list.html",
            rows=[(row, "" if lacking else _state(row, links.get(row.id))) for row in rows[:PAGE]],
            question=question,
            lacking=lacking,
            with_account=queries.accounts_counted(session, own, question),
            without=newcomers.without_account_counted(session, own, question),
            further=further,
            first=url_for(".listing", **kept) if after else "",
        )


@blueprint.get("/accounts/new")
@permits("administrator")
def new() -> str:
    """Somebody who comes new."""
    with reading() as context:
        return _new_page(context, {})


@blueprint.post("/accounts/new")
@permits("administrator")
def add() -> tuple[str, int] | Response:
    """A person, an account and the letter, at once; what was written is never lost."""
    written = {
        name: request.form.get(name, "").strip()
        for name in ("name", "title", "email", "role", "body")
    }
    try:
        with acting() as context:
            given = {name: fitting(written[name], DETAILS[name]) for name in ("name", "title")}
            user = newcomers.welcome(
                context,
                email=fitting(written["email"], LONGEST_ADDRESS),
                role=written["role"],
                body=_body(context, written["body"]),
                **given,
            )
            address, email = url_for(".show", person_id=user.person_id), user.email
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with reading() as context:
            return _new_page(context, written, problem), refusal.status
    flash(_("Ett brev med en länk är på väg till %(email)s.", email=email), "success")
    return redirect(address, 303)


@blueprint.get("/persons/<int:person_id>/account")
@permits("administrator")
def show(person_id: int) -> str:
    """The account of a person, or the way to give them one."""
    with reading() as context:
        return _page(context, find(context, person_id))


@blueprint.post("/persons/<int:person_id>/account/invitation")
@permits("administrator")
def invite(person_id: int) -> tuple[str, int] | Response:
    """Give the person an account and send the letter; or send it once more."""
    email = request.form.get("email", "").strip()
    try:
        with acting() as context:
            user = service.invite(
                context, find(context, person_id), fitting(email, LONGEST_ADDRESS)
            )
            told = user.email
    except Refusal as refusal:
        return _refused(person_id, refusal, email=email[:LONGEST_ADDRESS])
    flash(_("Ett brev med en länk är på väg till %(email)s.", email=told), "success")
    return redirect(url_for(".show", person_id=person_id), 303)


@blueprint.post("/persons/<int:person_id>/account/address")
@permits("administrator")
def move(person_id: int) -> tuple[str, int] | Response:
    """Another address to sign in with."""
    email = request.form.get("email", "").strip()
    try:
        with acting() as context:
            user = _account(context, person_id)
            service.change_email(context, user, fitting(email, LONGEST_ADDRESS))
    except Refusal as refusal:
        return _refused(person_id, refusal, email=email[:LONGEST_ADDRESS])
    flash(_("Adressen är ändrad."), "success")
    return redirect(url_for(".show", person_id=person_id), 303)


@blueprint.post("/persons/<int:person_id>/account/reset")
@permits("administrator")
def reset(person_id: int) -> tuple[str, int] | Response:
    """Send the owner a link to choose a new password."""
    told = _("Ett brev med en länk är på väg.")
    return _done(person_id, service.send_reset, told)


@blueprint.post("/persons/<int:person_id>/account/closing")
@permits("administrator")
def close(person_id: int) -> tuple[str, int] | Response:
    """Nobody signs in with the account; it can be opened again."""
    told = _("Kontot är stängt. Inloggningar och nycklar gäller inte längre.")
    return _done(person_id, service.close, told)


@blueprint.post("/persons/<int:person_id>/account/reopening")
@permits("administrator")
def reopen(person_id: int) -> tuple[str, int] | Response:
    """The account may be used again."""
    return _done(person_id, service.reopen, _("Kontot är öppet igen."))


@blueprint.post("/persons/<int:person_id>/account/unlocking")
@permits("administrator")
def unlock(person_id: int) -> tuple[str, int] | Response:
    """Forget what was tried in vain."""
    told = _("Felaktiga försök är glömda. Personen kan logga in genast.")
    return _done(person_id, service.unlock, told)


@blueprint.post("/persons/<int:person_id>/account/sessions/end")
@permits("administrator")
def end_all(person_id: int) -> tuple[str, int] | Response:
    """Sign the person out everywhere."""
    return _done(person_id, sessions.end_all, _("Personen är utloggad överallt."))


@blueprint.post("/persons/<int:person_id>/account/sessions/<int:session_id>/end")
@permits("administrator")
def end_session(person_id: int, session_id: int) -> tuple[str, int] | Response:
    """Sign the person out somewhere."""

    def end(context: Context, user: User) -> None:
        sessions.end_one(context, sessions.session_with(context, user, session_id))

    return _done(person_id, end, _("Den är utloggad."))


@blueprint.post("/persons/<int:person_id>/account/tokens/<int:token_id>/revoke")
@permits("administrator")
def revoke_token(person_id: int, token_id: int) -> tuple[str, int] | Response:
    """A token of the person opens nothing from now on."""

    def revoke(context: Context, user: User) -> None:
        tokens.revoke_token(context, tokens.token_with(context, user, token_id))

    return _done(person_id, revoke, _("Nyckeln är återkallad."))


def _done(
    person_id: int, verb: Callable[[Context, User], Any], told: str
) -> tuple[str, int] | Response:
    """Do it to the account of the person, or show the page with what is in the way."""
    try:
        with acting() as context:
            user = _account(context, person_id)
            lift(context.session)
            verb(context, user)
    except Conflict as refusal:
        return _refused(person_id, refusal)
    flash(told, "success")
    return redirect(url_for(".show", person_id=person_id), 303)


def _account(context: Context, person_id: int) -> User:
    user = service.user_of(context, find(context, person_id))
    if user is None:
        raise NotFound("not_found")
    return user


def _body(context: Context, written: str) -> Any:
    if not written:
        return None
    return people.body(context.session, context.organisation_id, row_number(written))


def _state(user: User, link: LinkState | None) -> str:
    """How it is with an account, in the reader's words."""
    words: dict[str, str] = {
        "closed": _("stängt"),
        "open": _("öppet"),
        "none": _("inget lösenord"),
        "waiting": _("inbjuden, väntar på svar"),
        "used": _("inget lösenord"),
        "expired": _("inbjudan har gått ut"),
    }
    if not user.is_active:
        return words["closed"]
    if user.password_hash:
        return words["open"]
    return words[link.state if link else "none"]


def _new_page(context: Context, written: dict[str, str], problem: str = "") -> str:
    return render_template(
        "accounts/new.html",
        written=written,
        problem=problem,
        longest=DETAILS,
        roles=role_choices(),
        bodies=context.session.scalars(people.bodies(context.organisation_id)).all(),
    )


def _refused(person_id: int, refusal: Refusal, **written: str) -> tuple[str, int]:
    problem = sentence(refusal.code, refusal.params, reader_language())
    with reading() as context:
        page = _page(context, find(context, person_id), problem=problem, written=written)
    return page, refusal.status


def _page(
    context: Context,
    person: Person,
    *,
    problem: str = "",
    written: dict[str, str] | None = None,
) -> str:
    user = service.user_of(context, person)
    link = newcomers.latest_link(context.session, user, context.moment) if user else None
    appointed = people.appointments(context.organisation_id, person.id)
    return render_template(
        "accounts/show.html",
        person=person,
        user=user,
        state=_state(user, link) if user else "",
        link=link,
        sessions=sessions.sessions_of(context, user, lifetime()) if user else [],
        tokens=[each for each in tokens.tokens_of(context, user) if not each.revoked_at]
        if user
        else [],
        roles=[
            each
            for each in context.session.scalars(appointed)
            if each.valid_to is None or each.valid_to >= context.today
        ],
        role_label=role_label,
        scopes=dict(scopes()),
        device_name=device_name,
        moment=context.moment,
        email=(written or {}).get("email", user.email if user else person.email),
        problem=problem,
    )
