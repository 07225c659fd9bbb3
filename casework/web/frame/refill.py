"""Puts what was typed back into a page: the form that was refused, as its writer left it.

Hidden fields keep what the fresh page says (versions, tokens); passwords and files stay empty.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    Attributes = list[tuple[str, str | None]]
    Pairs = list[tuple[str, str]]

UNTOUCHED = {"hidden", "submit", "button", "image", "reset", "password", "file"}
TICKED = {"checkbox", "radio"}
CONTROLS = {"input", "select", "textarea", "button"}


def refilled(
    html: str, page: str, path: str, typed: Pairs, notice: str, rest: Callable[[Pairs], str]
) -> str | None:
    """`html`, the page at the address `page`, with `typed` in the form that posts to `path`.

    `notice` comes first in that form, and what has no place in it is shown by `rest` at its end.
    None if there is no such form on the page.
    """
    forms = _Forms(page)
    forms.feed(html)
    fitting = [form for form in forms.found if form.path == path]
    if not fitting:
        return None
    filler = _Filler(max(fitting, key=lambda form: form.likeness(typed)), page, typed, notice, rest)
    filler.feed(html)
    filler.close()
    return "".join(filler.out)


def standing(html: str) -> set[str]:
    """All that stands in the controls of a page, as `plain` reads it."""
    controls = _Controls()
    controls.feed(html)
    return {plain(text) for text in controls.found}


def plain(text: str) -> str:
    """A text as it is compared: a browser writes line breaks in its own way."""
    return text.replace("\r\n", "\n").strip()


class _Controls(HTMLParser):
    """Reads what stands in each control."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_text = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in ("input", "option", "button"):
            self.found.append(dict(attrs).get("value") or "")
        elif tag == "textarea":
            self.found.append("")
            self._is_text = True

    def handle_data(self, data: str) -> None:
        if self._is_text:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._is_text = self._is_text and tag != "textarea"


class _Form:
    """A form on the page: where it posts to, which names it has, and which values are fixed."""

    def __init__(self, number: int, path: str) -> None:
        self.number, self.path = number, path
        self.names: set[str] = set()
        self.fixed: set[tuple[str, str]] = set()

    def likeness(self, typed: Pairs) -> int:
        """Of several forms to one address: how much of what was posted can be this one's."""
        return sum(name in self.names for name, _ in typed) + 2 * len(self.fixed & set(typed))


class _Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[_Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = given.get("method", "").lower() == "post"
            path = urlsplit(given.get("action") or self.page).path if posts else ""
            self.found.append(_Form(len(self.found), path))
            self._inside = True
        elif self._inside and tag in CONTROLS and "name" in given:
            self.found[-1].names.add(given["name"])
            if tag == "button" or given.get("type") in UNTOUCHED:
                self.found[-1].fixed.add((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


class _Filler(HTMLParser):
    """Copies the page as it is read, and changes the controls of one form on the way."""

    def __init__(
        self, form: _Form, page: str, typed: Pairs, notice: str, rest: Callable[[Pairs], str]
    ) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._form, self._page, self._notice, self._rest = form, page, notice, rest
        self._left = list(typed)
        self._closed: set[str] = set()  # names whose values are chosen or fixed, not written
        self._seen = 0
        self._inside = False
        self._folded: list[int] = []  # where in `out` each <details> around this place begins
        self._chosen: list[str] = []  # in the <select> that is being read
        self._silent = False  # in a <textarea> whose own text gives way

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "form":
            self._begin(attrs)
            return
        if tag == "details":
            self._folded.append(len(self.out))
        self.out.append(self._changed(tag, attrs) if self._inside else self._as_it_is())

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.out.append(self._changed(tag, attrs) if self._inside else self._as_it_is())

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self.out.append(self._rest([one for one in self._left if one[0] not in self._closed]))
            self._inside = False
        elif tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "textarea":
            self._silent = False
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def _as_it_is(self) -> str:
        return self.get_starttag_text() or ""

    def _begin(self, attrs: Attributes) -> None:
        # The page is shown at the address that refused: a form without one posts to its own page.
        at_home = any(name == "action" for name, _ in attrs)
        whole = self._as_it_is() if at_home else _tag("form", [*attrs, ("action", self._page)])
        self.out.append(whole)
        self._inside = self._seen == self._form.number
        self._seen += 1
        if self._inside:
            for place in self._folded:
                if " open" not in self.out[place]:
                    self.out[place] = self.out[place].replace("<details", "<details open", 1)
            self.out.append(self._notice)

    def _changed(self, tag: str, attrs: Attributes) -> str:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text").lower()
        if tag == "option":
            return _marked("option", attrs, "selected", given.get("value") in self._chosen)
        if tag == "select":
            self._chosen = self._take(name, all_of_them="multiple" in given)
            self._closed.add(name)
        elif tag == "textarea":
            return self._written_over(attrs, name)
        elif tag == "button" or (tag == "input" and kind in UNTOUCHED):
            self._closed.add(name)
        elif tag == "input" and kind in TICKED:
            self._closed.add(name)
            return _marked(tag, attrs, "checked", (name, given.get("value", "on")) in self._left)
        elif tag == "input":
            written = self._take(name)
            others = [each for each in attrs if each[0] != "value"]
            return _tag(tag, [*others, ("value", written[0])]) if written else self._as_it_is()
        return self._as_it_is()

    def _written_over(self, attrs: Attributes, name: str) -> str:
        written = self._take(name)
        if not written:
            return self._as_it_is()
        self._silent = True  # a first line break is not part of the text, so one more is written
        return _tag("textarea", attrs) + "\n" + escape(written[0], quote=False)

    def _take(self, name: str, *, all_of_them: bool = False) -> list[str]:
        """The next value posted under `name`, or all that are left."""
        found = [each for each in self._left if each[0] == name]
        taken = found if all_of_them else found[:1]
        for each in taken:
            self._left.remove(each)
        return [value for _, value in taken]


def _marked(tag: str, attrs: Attributes, mark: str, is_marked: bool) -> str:
    plain: Attributes = [each for each in attrs if each[0] != mark]
    return _tag(tag, [*plain, (mark, None)] if is_marked else plain)


def _tag(tag: str, attrs: Attributes) -> str:
    written = (name if value is None else f'{name}="{escape(value)}"' for name, value in attrs)
    return f"<{' '.join([tag, *written])}>"
