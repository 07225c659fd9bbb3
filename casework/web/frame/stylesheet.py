"""The one stylesheet of every page: what of Bootstrap the pages use, then our own sheets.

Bootstrap whole is 232 kB, and a tenth of it is used. A rule is kept if every class, id and
`data-` attribute of one of its selectors is a word of some template or script that is in force. So
an organisation's own template finds its classes too, if it writes each of them whole.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import DictLoader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

STATIC = Path(__file__).parents[1] / "static"
SHEETS = ("tokens", "base", "components", "pages")

_PIECE = re.compile(
    r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|[^{};"'/]+|/""", re.DOTALL
)
_WORD = re.compile(r"[\w-]+")
_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)|\[(data-[\w-]+)")
_COMMA = re.compile(r",(?![^(]*\))")
_ASKED = re.compile(r"var\((--[\w-]+)")
_DEFINED = re.compile(r"""(?<=[{;])(--bs-[\w-]+):(?:"[^"]*"|'[^']*'|[^;{}"'])*;?""")


def stylesheet(app: Flask) -> bytes:
    """The sheet for the templates that `app` has; the same templates give the same bytes."""
    ours = "".join(_sheet(name) for name in SHEETS) + f"@media print{{{_sheet('print')}}}"
    pages = _pages(app)
    beside = "".join(file.read_text(encoding="utf-8") for file in sorted(STATIC.glob("*.css")))
    used = _trimmed(_bootstrap(app), frozenset(_WORD.findall(pages)))
    return (_without_unasked(used, beside + pages) + "\n" + ours).encode()


def _sheet(name: str) -> str:
    return (STATIC / f"{name}.css").read_text(encoding="utf-8")


def _bootstrap(app: Flask) -> str:
    folder = app.blueprints["bootstrap"].static_folder or ""
    return (Path(folder) / "css" / "bootstrap.min.css").read_text(encoding="utf-8")


def _pages(app: Flask) -> str:
    """Every template that is in force, Bootstrap's own macros if one asks for them, our scripts."""
    loader = app.jinja_loader or DictLoader({})
    names = (name for name in loader.list_templates() if name.endswith(".html"))
    texts = [loader.get_source(app.jinja_env, name)[0] for name in names]
    if any("bootstrap5/" in text for text in texts):
        folder = Path(app.blueprints["bootstrap"].root_path) / "templates" / "bootstrap5"
        texts += [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.html"))]
    return "\n".join(texts + [file.read_text(encoding="utf-8") for file in STATIC.glob("*.js")])


def _trimmed(css: str, words: frozenset[str]) -> str:
    kept = []
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            body = _trimmed(body, words)
        elif not head.startswith("@"):
            head = ",".join(each for each in _COMMA.split(head) if _is_used(each, words))
        if head and body:
            kept.append(f"{head}{{{body}}}")
    return "".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Each rule's head and body; what is no rule (`@charset`) and comments are left out."""
    depth, head, body = 0, "", ""
    for found in _PIECE.finditer(css):
        piece = found[0]
        depth -= piece == "}"
        if piece == "}" and depth == 0:
            yield head.strip(), body
            head = body = ""
        elif depth:
            body += piece
        elif piece == ";":
            head = ""
        elif piece != "{" and not piece.startswith("/*"):
            head += piece
        depth += piece == "{"


def _is_used(selector: str, words: frozenset[str]) -> bool:
    asked = re.sub(r":not\([^)]*\)", "", selector)
    return all(name in words for pair in _NAME.findall(asked) for name in pair if name)


def _without_unasked(css: str, beside: str) -> str:
    """Without Bootstrap's variables that no rule asks for, here or in what stands `beside`."""
    asked = {*_ASKED.findall(css), *_ASKED.findall(beside)}
    less = _DEFINED.sub(lambda found: found[0] if found[1] in asked else "", css)
    return css if less == css else _without_unasked(less, beside)
