"""Files that people send to be attached: told by their content, and looked at in a process apart.

Run as a module it reads a file on stdin, what it begins as is the argument, and it answers
`{"ending": ".docx", "pages": number or null}` or `{"refused": code}`. A hostile file can only kill
that process.
"""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from casework.documents.pack_pictures import MOST_PAGES, unlocked
from casework.errors import Invalid, TooLarge

MEGABYTE = 1024 * 1024
SECONDS = 20
MEMORY = 1024 * MEGABYTE  # beside a few copies of the file itself
# Of an Office file; a report of hundreds of pages with its pictures stays below.
MEMBERS, UNPACKED, CONTENT_TYPES_BYTES = 4000, 400 * MEGABYTE, MEGABYTE

# How each kind begins. A PDF may have a little before it.
_PDF, _ZIP = b"%PDF-", b"PK\x03\x04"
_BEGINNINGS = {
    _ZIP: "office",
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
}
_ALSO_NAMED = {".jpg": (".jpg", ".jpeg")}
ENDINGS = (".pdf", ".docx", ".xlsx", ".pptx", ".png", ".jpg", ".jpeg")
# Of the zip of Office Open XML (ECMA-376 part 1), the part that says which it is.
_MAIN_PARTS = {
    ".docx": re.compile(r"word/document\d*\.xml"),
    ".xlsx": re.compile(r"xl/workbook\d*\.xml"),
    ".pptx": re.compile(r"ppt/presentation\d*\.xml"),
}
_CONTENT_TYPES = "[Content_Types].xml"
_MACRO_PARTS = re.compile(
    r"(^|/)(vbaproject[^/]*\.bin|macrosheets/[^/]+|vbadata\.xml)$", re.IGNORECASE
)
_MACRO_TYPES = re.compile(r"macro|vbaproject", re.IGNORECASE)
# Office before 2007, Office behind a password, and Outlook share a container (MS-CFB), in whose
# directory the names of the streams stand as UTF-16.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_STREAMS = {
    "EncryptedPackage": "attachment_locked",
    "__nameid_version1.0": "attachment_kind_unknown",
    "WordDocument": "attachment_older",
    "Workbook": "attachment_older",
    "PowerPoint Document": "attachment_older",
}
_DRAWING = b'#set page(width: auto, height: auto)\n#image("picture")'


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be attached; `pages` is None where it has none of its own (Office)."""

    content: bytes
    filename: str
    pages: int | None


def check_file(content: bytes, filename: str, most_bytes: int) -> CheckedFile:
    """The file, if it is a whole PDF, PNG, JPEG, or Word, Excel or PowerPoint file of today, and
    named as what it is.

    Raises TooLarge (too_large, attachment_too_many_pages), and Invalid: attachment_empty,
    attachment_kind_unknown, attachment_is_archive, attachment_older, attachment_misnamed,
    attachment_locked, attachment_has_macros, attachment_broken, incoming_encrypted. It takes
    seconds: call it before a transaction, not in one.
    """
    if len(content) > most_bytes:
        raise TooLarge("too_large", limit_mb=most_bytes // MEGABYTE)
    if not content:
        raise Invalid("attachment_empty")
    name, ending = PurePath(filename).name, PurePath(filename).suffix.lower()
    kind = _kind(content, name)
    if kind != "office":
        _require_named(name, ending, kind)
    answer = _looked_at(content, kind)
    refused = answer.get("refused")
    if refused == "attachment_too_many_pages":
        raise TooLarge(refused, limit=MOST_PAGES)
    if refused == "attachment_broken" and ending not in ENDINGS:
        raise Invalid("attachment_kind_unknown", filename=name)  # broken or not, it is none of ours
    if refused:
        raise Invalid(refused, filename=name)
    _require_named(name, ending, answer["ending"])
    return CheckedFile(content, filename, answer["pages"])


def _kind(content: bytes, name: str) -> str:
    """What it begins as: an ending, or `office` for what only its inside can tell."""
    if _PDF in content[:1024]:
        return ".pdf"
    if content.startswith(_COMPOUND):
        streams = (code for each, code in _STREAMS.items() if each.encode("utf-16-le") in content)
        raise Invalid(next(streams, "incoming_encrypted"), filename=name)
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise Invalid("attachment_kind_unknown", filename=name)


def _require_named(name: str, ending: str, kind: str) -> None:
    endings = _ALSO_NAMED.get(kind, (kind,))
    if ending not in endings:
        raise Invalid("attachment_misnamed", filename=name, any_of=list(endings))


def _looked_at(content: bytes, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "casework.documents.received", kind]
    try:
        with TemporaryDirectory(prefix="casework-received-") as folder:
            run = subprocess.run(  # noqa: S603 -- our own module; the file goes in as data
                command,
                input=content,
                capture_output=True,
                cwd=folder,
                timeout=2 * SECONDS,
                check=True,
            )
        answer: dict[str, Any] = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "attachment_broken"}
    return answer


def _pdf(content: bytes) -> dict[str, Any]:
    reader = unlocked(content)
    if reader is None:
        return {"refused": "attachment_locked"}
    pages = len(reader.pages)
    if pages > MOST_PAGES:
        return {"refused": "attachment_too_many_pages"}
    return {"pages": pages} if pages else {"refused": "attachment_broken"}


def _office(content: bytes) -> dict[str, Any]:
    """A whole zip with a Word text, a workbook or a presentation in it, of a decent size unpacked,
    and without programs."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        ending = next(
            (end for end, part in _MAIN_PARTS.items() if any(map(part.fullmatch, names))), None
        )
        if any(entry.flag_bits & 1 for entry in entries):
            return {"refused": "attachment_locked"}
        if ending is None:
            return {"refused": _other_zip(names)}
        is_bomb = len(entries) > MEMBERS or sum(each.file_size for each in entries) > UNPACKED
        if is_bomb or _CONTENT_TYPES not in names:
            return {"refused": "attachment_broken"}
        if any(map(_MACRO_PARTS.search, names)) or _declares_macros(archive):
            return {"refused": "attachment_has_macros"}
        if archive.testzip():
            return {"refused": "attachment_broken"}
        return {"ending": ending, "pages": None}


def _other_zip(names: set[str]) -> str:
    """OpenDocument, EPUB, Apple's, Visio's and Excel's binary files are zips too; none is ours."""
    marks = {"mimetype", _CONTENT_TYPES, "Index/Document.iwa", "Index.zip", "AndroidManifest.xml"}
    return "attachment_kind_unknown" if names & marks else "attachment_is_archive"


def _declares_macros(archive: zipfile.ZipFile) -> bool:
    """Whether a part is said to be a program, whatever the part is called."""
    from lxml import etree  # only the process that looks at a file pays for it

    if archive.getinfo(_CONTENT_TYPES).file_size > CONTENT_TYPES_BYTES:
        raise ValueError(_CONTENT_TYPES)
    parser = etree.XMLParser(resolve_entities=False)
    declared = etree.fromstring(archive.read(_CONTENT_TYPES), parser)
    return any(_MACRO_TYPES.search(each.get("ContentType", "")) for each in declared.iter("*"))


def _picture(content: bytes) -> dict[str, Any]:
    """One page, if the typesetter can draw it."""
    import typst  # only this process pays for it

    Path("picture").write_bytes(content)
    compiler = typst.Compiler(root=Path.cwd(), ignore_system_fonts=True)
    compiler.compile(input=_DRAWING, format="png", ppi=1)
    return {"pages": 1}


_LOOKS = {".pdf": _pdf, "office": _office, ".png": _picture, ".jpg": _picture}


def main() -> None:
    """Read stdin and answer; whatever goes wrong inside is a broken file."""
    kind, content = sys.argv[1], sys.stdin.buffer.read()
    memory = MEMORY + 3 * len(content)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        answer = {"ending": kind, **_LOOKS[kind](content)}
    except Exception:  # pypdf, zipfile, lxml and typst raise of every kind on broken files
        answer = {"refused": "attachment_broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
