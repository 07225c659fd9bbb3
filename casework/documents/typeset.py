"""The typesetter: a template and its data become a tagged, archivable PDF (PDF/A-2a, PDF/UA-1)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import ValuesView
from datetime import UTC, date, datetime, time
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from casework.documents.template import Template
from casework.errors import Invalid, NotFound
from casework.text.typography import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import typst

_KIND = re.compile(r"[a-z][a-z_]*")
_PLACE = re.compile(r"┌─ (?P<file>\S+?):(?P<line>\d+)")
_NO_GLYPH = re.compile(r'the text `"(?P<text>.+)"` could not be displayed')
_QUOTED = re.compile(r"\\u\{([0-9a-f]+)\}")
# A path in a template that may lead elsewhere: "/logos/arms.svg", "../minutes/item.typ".
_NAMED = re.compile(r'"((?:/|\.\./)(?!_shared/)[^"\n\0]{1,200})"')
# What stands in a document for a character that no font here has.
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
# The typesetter's program gives up at a word of some 30 000 characters that are not all plain.
_ENDLESS = re.compile(r"\S{1000}(?=\S)")
_BREAKABLE = "\\g<0>\N{ZERO WIDTH SPACE}"
# Private use and unassigned: Unicode says nothing of what they look like.
_NO_CHARACTER = {"Co", "Cn", "Cs"}
_TRIAL = b"""#set document(title: "Trial", date: datetime(year: 2000, month: 1, day: 1))
#import "/_shared/style.typ": foreign
#for one in json(bytes(sys.inputs.data)) {
  foreign({ one; emph(one); strong(one); strong(emph(one)); text(weight: "semibold", one) })
}
"""
# What lies beside a template without being read when it is set.
_NOT_READ = {"template.docx", "sample.json"}


class Typesetter:
    """Sets the templates in `templates_dir`/documents; one may be shared by many threads.

    A template reads nothing outside that folder, and no font of the machine: only those that the
    typesetter carries and those in `documents/_shared/fonts`, so that a document looks the same
    everywhere. The same data gives the same bytes.
    """

    # To be changed by hand too, if this module or `printable` comes to give other bytes.
    name = f"typst {version('typst')}"
    first = "typst 0.15.0"

    def __init__(self, templates_dir: Path) -> None:
        self.root = (templates_dir / "documents").resolve()
        self._lock = Lock()
        self._known: dict[str, bool] = {}  # characters, and whether they can be printed

    @cached_property
    def _compiler(self) -> typst.Compiler:
        """The program with its fonts; only a process that sets a document pays for it."""
        import typst

        fonts = self.root / "_shared" / "fonts"
        return typst.Compiler(
            root=self.root,
            ignore_system_fonts=True,
            font_paths=[fonts] if fonts.is_dir() else [],
        )

    def make(self, kind: str, data: Mapping[str, Any], template: Template | None = None) -> bytes:
        """The document as PDF, from `contexts.to_json` data; its date is `document_date` there.

        Set with today's template unless a former one is given. Raises NotFound for a kind without
        a template, and Invalid naming the template, the line and the fault where it cannot be set,
        or the character that no font here has.
        """
        if template is None or self._stands(kind, template):
            return self._make(kind, data)
        with template.unpacked() as folder:
            return Typesetter(folder)._make(kind, data)

    def _make(self, kind: str, data: Mapping[str, Any]) -> bytes:
        from typst import TypstError

        template = self._template(kind)
        drawn_up = datetime.combine(_document_date(kind, data), time(), UTC)
        text = json.dumps(_printable(data), ensure_ascii=False, sort_keys=True)
        try:
            with self._lock:
                pdf = self._compiler.compile(
                    input=template,
                    format="pdf",
                    sys_inputs={"data": text},
                    pdf_standards=["a-2a", "ua-1"],
                    timestamp=drawn_up,
                )
        except TypstError as error:
            raise self._fault(kind, error) from None
        except BaseException as panic:
            # A text that the typesetter's own program breaks on; it is ready for the next one.
            if type(panic).__name__ != "PanicException":
                raise
            raise Invalid("text_not_set") from None
        return cast("bytes", pdf)  # one file and no output path: always bytes

    def fitted(self, data: Any) -> Any:
        """The data as it can be set: UNKNOWN for each character that `unprintable` names, and words
        that may break, however long."""
        lacking = self.unprintable("".join(_texts(data)))
        table = str.maketrans(dict.fromkeys(lacking, UNKNOWN))
        return _changed(data, lambda text: _ENDLESS.sub(_BREAKABLE, text.translate(table)))

    def unprintable(self, text: str) -> set[str]:
        """The characters of `text` that no font here has, or that an archival PDF may not hold."""
        met = set(text)
        new = met - self._known.keys()
        if new:
            lacking = self._lacking(new)
            self._known |= {one: one not in lacking for one in new}
        return {one for one in met if not self._known[one]}

    def _lacking(self, characters: set[str]) -> set[str]:
        from typst import TypstError

        private = {one for one in characters if unicodedata.category(one) in _NO_CHARACTER}
        public = sorted(set(printable("".join(characters - private))))
        try:
            with self._lock:
                self._compiler.compile(
                    input=_TRIAL,
                    format="pdf",
                    sys_inputs={"data": json.dumps(public)},
                    pdf_standards=["a-2a"],
                )
        except TypstError as error:
            return private | {_shown(one) for one in _NO_GLYPH.findall(error.diagnostic)}
        return private

    def template(self, kind: str) -> Template:
        """The template with all that it may read, and the typesetter; raises NotFound."""
        self._template(kind)
        files = {self._path(file): file.read_bytes() for file in self._read_by(kind)}
        return Template(self.name, files)

    def template_hash(self, kind: str) -> str:
        """The sha256 of all that shapes the document: template, shared files, typesetter."""
        return self.template(kind).hash

    def _template(self, kind: str) -> Path:
        template = self.root / kind / "template.typ"
        if not _KIND.fullmatch(kind) or not template.is_file():
            raise NotFound("template_missing", kind=kind)
        return template

    def _stands(self, kind: str, template: Template) -> bool:
        try:
            return self.template(kind).files == template.files
        except NotFound:
            return False

    def _path(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()

    def _read_by(self, kind: str) -> list[Path]:
        """All that is shared, all of the kind's own, and the files elsewhere that these name."""
        read = [
            path
            for folder in (self.root / "_shared", self.root / kind)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in _NOT_READ
        ]
        for path in read:  # which grows meanwhile
            if path.suffix == ".typ":
                read += [named for named in self._named_in(path) if named not in read]
        return read

    def _named_in(self, template: Path) -> Iterator[Path]:
        for name in _NAMED.findall(template.read_text(encoding="utf-8", errors="replace")):
            base = self.root if name.startswith("/") else template.parent
            path = (base / name.lstrip("/")).resolve()
            if path.is_relative_to(self.root) and path.is_file():
                yield path

    def _fault(self, kind: str, error: typst.TypstError) -> Invalid:
        unknown = _NO_GLYPH.search(error.message)
        if unknown:
            return Invalid("character_missing", character=_shown(unknown["text"]))
        place = _PLACE.search(error.diagnostic)
        return Invalid(
            "template_fault",
            template=self._relative(place["file"]) if place else f"{kind}/template.typ",
            line=int(place["line"]) if place else 0,
            fault=error.message,
        )

    def _relative(self, file: str) -> str:
        """The compiler names a file from the current folder; a person knows it by its kind."""
        path = Path(file).resolve()
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else file


def _shown(quoted: str) -> str:
    """The compiler quotes what cannot be seen, such as a combining accent, as \\u{301}."""
    return _QUOTED.sub(lambda code: chr(int(code[1], 16)), quoted)


def _printable(data: Any) -> Any:
    """The data without the characters that no font has and nobody can see."""
    return _changed(data, printable)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """The data with each text in it changed; the names of its fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _changed(part, change) for name, part in value.items()}
    return [_changed(part, change) for part in value] if isinstance(value, list | tuple) else value


def _texts(value: Any) -> Iterator[str]:
    """Every text in the data."""
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value
    for part in parts if isinstance(parts, list | tuple | ValuesView) else ():
        yield from _texts(part)


def _document_date(kind: str, data: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(data["document_date"])
    except (KeyError, TypeError, ValueError):
        raise Invalid("context_wrong", kind=kind, field="document_date") from None
