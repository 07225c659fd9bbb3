"""A refused form comes back with what was typed: in its own page if that can still be shown, else
by itself. Passwords and files are named and never returned.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request, session
from flask.ctx import RequestContext
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.formparser import FormDataParser

from casework.logs import get_logger
from casework.phrases import sentence
from casework.web.frame.forms import DRAFT, KEYS, LABELS, SignInForm
from casework.web.frame.given import given, whose_by_cookie, whose_now
from casework.web.frame.language import reader_language
from casework.web.frame.refill import plain, refilled, standing

if TYPE_CHECKING:
    from flask import Response

    from casework.errors import Refusal
    from casework.web.shapes import Reason

    Pairs = list[tuple[str, str]]

AGAIN = "again-"  # the fields with which one signs in again, beside those that were typed
MOST_READ = 5  # times the limit: so much of an oversized body is read for the text in it
MOST_LABELS = 500
# What a form sends beside words: numbers, days, codes and checksums.
CODED = re.compile(r"-?[\d.,:T-]*|[a-z_-]{1,40}|[0-9a-f]{32,}", re.ASCII)

log = get_logger(__name__)


@dataclass(frozen=True)
class Typed:
    """One thing that was sent: `label` is "" for what the form sent along by itself."""

    name: str
    value: str
    label: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.value) > 80 or "\n" in self.value


def with_text(told: str, reasons: list[Reason], status: int) -> str | None:
    """The page that tells `told` and gives the text back; None for a form that is not ours.

    Whoever has been signed out signs in on it, and is shown the text after that. Another person
    than the one that the form was given to sees nothing of it.
    """
    form = given()
    if form is None:
        return None
    if form.whose:
        now = whose_by_cookie() if database_is_away(status) else whose_now()
        if not now:
            return sign_in_page(sign_in_fields())
        if now != form.whose:
            return None
    shown = {"sentence": told, "reasons": reasons, "status": status, "files": files_sent()}
    page = None if database_is_away(status) else _own_page(form.page, shown)
    g.is_returned = True
    return page or _by_itself(form.page, shown)


def complete(response: Response) -> Response:
    """A view that shows its form again knows best how; a word that it has no place for stands
    below, so that nothing is lost."""
    shows = 400 <= response.status_code < 500 and response.mimetype == "text/html"
    form = given() if shows and not g.get("is_returned") else None
    if form is not None and form.whose == whose_now():
        html = response.get_data(as_text=True)
        there = standing(html)
        lost = [each for each in _typed() if plain(each[1]) and plain(each[1]) not in there]
        begin, main, rest = html.partition('<main id="content"')
        tag, end, content = rest.partition(">")
        content, close, bottom = content.partition("</main>")
        whole = [begin, main, tag, end, _held_back(), content, _rest(lost), close, bottom]
        response.set_data("".join(whole))
    return response


def _held_back() -> str:
    """Why nothing was done, where the view has found something else to tell."""
    held: Refusal | None = None if g.get("is_told") else g.get("held")
    if held is None:
        return ""
    told = sentence(held.code, held.params, reader_language())
    return render_template(
        "returned/refused.html", sentence=told, reasons=[], files=[], focus=False
    )


def sign_in_fields() -> SignInForm:
    """Address and password, beside the names of any form; its token has been looked at already."""
    return SignInForm(prefix=AGAIN, meta={"csrf": False})


def sign_in_page(form: SignInForm, problem: str = "") -> str:
    """The door, with what was typed carried in the page; nothing of it is kept here."""
    g.is_returned = True
    carried = [Typed(name, value) for name, value in sent()]
    return render_template(
        "returned/sign_in.html", form=form, problem=problem, carried=carried, files=files_sent()
    )


def sent() -> Pairs:
    """All that the form sent but its keys, passwords, and the fields for signing in again."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in KEYS - {LABELS} and "password" not in name and not name.startswith(AGAIN)
    ]


def _typed() -> Pairs:
    """What a person sees of it: neither the labels nor the name of the draft in the browser."""
    return [each for each in sent() if each[0] not in (LABELS, DRAFT)]


def files_sent() -> list[str]:
    """The names of the files that came along; they have to be chosen again."""
    return [file.filename for file in request.files.values() if file.filename]


def database_is_away(status: int) -> bool:
    """Whether nobody can be looked up: the form is believed by its stamp and token alone."""
    return status == 503


def read_past_limit() -> None:
    """Read the text beside a file that is too large, so that it can be given back. The file is
    thrown away as it comes; a body far larger than the limit is not read."""
    most = MOST_READ * current_app.config["MAX_CONTENT_LENGTH"]
    form: Any = ImmutableMultiDict()
    files: Any = ImmutableMultiDict()
    if (request.content_length or most + 1) <= most:
        parser = FormDataParser(
            stream_factory=_Nowhere,
            max_form_memory_size=request.max_form_memory_size,
            max_content_length=most,
            max_form_parts=request.max_form_parts,
        )
        _stream, form, files = parser.parse_from_environ(request.environ)
    request.__dict__.update(form=ImmutableMultiDict(form), files=ImmutableMultiDict(files))


class _Nowhere(BytesIO):
    """Takes a file and keeps nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def write(self, content: Any) -> int:
        return len(content)


def _own_page(page: str, shown: dict[str, Any]) -> str | None:
    """The page that the form stood on, with the form as it was left; None if it has gone."""
    notice = render_template("returned/refused.html", **shown, focus=True)
    root = request.script_root
    try:
        html = _as_reader(page)
        return refilled(html, root + page, root + request.path, _typed(), notice, _rest)
    except Exception as error:
        log.warning("page_not_shown_again", error=type(error).__name__)
        return None


def _by_itself(page: str, shown: dict[str, Any]) -> str | None:
    """What was typed, field by field, in a form that sends it to the same place again; None if
    there is nothing to write again."""
    typed = _labelled(_typed())
    passwords = [name for name in request.form if "password" in name and not name.startswith(AGAIN)]
    asked_for = [*(each for each in typed if each.label), *passwords, *request.files]
    if not asked_for:
        return None
    return render_template(
        "returned/alone.html",
        **shown,
        typed=typed,
        passwords=passwords,
        file_fields=list(dict.fromkeys(request.files)),
        page=page if page.startswith("/") else "",
    )


def _rest(left: Pairs) -> str:
    written = [each for each in _labelled(left) if each.label]
    return render_template("returned/left_over.html", written=written) if written else ""


def _labelled(pairs: Pairs) -> list[Typed]:
    """Each pair with its label, as the page's script sent them; else words are told from codes."""
    labels = _labels()
    typed: list[Typed] = []
    for number, (name, value) in enumerate(pairs, start=1):
        if labels:
            ready = labels.get(name, [])
            label = ready.pop(0) if ready else ""
        else:
            label = "" if CODED.fullmatch(value) else _("Det du skrev, ruta %(n)s", n=number)
        typed.append(Typed(name, value, label))
    return typed


def _labels() -> dict[str, list[str]]:
    try:
        told = json.loads(request.form.get(LABELS, "[]"))
        rows = [(str(name), str(label)[:200]) for name, label in told[:MOST_LABELS]]
    except (ValueError, TypeError):
        return {}
    labels: dict[str, list[str]] = {}
    for name, label in rows:
        labels.setdefault(name, []).append(label)
    return labels


def _as_reader(page: str) -> str:
    """The page as the same person would be shown it now; "" if they would not be."""
    address = urlsplit(page)
    environ: dict[str, Any] = {
        key: value
        for key, value in request.environ.items()
        if key not in ("werkzeug.request", "HTTP_X_PART")
    } | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address.path.encode().decode("latin-1"),
        "QUERY_STRING": address.query,
        "CONTENT_LENGTH": "0",
        "wsgi.input": BytesIO(),
    }
    app = cast("Any", current_app)._get_current_object()
    g.pop("held", None)  # a page that is read does nothing
    with RequestContext(app, environ, session=cast("Any", session)._get_current_object()):
        answer = app.preprocess_request()
        answer = app.make_response(app.dispatch_request() if answer is None else answer)
        shown = answer.status_code == 200 and answer.mimetype == "text/html"
        return str(answer.get_data(as_text=True)) if shown else ""
