"""What every answer tells the browser: load nothing from elsewhere, be framed by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request

if TYPE_CHECKING:
    from flask import Flask, Response

# Bootstrap draws its arrows and ticks as data: pictures; nothing else needs more than 'self'.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def init(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.after_request(_protect)


def _is_for_somebody() -> bool:
    """Whether the page is for those whom its view names; such an answer is kept by nobody."""
    view = current_app.view_functions.get(request.endpoint or "")
    whom = getattr(view, "permits", ())
    return bool(whom) and "public" not in whom


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if _is_for_somebody():
        response.headers["Cache-Control"] = "private, no-store"
    elif response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        response.vary.update(["Cookie", "Accept-Language"])
    return response
