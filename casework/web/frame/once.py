"""A form is carried out once: all that a post does is one transaction, with the key of its form.

Every view that takes a post gets this by itself. Pressed twice, at the same moment too, the second
press leads where the first one led and does nothing. The key protects exactly what was sent: the
same form with other words in it (kept by the browser's Back) is another request.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import flash, g, make_response, redirect, request
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from casework.db import persistently
from casework.once import Answer, Key, answered, content_sum, fingerprint, give_back, keep, take
from casework.web.frame.forms import DRAFT, KEYS, ONCE
from casework.web.frame.refusals import PART
from casework.web.frame.session import installation, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from flask import Flask
    from sqlalchemy import Connection
    from werkzeug.wrappers import Response

    View = Callable[..., Any]

FORM_LIVES = timedelta(days=7)
FLASHES = "_flashes"  # where Flask keeps what the next page tells


class AlreadyDoneError(Exception):
    """The form's key was used: `answer` is what came of it.

    It is no refusal, so that no view takes it for one.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass
class Work:
    """The one transaction of a post, begun when a view first acts."""

    key: Key | None
    ending: ExitStack
    begun: Connection | None = field(default=None)

    def connection(self) -> Connection:
        """The transaction's connection; raises AlreadyDoneError if the key proves to be used."""
        if self.begun is None:
            casework = installation()
            self.begun = self.ending.enter_context(casework.database.transaction())
            done = take(self.begun, self.key, _moment()) if self.key else None
            if done is not None:
                raise AlreadyDoneError(done)
        return self.begun

    def abandon(self, error: BaseException) -> None:
        """What a view began was refused: all of it is undone, and the key is unused again."""
        self.begun = None
        self.ending.pop_all().__exit__(type(error), error, error.__traceback__)

    def end(self, reply: Response) -> None:
        """Keep where the reply leads, or give the key back if the form was refused."""
        if self.begun is None or self.key is None:
            return
        place = reply.headers.get("Location") or reply.headers.get("Content-Location")
        if place and reply.status_code < 400:
            keep(self.begun, self.key, Answer(303, {"Location": place}))
        else:
            give_back(self.begun, self.key)


def init(app: Flask) -> None:
    """Carry out once what any view of `app` does for a post; called when all are registered."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _carried_out_once(view)


def _carried_out_once(view: View) -> View:
    @wraps(view)
    def carry_out(**path: Any) -> Any:
        if request.method != "POST":
            return view(**path)
        told = list(cookie.get(FLASHES, []))
        try:
            return persistently(lambda: _done(view, path), lambda: _undo(told))
        except AlreadyDoneError as done:
            if PART not in request.headers:
                flash(_("Formuläret var redan skickat. Inget har gjorts två gånger."), "info")
            return redirect(done.answer.headers["Location"], 303)

    return carry_out


def _done(view: View, path: dict[str, Any]) -> Response:
    key = _key()
    if key is not None:
        _require_unused(key)
    try:
        with ExitStack() as ending:
            g.work = work = Work(key, ending)
            reply = make_response(view(**path))
            work.end(reply)
    finally:
        del g.work  # the page that is shown instead of a refused form is no part of it
    return reply


def _require_unused(key: Key) -> None:
    """Known before the view looks at anything: what it would look for may be changed by now."""
    with installation().database.read() as session:
        done = answered(session.connection(), key, _moment())
    if done is not None:
        raise AlreadyDoneError(done)


def _undo(told: list[Any]) -> None:
    """As it was before the view, but for its transaction, which the database has undone."""
    cookie[FLASHES] = told
    for file in request.files.values():
        file.stream.seek(0)


def _key() -> Key | None:
    """The key of the form that was sent, of the person who sent it; None without either."""
    given = request.form.get(ONCE, "")
    if not given or not current_user.is_authenticated:
        return None
    user = signed_in()
    asked = fingerprint(installation().settings.secret_key, [given, *_sent()])
    return Key(user.organisation_id, user.person_id, asked, asked, FORM_LIVES)


def _sent() -> Iterator[str | bytes]:
    yield request.method
    yield request.full_path
    for name, value in request.form.items(multi=True):
        if name not in KEYS | {DRAFT}:
            yield from (name, value)
    for name, file in request.files.items(multi=True):
        yield from (name, file.filename or "")
        yield content_sum(file.stream)


def _moment() -> datetime:
    """The moment of this request, from the installation's clock."""
    casework = installation()
    with casework.database.read() as session:
        return casework.context(session, 0).moment
