"""Drafts in the browser: whose they are, which form may keep one, and when they are gone.

What is written is kept by `static/drafts.js` until the server has it. The page says whose browser
it is and which drafts are done with; a form says where it is sent. Nothing is kept of what may be
secret.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request
from flask import session as cookie
from flask_login import current_user
from markupsafe import Markup

from casework.audit.chain import derive_key
from casework.web.frame.forms import DRAFT

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

DONE, MOST = "drafts_done", 20
SLOT = re.compile(r"[a-z0-9]{8,40}")


def init(app: Flask) -> None:
    """Hand `writing`, `draft_owner` and `drafts_done` to every template; watch what is saved."""
    app.jinja_env.globals.update(
        writing=writing,
        is_writing=lambda: bool(g.get("is_writing")),
        may_keep=may_keep,
        draft_owner=draft_owner,
        drafts_done=drafts_done,
    )
    app.before_request(_remember_what_was_sent)
    app.after_request(_note_what_is_saved)


def writing(address: str, *subjects: Any, keeps: bool = True, unless: str = "") -> Markup:
    """What the tag of a form says that one writes in: where it is sent and whether its text waits
    to be saved, and its draft if it `keeps` one and no subject of the text is confidential.

    `unless` names a field that may point at something secret: filled in, nothing is kept.
    Rendered after a post of the same form, the form holds text that is not saved, and goes on with
    the draft it had.
    """
    g.is_writing = True
    slot, _space, posted = g.get("draft_sent", "").partition(" ")
    is_again = posted == address and SLOT.fullmatch(slot) is not None
    told = Markup('data-writes="{}" data-unsaved="{}"').format(address, "yes" if is_again else "no")
    if not may_keep(*subjects):
        return told + Markup(" data-secret")
    if not keeps:
        return told
    told += Markup(' data-draft="{}"').format(slot if is_again else "")
    return told + (Markup(' data-draft-unless="{}"').format(unless) if unless else "")


def may_keep(*subjects: Any) -> bool:
    """Whether what is written about them may lie in a browser: none of it is confidential."""
    return not any(_is_confidential(subject) for subject in subjects)


def draft_owner() -> str:
    """Whose drafts this page may show, as a word that tells nothing; "" when nobody is signed in.

    Of this installation alone: another one at the same address has other words.
    """
    if not current_user.is_authenticated:
        return ""
    person = f"{current_user.organisation_id}:{current_user.person_id}"
    key = derive_key(current_app.extensions["casework"].settings.secret_key, "drafts")
    return hmac.new(key, person.encode(), "sha256").hexdigest()[:20]


def done_with(mark: str) -> None:
    """The next page takes away the draft with this name, or all drafts of this owner."""
    cookie[DONE] = [*cookie.get(DONE, []), mark][-MOST:]


def drafts_done() -> str:
    """The names of what the page that is shown takes away, with spaces between."""
    return " ".join(cookie.pop(DONE, []))


def _remember_what_was_sent() -> None:
    """Also where a page is read again to give back the form that was sent."""
    if request.method == "POST" and request.blueprint != "api":
        g.draft_sent = request.form.get(DRAFT, "")


def _note_what_is_saved(response: Response) -> Response:
    """A form that is sent and leads on to another page is saved; refused, it is shown again."""
    if request.method == "POST" and response.status_code == 303 and "viewer" in g:
        slot = g.get("draft_sent", "").partition(" ")[0]
        if SLOT.fullmatch(slot):
            done_with(slot)
    return response


def _is_confidential(subject: Any) -> bool:
    """A meeting, and what is signed of it, is so when one of its items is."""
    if hasattr(subject, "is_confidential"):
        return bool(subject.is_confidential)
    agenda = getattr(getattr(subject, "meeting", subject), "agenda", ())
    return any(item.is_confidential for item in agenda)
