"""Forms are posted from our own pages: the browser says where from, and need not say which page.

The token in each form is the lock; this is the bolt beside it. Nothing here reads Referer: pages
behind a personal link withhold it, and so do many browsers and firewalls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, request

from casework.errors import Forbidden

if TYPE_CHECKING:
    from flask import Flask

    from casework.config import Settings

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
OUR_OWN = {"same-origin", "none"}  # none: the person, as in loading a page anew
WITHOUT_COOKIES = "api"


def init(app: Flask) -> None:
    """Check every request to `app` that changes something, before its token is looked at."""
    app.config["WTF_CSRF_SSL_STRICT"] = False  # it asks for Referer
    app.before_request(_refuse_strangers)


def is_foreign() -> bool:
    """Whether the browser says that this request was begun by a page of somebody else's.

    Sec-Fetch-Site is sent over TLS by every current browser (W3C Fetch Metadata); Origin by older
    ones, `null` where a page hides it. A program that says neither has no cookies to lend.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OUR_OWN
    origin = request.headers.get("Origin")
    return origin is not None and origin not in _own_origins()


def _refuse_strangers() -> None:
    if request.method in SAFE or request.blueprint == WITHOUT_COOKIES:
        return
    if is_foreign():
        raise Forbidden("form_from_elsewhere")


def _own_origins() -> set[str]:
    """Where the public goes, and where this request came to."""
    settings: Settings = current_app.extensions["casework"].settings
    public = urlsplit(settings.base_url)
    return {f"{public.scheme}://{public.netloc}", request.host_url.rstrip("/")}
