"""What the proxies before the program say of a caller: believed as far as the settings go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from casework.config import Settings

SAID_BY_PROXIES = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


def init(app: Flask) -> None:
    """Let `app` see its callers as the trusted proxies do, whatever server runs it."""
    settings: Settings = app.extensions["casework"].settings
    app.wsgi_app = believing(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign,assignment]


def believing(app: WSGIApplication, proxies: int) -> WSGIApplication:
    """`app` behind so many trusted proxies: address and scheme are what the outermost one saw.

    Whatever a caller claims beyond that is gone before the app, or a library in it, can read it.
    """

    def told(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        for name in SAID_BY_PROXIES:
            environ.pop(name, None)
        return app(environ, start_response)

    if not proxies:
        return told
    # Each proxy adds the address that it saw; the scheme is often said once and passed on.
    said_by_each = ProxyFix(told, x_for=proxies, x_proto=proxies)
    return ProxyFix(said_by_each, x_for=0, x_proto=1)


def caller_address() -> str:
    """The address by which limits may count this caller; "" where all callers look alike."""
    settings: Settings = current_app.extensions["casework"].settings
    return (request.remote_addr or "") if settings.sees_callers else ""
