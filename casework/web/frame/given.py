"""The stamp on every form: to whom it was given and on which page, apart from any sign-in.

A token is worth as much as the sign-in it belongs to. When that has ended, the stamp still tells
a form of ours from a forged one, and whose the text in it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, request, session
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

if TYPE_CHECKING:
    from casework.accounts.models import User

FIELD = "given"
SECONDS = 30 * 24 * 3600  # a page left open over a holiday
LONGEST = 1000  # characters of an address; of a longer one the path is enough


@dataclass(frozen=True)
class Given:
    """A form of ours: the account it was given to, "" for anybody, and the page it stood on."""

    whose: str
    page: str


def stamp() -> str:
    """The stamp of the forms on this page; a form that is shown again keeps the one it had."""
    posted, now = given(), whose_now()
    if posted and posted.whose and now in ("", posted.whose):
        return request.form[FIELD]
    page = posted.page if posted else request.full_path.rstrip("?")
    return _signer().dumps([now, page if len(page) <= LONGEST else request.path])


def given() -> Given | None:
    """What the posted form was given as; None for one that is forged, or sent by another site."""
    if request.method != "POST" or FIELD not in request.form:
        return None
    try:
        whose, page = _signer().loads(request.form[FIELD], max_age=SECONDS)
    except BadData:
        return None
    return None if _crosses(whose) else Given(whose, page)


def whose_now() -> str:
    """The account that is signed in, "" for none."""
    return _name(current_user) if current_user.is_authenticated else ""


def whose_by_cookie() -> str:
    """The account that the cookie names, without asking the database whether it still holds."""
    return str(session.get("_user_id", "")).rpartition(":")[0]


def whose(user: User) -> str:
    """How a stamp names the account."""
    return f"{user.organisation_id}:{user.id}"


def _name(signed_in: object) -> str:
    return f"{getattr(signed_in, 'organisation_id', '')}:{getattr(signed_in, 'user_id', '')}"


def _crosses(whose: str) -> bool:
    """Whether another site sent it. A stamp for anybody can be had by anybody, so the browser's
    word for where the form stood is needed besides."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return not whose and origin is not None and urlsplit(origin).netloc != request.host


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="casework-form")
