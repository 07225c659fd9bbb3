"""Who is signed in, and what each page demands: nobody enters a page that has not said so.

Every view declares whom it is for with `permits`. A view that forgets is closed to all.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from casework.accounts import sessions
from casework.accounts.sign_in import confirmed, sign_in
from casework.context import Actor
from casework.errors import Forbidden, Refusal, Unavailable
from casework.people.policy import lacking
from casework.phrases import sentence
from casework.secrecy.readings import shown
from casework.sight import note_read, restrict_to
from casework.web.frame.drafts import done_with, draft_owner
from casework.web.frame.forms import SignInForm
from casework.web.frame.language import own_page, reader_language
from casework.web.frame.layout import Viewer
from casework.web.frame.proxies import caller_address
from casework.web.frame.refusals import PART

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from flask import Flask
    from werkzeug.wrappers import Response

    from casework.accounts.models import User
    from casework.accounts.sessions import Living
    from casework.app import Casework
    from casework.context import Context
    from casework.web.frame.once import Work

    View = Callable[..., Any]

PUBLIC, SIGNED_IN = "public", "signed_in"
# Blueprints with doors of their own, and pages of the frame that hold no data.
OPEN_BLUEPRINTS = {"api", "bootstrap", "web", "language", "probes", "styleguide"}

TRIES, TRIES_SECONDS = 10, 60.0
MOST_REMEMBERED = 10_000

blueprint = Blueprint("session", __name__)
_tries: dict[str, deque[float]] = {}


@dataclass
class SignedInUser(UserMixin):  # type: ignore[misc]  # flask_login has no types
    """The person behind a request, read anew each time so that a change of role counts at once."""

    organisation_id: int
    user_id: int
    person_id: int
    secret: str = field(repr=False)
    name: str
    title: str
    organisation: str
    roles: frozenset[str]

    def get_id(self) -> str:
        return f"{self.organisation_id}:{self.user_id}:{self.secret}"


def init(app: Flask) -> None:
    """Guard every page of `app`."""
    # No template asks who reads it: a page that tells of an outage is drawn without the database.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # docs/decisions/0015-a-sign-in-travels.md
    manager.user_loader(_load)
    app.before_request(guard)
    app.register_blueprint(blueprint)


def permits(*whom: str) -> Callable[[View], View]:
    """Say whom a view is for: PUBLIC, SIGNED_IN, or the roles of which one is enough."""

    def declare(view: View) -> View:
        view.permits = whom  # type: ignore[attr-defined]
        return view

    return declare


def installation() -> Casework:
    return cast("Casework", current_app.extensions["casework"])


def signed_in() -> SignedInUser:
    """The person who asks; only in a view that demands one."""
    return cast("SignedInUser", current_user)


@contextmanager
def reading() -> Iterator[Context]:
    """A session in which only what the person may read is loaded. Render the page inside it."""
    casework, user, work = installation(), signed_in(), _work()
    with casework.database.read(work.begun if work else None) as session:
        context = casework.context(session, user.organisation_id, _actor(user))
        _hide(context, user)
        yield context
    _note_read(casework, user, shown(session))


def _note_read(casework: Casework, user: SignedInUser, matter_ids: set[int]) -> None:
    """Log what was shown of marked matters, before it is sent: what cannot be logged is not shown.

    A page of one thing is a reading, a list of many is none.
    """
    if not matter_ids or request.method != "GET" or not request.view_args:
        return
    with casework.database.unit_of_work() as session:
        context = casework.context(session, user.organisation_id, _actor(user))
        note_read(context, matter_ids, face="web", address=request.path)


@contextmanager
def acting() -> Iterator[Context]:
    """A unit of work in the person's name. Load what is asked for, then `lift` for the verb.

    In a post it is a part of the one transaction that ends with the view (`web.frame.once`).
    Raises what the request is held back with, if it is only to be shown again.
    """
    _stop_if_held()
    user, work = signed_in(), _work()
    within = work.connection() if work else None
    try:
        with installation().acting(user.organisation_id, _actor(user), within=within) as context:
            _hide(context, user)
            yield context
    except BaseException as error:
        if work:
            work.abandon(error)
        raise


def _work() -> Work | None:
    return cast("Work | None", g.get("work"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@permits(PUBLIC)
def enter() -> str | tuple[str, int] | Response:
    """Sign in with e-mail address and password."""
    form, problem = SignInForm(), ""
    if form.validate_on_submit():
        try:
            user = checked(form.email.data or "", form.password.data or "")
        except Refusal as refusal:
            user, problem = None, sentence(refusal.code, refusal.params, reader_language())
        if user is not None:
            let_in(user)
            return redirect(own_page(request.args.get("next", "")), 303)
        problem = problem or sentence("sign_in_wrong", {}, reader_language())
    page = render_template("sign_in.html", form=form, problem=problem)
    return (page, 422) if problem or form.errors else page


@blueprint.post("/sign-out")
@permits(PUBLIC)
def leave() -> Response:
    """Sign out: the session ends, so that a copy of the cookie is dead; the cookie is emptied."""
    owner = draft_owner()
    with suppress(Unavailable):
        _end_session()
    logout_user()
    cookie.clear()
    if owner:
        done_with(owner)
    flash(_("Du är utloggad."), "success")
    return redirect(url_for("session.enter"), 303)


def checked(email: str, password: str) -> User | None:
    """The user, None for a wrong password; raises Forbidden for who has to wait."""
    with installation().database.unit_of_work() as session:
        moment = installation().context(session, 0).moment
        return sign_in(session, email, password, moment, caller_address())


def let_in(user: User) -> None:
    """Begin a session: everything of an earlier one is gone, its form tokens too."""
    _end_session()
    with installation().database.unit_of_work() as session:
        moment = installation().context(session, 0).moment
        device = request.headers.get("User-Agent", "")
        secret = sessions.begin(session, user, moment, caller_address(), device)
    cookie.clear()
    g.pop("csrf_token", None)
    login_user(_load(f"{user.organisation_id}:{user.id}:{secret}"))


def _end_session() -> None:
    """End the session that the browser's cookie names, if there is one."""
    key = _key_of(str(cookie.get("_user_id", "")))
    if key is None:
        return
    organisation_id, _user_id, secret = key
    with installation().database.unit_of_work() as session:
        moment = installation().context(session, organisation_id).moment
        sessions.end(session, organisation_id, secret, moment)


def hold(refusal: Refusal) -> None:
    """From now on this request does nothing; its form is shown again, with `refusal` told."""
    g.held = refusal


def _stop_if_held() -> None:
    held: Refusal | None = g.get("held")
    if held is not None:
        g.is_told = True
        raise held


def slow_down(who: str) -> None:
    """At most TRIES a minute, in this process, of what costs work; raises Forbidden.

    Tries of a password are counted in the database (`casework.accounts.limits`). Where all callers
    look alike, count none of them by address: one would shut everybody out.
    """
    if len(_tries) > MOST_REMEMBERED:
        _tries.clear()
    tries = _tries.setdefault(who, deque())
    moment = monotonic()
    while tries and tries[0] < moment - TRIES_SECONDS:
        tries.popleft()
    if len(tries) >= TRIES:
        raise Forbidden("too_many_requests")
    tries.append(moment)


def _load(key: str) -> SignedInUser | None:
    """Whoever has this key in their cookie; None once its session has ended."""
    parts = _key_of(key)
    if parts is None:
        return None
    organisation_id, user_id, secret = parts
    casework = installation()
    with casework.database.read() as session:
        context = casework.context(session, organisation_id)
        found = sessions.living(
            session,
            organisation_id,
            user_id,
            secret,
            context.moment,
            context.today,
            lifetime(),
        )
    if found is None:
        return None
    if found.is_unseen(context.moment):
        _note_seen(found, context.moment)
    person = found.user.person
    return SignedInUser(
        organisation_id,
        user_id,
        person.id,
        secret,
        person.name,
        person.title,
        found.organisation.name,
        found.roles,
    )


def _key_of(key: str) -> tuple[int, int, str] | None:
    """Organisation, account and secret; None for what is no key, or one of an earlier version."""
    organisation_id, _, rest = key.partition(":")
    user_id, _, secret = rest.partition(":")
    if not (organisation_id.isdecimal() and user_id.isdecimal() and secret):
        return None
    return int(organisation_id), int(user_id), secret


def lifetime() -> sessions.Lifetime:
    """How long a session lives here."""
    settings = installation().settings
    return sessions.Lifetime(settings.session_idle, settings.session_life)


def _note_seen(found: Living, moment: datetime) -> None:
    """In passing: nobody who only reads waits for a writer, or is refused in an outage."""
    installation().database.in_passing(
        lambda session: sessions.note_seen(session, found.row, moment)
    )


def guard() -> Response | None:
    """Deny by default: a page opens only to those whom its view names."""
    if request.blueprint in OPEN_BLUEPRINTS:
        return None
    if current_user.is_authenticated:
        user = signed_in()
        g.viewer = Viewer(user.name, user.title.lower(), user.organisation)
    view = current_app.view_functions.get(request.endpoint or "")
    whom = getattr(view, "permits", ())
    if view is None or PUBLIC in whom:
        return None
    if not current_user.is_authenticated:
        if PART in request.headers:  # the sign-in page is no part of the page that is shown
            raise Forbidden("signed_out_meanwhile")
        if request.method != "GET":
            raise Forbidden("sign_in_first")
        return redirect(url_for("session.enter", next=request.full_path.rstrip("?")), 303)
    if SIGNED_IN in whom or signed_in().roles & set(whom):
        return None
    raise lacking(whom) if whom else Forbidden("forbidden")


def _actor(user: SignedInUser) -> Actor:
    return Actor(user.person_id, user.name)


def _hide(context: Context, user: SignedInUser) -> None:
    restrict_to(context, user.person_id)


def confirm_identity(password: str, wrong: str = "password_wrong_at_signing") -> None:
    """The signed-in person proves once more who they are; raises Forbidden (`wrong`) if not.

    Their own wrong passwords are counted, whatever becomes of what they wanted to do: call this
    before `acting`. After too many, Forbidden says how long to wait.
    """
    _stop_if_held()
    casework, user = installation(), signed_in()
    with casework.database.unit_of_work() as session:
        moment = casework.context(session, user.organisation_id).moment
        if confirmed(session, user.organisation_id, user.person_id, password, moment):
            return
    raise Forbidden(wrong)
