"""Text goes out compressed, unless another site could learn from how small it became."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_compress import Compress

from casework.web.frame.origins import is_foreign

if TYPE_CHECKING:
    from flask import Flask, Response

TEXT = [
    "text/html",
    "text/css",
    "text/plain",
    "text/calendar",
    "text/javascript",
    "application/json",
    "application/problem+json",
    "image/svg+xml",
]
PARTIAL = 206


def init(app: Flask) -> None:
    """Compress the answers of `app`. Registered first, it sees each answer last."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=TEXT,
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "zstd", "gzip"],
        # Static files are streamed from the disk: one that is known must be told as unchanged.
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["web.static", "bootstrap.static"],
    )
    compress = Compress(app)

    def pack(response: Response) -> Response:
        if not _may_shrink(response):
            return response
        if close := getattr(response.response, "close", None):  # of the file that is read from
            response.call_on_close(close)
        return compress.after_request(response)

    app.after_request(pack)


def _may_shrink(response: Response) -> bool:
    """Not a part of a file, nor a version that `If-Match` is to name as it was sent.

    Nor what somebody else's page has a signed-in browser fetch: from the size of many such answers
    it could guess what stands in them (BREACH).
    """
    is_version = request.blueprint == "api" and "ETag" in response.headers
    is_lent = bool(request.cookies) and is_foreign()
    return response.status_code != PARTIAL and not is_version and not is_lent
