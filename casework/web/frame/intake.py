"""Every request's texts pass the door (`casework.text.door`) before a view reads them."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flask import Request, request
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

from casework.errors import NotFound
from casework.text.door import cleaned, cleaned_line, is_secret

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.datastructures import FileStorage, MultiDict

    Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class _Parser(FormDataParser):
    """A form as it is typed or pasted; the bytes of its files are not touched, their names are."""

    def parse(self, *given: Any, **named: Any) -> Parsed:
        """The rest of the stream, the form's fields and its files."""
        stream, form, files = super().parse(*given, **named)
        for file in files.values():
            file.filename = cleaned_line(file.filename or "")
        return stream, self.cls(_cleaned(form)), files


class CleanRequest(Request):
    """A request whose form and query hold clean text alone."""

    form_data_parser_class = _Parser

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query."""
        return self.parameter_storage_class(_cleaned(super().args))


def init(app: Flask) -> None:
    """Let `app` read clean requests only."""
    app.request_class = CleanRequest
    app.before_request(_unknown_address)


def _cleaned(fields: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [
        (name, value if is_secret(name) else cleaned(value))
        for name, value in fields.items(multi=True)
    ]


def _unknown_address() -> None:
    """No address of a page has a character that is cleaned away; the API takes numbers alone."""
    is_page = request.routing_exception is None and request.blueprint != "api"
    if is_page and cleaned(request.path) != request.path:
        raise NotFound("not_found")
